"""One safetensors file per model: the parameters, and as JSON everything needed to rebuild it.

The file holds the text of the spec, so loading compiles and certifies it again. A digest over all of it tells
a damaged file from a sound one. Nothing in it is ever executed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.catalogue import compile_certified
from siqml.field.force_field import ForceField
from siqml.field.scaling import Scaling
from siqml.field.sealed import read_sealed, write_sealed
from siqml.molecule.internal_coordinates import frame_from_dict
from siqml.molecule.structures import Array

KIND: Final = "siqml-model-1"
FILE_NAME: Final = "model.safetensors"
"""Name of the model file in a run folder."""

FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "spec": str,
        "spec_sha256": str,
        "frame": dict,
        "scaling": dict,
        "parameter_names": list,
        "seed": int,
        "config": str,
        "versions": dict,
    }
)
"""What a model file holds besides the parameters."""

PACKAGES: Final = ("eqcompile", "jax", "numpy", "optax")


@dataclass(frozen=True)
class Origin:
    """Where a model comes from: the seed, the resolved config as YAML, the versions of the packages."""

    seed: int
    config: str
    versions: Mapping[str, str]


def here(seed: int, config: str) -> Origin:
    """The origin of a model that is trained now."""
    return Origin(seed, config, {name: metadata.version(name) for name in PACKAGES})


def save_model(path: Path, force_field: ForceField, origin: Origin) -> None:
    """Write a model to one file, atomically.

    Args:
        path: the ``.safetensors`` file.
        force_field: the model.
        origin: kept in the file for people to read.
    """
    source = force_field.program.spec.source
    facts = {
        "spec": source.text,
        "spec_sha256": source.sha256,
        "frame": force_field.frame.to_dict(),
        "scaling": force_field.scaling.to_dict(),
        "parameter_names": list(force_field.program.parameter_names),
        "seed": origin.seed,
        "config": origin.config,
        "versions": dict(origin.versions),
    }
    write_sealed(path, KIND, facts, {"params": force_field.params})


def load_model(path: Path) -> ForceField:
    """Read a model and compile its spec again.

    Args:
        path: the file, or a run folder that holds ``model.safetensors``.

    Returns:
        The force field, with the same bits as the one that was saved.

    Raises:
        ModelError: no such file, damaged, truncated, not a siqml model, or its spec no longer compiles to it.
    """
    path = path / FILE_NAME if path.is_dir() else path
    content, params = _read(path)
    try:
        spec = eq.loads(content["spec"], path=f"{path} (spec)")
        frame = frame_from_dict(content["frame"])
        scaling = Scaling(**{name: float(value) for name, value in content["scaling"].items()})
        names, fingerprint = tuple(content["parameter_names"]), content["spec_sha256"]
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise ModelError(
            f"{path}: its frame or its scaling is not of a siqml model; train the model again"
        ) from wrong
    if spec.source.sha256 != fingerprint:
        raise ModelError(f"{path}: damaged, the spec inside does not match its sha256")
    program = compile_certified(spec)
    if program.parameter_names != names:
        raise ModelError(f"{path}: its spec now compiles to other parameters; train the model again")
    if params.shape != (len(names),):
        raise ModelError(
            f"{path}: {params.size} parameters; its spec has {len(names)}; train the model again"
        )
    return ForceField(program, frame, scaling, params)


def load_origin(path: Path) -> Origin:
    """Where a model file, or the model of a run folder, comes from."""
    path = path / FILE_NAME if path.is_dir() else path
    content, _ = _read(path)
    return Origin(content["seed"], content["config"], content["versions"])


def load_parameters(path: Path, spec_sha256: str) -> Array:
    """The parameters of a saved model, without compiling its spec.

    Args:
        path: the file, or a run folder that holds ``model.safetensors``.
        spec_sha256: of the spec that the parameters are for.

    Raises:
        ModelError: the file is missing, damaged, not a siqml model, or a model of another spec.
    """
    path = path / FILE_NAME if path.is_dir() else path
    content, params = _read(path)
    if content.get("spec_sha256") != spec_sha256:
        raise ModelError(f"{path}: its parameters are of another spec; start from a model of the same one")
    return params


def _read(path: Path) -> tuple[dict[str, Any], Array]:
    begun = path.name == FILE_NAME and (path.parent / "checkpoint.safetensors").is_file()
    again = f"its run makes it again: siqml train --resume {path.parent}"
    if not path.is_file():
        raise ModelError(f"{path}: no such model; {again if begun else '`siqml train` makes one'}")
    cure = again if begun else "`siqml train` makes models"
    facts, arrays = read_sealed(path, KIND, ModelError, cure, FACTS, ("params",))
    return facts, arrays["params"]
