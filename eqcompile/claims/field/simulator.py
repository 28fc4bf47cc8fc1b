r"""Evaluate exact circuits on vectors over a prime field, at a random point of all their parameters.

A rotation by an exact angle needs :math:`E = e^{-i\,\mathrm{angle}/2}`; its value is a product of integer powers of
one random element for every monomial, and of a root of unity for the multiple of pi.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from math import lcm
from random import Random
from typing import Any, Protocol, TypeAlias

from eqcompile.budgets import check
from eqcompile.circuits.angle import ExactAngle, Monomial
from eqcompile.circuits.operations import (
    FixedUnitary,
    Operation,
    PauliRotation,
    VectorRotation,
    why_undecided,
)
from eqcompile.claims.field.packed import Packing
from eqcompile.claims.field.prime_field import (
    PRIME_BITS,
    Field,
    coefficients_of,
    common_order,
    prime_with_root,
)
from eqcompile.claims.field.prime_field import Vector as FieldVector
from eqcompile.claims.field.register import Register
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import Number
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey
from eqcompile.groups.permutation import Images
from eqcompile.groups.rotation import Matrix
from eqcompile.symmetry.maps import QubitMap

MAX_ROOT_BITS = 1024
"""Binary digits of the order of the roots of unity of a circuit; multiples of pi/n for all n up to 360 need 540.
Beyond it, refused: round the angles to fewer different fractions of pi."""

SAFE_BITS = 102
"""The prime exceeds the number of wrong points by this many bits: the error stays below 2^-100."""

PACKED_FROM = 7
"""Qubits from which a vector is packed into one long integer; below, lists are as fast."""

Vector: TypeAlias = list[int]
"""Amplitudes of all basis states, as field elements."""


class Slopes(Protocol):
    """How fast angles, and directions of vectors, change along a motion of the data, at the random point."""

    def slope(self, angle: ExactAngle) -> int:
        """Rate of an angle."""

    def velocity(self, operation: VectorRotation) -> FieldVector:
        """Rate of the direction that an operation turns about."""


def _field(order: int, seed: str, bits: int) -> Field:
    prime, state = _prime(order, seed, bits)
    source = Random()
    source.setstate(state)
    return Field(prime, source, order)


@lru_cache(maxsize=64)
def _prime(order: int, seed: str, bits: int) -> tuple[int, Any]:
    """The prime, and the state of its source after it; kept, since many circuits are tested with one seed."""
    source = Random(seed)
    return prime_with_root(order, source, bits), source.getstate()


class FieldPoint:
    """A prime field with a random value for every parameter.

    Args:
        operations: everything that will be evaluated here, also after substitutions.
        numbers: scalars that group elements bring along.
        seed: fixes the prime and all values.

    Attributes:
        field: the field.
        exponent: a test here errs with a probability below 2 to the power of minus this.

    Raises:
        LimitError: multiples of pi with huge denominators.
    """

    def __init__(self, operations: Iterable[Operation], numbers: Iterable[Number], seed: str) -> None:
        listed = list(operations)
        angles = [o.angle for o in listed if isinstance(o, PauliRotation)]
        angles += [o.turn for o in listed if isinstance(o, VectorRotation)]
        fixed = coefficients_of(o.operator for o in listed if isinstance(o, FixedUnitary))
        order = lcm(
            common_order([*fixed, *numbers]), *{4 * angle.pi_multiple.denominator for angle in angles}
        )
        if order.bit_length() > MAX_ROOT_BITS:
            raise LimitError(
                f"the multiples of pi in the circuit need roots of unity of an order of {order.bit_length()} binary "
                f"digits; the limit is {MAX_ROOT_BITS}; round the angles to simpler fractions"
            )
        self._denominators: dict[Monomial, int] = {}
        for angle in angles:
            for monomial, value in angle.terms:
                known = self._denominators.get(monomial, 1)
                self._denominators[monomial] = lcm(known, value.denominator)
        # Any two of the blocks may be compared; this bounds how many points are wrong for any comparison.
        wrong = (4 * self.degree(listed) * (len(listed) + 1) ** 2).bit_length()
        bits = max(PRIME_BITS, wrong + SAFE_BITS, order.bit_length() + PRIME_BITS // 2)
        self.field = _field(order, seed, bits)
        self.exponent = self.field.p.bit_length() - 1 - wrong
        self._units = {monomial: self.field.random() for monomial in sorted(self._denominators)}
        self._inverses = {monomial: pow(unit, -1, self.field.p) for monomial, unit in self._units.items()}
        self._exponentials: dict[ExactAngle, tuple[int, int]] = {}
        names = sorted({name for monomial in self._units for name in monomial})
        self._values = {name: self.field.random() for name in names}
        sites = sorted({operation.site for operation in listed if isinstance(operation, VectorRotation)})
        self._directions = {site: self.field.unit_vector() for site in sites}

    @cached_property
    def half(self) -> int:
        """One half."""
        return pow(2, -1, self.field.p)

    def exponential(self, angle: ExactAngle) -> tuple[int, int]:
        r""":math:`e^{-i\,\mathrm{angle}/2}` and its inverse."""
        if angle not in self._exponentials:
            self._exponentials[angle] = self._exponential(angle)
        return self._exponentials[angle]

    def _exponential(self, angle: ExactAngle) -> tuple[int, int]:
        p = self.field.p
        turn = angle.pi_multiple * self.field.order / 4
        value = pow(self.field.root, int(-turn) % self.field.order, p)
        inverse = pow(self.field.root, int(turn) % self.field.order, p)
        for monomial, coefficient in angle.terms:
            power = int(coefficient * self._denominators[monomial])
            unit, other = self._units[monomial], self._inverses[monomial]
            if power < 0:
                unit, other, power = other, unit, -power
            value = value * pow(unit, power, p) % p
            inverse = inverse * pow(other, power, p) % p
        return value, inverse

    def slope(self, angle: ExactAngle, rates: Mapping[str, int]) -> int:
        """Derivative of an angle when parameters change at these rates."""
        p, total = self.field.p, 0
        for monomial, coefficient in angle.terms:
            for place, name in enumerate(monomial):
                if name in rates:
                    rest = self._product(monomial[:place] + monomial[place + 1 :])
                    total += self.field.fraction(coefficient) * rest * rates[name]
        return total % p

    def cosine(self, name: str) -> int:
        """Cosine of a parameter that stands in an angle."""
        return self._cosine_and_sine(name)[0]

    def spherical(self, azimuth: str, elevation: str) -> FieldVector:
        """The direction (cos e cos a, cos e sin a, sin e) that two parameters give."""
        p = self.field.p
        (cos_a, sin_a), (cos_e, sin_e) = map(self._cosine_and_sine, (azimuth, elevation))
        return cos_e * cos_a % p, cos_e * sin_a % p, sin_e

    def tie_direction(self, site: int, azimuth: str, elevation: str) -> None:
        """Let the direction of a site be the one that two parameters give."""
        self._directions[site] = self.spherical(azimuth, elevation)

    def direction(self, operation: VectorRotation) -> FieldVector:
        """The unit vector that the operation turns about: its matrix times the random direction of the site."""
        return self.turned(operation.matrix, self._directions[operation.site])

    def turned(self, matrix: Matrix, vector: FieldVector) -> FieldVector:
        """An exact matrix times a vector of the field."""
        p = self.field.p
        x, y, z = (
            sum(self.field.real(m) * v for m, v in zip(row, vector, strict=True)) % p for row in matrix
        )
        return x, y, z

    def site_direction(self, site: int) -> FieldVector:
        """The random direction of a site."""
        return self._directions[site]

    def value(self, name: str) -> int:
        """The random value of a parameter, independent of its exponentials."""
        if name not in self._values:
            self._values[name] = self.field.random()
        return self._values[name]

    def random_vector(self, num_qubits: int, num_zeros: int = 0) -> Vector:
        """Random amplitudes; the last ``num_zeros`` qubits are in |0>."""
        filled = 1 << (num_qubits - num_zeros)
        return [self.field.random() for _ in range(filled)] + [0] * ((1 << num_qubits) - filled)

    def degree(self, operations: Iterable[Operation]) -> int:
        """Bound on the degree in the random elements, denominators cleared."""
        total = 4
        for operation in operations:
            if isinstance(operation, PauliRotation):
                for monomial, value in operation.angle.terms:
                    total += 2 * abs(int(value * self._denominators[monomial])) + len(monomial)
            elif isinstance(operation, VectorRotation):
                total += 8 + sum(2 * abs(int(v * self._denominators[m])) for m, v in operation.turn.terms)
        return total

    def _cosine_and_sine(self, name: str) -> tuple[int, int]:
        p, (unit, inverse) = self.field.p, self.exponential(ExactAngle.parameter(name) * 2)
        return (unit + inverse) * self.half % p, (inverse - unit) * -self.field.i * self.half % p

    def _product(self, monomial: Monomial) -> int:
        out = 1
        for name in monomial:
            out = out * self.value(name) % self.field.p
        return out


class Simulator:
    """Applies operations to vectors of one size; tables of masks, and operators as field elements, are kept.

    Vectors of many qubits go through as one long integer, see :mod:`eqcompile.claims.field.packed`, and neighbouring
    operations on two qubits as one matrix.

    Args:
        point: the field and the values of the parameters.
        num_qubits: number of qubits of the vectors.
        packed_from: number of qubits from which vectors are packed.
    """

    def __init__(self, point: FieldPoint, num_qubits: int, packed_from: int = PACKED_FROM) -> None:
        self.point = point
        self.num_qubits = num_qubits
        self._is_packed = num_qubits >= packed_from
        self._parities: dict[int, list[int]] = {}
        self._operators: dict[PauliSum, dict[PauliKey, int]] = {}
        self._matrices: dict[tuple[Operation, ...], list[list[int]]] = {}
        self._smaller: dict[int, Simulator] = {}

    @cached_property
    def _register(self) -> Register:
        """What runs packed vectors."""
        return Register(Packing(self.point.field.p, self.num_qubits, self.point.field.i), self)

    def run(self, operations: Iterable[Operation], vector: Vector) -> Vector:
        """The circuit applied to the vector."""
        if self._is_packed:
            return self._register.run(operations, vector)
        for operation in operations:
            check()
            vector = self.apply(operation, vector)
        return vector

    def run_with_slope(
        self,
        operations: Iterable[Operation],
        vector: Vector,
        motion: Slopes,
        derivative: Vector | None = None,
    ) -> tuple[Vector, Vector]:
        """The circuit applied to the vector, and its derivative along the motion of the data.

        The vector may have a derivative of its own.
        """
        p = self.point.field.p
        derivative = [0] * len(vector) if derivative is None else derivative
        if self._is_packed:
            return self._register.run_with_slope(operations, vector, motion, derivative)
        for operation in operations:
            check()
            before, vector = vector, self.apply(operation, vector)
            derivative = self.apply(operation, derivative)
            early, late = self.changes(operation, motion)
            for terms, changed in ((early, before), (late, vector)):
                if terms:
                    change = self._strings(terms, changed)
                    derivative = [(a + b) % p for a, b in zip(derivative, change, strict=True)]
        return vector, derivative

    def changes(
        self, operation: Operation, motion: Slopes
    ) -> tuple[dict[PauliKey, int], dict[PauliKey, int]]:
        """The strings that act before the operation, and after it, in its derivative along the motion."""
        p = self.point.field.p
        early: dict[PauliKey, int] = {}
        late: dict[PauliKey, int] = {}
        if isinstance(operation, VectorRotation):
            early = self._vector_terms(operation, motion.velocity(operation))
        for angle, about in self._turns(operation):
            if rate := motion.slope(angle):
                factor = -self.point.field.i * self.point.half * rate
                late = {key: factor * value % p for key, value in about.items()}
        return early, late

    def _turns(self, operation: Operation) -> Iterator[tuple[ExactAngle, dict[PauliKey, int]]]:
        """The angle of an operation, and the strings that it turns about."""
        if isinstance(operation, PauliRotation):
            yield operation.angle, {operation.key: 1}
        elif isinstance(operation, VectorRotation):
            direction = self.point.direction(operation)
            yield operation.turn, {operation.string(axis): n for axis, n in enumerate(direction)}

    def apply(self, operation: Operation, vector: Vector) -> Vector:
        """One operation.

        Raises:
            MethodError: a gate without an exact form.
        """
        if isinstance(operation, PauliRotation):
            return self._rotate(operation, vector)
        if isinstance(operation, FixedUnitary):
            return self.operator(operation.operator, vector)
        if isinstance(operation, VectorRotation):
            p = self.point.field.p
            unit, inverse = self.point.exponential(operation.turn)
            cosine = (unit + inverse) * self.point.half % p
            moved = self._strings(self._vector_terms(operation, self.point.direction(operation)), vector)
            return [(cosine * a + b) % p for a, b in zip(vector, moved, strict=True)]
        raise MethodError(why_undecided(operation))

    def move(self, element: QubitMap, vector: Vector) -> Vector:
        """A group element applied to the vector."""
        for step in element.steps(self.num_qubits):
            vector = self.operator(step, vector) if isinstance(step, PauliSum) else _permuted(step, vector)
        return vector

    def string(self, key: PauliKey, factor: int, vector: Vector) -> Vector:
        """A Pauli string times a field element, applied to the vector."""
        return self._strings({key: factor}, vector)

    def terms(self, operation: Operation) -> dict[PauliKey, int]:
        """The operation as a sum of strings.

        Raises:
            MethodError: a gate without an exact form.
        """
        if isinstance(operation, FixedUnitary):
            return self._operator(operation.operator)
        if not isinstance(operation, PauliRotation | VectorRotation):
            raise MethodError(why_undecided(operation))
        p, half = self.point.field.p, self.point.half
        angle = operation.angle if isinstance(operation, PauliRotation) else operation.turn
        unit, inverse = self.point.exponential(angle)
        if isinstance(operation, VectorRotation):
            turned = self._vector_terms(operation, self.point.direction(operation))
            return {IDENTITY: (unit + inverse) * half % p} | turned
        if operation.key == IDENTITY:
            return {IDENTITY: unit}
        return {IDENTITY: (unit + inverse) * half % p, operation.key: (unit - inverse) * half % p}

    def matrix(self, qubits: Sequence[int], operations: Sequence[Operation]) -> list[list[int]]:
        """The matrix of operations on a few qubits; the first of the qubits is bit 0 of rows and columns."""
        small, local, identity = self._on_matrices(qubits, operations)
        key = tuple(local)
        if key not in self._matrices:
            self._matrices[key] = _rows(small.run(local, identity), len(qubits))
        return self._matrices[key]

    def slope(
        self, qubits: Sequence[int], operations: Sequence[Operation], motion: Slopes
    ) -> list[list[int]]:
        """The derivative of that matrix along a motion."""
        small, local, identity = self._on_matrices(qubits, operations)
        return _rows(small.run_with_slope(local, identity, motion)[1], len(qubits))

    def _on_matrices(
        self, qubits: Sequence[int], operations: Sequence[Operation]
    ) -> tuple["Simulator", list[Operation], Vector]:
        """A simulator for matrices as vectors, the operations on the bits of rows, and the identity matrix."""
        count = len(qubits)
        if count not in self._smaller:
            self._smaller[count] = Simulator(self.point, 2 * count, packed_from=2 * count + 1)
        number = {q: k for k, q in enumerate(qubits)}
        moved = (operation.relabelled(number, 2 * count) for operation in operations)
        # Where a gate comes from does not matter, so matrices are shared by equal groups of gates.
        local = [replace(operation, origin=0) for operation in moved]
        identity = [int(a == b) for a in range(1 << count) for b in range(1 << count)]
        return self._smaller[count], local, identity

    def operator(self, op: PauliSum, vector: Vector) -> Vector:
        """A sum of Pauli strings applied to the vector."""
        return self._strings(self._operator(op), vector)

    def _operator(self, op: PauliSum) -> dict[PauliKey, int]:
        if op not in self._operators:
            self._operators[op] = {key: self.point.field.scalar(value) for key, value in op.terms.items()}
        return self._operators[op]

    def _vector_terms(self, operation: VectorRotation, direction: FieldVector) -> dict[PauliKey, int]:
        """The strings of -i sin(turn/2) n.sigma."""
        p = self.point.field.p
        unit, inverse = self.point.exponential(operation.turn)
        sine = (unit - inverse) * self.point.half % p
        return {operation.string(axis): sine * component % p for axis, component in enumerate(direction)}

    def _rotate(self, operation: PauliRotation, vector: Vector) -> Vector:
        p = self.point.field.p
        unit, inverse = self.point.exponential(operation.angle)
        x, z = operation.key
        if not x:
            return [
                value * (inverse if odd else unit) % p
                for value, odd in zip(vector, self._parity(z), strict=True)
            ]
        half = self.point.half
        cosine, sine = (unit + inverse) * half % p, (unit - inverse) * half % p
        sine = sine * pow(self.point.field.i, (x & z).bit_count() % 4, p) % p
        if (x & z).bit_count() % 2:
            sine = -sine % p
        minus = p - sine
        return [
            (cosine * value + (minus if odd else sine) * vector[bits ^ x]) % p
            for bits, (value, odd) in enumerate(zip(vector, self._parity(z), strict=True))
        ]

    def _strings(self, terms: Mapping[PauliKey, int], vector: Vector) -> Vector:
        """Sum of strings; those with the same x mask read the same amplitudes."""
        if self._is_packed:
            return self._register.operator(dict(terms), vector)
        p, i = self.point.field.p, self.point.field.i
        by_x: dict[int, list[tuple[int, int]]] = {}
        for (x, z), value in terms.items():
            sign = -1 if (x & z).bit_count() % 2 else 1
            by_x.setdefault(x, []).append((z, sign * value * pow(i, (x & z).bit_count() % 4, p) % p))
        out = [0] * len(vector)
        for x, group in by_x.items():
            factors = self._diagonal(group)
            for bits, factor in enumerate(factors):
                if factor and (value := vector[bits ^ x]):
                    out[bits] += factor * value
        return [value % p for value in out]

    def _diagonal(self, group: Sequence[tuple[int, int]]) -> list[int]:
        """Sum of value times (-1)^(z and bits), for all bits."""
        total = [0] * (1 << self.num_qubits)
        for z, value in group:
            total = [t - value if odd else t + value for t, odd in zip(total, self._parity(z), strict=True)]
        p = self.point.field.p
        return [t % p for t in total]

    def _parity(self, mask: int) -> list[int]:
        if mask not in self._parities:
            self._parities[mask] = [(bits & mask).bit_count() & 1 for bits in range(1 << self.num_qubits)]
        return self._parities[mask]


def _rows(vector: Vector, num_qubits: int) -> list[list[int]]:
    """The matrix whose columns stand one after the other."""
    size = 1 << num_qubits
    return [vector[row::size] for row in range(size)]


def _permuted(images: Images, vector: Vector) -> Vector:
    """Qubits beyond those that the permutation knows stay."""
    out = [0] * len(vector)
    for bits, value in enumerate(vector):
        if value:
            target = bits >> len(images) << len(images)
            for q, image in enumerate(images):
                target |= (bits >> q & 1) << image
            out[target] = value
    return out
