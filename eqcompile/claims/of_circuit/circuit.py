"""The claim that a circuit built by somebody else is equivariant."""

from collections.abc import Iterable
from dataclasses import dataclass

from eqcompile.claims.claim import CIRCUIT
from eqcompile.claims.of_circuit.by_generator import ClaimByGenerator
from eqcompile.claims.of_circuit.causes import likely_cause
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.task import Decision, tasks
from eqcompile.errors import one_line

MAX_NAMED_GATES = 8
"""Gates at fault that a refusal names. Beyond it, shortened: the list ends in dots."""


@dataclass(frozen=True)
class EquivariantCircuitClaim(ClaimByGenerator):
    r""":math:`U(\theta, V_g x) = \chi\, R_g U(\theta, x) R_g^\dagger`, for all parameters."""

    name = "equivariant circuit"
    targets = (CIRCUIT,)
    characters = True
    sides = (
        "amplitude of {ket} after U(V x) R and R U(x)",
        "amplitude of {ket} after dU and -i [T, U]",
    )

    @classmethod
    def _order(cls, test: CircuitTest) -> Iterable[int]:
        return tasks(test)

    def decision(self) -> Decision:
        """By blocks, or by the whole register."""
        return tasks(self.test)[self.number].decide()

    def _fault(self, decision: Decision) -> str:
        """The gates of the first block that fails, and a likely cause."""
        circuit, parts = self.test.circuit, []
        if decision.blocks:
            block = decision.blocks[0]
            names = [
                f"{number}: {circuit.gate_names[number]}" if number < len(circuit.gate_names) else str(number)
                for number in block.origins
            ]
            shown = ", ".join(names[:MAX_NAMED_GATES]) + (", ..." if len(names) > MAX_NAMED_GATES else "")
            gates = f"gate{'s' if len(names) > 1 else ''} {shown}"
            parts.append(f"at fault on qubits {', '.join(map(str, block.qubits))}: {gates}")
        if cause := likely_cause(self.test, decision):
            parts.append(f"likely cause: {cause}")
        # The cause names parameters, which a file may call whatever it likes; a detail is one line.
        return one_line("; ".join(parts))
