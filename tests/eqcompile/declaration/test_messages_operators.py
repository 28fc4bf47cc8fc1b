"""Every message about state, observable and ansatz, word for word; columns point into expressions."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets [[0, 1], [1, 3]]",
            "water.yaml:11:26: qubit 1 is in two singlets; singlets do not overlap",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets [[0, 1], [2, 5]]",
            "water.yaml:11:26: qubit 5 is outside the register; qubits are 0 to 4",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets [[0, 1, 2]]",
            "water.yaml:11:18: a singlet joins two qubits; found [0, 1, 2]",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets [[0]]",
            "water.yaml:11:18: a singlet joins two qubits; found [0]",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets [[0, 0]]",
            "water.yaml:11:18: qubit 0 is in two singlets; singlets do not overlap",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets [0, 1]",
            'water.yaml:11:8: the pairs in "singlets [0, 1]" cannot be read; write singlets [[0, 1], [2, 3]], '
            'kets such as "|01> - |10>", zeros, plus, or derive',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlets",
            'water.yaml:11:8: the pairs in "singlets" cannot be read; write singlets [[0, 1], [2, 3]], '
            'kets such as "|01> - |10>", zeros, plus, or derive',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "singlet [[0, 1]]",
            'water.yaml:11:8: unknown state "singlet"; did you mean "singlets"? Write singlets [[0, 1], '
            '[2, 3]], kets such as "|01> - |10>", zeros, plus, or derive',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "plux",
            'water.yaml:11:8: unknown state "plux"; did you mean "plus"? Write singlets [[0, 1], [2, 3]], '
            'kets such as "|01> - |10>", zeros, plus, or derive',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "deriv",
            'water.yaml:11:8: unknown state "deriv"; did you mean "derive"? Write singlets [[0, 1], '
            '[2, 3]], kets such as "|01> - |10>", zeros, plus, or derive',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "{derive: {locality: 2}}",
            'water.yaml:11:9: unknown key "derive" in state. Known: singlets.',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "[[0, 1]]",
            'water.yaml:11:8: state must be singlets [[0, 1], [2, 3]], kets such as "|01> - |10>", zeros, '
            "plus, or derive; found a list",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "{singlets: [[0, 1], [1, 3]]}",
            "water.yaml:11:28: qubit 1 is in two singlets; singlets do not overlap",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "{singlets: [[0, 1, 2]]}",
            "water.yaml:11:20: a singlet joins two qubits; found [0, 1, 2]",
        ),
    ],
)
def test_state(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Singlets join two qubits each and do not overlap."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "observable: H(0,1)",
            "observable: H(0,1",
            "water.yaml:12:18: the expression ends where ')' is needed",
        ),
        (
            "observable: H(0,1)",
            "observable: H(0,5)",
            "water.yaml:12:17: qubit 5 is outside the register; qubits are 0 to 4",
        ),
        (
            "observable: H(0,1)",
            "observable: H(0,0)",
            "water.yaml:12:13: H(0,0) couples a qubit to itself; name two different qubits",
        ),
        (
            "observable: H(0,1)",
            "observable: i*X0",
            'water.yaml:12:13: observable is not Hermitian: "i*X0" has an imaginary coefficient; make all '
            "real",
        ),
        (
            "observable: H(0,1)",
            "observable: X0 Y0",
            'water.yaml:12:13: observable is not Hermitian: "X0 Y0" has an imaginary coefficient; make '
            "all real",
        ),
        (
            "observable: H(0,1)",
            "observable: X0 Q1",
            "water.yaml:12:16: unknown operator 'Q1'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i",
        ),
        (
            "observable: H(0,1)",
            "observable: open(x)",
            "water.yaml:12:13: function 'open' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt",
        ),
        (
            "observable: H(0,1)",
            "observable: __import__(os)",
            "water.yaml:12:13: function '__import__' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt",
        ),
        (
            "observable: H(0,1)",
            "observable: X0 +",
            "water.yaml:12:17: the expression ends where an operator such as X0, H(0,1) or a number is "
            "needed",
        ),
        (
            "observable: H(0,1)",
            "observable: 'X0 + * X1'",
            "water.yaml:12:19: unexpected '*'",
        ),
        (
            "observable: H(0,1)",
            "observable: I",
            "water.yaml:12:13: observable is a multiple of the identity: it would be the same number for "
            "every input; write another operator",
        ),
        (
            "observable: H(0,1)",
            "observable: X0 - X0",
            "water.yaml:12:13: observable is zero: it would be the same number for every input; write "
            "another operator",
        ),
        (
            "observable: H(0,1)",
            "observable: deriv",
            'water.yaml:12:13: unknown observable "deriv"; did you mean "derive"?',
        ),
        (
            "observable: H(0,1)",
            "observable: [H(0,1)]",
            "water.yaml:12:13: observable must be an operator such as H(0,1), or derive; found a list",
        ),
        (
            "observable: H(0,1)",
            "observable: {derive: {locality: 6}}",
            "water.yaml:12:33: locality 6 is more than the 5 qubits of the register; write at most that",
        ),
        (
            "observable: H(0,1)",
            "observable: {derive: {localty: 3}}",
            'water.yaml:12:23: unknown key "localty" in observable.derive; did you mean "locality"? Known: '
            "locality.",
        ),
    ],
)
def test_observable(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """An observable is a Hermitian operator that depends on the state."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "H(2,3),",
            "i*H(2,3),",
            'water.yaml:16:19: ansatz.layer[1] is not Hermitian: "i*H(2,3)" has an imaginary coefficient; '
            "make all real",
        ),
        (
            "H(2,3),",
            "I,",
            "water.yaml:16:19: ansatz.layer[1] is a multiple of the identity: its gate would do nothing; "
            "write another operator",
        ),
        (
            "H(2,3),",
            "X0 - X0,",
            "water.yaml:16:19: ansatz.layer[1] is zero: its gate would do nothing; write another operator",
        ),
        (
            "H(2,3),",
            "H(2,9),",
            "water.yaml:16:23: qubit 9 is outside the register; qubits are 0 to 4",
        ),
        (
            "H(2,3),",
            "H(1,0),",
            'water.yaml:16:19: "H(1,0)" repeats ansatz.layer[0]; remove it, or repeat the whole layer '
            "with blocks",
        ),
        (
            "H(2,3),",
            "log(X0),",
            "water.yaml:16:19: function 'log' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "{derive: {locality: 9}}",
            "water.yaml:16:30: locality 9 is more than the 5 qubits of the register; write at most that",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "{derive: {locality: 0}}",
            "water.yaml:16:30: ansatz.layer.derive.locality must be at least 1; found 0",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "{derive: {}}",
            'water.yaml:16:19: missing key "locality" in ansatz.layer.derive; add a line such as locality: 2',
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "{derive: 2}",
            "water.yaml:16:19: ansatz.layer.derive must be a mapping such as {locality: 2}; found 2",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "{derived: {locality: 2}}",
            'water.yaml:16:11: unknown key "derived" in ansatz.layer; did you mean "derive"? Known: derive.',
        ),
    ],
)
def test_layer(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """A gate generator is Hermitian, does something, and occurs once in the layer."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "generator: Z",
            "generator: W",
            "water.yaml:17:34: unknown operator 'W'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i",
        ),
        (
            "generator: Z",
            "generator: i*Z0",
            'water.yaml:17:34: ansatz.symmetry_breaking.generator is not Hermitian: "i*Z0" has an '
            "imaginary coefficient; make all real",
        ),
        (
            "generator: Z",
            "generator: I",
            "water.yaml:17:34: ansatz.symmetry_breaking.generator is a multiple of the identity: its gate "
            "would do nothing; write another operator",
        ),
        (
            "start: 0.1",
            "start: pi/8",
            "water.yaml:17:44: pi is allowed only inside cos, sin and exp",
        ),
        (
            "start: 0.1",
            "start: sqrt(2)",
            "water.yaml:17:44: ansatz.symmetry_breaking.start must be a rational number such as 0.1; "
            'found "sqrt(2)"',
        ),
        (
            "start: 0.1",
            "start: open(x)",
            "water.yaml:17:44: function 'open' is not allowed; allowed: cos, exp, sin, sqrt",
        ),
        (
            "start: 0.1",
            "start: __import__('os').system('ls')",
            "water.yaml:17:44: function \"__import__('os').system\" is not allowed; allowed: cos, exp, sin, "
            "sqrt",
        ),
        (
            "start: 0.1",
            "start: 1/0",
            "water.yaml:17:46: division by zero",
        ),
        (
            "start: 0.1",
            "start: 9**9**9",
            "water.yaml:17:47: an exponent here must be a whole or half number up to 64",
        ),
        (
            "start: 0.1",
            "start: 1e999999999",
            "water.yaml:17:44: a number beyond 2**1024, or finer than its inverse",
        ),
    ],
)
def test_breaking(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """The breaking generator is an operator, its start a rational number."""
    assert refused(old, new) == message
