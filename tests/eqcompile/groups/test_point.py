"""Point groups by Schoenflies symbol: the laws of a group over the whole catalogue, and the literature's tables.

Orders and classes: E. B. Wilson, J. C. Decius, P. C. Cross, Molecular Vibrations (1955), App. X, or any character
table. A class is told here by the trace of its matrices, 2 cos(angle) + 1, with the sign of the determinant.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import square_root, to_float
from eqcompile.groups.point import KNOWN, MAX_AXIS_ORDER, PointGroup, point_group
from eqcompile.groups.rotation import IDENTITY_MATRIX, Orthogonal

ROUNDING = 1e-9
SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
PHI = (1 + 5**0.5) / 2

Floats = Callable[[Any], Any]

ORDERS = (
    {"Cs": 2, "C_s": 2, "Ci": 2, "T": 12, "T_h": 24, "Td": 24, "O": 24, "Oh": 48, "I": 60, "I_h": 120}
    | {f"C_{n}": n for n in (1, 2, 3, 4, 5, 7, 12)}
    | {f"{kind.format(n=n)}": 2 * n for n in (1, 2, 3, 4, 5, 6) for kind in ("C{n}v", "C_{n}h", "D_{n}")}
    | {f"{kind.format(n=n)}": 4 * n for n in (1, 2, 3, 5, 6) for kind in ("D{n}h", "D_{n}d")}
    | {f"S_{n}": n for n in (2, 4, 6, 10)}
)

# Trace: number of elements.
CLASSES: dict[str, dict[float, int]] = {
    "C_s": {3: 1, 1: 1},
    "C_i": {3: 1, -3: 1},
    "C_3": {3: 1, 0: 2},
    "C_2v": {3: 1, -1: 1, 1: 2},
    "C_3v": {3: 1, 0: 2, 1: 3},
    "C_3h": {3: 1, 0: 2, 1: 1, -2: 2},
    "C_4v": {3: 1, 1: 6, -1: 1},
    "D_3": {3: 1, 0: 2, -1: 3},
    "D_2d": {3: 1, -1: 5, 1: 2},
    "D_3d": {3: 1, 0: 4, -1: 3, -3: 1, 1: 3},
    "D_3h": {3: 1, 0: 2, -1: 3, 1: 4, -2: 2},
    "D_6h": {3: 1, 2: 2, 0: 4, -1: 7, -3: 1, -2: 2, 1: 7},
    "S_4": {3: 1, -1: 3},
    "S_6": {3: 1, 0: 4, -3: 1},
    "T": {3: 1, 0: 8, -1: 3},
    "T_h": {3: 1, 0: 16, -1: 3, -3: 1, 1: 3},
    "T_d": {3: 1, 0: 8, -1: 9, 1: 6},
    "O": {3: 1, 0: 8, 1: 6, -1: 9},
    "O_h": {3: 1, 0: 16, 1: 15, -1: 15, -3: 1},
    "I": {3: 1, PHI: 12, 1 - PHI: 12, 0: 20, -1: 15},
    "I_h": {3: 1, PHI: 12, 1 - PHI: 12, 0: 40, -1: 15, -3: 1, -PHI: 12, PHI - 1: 12, 1: 15},
}

group_of = cache(point_group)
names = st.sampled_from(sorted(ORDERS))


def spin(element: Orthogonal) -> Any:
    w, *v = (to_float(c) for c in (element.turn.w, *element.turn.vector))
    return w * np.eye(2) - 1j * np.einsum("a,aij->ij", v, SIGMA)


def stacked(group: PointGroup, floats: Floats) -> Any:
    """All matrices, of shape (order, 3, 3)."""
    return floats([element.matrix for element in group.elements])


@pytest.mark.parametrize(("symbol", "order"), ORDERS.items())
def test_orders_and_closure(floats: Floats, symbol: str, order: int) -> None:
    """Every row of the multiplication table lists every element once."""
    group = group_of(symbol)
    matrices = stacked(group, floats)
    assert (group.order, len(matrices)) == (order, order)
    assert group.elements[0].matrix == IDENTITY_MATRIX
    for left in matrices:
        products = np.einsum("ij,bjk->bik", left, matrices)
        distances = np.abs(products[:, None] - matrices[None]).max(axis=(2, 3))
        assert sorted(distances.argmin(axis=1)) == list(range(order))
        assert distances.min(axis=1).max() < ROUNDING


@given(names, st.data())
def test_laws_hold_exactly(symbol: str, data: st.DataObject) -> None:
    group = group_of(symbol)
    matrices = {element.matrix for element in group.elements}
    a, b, c = (data.draw(st.sampled_from(group.elements)) for _ in range(3))
    assert (a * b).matrix in matrices
    assert a.inverse.matrix in matrices
    assert (a * b) * c == a * (b * c)
    assert (a * a.inverse).matrix == IDENTITY_MATRIX


@given(names, st.data())
def test_each_element_is_orthogonal_and_covered_by_its_spin_matrix(
    floats: Floats, symbol: str, data: st.DataObject
) -> None:
    element = data.draw(st.sampled_from(group_of(symbol).elements))
    matrix, s = floats(element.matrix), spin(element)
    sign = -1 if element.improper else 1
    assert np.allclose(matrix @ matrix.T, np.eye(3), atol=ROUNDING)
    assert np.isclose(np.linalg.det(matrix), sign)
    moved = np.einsum("ij,bjk,lk->bil", s, SIGMA, s.conj())
    assert np.allclose(moved, np.einsum("cb,cij->bij", sign * matrix, SIGMA), atol=ROUNDING)


@pytest.mark.parametrize("symbol", sorted(ORDERS))
def test_the_double_group_has_twice_the_order(symbol: str) -> None:
    """Spin rotations and their negatives are closed, and no two of them are the same."""
    group = group_of(symbol)
    double = {element for e in group.elements for element in (e, e.bar)}
    assert len(double) == 2 * group.order
    assert all(generator * element in double for generator in group.generators for element in double)


@pytest.mark.parametrize(("symbol", "classes"), CLASSES.items())
def test_classes_of_the_character_tables(floats: Floats, symbol: str, classes: dict[float, int]) -> None:
    traces = Counter(np.round(np.trace(stacked(group_of(symbol), floats), axis1=1, axis2=2), 6) + 0.0)
    assert traces == {round(trace, 6): count for trace, count in classes.items()}


def test_the_group_is_proper_if_all_its_elements_are() -> None:
    for symbol in ORDERS:
        group = group_of(symbol)
        assert group.is_proper == (not any(element.improper for element in group.elements)), symbol


SUBGROUPS = [
    ("C_3", "C_3v"),
    ("C_3v", "D_3h"),
    ("D_3", "D_3d"),
    ("S_6", "D_3d"),
    ("C_2", "S_4"),
    ("D_2", "T"),
    ("T", "O"),
    ("T", "I"),
    ("T", "T_d"),
    ("S_4", "T_d"),
    ("C_4", "O"),
    ("T_h", "O_h"),
    ("T_d", "O_h"),
    ("T_h", "I_h"),
    ("D_4h", "O_h"),
    ("C_i", "S_2"),
    ("S_2", "C_i"),
    ("C_s", "C_1h"),
]


@pytest.mark.parametrize(("small", "large"), SUBGROUPS)
def test_subgroups_share_their_axes(small: str, large: str) -> None:
    inside, outside = ({e.matrix for e in group_of(name).elements} for name in (small, large))
    assert inside <= outside


def test_negative_control_other_groups_of_the_same_order_are_no_subgroups() -> None:
    for first, second in [("C_6", "D_3"), ("T_h", "T_d"), ("O", "T_d"), ("S_4", "C_4"), ("C_3v", "D_3")]:
        inside, outside = ({e.matrix for e in group_of(name).elements} for name in (first, second))
        assert not inside <= outside


@pytest.mark.parametrize("axis", [(1, 0, 0), (1, 1, 1), (0, 0, -1), (1, -2, 2), (0, 0, 3)])
@pytest.mark.parametrize("symbol", ["C_3v", "D_4", "S_4", "T_d", "I"])
def test_another_main_axis_gives_a_conjugate_group(floats: Floats, symbol: str, axis: Any) -> None:
    group = point_group(symbol, axis)
    z, target = np.array([0, 0, 1.0]), np.array(axis) / np.linalg.norm(axis)
    frame = frame_to(z, target)
    expected = np.einsum("ij,bjk,lk->bil", frame, stacked(group_of(symbol), floats), frame)
    distances = np.abs(expected[:, None] - stacked(group, floats)[None]).max(axis=(2, 3))
    assert sorted(distances.argmin(axis=1)) == list(range(group.order))
    assert distances.min(axis=1).max() < ROUNDING


def frame_to(z: Any, target: Any) -> Any:
    """The shortest rotation, by Rodrigues' formula; half a turn about x where that is not unique."""
    if z @ target < -1 + ROUNDING:
        return np.diag([1.0, -1.0, -1.0])
    cross = np.cross(np.cross(z, target), np.eye(3)).T
    return np.eye(3) + cross + cross @ cross / (1 + z @ target)


def test_main_axes_of_the_families() -> None:
    """C_nv has a mirror that contains x and z; D_n has a twofold axis along x; cubic groups turn about z."""
    for name, matrix in [
        ("C_5v", ((1, 0, 0), (0, -1, 0), (0, 0, 1))),
        ("C_5h", ((1, 0, 0), (0, 1, 0), (0, 0, -1))),
        ("D_5", ((1, 0, 0), (0, -1, 0), (0, 0, -1))),
        ("D_5d", ((1, 0, 0), (0, -1, 0), (0, 0, -1))),
        ("O", ((0, -1, 0), (1, 0, 0), (0, 0, 1))),
        ("I", ((-1, 0, 0), (0, -1, 0), (0, 0, 1))),
        ("T_d", ((0, 1, 0), (1, 0, 0), (0, 0, 1))),
    ]:
        assert matrix in {element.matrix for element in group_of(name).elements}, name


def test_the_icosahedral_group_is_exact() -> None:
    """All entries are 0, 1, 1/2, phi/2 or 1/(2 phi) up to sign, and a fifth of a turn has order five exactly."""
    phi = (1 + square_root(5)) / 2
    allowed = {0, 1, square_root(1) / 2, phi / 2, (phi - 1) / 2}
    entries = {abs(v) for e in group_of("I_h").elements for row in e.matrix for v in row}
    assert entries == allowed
    fifth, _ = group_of("I").generators
    trace = sum(fifth.matrix[k][k] for k in range(3))
    assert trace * trace == trace + 1
    power = fifth
    for _ in range(4):
        assert power.matrix != IDENTITY_MATRIX
        power = fifth * power
    assert power.matrix == IDENTITY_MATRIX


def test_names_are_written_one_way() -> None:
    written = {"C3v": "C_3v", "C_3v": "C_3v", "Td": "T_d", "Cs": "C_s", "D6h": "D_6h", "I": "I", "S4": "S_4"}
    assert {symbol: point_group(symbol).name for symbol in written} == written
    assert point_group("C_3v") == point_group("C3v")


@pytest.mark.parametrize(
    "symbol", ["", "C", "D_3v", "Q_3", "c3v", "T_3", "C_nv", "Csv", "Ci h", "I_d", "S4v", "C_-3"]
)
def test_unknown_symbols(symbol: str) -> None:
    with pytest.raises(DimensionError) as caught:
        point_group(symbol)
    assert str(caught.value) == f"unknown point group {symbol!r}; known: {', '.join(KNOWN)}"


@pytest.mark.parametrize(
    ("symbol", "axis", "kind", "message"),
    [
        ("C_0", (0, 0, 1), LimitError, "the axis of C_0 is 0-fold; the limit is 1 to 360"),
        ("D_361h", (0, 0, 1), LimitError, "the axis of D_361h is 361-fold; the limit is 1 to 360"),
        ("S_3", (0, 0, 1), DimensionError, "S_n needs an even n; for S_3 write C_3h"),
        (
            "C_3",
            (0, 0, 0),
            DimensionError,
            "an axis of length zero has no direction; give at least one component",
        ),
    ],
)
def test_symbols_that_mean_nothing(symbol: str, axis: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        point_group(symbol, axis)
    assert str(caught.value) == message
    assert MAX_AXIS_ORDER == 360


def test_a_group_without_end_is_refused() -> None:
    """A fourfold axis and a fivefold one that do not fit together generate all rotations, densely."""
    mixed = PointGroup("mixed", (*point_group("C_4").generators, *point_group("C_5", (1, 0, 0)).generators))
    with pytest.raises(LimitError, match=r"^mixed has more than 1440 elements, which is the limit$"):
        mixed.order  # noqa: B018 - the error is the result
