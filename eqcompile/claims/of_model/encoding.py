"""The claim that an encoding is equivariant: it moves with the vectors that it uploads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

from eqcompile.circuits.gates import EncodingGate
from eqcompile.claims.certificate import Counterexample, Finding
from eqcompile.claims.evidence import encoding_evidence
from eqcompile.claims.of_model.operator import EXACT_COMMUTATOR
from eqcompile.claims.table import EQUIVARIANT_ENCODING
from eqcompile.claims.witness import distinguishing_element, reproduce_intertwiner, reproduce_operator
from eqcompile.exact.arithmetic.scalars import Real
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.lie import AXES
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry


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
    weights: dict[DataIndex, PauliSum], vector: Mapping[DataIndex, Real], num_qubits: int
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
