"""Right circuits: products of exact exponentials of derived generators and encodings; parameters are tied at random."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from math import isqrt
from random import Random

from campaign.catalogue import Entry
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation, VectorRotation
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    Real,
    is_rational,
    real_part,
    scalar,
    square_root,
    to_fraction,
)
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, anticommute

MAX_TRIES = 60
MAX_OPERATIONS = 24
MAX_SQUARE = 3
"""Largest number of which a square root is taken: square roots of small numbers lie in small fields."""
TURN_DENOMINATORS = (2, 3, 4, 5, 6, 8, 12)
PYTHAGOREAN = ((3, 4, 5), (5, 12, 13), (-8, 15, 17), (4, -3, 5))


def right_circuit(entry: Entry, source: Random) -> Circuit:
    """A circuit that respects the group by construction, in which at least one gate has a parameter."""
    gates = source.randrange(2, 5)
    operations: list[Operation] = []
    origin = 0
    while origin < gates or not any(o.parameters for o in operations):
        gate = _gate(entry, source)
        if len(operations) + len(gate) > MAX_OPERATIONS:
            break
        operations += [replace(operation, origin=origin) for operation in gate]
        origin += 1
    return Circuit(entry.qubits, tuple(operations), name="right")


def _gate(entry: Entry, source: Random) -> list[Operation]:
    for _ in range(MAX_TRIES):
        kinds = ["derived", "derived", "fixed"]
        kinds += ["encoding"] * 3 * bool(entry.encodings) + ["vectors"] * 3 * entry.vectors
        gate = _MAKERS[source.choice(kinds)](entry, source)
        if gate:
            source.shuffle(gate) if _all_commute(gate) else None
            return gate
    raise ValueError(f"{entry.name}: no generator has an exponential that is a product of Pauli rotations")


def _derived(entry: Entry, source: Random) -> list[Operation] | None:
    """exp(-i theta G) for a random combination G of derived generators."""
    return exponential(_combination(entry, source), random_angle(source), source)


def _fixed(entry: Entry, source: Random) -> list[Operation] | None:
    """cos + i sin G for every part G of a generator that squares to one; sometimes as rotations by fixed angles."""
    op = _combination(entry, source)
    if source.random() < 0.5:
        return exponential(op, fixed_angle(source), source)
    units = _units(op)
    if units is None or len({strength for _, strength in units}) > 1:
        return None
    a, b, c = source.choice(PYTHAGOREAN)
    cosine, sine = scalar(Fraction(a, c)), scalar(Fraction(b, c)) * IMAGINARY_UNIT
    one = PauliSum.identity(op.num_qubits)
    return [FixedUnitary(one.scaled(cosine) + unit.scaled(sine)) for unit, _ in units]


def _encoding(entry: Entry, source: Random) -> list[Operation] | None:
    """exp(-i sum of x_j W_j), perhaps times a parameter, if all strings commute."""
    chosen = source.choice(entry.encodings)
    if not _commuting({key for op in chosen.values() for key in op}):
        return None
    factor = random_fraction(source)
    weight = source.choice((None, None, "p0", "p1"))
    gate: list[Operation] = []
    for name, op in chosen.items():
        monomial = (name,) if weight is None else tuple(sorted((name, weight)))
        for key, value in op.terms.items():
            if not is_rational(real_part(value)):
                return None
            angle = ExactAngle.of({monomial: 2 * factor * to_fraction(real_part(value))})
            gate.append(PauliRotation(key, angle))
    return gate


def _vectors(entry: Entry, source: Random) -> list[Operation]:
    """Vector encodings, with the same scale for all sites and another scale for every copy."""
    copies = len(entry.encode[0])
    bare = source.random() < 0.5
    scales = [Fraction(1) if bare else random_fraction(source) for _ in range(copies)]
    return [
        VectorRotation(site, qubit, entry.parity, ExactAngle.parameter(f"{name}_turn") * scale)
        for site, (name, places) in enumerate(zip(entry.sites, entry.encode, strict=True))
        for qubit, scale in zip(places, scales, strict=True)
    ]


_MAKERS = {"derived": _derived, "fixed": _fixed, "encoding": _encoding, "vectors": _vectors}


def exponential(op: PauliSum, angle: ExactAngle, source: Random) -> list[Operation] | None:
    """exp(-i angle op / 2) as Pauli rotations, between reflections where strings anticommute; otherwise ``None``."""
    units = _units(op)
    if units is None:
        return None
    out: list[Operation] = []
    for unit, strength in units:
        if len(unit) == 1:
            ((key, value),) = unit.terms.items()
            out.append(PauliRotation(key, angle * (strength * to_fraction(real_part(value)))))
            continue
        partner = _partner(unit)
        if partner is None:
            return None
        reflection = (unit + PauliSum(op.num_qubits, {partner: ONE})).scaled(scalar(square_root(2)) / 2)
        out += [FixedUnitary(reflection), PauliRotation(partner, angle * strength), FixedUnitary(reflection)]
    return out


def _units(op: PauliSum) -> list[tuple[PauliSum, Fraction]] | None:
    """Commuting parts of an operator, each squaring to one, with their rational strengths, up to a common factor."""
    parts = list(_components(op.without_identity()))
    squares = [_square(part) for part in parts]
    if any(square is None for square in squares):
        return None
    rational = [_rational_root(square) for square in squares]
    if all(root is not None for root in rational):
        return [(part.scaled(1 / root), root) for part, root in zip(parts, rational, strict=True) if root]
    if len(set(squares)) > 1 or to_fraction(squares[0]) > MAX_SQUARE:
        return None
    factor = ONE / scalar(square_root(squares[0]))
    return [(part.scaled(factor), Fraction(1)) for part in parts]


def _rational_root(square: Real) -> Fraction | None:
    value = to_fraction(square)
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return root if root * root == value else None


def _square(part: PauliSum) -> Real | None:
    """The number that the part squares to, if it is rational."""
    square = part * part
    if set(square) != {IDENTITY}:
        return None
    value = real_part(square.coefficient(IDENTITY))
    return value if is_rational(value) else None


def _components(op: PauliSum) -> Iterator[PauliSum]:
    """Sums of strings that are linked by anticommutation; different sums commute."""
    rest = list(op)
    while rest:
        part = [rest.pop()]
        for key in part:  # the list grows during the loop
            linked = [other for other in rest if anticommute(key, other)]
            rest = [other for other in rest if other not in linked]
            part += linked
        yield PauliSum(op.num_qubits, {key: op.terms[key] for key in part})


def _partner(unit: PauliSum) -> PauliKey | None:
    """A string on the same qubits that anticommutes with every string of the unit."""
    for letters in product(((0, 0), (1, 0), (0, 1), (1, 1)), repeat=len(unit.support)):
        x = sum(a << q for q, (a, _) in zip(unit.support, letters, strict=True))
        z = sum(b << q for q, (_, b) in zip(unit.support, letters, strict=True))
        if (x, z) != IDENTITY and all(anticommute((x, z), key) for key in unit):
            return x, z
    return None


def _combination(entry: Entry, source: Random) -> PauliSum:
    count = source.choice((1, 1, 1, 2, 2, 3))
    chosen = source.sample(entry.generators, min(count, len(entry.generators)))
    total = PauliSum.zero(entry.qubits)
    for op in chosen:
        total = total + op.scaled(random_fraction(source))
    return total


def random_fraction(source: Random) -> Fraction:
    """A small fraction that is not zero."""
    return Fraction(source.choice((-5, -3, -2, -1, 1, 2, 3, 4, 5)), source.choice((1, 1, 1, 2, 3, 4)))


def random_angle(source: Random) -> ExactAngle:
    """An angle that is linear in one or two parameters, a product of two, or has a multiple of pi added."""
    name = f"p{source.randrange(4)}"
    angle = ExactAngle.parameter(name) * random_fraction(source)
    kind = source.random()
    if kind < 0.2:
        angle = angle + ExactAngle.parameter(f"p{source.randrange(4)}") * random_fraction(source)
    elif kind < 0.3:
        angle = ExactAngle.of({tuple(sorted((name, f"p{source.randrange(4)}"))): random_fraction(source)})
    elif kind < 0.4:
        angle = angle + fixed_angle(source)
    return angle if angle.terms else ExactAngle.parameter(name)


def fixed_angle(source: Random) -> ExactAngle:
    """A fixed angle: a fraction of pi, or of one radian."""
    if source.random() < 0.2:
        return ExactAngle.of({(): Fraction(source.randrange(1, 20), 10)})
    return ExactAngle.of_pi(Fraction(source.randrange(1, 12), source.choice(TURN_DENOMINATORS)))


def _commuting(keys: set[PauliKey]) -> bool:
    return not any(anticommute(a, b) for a, b in combinations(keys, 2))


def _all_commute(gate: Sequence[Operation]) -> bool:
    return all(isinstance(o, PauliRotation) for o in gate) and _commuting(
        {o.key for o in gate if isinstance(o, PauliRotation)}
    )
