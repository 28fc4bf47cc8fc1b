"""Counts by characters alone: golden tables, agreement with the null space for every kind of factor, limits."""

from collections.abc import Callable
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eqcompile as eq
from eqcompile.derivation.compare import compare_methods, derive_basis
from eqcompile.derivation.witness import by_weight as characters
from eqcompile.derivation.witness.by_weight import count_by_weight, why_none
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images
from eqcompile.symmetry.make import (
    SU2,
    U1,
    charge,
    mirror,
    pauli_symmetry,
    permutations,
    point_symmetry,
    unitaries,
)
from eqcompile.symmetry.symmetry import Symmetry


def symmetric(n: int) -> Symmetry:
    return permutations(n, [(0, 1)], [tuple(range(n))])


def shifts(n: int) -> Symmetry:
    return permutations(n, [tuple(range(n))])


FAMILIES: dict[str, Callable[[int], Symmetry]] = {
    "SU(2)": SU2,
    "S_n": symmetric,
    "SU(2) x S_n": lambda n: SU2(n) * symmetric(n),
    "U(1)": U1,
    "C_n": shifts,
}

# Computed independently of this code. Closed forms: Catalan, C(n + 3, 3), floor(n / 2) + 1, C(2 n, n).
DIMENSIONS = {
    "SU(2)": {2: 2, 3: 5, 4: 14, 5: 42, 6: 132, 7: 429, 8: 1430},
    "S_n": {2: 10, 3: 20, 4: 35, 5: 56, 6: 84, 7: 120, 8: 165},
    "SU(2) x S_n": {2: 2, 3: 2, 4: 3, 5: 3, 6: 4, 7: 4, 8: 5},
    "U(1)": {2: 6, 3: 20, 4: 70, 5: 252, 6: 924, 7: 3432, 8: 12870},
    "C_n": {3: 24, 4: 70, 5: 208, 6: 700},
}

BY_WEIGHT = {
    "SU(2)": [1, 0, 6, 4, 3],
    "S_n": [1, 3, 6, 10, 15],
    "SU(2) x S_n": [1, 0, 1, 0, 1],
    "U(1)": [1, 4, 18, 28, 19],
    "C_n": [1, 3, 15, 27, 24],
}

MODELS = {
    "lih": [1, 0, 6, 4, 3],
    "water": [1, 0, 4, 2, 3],
    "water_dimer": [1, 1, 5, 7, 13, 15, 9, 5],
}


@pytest.mark.parametrize(
    ("name", "n", "dim"), [(f, n, d) for f, row in DIMENSIONS.items() for n, d in row.items()]
)
def test_dimension(name: str, n: int, dim: int) -> None:
    assert sum(count_by_weight(FAMILIES[name](n), n).values()) == dim


@pytest.mark.parametrize("name", BY_WEIGHT)
def test_weights(name: str) -> None:
    assert count_by_weight(FAMILIES[name](4), 4) == dict(enumerate(BY_WEIGHT[name]))


@pytest.mark.parametrize("name", MODELS)
def test_models_of_the_paper(models_symmetry: Callable[[str], Symmetry], name: str) -> None:
    weights = MODELS[name]
    assert count_by_weight(models_symmetry(name), len(weights) - 1) == dict(enumerate(weights))


def hadamard(q: int) -> str:
    return f"sqrt(2)/2*X{q} + sqrt(2)/2*Z{q}"


def phase(q: int) -> str:
    return f"(1+i)/2 + (1-i)/2*Z{q}"


SWAP = "1/2*(1 + H(0,1))"
GROUPS = {
    "trivial": Symmetry(3),
    "U(1) about an axis": U1(3, (1, 1, 0)),
    "U(1)s on one qubit each": U1(3, qubits=[0]) * U1(3, "x", qubits=[1]),
    "U(1) and another axis elsewhere": U1(4, (1, 2, 2), [0, 1]) * U1(4, "x", [2]),
    "charge": charge(3, "Z0 - 2/3*X1 + 1/2*Y2"),
    "charge of either sign, exchanged": charge(2, "Z0 - Z1") * permutations(2, [(0, 1)]),
    "two charges": charge(3, "Z0 + Z1") * charge(3, "Z1 + Z2"),
    "C_3 about x": point_symmetry(3, "C_3", "x"),
    "C_5 about a diagonal": point_symmetry(2, "C_5", (1, 1, 1)),
    "D_4": point_symmetry(3, "D_4"),
    "T_d": point_symmetry(3, "Td"),
    "O_h with parity": point_symmetry(4, "Oh", parity=3),
    "I": point_symmetry(3, "I"),
    "mirror": mirror(3, "x", parity=2),
    "Paulis": pauli_symmetry(4, "X0 X1 X2 X3", "Z0 Z1 Z2 Z3", "Y0 Y1 Y2 Y3"),
    "Hadamards": unitaries(3, h=[hadamard(q) for q in range(3)]),
    "Cliffords of one qubit": unitaries(2, h=[hadamard(0), hadamard(1)], s=[phase(0), phase(1)]),
    "swap as a unitary": unitaries(3, swap=SWAP),
    "swap and turns as a unitary": unitaries(3, u=[SWAP, "X0", "Z2"]),
    "swap as a unitary, and permutations": unitaries(3, swap=SWAP) * permutations(3, [(0, 1)]),
    "U(1) and flips": U1(4) * pauli_symmetry(4, "X0 X1 X2 X3") * shifts(4),
    "U(1) and half a turn": U1(3) * point_symmetry(3, "C_2", "x"),
    "SU(2) and a point group": SU2(3) * point_symmetry(3, "O"),
    "SU(2) and a swap as a unitary": unitaries(3, swap=SWAP) * SU2(3),
    "SU(2) of two pairs": SU2(4, [0, 1]) * SU2(4, [2, 3]),
    "nested SU(2)": SU2(4) * SU2(4, [0, 1]),
    "SU(2) inside U(1)": SU2(4, [0, 1]) * U1(4),
    "point group and permutations": point_symmetry(4, "D3h", parity=3) * permutations(4, [(0, 1, 2)]),
    "point group and all permutations": point_symmetry(3, "D_3") * symmetric(3),
}


@pytest.mark.parametrize("name", GROUPS)
def test_agreement_with_the_null_space(name: str) -> None:
    symmetry = GROUPS[name]
    n = symmetry.num_qubits
    assert count_by_weight(symmetry, n) == derive_basis(symmetry, n).by_weight


@given(st.lists(st.permutations(range(4)).map(tuple), min_size=1, max_size=2), st.sampled_from("tus"))
def test_agreement_on_random_permutations(
    permuted: Callable[..., Symmetry], generators: list[Images], onsite: str
) -> None:
    symmetry = permuted(4, *generators) * {"t": Symmetry(4), "u": U1(4), "s": SU2(4)}[onsite]
    assert count_by_weight(symmetry, 3) == derive_basis(symmetry, 3).by_weight


@pytest.mark.parametrize("name", ["S_n", "SU(2) x S_n"])
def test_symmetric_powers_say_what_the_list_says(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    short = count_by_weight(FAMILIES[name](5), 5)
    monkeypatch.setattr(characters, "_symmetric_orbits", lambda *arguments: None)
    assert count_by_weight(FAMILIES[name](5), 5) == short


def test_a_wrong_count_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Weyl's measure, the average is over the torus, as for U(1), and the comparison shows it."""
    assert compare_methods(SU2(3), 3)
    monkeypatch.setattr(
        characters, "_average", lambda value, spins, torus: value.coefficient((0,) * torus.num_variables)
    )
    assert compare_methods(SU2(3), 3).differing == ("characters",)
    assert count_by_weight(SU2(3), 3) == count_by_weight(U1(3), 3)


def test_large_registers() -> None:
    """Closed forms: Riordan numbers for SU(2), pairs by distance for shifts, multisets for S_n."""
    spins = count_by_weight(SU2(30), 30)
    assert sum(spins.values()) == comb(60, 30) // 31
    assert spins[4] == 3 * comb(30, 4)
    assert count_by_weight(SU2(1000) * shifts(1000), 2) == {0: 1, 1: 0, 2: 500}
    assert count_by_weight(symmetric(1000), 3) == {w: comb(w + 2, 2) for w in range(4)}


def flips(first: int, last: int) -> Symmetry:
    """X on each of some of 16 qubits."""
    return pauli_symmetry(16, *(PauliSum.string(16, {q: "X"}) for q in range(first, last)))


def wreath_by_pairs(n: int) -> Symmetry:
    """S_(n/2) with its qubits in pairs: not a product of symmetric groups of qubits."""
    turn = [tuple(range(0, n, 2)), tuple(range(1, n, 2))]
    return permutations(n, [(0, 2), (1, 3)], turn)


REFUSED = {
    "charge of two qubits": (
        charge(3, "Z0 Z1 + Z1 Z2"),
        MethodError,
        "Z1 Z2 entangles them; use the null space",
    ),
    "CX": (unitaries(2, cx="1/2*(1 + Z0 + X1 - Z0 X1)"), MethodError, "group of cx entangles them"),
    "not normalising": (SU2(3, [0, 1]) * permutations(3, [(1, 2)]), MethodError, "SU(2) and (1 2) do not"),
    "permutations": (wreath_by_pairs(20), LimitError, "on 20 qubits the limit is 50000"),
    "strings": (flips(0, 16), LimitError, "has more than 50000 strings, which is the limit"),
    "turns": (
        flips(0, 10) * flips(10, 16),
        LimitError,
        "over 65536 elements that turn qubits; the limit is 50000",
    ),
}


@pytest.mark.parametrize(("symmetry", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(symmetry: Symmetry, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        count_by_weight(symmetry, 2)
    assert message in str(caught.value)


def test_work_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    symmetry = U1(6) * pauli_symmetry(6, "X0 X1 X2 X3 X4 X5") * shifts(6)
    assert count_by_weight(symmetry, 2) == derive_basis(symmetry, 2).by_weight
    monkeypatch.setattr(characters, "MAX_PAIRS", 7)
    with pytest.raises(LimitError, match="over 8 pairs of a turn and a cycle type; the limit is 7"):
        count_by_weight(symmetry, 6)
    monkeypatch.setattr(characters, "MAX_MONOMIALS", 4)
    with pytest.raises(
        LimitError, match="5 monomials in the angles of the group; the limit is 4, so choose a smaller"
    ):
        count_by_weight(U1(6), 2)


@pytest.mark.parametrize("locality", [0, 4])
def test_locality_must_fit(locality: int) -> None:
    with pytest.raises(DimensionError, match=f"locality {locality} is not between 1 and the 3 qubits"):
        count_by_weight(SU2(3), locality)


def test_why_there_is_none() -> None:
    """SU(2) needs two-body terms; the full Pauli group leaves only the identity."""
    first = "no operator on 1 qubit is invariant"
    assert why_none(eq.SU2(3), 1) == f"{first}; the smallest locality that allows one is 2"
    paulis = eq.pauli_symmetry(2, "X0", "Z0", "X1", "Z1")
    irreducible = "the register is irreducible; use more qubits or a smaller group"
    assert why_none(paulis, 1) == f"{first}: {irreducible}"
    assert why_none(paulis, 2) == f"no operator on up to 2 qubits is invariant: {irreducible}"
