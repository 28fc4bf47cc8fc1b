r"""Irreducible characters of a finite group, exact, by the algorithm of Burnside and Dixon.

The class sums span an algebra, :math:`K_r K_s = \sum_t a_{rst} K_t`, and every irreducible character is one common
eigenvector of the matrices :math:`(a_r)_{st}`, with :math:`\omega_s = |C_s| \chi(g_s) / \chi(1)`. Over a prime field
with enough roots of unity the eigenvectors are found by elimination; the multiplicities of the roots in each matrix
are small whole numbers, so the characters can be read back exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from flint import fmpz, nmod_mat

from eqcompile.arguments import accepts, one_of, require_truth
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import (
    ONE,
    ZERO,
    Scalar,
    conjugate,
    format_scalar,
    is_rational,
    real_part,
    to_fraction,
)
from eqcompile.exact.arithmetic.symbolic import matrix_of
from eqcompile.groups.finite import ConjugacyClass, FiniteGroup, finite_group
from eqcompile.groups.permutation import PermutationGroup
from eqcompile.groups.point import PointGroup

if TYPE_CHECKING:
    import sympy

GROUP = one_of(
    "a group, such as eq.symmetric(4) or eq.point_group('C3v'), is needed; of a symmetry, give the group that it was "
    "made from",
    FiniteGroup,
    PermutationGroup,
    PointGroup,
)

MAX_CLASSES = 120
"""Conjugacy classes of a group whose character table is computed; each eigenvalue takes an elimination in that many
dimensions. Beyond it, refused: ask for the table of a factor."""


@dataclass(frozen=True)
class CharacterTable:
    """The irreducible characters of a finite group.

    Attributes:
        group: the group, listed by its elements.
        rows: one irreducible character per row, one class per column; the trivial one first, then by dimension.

    >>> from eqcompile.groups.named import symmetric
    >>> print(character_table(symmetric(3)))
    classes  1 of order 1  3 of order 2  2 of order 3
    chi_1               1             1             1
    chi_2               1            -1             1
    chi_3               2             0            -1
    """

    group: FiniteGroup
    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def classes(self) -> tuple[ConjugacyClass, ...]:
        """The columns, the identity first."""
        return self.group.classes

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Dimension of every irreducible representation."""
        return tuple(_whole(row[0]) for row in self.rows)

    def inner(self, first: Sequence[Scalar], second: Sequence[Scalar]) -> Scalar:
        r""":math:`\frac{1}{|G|} \sum_g \overline{\phi(g)} \psi(g)` of two class functions."""
        terms = (conjugate(a) * b * part.size for a, b, part in zip(first, second, self.classes, strict=True))
        return sum(terms, start=ZERO) / self.group.order

    def multiplicities(self, character: Sequence[Scalar]) -> tuple[int, ...]:
        """How often each irreducible representation occurs in a representation with the given character.

        Args:
            character: the character's value on every class.

        Raises:
            DimensionError: the values are not a character of this group.
        """
        found = tuple(self.inner(row, character) for row in self.rows)
        if not all(_is_count(value) for value in found):
            raise DimensionError(f"{list(map(format_scalar, character))} is not a character of this group")
        return tuple(map(_whole, found))

    def to_sympy(self) -> "sympy.Matrix":
        """The table as an exact matrix: one irreducible character per row, one class per column.

        >>> from eqcompile.groups.named import cyclic
        >>> character_table(cyclic(2)).to_sympy()
        Matrix([
        [1,  1],
        [1, -1]])
        """
        entries = {(i, j): value for i, row in enumerate(self.rows) for j, value in enumerate(row) if value}
        return matrix_of(len(self.rows), len(self.classes), entries)

    def __str__(self) -> str:
        lines = [["classes", *map(str, self.classes)]]
        lines += [[f"chi_{i}", *map(format_scalar, row)] for i, row in enumerate(self.rows, start=1)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines
        )


@accepts(group=GROUP, double=require_truth)
def character_table(
    group: FiniteGroup | PermutationGroup | PointGroup, double: bool = False
) -> CharacterTable:
    """The irreducible characters of a group.

    Args:
        group: permutations, motions of space, or any group given by its table.
        double: for motions of space, whether to take the double group, which spins see.

    Raises:
        LimitError: there are too many elements, or too many classes.

    References:
        Dixon, Numer. Math. 10, 446 (1967).
    """
    listed = group if isinstance(group, FiniteGroup) else finite_group(group, double)
    if len(listed.classes) > MAX_CLASSES:
        raise LimitError(f"a group of {len(listed.classes)} conjugacy classes; the limit is {MAX_CLASSES}")
    p = _prime(listed)
    root = _root_of_unity(listed.exponent, p)
    rows = [_lifted(listed, _values(listed, vector, p), root, p) for vector in _eigenvectors(listed, p)]
    return CharacterTable(listed, tuple(sorted(rows, key=_row_order)))


def _row_order(row: tuple[Scalar, ...]) -> tuple[int, bool, list[str]]:
    return _whole(row[0]), any(value != ONE for value in row), [format_scalar(value) for value in row]


def _prime(group: FiniteGroup) -> int:
    r"""A prime p = 1 modulo the exponent, beyond :math:`2\sqrt{|G|}`, so every dimension is below p/2."""
    candidate = group.exponent + 1
    while candidate <= 2 * isqrt(group.order) + 2 or not fmpz(candidate).is_prime():
        candidate += group.exponent
    return candidate


def _root_of_unity(order: int, p: int) -> int:
    """An element of this order in the field."""
    divisors = [int(prime) for prime, _ in fmpz(order).factor()]
    for base in range(2, p):
        root = pow(base, (p - 1) // order, p)
        if all(pow(root, order // prime, p) != 1 for prime in divisors):
            return root
    return 1


def _eigenvectors(group: FiniteGroup, p: int) -> Iterator[list[int]]:
    """The common eigenvectors of all class matrices, by splitting spaces until each has one dimension."""
    count = len(group.classes)
    identity = [[int(i == j) for j in range(count)] for i in range(count)]
    spaces = [identity]
    for number in range(1, count):
        if all(len(space) == 1 for space in spaces):
            break
        matrix = _class_matrix(group, number)
        spaces = [part for space in spaces for part in _split(space, matrix, p)]
    for (vector,) in spaces:
        yield vector


def _class_matrix(group: FiniteGroup, number: int) -> list[list[int]]:
    """``a[s][t]``: how often the representative of class t is an element of class r times an element of class s."""
    count = len(group.classes)
    out = [[0] * count for _ in range(count)]
    for t, members in enumerate(group.class_members):
        for x in group.class_members[number]:
            y = group.products[group.inverses[x]][members[0]]
            out[group.class_of[y]][t] += 1
    return out


def _split(space: list[list[int]], matrix: list[list[int]], p: int) -> list[list[list[int]]]:
    """The eigenspaces of a matrix inside a space that it maps to itself; bases are reduced echelon forms."""
    if len(space) == 1:
        return [space]
    basis = nmod_mat(space, p)
    # In a reduced echelon basis the coefficients of a vector of the space are its entries at the pivots.
    pivots = [next(i for i, value in enumerate(row) if value) for row in space]
    images = basis * nmod_mat(matrix, p).transpose()
    restricted = nmod_mat([[images[i, j] for j in pivots] for i in range(len(space))], p)
    eigenvalues = [int(value) for value, _ in restricted.charpoly().roots()]
    if len(eigenvalues) == 1:
        return [space]
    out = []
    for value in eigenvalues:
        shifted = nmod_mat(
            [
                [restricted[i, j] - (value if i == j else 0) for j in range(len(space))]
                for i in range(len(space))
            ],
            p,
        )
        kernel, nullity = shifted.transpose().nullspace()
        vectors = nmod_mat([[kernel[i, k] for i in range(len(space))] for k in range(nullity)], p) * basis
        reduced, _ = vectors.rref()
        out.append([[int(entry) for entry in row] for row in reduced.tolist()])
    return out


def _values(group: FiniteGroup, vector: list[int], p: int) -> list[int]:
    r"""The character modulo p, from one of the eigenvectors.

    .. math:: d^2 = |G| \Big/ \sum_s \omega_s \omega_{s^{-1}} / |C_s|, \qquad \chi_s = d \, \omega_s / |C_s|
    """
    scale = pow(vector[0], -1, p)
    omega = [value * scale % p for value in vector]
    inverse = [pow(part.size, -1, p) for part in group.classes]
    opposite = [group.class_of[group.inverses[members[0]]] for members in group.class_members]
    norm = sum(omega[s] * omega[opposite[s]] * inverse[s] for s in range(len(omega)))
    square = group.order * pow(norm, -1, p) % p
    dimension = next(d for d in range(1, isqrt(group.order) + 1) if d * d % p == square)
    return [dimension * value * factor % p for value, factor in zip(omega, inverse, strict=True)]


def _lifted(group: FiniteGroup, values: list[int], root: int, p: int) -> tuple[Scalar, ...]:
    r"""The exact character: :math:`\sum_k m_k \zeta^k` with the multiplicities of the roots as eigenvalues."""
    out = []
    for part, members in zip(group.classes, group.class_members, strict=True):
        step = pow(root, group.exponent // part.order, p)
        roots = [pow(step, k, p) for k in range(part.order)]
        if values[0] == 1:
            out.append(root_of_unity(part.order, roots.index(values[group.class_of[members[0]]])))
            continue
        powers = [values[group.class_of[power]] for power in group.powers(members[0])]
        total: Scalar = ZERO
        for k in range(part.order):
            weight = sum(value * roots[-j * k % part.order] for j, value in enumerate(powers))
            if count := weight * pow(part.order, -1, p) % p:
                total = total + root_of_unity(part.order, k) * count
        out.append(total)
    return tuple(out)


def _is_count(value: Scalar) -> bool:
    if not is_rational(value) or conjugate(value) != value:
        return False
    fraction = to_fraction(real_part(value))
    return fraction.denominator == 1 and fraction >= 0


def _whole(value: Scalar) -> int:
    return int(to_fraction(real_part(value)))
