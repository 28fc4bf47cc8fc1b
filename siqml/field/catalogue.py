"""The models and configs that come with siqml, and how a name or a path finds one."""

from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import overload

import eqcompile as eq
from siqml.errors import ModelError


@dataclass(frozen=True)
class Listing:
    """One shipped model: its name, its size, and where its spec is."""

    name: str
    num_qubits: int
    num_parameters: int
    path: Path


def shipped_names(folder: str) -> tuple[str, ...]:
    """Names of the YAML files shipped in ``folder``, which is ``"models"`` or ``"configs"``.

    >>> "lih" in shipped_names("models")
    True
    """
    root = Path(str(resources.files("siqml").joinpath(folder)))
    return tuple(sorted(path.stem for path in root.glob("*.yaml")))


def find(name: str, folder: str, beside: Path = Path()) -> Path:
    """The shipped YAML file of this name, or the user's file at this path.

    Args:
        name: a shipped name, or a path that ends in ``.yaml`` or contains a separator.
        folder: ``"models"`` or ``"configs"``.
        beside: folder at which relative paths start.

    Returns:
        The path. Whether a user's file exists is left to its reader.

    Raises:
        ModelError: a bare name is not that of a shipped file.

    >>> find("lih", "models").name
    'lih.yaml'
    """
    if Path(name).suffix in (".yaml", ".yml") or len(Path(name).parts) != 1:
        return beside / name
    known = shipped_names(folder)
    if name in known:
        return Path(str(resources.files("siqml").joinpath(folder, f"{name}.yaml")))
    close = get_close_matches(name, known, 1)
    hint = f'did you mean "{close[0]}"? ' if close else ""
    raise ModelError(
        f'no shipped {folder[:-1]} "{name}"; {hint}known: {", ".join(known)}; or give a path to a .yaml file'
    )


def shipped_models() -> tuple[Listing, ...]:
    """Every shipped model, sorted by name."""
    return tuple(_listing(find(name, "models")) for name in shipped_names("models"))


def _listing(path: Path) -> Listing:
    spec = eq.load(path)
    circuits = [term.spec for term in spec.terms] if isinstance(spec, eq.SumSpec) else [spec]
    return Listing(path.stem, max(circuit.qubits for circuit in circuits), count_parameters(spec), path)


def count_parameters(spec: "eq.AnySpec") -> int:
    """Number of trainable parameters, without compiling: D (B K + breaking) weights and angles, and the scales.

    Of a sum: those of every name of weights, once. What a spec leaves to be derived is derived.
    """
    if isinstance(spec, eq.SumSpec):
        return sum(map(count_parameters, {term.weights: term.spec for term in spec.terms}.values()))
    spec = eq.resolve(spec)
    scales = 0 if spec.data is None else len(spec.data.scales)
    ansatz = spec.ansatz
    if ansatz is None:
        return scales
    return ansatz.depth * (ansatz.blocks * len(ansatz.layer) + (ansatz.breaking is not None)) + scales


@overload
def compile_certified(spec: "eq.Spec") -> "eq.Program": ...
@overload
def compile_certified(spec: "eq.AnySpec") -> "eq.AnyProgram": ...
def compile_certified(spec: "eq.AnySpec") -> "eq.AnyProgram":
    """Compile a spec that must keep what it promises.

    Args:
        spec: a spec with data, observable and ansatz, or of a sum of circuits.

    Returns:
        The program, or the sum of programs; its certificate is proven.

    Raises:
        ModelError: the certificate is refused; the message says how to see why.
    """
    program = eq.compile(spec)
    if not program.certificate:
        path = spec.source.path
        raise ModelError(
            f"{path}: its certificate is refused, so nothing is trained; see: eqcompile verify {path}"
        )
    return program
