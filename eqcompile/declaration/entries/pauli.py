"""The entry ``pauli``: the group that Pauli strings generate."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Tag

from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import forms
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree
from eqcompile.declaration.yaml.wording import shown
from eqcompile.exact.arithmetic.scalars import ONE
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.pauli import PauliFactor

PauliForm = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Tag("list")],
    forms("a Pauli string such as X0 X1 X2 X3, or a list of them"),
]


@dataclass(frozen=True)
class Pauli(Symmetry):
    """The group that Pauli strings generate; the data are left unchanged."""

    strings: tuple[PauliSum, ...]

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The strings, up to phases."""
        yield PauliFactor(spec.qubits, tuple(next(iter(op)) for op in self.strings), spec.num_sites)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry as a list of strings."""
        return {"pauli": [str(op) for op in self.strings]}


def build_pauli(strings: str | list[str], path: Path, scope: Scope) -> Pauli:
    """The group that Pauli strings generate.

    Raises:
        SpecError: no string, text that is not one Pauli string, or a string named twice.
    """
    if strings == []:
        raise scope.error("a Pauli symmetry needs at least one string, such as X0 X1 X2", path)
    listed = (
        [(strings, path)] if isinstance(strings, str) else [(s, (*path, i)) for i, s in enumerate(strings)]
    )
    found: list[PauliSum] = []
    for text, place in listed:
        op = scope.operator(text, place)
        if len(op) != 1 or not op.without_identity() or op != _monic(op):
            message = f"{shown(text)} is not one Pauli string; write one such as X0 X1 X2, several as a list"
            raise scope.error(message, place)
        if op in found:
            raise scope.error(f"{shown(text)} is listed twice; name it once", place)
        found.append(op)
    return Pauli(tuple(found))


def _monic(op: PauliSum) -> PauliSum:
    return PauliSum(op.num_qubits, dict.fromkeys(op.terms, ONE))


def pauli_entry(factor: PauliFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that strings came from."""
    strings = (PauliSum(factor.num_qubits, {key: ONE}) for key in dict.fromkeys(factor.keys))
    yield Pauli(tuple(strings))
