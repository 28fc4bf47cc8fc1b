"""Invariant states up to a character: products of singlets, whole spaces, and reasons where there is none."""

from collections.abc import Callable
from itertools import combinations

import pytest

import eqcompile as eq
from eqcompile.claims.of_model.state import InvariantState
from eqcompile.declaration.lift import symmetry_of
from eqcompile.derivation.invariant_states.product_states import ProductState, product_states
from eqcompile.derivation.invariant_states.singlets import (
    SingletProduct,
    character_of,
    character_text,
    singlet_products,
)
from eqcompile.derivation.invariant_states.states import derive_states, prepared_state
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import ONE, real_part, to_fraction
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

DIMER = ["(1 2)", "(4 5)", "(0 3)(1 4)(2 5)"]
CATALAN = {2: 1, 4: 2, 6: 5, 8: 14}


def rotations_and(cycles: list[str], num_qubits: int) -> Symmetry:
    permutation = f", {{permutation: {{cycles: {cycles}, on: qubits}}}}" if cycles else ""
    return symmetry_of(
        eq.loads(f"{{name: a, qubits: {num_qubits}, symmetry: [{{rotation: SU(2)}}{permutation}]}}")
    )


def signs(character: tuple[tuple[str, object], ...]) -> tuple[int, ...]:
    """The characters' values under the finite generators."""
    return tuple(int(to_fraction(value.x)) for name, value in character if not name.startswith("T_"))


def singlets_of(symmetry: Symmetry) -> tuple[tuple[int, int], ...]:
    """Pairs of the prepared state, which must be a product of singlets."""
    found = prepared_state(symmetry)
    assert isinstance(found, SingletProduct)
    return found.pairs


@pytest.mark.parametrize(("n", "dim"), CATALAN.items())
def test_singlet_spaces_are_catalan(n: int, dim: int) -> None:
    (space,) = derive_states(rotations_and([], n)).spaces
    assert space.dim == dim


def test_six_qubits_under_the_dimers_group() -> None:
    """5 = 2 x (+,+,-) + (-,-,-) + an irrep of dimension 2, in which nothing is invariant."""
    symmetry = rotations_and(DIMER, 6)
    spaces = {signs(space.character): space for space in derive_states(symmetry).spaces}
    assert {key: space.dim for key, space in spaces.items()} == {(1, 1, -1): 2, (-1, -1, -1): 1}
    paper = eq.ExactState.singlets(6, [(1, 2), (4, 5), (3, 0)])
    (alone,) = spaces[-1, -1, -1].states
    assert paper.eigenvalue_of(alone) is not None
    assert all(paper.eigenvalue_of(state) is None for state in spaces[1, 1, -1].states)


def test_the_only_product_for_the_dimer_is_the_papers() -> None:
    (product,) = derive_states(rotations_and(DIMER, 6)).products
    assert product.pairs == ((0, 3), (1, 2), (4, 5))
    assert signs(product.character) == (-1, -1, -1)
    assert "(1 2) -> -1" in str(product)


def test_the_parity_qubit_doubles_every_space(models_symmetry: Callable[[str], Symmetry]) -> None:
    states = derive_states(models_symmetry("water_dimer"))
    found = {signs(space.character): space.dim for space in states.spaces}
    assert found == {(1, 1, -1, 1): 2, (1, 1, -1, -1): 2, (-1, -1, -1, 1): 1, (-1, -1, -1, -1): 1}
    assert [product.pairs for product in states.products] == [((0, 3), (1, 2), (4, 5))]


@pytest.mark.parametrize("name", ["lih", "water", "water_dimer"])
def test_every_state_passes_the_certificates_own_check(
    models_symmetry: Callable[[str], Symmetry], name: str
) -> None:
    symmetry = models_symmetry(name)
    states = derive_states(symmetry)
    found = [product.state for product in states.products]
    found += [state for space in states.spaces for state in space.states]
    assert found
    assert all(InvariantState(symmetry, state).decide().proven for state in found)


def test_products_of_water_are_all_three_and_come_in_order(
    models_symmetry: Callable[[str], Symmetry],
) -> None:
    pairs = [product.pairs for product in singlet_products(models_symmetry("water"))]
    assert pairs == [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]


def test_products_are_exactly_the_invariant_matchings() -> None:
    """Compared with brute force over all fifteen matchings of six qubits."""
    symmetry = rotations_and(["(0 1 2)(3 4 5)"], 6)
    everything = [
        pairs
        for pairs in combinations(combinations(range(6), 2), 3)
        if len({q for pair in pairs for q in pair}) == 6
    ]
    assert len(everything) == 15
    wanted = [p for p in everything if character_of(eq.ExactState.singlets(6, p), symmetry) is not None]
    assert 0 < len(wanted) < 15
    assert [product.pairs for product in singlet_products(symmetry)] == wanted


def test_two_rotations_do_not_share_a_singlet() -> None:
    symmetry = Symmetry(4, factors=(RotationFactor(4, (0, 2)), RotationFactor(4, (1, 3))))
    assert [product.pairs for product in singlet_products(symmetry)] == [((0, 2), (1, 3))]


def test_without_rotations_all_qubits_start_in_zero(permuted: Callable[..., Symmetry]) -> None:
    symmetry = permuted(3, (1, 2, 0))
    found = prepared_state(symmetry)
    assert isinstance(found, ProductState)
    assert found.letters == "000"
    assert derive_states(symmetry).products == ()
    dims = [space.dim for space in derive_states(symmetry).spaces]
    assert dims == [4, 2, 2], "one invariant for each orbit of bit strings, two with each complex character"


def test_many_qubits_are_paired_without_a_search() -> None:
    """The first product is found lazily; all matchings would be more than 10^8."""
    symmetry = rotations_and(["(0 1)(2 3)"], 20)
    assert singlets_of(symmetry)[:2] == ((0, 1), (2, 3))


def test_an_odd_number_of_spins() -> None:
    with pytest.raises(MethodError) as caught:
        derive_states(rotations_and([], 3))
    assert str(caught.value) == (
        "no invariant state: SU(2) rotates 3 qubits, an odd number, whose total spin is never zero; give every qubit "
        "a copy that moves along: the singlets between the copies are invariant"
    )


def test_all_permutations_of_four_spins() -> None:
    """The two singlets of four spins are a two-dimensional irrep of S_4."""
    with pytest.raises(MethodError) as caught:
        prepared_state(rotations_and(["(0 1)", "(0 1 2 3)"], 4))
    assert str(caught.value) == (
        "no invariant state: no state of 4 qubits is kept by all of T_x, T_y, T_z, (0 1), (0 1 2 3); give every qubit "
        "a copy that moves along: the singlets between the copies are invariant"
    )


def test_the_cure_works() -> None:
    """Two copies of four spins: the singlets between the copies."""
    symmetry = rotations_and(["(0 1)(4 5)", "(0 1 2 3)(4 5 6 7)"], 8)
    assert singlets_of(symmetry) == ((0, 4), (1, 5), (2, 6), (3, 7))


def test_data_are_named_in_the_cure() -> None:
    text = "{name: a, qubits: 1, data: {sites: [A], encode: {A: [0]}}, symmetry: [{rotation: SU(2)}]}"
    with pytest.raises(MethodError, match="upload every site to two qubits: the singlets between the copies"):
        derive_states(symmetry_of(eq.loads(text)))


def test_anticommuting_elements_share_no_eigenvector() -> None:
    with pytest.raises(MethodError) as caught:
        derive_states(eq.pauli_symmetry(1, "X0", "Z0"))
    assert str(caught.value) == (
        "no invariant state: the representation is projective, because the commutator of X0 and Z0 is -1, not 1, and a "
        "phase cannot be a character; give every qubit a copy that moves along: the singlets between the copies are "
        "invariant"
    )
    assert [space.dim for space in derive_states(eq.pauli_symmetry(1, "X0")).spaces] == [1, 1]
    assert singlets_of(eq.SU2(2) * eq.pauli_symmetry(2, "X0 X1", "Z0 Z1")) == ((0, 1),), "the cure works"


def test_finite_groups_without_a_common_eigenvector() -> None:
    """Two transpositions on the two-dimensional irrep; Hadamard and Z anticommute up to no phase."""
    with pytest.raises(MethodError) as caught:
        derive_states(eq.unitaries(1, h="sqrt(2)/2*X0 + sqrt(2)/2*Z0") * eq.pauli_symmetry(1, "Z0"))
    assert str(caught.value) == (
        "no invariant state: the register has none that h, Z0 all keep up to a phase; give every qubit a copy that "
        "moves along: the singlets between the copies are invariant"
    )


def test_complex_characters() -> None:
    """A shift of three qubits: momenta 0, 1/3 and 2/3 of a turn."""
    spaces = derive_states(eq.permutations(3, [(0, 1, 2)])).spaces
    ((_, one),), ((_, omega),), ((_, other),) = (space.character for space in spaces)
    assert (one, omega, other) == (ONE, root_of_unity(3), root_of_unity(3, 2))


def test_charges_of_a_u1() -> None:
    """Four spins about x: total momentum m/2 with a binomial number of states; the state of momentum 0 comes first."""
    spaces = derive_states(eq.U1(4, axis="x")).spaces
    found = {to_fraction(real_part(space.character[0][1])): space.dim for space in spaces}
    assert found == {0: 6, 1: 4, -1: 4, 2: 1, -2: 1}
    assert to_fraction(real_part(spaces[0].character[0][1])) == 0


@pytest.mark.parametrize(
    ("symmetry", "letters"),
    [
        (eq.pauli_symmetry(2, "X0 X1") * eq.permutations(2, [(0, 1)]), "++"),
        (eq.U1(3, axis="y"), "rrr"),
        (eq.charge(3, "X0 X1 + X2"), "+++"),
        (eq.permutations(12, [(0, 1)]), "0" * 12),
    ],
)
def test_products_of_single_qubit_states(symmetry: Symmetry, letters: str) -> None:
    found = prepared_state(symmetry)
    assert isinstance(found, ProductState)
    assert found.letters == letters
    assert InvariantState(symmetry, found.state).decide().proven
    assert f"|{letters}>" in str(found)


def test_the_last_resort_is_any_invariant_state() -> None:
    """X0 X1 and Z0 Z1: the Bell states are entangled, and no pair turns together."""
    symmetry = eq.pauli_symmetry(2, "X0 X1", "Z0 Z1")
    assert list(product_states(symmetry)) == []
    found = prepared_state(symmetry)
    assert isinstance(found, eq.ExactState)
    assert str(found) == "|00> + |11>"
    assert InvariantState(symmetry, found).decide().proven


def test_limits() -> None:
    with pytest.raises(LimitError, match="invariant states of 12 qubits; the limit is 10"):
        derive_states(rotations_and([], 12))
    with pytest.raises(LimitError, match="singlets on 34 rotating qubits; the limit is 32"):
        prepared_state(rotations_and([], 34))


def test_character_text_of_the_trivial_group() -> None:
    assert character_text(()) == "trivial group"
