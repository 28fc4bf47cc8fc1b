r"""Invariance of a whole model for all parameters and inputs, by polynomial identity testing.

In the variables :math:`u = e^{-i\theta}`, :math:`e^{-i\alpha|x|}` and the unit vector of each x, the model is a Laurent
polynomial. Two such polynomials that agree at a random point of a large prime field are equal, except with a
probability of degree over p (Schwartz and Zippel). The field holds i and every root of unity that the model's numbers
need; nothing is rounded. The points are drawn from a seed that is fixed by the spec, so a check can be repeated.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import lcm
from random import Random

from eqcompile.budgets import check
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.operations import Evolve, VectorRotation
from eqcompile.claims.field.prime_field import Field, Vector, coefficients_of, common_order, prime_with_root
from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.scalars import Number, conjugate
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator

MAX_MODEL_WORK = 1_000_000
"""Amplitudes times gates of a model that is evaluated at x and V x; this many take about ten seconds. Beyond it,
weaker: invariance is concluded from the parts of the model, and the finding says so."""

Amplitudes = dict[int, int]


@dataclass(frozen=True)
class Input:
    """A random input: a unit vector and :math:`e^{-i\\alpha|x|}` for every site."""

    directions: tuple[Vector, ...]
    units: tuple[int, ...]


def why_not_applicable(ansatz: ReuploadingAnsatz) -> str:
    """Why a model cannot be tested this way; empty if it can."""
    gates = len(ansatz.encoding) * (ansatz.depth + 1) + len(ansatz.parameter_names)
    if gates << ansatz.num_qubits > MAX_MODEL_WORK:
        return f"{gates} gates on {ansatz.num_qubits} qubits are too many for an identity test"
    for generator in (*ansatz.layer, *_optional(ansatz.breaking)):
        if not _has_rational_spectrum(generator):
            return f"{shorthand(generator)} has irrational eigenvalues, or too many"
    return ""


def _has_rational_spectrum(generator: PauliSum) -> bool:
    try:
        return all(isinstance(value, Fraction) for value in eigenvalues(generator))
    except LimitError:
        return False


class ModelIdentity:
    """Evaluates one model over a prime field, at random values of all its parameters.

    Args:
        ansatz: the circuit; :func:`why_not_applicable` must have no objection.
        state: its initial state.
        observable: what is measured.
        seed: fixes the prime and all random points.
        elements: group elements that :meth:`moved` will be asked about, so that the field holds their numbers.
    """

    def __init__(
        self,
        ansatz: ReuploadingAnsatz,
        state: ExactState,
        observable: PauliSum,
        seed: str,
        elements: Iterable[GroupGenerator] = (),
    ) -> None:
        source = Random(seed)
        operators = (*ansatz.layer, *_optional(ansatz.breaking), observable)
        order = common_order(
            chain(coefficients_of(operators), state.amplitudes.values(), _numbers_of(elements))
        )
        self.field = Field(prime_with_root(order, source), source, order)
        self._ansatz = ansatz
        self._gates = tuple(ansatz.gates())
        self._ket = {bits: self.field.scalar(value) for bits, value in state.amplitudes.items()}
        self._bra = {bits: self.field.scalar(conjugate(value)) for bits, value in state.amplitudes.items()}
        self._observable = self._terms(observable)
        self._spectral = {g: _Spectral(g, self) for g in (*ansatz.layer, *_optional(ansatz.breaking))}
        names = ansatz.parameter_names
        self._angles = {name: self.field.random() for name in names}

    def random_input(self) -> Input:
        """A random input."""
        sites = range(len(self._ansatz.site_names))
        return Input(
            tuple(self.field.unit_vector() for _ in sites), tuple(self.field.random() for _ in sites)
        )

    def value(self, x: Input) -> int:
        r""":math:`\langle\psi| M(x)^{-1} O\, M(x) |\psi\rangle`, not normalised, in the field."""
        psi = dict(self._ket)
        for gate in self._gates:
            check()
            psi = self._apply(gate, x, psi, inverse=False)
        psi = self._apply_terms(self._observable, psi)
        for gate in reversed(self._gates):
            psi = self._apply(gate, x, psi, inverse=True)
        return sum(value * psi.get(bits, 0) for bits, value in self._bra.items()) % self.field.p

    def moved(self, x: Input, elements: Sequence[GroupGenerator]) -> Input:
        """The input after a random element of each one-parameter group, and after each finite element."""
        for element in elements:
            x = self._rotated(x, element) if isinstance(element, LieGenerator) else self._mapped(x, element)
        return x

    @property
    def degree(self) -> int:
        """Bound on the degree of the identity in the field elements that are drawn, denominators cleared.

        A gate acts twice (M and its inverse) with a numerator and a denominator; the unit vectors and the group
        elements are rational functions of degree two in what is drawn.
        """
        widest = max((s.width for s in self._spectral.values()), default=1)
        return 16 * len(self._gates) * max(widest, 2) + 64

    def _rotated(self, x: Input, generator: LieGenerator) -> Input:
        if not isinstance(generator, RotationGenerator):
            return x
        p, matrix = self.field.p, self.field.turn(generator.axis)
        directions = list(x.directions)
        for site in generator.sites:
            a, b, c = (sum(m * v for m, v in zip(row, x.directions[site], strict=True)) % p for row in matrix)
            directions[site] = (a, b, c)
        return Input(tuple(directions), x.units)

    def _mapped(self, x: Input, element: FiniteGenerator) -> Input:
        directions: list[Vector] = list(x.directions)
        units = list(x.units)
        for site in range(len(directions)):
            image = [0, 0, 0]
            target = element.on_data.images[site]
            for axis in range(3):
                for (_, c), value in element.on_data.image_of((site, axis)).items():
                    image[c] += self.field.real(value) * x.directions[site][axis]
            directions[target] = (image[0] % self.field.p, image[1] % self.field.p, image[2] % self.field.p)
            units[target] = x.units[site]
        return Input(tuple(directions), tuple(units))

    def _apply(self, gate: VectorRotation | Evolve, x: Input, psi: Amplitudes, inverse: bool) -> Amplitudes:
        if isinstance(gate, VectorRotation):
            return self._encode(gate, x, psi, inverse)
        return self._evolve(gate, psi, inverse)

    def _encode(self, gate: VectorRotation, x: Input, psi: Amplitudes, inverse: bool) -> Amplitudes:
        """cos r + (-i sin r) n.sigma, with u = e^{-ir}: cos r = (u + 1/u)/2 and -i sin r = (u - 1/u)/2."""
        p = self.field.p
        unit = x.units[gate.site]
        other = pow(unit, -1, p)
        if inverse:
            unit, other = other, unit
        half = pow(2, -1, p)
        cosine, sine = (unit + other) * half % p, (unit - other) * half % p
        terms: dict[tuple[int, int], int] = {}
        for axis, component in enumerate(x.directions[gate.site]):
            for key, value in self._terms(gate.generator(self._ansatz.num_qubits, axis)).items():
                terms[key] = value * component * sine % p
        out = {bits: value * cosine % p for bits, value in psi.items()}
        return self._add(out, self._apply_terms(terms, psi))

    def _evolve(self, gate: Evolve, psi: Amplitudes, inverse: bool) -> Amplitudes:
        (name,) = gate.parameters  # a model's gates have one trainable angle each
        unit = self._angles[name]
        return self._spectral[gate.generator].apply(pow(unit, -1, self.field.p) if inverse else unit, psi)

    def _terms(self, op: PauliSum) -> dict[tuple[int, int], int]:
        """Coefficients in the field, with the i of each Y multiplied in."""
        p = self.field.p
        return {
            (x, z): self.field.scalar(value) * pow(self.field.i, (x & z).bit_count(), p) % p
            for (x, z), value in op.terms.items()
        }

    def _apply_terms(self, terms: Mapping[tuple[int, int], int], psi: Amplitudes) -> Amplitudes:
        p = self.field.p
        out: Amplitudes = {}
        for (x, z), value in terms.items():
            for bits, amplitude in psi.items():
                term = value * amplitude if (z & bits).bit_count() % 2 == 0 else -value * amplitude
                out[bits ^ x] = out.get(bits ^ x, 0) + term
        return {bits: value % p for bits, value in out.items()}

    def _add(self, left: Amplitudes, right: Amplitudes) -> Amplitudes:
        out = dict(left)
        for bits, value in right.items():
            out[bits] = (out.get(bits, 0) + value) % self.field.p
        return out


class _Spectral:
    r""":math:`e^{-i\theta G} = \sum_k u^{d \lambda_k} P_k(G)`, :math:`u = e^{-i\theta/d}`, P_k projectors."""

    def __init__(self, generator: PauliSum, model: ModelIdentity) -> None:
        self._model = model
        self._terms = model._terms(generator)
        self._values = [value for value in eigenvalues(generator) if isinstance(value, Fraction)]
        self._denominator = lcm(*(value.denominator for value in self._values)) if self._values else 1
        self.width = int(2 * max((abs(v) for v in self._values), default=Fraction(1)) * self._denominator)

    def apply(self, unit: int, psi: Amplitudes) -> Amplitudes:
        r"""Newton interpolation of the exponential on the spectrum, by Horner's rule in G."""
        p = self._model.field.p
        nodes = [self._model.field.fraction(value) for value in self._values]
        exponents = [int(value * self._denominator) for value in self._values]
        differences = [pow(unit, exponent, p) for exponent in exponents]
        for order in range(1, len(nodes)):
            for k in range(len(nodes) - 1, order - 1, -1):
                step = pow(nodes[k] - nodes[k - order], -1, p)
                differences[k] = (differences[k] - differences[k - 1]) * step % p
        out = {bits: value * differences[-1] % p for bits, value in psi.items()}
        for k in range(len(nodes) - 2, -1, -1):
            shifted = self._model._apply_terms(self._terms, out)
            shifted = self._model._add(shifted, {bits: -nodes[k] * v for bits, v in out.items()})
            out = self._model._add(shifted, {bits: differences[k] * v for bits, v in psi.items()})
        return out


def _optional(value: PauliSum | None) -> tuple[PauliSum, ...]:
    return () if value is None else (value,)


def _numbers_of(elements: Iterable[GroupGenerator]) -> Iterator[Number]:
    """Every number in what the elements do to the data."""
    for element in elements:
        if isinstance(element, RotationGenerator):
            yield from element.axis
        elif isinstance(element, FiniteGenerator):
            yield from (value for matrix in element.on_data.matrices for row in matrix for value in row)
