"""Concrete group elements and lines of Python for counterexamples."""

from collections.abc import Sequence

from eqcompile.exact.arithmetic.scalars import Real, format_real, real
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator


def distinguishing_element(generator: GroupGenerator, op: PauliSum) -> FiniteGenerator:
    """A group element, as simple as possible, that changes an operator which the generator changes."""
    if isinstance(generator, FiniteGenerator):
        return generator
    quarter = generator.quarter_turn()
    return quarter if quarter.on_qubits.conjugate(op) != op else generator.irrational_turn()


def reproduce_operator(op: PauliSum) -> str:
    """Python that builds the operator."""
    return f'eq.PauliSum.parse("{op}", {op.num_qubits})'


def reproduce_state(state: ExactState) -> str:
    """Python that builds the state."""
    return f'eq.ExactState.parse("{state}", {state.num_qubits})'


def reproduce_change(op: PauliSum, generator: GroupGenerator) -> str:
    """Python whose value is not zero because the generator changes the operator."""
    if isinstance(generator, LieGenerator):
        return f"{reproduce_operator(op)}.commutator({reproduce_operator(generator.operator)})"
    return f"op = {reproduce_operator(op)}; {_image(generator, op)} - op"


def reproduce_intertwiner(op: PauliSum, expected: PauliSum, generator: GroupGenerator) -> str:
    """Python whose value is not zero because the generator does not move the operator to the expected one."""
    if isinstance(generator, LieGenerator):
        image = f"{reproduce_operator(generator.operator)}.derivation(op)"
    else:
        image = _image(generator, op)
    return f"op = {reproduce_operator(op)}; {image} - {reproduce_operator(expected)}"


def _image(generator: FiniteGenerator, op: PauliSum) -> str:
    """Python that conjugates ``op`` by a finite element; unitaries that do not touch it are left out."""
    text, support = "op", set(op.support)
    for step in generator.on_qubits.steps(op.num_qubits):
        if not isinstance(step, PauliSum):
            support = {step[q] for q in support}
            text = f"{text if text == 'op' else f'({text})'}.relabel({list(step)})"
        elif support & set(step.support):
            support |= set(step.support)
            written = reproduce_operator(step)
            text = f"{written} * {text} * {reproduce_operator(step.adjoint())}"
    return text


def reproduce_state_change(state: ExactState, generator: GroupGenerator) -> str:
    """Python whose value is not a multiple of the state."""
    if isinstance(generator, LieGenerator):
        return f"{reproduce_state(state)}.apply({reproduce_operator(generator.operator)})"
    return reproduce_state(state) + "".join(
        f".apply({reproduce_operator(step)})" if isinstance(step, PauliSum) else f".relabel({list(step)})"
        for step in generator.on_qubits.steps(state.num_qubits)
    )


def reproduce_model_change(move: Sequence[GroupGenerator], num_parameters: int, num_sites: int) -> str:
    """Python whose value is not zero because the model sees the difference between x and V x.

    It presupposes ``spec``, the loaded spec, and shows one random case in floating point.
    """
    elements = [g.irrational_turn() if isinstance(g, LieGenerator) else g for g in move]
    moved = "x"
    for element in elements:
        sources = [element.on_data.images.index(site) for site in range(num_sites)]
        matrices = [[[_number_text(v) for v in row] for row in element.on_data.matrices[s]] for s in sources]
        moved = f"np.einsum('sij,bsj->bsi', {_plain(matrices)}, {moved}[:, {sources}])"
    return (
        f"import numpy as np; f = eq.compile(spec).to_jax(); r = np.random.default_rng(0); "
        f"p, x = r.normal(size={num_parameters}), r.normal(size=(1, {num_sites}, 3)); f(p, x) - f(p, {moved})"
    )


def _number_text(value: Real) -> str:
    """The number as Python's floating point reads it."""
    text = format_real(real(value))
    return text.replace("sqrt(", "np.sqrt(").replace("cos(", "np.cos(").replace("*pi", "*np.pi")


def _plain(matrices: list[list[list[str]]]) -> str:
    return str(matrices).replace("'", "")
