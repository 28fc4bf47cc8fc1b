"""Product states, letter by letter, compared with Kronecker products."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, scalar, to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.kets import LETTERS, num_superposed, peel, product_amplitudes
from eqcompile.exact.states.state import ExactState

words = st.text(alphabet="01+-rl", min_size=1, max_size=5)
COLUMNS = {"0": [1, 0], "1": [0, 1], "+": [1, 1], "-": [1, -1], "r": [1, 1j], "l": [1, -1j]}


@given(words)
def test_letters_multiply_with_qubit_0_as_the_lowest_bit(letters: str) -> None:
    expected = reduce(np.kron, [np.array(COLUMNS[letter]) for letter in reversed(letters)])
    found = np.zeros(1 << len(letters), complex)
    for bits, value in product_amplitudes(letters).items():
        found[bits] = to_complex(value)
    assert np.array_equal(found, expected)
    assert np.count_nonzero(found) == 1 << num_superposed(letters)


@pytest.mark.parametrize(
    ("letter", "operator"),
    [("0", "Z0"), ("1", "-Z0"), ("+", "X0"), ("-", "-X0"), ("r", "Y0"), ("l", "-Y0")],
)
def test_every_letter_is_an_eigenstate(letter: str, operator: str) -> None:
    state = ExactState.product(letter)
    assert state.apply(PauliSum.parse(operator, 1)) == state
    assert state.apply(PauliSum.parse("Z0" if "X" in operator else "X0", 1)) != state


@given(words)
def test_every_letter_is_peeled_off(letters: str) -> None:
    found, rest = ExactState.product(letters).split()
    assert "".join(found[qubit] for qubit in range(len(letters))) == letters
    assert rest == ExactState(0, {0: 1})


def test_entangled_and_other_qubits_stay() -> None:
    assert set(LETTERS) == set(COLUMNS)
    assert peel({0: ONE, 3: ONE}, 0) is None, "entangled"
    assert peel({0: ONE, 1: scalar(2)}, 0) is None, "a state of its own, but none of the six"
    assert peel({0: ONE, 1: -ONE, 2: ONE, 3: ONE}, 0) is None, "a sign that depends on the other"
    assert peel({0: ONE, 1: -ONE, 2: IMAGINARY_UNIT, 3: -IMAGINARY_UNIT}, 0) == (
        "-",
        {0: ONE, 2: IMAGINARY_UNIT},
    )


def test_the_others_are_numbered_anew() -> None:
    letters, rest = ExactState.parse("2*|1+001> - i*|1+100>").split()
    assert letters == {0: "1", 1: "+", 3: "0"}
    assert rest == ExactState(2, {2: scalar(2), 1: -IMAGINARY_UNIT})
    assert ExactState(2, {}).split() == ({}, ExactState(2, {}))


def test_product_states_that_are_refused() -> None:
    with pytest.raises(DimensionError, match=r"^unknown letter 'i' of a ket; known: 0, 1, \+, -, r, l$"):
        ExactState.product("0i")
    with pytest.raises(
        LimitError, match=r"^17 letters \+ - r l; the limit is 16, because all amplitudes are"
    ):
        ExactState.product("0" + "+" * 17)
    assert len(ExactState.product("1" * 100 + "+").amplitudes) == 2, "0 and 1 cost nothing"
