r"""Commutant blocks: which irreducible representations a register contains, and how often.

Under a finite group the register is :math:`\bigoplus_i C^{d_i} \otimes C^{m_i}`. Invariant operators act on the
second factors, so the commutant has dimension :math:`\sum_i m_i^2`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, TypeAlias

from eqcompile.arguments import accepts
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, conjugate, real_part, scalar, to_fraction
from eqcompile.groups.character_table import CharacterTable, character_table
from eqcompile.groups.permutation import Images, PermutationGroup, cycles_of
from eqcompile.groups.point import INVERSION, PointGroup
from eqcompile.groups.rotation import Orthogonal
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.symmetry import SYMMETRY, Symmetry

MAX_VALUES = 200_000
"""Conjugacy classes of all factors together, at each of which the register's character is evaluated. Beyond it,
weaker: the blocks of the commutant are not listed; its dimension still is."""

Place: TypeAlias = tuple[int, ...]
"""One class, or one irreducible representation, for every factor."""


@dataclass(frozen=True, order=True)
class Block:
    """One irreducible representation on the register.

    Attributes:
        dimension: d, the dimension of the representation; equivariant gates do nothing here.
        multiplicity: m, how often the representation occurs; equivariant gates act on this many levels.
    """

    dimension: int
    multiplicity: int


@accepts(symmetry=SYMMETRY)
def commutant_blocks(symmetry: Symmetry) -> tuple[Block, ...]:
    r"""The blocks of the register under permutations, point groups and the inversion.

    .. math:: m_i = \frac{1}{|G|} \sum_g \overline{\chi_i(g)} \, \operatorname{tr} R(g)

    Point groups act by spin 1/2, so their double groups are used.

    Returns:
        The blocks that occur, small dimensions first; for the trivial group, one block of dimension 1.

    Raises:
        MethodError: a factor is of another kind, or the factors do not commute.
        LimitError: a group is too large for its character table.

    References:
        Fulton and Harris, Representation Theory (1991), Sec. 2.2.

    >>> from eqcompile.symmetry.make import permutations
    >>> commutant_blocks(permutations(3, [(0, 1)], [(0, 1, 2)]))
    (Block(dimension=1, multiplicity=4), Block(dimension=2, multiplicity=2))
    """
    _require_commuting(symmetry)
    tables = [TABLES[type(factor)](factor) for factor in symmetry.factors]
    count = prod(len(table.classes) for table in tables)
    if count > MAX_VALUES:
        raise LimitError(f"the factors have {count} classes together; the limit is {MAX_VALUES}")
    places = product(*(range(len(table.classes)) for table in tables))
    values: dict[Place, Scalar] = {
        place: _trace(symmetry, [t.classes[c].representative for t, c in zip(tables, place, strict=True)])
        for place in places
    }
    for axis, table in enumerate(tables):
        values = _projected(values, axis, table)
    blocks = (
        Block(prod(t.dimensions[i] for t, i in zip(tables, place, strict=True)), _whole(value))
        for place, value in values.items()
    )
    return tuple(sorted(block for block in blocks if block.multiplicity))


def _of_permutations(factor: PermutationFactor) -> CharacterTable:
    n = factor.num_qubits
    moves = tuple(dict.fromkeys(images[:n] for images in factor.group.generators))
    return character_table(PermutationGroup(n, moves))


TABLES: Mapping[type[Factor], Callable[[Any], CharacterTable]] = {
    PermutationFactor: _of_permutations,
    PointFactor: lambda factor: character_table(factor.group, double=True),
    InversionFactor: lambda factor: character_table(PointGroup("C_i", (INVERSION,))),
}
"""Kinds whose blocks are known; for any other kind, the error says that they are not."""


def _require_commuting(symmetry: Symmetry) -> None:
    """Refuse factors that do not commute: at most one turns each qubit, and qubits move only to their like."""
    for factor in symmetry.factors:
        if type(factor) not in TABLES:
            raise MethodError(
                f"blocks are known for permutations, point groups and the inversion; {factor.name} is none of these"
            )
    turning = [set(f.turning_qubits) for f in symmetry.factors if f.turning_qubits]
    flipping = [{f.parity_qubit} for f in symmetry.factors if f.parity_qubit is not None]
    # Turns of one qubit by two groups do not commute, and Z does not commute with turns. Z commutes with Z, so parities
    # may coincide.
    overlap = any(a & b for i, a in enumerate(turning) for b in [*turning[i + 1 :], *flipping])
    # A permutation commutes with turns only if it moves the turned qubits among themselves.
    if overlap or any({g[q] for q in part} != part for part in turning + flipping for g in symmetry.moves):
        raise MethodError(f"blocks are known for factors that commute; those of {symmetry} do not")


def _trace(symmetry: Symmetry, elements: Sequence[Any]) -> Scalar:
    """Trace on the register of one element from each factor: a cycle of length k has the trace of the k-th power."""
    n = symmetry.num_qubits
    images: Images = tuple(range(n))
    double: dict[int, Scalar] = {}
    flipped: set[int] = set()
    for factor, element in zip(symmetry.factors, elements, strict=True):
        if factor.only_moves:
            images = element
            continue
        assert isinstance(element, Orthogonal)
        double |= dict.fromkeys(factor.turning_qubits, scalar(2 * element.turn.w))
        if element.improper and factor.parity_qubit is not None:
            flipped ^= {factor.parity_qubit}
    total: Scalar = ONE
    for cycle in _all_cycles(images):
        first = cycle[0]
        if first in flipped:
            return ZERO
        total = total * _power_trace(double.get(first, ONE * 2), len(cycle))
    return total


def _all_cycles(images: Images) -> Iterable[tuple[int, ...]]:
    return [*cycles_of(images), *((q,) for q, image in enumerate(images) if q == image)]


def _power_trace(trace: Scalar, power: int) -> Scalar:
    r"""Trace of a power of a spin matrix with unit determinant, :math:`t_k = t_1 t_{k-1} - t_{k-2}`."""
    before, now = ONE * 2, trace
    for _ in range(power - 1):
        before, now = now, trace * now - before
    return now


def _projected(values: Mapping[Place, Scalar], axis: int, table: CharacterTable) -> dict[Place, Scalar]:
    """Replace the classes of one factor by its irreducible representations."""
    weights = [[conjugate(v) * part.size / table.group.order for v, part in zip(row, table.classes, strict=True)]
               for row in table.rows]  # fmt: skip
    out: dict[Place, Scalar] = {}
    for place, value in values.items():
        for i, row in enumerate(weights):
            target = (*place[:axis], i, *place[axis + 1 :])
            out[target] = out.get(target, ZERO) + row[place[axis]] * value
    return out


def _whole(value: Scalar) -> int:
    count = to_fraction(real_part(value))
    assert count.denominator == 1, "a multiplicity is a whole number"
    return int(count)
