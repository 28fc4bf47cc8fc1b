"""Vectors as long integers: the same numbers as lists of whole numbers, at the ends of what slots can hold as well."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from math import lcm
from random import Random
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, Operation, PauliRotation, VectorRotation
from eqcompile.claims.field.fusing import fused
from eqcompile.claims.field.identity import Input, ModelIdentity
from eqcompile.claims.field.packed import Packing
from eqcompile.claims.field.prime_field import Field, prime_with_root
from eqcompile.claims.field.simulator import FieldPoint, Simulator
from eqcompile.errors import MethodError
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.exact.states.state import ExactState

FIELDS = {"13": 13, "of 30 digits": 30, "of 160 digits": 160, "of 200 digits": 200}
fields = pytest.mark.parametrize("name", FIELDS)


def field(name: str) -> Field:
    source = Random(name)
    size = FIELDS[name]
    return Field(13 if size == 13 else prime_with_root(4, source, size), source, 4)


def amplitudes(f: Field, count: int) -> list[int]:
    """Random ones, and those at the ends."""
    return [f.source.choice([0, 1, f.p - 1, f.p // 2, f.source.randrange(f.p)]) for _ in range(count)]


def by_hand(terms: dict[tuple[int, int], int], vector: list[int], f: Field) -> list[int]:
    """The sum of strings, string by string."""
    out = [0] * len(vector)
    for (x, z), value in terms.items():
        for bits, amplitude in enumerate(vector):
            sign = (-1) ** (z & bits).bit_count() * pow(f.i, (x & z).bit_count(), f.p)
            out[bits ^ x] = (out[bits ^ x] + value * sign * amplitude) % f.p
    return out


def scaled(packing: Packing, vector: list[int], value: int) -> list[int]:
    return packing.unpacked(packing.reduced(packing.packed(vector) * packing.element(value)))


@fields
@pytest.mark.parametrize("n", [1, 2, 5])
def test_every_operation_is_that_of_lists(name: str, n: int) -> None:
    f = field(name)
    packing = Packing(f.p, n, f.i)
    for _ in range(20):
        vector = amplitudes(f, 1 << n)
        packed = packing.packed(vector)
        assert packing.unpacked(packed) == vector
        x, z, value = (f.source.randrange(1 << n), f.source.randrange(1 << n), amplitudes(f, 1)[0])
        assert packing.unpacked(packing.flipped(packed, x)) == [vector[bits ^ x] for bits in range(1 << n)]
        sign = packing.strings({(0, z): 1})
        assert packing.unpacked(packing.sum_of_strings(sign, packed)) == by_hand({(0, z): 1}, vector, f)
        assert scaled(packing, vector, value) == [value * a % f.p for a in vector]
        terms = {
            (f.source.randrange(1 << n), f.source.randrange(1 << n)): v for v in (1, f.p - 1, 2, value, value)
        }
        strings = packing.strings(terms)
        assert packing.unpacked(packing.sum_of_strings(strings, packed)) == by_hand(terms, vector, f)


@fields
def test_matrices_act_on_the_highest_bits_and_bits_are_exchanged(name: str) -> None:
    f, n = field(name), 4
    packing = Packing(f.p, n, f.i)
    for bits in (1, 2, 4):
        size, rest = 1 << bits, 1 << n - bits
        matrices = [[amplitudes(f, size) for _ in range(size)] for _ in range(2)]
        vectors = [amplitudes(f, 1 << n) for _ in range(2)]
        expected = [
            sum(
                m[s // rest][k] * v[k * rest + s % rest]
                for m, v in zip(matrices, vectors, strict=True)
                for k in range(size)
            )
            % f.p
            for s in range(1 << n)
        ]  # fmt: skip
        pairs = [(m, packing.packed(v)) for m, v in zip(matrices, vectors, strict=True)]
        assert packing.unpacked(packing.blocks(pairs)) == expected
    vector = amplitudes(f, 1 << n)
    for a, b in ((0, 3), (2, 1), (3, 2)):
        images = [s & ~(1 << a) & ~(1 << b) | (s >> a & 1) << b | (s >> b & 1) << a for s in range(1 << n)]
        assert packing.unpacked(packing.exchanged(packing.packed(vector), a, b)) == [
            vector[s] for s in images
        ]


@fields
def test_all_strings_at_the_largest_amplitudes_do_not_overflow(name: str) -> None:
    """The slots at 2p, which is as large as they may be; every coefficient is as far from zero as it can be."""
    f = field(name)
    for n in (1, 2, 3):
        packing = Packing(f.p, n, f.i)
        largest = packing.packed([2 * f.p] * (1 << n))
        assert packing.unpacked(largest) == [0] * (1 << n)
        for value in (f.p // 2, f.p // 2 + 1, 1, f.p - 1):
            terms = {(x, z): value for x in range(1 << n) for z in range(1 << n)}
            total = packing.products(packing.strings(terms), largest)
            total += largest * packing.element(f.p - 1) * 2
            slots = [int(total >> packing.width * k) & ((1 << packing.width) - 1) for k in range(1 << n)]
            assert max(slots) <= 16 * 4**n * f.p**2 < 1 << packing.width
            assert total >> packing.width * (1 << n) == 0
            assert packing.unpacked(packing.reduced(total)) == [0] * (1 << n)
            vector = [f.p - 1] * (1 << n)
            found = packing.sum_of_strings(packing.strings(terms), packing.packed(vector))
            assert packing.unpacked(found) == by_hand(terms, vector, f)


def test_negative_control_one_amplitude_is_seen() -> None:
    f = field("of 160 digits")
    packing = Packing(f.p, 3, f.i)
    vector = amplitudes(f, 8)
    other = [*vector[:5], (vector[5] + 1) % f.p, *vector[6:]]
    value = f.random()
    found = scaled(packing, other, value)
    assert [k for k, (a, b) in enumerate(zip(found, vector, strict=True)) if a != value * b % f.p] == [5]


@fields
def test_several_vectors_side_by_side_each_turn_on_their_own(name: str) -> None:
    f, n, copies = field(name), 3, 3
    packing, single = Packing(f.p, n, f.i, copies), Packing(f.p, n, f.i)
    vectors = [amplitudes(f, 1 << n) for _ in range(copies)]
    packed = packing.packed(list(chain(*vectors)))
    numbers = [amplitudes(f, 5) for _ in range(copies)]
    for qubit, flip in ((0, 0), (1, 4), (2, 3)):
        turns = [
            (packing.element(c), ((packing.element(a), packing.element(b)), (packing.element(d), packing.element(e))))
            for c, a, b, d, e in numbers
        ]  # fmt: skip
        found = packing.unpacked(packing.turned(packed, qubit, flip, turns))
        for copy, (vector, (c, a, b, d, e)) in enumerate(zip(vectors, numbers, strict=True)):
            expected = [c * v % f.p for v in vector]
            for bits, v in enumerate(vector):
                odd = bits >> qubit & 1
                for row, value in enumerate((b, e) if odd else (a, d)):
                    target = bits & ~(1 << qubit) | row << qubit
                    expected[target ^ flip] = (expected[target ^ flip] + value * v) % f.p
            assert found[copy << n : copy + 1 << n] == expected
    strings = single.strings({(1, 5): 3, (6, 0): f.p - 3, (0, 0): 7, (0, 6): 1})
    found = packing.unpacked(packing.sum_of_strings(strings, packed))
    alone = [single.unpacked(single.sum_of_strings(strings, single.packed(vector))) for vector in vectors]
    assert found == list(chain(*alone))


NAMES = ("a", "b", "x")
PHASES = [Fraction(1, 4), Fraction(1, 3), Fraction(-3, 2), Fraction(0)]


def random_operations(source: Random, n: int, count: int) -> Iterator[Operation]:
    """Rotations about strings of all sizes, global phases, fixed gates and rotations about vectors."""
    for origin in range(count):
        kind = source.randrange(6)
        qubits = source.sample(range(n), 2)
        if kind == 0:
            yield VectorRotation(
                source.randrange(2),
                qubits[0],
                source.choice([None, qubits[1]]),
                ExactAngle.parameter("x") * source.choice([1, -2]),
                origin=origin,
            )
        elif kind == 1:
            text = source.choice(
                [
                    "1/2*(1 + Z{0} + X{1} - Z{0} X{1})",
                    "sqrt(2)/2*(X{0} + Z{0})",
                    "exp(i*pi/4)*I",
                    "1/2*(1 + X{0} X{1} + Y{0} Y{1} + Z{0} Z{1})",
                ]
            )
            yield FixedUnitary(eq.PauliSum.parse(text.format(*qubits), n), origin)
        else:
            wide = source.random() < 0.2
            key = (source.randrange(1 << n), source.randrange(1 << n))
            mask = (1 << n) - 1 if wide else sum(1 << q for q in qubits[: source.randrange(3)])
            angle = ExactAngle.parameter(source.choice(NAMES)) * source.choice([1, -2, Fraction(1, 3)])
            angle += ExactAngle.of_pi(source.choice(PHASES))
            if source.random() < 0.3:
                angle = ExactAngle.of_pi(source.choice(PHASES))
            yield PauliRotation((key[0] & mask, key[1] & mask), angle, origin)


class Rates:
    """Parameters and directions that change at given rates."""

    def __init__(self, point: FieldPoint) -> None:
        self.point = point

    def slope(self, angle: ExactAngle) -> int:
        return self.point.slope(angle, {"x": 5, "a": self.point.value("b")})

    def velocity(self, operation: VectorRotation) -> tuple[int, int, int]:
        return self.point.turned(operation.matrix, (2, operation.site, 7))


@pytest.mark.parametrize("seed", range(12))
def test_packed_circuits_do_what_lists_do(seed: int) -> None:
    source = Random(seed)
    n = source.choice([3, 4, 5])
    operations = list(random_operations(source, n, 40))
    numbers = [eq.PauliSum.parse("sqrt(2)", 1).terms[0, 0]]
    plain = Simulator(FieldPoint(operations, numbers, "seed"), n, packed_from=n + 1)
    packed = Simulator(FieldPoint(operations, numbers, "seed"), n, packed_from=0)
    vector = plain.point.random_vector(n, source.choice([0, 1]))
    assert packed.run(operations, vector) == plain.run(operations, vector)
    assert packed.run([], vector) == vector
    slope = plain.point.random_vector(n)
    for derivative in (None, slope):
        expected = plain.run_with_slope(operations, vector, Rates(plain.point), derivative)
        assert packed.run_with_slope(operations, vector, Rates(packed.point), derivative) == expected
    observable = eq.PauliSum.parse("X0 Y1 - 3*Z2 + 1/2 + X0 Y2", n)
    assert packed.operator(observable, vector) == plain.operator(observable, vector)
    changed = replace(operations[20], origin=0)
    if isinstance(changed, PauliRotation) and changed.support:
        other = [*operations[:20], changed.inverse(), *operations[21:]]
        assert (packed.run(other, vector) == packed.run(operations, vector)) == (
            plain.run(other, vector) == plain.run(operations, vector)
        )


def test_groups_keep_the_order_on_every_qubit_and_lose_nothing() -> None:
    for seed in range(20):
        source = Random(seed)
        operations = list(random_operations(source, 5, 30))
        groups = fused(operations, 2)
        members = [o for _, group in groups for o in group]
        assert {o.origin for o in members} == {o.origin for o in operations if o.support}
        for qubit in range(5):
            given = [o.origin for o in operations if qubit in o.support]
            assert [o.origin for o in members if qubit in o.support] == given
        for qubits, group in groups:
            assert len(qubits) <= 2 or len(group) == 1


def test_opaque_gates_are_refused_in_packed_circuits_too() -> None:
    for qubits in ((0,), (0, 1, 2)):
        gate = OpaqueGate("strange", qubits, "it is strange", None)
        simulator = Simulator(FieldPoint([], (), "seed"), 3, packed_from=0)
        with pytest.raises(MethodError, match=r"^strange has no exact form: it is strange$"):
            simulator.run([gate], [1] + [0] * 7)


class Dictionaries:
    """The value of a model by dictionaries of amplitudes: gate by gate, string by string."""

    def __init__(self, model: Any, test: ModelIdentity, angles: dict[str, int]) -> None:
        self.model, self.field, self.angles = model, test.field, angles

    def value(self, x: Input) -> int:
        p, f = self.field.p, self.field
        n, state = self.model.num_qubits, self.model.state
        size = 1 << n
        psi = [f.scalar(state.amplitudes[b]) if b in state.amplitudes else 0 for b in range(size)]
        bra = psi  # the states here have real amplitudes
        gates = list(self.model.ansatz.gates())
        for gate in gates:
            psi = self.applied(gate, x, psi, 1)
        psi = self.strings(self.model.observable, psi)
        for gate in reversed(gates):
            psi = self.applied(gate, x, psi, -1)
        return sum(a * b for a, b in zip(bra, psi, strict=True)) % p

    def strings(self, op: Any, psi: list[int]) -> list[int]:
        return by_hand({key: self.field.scalar(value) for key, value in op.terms.items()}, psi, self.field)

    def applied(self, gate: Any, x: Input, psi: list[int], power: int) -> list[int]:
        p, f = self.field.p, self.field
        if isinstance(gate, VectorRotation):
            unit = pow(x.units[gate.site][gate.scale], power, p)
            half, inverse = pow(2, -1, p), pow(unit, -1, p)
            terms = {(0, 0): (unit + inverse) * half}
            for axis, component in enumerate(x.directions[gate.site]):
                terms[gate.string(axis)] = (unit - inverse) * half * component
            return by_hand(terms, psi, f)
        (name,) = gate.parameters
        unit = pow(self.angles[name], power, p)
        # The sum over eigenvalues of projectors, each a product over all others.
        values = [Fraction(value) for value in eigenvalues(gate.generator)]
        common = lcm(*(value.denominator for value in values))
        total = [0] * len(psi)
        for value in values:
            part = psi
            for other in values:
                if other != value:
                    image = self.strings(gate.generator, part)
                    scale = pow(f.fraction(value - other), -1, p)
                    part = [(a - f.fraction(other) * b) * scale % p for a, b in zip(image, part, strict=True)]
            weight = pow(unit, int(value * common), p)
            total = [(a + weight * b) % p for a, b in zip(total, part, strict=True)]
        return total


@pytest.mark.parametrize("name", ["lih", "water", "water_breaking", "water_dimer"])
def test_the_value_of_a_model_is_that_of_projectors_and_dictionaries(program: Any, name: str) -> None:
    model = program(name)
    short = replace(model, ansatz=replace(model.ansatz, depth=2))
    test = ModelIdentity(short.ansatz, short.state, short.observable, "seed")
    # The same draws once more, for the angles.
    again = Random("seed")
    f = Field(prime_with_root(test.field.order, again), again, test.field.order)
    assert f.p == test.field.p
    angles = {angle: f.random() for angle in short.ansatz.parameter_names}
    oracle = Dictionaries(short, test, angles)
    points = [test.random_input() for _ in range(3)]
    assert test.values(points) == [oracle.value(x) for x in points]
    assert test.value(points[1]) == oracle.value(points[1])
    first, *others = points[0].units
    other = replace(points[0], units=({scale: unit + 1 for scale, unit in first.items()}, *others))
    assert test.value(other) != test.value(points[0])


def test_the_ket_may_be_complex(program: Any) -> None:
    """The bra is its conjugate: with the identity as observable the value is the norm squared."""
    water = program("water")
    state = ExactState(4, {0b0101: 1, 0b1010: eq.PauliSum.parse("i", 1).terms[0, 0]})
    one = ModelIdentity(replace(water.ansatz, depth=1), state, eq.PauliSum.identity(4), "seed")
    assert one.values([one.random_input(), one.random_input()]) == [2, 2]
