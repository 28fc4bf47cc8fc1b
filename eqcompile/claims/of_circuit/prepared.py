r"""States and models of circuits of any origin: is :math:`U(\theta, x)|0\rangle` kept, is the expectation value?

Here the circuit prepares its own state: it need not be equivariant, only what comes out of it.
"""

from collections.abc import Sequence

from eqcompile.circuits.circuit import Operation, undone
from eqcompile.claims.field.outcome import Outcome
from eqcompile.claims.field.simulator import Vector
from eqcompile.claims.of_circuit.equivariance import CircuitTest, Decision
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator

METHOD = "identity of the whole circuit on zeros"


class WholeTest:
    """Tests what a circuit makes of zeros against the generators of a group.

    Args:
        test: of the circuit, which holds the field and the moved circuits.
    """

    def __init__(self, test: CircuitTest) -> None:
        self._test = test
        self._simulator = test.simulator
        self._p = test.point.field.p

    def state(self, generator: GroupGenerator) -> Decision:
        r"""Whether :math:`R\,U(x)|0\rangle` is a multiple of :math:`U(V x)|0\rangle`."""
        if (open_ := self._test.why_open(generator)) is not None:
            return open_
        operations = self._test.circuit.operations
        if isinstance(generator, LieGenerator):
            psi, derivative = self._simulator.run_with_slope(
                operations, self._zeros(), self._test.motion(generator)
            )
            image = self._simulator.operator(generator.operator, psi)
            i = self._test.point.field.i
            change = [(d + i * t) % self._p for d, t in zip(derivative, image, strict=True)]
            outcome, ratio = self._compared(change, psi)
            return self._decision(generator, outcome, -i * ratio % self._p)
        moved = self._simulator.run(self._test.moved(generator), self._zeros())
        image = self._simulator.move(generator.on_qubits, self._simulator.run(operations, self._zeros()))
        outcome, ratio = self._compared(image, moved)
        return self._decision(generator, outcome, ratio)

    def model(self, generator: GroupGenerator, observable: PauliSum) -> Decision:
        r"""Whether :math:`\langle 0|U^\dagger O\, U|0\rangle` is the same at x and at V x."""
        if (open_ := self._test.why_open(generator)) is not None:
            return open_
        operations = self._test.circuit.operations
        if isinstance(generator, LieGenerator):
            motion = self._test.motion(generator)
            psi, derivative = self._simulator.run_with_slope(operations, self._zeros(), motion)
            psi, derivative = (self._simulator.operator(observable, v) for v in (psi, derivative))
            back = undone(operations)
            _, derivative = self._simulator.run_with_slope(back, psi, motion, derivative)
            return self._decision(generator, self._equal(0, derivative[0]))
        found = self._value(self._test.moved(generator), observable)
        return self._decision(generator, self._equal(self._value(operations, observable), found))

    def _value(self, operations: Sequence[Operation], observable: PauliSum) -> int:
        psi = self._simulator.operator(observable, self._simulator.run(operations, self._zeros()))
        back = undone(operations)
        return self._simulator.run(back, psi)[0]

    def _zeros(self) -> Vector:
        return [1] + [0] * ((1 << self._simulator.num_qubits) - 1)

    def _equal(self, left: int, right: int) -> Outcome:
        return Outcome(True) if left == right else Outcome(False, difference=(0, left, right))

    def _compared(self, left: Vector, right: Vector) -> tuple[Outcome, int]:
        """Whether the first is a multiple of the second, which may be zero; and which."""
        place = next(i for i, value in enumerate(right) if value)
        ratio = left[place] * pow(right[place], -1, self._p) % self._p
        for bits, (a, b) in enumerate(zip(left, right, strict=True)):
            if a != ratio * b % self._p:
                return Outcome(False, difference=(bits, ratio * b % self._p, a)), ratio
        return Outcome(True), ratio

    def _decision(
        self, generator: GroupGenerator, outcome: Outcome, character: int | None = None
    ) -> Decision:
        known = outcome.holds and character is not None
        name = self._test.named(generator, character) if known and character is not None else None
        return Decision(generator, outcome.holds, METHOD, difference=outcome.difference, character=name)
