"""Choi operators in the Pauli basis: what they do, and when they are channels."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.derivation.channels.channel import Channel, combination, tensor, trace_out, transpose
from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import ONE, scalar
from eqcompile.exact.operators.pauli import PauliSum


def parse(text: str, num_qubits: int) -> PauliSum:
    return PauliSum.parse(text, num_qubits)


def operators(num_qubits: int) -> st.SearchStrategy[PauliSum]:
    masks = st.integers(0, (1 << num_qubits) - 1)
    terms = st.dictionaries(
        st.tuples(masks, masks), st.fractions(-2, 2, max_denominator=4).map(scalar), max_size=5
    )
    return terms.map(lambda table: PauliSum(num_qubits, table))


def conjugation(text: str, num_qubits: int) -> Callable[[PauliSum], PauliSum]:
    factor = parse(text, num_qubits)
    return lambda op: factor * op * factor.adjoint()


IDENTITY = Channel.from_map(lambda op: op, 1, 1)
TRANSPOSITION = Channel.from_map(transpose, 1, 1)


def test_the_identity_channel_is_the_bell_projector() -> None:
    assert IDENTITY.choi == parse("1/2 + X0 X1/2 - Y0 Y1/2 + Z0 Z1/2", 2)
    assert IDENTITY.is_channel
    assert IDENTITY.kraus_rank == 1


def test_transposition_is_not_completely_positive() -> None:
    """It preserves trace and positivity, and yet is not a channel: its Choi operator is SWAP."""
    assert TRANSPOSITION.choi == parse("1/2 + H(0,1)/2", 2)
    assert TRANSPOSITION.is_trace_preserving
    assert not TRANSPOSITION.is_completely_positive
    assert not TRANSPOSITION.is_channel
    with pytest.raises(DimensionError, match="has a negative eigenvalue"):
        TRANSPOSITION.kraus_rank  # noqa: B018


@given(operators(2))
def test_a_choi_operator_does_what_the_map_does(op: PauliSum) -> None:
    """Also for a map that mixes letters and flips Y: conjugation by i X + Z Y, then a partial trace."""
    conjugate = conjugation("i*X0 + Z0 Y1 + 2", 2)
    for function, num_out in ((conjugate, 2), (lambda op: trace_out(conjugate(op), [0]), 1)):
        assert Channel.from_map(function, 2, num_out)(op) == function(op)


@given(operators(2), operators(1))
def test_partial_trace_and_product(pair: PauliSum, one: PauliSum) -> None:
    """Tr_2(A x B) = A Tr B."""
    assert trace_out(tensor(pair, one), [2]) == pair * (one.coefficient((0, 0)) * 2)
    assert trace_out(tensor(one, pair), [0]) == pair * (one.coefficient((0, 0)) * 2)
    assert transpose(transpose(pair)) == pair
    assert transpose(pair * pair) == transpose(pair) * transpose(pair)


def test_trace_preservation() -> None:
    assert Channel.from_map(lambda op: trace_out(op, [1]), 2, 1).is_trace_preserving
    assert Channel.depolarizing(2, 1).is_trace_preserving
    twice = Channel(1, 1, IDENTITY.choi * 2)
    assert twice.is_completely_positive
    assert not twice.is_trace_preserving
    filtering = Channel.from_map(conjugation("1/2 + Z0/2", 1), 1, 1)
    assert not filtering.is_trace_preserving, "the trace is right for the mixed state only"


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_kraus_rank_counts_independent_paulis(rank: int) -> None:
    names = [PauliSum(1, {key: ONE}) for key in [(0, 0), (1, 0), (1, 1), (0, 1)][:rank]]
    channel = Channel.from_map(
        lambda op: combination([Fraction(1, rank)] * rank, [p * op * p for p in names], 1), 1, 1
    )
    assert channel.is_channel
    assert channel.kraus_rank == rank


def test_wrong_registers() -> None:
    with pytest.raises(
        DimensionError, match=r"^a Choi operator from 2 to 1 qubits needs 3 qubits, it has 2$"
    ):
        Channel(2, 1, parse("1", 2))
    with pytest.raises(DimensionError, match=r"^the Choi operator must be Hermitian; i\*X0 is not$"):
        Channel(1, 1, parse("i*X0", 2))
    with pytest.raises(DimensionError, match=r"^the operator has 2 qubits, the input 1$"):
        IDENTITY(parse("X0", 2))
    with pytest.raises(DimensionError, match=r"^2 coefficients are needed, 1 are given$"):
        combination([1], [parse("X0", 1)] * 2, 1)
    with pytest.raises(DimensionError, match=r"^0\.5 is not an exact rational number"):
        combination([0.5], [parse("X0", 1)], 1)
