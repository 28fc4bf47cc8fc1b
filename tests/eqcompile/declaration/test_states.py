"""The forms of an initial state other than singlets, and every message about them."""

from collections.abc import Callable

import pytest

from eqcompile.declaration import ProductKet, Singlets, Spec, Superposition, loads
from eqcompile.declaration.lift import state_of
from eqcompile.errors import SpecError
from eqcompile.exact.states.state import ExactState

Change = Callable[[str, str], Spec]
OLD = "singlets [[0, 1], [2, 3]]"


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ('"|00000>"', "00000"),
        ('"|+-01r>"', "+-01r"),
        ("' |lr+-1> '", "lr+-1"),
        ('"-2*|00001>"', "00001"),
        ("zeros", "00000"),
        ("ones", "11111"),
        ("plus", "+++++"),
        ('" minus"', "-----"),
        ('"|00000> + |00001>"', "0000+"),
        ('"|01+00> - i*|11+00>"', "l1+00"),
        ('"|+0000> + |-0000>"', "00000"),
    ],
)
def test_products_keep_their_letters(accepted: Change, text: str, letters: str) -> None:
    spec = accepted(OLD, text)
    assert spec.state == ProductKet(letters)
    assert state_of(spec) == ExactState.product(letters)


def test_superpositions(accepted: Change) -> None:
    spec = accepted(OLD, '"|01+00> - 1/2*i*|10+00>"')
    state = ExactState.parse("|01+00> - 1/2*i*|10+00>")
    assert spec.state == Superposition(state)
    assert state_of(spec) == state
    assert accepted(OLD, '"|01+00> + 1/2*i*|10+00>"') != spec


def test_a_ket_without_quotes_where_yaml_allows_it(accepted: Change) -> None:
    assert accepted(OLD, "1/2*|01000> - |10000>").state == Superposition(
        ExactState.parse("1/2*|01000> - |10000>")
    )


def test_no_state_is_zeros(changed: Callable[[str, str], str]) -> None:
    spec = loads(changed(f"state: {OLD}\n", ""))
    assert spec.state is None
    assert state_of(spec) == ExactState.product("00000")
    assert state_of(loads(changed(OLD, "singlets []"))) == state_of(spec)
    assert loads(changed(OLD, "singlets []")).state == Singlets(())


def large(state: str, qubits: int = 50) -> Spec:
    cycles = "permutation: {cycles: ['(0 1)'], on: qubits}"
    return loads(f"{{name: large, qubits: {qubits}, symmetry: [{{{cycles}}}], state: {state}}}", "large.yaml")


def test_long_products_are_read_and_refused_only_where_amplitudes_are_needed() -> None:
    spec = large("plus")
    assert spec.state == ProductKet("+" * 50)
    assert large(f"'|{'+' * 50}>'") == spec
    assert large(f"'|{'+' * 50}> - 3*|{'+' * 50}>'") == spec
    assert large(f"'|0{'+' * 49}> + |1{'+' * 49}>'") == spec
    with pytest.raises(SpecError) as caught:
        state_of(spec)
    assert str(caught.value) == (
        "large.yaml:1:94: 50 letters + - r l; the limit is 16, because all amplitudes are stored"
    )
    assert len(state_of(large("ones")).amplitudes) == 1


def test_the_limit_counts_only_qubits_on_which_kets_differ() -> None:
    assert isinstance(large(f"'|{'0' * 50}> + |{'1' * 10}{'0' * 40}>'").state, Superposition)
    with pytest.raises(SpecError) as caught:
        large(f"'|{'0' * 50}> + |{'1' * 11}{'0' * 39}>'")
    assert str(caught.value) == (
        "large.yaml:1:94: the kets differ on 11 qubits; the limit is 10, because the circuit that prepares them grows "
        "exponentially"
    )


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (
            '"|0000>"',
            '11:8: the ket "|0000>" has 4 letters, the register has 5 qubits; write one letter per qubit',
        ),
        (
            '"|00000> - |000000>"',
            '11:19: the ket "|000000>" has 6 letters, the register has 5 qubits; write one letter per qubit',
        ),
        ('"|0000R>"', "11:14: unknown letter 'R' in a ket; did you mean r? Known: 0, 1, +, -, r, l"),
        ('"|0000i>"', "11:14: unknown letter 'i' in a ket; known: 0, 1, +, -, r, l"),
        ('"|00000"', "11:8: this ket is not closed; a ket reads like |01>"),
        ('"|00000> - |00000>"', "11:8: the kets cancel: the zero vector is not a state; write another sum"),
        ('"0*|00000>"', "11:8: the kets cancel: the zero vector is not a state; write another sum"),
        (
            '"|' + "+" * 5 + '>/2"',
            '11:16: unexpected "/2" after the last ket; kets are joined by + or -, each with its number in front, '
            "such as |01> - 1/2*|10>",
        ),
        ('"00000"', '11:8: a ket stands between | and >; found "00000", write "|00000>"'),
        (
            "zero",
            '11:8: unknown state "zero"; did you mean "zeros"? Write singlets [[0, 1], [2, 3]], kets such as '
            '"|01> - |10>", zeros, plus, or derive',
        ),
        (
            '""',
            '11:8: unknown state ""; write singlets [[0, 1], [2, 3]], kets such as "|01> - |10>", zeros, plus, '
            "or derive",
        ),
        (
            "|00000>",
            "11:9: not valid YAML: expected indentation indicator in the range 1-9, but found 0; quote a text that "
            'begins with | or >, such as "|01>"',
        ),
        (
            "|+++++>",
            "11:10: not valid YAML: expected chomping or indentation indicators, but found '+'; quote a text that "
            'begins with | or >, such as "|01>"',
        ),
    ],
)
def test_messages(refused: Callable[[str, str], str], new: str, message: str) -> None:
    assert refused(OLD, new) == f"water.yaml:{message}"


def test_too_many_amplitudes() -> None:
    with pytest.raises(SpecError) as caught:
        large(f"'|{'+' * 20}{'0' * 30}> - |{'+' * 20}{'1' * 10}{'0' * 20}>'")
    assert str(caught.value) == (
        "large.yaml:1:94: more than 65536 amplitudes, which is the limit; use fewer + - r l"
    )
