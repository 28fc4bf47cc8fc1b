"""Invariant states up to a character: products of singlets, whole spaces, and reasons where there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import pytest

import eqcompile as eq
from eqcompile.certify.claims import check_state
from eqcompile.derivation.singlets import character_of, character_text, singlet_products
from eqcompile.derivation.states import annihilated_states, derive_states, prepared_state
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.pauli import pauli_key
from eqcompile.exact.scalars import to_fraction
from eqcompile.reps.factors import Factor, RotationFactor
from eqcompile.reps.generators import FiniteGenerator
from eqcompile.reps.maps import PauliUnitary, SiteMap
from eqcompile.reps.symmetry import Symmetry
from eqcompile.spec.lift import symmetry_of

DIMER = ["(1 2)", "(4 5)", "(0 3)(1 4)(2 5)"]
CATALAN = {2: 1, 4: 2, 6: 5, 8: 14}


def rotations_and(cycles: list[str], num_qubits: int) -> Symmetry:
    permutation = f", {{permutation: {{cycles: {cycles}, on: qubits}}}}" if cycles else ""
    return symmetry_of(
        eq.loads(f"{{name: a, qubits: {num_qubits}, symmetry: [{{rotation: SU(2)}}{permutation}]}}")
    )


def signs(character: tuple[tuple[str, object], ...]) -> tuple[int, ...]:
    """The values under the finite generators."""
    return tuple(int(to_fraction(value.x)) for name, value in character if not name.startswith("T_"))


@dataclass(frozen=True)
class Letters(Factor):
    """Pauli matrices on single qubits as group elements, such as ``("X0", "Z0")``."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return "letters"

    def restricted(self, support: object) -> None:
        return None

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        return tuple(
            FiniteGenerator(
                word, PauliUnitary(self.num_qubits, pauli_key({int(word[1:]): word[0]})), SiteMap((), ())
            )
            for word in self.words
        )


@pytest.mark.parametrize(("n", "dim"), CATALAN.items())
def test_singlet_spaces_are_catalan(n: int, dim: int) -> None:
    assert len(annihilated_states(rotations_and([], n))) == dim


def test_six_qubits_under_the_dimers_group() -> None:
    """5 = 2 x (+,+,-) + (-,-,-) + an irrep of dimension 2, in which nothing is invariant."""
    symmetry = rotations_and(DIMER, 6)
    assert len(annihilated_states(symmetry)) == 5
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
    assert all(check_state(state, symmetry, "state").proven for state in found)


def test_products_of_water_are_all_three_and_come_in_order(
    models_symmetry: Callable[[str], Symmetry],
) -> None:
    pairs = [product.pairs for product in singlet_products(models_symmetry("water"))]
    assert pairs == [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]


def test_products_are_exactly_the_invariant_matchings() -> None:
    """Against brute force over all fifteen matchings of six qubits."""
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
    assert prepared_state(symmetry).pairs == ()
    assert sum(space.dim for space in derive_states(symmetry).spaces) == 4, (
        "one for each orbit of bit strings"
    )


def test_many_qubits_are_paired_without_a_search() -> None:
    """The first product is found lazily; all matchings would be more than 10^8."""
    symmetry = rotations_and(["(0 1)(2 3)"], 20)
    assert prepared_state(symmetry).pairs[:2] == ((0, 1), (2, 3))


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
    assert str(caught.value).startswith(
        "no invariant state: the 2-dimensional space that SU(2) leaves alone holds none that (0 1), (0 1 2 3) keep up "
        "to a sign; "
    )


def test_the_cure_works() -> None:
    """Two copies of four spins: the singlets between the copies."""
    symmetry = rotations_and(["(0 1)(4 5)", "(0 1 2 3)(4 5 6 7)"], 8)
    assert prepared_state(symmetry).pairs == ((0, 4), (1, 5), (2, 6), (3, 7))


def test_data_are_named_in_the_cure() -> None:
    text = "{name: a, qubits: 1, data: {sites: [A], encode: {A: [0]}}, symmetry: [{rotation: SU(2)}]}"
    with pytest.raises(MethodError, match="upload every site to two qubits: the singlets between the copies"):
        derive_states(symmetry_of(eq.loads(text)))


def test_anticommuting_elements_share_no_eigenvector() -> None:
    with pytest.raises(MethodError, match="the register holds none that X0, Z0 keep up to a sign"):
        derive_states(Symmetry(1, factors=(Letters(1, ("X0", "Z0")),)))
    assert [space.dim for space in derive_states(Symmetry(1, factors=(Letters(1, ("X0",)),))).spaces] == [
        1,
        1,
    ]


def test_states_that_are_no_product() -> None:
    """X0 has eigenvectors, and neither |0> nor a singlet is one."""
    with pytest.raises(MethodError) as caught:
        prepared_state(Symmetry(1, factors=(Letters(1, ("X0",)),)))
    assert str(caught.value).startswith(
        "no product of singlets is invariant under letters, so there is no preparation circuit; other invariant "
        "states exist (1 with X0 -> 1; 1 with X0 -> -1); "
    )


def test_limits() -> None:
    with pytest.raises(LimitError, match="invariant states of 11 qubits; the limit is 10"):
        annihilated_states(rotations_and([], 11))
    with pytest.raises(LimitError, match="singlets on 34 rotating qubits; the limit is 32"):
        prepared_state(rotations_and([], 34))


def test_character_text_of_the_trivial_group() -> None:
    assert character_text(()) == "trivial group"
