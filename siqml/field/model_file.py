"""One safetensors file per model: the parameters, and as JSON everything needed to rebuild it.

The file holds the texts of the specs, so loading compiles and certifies them again. A digest over all of it tells
a damaged file from a sound one. Nothing in it is ever executed. A model that is a single program is written with its
spec; a sum of several terms with its specs and how they are added up, as another kind; a sum that a spec declares with
that spec, as a third; a network on descriptors with the spec of its circuit and its observables, as a fourth. Of any
kind, a file may hold the domain of the training set.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.catalogue import compile_certified
from siqml.field.declared import circuit_spec
from siqml.field.domain import Domain
from siqml.field.force_field import ForceField
from siqml.field.scaling import Scaling
from siqml.field.sealed import read_sealed, require_facts, write_sealed
from siqml.field.written import read_written, written
from siqml.molecule.internal_coordinates import frame_from_dict
from siqml.molecule.structures import Array
from siqml.provenance import versions

KIND: Final = "siqml-model-1"
KIND_OF_SUMS: Final = "siqml-model-2"
KIND_OF_DECLARED_SUMS: Final = "siqml-model-3"
"""A sum that a spec declares, with the symmetry of the whole."""

KIND_OF_DESCRIPTORS: Final = "siqml-descriptors-1"
"""A network on descriptors, see `siqml.field.descriptors.descriptor_file`."""

FILE_NAME: Final = "model.safetensors"
"""Name of the model file in a run folder."""

FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "frame": dict,
        "scaling": dict,
        "parameter_names": list,
        "seed": int,
        "config": str,
        "versions": dict,
    }
)
"""What a model file holds besides the parameters."""

FACTS_OF_KIND: Final[Mapping[str, Mapping[str, type]]] = MappingProxyType(
    {
        KIND: {"spec": str, "spec_sha256": str},
        KIND_OF_SUMS: {"specs": dict, "terms": list, "num_sites": int, "model_sha256": str},
        KIND_OF_DECLARED_SUMS: {"spec": str, "model_sha256": str},
        KIND_OF_DESCRIPTORS: {"spec": str, "spec_sha256": str, "descriptors": list, "sizes": list},
    }
)
"""What it holds beside these, by its kind."""


@dataclass(frozen=True)
class Origin:
    """Where a model comes from: the seed, the resolved config as YAML, the versions of the packages."""

    seed: int
    config: str
    versions: Mapping[str, str]


def here(seed: int, config: str) -> Origin:
    """The origin of a model that is trained now."""
    return Origin(seed, config, versions())


def save_model(path: Path, force_field: ForceField, origin: Origin) -> None:
    """Write a model to one file, atomically.

    Args:
        path: the ``.safetensors`` file.
        force_field: the model.
        origin: kept in the file for people to read.
    """
    model = force_field.model
    kind = KIND if model.alone is not None else KIND_OF_SUMS if model.spec is None else KIND_OF_DECLARED_SUMS
    write_sealed(path, kind, facts_of(force_field, origin), arrays_of(force_field))


def facts_of(force_field: ForceField, origin: Origin) -> dict[str, Any]:
    """What a model file holds besides its arrays."""
    model, domain = force_field.model, force_field.domain
    known = {} if domain is None else {"domain": domain.facts}
    return (
        known
        | _facts_of(model)
        | {
            "frame": force_field.frame.to_dict(),
            "scaling": force_field.scaling.to_dict(),
            "parameter_names": list(model.parameter_names),
            "seed": origin.seed,
            "config": origin.config,
            "versions": dict(origin.versions),
        }
    )


def arrays_of(force_field: ForceField) -> dict[str, Array]:
    """The arrays of a model file of a circuit: the parameters, and those of the domain if it is known."""
    domain = force_field.domain
    return {"params": force_field.params} | ({} if domain is None else domain.arrays)


def _facts_of(model: "eq.ProgramSum") -> dict[str, Any]:
    if model.alone is None:
        return written(model) | {"model_sha256": model.sha256}
    source = model.alone.spec.source
    return {"spec": source.text, "spec_sha256": source.sha256}


def load_model(path: Path) -> ForceField:
    """Read a model and compile its specs again.

    Args:
        path: the file, or a run folder that holds ``model.safetensors``.

    Returns:
        The force field, with the same bits as the one that was saved.

    Raises:
        ModelError: no such file, damaged, truncated, not a siqml model, or its specs no longer compile to it; or a
            network on descriptors, which `siqml.field.ensemble.load_field` reads.
    """
    path = file_in(path)
    content, arrays = read_model(path)
    if content["kind"] == KIND_OF_DESCRIPTORS:
        raise ModelError(
            f"{path}: a network on descriptors; this needs a model that is a circuit alone, such as `siqml train` makes"
        )
    return force_field_of(content, arrays, path)


def force_field_of(content: Mapping[str, Any], arrays: Mapping[str, Array], path: Path) -> ForceField:
    """The force field of the facts and the arrays of a file; errors are those of `load_model`."""
    params = arrays["params"]
    try:
        frame = frame_from_dict(content["frame"])
        scaling = Scaling(**{name: float(value) for name, value in content["scaling"].items()})
        names = tuple(content["parameter_names"])
        if not all(map(math.isfinite, scaling.to_dict().values())) or not scaling.factor:
            raise ValueError(scaling)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as wrong:
        raise ModelError(
            f"{path}: its frame or its scaling is not of a siqml model; train the model again"
        ) from wrong
    model = _compiled(content, path)
    if model.parameter_names != names:
        raise ModelError(f"{path}: its spec now compiles to other parameters; train the model again")
    if params.shape != (len(names),):
        raise ModelError(
            f"{path}: {params.size} parameters; its spec has {len(names)}; train the model again"
        )
    if frame.num_sites != model.num_sites:
        raise ModelError(
            f"{path}: its frame has {frame.num_sites} sites; its spec has {model.num_sites}; train the model again"
        )
    return ForceField(model, frame, scaling, params, _domain_of(content, arrays, len(frame.species), path))


def _domain_of(
    content: Mapping[str, Any], arrays: Mapping[str, Array], n_atoms: int, path: Path
) -> Domain | None:
    """The domain of a file; ``None`` of files that were written without."""
    if "domain" not in content:
        return None
    try:
        return Domain.read(content["domain"], arrays, n_atoms)
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise ModelError(f"{path}: its domain is not of a siqml model; train the model again") from wrong


def _compiled(content: Mapping[str, Any], path: Path) -> "eq.ProgramSum":
    """The model of a file, compiled and certified again."""
    if content["kind"] in (KIND_OF_SUMS, KIND_OF_DECLARED_SUMS):
        model = read_written(content, str(path), f"{path} (spec)")
        if model.sha256 != content["model_sha256"]:
            raise ModelError(f"{path}: damaged, the terms inside do not match their sha256")
        return model
    spec = circuit_spec(content["spec"], f"{path} (spec)")
    if spec.source.sha256 != content["spec_sha256"]:
        raise ModelError(f"{path}: damaged, the spec inside does not match its sha256")
    return eq.ProgramSum.of(compile_certified(spec))


def load_origin(path: Path) -> Origin:
    """Where a model file, or the model of a run folder, comes from."""
    content, _ = read_model(file_in(path))
    return Origin(content["seed"], content["config"], content["versions"])


def load_parameters(path: Path, model_sha256: str) -> Array:
    """The parameters of a saved model, without compiling its specs.

    Args:
        path: the file, or a run folder that holds ``model.safetensors``.
        model_sha256: hash of the model that the parameters are for: that of its spec, or of a sum, see
            ``eqcompile.ProgramSum.sha256``.

    Raises:
        ModelError: the file is missing, damaged, not a siqml model, or a model of another spec.
    """
    path = file_in(path)
    content, arrays = read_model(path)
    own = {content.get(key) for key in ("model_sha256", "declared_sha256", "spec_sha256")}
    if model_sha256 not in own:
        raise ModelError(f"{path}: its parameters are of another spec; start from a model of the same one")
    return arrays["params"]


def file_in(path: Path) -> Path:
    """The model file that a path names: itself, or the one in a run folder."""
    return path / FILE_NAME if path.is_dir() else path


def kind_of(path: Path) -> str:
    """Which kind of model a file, or the model of a run folder, is; errors are those of `load_origin`."""
    return str(read_model(file_in(path))[0]["kind"])


def read_model(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Facts and arrays of a model file of any kind.

    Raises:
        ModelError: no such file, damaged, truncated, or not a siqml model.
    """
    begun = path.name == FILE_NAME and (path.parent / "checkpoint.safetensors").is_file()
    again = f"its run makes it again: siqml train --resume {path.parent}"
    if not path.is_file():
        raise ModelError(f"{path}: no such model; {again if begun else '`siqml train` makes one'}")
    cure = again if begun else "`siqml train` makes models"
    facts, arrays = read_sealed(path, tuple(FACTS_OF_KIND), ModelError, cure, FACTS, ("params",))
    require_facts(path, facts, ModelError, cure, FACTS_OF_KIND[facts["kind"]])
    return facts, arrays
