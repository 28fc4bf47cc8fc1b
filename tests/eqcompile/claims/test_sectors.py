"""Weights of a state in the sectors of a group: golden values, dense projectors, laws, and what is not decided."""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import factorial

import numpy as np
import pytest
from qiskit import QuantumCircuit

import eqcompile as eq
from eqcompile.claims.of_model.sectors import SectorWeights
from eqcompile.errors import DimensionError, MethodError, SpecError
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, to_complex
from eqcompile.numeric.dense import matrix_of
from eqcompile.symmetry.symmetry import Symmetry

THIRD = eq.permutation_group(3, eq.symmetric(3))


def claim(symmetry: Symmetry, text: str) -> SectorWeights:
    return SectorWeights(symmetry, eq.ExactState.parse(text, symmetry.num_qubits))


GOLDEN = [
    # Clebsch-Gordan: |01> is half singlet, half triplet; of |010> two thirds have spin 1/2, by <S1.S2> = 1/4 - 1/2 P.
    (eq.SU2(2), "|01>", "j = 0: 1/2; j = 1: 1/2"),
    (eq.SU2(3), "|010>", "j = 1/2: 2/3; j = 3/2: 1/3"),
    # The Dicke state of two up in four has weight 1/6 in |0101>; the mean of J^2 is 4 (3/4) + 2 (1/2) - 4 (1/2) = 2.
    (eq.SU2(4), "|0101>", "j = 0: 1/3; j = 1: 1/2; j = 2: 1/6"),
    (eq.charge(3, "Z0 + Z1 + Z2"), "|001> + |011> + |111>", "Q = -3: 1/3; Q = -1: 1/3; Q = 1: 1/3"),
    (eq.U1(2), "|+0>", "T_z = 0: 1/2; T_z = 1: 1/2"),
    # Symmetric functions of three objects: the trivial and the standard representation.
    (THIRD, "|001>", "chi_1 of dimension 1: 1/3; chi_3 of dimension 2: 2/3"),
    (THIRD, "|001> - |010>", "chi_3 of dimension 2: 1"),
    # The three momenta of a ring.
    (
        eq.permutation_group(3, eq.cyclic(3)),
        "|001>",
        "chi_1 of dimension 1: 1/3; chi_2 of dimension 1: 1/3; chi_3 of dimension 1: 1/3",
    ),
    # X and Z of one qubit generate D_4, whose two-dimensional representation it is.
    (eq.pauli_symmetry(1, "X0", "Z0"), "|0>", "chi_5 of dimension 2: 1"),
    (eq.pauli_symmetry(2, "X0 X1"), "|00>", "chi_1 of dimension 1: 1/2; chi_2 of dimension 1: 1/2"),
    # Young: spin and permutations of two objects go together.
    (
        eq.SU2(2) * eq.permutations(2, [(0, 1)]),
        "|01>",
        "j = 0, chi_2 of dimension 1: 1/2; j = 1, chi_1 of dimension 1: 1/2",
    ),
    (Symmetry(2), "|01>", "chi_1 of dimension 1: 1"),
]


@pytest.mark.parametrize(("symmetry", "text", "detail"), GOLDEN, ids=lambda value: str(value))
def test_golden_weights(symmetry: Symmetry, text: str, detail: str) -> None:
    finding = claim(symmetry, text).decide()
    assert (finding.verdict, finding.detail) == ("proven", detail)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_spins_of_half_filling(m: int) -> None:
    """Two collective spins m/2, one up and one down: Clebsch-Gordan gives (2j+1) m!^2 / ((m-j)! (m+j+1)!)."""
    found = claim(eq.SU2(2 * m), f"|{'01' * m}>").evidence()["sectors"]
    expected = [
        [[str(j)], 0, str(Fraction((2 * j + 1) * factorial(m) ** 2, factorial(m - j) * factorial(m + j + 1)))]
        for j in range(m + 1)
    ]
    assert found == expected


@pytest.mark.parametrize("size", [2, 3, 4])
def test_spins_are_those_of_the_dense_casimir(size: int) -> None:
    """Eigenprojectors of J^2 from floating-point diagonalisation."""
    symmetry = eq.SU2(size)
    casimir = sum(np.linalg.matrix_power(matrix_of(g.operator), 2) for g in symmetry.lie_generators)
    values, vectors = np.linalg.eigh(casimir)
    for bits in product("01", repeat=size):
        text = f"|{''.join(bits)}> + 2*|{'0' * (size - 1)}1>"
        state = eq.ExactState.parse(text, size)
        psi = np.zeros(1 << size, complex)
        for place, value in state.amplitudes.items():
            psi[place] = to_complex(value)
        psi /= np.linalg.norm(psi)
        for (j,), _, weight in SectorWeights(symmetry, state).evidence()["sectors"]:
            spin = float(eq.PauliSum.parse(f"{j}*I", 1).coefficient((0, 0)).x)
            inside = vectors[:, np.isclose(values, spin * (spin + 1))]
            dense = np.linalg.norm(inside.conj().T @ psi) ** 2
            assert float(eq.PauliSum.parse(f"{weight}*I", 1).coefficient((0, 0)).x) == pytest.approx(dense)


@pytest.mark.parametrize(
    ("symmetry", "text"),
    [
        (eq.permutation_group(4, eq.symmetric(4)), "|0011> + 2*|0100>"),
        (eq.permutation_group(5, eq.dihedral(5)), "|00110> - i*|01000>"),
        (eq.permutation_group(5, eq.cyclic(5)), "|00110> - i*|01000>"),
        (eq.point_symmetry(2, "T"), "|00> + i*|01>"),
        (eq.unitaries(2, hadamards=["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "sqrt(2)/2*X1 + sqrt(2)/2*Z1"]), "|01>"),
        (eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)]), "|0100> + |0110>"),
    ],
    ids=str,
)
def test_elements_of_the_group_keep_every_weight(symmetry: Symmetry, text: str) -> None:
    state = eq.ExactState.parse(text, symmetry.num_qubits)
    sectors = SectorWeights(symmetry, state).evidence()["sectors"]
    assert sectors
    for generator in symmetry.finite_generators:
        moved = generator.on_qubits.apply(state)
        assert SectorWeights(symmetry, moved).evidence()["sectors"] == sectors
    other = eq.ExactState(state.num_qubits, {**state.amplitudes, 0: ONE + state.amplitudes.get(0, ZERO)})
    assert SectorWeights(symmetry, other).evidence()["sectors"] != sectors


@pytest.mark.parametrize(
    ("symmetry", "text", "reason"),
    [
        (eq.U1(2) * eq.pauli_symmetry(2, "X0 X1"), "|01>", r"X0 X1 does not commute with T_z, so that the"),
        (eq.permutation_group(6, eq.symmetric(6)), "|000001>", r"a group of more than 500 elements"),
        (eq.SU2(13), "|0000000000001>", r"the sectors of 13 qubits; the limit is 12"),
        (eq.U1(2, axis=(1, 1, 0)), "|01>", r"irrational eigenvalues|irrational coefficients"),
    ],
    ids=str,
)
def test_where_there_is_no_decomposition_one_line_says_so(symmetry: Symmetry, text: str, reason: str) -> None:
    certificate = eq.verify(eq.ExactState.parse(text), symmetry, sectors=True)
    assert certificate.demanded == ("sectors",)
    (finding,) = certificate.findings
    assert finding.verdict == certificate.verdict == "not decided"
    assert not certificate
    assert re.search(reason, finding.detail), finding.detail
    assert eq.Certificate.from_json(certificate.to_json()) == certificate


def test_the_state_of_a_spec_is_asked_for(
    spec: Callable[[str], eq.Spec], program: Callable[[str], eq.Program]
) -> None:
    water = spec("water")
    found = eq.verify(water, sectors=True)
    assert found.findings[0].evidence["sectors"] == [[["0"], 0, "1"]]
    assert found.findings[0].detail == "j = 0, chi_1 of dimension 1: 1"
    assert eq.verify(program("water"), sectors=True).findings == found.findings
    assert [f.key for f in eq.verify(water).findings].count("sectors") == 0


def test_what_has_no_state_has_no_sectors(spec: Callable[[str], eq.Spec]) -> None:
    for target in (eq.PauliSum.parse("H(0,1)", 2), QuantumCircuit(2)):
        with pytest.raises(MethodError, match="sectors belong to a state, or to a spec that declares one"):
            eq.verify(target, eq.SU2(2), sectors=True)
    with pytest.raises(
        MethodError, match="strict is about the phases of what is invariant, and sectors are weights"
    ):
        eq.verify(spec("water"), sectors=True, strict=True)
    bare = eq.loads("{name: s, qubits: 2, symmetry: [{rotation: SU(2)}]}")
    with pytest.raises(SpecError, match="no sectors without a state: declare one"):
        eq.verify(bare, sectors=True)
    with pytest.raises(DimensionError, match="the zero vector is no state"):
        eq.verify(eq.ExactState(2, {}), eq.SU2(2), sectors=True)
