"""Clifford elements first: the same basis as without them, for random groups, and orbits as dense matrices say."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eqcompile.derivation.generators.nullspace as nullspace
from eqcompile.derivation.generators.basis import reduced
from eqcompile.derivation.generators.nullspace import invariants, nullspace_basis
from eqcompile.derivation.generators.signed_orbits import clifford_of, signed_orbits, turns_of_generators
from eqcompile.exact.operators.clifford import Clifford, quarter_turns
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.groups.permutation import images_from_cycles
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
from eqcompile.symmetry.maps import PauliUnitary, QubitMap, QubitPermutation
from eqcompile.symmetry.symmetry import Symmetry

N = 4
GAP = 1e-6
"""Between rounding and the smallest non-zero singular value of these small integer matrices."""

LETTERS = {"I": (0, 0), "X": (1, 0), "Y": (1, 1), "Z": (0, 1)}
CHARGES = ["Z0 + Z1 - 2*Z2", "X0 X1 + Z0 Z1", "Z0 Z1 + Z2 Z3", "1/3*Y0 - 1/2*Y1 + Z3", "X0 Y1"]
STRINGS = ["X0 X1", "Z0 Z1 Z2 Z3", "Y0 Y2", "Z3"]
CX = "1/2*(1 + Z0 + X1 - Z0 X1)"


def cases() -> dict[str, Symmetry]:
    symmetric = [(0, 1)], [tuple(range(N))]
    return {
        "SU(2)": SU2(N),
        "SU(2) x S_4": SU2(N) * permutations(N, *symmetric),
        "SU(2) x D_4 x C_i": SU2(N, [0, 1, 2]) * permutations(N, [(0, 1, 2)], [(0, 1)]) * inversion(N, 3),
        "S_4": permutations(N, *symmetric),
        "a dense turn and a quarter": point_symmetry(N, "C_4") * U1(N, (1, 2, 2)),
        "fifths of a turn": point_symmetry(N, "C_5") * permutations(N, [(0, 1)]),
        "octahedral": point_symmetry(N, "O"),
        "tetrahedral about another axis": point_symmetry(N, "T") * point_symmetry(N, "C_3", axis=(1, 1, 0)),
        "entangling": unitaries(N, cx=CX) * permutations(N, [(2, 3)]),
        "entangling with spins": unitaries(N, cz="1/2*(1 + Z0 + Z1 - Z0 Z1)") * SU2(N, [2, 3]),
        "charges": charge(N, CHARGES[0]) * charge(N, CHARGES[2]),
        "an irrational turn": U1(N, (1, 1, 0)),
        "strings": pauli_symmetry(N, *STRINGS),
    }


CASES = cases()


@st.composite
def symmetries(draw: st.DrawFn) -> Symmetry:
    """Spins, charges, strings, parity, point groups and permutations together, whether they normalise or not."""
    symmetry = Symmetry(N)
    parity = draw(st.booleans())
    turning = N - parity
    if draw(st.booleans()):
        symmetry *= SU2(N, sorted(draw(st.sets(st.integers(0, turning - 1), min_size=1))))
    for axis in draw(st.lists(st.sampled_from(["x", "z", (1, 1, 0), (1, 2, 2)]), max_size=1)):
        symmetry *= U1(N, axis, sorted(draw(st.sets(st.integers(0, turning - 1), min_size=1))))
    if draw(st.booleans()):
        symmetry *= charge(N, draw(st.sampled_from(CHARGES)))
    for text in draw(st.lists(st.sampled_from(STRINGS), max_size=2, unique=True)):
        symmetry *= pauli_symmetry(N, text)
    for symbol in draw(st.lists(st.sampled_from(["C_2", "C_3", "C_4", "D_2"]), max_size=1)):
        symmetry *= point_symmetry(N, symbol, qubits=list(range(turning)))
    for images in draw(st.lists(st.permutations(range(N)), max_size=2)):
        symmetry *= permutations(N, cycles(images))
    return symmetry * inversion(N, N - 1) if parity else symmetry


def cycles(images: list[int]) -> list[tuple[int, ...]]:
    found, seen = [], set[int]()
    for start in range(len(images)):
        cycle = []
        while start not in seen:
            seen.add(start)
            cycle.append(start)
            start = images[start]
        found.append(tuple(cycle))
    return [cycle for cycle in found if len(cycle) > 1]


def without_orbits(symmetry: Symmetry, locality: int) -> tuple[PauliSum, ...]:
    """The basis by one equation for every generator, with all strings as unknowns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nullspace, "turns_of_generators", lambda _: [])
        patch.setattr(nullspace, "clifford_of", lambda *_: None)
        return tuple(nullspace_basis(symmetry, locality).elements)


@pytest.mark.parametrize("name", CASES)
def test_clifford_elements_change_no_letter_of_a_basis(name: str) -> None:
    for locality in (2, N):
        basis = nullspace_basis(CASES[name], locality)
        assert tuple(basis.elements) == without_orbits(CASES[name], locality)
        for generator in CASES[name].lie_generators:
            assert all(generator.operator.commutes_with(element) for element in basis)
        for finite in CASES[name].finite_generators:
            assert all(finite.on_qubits.conjugate(element) == element for element in basis)


@settings(max_examples=60)
@given(symmetries(), st.integers(1, N))
def test_random_groups_have_the_same_basis_either_way(symmetry: Symmetry, locality: int) -> None:
    assert tuple(nullspace_basis(symmetry, locality).elements) == without_orbits(symmetry, locality)


@settings(max_examples=40)
@given(symmetries())
def test_random_groups_have_the_commutant_of_their_matrices(
    dense: Callable[[PauliSum], Any], symmetry: Symmetry
) -> None:
    """The dimension of the joint kernel of A -> [R, A], by singular values."""
    size = 1 << N
    matrices = [dense(generator.operator) for generator in symmetry.lie_generators]
    matrices += [dense(g.on_qubits.operator_on(N)) for g in symmetry.finite_generators]
    one = np.eye(size)
    rows = [np.kron(matrix, one) - np.kron(one, matrix.T) for matrix in matrices]
    gram = sum((row.conj().T @ row for row in rows), start=np.zeros((size**2, size**2)))
    dimension = int((np.linalg.eigvalsh(gram) < GAP).sum())
    assert nullspace_basis(symmetry, N).dim + 1 == dimension


def test_the_basis_is_reduced_in_print_order() -> None:
    for name in ("SU(2)", "charges", "octahedral", "entangling", "fifths of a turn"):
        elements = nullspace_basis(CASES[name], N).elements
        for weight in range(1, N + 1):
            same = [op for op in elements if {(x | z).bit_count() for x, z in op.terms} == {weight}]
            assert {*same} == {*reduced(same, N)}
    local = SU2(5)
    assert invariants(local) == reduced(invariants(local), 5)


def words(num_qubits: int) -> list[str]:
    return ["".join(letters) for letters in product("IXYZ", repeat=num_qubits)]


def key_of(word: str) -> tuple[int, int]:
    return pauli_key({q: letter for q, letter in enumerate(word) if letter != "I"})


CLIFFORDS: dict[str, tuple[int, Callable[[], Clifford | None], Callable[[PauliSum], PauliSum]]] = {}


def _add(name: str, num_qubits: int, element: QubitMap) -> None:
    CLIFFORDS[name] = (num_qubits, lambda: clifford_of(element, num_qubits), element.conjugate)


_add("a shift of six", 6, QubitPermutation(tuple((q + 1) % 6 for q in range(6))))
_add("a string", 6, PauliUnitary(6, (0b101101, 0b011001)))
for _name, _symmetry in {
    "quarter turn": point_symmetry(3, "C_4"),
    "third about the diagonal": point_symmetry(3, "C_3", axis=(1, 1, 1)),
    "CX": unitaries(3, cx="1/2*(1 + Z0 + X2 - Z0 X2)"),
    "Hadamards": unitaries(3, h=["sqrt(2)/2*(X0 + Z0)", "sqrt(2)/2*(X1 + Z1)"]),
    "SWAP with a phase": unitaries(3, s="1/2*(1 + X0 X1 + Y0 Y1 + Z0 Z1) * (1/2 + i/2 + (1/2 - i/2)*Z0)"),
}.items():
    _add(_name, 3, _symmetry.finite_generators[0].on_qubits)


@pytest.mark.parametrize("name", CLIFFORDS)
def test_images_of_all_strings_are_those_of_the_element(name: str) -> None:
    num_qubits, make, conjugate = CLIFFORDS[name]
    element = make()
    assert element is not None
    for word in words(num_qubits):
        image, sign = element.image(key_of(word))
        assert conjugate(PauliSum(num_qubits, {key_of(word): 1})) == PauliSum(num_qubits, {image: sign})


def test_negative_control_other_elements_are_not_clifford() -> None:
    eighth = point_symmetry(2, "C_8").finite_generators[0].on_qubits
    third = point_symmetry(2, "C_3").finite_generators[0].on_qubits
    assert clifford_of(eighth, 2) is clifford_of(third, 2) is None
    for text in ("X0 + Z0", "sqrt(2)*Z0 + Z1", "2*I", "0*X0"):
        assert quarter_turns(PauliSum.parse(text, 2)) is None


@pytest.mark.parametrize(
    ("text", "angle"),
    [
        ("1/2*Z0 + 1/2*Z1", np.pi / 2),
        ("Z0 + Z1 - 2*Z2", np.pi / 4),
        ("3*X0 X1 - 6*Z0 Z1", np.pi / 12),
        ("sqrt(2)*Y0", np.pi / 4 / np.sqrt(2)),
        ("-1/3*Y0 + 1/2*Z1 + 2*I", np.pi / 4 * 6),
    ],
)
def test_turns_are_those_of_matrices(dense: Callable[[PauliSum], Any], text: str, angle: float) -> None:
    generator = PauliSum.parse(text, 3)
    turn = quarter_turns(generator)
    assert turn is not None
    values, vectors = np.linalg.eigh(dense(generator))
    matrix = vectors @ np.diag(np.exp(-1j * angle * values)) @ vectors.conj().T
    for word in words(3):
        op = PauliSum(3, {key_of(word): 1})
        image = dense(turn.image_of(op))
        assert np.allclose(matrix @ dense(op) @ matrix.conj().T, image, atol=GAP)


def test_negative_control_the_inverse_turn_is_another_one() -> None:
    forth, back = (quarter_turns(PauliSum.parse(text, 1)) for text in ("Z0", "-Z0"))
    assert forth is not None
    assert back is not None
    assert forth.image((1, 0)) == ((1, 1), 1)
    assert back.image((1, 0)) != forth.image((1, 0))


def test_orbits_end_where_signs_clash_or_strings_are_not_allowed() -> None:
    swap, flip = clifford_of(QubitPermutation((1, 0)), 2), clifford_of(PauliUnitary(2, key_of("ZI")), 2)
    assert swap is not None
    assert flip is not None
    strings = [key_of(word) for word in ("XI", "IX", "ZI", "IZ", "YY", "XY", "YX")]
    assert signed_orbits(strings, [swap]) == [
        {key_of("XI"): 1, key_of("IX"): 1},
        {key_of("ZI"): 1, key_of("IZ"): 1},
        {key_of("XY"): 1, key_of("YX"): 1},
        {key_of("YY"): 1},
    ]
    assert signed_orbits(strings, [swap, flip]) == [{key_of("ZI"): 1, key_of("IZ"): 1}]
    assert signed_orbits(strings[:1], [swap]) == signed_orbits(strings[1:2], [swap]) == []
    (cx,) = unitaries(2, cx=CX).finite_generators
    entangling = clifford_of(cx.on_qubits, 2)
    assert entangling is not None
    # X0 goes to X0 X1 and back: without X0 X1 there is nothing, whichever comes first.
    assert signed_orbits([key_of("XI"), key_of("IX")], [entangling]) == [{key_of("IX"): 1}]


def test_turns_leave_one_equation_of_spins() -> None:
    elements, constraints = nullspace.clifford_part(SU2(3) * permutations(3, [(0, 1)]))
    assert (len(elements), len(constraints)) == (4, 1)
    assert len(turns_of_generators(SU2(3))) == 3
    _, apart = nullspace.clifford_part(SU2(3, [0]) * SU2(3, [1, 2]))
    assert len(apart) == 2
    _, tilted = nullspace.clifford_part(U1(3, (1, 2, 2)))
    assert len(tilted) == 1


def test_an_orbit_of_a_cycle_is_found_in_one_direction() -> None:
    shift = clifford_of(QubitPermutation(images_from_cycles([range(5)], 5)), 5)
    assert shift is not None
    (orbit,) = signed_orbits([(1 << q, 0) for q in range(5)], [shift])
    assert len(orbit) == 5
