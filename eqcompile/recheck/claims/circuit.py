"""Claims about circuits: evaluated on vectors, or read off the gates if there are too many qubits for that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any

from eqcompile.errors import EqcompileError
from eqcompile.recheck.algebra.angles import Angle, Monomial, Point, angle_of, rational
from eqcompile.recheck.algebra.group import ONE, Generator, Group, Matrix, changes, matrix_of, turned
from eqcompile.recheck.algebra.pauli import UNIT, Operator, Terms, combined, commutator, product
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.algebra.vectors import (
    Gate,
    Vector,
    apply,
    fits,
    group_operator,
    move,
    random_vector,
    ratio,
    run,
    run_with_slope,
)
from eqcompile.recheck.claims.directions import direction, fix_images, moved_names, new_name, rates

MAX_QUBITS = 12
"""Qubits of a circuit that is evaluated on vectors. Beyond it, weaker: an equivariant circuit is rechecked gate by
gate, which confirms it where runs of gates are invariant; any other claim about a circuit is not rechecked."""

MAX_WORK = 20_000_000
"""Gates times generators times amplitudes of a circuit that is evaluated on vectors. Beyond it, weaker: as for too
many qubits."""


@dataclass(frozen=True)
class Turn:
    """A rotation by an exact angle about a string, or about the direction of a site.

    Attributes:
        strings: one string, or three, for x, y and z.
        angle: angle of the rotation.
        site: site whose direction it is; ``None`` for a fixed string.
        matrix: matrix that acts on the direction first.
    """

    strings: tuple[Terms, ...]
    angle: Angle
    site: int | None = None
    matrix: Matrix = ()


@dataclass(frozen=True)
class Circuit:
    """A circuit over one field, with the meaning of its parameters.

    Attributes:
        operations: rotations, and fixed unitaries.
        num_qubits: number of qubits, ancillas included.
        num_ancillas: how many of the last qubits are ancillas, which start in zero.
        coordinates: parameters that are coordinates, each with site and axis.
        angles: for every site, the parameters that are azimuth, elevation and turn of its vector.
    """

    operations: tuple[Turn | Operator, ...]
    num_qubits: int
    num_ancillas: int
    coordinates: Mapping[str, tuple[int, int]]
    angles: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What was found over one field.

    Attributes:
        reason: why the claim fails; empty if it holds.
        character: if the claim holds, the phase of a single element or the rate of a one-parameter group, if there is
            any.
    """

    reason: str
    character: int | None = None


def circuit_of(data: Mapping[str, Any], group: Group) -> Circuit:
    """The circuit of a certificate over the group's field."""
    n = data["num_qubits"]
    operations = tuple(_operation(entry, n, group) for entry in data["operations"])
    coordinates = {name: (site, axis) for name, site, axis in data["data"]}
    return Circuit(operations, n, n - group.num_qubits, coordinates, data["angles"])


def _operation(entry: Sequence[Any], num_qubits: int, group: Group) -> Turn | Operator:
    p, kind = group.field.p, entry[0]
    if kind == "unitary":
        unitary = operator(entry[1], num_qubits, group.field)
        if product(unitary.terms, unitary.adjoint, p) != {UNIT: 1}:
            raise EqcompileError("a fixed gate that is not unitary")
        return unitary
    texts = entry[1:2] if kind == "rotation" else entry[2]
    strings = tuple(operator(text, num_qubits, group.field).terms for text in texts)
    for k, one in enumerate(strings):
        for other in strings[: k + 1]:
            twice = combined([(1, product(one, other, p)), (1, product(other, one, p))], p)
            if twice != ({UNIT: 2} if one is other else {}):
                raise EqcompileError("a rotation about something that does not square to one")
    if kind == "rotation":
        return Turn(strings, angle_of(entry[2]))
    return Turn(strings, angle_of(entry[3]), entry[1], matrix_of(entry[4], group.field))


def decide_circuit(
    data: Mapping[str, Any], group: Group, number: int, source: Random, rational: Callable[[int, int], Any]
) -> Answer:
    """Whether the claim of a circuit holds for one generator.

    Args:
        data: the target section.
        group: the group, over one field.
        number: number of the generator.
        source: source of randomness.
        rational: gives the matrix of a site under a generator, as rational numbers.

    Raises:
        EqcompileError: the claim is beyond the means of this check.
    """
    circuit, generator = circuit_of(data, group), group.generators[number]
    reason = fits(group, circuit.num_qubits, len(circuit.operations), MAX_QUBITS, MAX_WORK)
    if reason:
        if data["claim"] == "circuit" and _gate_by_gate(circuit, generator, group):
            return Answer("", 1 if generator.lie is None else 0)
        raise EqcompileError(reason)
    images = _images(circuit, generator, lambda site: rational(number, site))
    here = _View(circuit, group, generator, images, source)
    if data["claim"] == "circuit":
        return here.decide_operator()
    if data["claim"] == "state":
        return here.decide_state()
    return Answer(here.value_fails(operator(data["observable"], circuit.num_qubits, group.field)))


def same_gates(data: Mapping[str, Any], other: Circuit, group: Group, source: Random) -> bool:
    """Whether two lists of gates are the same circuit up to a phase, for all parameters.

    Args:
        data: the target section, with one of the lists.
        other: the circuit with the other list.
        group: the group, over one field.
        source: source of randomness.

    Raises:
        EqcompileError: the comparison is beyond the means of this check.
    """
    one, two = circuit_of(data, group).operations, other.operations
    view = _still_view(data, (*one, *two), group, source)
    return view.same(one, two)


def _still_view(
    data: Mapping[str, Any], operations: Sequence[Turn | Operator], group: Group, source: Random
) -> "_View":
    """Operations at a random point, with no element of the group acting."""
    both = replace(circuit_of({**data, "operations": []}, group), operations=tuple(operations))
    one = replace(group, generators=group.generators[:1])
    if reason := fits(one, both.num_qubits, 2 * len(both.operations), MAX_QUBITS, MAX_WORK):
        raise EqcompileError(reason)
    sites = range(len(group.sites))
    still = Generator("nothing moves", None, (), tuple(sites), tuple(ONE for _ in sites))
    return _View(both, group, still, {}, source)


def decide_unchanged(data: Mapping[str, Any], group: Group, source: Random) -> Answer:
    """Whether a circuit has the same expectation value as the one that it was made from, for all parameters.

    Args:
        data: the target section, with both circuits.
        group: the group, over one field.
        source: source of randomness.

    Raises:
        EqcompileError: the claim is beyond the means of this check, or there is nothing to compare with.
    """
    if data["reference"] is None or data["observable"] is None:
        raise EqcompileError("the certificate does not hold what it was compared with")
    found, known = (
        circuit_of({**data, "operations": data[key]}, group).operations for key in ("operations", "reference")
    )
    view = _still_view(data, (*found, *known), group, source)
    return Answer(
        view.difference(found, known, operator(data["observable"], data["num_qubits"], group.field))
    )


def _images(
    circuit: Circuit, generator: Generator, matrices: Callable[[int], Any]
) -> dict[str, dict[str, Fraction]]:
    """Every coordinate of V x as a combination of coordinates of x."""
    if generator.lie is not None:
        return {}
    names = {index: name for name, index in circuit.coordinates.items()}
    images = moved_names(generator, circuit.angles)
    for name, (site, row) in circuit.coordinates.items():
        origin = generator.images.index(site)
        matrix = matrices(origin)
        parts = {_name(names, origin, c): rational(matrix[row][c]) for c in range(3)}
        images[name] = {other: value for other, value in parts.items() if value}
    return images


def _name(names: Mapping[tuple[int, int], str], site: int, axis: int) -> str:
    """The parameter of a coordinate. If the circuit has none, a new one, because the coordinate is not zero."""
    return names.get((site, axis)) or new_name(f"{site}.{axis}")


class _View:
    """A circuit at a random point x, and at V x."""

    def __init__(
        self,
        circuit: Circuit,
        group: Group,
        generator: Generator,
        images: Mapping[str, Mapping[str, Fraction]],
        source: Random,
    ) -> None:
        self._circuit, self._generator, self._field = circuit, generator, group.field
        self._source = source
        self._moved = tuple(self._at_image(o, images) for o in circuit.operations)
        turns = [o for o in (*circuit.operations, *self._moved) if isinstance(o, Turn)]
        self._point = Point(group.field, source, [turn.angle for turn in turns])
        if generator.lie is None:
            fix_images(self._point, generator, circuit.angles, group.field)
        self._velocity = self._velocities()

    def decide_operator(self) -> Answer:
        """R U(x) = chi U(V x) R, or its derivative dU + i [T, U] = i lambda U."""
        p, circuit, i = self._field.p, self._circuit, self._field.i
        vector = random_vector(self._field, self._source, circuit.num_qubits, circuit.num_ancillas)
        if self._generator.lie is not None:
            op = group_operator(self._generator)
            image, slope = run_with_slope(self._gates(circuit.operations), vector, p)
            after, before = apply(op, image, p), run(self._gates(circuit.operations), apply(op, vector, p), p)
            rest = [(d + i * (a - b)) % p for d, a, b in zip(slope, after, before, strict=True)]
            rate = ratio(rest, image, p)
            return Answer("dU differs from -i [T, U]") if rate is None else Answer("", -i * rate % p)
        left = run(self._gates(self._moved), move(self._generator, vector, p), p)
        right = move(self._generator, run(self._gates(circuit.operations), vector, p), p)
        phase = ratio(right, left, p)
        return Answer("U(V x) R differs from R U(x)") if not phase else Answer("", phase)

    def decide_state(self) -> Answer:
        """R U(x)|0> = chi U(V x)|0>, or its derivative dU|0> + i T U|0> = i lambda U|0>."""
        p, gates, i = self._field.p, self._gates(self._circuit.operations), self._field.i
        if self._generator.lie is not None:
            psi, slope = run_with_slope(gates, self._zeros(), p)
            image = apply(group_operator(self._generator), psi, p)
            left = [(d + i * t) % p for d, t in zip(slope, image, strict=True)]
            rate = ratio(left, psi, p)
            return Answer("the state is changed") if rate is None else Answer("", -i * rate % p)
        left = move(self._generator, run(gates, self._zeros(), p), p)
        phase = ratio(left, run(self._gates(self._moved), self._zeros(), p), p)
        return Answer("the state is changed") if not phase else Answer("", phase)

    def same(self, one: Sequence[Turn | Operator], other: Sequence[Turn | Operator]) -> bool:
        """Whether both act in the same way on a random vector, up to a factor."""
        p = self._field.p
        vector = random_vector(
            self._field, self._source, self._circuit.num_qubits, self._circuit.num_ancillas
        )
        images = [run(self._gates(operations), vector, p) for operations in (one, other)]
        return bool(ratio(images[0], images[1], p))

    def difference(
        self, one: Sequence[Turn | Operator], other: Sequence[Turn | Operator], observable: Operator
    ) -> str:
        """How two circuits differ in what they prepare and in the expectation value; empty if they do not."""
        p = self._field.p
        states = [run(self._gates(operations), self._zeros(), p) for operations in (one, other)]
        if ratio(states[0], states[1], p):
            return ""
        values = [self._value(operations, observable)[0] for operations in (one, other)]
        return "" if values[0] == values[1] else "the expectation value is another one"

    def value_fails(self, observable: Operator) -> str:
        """Why the expectation value differs at x and at V x; empty if it does not."""
        if self._generator.lie is not None:
            changed = self._value(self._circuit.operations, observable)[1] != 0
        else:
            values = [self._value(o, observable)[0] for o in (self._circuit.operations, self._moved)]
            changed = values[0] != values[1]
        return "the expectation value is changed" if changed else ""

    def _value(self, operations: Sequence[Turn | Operator], observable: Operator) -> tuple[int, int]:
        p = self._field.p
        psi, slope = run_with_slope(self._gates(operations), self._zeros(), p)
        psi, slope = apply(observable.terms, psi, p), apply(observable.terms, slope, p)
        back = [_inverse(operation) for operation in reversed(operations)]
        value, derivative = run_with_slope(self._gates(back), psi, p, slope)
        return value[0], derivative[0]

    def _zeros(self) -> Vector:
        return [1] + [0] * ((1 << self._circuit.num_qubits) - 1)

    def _gates(self, operations: Sequence[Turn | Operator]) -> list[Gate]:
        return [Gate(o.terms, {}) if isinstance(o, Operator) else self._turn(o) for o in operations]

    def _turn(self, turn: Turn) -> Gate:
        """The gate cos - i sin P, with E = cos - i sin. The slope comes from dP and the change of the angle."""
        p, half = self._field.p, pow(2, -1, self._field.p)
        unit = self._point.exponential(turn.angle)
        other = pow(unit, -1, p)
        cosine, sine = (unit + other) * half, (unit - other) * half
        string, change = self._string(turn)
        terms = combined([(cosine, {UNIT: 1}), (sine, string)], p)
        if self._generator.lie is None:
            return Gate(terms, {})
        rate = -self._field.i * half * self._point.rate(turn.angle, self._velocity) % p
        moved = combined([(rate, product(string, terms, p))], p) if rate else {}
        return Gate(terms, combined([(1, moved), (sine, change)], p))

    def _string(self, turn: Turn) -> tuple[Terms, Terms]:
        """What it turns about, and the rate of change of this."""
        if turn.site is None:
            return turn.strings[0], {}
        p, n = self._field.p, direction(self._point, self._circuit.angles[turn.site], self._field)
        here = turned(turn.matrix, n, p)
        string = combined(list(zip(here, turn.strings, strict=True)), p)
        if self._generator.lie is None:
            return string, {}
        rate = turned(turn.matrix, turned(self._generator.matrices[turn.site], n, p), p)
        return string, combined(list(zip(rate, turn.strings, strict=True)), p)

    def _at_image(
        self, operation: Turn | Operator, images: Mapping[str, Mapping[str, Fraction]]
    ) -> Turn | Operator:
        """The operation at V x: site t sees the vector of the site that goes there, times the matrix."""
        if isinstance(operation, Operator) or self._generator.lie is not None:
            return operation
        if operation.site is None:
            return replace(operation, angle=operation.angle.substituted(images))
        origin = self._generator.images.index(operation.site)
        rows, p = self._generator.matrices[origin], self._field.p
        matrix = tuple(
            tuple(sum(row[k] * rows[k][j] for k in range(3)) % p for j in range(3))
            for row in operation.matrix
        )
        angle = operation.angle.substituted(images)
        return replace(operation, site=origin, matrix=matrix, angle=angle)

    def _velocities(self) -> Mapping[str, Mapping[str, int]]:
        """The rates x' = L x, coordinate by coordinate, and the rates of the angles that follow."""
        if self._generator.lie is None:
            return {}
        names = {index: name for name, index in self._circuit.coordinates.items()}
        linear: dict[str, Mapping[str, int]] = {
            name: {_name(names, site, c): self._generator.matrices[site][row][c] for c in range(3)}
            for name, (site, row) in self._circuit.coordinates.items()
        }
        return {**linear, **rates(self._point, self._generator, self._circuit.angles, self._field)}


def _inverse(operation: Turn | Operator) -> Turn | Operator:
    if isinstance(operation, Operator):
        return Operator(operation.adjoint, operation.terms)
    angle = operation.angle
    return replace(operation, angle=Angle({m: -v for m, v in angle.terms.items()}, -angle.pi))


def _gate_by_gate(circuit: Circuit, generator: Generator, group: Group) -> bool:
    """Whether every run of commuting rotations is generated, for each parameter, by what the group leaves unchanged.

    Sufficient, at any number of qubits, for circuits without data.
    """
    turns = [o for o in circuit.operations if isinstance(o, Turn)]
    named = {name for turn in turns for name in turn.angle.names}
    if named & {*circuit.coordinates, *(a for angles in circuit.angles for a in angles)} or any(
        turn.site is not None for turn in turns
    ):
        return False
    # Within a run all turns commute, so it is the exponential of a sum. It is equivariant if the operator that every
    # monomial of the parameters multiplies is.
    runs: list[list[Turn]] = [[]]
    for operation in circuit.operations:
        if isinstance(operation, Operator):
            if changes(generator, operation.terms, group.field):
                return False
            runs.append([])
        elif any(commutator(t.strings[0], operation.strings[0], group.field.p) for t in runs[-1]):
            runs.append([operation])
        else:
            runs[-1].append(operation)
    return all(_is_left_alone(turns, generator, group) for turns in runs)


def _is_left_alone(turns: Sequence[Turn], generator: Generator, group: Group) -> bool:
    """Whether the sum that each monomial multiplies, over commuting rotations, is left unchanged."""
    sums: dict[Monomial | None, list[tuple[int, Terms]]] = {}
    for turn in turns:
        for monomial, value in turn.angle.terms.items():
            sums.setdefault(monomial, []).append((group.field.fraction(value), turn.strings[0]))
        if turn.angle.pi:
            sums.setdefault(None, []).append((group.field.fraction(turn.angle.pi), turn.strings[0]))
    return not any(changes(generator, combined(parts, group.field.p), group.field) for parts in sums.values())
