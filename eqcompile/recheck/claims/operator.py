"""Invariant operators: entries of a layer, an operator alone, an observable."""

from typing import Any, ClassVar

from eqcompile.recheck.algebra.group import Group, changes
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.claims.claim import (
    MODEL,
    MODEL_WITHOUT_DATA,
    PARTS,
    Case,
    Claim,
    Evidence,
    Plain,
    shown_operator_differs,
)
from eqcompile.recheck.shapes import TEXT


class InvariantOperator(Claim):
    """The operator is Hermitian, and no generator changes it."""

    evidence: ClassVar[Evidence] = {"operator": TEXT, "shown": TEXT}
    told_by = "operator"

    def shown_otherwise(self, evidence: Plain, group: Group) -> bool:
        """Whether the operator, which is shown whole, is shown as another one."""
        return shown_operator_differs(evidence, group)

    def moved_by(self, evidence: Plain, group: Group) -> str:
        """Decided by the same equations as the claim."""
        return operator_fails(evidence, group)

    def fails(self, case: Case) -> str:
        """Decided at any number of qubits."""
        return operator_fails(case.evidence, case.group)


class EquivariantGate(InvariantOperator):
    """An entry of a model's layer."""

    name, form, targets = "equivariant gate", "layer[{place}]", (MODEL, MODEL_WITHOUT_DATA)
    sentence = "layer[{place}]: {shown}"

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """One key for every entry."""
        return [self.form.format(place=place) for place in range(target["layers"])]

    def place(self, key: str) -> list[Any]:
        """The place of the entry."""
        return ["ansatz", "layer", _number(key)]

    def words(self, finding: Plain, body: Plain) -> dict[str, Any]:
        """The number of the entry."""
        return {"place": _number(finding["key"])}


class EquivariantOperator(InvariantOperator):
    """The generator of a gate, alone."""

    name, form, targets = "equivariant gate", "operator", (PARTS,)
    sentence = "operator: {shown}"


class InvariantObservable(InvariantOperator):
    """The observable of a model, or alone."""

    name, form, targets = "invariant observable", "observable", (MODEL, MODEL_WITHOUT_DATA, PARTS)
    sentence = "observable: {shown}"

    def place(self, key: str) -> list[Any]:
        """The place of the observable."""
        return ["observable"]


def _number(key: str) -> int:
    return int(key.removeprefix("layer[").removesuffix("]"))


def operator_fails(evidence: Plain, group: Group) -> str:
    """Why an operator is not invariant: it must be Hermitian, and no generator may change it."""
    op = operator(evidence["operator"], group.num_qubits, group.field)
    if not op.is_hermitian:
        return "it is not Hermitian"
    moving = [g.name for g in group.generators if changes(g, op.terms, group.field)]
    return f"it is changed by {', '.join(moving)}" if moving else ""
