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

from flint import fmpz

from eqcompile.budgets import check
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.operations import VectorRotation
from eqcompile.claims.field.packed import Packed, Packing, Strings, Turn
from eqcompile.claims.field.prime_field import Field, Vector, coefficients_of, common_order, prime_with_root
from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.scalars import Number, conjugate
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator

MAX_MODEL_WORK = 1_000_000
"""Amplitudes times gates of a model that is evaluated at x and V x; this many take a few seconds. Beyond it,
weaker: invariance is concluded from the parts of the model, and the finding says so."""


@dataclass(frozen=True)
class Input:
    """A random input: for every site a unit vector, and :math:`e^{-i\\alpha|x|}` for every scale alpha."""

    directions: tuple[Vector, ...]
    units: tuple[Mapping[str, int], ...]


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
        self._further = Random(f"{seed}: further scales")
        operators = (*ansatz.layer, *_optional(ansatz.breaking), observable)
        order = common_order(
            chain(coefficients_of(operators), state.amplitudes.values(), _numbers_of(elements))
        )
        self.field = Field(prime_with_root(order, source), source, order)
        self._ansatz = ansatz
        p = self.field.p
        self._packing = Packing(p, ansatz.num_qubits, self.field.i)
        self._ket = {bits: self.field.scalar(value) for bits, value in state.amplitudes.items()}
        self._bra = {bits: self.field.scalar(conjugate(value)) for bits, value in state.amplitudes.items()}
        self._observable = self._strings(observable)
        spectral = {
            g: _Spectral(g, self.field, self._strings(g))
            for g in (*ansatz.layer, *_optional(ansatz.breaking))
        }
        angles = {name: self.field.random() for name in ansatz.parameter_names}
        number_of = {gate: number for number, gate in enumerate(ansatz.encoding)}
        self._steps: list[int | _Evolution] = []
        for gate in ansatz.gates():
            if isinstance(gate, VectorRotation):
                self._steps.append(number_of[gate])
            else:
                (name,) = gate.parameters  # a model's gates have one trainable angle each
                unit = angles[name]
                self._steps.append(spectral[gate.generator].evolution(unit, pow(unit, -1, p), self._packing))
        self._widest = max((s.width for s in spectral.values()), default=1)

    def random_input(self) -> Input:
        """A random input."""
        sites, (first, *others) = range(len(self._ansatz.site_names)), self._ansatz.scale_names or ("",)
        directions = tuple(self.field.unit_vector() for _ in sites)
        units = [{first: self.field.random()} for _ in sites]
        # A vector may come to a site with another scale, so all scales have a unit at all sites.
        for unit in units:
            unit |= {name: self._further.randrange(1, self.field.p) for name in others}
        return Input(directions, tuple(units))

    def value(self, x: Input) -> int:
        r""":math:`\langle\psi| M(x)^{-1} O\, M(x) |\psi\rangle`, not normalised, in the field."""
        (value,) = self.values([x])
        return value

    def values(self, points: Sequence[Input]) -> list[int]:
        """The value at each of the points: all go through the circuit side by side."""
        count, size = len(points), 1 << self._ansatz.num_qubits
        packing = Packing(self.field.p, self._ansatz.num_qubits, self.field.i, count)
        psi = packing.packed([self._ket.get(bits, 0) for bits in range(size)] * count)
        for inverse in (False, True):
            turns = [[self._turn(gate, x, inverse) for x in points] for gate in self._ansatz.encoding]
            for step in reversed(self._steps) if inverse else self._steps:
                check()
                if isinstance(step, int):
                    gate = self._ansatz.encoding[step]
                    flip = 0 if gate.parity is None else 1 << gate.parity
                    psi = packing.turned(psi, gate.qubit, flip, turns[step])
                else:
                    psi = step.applied(packing, psi, inverse)
            if not inverse:
                psi = packing.sum_of_strings(self._observable, psi)
        amplitudes = packing.unpacked(psi)
        return [
            sum(value * amplitudes[start + bits] for bits, value in self._bra.items()) % self.field.p
            for start in range(0, count * size, size)
        ]

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
        return 16 * len(self._steps) * max(self._widest, 2) + 64

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

    def _turn(self, gate: VectorRotation, x: Input, inverse: bool) -> Turn:
        """cos r + (-i sin r) n.sigma, with u = e^{-ir}: cos r = (u + 1/u)/2 and -i sin r = (u - 1/u)/2."""
        p, i = self.field.p, self.field.i
        unit = x.units[gate.site][gate.scale]
        other = pow(unit, -1, p)
        if inverse:
            unit, other = other, unit
        half = pow(2, -1, p)
        cosine, sine = (unit + other) * half, (unit - other) * half % p
        a, b, c = x.directions[gate.site]
        element = self._packing.element
        rows = (
            (element(sine * c), element(sine * (a - i * b))),
            (element(sine * (a + i * b)), element(-sine * c)),
        )
        return element(cosine), rows

    def _strings(self, op: PauliSum) -> Strings:
        """An operator that acts on packed vectors."""
        return self._packing.strings({key: self.field.scalar(value) for key, value in op.terms.items()})


class _Spectral:
    r""":math:`e^{-i\theta G} = \sum_k u^{d \lambda_k} P_k(G)`, :math:`u = e^{-i\theta/d}`, P_k projectors."""

    def __init__(self, generator: PauliSum, field: Field, strings: Strings) -> None:
        self._field, self._strings = field, strings
        self._values = [value for value in eigenvalues(generator) if isinstance(value, Fraction)]
        self._denominator = lcm(*(value.denominator for value in self._values)) if self._values else 1
        self.width = int(2 * max((abs(v) for v in self._values), default=Fraction(1)) * self._denominator)
        self._nodes = [field.fraction(value) for value in self._values]
        # They are the same for every angle.
        self._steps = {
            (k, j): pow(self._nodes[k] - self._nodes[j], -1, field.p)
            for k in range(len(self._nodes))
            for j in range(k)
        }

    def evolution(self, unit: int, inverse: int, packing: Packing) -> "_Evolution":
        """The evolution by one angle, by its exponential and the inverse of that."""
        forward, backward = (
            tuple(map(packing.element, self._differences(value))) for value in (unit, inverse)
        )
        shifts = tuple(packing.element(-node) for node in self._nodes[:-1])
        return _Evolution(self._strings, shifts, forward, backward)

    def _differences(self, unit: int) -> list[int]:
        """Divided differences of the exponential at the eigenvalues."""
        p = self._field.p
        differences = [pow(unit, int(value * self._denominator), p) for value in self._values]
        for order in range(1, len(differences)):
            for k in range(len(differences) - 1, order - 1, -1):
                differences[k] = (differences[k] - differences[k - 1]) * self._steps[k, k - order] % p
        return differences


@dataclass(frozen=True)
class _Evolution:
    """Newton interpolation of the exponential on the spectrum of a generator G, and of its inverse.

    Attributes:
        generator: G.
        shifts: minus the eigenvalues but the last one.
        forward, backward: divided differences of the exponential and of its inverse.
    """

    generator: Strings
    shifts: tuple[fmpz, ...]
    forward: tuple[fmpz, ...]
    backward: tuple[fmpz, ...]

    def applied(self, packing: Packing, psi: Packed, inverse: bool) -> Packed:
        """By Horner's rule in G."""
        *others, last = self.backward if inverse else self.forward
        out = packing.reduced(psi * last)
        for shift, difference in zip(reversed(self.shifts), reversed(others), strict=True):
            out = packing.reduced(packing.products(self.generator, out) + out * shift + psi * difference)
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
