"""Character tables: laws over the catalogue, tables from the literature, and what is refused."""

from collections.abc import Callable

import pytest

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, conjugate, scalar, square_root
from eqcompile.groups.character_table import CharacterTable, character_table
from eqcompile.groups.finite import finite_group
from eqcompile.groups.named import alternating, cyclic, dihedral, symmetric, wreath
from eqcompile.groups.permutation import PermutationGroup
from eqcompile.groups.point import point_group

SYMBOLS = [
    "C_1", "C_s", "C_i", "C_2", "C_3", "C_5", "C_6", "C_2v", "C_3v", "C_4v", "C_5v", "C_6v", "C_2h", "C_3h", "C_4h",
    "D_2", "D_3", "D_4", "D_5", "D_6", "D_2h", "D_3h", "D_4h", "D_5h", "D_6h", "D_2d", "D_3d", "D_4d", "S_4", "S_6",
    "S_8", "T", "T_h", "T_d", "O", "O_h", "I", "I_h",
]  # fmt: skip
DOUBLE = ["C_1", "C_2", "C_3", "C_5", "D_2", "D_3", "D_5", "D_6", "T", "T_d", "O", "I", "I_h"]

CATALOGUE: dict[str, Callable[[], CharacterTable]] = {
    **{f"S_{n} of points": lambda n=n: character_table(symmetric(n)) for n in range(2, 6)},  # type: ignore[misc]
    **{f"A_{n} of points": lambda n=n: character_table(alternating(n)) for n in (4, 5)},  # type: ignore[misc]
    **{f"C_{n} of points": lambda n=n: character_table(cyclic(n)) for n in (2, 7, 12)},  # type: ignore[misc]
    **{f"D_{n} of points": lambda n=n: character_table(dihedral(n)) for n in (3, 4, 9)},  # type: ignore[misc]
    "S_2 wr S_3": lambda: character_table(wreath(symmetric(2), symmetric(3))),
    "no generators": lambda: character_table(PermutationGroup(3, ())),
    **{name: lambda name=name: character_table(point_group(name)) for name in SYMBOLS},  # type: ignore[misc]
    **{  # type: ignore[misc]
        f"{name} double": lambda name=name: character_table(point_group(name), double=True) for name in DOUBLE
    },
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_laws(name: str) -> None:
    """As many characters as classes, dimensions that fill the regular representation, orthogonal rows and columns."""
    table = CATALOGUE[name]()
    size = len(table.classes)
    assert len(table.rows) == size
    assert sum(part.size for part in table.classes) == table.group.order
    assert sum(d * d for d in table.dimensions) == table.group.order
    assert table.rows[0] == (ONE,) * size
    for i, first in enumerate(table.rows):
        for j, second in enumerate(table.rows):
            assert table.inner(first, second) == (ONE if i == j else ZERO)
    for s, part in enumerate(table.classes):
        for t in range(size):
            total = sum((row[s] * conjugate(row[t]) for row in table.rows), start=ZERO)
            assert total * part.size == (ONE * table.group.order if s == t else ZERO)


@pytest.mark.parametrize("name", ["S_4 of points", "O double", "I double", "C_6"])
def test_products_of_characters_are_characters(name: str) -> None:
    table = CATALOGUE[name]()
    for first in table.rows:
        for second in table.rows:
            values = [a * b for a, b in zip(first, second, strict=True)]
            found = table.multiplicities(values)
            total = sum(m * d for m, d in zip(found, table.dimensions, strict=True))
            assert values[0] == ONE * total


def golden(*rows: str) -> set[tuple[Scalar, ...]]:
    """Rows of integers, r for the square root of 2, g and h for the golden ratio and its conjugate."""
    five, two = square_root(5), square_root(2)
    special = {"r": scalar(two), "-r": -scalar(two), "g": scalar((1 + five) / 2), "h": scalar((1 - five) / 2)}
    return {tuple(special[w] if w in special else ONE * int(w) for w in row.split()) for row in rows}


# Columns by order of the elements, then by size. Sources: Serre, Linear Representations of Finite Groups (1977),
# Ch. 5, for S_3, S_4 and D_4; Fulton and Harris, Representation Theory (1991), Sec. 3.1, for A_5; Altmann and
# Herzig, Point-Group Theory Tables (1994), for T_d and the double group of O.
TABLES = {
    "S_3 of points": golden("1 1 1", "1 -1 1", "2 0 -1"),
    "T_d": golden("1 1 1 1 1", "1 1 -1 1 -1", "2 2 0 -1 0", "3 -1 -1 0 1", "3 -1 1 0 -1"),
    "S_4 of points": golden("1 1 1 1 1", "1 1 -1 1 -1", "2 2 0 -1 0", "3 -1 -1 0 1", "3 -1 1 0 -1"),
    "A_5 of points": golden("1 1 1 1 1", "3 -1 0 g h", "3 -1 0 h g", "4 0 1 -1 -1", "5 1 -1 0 0"),
    "D_4 of points": golden("1 1 1 1 1", "1 1 1 -1 -1", "1 1 -1 1 -1", "1 1 -1 -1 1", "2 -2 0 0 0"),
    "O double": golden(
        "1 1 1 1 1 1 1 1",
        "1 1 1 1 -1 1 -1 -1",
        "2 2 -1 2 0 -1 0 0",
        "3 3 0 -1 -1 0 1 1",
        "3 3 0 -1 1 0 -1 -1",
        "2 -2 -1 0 0 1 r -r",
        "2 -2 -1 0 0 1 -r r",
        "4 -4 1 0 0 -1 0 0",
    ),
}
SIZES = {
    "S_3 of points": [1, 3, 2],
    "T_d": [1, 3, 6, 8, 6],
    "S_4 of points": [1, 3, 6, 8, 6],
    "A_5 of points": [1, 15, 20, 12, 12],
    "D_4 of points": [1, 1, 2, 2, 2],
    "O double": [1, 1, 8, 6, 12, 8, 6, 6],
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_the_literature(name: str) -> None:
    table = CATALOGUE[name]()
    assert [part.size for part in table.classes] == SIZES[name]
    assert set(table.rows) == TABLES[name]


def test_negative_control_a_sign_breaks_orthogonality() -> None:
    table = CATALOGUE["S_3 of points"]()
    assert table.inner(table.rows[0], table.rows[2]) == ZERO
    wrong = (*table.rows[2][:-1], -table.rows[2][-1])
    assert table.inner(table.rows[0], wrong) != ZERO
    with pytest.raises(DimensionError, match=r"\['2', '0', '1'\] is not a character of this group"):
        table.multiplicities(wrong)


def test_natural_representations() -> None:
    """Points of S_4: the trivial representation and the standard one; vectors of space under T_d: one T_2."""
    table = CATALOGUE["S_4 of points"]()
    fixed = [sum(p == q for q, p in enumerate(part.representative)) for part in table.classes]
    found = table.multiplicities([ONE * count for count in fixed])
    assert [d for d, m in zip(table.dimensions, found, strict=True) if m] == [1, 3]
    assert found[0] == 1
    space = CATALOGUE["T_d"]()
    vectors = [scalar(sum(part.representative.matrix[i][i] for i in range(3))) for part in space.classes]
    assert sum(space.multiplicities(vectors)) == 1


def test_a_spin_knows_a_full_turn() -> None:
    """The double group holds the rotation by 2 pi as an element of its own; the single group does not."""
    assert finite_group(point_group("C_1"), double=True).order == 2
    assert finite_group(point_group("C_1")).order == 1
    assert CATALOGUE["T double"]().dimensions == (1, 1, 1, 2, 2, 2, 3)


def test_group_tables_are_groups() -> None:
    group = finite_group(point_group("D_3"), double=True)
    numbers = range(group.order)
    for a in numbers:
        assert sorted(group.products[a]) == list(numbers)
        assert group.products[a][group.inverses[a]] == group.products[0][a] - a == 0
        for b in numbers:
            assert group.elements[group.products[a][b]] == group.elements[a] * group.elements[b]
    assert group.exponent == 12


def test_limits() -> None:
    with pytest.raises(LimitError, match="a group of more than 500 elements"):
        character_table(symmetric(6))
    with pytest.raises(LimitError, match="a group of 130 conjugacy classes; the limit is 120"):
        character_table(cyclic(130))
