r"""How a symmetry acts on the letters X, Y, Z of every qubit: a 3 x 3 matrix on each, and a permutation of qubits.

Conjugation by a group element that turns qubits one by one and moves them is
:math:`\sigma_b^{(q)} \mapsto \sum_c A_q[c, b] \, \sigma_c^{(\pi(q))}`. Entries are Laurent polynomials in one variable
for each continuous factor, so a whole torus of elements is written at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any, TypeAlias

from eqcompile.derivation.witness.turns import spins_of, turns_of
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.laurent import Exponents, Laurent
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    Real,
    Scalar,
    rational,
    real_part,
    scalar,
)
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, letter, pauli_key, support_of
from eqcompile.groups.permutation import Images
from eqcompile.groups.rotation import Matrix
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.symmetry import Symmetry

Turn: TypeAlias = tuple[tuple[Laurent, ...], ...]
"""A 3 x 3 matrix on the letters X, Y, Z, row by row."""

MAX_TURNS = 50_000
"""Elements of the finite factors that turn qubits, over all factors together; each is averaged over. Beyond it,
weaker: the dimension is not checked by characters; the derivation does not need that."""


@dataclass(frozen=True)
class Motion:
    """One element: how it turns each qubit that it turns, and where it moves qubits, if anywhere."""

    turns: Mapping[int, Turn] = field(default_factory=dict)
    images: Images | None = None


@dataclass(frozen=True)
class Torus:
    """The continuous factors, with one angle each.

    Attributes:
        num_variables: number of continuous factors.
        spins: variables that stand for a whole SU(2) through a maximal torus.
        turns: the rotation of every qubit, in these variables.
        rotating: qubits that an SU(2) turns. Whatever else turns them only shifts its Haar measure.
    """

    num_variables: int
    spins: frozenset[int]
    turns: Mapping[int, Turn]
    rotating: frozenset[int]


def torus_of(symmetry: Symmetry) -> Torus:
    """The continuous factors of a symmetry.

    A qubit in several nested SU(2)s sees only the smallest: the others only shift its Haar measure.
    """
    continuous = [factor for factor in symmetry.factors if factor.lie_generators]
    count = len(continuous)
    unit = [tuple(int(i == j) for j in range(count)) for i in range(count)]
    qubits = [spins_of(factor) for factor in continuous]
    spins = [i for i in range(count) if qubits[i]]
    turns: dict[int, Turn] = {}
    # Go from the largest to the smallest, so that the smallest SU(2) has the last word on its qubits.
    for i in sorted(spins, key=lambda i: -len(qubits[i])):
        turns |= dict.fromkeys(qubits[i], _rotation(UNIT_VECTORS[2], unit[i]))
    rotating = frozenset(turns)
    for i, factor in enumerate(continuous):
        for qubit, turn in _angles(factor, unit[i]).items() if i not in spins else ():
            if qubit not in rotating:
                turns[qubit] = multiplied(turn, turns[qubit]) if qubit in turns else turn
    return Torus(count, frozenset(spins), turns, rotating)


def motions_of(symmetry: Symmetry, torus: Torus) -> list[list[Motion]]:
    """The elements of every finite factor except permutations, each list beginning with the identity.

    Raises:
        MethodError: a factor entangles qubits.
        LimitError: too many elements.
    """
    finite = [factor for factor in symmetry.in_place if factor.finite_generators]
    lists = []
    for factor in finite:
        motions = FASTER_MOTIONS.get(type(factor), motions_by_elements)(factor, torus.num_variables)
        lists.append([_free(motion, torus) for motion in motions])
    count = prod(len(motions) for motions in lists)
    if count > MAX_TURNS:
        raise LimitError(
            f"the character average runs over {count} elements that turn qubits; the limit is {MAX_TURNS}"
        )
    return lists


def composed(motions: Iterable[Motion], torus: Torus, num_qubits: int) -> tuple[list[Turn], Images]:
    """Several motions, the first one acting first, after the torus: a matrix for every qubit, and their permutation."""
    identity = identity_turn(torus.num_variables)
    turns = [torus.turns.get(q, identity) for q in range(num_qubits)]
    images = tuple(range(num_qubits))
    for motion in motions:
        for qubit, image in enumerate(images):
            if image in motion.turns:
                onto, before = motion.turns[image], turns[qubit]
                turns[qubit] = onto if before is identity else multiplied(onto, before)
        if motion.images is not None:
            images = tuple(motion.images[image] for image in images)
    return turns, images


def identity_turn(num_variables: int) -> Turn:
    """The identity matrix."""
    return turn_of(UNIT_VECTORS, num_variables)


def turn_of(matrix: Matrix, num_variables: int) -> Turn:
    """A matrix of numbers as a turn."""
    return tuple(tuple(Laurent.constant(value, num_variables) for value in row) for row in matrix)


def multiplied(left: Turn, right: Turn) -> Turn:
    """The matrix product."""
    return tuple(tuple(a * p + b * q + c * r for p, q, r in zip(*right, strict=True)) for a, b, c in left)


def trace(turn: Turn) -> Laurent:
    """The character of one qubit's adjoint action, |tr u|^2 - 1."""
    return turn[0][0] + turn[1][1] + turn[2][2]


def _angles(factor: Factor, exponents: Exponents) -> dict[int, Turn]:
    """Rotations of single qubits by one angle, for a factor that is a U(1)."""
    turns = {}
    for turn in turns_of(factor):
        if len(turn.operator.support) > 1:
            raise _entangling(factor)
        (qubit,) = turn.operator.support
        axis = [real_part(turn.operator.coefficient(pauli_key({qubit: name}))) for name in "XYZ"]
        turns[qubit] = _rotation(axis, tuple(turn.power * e for e in exponents))
    return turns


def _rotation(axis: Sequence[Real], exponents: Exponents) -> Turn:
    r"""The rotation by the angle of a monomial z about a unit vector v.

    .. math:: v v^T + \tfrac{z}{2} (1 - v v^T - i [v]_\times) + \tfrac{1}{2z} (1 - v v^T + i [v]_\times)
    """
    x, y, z = axis
    none = rational(0)
    cross = ((none, -z, y), (z, none, -x), (-y, x, none))
    opposite = tuple(-e for e in exponents)
    zero = (0,) * len(exponents)

    def entry(row: int, column: int) -> Laurent:
        along = scalar(axis[row] * axis[column])
        across = scalar(Fraction(int(row == column))) - along
        turned = scalar(cross[row][column]) * IMAGINARY_UNIT
        half: Scalar = ONE / 2
        parts = ((zero, along), (exponents, (across - turned) * half), (opposite, (across + turned) * half))
        return sum((Laurent({key: value}) for key, value in parts), start=Laurent({}))

    return tuple(tuple(entry(row, column) for column in range(3)) for row in range(3))


def _free(motion: Motion, torus: Torus) -> Motion:
    """The motion without the turns of qubits that an SU(2) turns."""
    turns = {q: turn for q, turn in motion.turns.items() if q not in torus.rotating}
    return Motion(turns, motion.images)


def motions_by_elements(factor: Factor, num_variables: int) -> list[Motion]:
    """Every element of a finite factor of any kind, read from its action on X, Y and Z of every qubit.

    Raises:
        MethodError: an element turns one of them into an operator on several qubits.
        LimitError: the factor has too many elements.
    """
    letters = [
        [PauliSum.string(factor.num_qubits, {q: name}) for name in "XYZ"] for q in range(factor.num_qubits)
    ]
    maps = [g.on_qubits for g in factor.finite_generators]
    touched = [q for q, ops in enumerate(letters) if any(g.conjugate(op) != op for g in maps for op in ops)]
    return [_read_motion(factor, element, touched, num_variables) for element in factor.elements]


def _read_motion(factor: Factor, element: QubitMap, touched: Sequence[int], num_variables: int) -> Motion:
    n = factor.num_qubits
    images = list(range(n))
    turns = {}
    for qubit in touched:
        moved = [element.conjugate(PauliSum.string(n, {qubit: name})) for name in "XYZ"]
        # If X, Y and Z of a qubit become operators on one and the same qubit, the element turns it and moves it there.
        targets = {op.support for op in moved}
        if len(targets) != 1 or len(*targets) != 1:
            raise _entangling(factor)
        ((target,),) = targets
        images[qubit] = target
        columns = [[real_part(op.coefficient(pauli_key({target: name}))) for name in "XYZ"] for op in moved]
        turns[qubit] = turn_of(tuple(zip(*columns, strict=True)), num_variables)
    return Motion(turns, None if images == list(range(n)) else tuple(images))


def _of_point_group(factor: PointFactor, num_variables: int) -> list[Motion]:
    flip = {} if factor.parity is None else {factor.parity: _letter_turn("Z", num_variables)}
    out = []
    for element in factor.group.elements:
        turns = dict.fromkeys(factor.qubits, turn_of(element.turn.matrix, num_variables))
        out.append(Motion(turns | flip if element.improper else turns))
    return out


def _of_strings(factor: PauliFactor, num_variables: int) -> list[Motion]:
    strings: dict[PauliKey, None] = {IDENTITY: None}
    for x, z in factor.keys:
        strings |= {(a ^ x, b ^ z): None for a, b in strings}
        if len(strings) > MAX_TURNS:
            raise LimitError(f"{factor.name} has more than {MAX_TURNS} strings, which is the limit")
    turns = {name: _letter_turn(name, num_variables) for name in "XYZ"}
    return [Motion({q: turns[letter(key, q)] for q in support_of(key)}) for key in strings]


FASTER_MOTIONS: Mapping[type[Factor], Callable[[Any, int], list[Motion]]] = {
    PointFactor: _of_point_group,
    PauliFactor: _of_strings,
}
"""Kinds whose elements need no reading; any other kind uses :func:`motions_by_elements`."""


def _letter_turn(name: str, num_variables: int) -> Turn:
    """Conjugation by X, Y or Z: half a turn about its axis."""
    kept = "XYZ".index(name)
    return turn_of(
        tuple(tuple((1 if r == kept else -1) * v for v in UNIT_VECTORS[r]) for r in range(3)), num_variables
    )


def _entangling(factor: Factor) -> MethodError:
    return MethodError(
        f"characters by weight need factors that turn or move single qubits; {factor.name} entangles them; "
        "use the null space method"
    )


def all_motions(lists: Sequence[Sequence[Motion]]) -> Iterable[tuple[Motion, ...]]:
    """One element of every factor, in all combinations."""
    return product(*lists)
