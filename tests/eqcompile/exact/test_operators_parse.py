"""What operator expressions mean, and the exact words that refuse wrong ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import ExpressionError
from eqcompile.exact.arithmetic.scalars import scalar
from eqcompile.exact.operators.parse import MAX_DIGITS, MAX_LENGTH, MAX_NESTING
from eqcompile.exact.operators.pauli import PauliSum


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("0", "0"),
        ("I", "I"),
        ("2*I - X0", "2*I - X0"),
        ("X0 X1", "X0 X1"),
        ("X0X1", "X0 X1"),
        ("  X0\n+ X1 ", "X0 + X1"),
        ("X1 X0", "X0 X1"),
        ("X0 Y0", "i*Z0"),
        ("X0 X0", "I"),
        ("Z2/2", "1/2*Z2"),
        ("1/2 Z2", "1/2*Z2"),
        ("0.25*Z2", "1/4*Z2"),
        ("Z2/2 X0", "1/2*X0 Z2"),
        ("X0/2/3", "1/6*X0"),
        ("X0/-2", "-1/2*X0"),
        ("X0/i", "-i*X0"),
        ("--X0", "X0"),
        ("-(X0 - X1)", "-X0 + X1"),
        ("X0 - -X1", "X0 + X1"),
        ("(1/2 + 3*i) X0", "(1/2 + 3*i)*X0"),
        ("H(0,1)", "X0 X1 + Y0 Y1 + Z0 Z1"),
        ("H(1,0) Z2", "X0 X1 Z2 + Y0 Y1 Z2 + Z0 Z1 Z2"),
        ("(X0 + Y0)(X0 - Y0)", "-2*i*Z0"),
        ("X0 - X0", "0"),
        ("sqrt(3)/2*X0 + cos(2*pi/7)*Z1", "1/2*sqrt(3)*X0 + cos(2/7*pi)*Z1"),
        ("sqrt(2) sqrt(3) X0", "sqrt(6)*X0"),
        ("X0/sqrt(2)", "1/2*sqrt(2)*X0"),
        ("cos(pi/3)X0", "1/2*X0"),
        ("sin((pi)/(2)) X0", "X0"),
        ("exp(i*pi/2)*X0", "i*X0"),
        ("sqrt (2) X0", "sqrt(2)*X0"),
        ("-sqrt(2)*(X0 + X1)", "-sqrt(2)*X0 - sqrt(2)*X1"),
        ("X0/cos(pi/5) - X0*(sqrt(5) - 1)", "0"),
        ("exp(2*pi*i/3) + exp(-2*pi*i/3)", "-I"),
        ("sqrt(\n2)*X0", "sqrt(2)*X0"),
    ],
)
def test_meaning(text: str, meaning: str) -> None:
    assert str(PauliSum.parse(text, 3)) == meaning


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "the expression ends where an operator such as X0, H(0,1) or a number is needed"),
        ("X0 +", 4, "the expression ends where an operator such as X0, H(0,1) or a number is needed"),
        ("X0 $ X1", 3, "unexpected character '$'; an operator reads like X0 X1 + 1/2*Z2"),
        ("X7", 1, "qubit 7 is outside the register; qubits are 0 to 2"),
        ("H(0,3)", 4, "qubit 3 is outside the register; qubits are 0 to 2"),
        ("H(0.5,1)", 2, "qubit 0.5 is outside the register; qubits are 0 to 2"),
        ("H(1,1)", 0, "H(1,1) couples a qubit to itself; name two different qubits"),
        ("H(X0,1)", 2, "expected a qubit number, found 'X0'"),
        ("H 0", 2, "expected '(', found '0'"),
        ("H(0,1", 5, "the expression ends where ')' is needed"),
        ("(X0", 3, "the expression ends where ')' is needed"),
        ("X0)", 2, "unexpected ')'"),
        ("X0 + * X1", 5, "unexpected '*'"),
        ("X", 0, "'X' needs a qubit number, such as X0"),
        ("W0", 0, "unknown operator 'W0'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
        ("x0", 0, "unknown operator 'x0'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
        ("1e5*X0", 1, "unknown operator 'e5'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
        ("log(X0)", 0, "function 'log' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt"),
        ('__import__("os")', 0, "function '__import__' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt"),
        ("X0 + sqrt(2*q)*X1", 12, "name 'q' is not allowed; allowed: I, i, pi"),
        ("sin(X0)", 4, "name 'X0' is not allowed; allowed: I, i, pi"),
        ("X0 + cos(\npi/x)", 13, "name 'x' is not allowed; allowed: I, i, pi"),
        ("X0 + sqrt(open(1))", 10, "function 'open' is not allowed; allowed: cos, exp, sin, sqrt"),
        ("2*exp(1)*X0", 6, "exp takes a rational multiple of i*pi with denominator up to 2520"),
        ("X0 + sqrt(2)/cos(pi/2)*X1", 13, "division by zero"),
        ("X0 + sqrt()", 5, "sqrt takes one number"),
        ("sqrt(2", 6, "the expression ends where ')' is needed"),
        ("X0 + cos((pi)", 13, "the expression ends where ')' is needed"),
        ("sqrt(2))*X0", 7, "unexpected ')'"),
        ("sqrt*X0", 0, "unknown operator 'sqrt'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
        ("sqrt(2;3)", 6, '"sqrt(2;3)" is not a number expression'),
        (
            "X0 + cos(pi/7)*cos(pi/11)*cos(pi/13)*cos(pi/17)",
            46,
            "an exact number needs roots of unity of order 68068; the limit is 5040",
        ),
        ('X0 + "os"', 5, "unexpected character '\"'; an operator reads like X0 X1 + 1/2*Z2"),
        ("X0/0", 3, "division by zero"),
        ("X0/X1", 3, "only numbers can divide an operator"),
        ("X0/", 3, "the expression ends where an operator such as X0, H(0,1) or a number is needed"),
        ("9" * (MAX_DIGITS + 1), 0, f"a number longer than {MAX_DIGITS} digits"),
        ("(" * (MAX_NESTING + 1) + "X0", MAX_NESTING, f"nested deeper than {MAX_NESTING} levels"),
        ("-" * 2000 + "X0", MAX_NESTING + 1, f"nested deeper than {MAX_NESTING} levels"),
        ("+" * (MAX_LENGTH + 1), 0, f"expression of {MAX_LENGTH + 1} characters; the limit is {MAX_LENGTH}"),
    ],
)
def test_wrong_expressions(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        PauliSum.parse(text, 3)
    assert (str(caught.value), caught.value.offset) == (message, offset)


def test_products_that_explode_are_refused() -> None:
    factors = "".join(f"(1 + X{q} + Y{q} + Z{q})" for q in range(12))
    with pytest.raises(ExpressionError, match=r"^product of more than 100000 terms$"):
        PauliSum.parse(factors, 12)


def test_a_sum_as_long_as_the_limit_is_read() -> None:
    text = "+".join(f"X{q}" for q in range(990)) + "+Z0" * 30_000
    op = PauliSum.parse(text, 1000)
    assert len(op) == 991
    assert op.coefficient((0, 1)) == scalar(30_000)


PIECES = (
    "X0",
    "Z1",
    "sqrt(",
    "cos(",
    "exp(",
    "pi",
    "i",
    "(",
    ")",
    "2",
    "5",
    "/",
    "*",
    "-",
    "+",
    "H(0,1)",
    " ",
    "**",
)


@given(st.one_of(st.text("XYZHIi019 ()+-*/,.", max_size=30), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_is_an_operator_or_one_line(text: str) -> None:
    outcome = operator_or_error(text)
    if isinstance(outcome, ExpressionError):
        assert 0 <= outcome.offset <= len(text)
        assert "\n" not in str(outcome)
    else:
        assert PauliSum.parse(str(outcome), 2) == outcome


def operator_or_error(text: str) -> PauliSum | ExpressionError:
    try:
        return PauliSum.parse(text, 2)
    except ExpressionError as error:
        return error
