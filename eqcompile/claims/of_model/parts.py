"""The claims about the parts of a model. Each is an exact equation per generator of the group."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, product

from eqcompile.circuits.gates import EncodingGate
from eqcompile.claims.certificate import Counterexample, Finding
from eqcompile.claims.evidence import encoding_evidence, operator_evidence, state_evidence
from eqcompile.claims.of_circuit.character import character_note
from eqcompile.claims.table import (
    EQUIVARIANT_ENCODING,
    EQUIVARIANT_GATE,
    INVARIANT_OBSERVABLE,
    INVARIANT_STATE,
)
from eqcompile.claims.witness import (
    distinguishing_element,
    reproduce_change,
    reproduce_intertwiner,
    reproduce_operator,
    reproduce_state_change,
)
from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.scalars import Scalar, format_scalar
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.lie import AXES
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

EXACT_COMMUTATOR = "exact commutator with every group generator"
EXACT_ACTION = "exact action of every group generator"


def check_generator(op: PauliSum, symmetry: Symmetry, subject: str) -> Finding:
    r"""``exp(-i theta G)`` is equivariant for every theta.

    G is Hermitian, :math:`[T_a, G] = 0` and :math:`R_s G R_s^\dagger = G`.
    """
    finding = _check_operator(EQUIVARIANT_GATE.name, op, symmetry, subject, "for every angle")
    return replace(finding, key="operator", evidence=operator_evidence(op))


def check_observable(op: PauliSum, symmetry: Symmetry, subject: str) -> Finding:
    """The observable is Hermitian and invariant; its exact spectrum is the range of the model."""
    finding = _check_operator(INVARIANT_OBSERVABLE.name, op, symmetry, subject, "")
    detail = f"spectrum {spectrum_text(op)}" if finding.proven else finding.detail
    return replace(finding, detail=detail, key="observable", evidence=operator_evidence(op))


def spectrum_text(op: PauliSum) -> str:
    """The distinct eigenvalues, or why they are not known exactly."""
    try:
        return ", ".join(str(value) for value in eigenvalues(op))
    except LimitError as error:
        return f"unknown: {error}"


def check_state(state: ExactState, symmetry: Symmetry, subject: str) -> Finding:
    """The state is invariant up to a phase: an eigenvector of every generator of the group.

    The phases form a one-dimensional character of the group, which is reported.
    """
    return replace(_check_state(state, symmetry, subject), key="state", evidence=state_evidence(state))


def _check_state(state: ExactState, symmetry: Symmetry, subject: str) -> Finding:
    characters = []
    for lie in symmetry.lie_generators:
        value = state.eigenvalue_of(state.apply(lie.operator))
        if value is None:
            return _refuse_state(state, subject, f"e^(-i phi {lie.name})", state.apply(lie.operator), lie)
        characters.append(format_scalar(value))
    for finite in symmetry.finite_generators:
        value = state.eigenvalue_of(finite.on_qubits.apply(state))
        if value is None:
            return _refuse_state(state, subject, finite.name, finite.on_qubits.apply(state), finite)
        characters.append(format_scalar(value))
    detail = character_note(symmetry.generators, characters) or "strictly"
    return Finding(INVARIANT_STATE.name, subject, "proven", EXACT_ACTION, detail, character=tuple(characters))


def check_encoding(gates: Sequence[EncodingGate], symmetry: Symmetry, scale: str) -> Finding:
    r"""The encoding :math:`\Phi(x) = e^{-i W(x)}` satisfies :math:`\Phi(V_g x) = R_g \Phi(x) R_g^\dagger`.

    Its gates commute, so their product is the exponential of the sum; then W must intertwine the two actions:
    :math:`W(L_a x) = -i[T_a, W(x)]` and :math:`W(V_s x) = R_s W(x) R_s^\dagger`, coordinate by coordinate.

    Args:
        gates: the gates of one encoding that share the factor ``scale``.
        symmetry: the declared group.
        scale: name of the factor alpha.
    """
    evidence = encoding_evidence(gates, symmetry.num_qubits)
    return replace(_check_encoding(gates, symmetry, scale), key=f"encoding {scale}", evidence=evidence)


def _check_encoding(gates: Sequence[EncodingGate], symmetry: Symmetry, scale: str) -> Finding:
    text = "; ".join(f"{symmetry.site_names[g.site]} -> qubit {g.qubit}" for g in gates)
    parity = f", X on parity qubit {gates[0].parity}" if gates[0].parity is not None else ""
    subject = f"encoding {scale}: {text}{parity}"
    weights = _encoding_operator(gates, symmetry.num_qubits)
    if (clash := _first_clash(gates, symmetry.num_qubits)) is not None:
        return Finding(EQUIVARIANT_ENCODING.name, subject, "refused", EXACT_COMMUTATOR, counterexample=clash)
    for index, op in weights.items():
        for generator in symmetry.generators:
            if _moved(generator, op) != _demanded(weights, index, generator, symmetry.num_qubits):
                return _refuse_encoding(subject, index, weights, symmetry, generator)
    detail = f"for every x and every value of {scale}"
    return Finding(EQUIVARIANT_ENCODING.name, subject, "proven", "exact intertwiner equations", detail)


def _check_operator(claim: str, op: PauliSum, symmetry: Symmetry, subject: str, detail: str) -> Finding:
    if not op.is_hermitian:
        example = Counterexample("the adjoint", shorthand(op), "the same operator", shorthand(op.adjoint()),
                                 f"op = {reproduce_operator(op)}; op == op.adjoint()")  # fmt: skip
        return Finding(claim, subject, "refused", EXACT_COMMUTATOR, "not Hermitian", example)
    for generator in symmetry.generators:
        if not leaves_invariant(generator, op):
            example = _operator_counterexample(op, generator)
            return Finding(
                claim, subject, "refused", EXACT_COMMUTATOR, f"changed by {generator.name}", example
            )
    return Finding(claim, subject, "proven", EXACT_COMMUTATOR, detail)


def leaves_invariant(generator: GroupGenerator, op: PauliSum) -> bool:
    """Whether conjugation by the element, or by the whole one-parameter group, leaves ``op`` as it is."""
    if isinstance(generator, LieGenerator):
        return generator.operator.commutes_with(op)
    return generator.on_qubits.conjugate(op) == op


def _operator_counterexample(op: PauliSum, generator: GroupGenerator) -> Counterexample:
    element = distinguishing_element(generator, op)
    found = element.on_qubits.conjugate(op)
    return Counterexample(
        element.name,
        f"R G R^dagger for G = {shorthand(op)}",
        shorthand(op),
        shorthand(found),
        reproduce_change(op, generator),
    )


def _refuse_state(
    state: ExactState,
    subject: str,
    element: str,
    image: ExactState,
    generator: GroupGenerator,
) -> Finding:
    applied = "T |psi>" if isinstance(generator, LieGenerator) else "R |psi>"
    example = Counterexample(
        element,
        f"{applied} for |psi> = {state.abbreviated()}",
        "a multiple of |psi>",
        image.abbreviated(),
        reproduce_state_change(state, generator),
    )
    return Finding(INVARIANT_STATE.name, subject, "refused", EXACT_ACTION, f"changed by {element}", example)


def _encoding_operator(gates: Iterable[EncodingGate], num_qubits: int) -> dict[DataIndex, PauliSum]:
    """W as the operator that multiplies each coordinate of the data."""
    weights: dict[DataIndex, PauliSum] = {}
    for gate in gates:
        for axis in range(3):
            op = gate.generator(num_qubits, axis)
            index = (gate.site, axis)
            weights[index] = weights[index] + op if index in weights else op
    return weights


def _moved(generator: GroupGenerator, op: PauliSum) -> PauliSum:
    """What the generator makes of W on the qubits: -i[T, W], or R W R^dagger."""
    if isinstance(generator, LieGenerator):
        return generator.operator.derivation(op)
    return generator.on_qubits.conjugate(op)


def _demanded(
    weights: dict[DataIndex, PauliSum], index: DataIndex, generator: GroupGenerator, num_qubits: int
) -> PauliSum:
    """What it makes of the data: W(L e) or W(V e) for the coordinate vector e."""
    if isinstance(generator, LieGenerator):
        return _combine(weights, generator.data_image_of(index), num_qubits)
    return _combine(weights, generator.on_data.image_of(index), num_qubits)


def _combine(
    weights: dict[DataIndex, PauliSum], vector: dict[DataIndex, Scalar], num_qubits: int
) -> PauliSum:
    total = PauliSum.zero(num_qubits)
    for index, value in vector.items():
        total = total + weights.get(index, PauliSum.zero(num_qubits)).scaled(value)
    return total


def _first_clash(gates: Sequence[EncodingGate], num_qubits: int) -> Counterexample | None:
    """Two gates of one encoding that do not commute, if there are any."""
    for first, second in combinations(gates, 2):
        for a, b in product(range(3), repeat=2):
            left, right = first.generator(num_qubits, a), second.generator(num_qubits, b)
            if clash := left.commutator(right):
                line = f"{reproduce_operator(left)}.commutator({reproduce_operator(right)})"
                return Counterexample(
                    "the order of the encoding gates", f"[{left}, {right}]", "0", str(clash), line
                )
    return None


def _refuse_encoding(
    subject: str,
    index: DataIndex,
    weights: dict[DataIndex, PauliSum],
    symmetry: Symmetry,
    generator: GroupGenerator,
) -> Finding:
    element = distinguishing_element(generator, weights[index])
    found = element.on_qubits.conjugate(weights[index])
    expected = _combine(weights, element.on_data.image_of(index), symmetry.num_qubits)
    demanded = _demanded(weights, index, generator, symmetry.num_qubits)
    line = reproduce_intertwiner(weights[index], demanded, generator)
    site, axis = index
    example = Counterexample(
        element.name,
        f"R W(x) R^dagger against W(V x) for x = the unit vector {AXES[axis]} on {symmetry.site_names[site]}",
        str(expected),
        str(found),
        line,
    )
    return Finding(EQUIVARIANT_ENCODING.name, subject, "refused", "exact intertwiner equations",
                   f"broken by {generator.name}", example)  # fmt: skip
