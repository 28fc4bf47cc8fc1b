"""The twirl is the orthogonal projection onto the commutant; brute force and Haar moments agree."""

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.derivation.generators.nullspace import nullspace_basis
from eqcompile.derivation.generators.twirl import twirl, twirl_basis
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, scalar, to_fraction
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.groups.permutation import images_from_cycles
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

N = 3
ROUNDING = 1e-12

Family = Callable[[str, int], Symmetry]

keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
operators = st.builds(lambda terms: PauliSum(N, terms), st.dictionaries(keys, st.integers(-2, 2), max_size=4))
names = st.sampled_from(["SU(2)", "S_n", "SU(2) x S_n", "C_n shifts", "parity"])


def inner(a: PauliSum, b: PauliSum) -> Fraction:
    """Hilbert-Schmidt product of Hermitian operators, per dimension."""
    return to_fraction((a * b).coefficient(IDENTITY).x)


@given(names, operators, operators)
def test_the_twirl_is_an_orthogonal_projection_onto_the_commutant(
    family: Family, name: str, a: PauliSum, b: PauliSum
) -> None:
    symmetry = family(name, N)
    image = twirl(a, symmetry)
    assert twirl(image, symmetry) == image
    assert inner(image, b) == inner(a, twirl(b, symmetry))
    assert all(g.operator.commutes_with(image) for g in symmetry.lie_generators)
    assert all(g.on_qubits.conjugate(image) == image for g in symmetry.finite_generators)
    assert nullspace_basis(symmetry, N).contains(image)


@given(st.lists(st.permutations(range(N)).map(tuple), min_size=1, max_size=2), operators)
def test_permutation_groups_are_averaged_as_by_brute_force(
    permuted: Callable[..., Symmetry], generators: list[tuple[int, ...]], op: PauliSum
) -> None:
    symmetry = permuted(N, *generators)
    (factor,) = symmetry.factors
    assert isinstance(factor, PermutationFactor)
    elements = list(factor.group.elements())
    total = sum((op.relabel(images) for images in elements), start=PauliSum.zero(N))
    assert twirl(op, symmetry) == total / len(elements)


def haar_average(matrix: Any, n: int) -> Any:
    r"""The average of :math:`U^{\otimes n} A U^{\dagger\otimes n}` by Schur-Weyl duality.

    The projection onto the span of the qubit permutations, through the pseudo-inverse of their Gram
    matrix (Weingarten calculus). Permutations span the commutant of U(2), whose phase acts trivially.
    """
    swaps = []
    for images in permutations(range(n)):
        unitary = np.zeros((2**n, 2**n))
        for index in range(2**n):
            unitary[sum((index >> q & 1) << target for q, target in enumerate(images)), index] = 1
        swaps.append(unitary.ravel())
    frame = np.array(swaps)
    weights = np.linalg.pinv(frame @ frame.T, rcond=1e-9) @ frame @ matrix.ravel()
    return (weights @ frame).reshape(matrix.shape)


@given(operators)
@settings(max_examples=25)
def test_su2_agrees_with_weingarten_calculus(
    dense: Callable[[PauliSum], Any], family: Family, op: PauliSum
) -> None:
    exact = twirl(op, family("SU(2)", N))
    assert np.allclose(dense(exact), haar_average(dense(op), N), atol=ROUNDING)


def test_su2_on_two_qubits_agrees_with_a_unitary_design(
    dense: Callable[[PauliSum], Any], family: Family
) -> None:
    """The 24 rotations of the cube form a 3-design in SU(2), which is more than two copies of U need."""
    hadamard = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    group = closure([hadamard, np.diag([1, 1j])])
    assert len(group) == 24
    for letters in product("XYZ", repeat=2):
        op = PauliSum.string(2, dict(enumerate(letters)))
        average = sum(np.kron(u, u) @ dense(op) @ np.kron(u, u).conj().T for u in group) / len(group)
        assert np.allclose(dense(twirl(op, family("SU(2)", 2))), average, atol=ROUNDING)


def closure(generators: list[Any]) -> list[Any]:
    """The group of unitaries modulo phase that the generators generate."""
    found = [np.eye(2, dtype=complex)]
    for element in found:
        for generator in generators:
            image = generator @ element
            if not any(abs(abs(np.trace(image.conj().T @ old)) - 2) < ROUNDING for old in found):
                found.append(image)
    return found


def test_known_averages(family: Family) -> None:
    assert str(twirl(PauliSum.parse("X0 X1 + Z0", 2), family("SU(2)", 2))) == (
        "1/3*X0 X1 + 1/3*Y0 Y1 + 1/3*Z0 Z1"
    )
    assert not twirl(PauliSum.parse("X0 X1 X2", 3), family("SU(2)", 3))
    chiral = twirl(PauliSum.parse("X0 Y1 Z2", 3), family("SU(2)", 3))
    assert len(chiral) == 6
    assert {abs(to_fraction(value.x)) for value in chiral.terms.values()} == {Fraction(1, 6)}
    assert str(twirl(PauliSum.parse("X0 + 5*I", 2), family("S_n", 2))) == "5*I + 1/2*X0 + 1/2*X1"


def test_negative_control_a_partial_average_is_no_projection(family: Family) -> None:
    """Averaging over the generators alone, without the rest of the group, is not the twirl."""
    op = PauliSum.parse("X0", 3)
    moves = [(1, 0, 2), (1, 2, 0)]
    partial = sum((op.relabel(images) for images in moves), start=op) / 3
    assert partial != twirl(op, family("S_n", 3))


NOT_NORMALISING = {
    "a swap across the edge of the rotated qubits": (
        lambda: (RotationFactor(3, (0, 1)), swap_factor(3, 1, 2)),
        "SU(2) and swap do not",
    ),
    "parity on a rotated qubit": (
        lambda: (InversionFactor(2, 1, 0), RotationFactor(2, (0, 1))),
        "inversion and SU(2) do not",
    ),
    "parity on a moved qubit": (
        lambda: (swap_factor(2, 0, 1), InversionFactor(2, 1, 0)),
        "swap and inversion do not",
    ),
    "two rotations that share a qubit": (
        lambda: (RotationFactor(3, (0, 1)), RotationFactor(3, (1, 2))),
        "SU(2) and SU(2) do not",
    ),
}


def swap_factor(n: int, i: int, j: int) -> PermutationFactor:
    from eqcompile.groups.permutation import PermutationGroup

    return PermutationFactor(n, PermutationGroup(n, (images_from_cycles([(i, j)], n),)), "swap")


@pytest.mark.parametrize(("factors", "reason"), NOT_NORMALISING.values(), ids=NOT_NORMALISING)
def test_factors_that_do_not_normalise_one_another(
    factors: Callable[[], tuple[Any, ...]], reason: str
) -> None:
    made = factors()
    symmetry = Symmetry(made[0].num_qubits, factors=made)
    message = (
        f"twirling factor by factor needs factors that normalise one another; {reason}; "
        "use the null space method"
    )
    for call in (
        lambda: twirl_basis(symmetry, 1),
        lambda: twirl(PauliSum.identity(symmetry.num_qubits), symmetry),
    ):
        with pytest.raises(MethodError) as caught:
            call()
        assert str(caught.value) == message
    solved = nullspace_basis(symmetry, symmetry.num_qubits)
    for op in solved:
        assert all(g.operator.commutes_with(op) for g in symmetry.lie_generators)
        assert all(g.on_qubits.conjugate(op) == op for g in symmetry.finite_generators)


def test_factors_on_different_qubits_are_twirled_together() -> None:
    symmetry = Symmetry(
        4, factors=(RotationFactor(4, (0, 1)), RotationFactor(4, (2,)), InversionFactor(4, 3, 0))
    )
    texts = {str(op) for op in twirl_basis(symmetry, 2)}
    assert texts == {"X0 X1 + Y0 Y1 + Z0 Z1", "Z3"}
    assert twirl_basis(symmetry, 4).spans_same(nullspace_basis(symmetry, 4))


def test_another_register_is_refused(family: Family) -> None:
    for name in ("SU(2)", "S_n", "parity"):
        with pytest.raises(DimensionError, match=r"^the operator has 2 qubits, the symmetry 3$"):
            twirl(PauliSum(2, {(1, 0): ONE}), family(name, 3))


def test_scaling_is_kept_exactly(family: Family) -> None:
    op = PauliSum.parse("1/7*X0 X1", 2)
    assert twirl(op, family("SU(2)", 2)).coefficient((3, 0)) == scalar(Fraction(1, 21))
    assert reduce(lambda a, _: twirl(a, family("SU(2)", 2)), range(3), op) == twirl(op, family("SU(2)", 2))
