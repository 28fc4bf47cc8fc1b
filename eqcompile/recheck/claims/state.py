"""Invariant states: eigenvectors of every generator."""

from typing import Any, ClassVar

from eqcompile.recheck.algebra.group import Group, moved_state
from eqcompile.recheck.algebra.pauli import applied, parallel
from eqcompile.recheck.algebra.text import state
from eqcompile.recheck.claims.claim import MODEL, MODEL_WITHOUT_DATA, PARTS, Case, Claim, Evidence, Plain
from eqcompile.recheck.shapes import TEXT


class InvariantState(Claim):
    """A state that every generator multiplies by a number, which the claim names."""

    name, form, targets = "invariant state", "state", (MODEL, MODEL_WITHOUT_DATA, PARTS)
    evidence: ClassVar[Evidence] = {"state": TEXT, "shown": TEXT}
    told_by = "state"
    sentence = "state {shown}"
    characters = True

    def place(self, key: str) -> list[Any]:
        """The place of the state."""
        return ["state"]

    def shown_otherwise(self, evidence: Plain, group: Group) -> bool:
        """Whether the state is shown as another one. A long state is shown in part, which is not compared."""
        return shown_state_differs(evidence, group)

    def moved_by(self, evidence: Plain, group: Group) -> str:
        """Decided by the same equations as the claim, up to phases."""
        return state_fails(evidence, group)

    def fails(self, case: Case) -> str:
        """Decided at any number of qubits."""
        reason, values = decide_state(case.evidence, case.group)
        return reason or case.characters_fail(values)


def shown_state_differs(evidence: Plain, group: Group) -> bool:
    """Whether a state is shown as another one; decided only if it is shown whole."""
    if "..." in evidence["shown"]:
        return False
    shown, whole = (state(evidence[key], group.num_qubits, group.field) for key in ("shown", "state"))
    return not parallel(shown, whole, group.field.p)


def state_fails(evidence: Plain, group: Group) -> str:
    """Why a state is not invariant: it must be an eigenvector of every generator."""
    return decide_state(evidence, group)[0]


def decide_state(evidence: Plain, group: Group) -> tuple[str, list[int]]:
    """Why a state is not invariant; and if it is, its eigenvalue for every generator."""
    p = group.field.p
    psi = state(evidence["state"], group.num_qubits, group.field)
    if not psi:
        return "it is the zero vector", []
    bits, amplitude = next(iter(psi.items()))
    values = []
    for g in group.generators:
        image = moved_state(g, psi, p) if g.lie is None else applied(g.lie.terms, psi, p)
        if not parallel(image, psi, p):
            return f"it is changed by {g.name}", []
        values.append(image.get(bits, 0) * pow(amplitude, -1, p) % p)
    return "", values
