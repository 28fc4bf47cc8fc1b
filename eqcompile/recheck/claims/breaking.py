"""A declared breaking: exactly the named generators move the operator."""

from typing import Any, ClassVar

from eqcompile.recheck.algebra.group import Group, changes
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.claims.claim import (
    MODEL,
    MODEL_WITHOUT_DATA,
    Case,
    Claim,
    Evidence,
    Plain,
    shown_operator_differs,
)
from eqcompile.recheck.shapes import NUMBER, TEXT, Listing


class DeclaredBreaking(Claim):
    """The gate that breaks the symmetry on purpose."""

    name, form, targets = "declared breaking", "breaking", (MODEL, MODEL_WITHOUT_DATA)
    evidence: ClassVar[Evidence] = {"operator": TEXT, "shown": TEXT, "broken": Listing(NUMBER)}
    told_by = "broken"
    sentence = "symmetry_breaking: {shown}"

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """The key, if a breaking is declared."""
        return [self.form] if target["breaking"] else []

    def place(self, key: str) -> list[Any]:
        """The place of the breaking."""
        return ["ansatz", "symmetry_breaking"]

    def shown_otherwise(self, evidence: Plain, group: Group) -> bool:
        """Whether the operator, which is shown whole, is shown as another one."""
        return shown_operator_differs(evidence, group)

    def fails(self, case: Case) -> str:
        """Decided at any number of qubits."""
        op = operator(case.evidence["operator"], case.group.num_qubits, case.group.field)
        broken = [
            place for place, g in enumerate(case.group.generators) if changes(g, op.terms, case.group.field)
        ]
        names = ", ".join(case.group.generators[place].name for place in broken)
        return "" if broken == case.evidence["broken"] else f"what it breaks is {names or 'nothing'}"
