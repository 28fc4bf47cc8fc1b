"""Concrete group elements and lines of Python for counterexamples."""

from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import format_scalar, rational
from eqcompile.exact.state import ExactState
from eqcompile.reps.factors import FiniteGenerator, GroupGenerator, LieGenerator
from eqcompile.reps.maps import PauliUnitary, QubitPermutation

RIGHT_ANGLE = (rational(0), rational(1))
IRRATIONAL_TURN = (rational(3) / 5, rational(4) / 5)
"""Cosine and sine of an angle that is no rational multiple of pi: no operator that this element leaves
invariant can be changed by any other rotation about the axis."""


def distinguishing_element(generator: GroupGenerator, op: PauliSum) -> FiniteGenerator:
    """A group element, as simple as possible, that changes an operator which the generator changes."""
    if isinstance(generator, FiniteGenerator):
        return generator
    quarter = generator.element(*RIGHT_ANGLE, "pi/2")
    if quarter.on_qubits.conjugate(op) != op:
        return quarter
    return generator.element(*IRRATIONAL_TURN, "arccos(3/5)")


def reproduce_operator(op: PauliSum) -> str:
    """Python that builds the operator."""
    return f'eq.PauliSum.parse("{op}", {op.num_qubits})'


def reproduce_state(state: ExactState) -> str:
    """Python that builds the state."""
    amplitudes = ", ".join(
        f"{bits}: {format_scalar(value)}" for bits, value in sorted(state.amplitudes.items())
    )
    return f"eq.ExactState({state.num_qubits}, {{{amplitudes}}})"


def reproduce_change(op: PauliSum, generator: GroupGenerator) -> str:
    """Python whose value is not zero because the generator changes the operator."""
    if isinstance(generator, LieGenerator):
        return f"{reproduce_operator(op)}.commutator({reproduce_operator(generator.operator)})"
    if isinstance(generator.on_qubits, QubitPermutation):
        images = list(generator.on_qubits.images)
        return f"op = {reproduce_operator(op)}; op.relabel({images}) - op"
    return f"op = {reproduce_operator(op)}; s = {_pauli(generator)}; s * op * s - op"


def reproduce_state_change(state: ExactState, generator: GroupGenerator) -> str:
    """Python whose value is no multiple of the state."""
    if isinstance(generator, LieGenerator):
        return f"{reproduce_state(state)}.apply({reproduce_operator(generator.operator)})"
    if isinstance(generator.on_qubits, QubitPermutation):
        return f"{reproduce_state(state)}.relabel({list(generator.on_qubits.images)})"
    return f"{reproduce_state(state)}.apply({_pauli(generator)})"


def _pauli(generator: FiniteGenerator) -> str:
    assert isinstance(generator.on_qubits, PauliUnitary)
    return reproduce_operator(generator.on_qubits.as_operator())
