r"""Equivariant channels: dimensions from characters, positivity from known optimal channels.

Sources of the golden rows. SU(2): operators on n spins 1/2 hold Catalan(n) invariants among 2n spins, and trace
preservation fixes the commutant of the input: Catalan(a + b) and Catalan(a + b) - Catalan(a) (Schur-Weyl
duality; rows 1->1 to 2->2 also by an independent dense computation). Trivial group: 4^(a+b). Parity: half of the
strings. Permutations: E_g |chi_in(g) chi_out(g)|^2 with chi = 2^cycles. SU(2) x S_2, 2 -> 1: operators even under
the swap hold the spins 1 x 1 and 0 x 0, that is 0 twice, 1 and 2 once, of which spins 0 and 1 meet the output's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.derivation.channels.basis import ChannelBasis, derive_channels
from eqcompile.derivation.channels.channel import Channel, trace_out, transpose
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, PermutationGroup, cycles_of
from eqcompile.groups.rotation import rotation
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import QubitPermutation, QubitRotation, SiteMap
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

GAP = 1e-6
"""Between rounding and the smallest non-zero eigenvalue of the Gram matrices of these small integer systems."""

Family = Callable[[str, int], Symmetry]


def catalan(n: int) -> int:
    return comb(2 * n, n) // (n + 1)


def counts(basis: ChannelBasis) -> tuple[int, int]:
    return basis.dim, basis.free_parameters


@pytest.fixture(scope="module")
def pooling(family: Family, permuted: Callable[..., Symmetry]) -> ChannelBasis:
    """SU(2) x S_2 on two qubits, SU(2) on one: the order of the pair does not matter."""
    return derive_channels(family("SU(2)", 2) * permuted(2, (1, 0)), family("SU(2)", 1) * permuted(1, (0,)))


@pytest.mark.parametrize(
    ("num_in", "num_out", "dim", "free"), [(1, 1, 2, 1), (1, 2, 5, 4), (2, 1, 5, 3), (2, 2, 14, 12)]
)
def test_golden_table_of_rotations(family: Family, num_in: int, num_out: int, dim: int, free: int) -> None:
    assert counts(derive_channels(family("SU(2)", num_in), family("SU(2)", num_out))) == (dim, free)


@pytest.mark.parametrize(("num_in", "num_out"), [(a, b) for a in range(4) for b in range(4) if a + b <= 5])
def test_rotations_are_counted_by_catalan_numbers(family: Family, num_in: int, num_out: int) -> None:
    basis = derive_channels(family("SU(2)", num_in), family("SU(2)", num_out))
    assert counts(basis) == (catalan(num_in + num_out), catalan(num_in + num_out) - catalan(num_in))


@pytest.mark.parametrize(("num_in", "num_out"), [(0, 1), (1, 1), (2, 1), (1, 2)])
def test_the_trivial_group_and_parity(family: Family, num_in: int, num_out: int) -> None:
    everything = 4 ** (num_in + num_out)
    assert counts(derive_channels(Symmetry(num_in), Symmetry(num_out))) == (
        everything,
        everything - 4**num_in,
    )
    if num_in:
        halves = derive_channels(family("parity", num_in), family("parity", num_out))
        assert counts(halves) == (everything // 2, (everything - 4**num_in) // 2)


def test_pooling_of_a_pair(permuted: Callable[..., Symmetry], pooling: ChannelBasis) -> None:
    pair = permuted(2, (1, 0))
    assert counts(derive_channels(pair, permuted(1, (0,)))) == (10 * 4, 10 * 4 - 10)
    assert counts(derive_channels(pair, pair)) == (10 * 10 + 6 * 6, 10 * 10 + 6 * 6 - 10)
    assert counts(pooling) == (3, 1)


@given(st.lists(st.tuples(st.permutations(range(2)), st.permutations(range(2))), min_size=1, max_size=3))
def test_permutations_are_counted_by_characters(
    permuted: Callable[..., Symmetry], pairs: list[tuple[list[int], list[int]]]
) -> None:
    """The pairs generate a group on both registers; every element counts with the cycles it has on each."""
    source, target = (permuted(2, *(tuple(pair[side]) for pair in pairs)) for side in (0, 1))
    joint = PermutationGroup(4, tuple((*a, *(2 + q for q in b)) for a, b in pairs))
    elements = list(joint.elements())
    dim = Fraction(sum(4 ** count_cycles(images) for images in elements), len(elements))
    fixed = Fraction(sum(4 ** count_cycles(images[:2]) for images in elements), len(elements))
    assert counts(derive_channels(source, target)) == (dim, dim - fixed)


def count_cycles(images: Images) -> int:
    moved = cycles_of(images)
    return len(images) - sum(len(cycle) - 1 for cycle in moved)


@st.composite
def registers(draw: st.DrawFn) -> tuple[Symmetry, Symmetry]:
    """The same kinds of factors on two qubits and on one or two, on any of the qubits."""
    sizes = (2, draw(st.integers(1, 2)))
    kinds = draw(st.sets(st.sampled_from(["rotation", "inversion", "permutation"])))
    factors: tuple[list[Factor], list[Factor]] = ([], [])
    for n, out in zip(sizes, factors, strict=True):
        if "rotation" in kinds:
            out.append(RotationFactor(n, tuple(sorted(draw(st.sets(st.integers(0, n - 1)))))))
        if "inversion" in kinds:
            out.append(InversionFactor(n, draw(st.integers(0, n - 1)), 0))
        if "permutation" in kinds:
            images = tuple(draw(st.permutations(range(n))))
            out.append(PermutationFactor(n, PermutationGroup(n, (images,)), "permutation"))
    return Symmetry(sizes[0], factors=tuple(factors[0])), Symmetry(sizes[1], factors=tuple(factors[1]))


@settings(max_examples=12)
@given(registers())
def test_any_pair_has_the_commutant_of_its_matrices(
    dense: Callable[[PauliSum], Any], swap_matrix: Callable[[Images], Any], pair: tuple[Symmetry, Symmetry]
) -> None:
    """The joint kernel of J -> [R_in^* x R_out, J] by eigenvalues, and of the partial trace on it."""
    source, target = pair
    size_in, size_out = 1 << source.num_qubits, 1 << target.num_qubits
    size = size_in * size_out
    matrices = [
        np.kron(dense(b.operator), np.eye(size_in)) - np.kron(np.eye(size_out), dense(a.operator).T)
        for a, b in zip(source.lie_generators, target.lie_generators, strict=True)
    ]
    for a, b in zip(source.finite_generators, target.finite_generators, strict=True):
        left, right = (
            swap_matrix(g.on_qubits.images)
            if isinstance(g.on_qubits, QubitPermutation)
            else dense(g.on_qubits.as_operator())
            for g in (a, b)
        )
        matrices.append(np.kron(right, left.conj()))
    one = np.eye(size)
    rows = [np.kron(m, one) - np.kron(one, m.T) for m in matrices] or [np.zeros((1, size * size))]
    traces = [
        np.kron(np.kron(a, np.eye(size_in)), np.kron(a, np.eye(size_in))) for a in np.eye(size_out)[:, None]
    ]
    basis = derive_channels(source, target)
    assert counts(basis) == (nullity(rows), nullity([*rows, sum(traces)]))


def nullity(rows: list[Any]) -> int:
    gram = sum(row.conj().T @ row for row in rows)
    return int((np.linalg.eigvalsh(gram) < GAP).sum())


@given(registers(), st.data())
def test_every_point_is_equivariant(pair: tuple[Symmetry, Symmetry], data: st.DataObject) -> None:
    r"""E([T, A]) = [T, E(A)] and E(R A R^+) = R E(A) R^+, exactly, and the trace stays."""
    source, target = pair
    basis = derive_channels(source, target)
    point = st.lists(st.integers(-2, 2), min_size=basis.free_parameters, max_size=basis.free_parameters)
    channel = basis.channel(data.draw(point))
    assert channel.is_trace_preserving
    assert basis.contains(channel)
    op = PauliSum.parse("1/4 + X0 + 2*Y1 + 3*Z0 Y1 - X0 X1 + Y0 Z1", 2)
    for a, b in zip(source.lie_generators, target.lie_generators, strict=True):
        assert channel(a.operator.derivation(op)) == b.operator.derivation(channel(op))
    for g, h in zip(source.finite_generators, target.finite_generators, strict=True):
        assert channel(g.on_qubits.conjugate(op)) == h.on_qubits.conjugate(channel(op))


@dataclass(frozen=True)
class QuarterTurn(Factor):
    """The rotation by pi/2 about z on every qubit, whose spin matrix is neither real nor its own conjugate."""

    @property
    def name(self) -> str:
        return "C_4"

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        turn = QubitRotation(rotation([0, 0, 1], Fraction(1, 4)).turn, tuple(range(self.num_qubits)))
        return (FiniteGenerator("C_4", turn, SiteMap((), ())),)

    def restricted(self, support: Sequence[int]) -> "Factor | None":
        return QuarterTurn(len(support))


def test_a_turn_that_is_not_its_own_conjugate() -> None:
    """Operators on a spin have charges 0, 0, 1, -1, so that 2 x 2 + 1 + 1 = 6 maps keep the charge."""
    one, two = (Symmetry(n, factors=(QuarterTurn(n),)) for n in (1, 2))
    basis = derive_channels(one, one)
    assert counts(basis) == (6, 6 - 2)
    assert basis.contains(Channel.from_map(lambda op: op, 1, 1))
    assert not basis.contains(Channel.from_map(transpose, 1, 1))
    assert derive_channels(two, one).contains(Channel.from_map(lambda op: trace_out(op, [0]), 2, 1))


@pytest.mark.parametrize(
    ("shrinking", "allowed"),
    [("1", True), ("1001/1000", False), ("-1/3", True), ("-334/1000", False), ("0", True)],
)
def test_one_spin_can_be_shrunk_or_turned_over_by_a_third(
    family: Family, shrinking: str, allowed: bool
) -> None:
    """Depolarising channels; the best universal NOT has factor -1/3 (Buzek et al., PRA 60, R2626 (1999))."""
    basis = derive_channels(family("SU(2)", 1), family("SU(2)", 1))
    channel = basis.channel([Fraction(shrinking) / 2])
    assert channel(PauliSum.parse("Y0", 1)) == PauliSum.parse("Y0", 1) * Fraction(shrinking)
    assert channel.is_completely_positive is allowed


@pytest.mark.parametrize(
    ("factor", "allowed"),
    [("1/2", True), ("501/1000", False), ("-1/4", True), ("-251/1000", False), ("1/10", True)],
)
def test_pooling_has_one_parameter_in_an_exact_interval(
    pooling: ChannelBasis, factor: str, allowed: bool
) -> None:
    """r' = factor * (r_0 + r_1). The ends are the mean of the two partial traces, and the universal NOT from two
    copies, of quality 2/4 (the spin 1 of the triplet, seen with an environment of spin 1/2 or 3/2)."""
    channel = pooling.channel([Fraction(factor) / 2])
    assert channel(PauliSum.parse("X0 + Z0 Z1", 2)) == PauliSum.parse("2*X0", 1) * Fraction(factor)
    assert channel.is_channel is allowed


def singlet_or_triplet(op: PauliSum) -> PauliSum:
    """Measure whether the pair is a singlet; keep one qubit of a triplet, and nothing of a singlet."""
    singlet, triplet = (PauliSum.parse(text, 2) / 4 for text in ("1 - H(0,1)", "3 + H(0,1)"))
    lost = trace_out(trace_out(singlet * op, [0]), [0]).coefficient((0, 0))
    return trace_out(triplet * op * triplet, [0]) + PauliSum.identity(1) * lost / 2


def test_worked_example_of_pooling(family: Family, pooling: ChannelBasis) -> None:
    """Partial traces and the singlet measurement lie in the family; the measurement ignores the order."""
    basis = derive_channels(family("SU(2)", 2), family("SU(2)", 1))
    traces = [Channel.from_map(lambda op, q=q: trace_out(op, [q]), 2, 1) for q in (0, 1)]
    measured = Channel.from_map(singlet_or_triplet, 2, 1)
    for channel in (*traces, measured, basis.particular):
        assert channel.is_channel
        assert basis.contains(channel)
    mean = Channel(2, 1, (traces[0].choi + traces[1].choi) / 2)
    assert measured == mean == pooling.channel([Fraction(1, 4)])
    assert pooling.contains(measured)
    assert not any(pooling.contains(channel) for channel in traces)


def test_negative_control_a_controlled_not_before_the_trace(family: Family) -> None:
    flip = PauliSum.parse("1 + Z0 + X1 - Z0 X1", 2) / 2
    channel = Channel.from_map(lambda op: trace_out(flip * op * flip, [1]), 2, 1)
    assert channel.is_channel
    assert not derive_channels(family("SU(2)", 2), family("SU(2)", 1)).contains(channel)
    assert derive_channels(Symmetry(2), Symmetry(1)).contains(channel)


def test_negative_control_a_flipped_sign(pooling: ChannelBasis) -> None:
    """Forgetting that transposition flips Y gives an operator that is not equivariant."""
    (direction,) = pooling.directions
    wrong = PauliSum(
        3, {k: -c if (k[0] & k[1] & 0b11).bit_count() % 2 else c for k, c in direction.terms.items()}
    )
    assert wrong != direction
    assert not pooling.contains(Channel(2, 1, pooling.particular.choi + wrong))


def test_what_is_refused(family: Family, pooling: ChannelBasis) -> None:
    with pytest.raises(MethodError) as caught:
        derive_channels(family("SU(2)", 2), Symmetry(1))
    assert str(caught.value) == (
        "input and output need the same generators in the same order; the input has T_x, T_y, T_z, "
        "the output none; where a generator does nothing, give a factor on no qubits"
    )
    with pytest.raises(MethodError, match=r"the input has T_x, T_y, T_z, .*, the output T_x, T_y, T_z;"):
        derive_channels(family("SU(2)", 2) * family("S_n", 2), family("SU(2)", 1))
    with pytest.raises(LimitError) as limit:
        derive_channels(Symmetry(4), Symmetry(3))
    assert str(limit.value) == (
        "a channel between 7 qubits in all; the limit is 6, so pool fewer qubits at once"
    )
    with pytest.raises(DimensionError, match=r"^1 coefficients are needed, 2 are given$"):
        pooling.channel([1, 2])
    with pytest.raises(DimensionError, match=r"^the map goes from 1 to 2 qubits, the basis from 2 to 1$"):
        pooling.contains(Channel.depolarizing(1, 2))


def test_invariants_may_become_classical(family: Family) -> None:
    """Rotations that leave the output alone: only the singlet's weight can be passed on."""
    silent = Symmetry(1, factors=(RotationFactor(1, ()),))
    basis = derive_channels(family("SU(2)", 2), silent)
    assert counts(basis) == (2 * 4, 2 * 4 - 2)
