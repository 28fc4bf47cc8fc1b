"""Symmetries built in Python: the same as from a spec, and clear about every mistake."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.exact.arithmetic.scalars import rational, square_root
from eqcompile.groups.rotation import IDENTITY_MATRIX
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.make import (
    SU2,
    U1,
    charge,
    inversion,
    mirror,
    pauli_symmetry,
    permutations,
    point_symmetry,
    unitaries,
    vector,
)
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor

DIMER = Path(__file__).parents[3] / "siqml" / "models" / "water_dimer.yaml"


def test_the_dimer_from_python_and_from_its_spec() -> None:
    swaps = eq.permutations(7, [(1, 2)], [(4, 5)], [(0, 3), (1, 4), (2, 5)])
    symmetry = eq.SU2(7, range(6)) * swaps * eq.inversion(7, parity=6)
    ours, declared = eq.derive(symmetry, 2), eq.derive(eq.load(DIMER), 2)
    assert ours.dim == 6
    assert ours.spans_same(declared)
    without = eq.derive(eq.SU2(7, range(6)) * swaps, 2)
    assert not without.spans_same(declared)


def test_operators_and_states_are_verified_against_it() -> None:
    water = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])
    assert eq.verify(eq.PauliSum.parse("H(1,2) + H(0,3)", 4), water)
    refused = eq.verify(eq.PauliSum.parse("H(1,2)", 4), water)
    assert not refused
    assert refused.counterexample is not None
    assert eq.verify(eq.ExactState.singlets(4, [(0, 1), (2, 3)]), water)
    assert not eq.verify(eq.ExactState(4, {0: 1}), water)


def test_what_each_one_builds() -> None:
    kinds = {
        SU2(3): RotationFactor,
        U1(3, "x"): AxialFactor,
        point_symmetry(3, "Td", parity=0): PointFactor,
        mirror(3, [1, 1, 1]): PointFactor,
        charge(3, "Z0 Z1 + Z2"): ChargeFactor,
        pauli_symmetry(3, "X0 X1 X2"): PauliFactor,
        unitaries(3, h="sqrt(2)/2*X0 + sqrt(2)/2*Z0"): UnitaryFactor,
    }
    for symmetry, kind in kinds.items():
        (factor,) = symmetry.factors
        assert type(factor) is kind
        assert symmetry.num_qubits == factor.num_qubits == 3


def test_qubits_that_turn() -> None:
    """All qubits except the parity qubit, unless they are named; a mirror turns by half a turn about its normal."""
    (point,) = point_symmetry(3, "C3v", parity=0).factors
    assert isinstance(point, PointFactor)
    assert (point.qubits, point.parity) == ((1, 2), 0)
    (named,) = point_symmetry(3, "C3v", qubits=[2], parity=0).factors
    assert isinstance(named, PointFactor)
    assert named.qubits == (2,)
    (reflection,) = mirror(3, "x", parity=2).finite_generators
    assert str(reflection.on_qubits.conjugate(eq.PauliSum.parse("X0 + Y0 + Z0 X1 + X2", 3))) == (
        "X0 - Y0 - X2 - Z0 X1"
    )
    assert all(matrix == IDENTITY_MATRIX for matrix in reflection.on_data.matrices)


def test_vectors() -> None:
    assert vector("z") == (0, 0, 1)
    assert vector(["sqrt(2)", Fraction(1, 3), -1]) == (square_root(2), rational(Fraction(1, 3)), -1)


def test_point_groups_on_the_same_qubits_are_one_group() -> None:
    (merged,) = (point_symmetry(3, "C_3") * point_symmetry(3, "C_2", "x")).factors
    assert isinstance(merged, PointFactor)
    assert (merged.name, merged.group.order) == ("C_3, C_2", 6)
    apart = point_symmetry(3, "C_3", qubits=[0]) * point_symmetry(3, "C_2", "x", qubits=[1])
    assert len(apart.factors) == 2


MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "SU2": (lambda: SU2(4, [4]), "qubit 4 is outside the register; qubits are 0 to 3"),
    "U1": (lambda: U1(4, qubits=[-1]), "qubit -1 is outside the register; qubits are 0 to 3"),
    "inversion": (lambda: inversion(2, 2), "qubit 2 is outside the register; qubits are 0 to 1"),
    "cycle outside": (
        lambda: permutations(3, [(0, 3)]),
        "qubit 3 is outside the register; qubits are 0 to 2",
    ),
    "no permutation": (
        lambda: permutations(3),
        "permutations need at least one generator, such as [(0, 1)]",
    ),
    "overlapping cycles": (
        lambda: permutations(3, [(0, 1), (1, 2)]),
        "the cycles [(0, 1), (1, 2)] name a qubit twice; cycles of one generator are disjoint",
    ),
    "turning qubit outside": (
        lambda: point_symmetry(2, "C_3", qubits=[2]),
        "qubit 2 is outside the register; qubits are 0 to 1",
    ),
    "parity qubit outside": (
        lambda: mirror(2, "x", parity=5),
        "qubit 5 is outside the register; qubits are 0 to 1",
    ),
    "parity qubit turns": (
        lambda: point_symmetry(3, "C3v", qubits=[0, 1], parity=1),
        "the parity qubit 1 also turns; name one that does not",
    ),
    "parity qubit of another turns": (
        lambda: mirror(3, "x", parity=2) * point_symmetry(3, "C_2"),
        "qubit 2 is the parity qubit of mirror x and does not turn, but C_2 turns it; "
        "name the qubits that turn there: qubits=[0, 1]",
    ),
    "parity qubit of the inversion turns": (
        lambda: SU2(3) * inversion(3, parity=0),
        "qubit 0 is the parity qubit of inversion and does not turn, but SU(2) turns it; "
        "name the qubits that turn there: qubits=[1, 2]",
    ),
    "parity qubit of a later factor turns about an axis": (
        lambda: U1(3, "x", qubits=[1, 2]) * permutations(3, [(0, 1)]) * point_symmetry(3, "C3h", parity=1),
        "qubit 1 is the parity qubit of C_3h and does not turn, but U(1) about x turns it; "
        "name the qubits that turn there: qubits=[2]",
    ),
    "two mirrors with a parity qubit each": (
        lambda: mirror(3, "x", parity=1) * mirror(3, "y", parity=2),
        "qubit 2 is the parity qubit of mirror y and does not turn, but mirror x turns it; "
        "name the qubits that turn there: qubits=[0]",
    ),
    "axis by name": (
        lambda: U1(2, "w"),
        "'w' is not an axis; write x, y, z or three components such as [1, 1, 0]",
    ),
    "axis of two": (
        lambda: mirror(2, [1, 0]),
        "[1, 0] is not an axis; write x, y, z or three components such as [1, 1, 0]",
    ),
    "axis of a number": (
        lambda: vector(3),  # type: ignore[arg-type]
        "3 is not an axis; write x, y, z or three components such as [1, 1, 0]",
    ),
    "axis of zeros": (
        lambda: U1(2, [0, 0, 0]),
        "an axis of length zero has no direction; give at least one component",
    ),
    "axis of floats": (
        lambda: U1(2, [0.5, 0, 0]),  # type: ignore[list-item]
        '0.5 has been rounded; write a component exactly, such as "sqrt(3)/2"',
    ),
    "axis of words": (
        lambda: U1(2, ["north", 0, 0]),
        "'north' is not an exact component of an axis: name 'north' is not allowed; allowed: I, i, pi",
    ),
    "complex axis": (lambda: U1(2, ["i", 0, 0]), "'i' is not real; an axis has real components"),
    "irrational length": (
        lambda: U1(2, ["cos(pi/5)", 1, 0]),
        "an axis needs a rational squared length; choose rational components",
    ),
    "charge of another register": (
        lambda: charge(3, eq.PauliSum.parse("Z0", 2)),
        "Z0 acts on 2 qubits, the register has 3",
    ),
    "charge that does not commute": (
        lambda: charge(2, "Z0 + X0"),
        "the strings of a charge commute with one another; these do not",
    ),
    "no string": (lambda: pauli_symmetry(2), "a Pauli symmetry needs at least one string, such as 'X0 X1'"),
    "sum of strings": (
        lambda: pauli_symmetry(2, "X0 + X1"),
        "X0 + X1 is not one Pauli string; list the strings one by one",
    ),
    "identity string": (
        lambda: pauli_symmetry(2, "I"),
        "I is not one Pauli string; list the strings one by one",
    ),
    "no unitary": (
        lambda: unitaries(2),
        "a group of unitaries needs at least one generator, such as flip='X0'",
    ),
    "not unitary": (lambda: unitaries(2, g="X0 + Z0"), "X0 + Z0 is not unitary"),
    "not unitary in a list": (lambda: unitaries(2, g=["X0", "2*Z1"]), "2*Z1 is not unitary"),
    "point group": (
        lambda: point_symmetry(2, "D_3v"),
        "unknown point group 'D_3v'; known: C_1, C_s, C_i, C_n, C_nv, C_nh, D_n, D_nh, D_nd, S_2n, T, T_h, T_d, O, "
        "O_h, I, I_h",
    ),
    "two registers": (
        lambda: SU2(2) * U1(3),
        "only symmetries of the same register and the same sites can be combined",
    ),
    "factor of another register": (
        lambda: Symmetry(3, factors=U1(2).factors),
        "U(1) about z acts on 2 qubits, the symmetry on 3",
    ),
}


@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(eq.EqcompileError) as caught:
        make()
    assert str(caught.value) == message
