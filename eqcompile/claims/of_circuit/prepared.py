r"""The claim that the state a circuit prepares from zeros is invariant: :math:`U(\theta, x)|0\rangle` is kept.

The circuit need not be equivariant, only what comes out of it.
"""

from dataclasses import dataclass

from eqcompile.claims.claim import PREPARED_STATE
from eqcompile.claims.field.simulator import Vector
from eqcompile.claims.of_circuit.by_generator import ClaimByGenerator
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.task import ON_ZEROS, Decision
from eqcompile.symmetry.generators import LieGenerator


@dataclass(frozen=True)
class InvariantPreparedState(ClaimByGenerator):
    r""":math:`R_g U(\theta, x)|0\rangle` is a multiple of :math:`U(\theta, V_g x)|0\rangle`, for all parameters."""

    name = "invariant prepared state"
    targets = (PREPARED_STATE,)
    characters = True
    sides = (
        "amplitude of {ket} in a multiple of U(V x)|0> and in R U(x)|0>",
        "amplitude of {ket} in a multiple of U|0> and in its change",
    )

    def decision(self) -> Decision:
        """On the whole register."""
        test, generator = self.test, self.generator
        if reason := test.why_open(generator):
            return Decision(generator, None, "", reason)
        operations, simulator, p = test.circuit.operations, test.simulator, test.point.field.p
        if isinstance(generator, LieGenerator):
            i = test.point.field.i
            psi, derivative = simulator.run_with_slope(operations, zeros(test), test.motion(generator))
            image = simulator.operator(generator.operator, psi)
            change = [(d + i * t) % p for d, t in zip(derivative, image, strict=True)]
            factor, difference = _factor(change, psi, p)
            character = -i * factor % p
        else:
            moved = simulator.run(test.moved(generator), zeros(test))
            image = simulator.move(generator.on_qubits, simulator.run(operations, zeros(test)))
            character, difference = _factor(image, moved, p)
        holds = difference is None
        name = test.named(generator, character) if holds else None
        return Decision(generator, holds, ON_ZEROS, difference=difference, character=name)


def zeros(test: CircuitTest) -> Vector:
    """The register in zeros."""
    return [1] + [0] * ((1 << test.simulator.num_qubits) - 1)


def _factor(left: Vector, right: Vector, p: int) -> tuple[int, tuple[int, int, int] | None]:
    """The factor by which the first is a multiple of the second, which may be zero; and where it is not a multiple."""
    place = next(i for i, value in enumerate(right) if value)
    factor = left[place] * pow(right[place], -1, p) % p
    for bits, (a, b) in enumerate(zip(left, right, strict=True)):
        if a != factor * b % p:
            return factor, (bits, factor * b % p, a)
    return factor, None
