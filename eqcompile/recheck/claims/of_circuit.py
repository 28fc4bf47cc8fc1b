"""Claims about circuits, as rows of the table; :mod:`.circuit` says how they are evaluated."""

from collections.abc import Mapping, Sequence
from typing import Any

from eqcompile.errors import EqcompileError
from eqcompile.recheck.claims.circuit import decide_circuit, decide_unchanged
from eqcompile.recheck.claims.claim import CIRCUIT, CIRCUIT_MODEL, PREPARED_STATE, Case, Claim, Outcome, Plain


class ClaimByGenerator(Claim):
    """A claim about a circuit under one generator; the target section says which of the three it is."""

    form = "generator {number}"
    sentence = "{target} under {generator}"
    exact = False

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """One key for every generator."""
        return [self.form.format(number=number) for number in range(num_generators)]

    def words(self, finding: Plain, body: Plain) -> dict[str, Any]:
        """The name of the generator."""
        return {"generator": body["generators"][finding["generator"]]}

    def fails(self, case: Case) -> str:
        """Decided on vectors, or gate by gate."""
        _require_gates(case.target)
        number = case.finding["generator"]
        answer = decide_circuit(case.target, case.group, number, case.source, case.rational)
        return answer.reason or case.characters_fail([] if answer.character is None else [answer.character])


class EquivariantCircuit(ClaimByGenerator):
    """The unitary is equivariant."""

    name, targets, characters = "equivariant circuit", (CIRCUIT,), True


class InvariantPreparedState(ClaimByGenerator):
    """The state that it prepares from zeros is invariant."""

    name, targets, characters = "invariant prepared state", (PREPARED_STATE,), True


class InvariantCircuitModel(ClaimByGenerator):
    """The expectation value is invariant."""

    name, targets = "invariant model", (CIRCUIT_MODEL,)


class UnchangedModel(Claim):
    """The same expectation value as the circuit that it was made from."""

    name, form, targets = "unchanged model", "unchanged", (PREPARED_STATE, CIRCUIT_MODEL)
    sentence = "{target}"
    exact = False

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """The key, if the two were compared."""
        return [self.form] if target["unchanged"] else []

    def fails(self, case: Case) -> str:
        """Decided on vectors."""
        _require_gates(case.target)
        return decide_unchanged(case.target, case.group, case.source).reason


class TrivialGroup(Claim):
    """Nothing is demanded of a group without generators."""

    name, form, targets = "trivial group", "trivial", (CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL)
    sentence = "{target}"

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """The key, if nothing else is owed."""
        return [] if num_generators or target["unchanged"] else [self.form]

    def fails(self, case: Case) -> str:
        """The group must have no generators."""
        return "the group has generators, or nothing to refuse" if case.group.generators else ""

    def outcome(self, cases: Sequence[Case], found: Mapping[str, str]) -> tuple[Outcome, str]:
        """There is nothing to refuse."""
        if self.fails(cases[0]) or cases[0].finding["verdict"] != "proven":
            return "CONTRADICTED", "the group has generators, or nothing to refuse"
        return "confirmed", "the group has no generators"


def _require_gates(target: Plain) -> None:
    if target["operations"] is None:
        raise EqcompileError("the circuit has gates without exact form")
