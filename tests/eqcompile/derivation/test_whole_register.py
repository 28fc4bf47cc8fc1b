"""The dimension of the whole commutant from traces, also for groups that entangle qubits."""

import pytest

from eqcompile.derivation.compare import compare_methods, derive_basis
from eqcompile.derivation.witness import whole_register as whole_character
from eqcompile.derivation.witness.whole_register import count_all
from eqcompile.errors import LimitError, MethodError
from eqcompile.symmetry.make import (
    SU2,
    U1,
    charge,
    inversion,
    pauli_symmetry,
    permutations,
    point_symmetry,
    unitaries,
)
from eqcompile.symmetry.symmetry import Symmetry

CX = "1/2*(1 + Z0 + X1 - Z0 X1)"
CZ = "1/2*(1 + Z0 + Z1 - Z0 Z1)"
SWAP = "1/2*(1 + H(0,1))"

GROUPS = {
    "trivial": Symmetry(2),
    "CX": unitaries(2, cx=CX),
    "CX on three qubits": unitaries(3, cx=CX),
    "CZ and the swap": unitaries(2, cz=CZ, swap=SWAP),
    "CZ and Paulis": unitaries(2, cz=CZ) * pauli_symmetry(2, "Z0", "Z1"),
    "CZ and U(1)": unitaries(3, cz=CZ) * U1(3),
    "CZ and permutations": unitaries(3, cz=CZ) * permutations(3, [(0, 1)]),
    "charge of two qubits": charge(3, "Z0 Z1 + Z1 Z2"),
    "charge with fractions": charge(3, "1/2*X0 X1 - 2/3*Z2"),
    "two charges": charge(3, "Z0 Z1") * charge(3, "Z1 Z2 + X0 X1 X2"),
    "charge and inversion": charge(3, "X0 X1") * inversion(3, parity=2),
    "SU(2) and its own charge": SU2(3) * charge(3, "X2 X1 + Y2 Y1 + Z2 Z1"),
    "SU(2)": SU2(3),
    "SU(2) and permutations": SU2(4) * permutations(4, [(0, 1)], [(0, 1, 2, 3)]),
    "SU(2) elsewhere": SU2(4, [2, 3]) * charge(4, "Z0 Z1") * unitaries(4, cz=CZ),
    "U(1) about an axis": U1(3, (1, 1, 0)),
    "point group with parity": point_symmetry(3, "D3h", parity=2),
}


@pytest.mark.parametrize("name", GROUPS)
def test_agreement_with_the_null_space(name: str) -> None:
    symmetry = GROUPS[name]
    assert count_all(symmetry) == derive_basis(symmetry, symmetry.num_qubits).dim + 1


def test_a_wrong_count_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = compare_methods(GROUPS["CX"], 2)
    assert comparison
    assert [outcome.dimension for outcome in comparison.outcomes] == [10, 10, 10, 10]
    assert comparison.outcomes[-1].by_weight is None
    monkeypatch.setattr(whole_character, "_absolute_square", lambda torus, element: torus[0, 0])
    assert compare_methods(GROUPS["CX"], 2).differing == ("characters",)


@pytest.mark.parametrize(
    ("symmetry", "error", "message"),
    [
        (SU2(3) * point_symmetry(3, "O"), MethodError, r"factors that commute with SU\(2\); use the null space"),
        (SU2(3) * U1(3), MethodError, r"factors that commute with SU\(2\)"),
        (unitaries(2, cx=CX) * charge(2, "Y0 Y1"), MethodError, "normalise one another"),
        (permutations(6, [(0, 1)], [tuple(range(6))]), LimitError, "720 elements on 6 qubits, each with 4.6 entries"),
    ],
    ids=["point group", "U(1)", "not normalising", "large"],
)  # fmt: skip
def test_what_is_refused(symmetry: Symmetry, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        count_all(symmetry)
