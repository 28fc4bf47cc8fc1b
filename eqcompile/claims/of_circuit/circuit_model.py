r"""The claim that the expectation value of a circuit is invariant, :math:`\langle 0|U^\dagger O\, U|0\rangle`."""

from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.circuits.operations import Operation, undone
from eqcompile.claims.claim import CIRCUIT_MODEL
from eqcompile.claims.of_circuit.by_generator import ClaimByGenerator
from eqcompile.claims.of_circuit.prepared import zeros
from eqcompile.claims.of_circuit.task import ON_ZEROS, Decision
from eqcompile.symmetry.generators import LieGenerator


@dataclass(frozen=True)
class InvariantCircuitModel(ClaimByGenerator):
    r""":math:`\langle 0|U^\dagger O\, U|0\rangle` is the same at x and at :math:`V_g x`, for all parameters."""

    name = "invariant model"
    targets = (CIRCUIT_MODEL,)
    sides = ("f(x) and f(V x)", "rate of change of f along the group")

    def decision(self) -> Decision:
        """On the whole register."""
        test, generator = self.test, self.generator
        observable = test.question.measured
        if reason := test.why_open(generator):
            return Decision(generator, None, "", reason)
        operations, simulator = test.circuit.operations, test.simulator
        if isinstance(generator, LieGenerator):
            motion = test.motion(generator)
            psi, derivative = simulator.run_with_slope(operations, zeros(test), motion)
            psi, derivative = (simulator.operator(observable, v) for v in (psi, derivative))
            _, derivative = simulator.run_with_slope(undone(operations), psi, motion, derivative)
            expected, found = 0, derivative[0]
        else:
            found = self._value(test.moved(generator))
            expected = self._value(operations)
        holds = expected == found
        difference = None if holds else (0, expected, found)
        return Decision(generator, holds, ON_ZEROS, difference=difference)

    def _value(self, operations: Sequence[Operation]) -> int:
        simulator = self.test.simulator
        psi = simulator.operator(self.test.question.measured, simulator.run(operations, zeros(self.test)))
        return simulator.run(undone(operations), psi)[0]
