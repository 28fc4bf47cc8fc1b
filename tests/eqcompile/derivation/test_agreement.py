"""Null space, twirl and characters: three routes to one space."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.derivation.compare import derive_basis
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, PermutationGroup
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import QubitPermutation
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

N = 4
GAP = 1e-6
"""Between rounding and the smallest non-zero singular value of these small integer matrices."""
groups = st.lists(st.permutations(range(N)).map(tuple), min_size=1, max_size=3)


def count_cycles(images: Images) -> int:
    """Number of cycles, fixed points included."""
    seen: set[int] = set()
    count = 0
    for start in range(len(images)):
        count += start not in seen
        while start not in seen:
            seen.add(start)
            start = images[start]
    return count


def character_dimension(group: PermutationGroup) -> Fraction:
    """dim of the commutant = E_g |chi(g)|^2; a permutation of qubits has trace 2^cycles."""
    elements = list(group.elements())
    return Fraction(sum(4 ** count_cycles(images) for images in elements), len(elements))


@given(groups)
def test_permutation_groups(permuted: Callable[..., Symmetry], generators: list[Images]) -> None:
    symmetry = permuted(N, *generators)
    bases = [derive_basis(symmetry, N, method) for method in ("nullspace", "twirl")]
    assert bases[0].spans_same(bases[1])
    assert bases[0].dim + 1 == character_dimension(PermutationGroup(N, tuple(generators)))
    for element in bases[1]:
        assert element.is_hermitian
        assert all(element.relabel(images) == element for images in generators)


@given(groups, st.sampled_from([2, 3]))
def test_with_rotations(permuted: Callable[..., Symmetry], generators: list[Images], locality: int) -> None:
    symmetry = permuted(N, *generators) * Symmetry(N, factors=(RotationFactor(N, tuple(range(N))),))
    bases = [derive_basis(symmetry, locality, method) for method in ("nullspace", "twirl")]
    assert bases[0].spans_same(bases[1])
    for element in bases[0]:
        assert all(lie.operator.commutes_with(element) for lie in symmetry.lie_generators)
        assert all(element.relabel(images) == element for images in generators)


@st.composite
def mixed_symmetries(draw: st.DrawFn) -> Symmetry:
    """Rotations of some qubits, a parity, and permutations on three qubits, whether they normalise or not."""
    factors: list[Factor] = [
        RotationFactor(3, tuple(sorted(qubits)))
        for qubits in draw(st.lists(st.sets(st.integers(0, 2), min_size=1), max_size=2))
    ]
    factors += [InversionFactor(3, qubit, 0) for qubit in draw(st.sets(st.integers(0, 2), max_size=1))]
    factors += [
        PermutationFactor(3, PermutationGroup(3, (tuple(images),)), "permutation")
        for images in draw(st.lists(st.permutations(range(3)), max_size=2))
    ]
    return Symmetry(3, factors=tuple(factors))


@given(mixed_symmetries())
def test_any_symmetry_has_the_commutant_of_its_matrices(
    dense: Callable[[PauliSum], Any], swap_matrix: Callable[[Images], Any], symmetry: Symmetry
) -> None:
    """The dimension of the joint kernel of A -> [R, A], by singular values."""
    generators = [dense(lie.operator) for lie in symmetry.lie_generators]
    for finite in symmetry.finite_generators:
        element = finite.on_qubits
        permutes = isinstance(element, QubitPermutation)
        generators.append(swap_matrix(element.images) if permutes else dense(element.as_operator()))
    one = np.eye(8)
    rows = [np.kron(matrix, one) - np.kron(one, matrix.T) for matrix in generators] or [np.zeros((64, 64))]
    singular = np.linalg.svd(np.vstack(rows), compute_uv=False)
    assert derive_basis(symmetry, 3).dim + 1 == int((singular < GAP).sum())


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_the_factors_does_not_matter(order: tuple[int, int]) -> None:
    swap = PermutationFactor(3, PermutationGroup(3, ((1, 0, 2),)), "swap")
    factors = (RotationFactor(3, (0, 1)), swap)
    symmetry = Symmetry(3, factors=tuple(factors[k] for k in order))
    for method in ("nullspace", "twirl"):
        assert derive_basis(symmetry, 3, method).span == derive_basis(Symmetry(3, factors=factors), 3).span


def test_negative_control_another_group_has_another_span(permuted: Callable[..., Symmetry]) -> None:
    first, second = permuted(3, (1, 0, 2)), permuted(3, (0, 2, 1))
    assert derive_basis(first, 2).dim == derive_basis(second, 2, "twirl").dim
    assert not derive_basis(first, 2).spans_same(derive_basis(second, 2, "twirl"))
