"""Concrete group elements and lines of Python for counterexamples."""

from collections.abc import Sequence

from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import rational
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
    """Python that builds the state, each basis state by X gates on the state of all zeros."""
    kets = PauliSum(state.num_qubits, {(bits, 0): value for bits, value in state.amplitudes.items()})
    return f"eq.ExactState({state.num_qubits}, {{0: 1}}).apply({reproduce_operator(kets)})"


def reproduce_change(op: PauliSum, generator: GroupGenerator) -> str:
    """Python whose value is not zero because the generator changes the operator."""
    if isinstance(generator, LieGenerator):
        return f"{reproduce_operator(op)}.commutator({reproduce_operator(generator.operator)})"
    return f"op = {reproduce_operator(op)}; {_image(generator)} - op"


def reproduce_intertwiner(op: PauliSum, expected: PauliSum, generator: GroupGenerator) -> str:
    """Python whose value is not zero because the generator does not move the operator to the expected one."""
    if isinstance(generator, LieGenerator):
        image = f"{reproduce_operator(generator.operator)}.derivation(op)"
    else:
        image = _image(generator)
    return f"op = {reproduce_operator(op)}; {image} - {reproduce_operator(expected)}"


def _image(generator: FiniteGenerator) -> str:
    """Python that conjugates ``op`` by a finite element."""
    if isinstance(generator.on_qubits, QubitPermutation):
        return f"op.relabel({list(generator.on_qubits.images)})"
    return f"{_pauli(generator)} * op * {_pauli(generator)}"


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


def reproduce_model_change(move: Sequence[GroupGenerator], num_parameters: int, num_sites: int) -> str:
    """Python whose value is not zero because the model sees the difference between x and V x.

    It presupposes ``spec``, the loaded spec, and shows one random case in floating point.
    """
    elements = [
        g.element(*IRRATIONAL_TURN, "arccos(3/5)") if isinstance(g, LieGenerator) else g for g in move
    ]
    moved = "x"
    for element in elements:
        sources = [element.on_data.images.index(site) for site in range(num_sites)]
        matrices = [[[str(v) for v in row] for row in element.on_data.matrices[s]] for s in sources]
        moved = f"np.einsum('sij,bsj->bsi', {_number_text(matrices)}, {moved}[:, {sources}])"
    return (
        f"import numpy as np; f = eq.compile(spec).to_jax(); r = np.random.default_rng(0); "
        f"p, x = r.normal(size={num_parameters}), r.normal(size=(1, {num_sites}, 3)); f(p, x) - f(p, {moved})"
    )


def _number_text(matrices: list[list[list[str]]]) -> str:
    return str(matrices).replace("'", "")
