"""The claim that an encoding is equivariant: it moves with the vectors that it uploads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from eqcompile.circuits.operations import VectorRotation
from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.claim import MODEL, MODEL_WITHOUT_DATA, Claim
from eqcompile.claims.evidence import Plain
from eqcompile.claims.of_model.operator import EXACT_COMMUTATOR
from eqcompile.claims.witness import distinguishing_element, reproduce_intertwiner, reproduce_operator
from eqcompile.exact.arithmetic.scalars import Real
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.lie import AXES
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import DataIndex

EXACT_INTERTWINER = "exact intertwiner equations"


@dataclass(frozen=True)
class EquivariantEncoding(Claim):
    r"""The encoding :math:`\Phi(x) = e^{-i W(x)}` satisfies :math:`\Phi(V_g x) = R_g \Phi(x) R_g^\dagger`.

    Its gates commute, so their product is the exponential of the sum; then W must intertwine the two actions:
    :math:`W(L_a x) = -i[T_a, W(x)]` and :math:`W(V_s x) = R_s W(x) R_s^\dagger`, coordinate by coordinate.

    Attributes:
        gates: the gates of one encoding that share the factor ``scale``.
        scale: name of the factor alpha.
    """

    name = "equivariant encoding"
    form = "encoding {scale}"
    targets = (MODEL, MODEL_WITHOUT_DATA)
    fields = ("gates", "qubits", "parity")
    sentence = "encoding {scale}: {sites}"
    place = ("data", "encode")

    gates: tuple[VectorRotation, ...]
    scale: str

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        return [cls.form.format(scale=scale) for scale in target["scales"]]

    @property
    def key(self) -> str:
        """The key with the name of the scale."""
        return self.form.format(scale=self.scale)

    @property
    def subject(self) -> str:
        """Which vector goes to which qubit."""
        names = self.symmetry.site_names
        text = "; ".join(f"{names[g.site]} -> qubit {g.qubit}" for g in self.gates)
        parity = self.gates[0].parity
        return self.sentence.format(
            scale=self.scale, sites=text + (f", X on parity qubit {parity}" if parity is not None else "")
        )

    def evidence(self) -> Plain:
        """For every gate, its site and qubit, and the operators that multiply x, y and z; the parity qubit, if any."""
        n = self.symmetry.num_qubits
        return {
            "gates": [[g.site, [str(g.generator(n, axis)) for axis in range(3)]] for g in self.gates],
            "qubits": [g.qubit for g in self.gates],
            "parity": self.gates[0].parity,
        }

    def decide(self) -> Finding:
        """The gates commute and their sum goes along with the data, or a generator breaks that."""
        symmetry = self.symmetry
        if (clash := _first_clash(self.gates, symmetry.num_qubits)) is not None:
            return self._found(Verdict.REFUSED, EXACT_COMMUTATOR, counterexample=clash)
        weights = _encoding_operator(self.gates, symmetry.num_qubits)
        for index, op in weights.items():
            for generator in symmetry.generators:
                if _moved(generator, op) != _demanded(weights, index, generator, symmetry.num_qubits):
                    return self._refuse(index, weights, generator)
        detail = f"for every x and every value of {self.scale}"
        return self._found(Verdict.PROVEN, EXACT_INTERTWINER, detail)

    def _refuse(
        self, index: DataIndex, weights: dict[DataIndex, PauliSum], generator: GroupGenerator
    ) -> Finding:
        element = distinguishing_element(generator, weights[index])
        found = element.on_qubits.conjugate(weights[index])
        expected = _combine(weights, element.on_data.image_of(index), self.symmetry.num_qubits)
        demanded = _demanded(weights, index, generator, self.symmetry.num_qubits)
        line = reproduce_intertwiner(weights[index], demanded, generator)
        site, axis = index
        name = self.symmetry.site_names[site]
        example = Counterexample(
            element.name,
            f"R W(x) R^dagger against W(V x) for x = the unit vector {AXES[axis]} on {name}",
            str(expected),
            str(found),
            line,
        )
        return self._found(Verdict.REFUSED, EXACT_INTERTWINER, f"broken by {generator.name}", example)


def _encoding_operator(gates: Iterable[VectorRotation], num_qubits: int) -> dict[DataIndex, PauliSum]:
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


def _first_clash(gates: Sequence[VectorRotation], num_qubits: int) -> Counterexample | None:
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
