"""Kets are read exactly, written back, and refused with the place of the mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import ExpressionError, LimitError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, scalar, square_root
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.parse import Ket, parse_kets
from eqcompile.exact.states.state import ExactState

numbers = st.builds(
    lambda a, b, c, d: (scalar(a) + scalar(b) * IMAGINARY_UNIT + scalar(square_root(c))) / scalar(d),
    st.integers(-3, 3), st.integers(-3, 3), st.sampled_from([0, 0, 2, 3]), st.integers(1, 3),
)  # fmt: skip
states = st.integers(1, 4).flatmap(
    lambda n: st.builds(
        lambda a: ExactState(n, a), st.dictionaries(st.integers(0, 2**n - 1), numbers, max_size=6)
    )
)
products = st.builds(
    lambda letters, factor: ExactState.product(letters).scaled(factor),
    st.text(alphabet="01+-rl", min_size=1, max_size=5),
    numbers,
)


@given(states | products)
def test_text_is_read_back(state: ExactState) -> None:
    assert ExactState.parse(str(state), state.num_qubits) == state
    if state.amplitudes:
        assert ExactState.parse(str(state)) == state
        assert ExactState.parse(str(state.scaled(2)), state.num_qubits) != state


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("|01> - |10>", "|01> - |10>"),
        ("  - |10>+|01>  ", "|01> - |10>"),
        ("|00> + |01>", "|0+>"),
        ("1/2*|00> - i*|11>", "1/2*|00> - i*|11>"),
        ("1/2 |00> - i |11>", "1/2*|00> - i*|11>"),
        ("(1 + i)/2*|0> + |1>", "(1/2 + 1/2*i)*|0> + |1>"),
        ("-sqrt(3)*|0> + -1*|1>", "-sqrt(3)*|0> - |1>"),
        ("|+> + |->", "2*|0>"),
        ("|01> + |01>", "2*|01>"),
        ("|r> - |l>", "2*i*|1>"),
        ("|0> - |0>", "0"),
        ("0*|0>", "0"),
        ("2*|+-rl>", "2*|+-rl>"),
    ],
)
def test_forms(text: str, written: str) -> None:
    assert str(ExactState.parse(text)) == written


def test_letters_are_normalised_states() -> None:
    """A sum of kets with different numbers of + needs the factor 1/sqrt(2) between them."""
    assert ExactState.parse("|++> - 1/2*|00> - 1/2*|01> - 1/2*|10> - 1/2*|11>") == ExactState(2, {})
    root = scalar(square_root(2))
    state = ExactState.parse("|+0> + |01>")
    assert state.scaled(root) == ExactState(2, {0: ONE, 1: ONE, 2: root})
    assert state.eigenvalue_of(state.apply(PauliSum.parse("X0", 2))) is None
    assert ExactState.parse("|+0> + |-0>") == ExactState(2, {0: scalar(2)})


def test_kets_are_not_expanded() -> None:
    assert parse_kets("-2*|" + "+" * 1000 + ">") == (Ket("+" * 1000, scalar(-2)),)
    with pytest.raises(
        LimitError, match=r"^more than 65536 amplitudes, which is the limit; use fewer \+ - r l$"
    ):
        ExactState.parse("|" + "+" * 17 + ">")


JOINED = "kets are joined by + or -, each with its number in front, such as |01> - 1/2*|10>"


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, 'no ket in ""; a state reads like |01> - |10>'),
        ("zero\n", 0, 'no ket in "zero"; a state reads like |01> - |10>'),
        ("0", 0, 'no ket in "0"; a state reads like |01> - |10>'),
        ("|00", 0, "this ket is not closed; a ket reads like |01>"),
        ("|01 - |10>", 0, "this ket is not closed; a ket reads like |01>"),
        ("|01> - |10", 7, "this ket is not closed; a ket reads like |01>"),
        ("|0> |1>", 4, JOINED),
        ("|0>|1>", 3, JOINED),
        ("|0> * |1>", 4, JOINED),
        ("|0>/2 - |1>", 3, JOINED),
        ("|0> +", 4, f'unexpected "+" after the last ket; {JOINED}'),
        ("|0> - |1>/2", 9, f'unexpected "/2" after the last ket; {JOINED}'),
        ("|0a>", 2, "unknown letter 'a' in a ket; known: 0, 1, +, -, r, l"),
        ("|0R>", 2, "unknown letter 'R' in a ket; did you mean r? Known: 0, 1, +, -, r, l"),
        ("|0 1>", 2, "unknown letter ' ' in a ket; known: 0, 1, +, -, r, l"),
        ("|0> + |10>", 6, 'the ket "|10>" has 2 letters, the first one 1; write one letter per qubit'),
        ("|>", 0, 'the ket "|>" has 0 letters, which is not a register; write one letter per qubit'),
        ("(|0> - |1>)/2", 0, "no parentheses around kets: a state needs no norm, write |01> - |10>"),
        ("1 + i*|0>", 2, "put a sum before a ket in parentheses, such as (1 + i)*|01>"),
        ("|0> + *|1>", 6, "a number is needed before '*'"),
        ("|0> + X0*|1>", 6, 'a ket is multiplied by a number; found "X0"'),
        ("|0> + 2/0*|1>", 8, "division by zero"),
        ("|0>" * 40_000, 0, "expression of 120000 characters; the limit is 100000"),
    ],
)
def test_mistakes(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        ExactState.parse(text)
    assert (str(caught.value), caught.value.offset) == (message, offset)


def test_a_ket_fits_the_register() -> None:
    message = 'the ket "|00>" has 2 letters, the register has 3 qubits; write one letter per qubit'
    with pytest.raises(ExpressionError) as caught:
        ExactState.parse("|000> - |00>", 3)
    assert (str(caught.value), caught.value.offset) == (message, 8)
    assert ExactState.parse("|000>", 3).num_qubits == 3


pieces = st.sampled_from(
    ["|", ">", "|01>", "|+r>", "0", "1", "+", "-", " - ", "*", "/", "2", "i", "(", ")", "sqrt(", "X0", "a"]
)


def read(text: str) -> ExactState | int:
    """The state, or the place of the mistake."""
    try:
        return ExactState.parse(text)
    except ExpressionError as error:
        return error.offset


@given(st.lists(pieces, max_size=12))
def test_any_text_is_read_or_refused(parts: list[str]) -> None:
    text = "".join(parts)
    outcome = read(text)
    if isinstance(outcome, int):
        assert 0 <= outcome <= len(text)
    else:
        assert ExactState.parse(str(outcome), outcome.num_qubits) == outcome
