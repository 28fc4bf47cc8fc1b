"""Golden rows of our own, for the groups that the literature's tables leave out, through every method.

Each row is computed again here by singular values of matrices that are written by hand in NumPy, weights resolved.
Nothing of the project is used there: a group is given by the unitaries of its finite generators and the Hermitian
generators of its continuous part, a point group by textbook generators, as axis, angle and hand. Qubit 0 is the
least significant bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import pi
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from eqcompile.derivation.compare import METHODS, derive_basis
from eqcompile.symmetry.make import (
    U1,
    charge,
    mirror,
    pauli_symmetry,
    permutations,
    point_symmetry,
    unitaries,
)
from eqcompile.symmetry.symmetry import Symmetry

GAP = 1e-6
"""Between rounding and the smallest non-zero singular value of these small systems."""

I2 = np.eye(2)
SIGMA = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1]), "I": I2}
HADAMARD = np.array([[1, 1], [1, -1]]) / np.sqrt(2)


def kron(factors: Sequence[Any]) -> Any:
    """Product of one matrix for each qubit, qubit 0 first in the list."""
    return reduce(np.kron, reversed(list(factors)), np.eye(1))


def string(letters: str) -> Any:
    """``"XIZ"`` is X on qubit 0 and Z on qubit 2."""
    return kron([SIGMA[name] for name in letters])


def on_qubits(matrix: Any, qubits: Sequence[int], num_qubits: int) -> Any:
    """The same matrix on each of the named qubits."""
    return kron([matrix if q in qubits else I2 for q in range(num_qubits)])


def turn(axis: Sequence[float], angle: float) -> Any:
    """The spin matrix of a right-handed rotation."""
    v = np.array(axis, float) / np.linalg.norm(axis)
    return expm(-0.5j * angle * sum(c * SIGMA[name] for c, name in zip(v, "XYZ", strict=True)))


def spin(axis: Sequence[float], num_qubits: int) -> Any:
    """Total angular momentum along an axis."""
    v = np.array(axis, float) / np.linalg.norm(axis)
    one = sum(c * SIGMA[name] for c, name in zip(v, "XYZ", strict=True)) / 2
    return sum(
        kron([one if p == q else I2 for p in range(num_qubits)]) for q in range(num_qubits)
    )  # fmt: skip


def swap(images: Sequence[int]) -> Any:
    """Moves the content of qubit q to qubit ``images[q]``."""
    size = 2 ** len(images)
    out = np.zeros((size, size))
    for index in range(size):
        out[sum((index >> q & 1) << target for q, target in enumerate(images)), index] = 1
    return out


def cnot(control: int, target: int, num_qubits: int) -> Any:
    """Flips the target where the control is one."""
    size = 2**num_qubits
    out = np.zeros((size, size))
    for index in range(size):
        out[index ^ ((index >> control & 1) << target), index] = 1
    return out


def weights_of_commutant(
    num_qubits: int, unitaries: Sequence[Any], hermitian: Sequence[Any] = ()
) -> list[int]:
    """What operators of weight up to k add to those of weight up to k - 1, for k = 0 to n."""
    words = sorted(map("".join, product("IXYZ", repeat=num_qubits)), key=lambda w: num_qubits - w.count("I"))
    strings = [string(word) for word in words]
    blocks = [np.array([(u @ p @ u.conj().T - p).ravel() for p in strings]).T for u in unitaries]
    blocks += [np.array([(t @ p - p @ t).ravel() for p in strings]).T for t in hermitian]
    stack = np.vstack([*blocks, np.zeros((1, len(words)))])
    weights = np.array([num_qubits - word.count("I") for word in words])
    dims = [0]
    for weight in range(num_qubits + 1):
        columns = stack[:, weights <= weight]
        dims.append(columns.shape[1] - int((np.linalg.svd(columns, compute_uv=False) > GAP).sum()))
    return [int(d) for d in np.diff(dims)]


X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)
DIAGONAL = (1, 1, 1)
GOLDEN_AXIS = (0.5 * (5**0.5 - 1), 1, 0)
"""A fivefold axis of the icosahedron with twofold axes along x, y and z."""


@dataclass(frozen=True)
class Row:
    """A group in two forms, as the project builds it and as matrices, and its commutant by weight."""

    symmetry: Callable[[], Symmetry]
    unitaries: Callable[[], Sequence[Any]]
    weights: tuple[int, ...]
    hermitian: Callable[[], Sequence[Any]] = tuple


def motions(n: int, *elements: tuple[Any, float, bool], parity: int | None = None) -> Callable[[], list[Any]]:
    """Spin rotations of all qubits except the parity qubit, with Z on that one for improper elements."""
    turning = [q for q in range(n) if q != parity]

    def build() -> list[Any]:
        out = []
        for axis, angle, improper in elements:
            matrix = on_qubits(turn(axis, angle), turning, n)
            if improper and parity is not None:
                matrix = on_qubits(np.diag([1, -1]), [parity], n) @ matrix
            out.append(matrix)
        return out

    return build


S3 = [(0, 1)], [(0, 1, 2)]
SWAPS = [(1, 0, 2), (1, 2, 0)]
EACH_H = {f"h{q}": f"sqrt(2)/2*X{q} + sqrt(2)/2*Z{q}" for q in range(3)}
CX = "1/2*(1 + Z0 + X1 - Z0 X1)"
TURN_3 = 2 * pi / 3

ROWS: dict[str, Row] = {
    "C_2, 3 qubits": Row(lambda: point_symmetry(3, "C_2"), motions(3, (Z, pi, False)), (1, 3, 15, 13)),
    "C_3": Row(lambda: point_symmetry(3, "C_3"), motions(3, (Z, TURN_3, False)), (1, 3, 9, 9)),
    "C_3 about x": Row(lambda: point_symmetry(3, "C_3", "x"), motions(3, (X, TURN_3, False)), (1, 3, 9, 9)),
    "C_3 about (1, 1, 1)": Row(
        lambda: point_symmetry(3, "C_3", (1, 1, 1)), motions(3, (DIAGONAL, TURN_3, False)), (1, 3, 9, 9)
    ),
    "C_4": Row(lambda: point_symmetry(3, "C_4"), motions(3, (Z, pi / 2, False)), (1, 3, 9, 7)),
    "C_5 about (1, 2, 2), 2 qubits": Row(
        lambda: point_symmetry(2, "C_5", (1, 2, 2)), motions(2, ((1, 2, 2), 2 * pi / 5, False)), (1, 2, 3)
    ),
    "D_2": Row(lambda: point_symmetry(3, "D_2"), motions(3, (Z, pi, False), (X, pi, False)), (1, 0, 9, 6)),
    "D_3": Row(
        lambda: point_symmetry(3, "D_3"), motions(3, (Z, TURN_3, False), (X, pi, False)), (1, 0, 6, 4)
    ),
    "T": Row(
        lambda: point_symmetry(3, "T"), motions(3, (Z, pi, False), (DIAGONAL, TURN_3, False)), (1, 0, 3, 2)
    ),
    "T_d without parity": Row(
        lambda: point_symmetry(3, "Td"),
        motions(3, (Z, 3 * pi / 2, True), (DIAGONAL, TURN_3, False)),
        (1, 0, 3, 1),
    ),
    "T_d with parity": Row(
        lambda: point_symmetry(3, "Td", parity=1),
        motions(3, (Z, 3 * pi / 2, True), (DIAGONAL, TURN_3, False), parity=1),
        (1, 1, 1, 1),
    ),
    "O": Row(
        lambda: point_symmetry(3, "O"),
        motions(3, (Z, pi / 2, False), (DIAGONAL, TURN_3, False)),
        (1, 0, 3, 1),
    ),
    "O_h with parity": Row(
        lambda: point_symmetry(3, "Oh", parity=2),
        motions(3, (Z, pi / 2, False), (DIAGONAL, TURN_3, False), (Z, 0, True), parity=2),
        (1, 1, 1, 1),
    ),
    "I": Row(
        lambda: point_symmetry(3, "I"),
        motions(3, (GOLDEN_AXIS, 2 * pi / 5, False), (Z, pi, False), (X, pi, False)),
        (1, 0, 3, 1),
    ),
    "C_3v with parity": Row(
        lambda: point_symmetry(3, "C3v", parity=2),
        motions(3, (Z, TURN_3, False), (Y, pi, True), parity=2),
        (1, 1, 6, 4),
    ),
    "C_3v without parity": Row(
        lambda: point_symmetry(3, "C3v"), motions(3, (Z, TURN_3, False), (Y, pi, True)), (1, 0, 6, 4)
    ),
    "D_3h with parity": Row(
        lambda: point_symmetry(3, "D3h", parity=0),
        motions(3, (Z, TURN_3, False), (X, pi, False), (Z, pi, True), parity=0),
        (1, 1, 2, 2),
    ),
    "S_4 with parity": Row(
        lambda: point_symmetry(3, "S4", parity=2), motions(3, (Z, 3 * pi / 2, True), parity=2), (1, 3, 5, 7)
    ),
    "mirror x": Row(lambda: mirror(3, "x", parity=2), motions(3, (X, pi, True), parity=2), (1, 3, 15, 13)),
    "mirror (1, 1, 0), 2 qubits": Row(
        lambda: mirror(2, (1, 1, 0)), motions(2, ((1, 1, 0), pi, True)), (1, 2, 5)
    ),
    "U(1) about x": Row(lambda: U1(3, "x"), list, (1, 3, 9, 7), lambda: [spin(X, 3)]),
    "U(1) about (1, 1, 0)": Row(lambda: U1(3, (1, 1, 0)), list, (1, 3, 9, 7), lambda: [spin((1, 1, 0), 3)]),
    "U(1) about (1, 2, 2), 2 qubits": Row(
        lambda: U1(2, (1, 2, 2)), list, (1, 2, 3), lambda: [spin((1, 2, 2), 2)]
    ),
    "charge of two qubits": Row(
        lambda: charge(3, "Z0 + 2*Z1"), list, (1, 5, 7, 3), lambda: [string("ZII") + 2 * string("IZI")]
    ),
    "charge Z0 Z1": Row(lambda: charge(3, "Z0 Z1"), list, (1, 5, 11, 15), lambda: [string("ZZI")]),
    "charge Z0 Z1 + Z1 Z2": Row(
        lambda: charge(3, "Z0 Z1 + Z1 Z2"), list, (1, 3, 7, 13), lambda: [string("ZZI") + string("IZZ")]
    ),
    "charge X0 X1 + 1/2*Z0 Z1": Row(
        lambda: charge(2, "X0 X1 + 1/2*Z0 Z1"), list, (1, 0, 3), lambda: [string("XX") + string("ZZ") / 2]
    ),
    "Pauli X0 X1 X2": Row(lambda: pauli_symmetry(3, "X0 X1 X2"), lambda: [string("XXX")], (1, 3, 15, 13)),
    "Pauli X0 X1, Z0 Z1": Row(
        lambda: pauli_symmetry(2, "X0 X1", "Z0 Z1"), lambda: [string("XX"), string("ZZ")], (1, 0, 3)
    ),
    "Pauli Y0 Z2, X1": Row(
        lambda: pauli_symmetry(3, "Y0 Z2", "X1"), lambda: [string("YIZ"), string("IXI")], (1, 3, 7, 5)
    ),
    "a Hadamard on each": Row(
        lambda: unitaries(3, **EACH_H), lambda: [on_qubits(HADAMARD, [q], 3) for q in range(3)], (1, 3, 3, 1)
    ),
    "a Hadamard on all": Row(
        lambda: unitaries(3, h=list(EACH_H.values())),
        lambda: [on_qubits(HADAMARD, [0, 1, 2], 3)],
        (1, 3, 15, 13),
    ),
    "Clifford on each of two": Row(
        lambda: unitaries(
            2,
            h=[EACH_H["h0"], EACH_H["h1"]],
            s=["(1/2 + 1/2*i)*I + (1/2 - 1/2*i)*Z0", "(1/2 + 1/2*i)*I + (1/2 - 1/2*i)*Z1"],
        ),
        lambda: [on_qubits(HADAMARD, [0, 1], 2), on_qubits(np.diag([1, 1j]), [0, 1], 2)],
        (1, 0, 1),
    ),
    "an eighth of a phase": Row(
        lambda: unitaries(2, t="(1/2 + 1/2*exp(i*pi/4))*I + (1/2 - 1/2*exp(i*pi/4))*Z0"),
        lambda: [on_qubits(np.diag([1, np.exp(1j * pi / 4)]), [0], 2)],
        (1, 4, 3),
    ),
    "CX": Row(lambda: unitaries(2, cx=CX), lambda: [cnot(0, 1, 2)], (1, 2, 7)),
    "CX among three": Row(lambda: unitaries(3, cx=CX), lambda: [cnot(0, 1, 3)], (1, 5, 13, 21)),
    "CX and a Hadamard": Row(
        lambda: unitaries(2, cx=CX, h=EACH_H["h0"]),
        lambda: [cnot(0, 1, 2), on_qubits(HADAMARD, [0], 2)],
        (1, 1, 1),
    ),
    "U(1) x S_3": Row(
        lambda: U1(3) * permutations(3, *S3),
        lambda: [swap(s) for s in SWAPS],
        (1, 1, 2, 2),
        lambda: [spin(Z, 3)],
    ),
    "C_4 x S_3": Row(
        lambda: point_symmetry(3, "C_4") * permutations(3, *S3),
        lambda: [*motions(3, (Z, pi / 2, False))(), *map(swap, SWAPS)],
        (1, 1, 2, 2),
    ),
    "I x S_3": Row(
        lambda: permutations(3, *S3) * point_symmetry(3, "I"),
        lambda: [
            *motions(3, (GOLDEN_AXIS, 2 * pi / 5, False), (Z, pi, False), (X, pi, False))(),
            *map(swap, SWAPS),
        ],
        (1, 0, 1, 0),
    ),
    "Pauli X0 X1 X2 x U(1) x S_3": Row(
        lambda: U1(3) * permutations(3, *S3) * pauli_symmetry(3, "X0 X1 X2"),
        lambda: [string("XXX"), *map(swap, SWAPS)],
        (1, 0, 2, 0),
        lambda: [spin(Z, 3)],
    ),
    "each Pauli X, and shifts": Row(
        lambda: pauli_symmetry(3, "X0", "X1", "X2") * permutations(3, [(0, 1, 2)]),
        lambda: [string("XII"), string("IXI"), string("IIX"), swap((1, 2, 0))],
        (1, 1, 1, 1),
    ),
    "a Hadamard on each, and shifts": Row(
        lambda: unitaries(3, **EACH_H) * permutations(3, [(0, 1, 2)]),
        lambda: [*(on_qubits(HADAMARD, [q], 3) for q in range(3)), swap((1, 2, 0))],
        (1, 1, 1, 1),
    ),
    "U(1) and a mirror that holds the axis": Row(
        lambda: U1(3, qubits=[0, 1]) * mirror(3, "x", qubits=[0, 1], parity=2),
        motions(3, (X, pi, True), parity=2),
        (1, 1, 6, 4),
        lambda: [np.kron(I2, spin(Z, 2))],
    ),
    "CX and its charge": Row(
        lambda: unitaries(2, cx=CX) * charge(2, "Z0"),
        lambda: [cnot(0, 1, 2)],
        (1, 2, 3),
        lambda: [string("ZI")],
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_rows_come_from_matrices(row: Row) -> None:
    unitaries, hermitian = row.unitaries(), row.hermitian()
    for matrix in unitaries:
        assert np.allclose(matrix @ matrix.conj().T, np.eye(len(matrix)))
    assert weights_of_commutant(row.symmetry().num_qubits, unitaries, hermitian) == list(row.weights)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_weights(row: Row, method: str) -> None:
    symmetry = row.symmetry()
    basis = derive_basis(symmetry, symmetry.num_qubits, method)
    assert basis.by_weight == dict(enumerate(row.weights))
    assert basis.dim + 1 == sum(row.weights)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_smaller_locality_keeps_the_lower_weights(row: Row) -> None:
    symmetry = row.symmetry()
    for locality in range(1, symmetry.num_qubits):
        for method in METHODS:
            basis = derive_basis(symmetry, locality, method)
            assert basis.by_weight == dict(enumerate(row.weights[: locality + 1])), method


def test_negative_control_the_dense_route_tells_groups_apart() -> None:
    """Another axis of the same order has the same dimensions; another order, a lost parity or generator do not."""
    weights = {name: row.weights for name, row in ROWS.items()}
    assert weights["C_3"] == weights["C_3 about x"] != weights["C_4"]
    assert weights["T_d without parity"] != weights["T_d with parity"]
    two = motions(3, (Z, 2 * pi / 3, False), (X, pi, False))()
    assert weights_of_commutant(3, two) == list(weights["D_3"])
    assert weights_of_commutant(3, two[:1]) != list(weights["D_3"])
