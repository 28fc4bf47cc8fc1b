"""Read operator expressions such as ``1/2*X0 X1 + H(1,2) - Z3/2``, exactly and without executing anything.

Grammar (juxtaposition multiplies; ``i`` is the imaginary unit, ``I`` the identity)::

    sum     = ["+" | "-"] product {("+" | "-") product}
    product = factor {["*" | "/"] factor}
    factor  = number | "i" | "I" | X<q> | Y<q> | Z<q> | "H(" q "," q ")" | "(" sum ")" | "-" factor
            | "sqrt(" expression ")" | "cos(" expression ")" | "sin(" expression ")" | "exp(" expression ")"

where the expression is as in :mod:`eqcompile.exact.arithmetic.parse`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from eqcompile.errors import DimensionError, ExpressionError, LimitError
from eqcompile.exact.arithmetic.parse import FUNCTIONS, parse_scalar
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, ZERO, Scalar, scalar
from eqcompile.exact.operators.strings import (
    IDENTITY,
    PauliKey,
    Terms,
    heisenberg_terms,
    multiplied,
    pauli_key,
)

MAX_LENGTH = 100_000
"""Characters of an operator or a state as text. Beyond it, refused: build the operator in Python with
`eq.PauliSum`."""

MAX_NESTING = 50
"""Brackets within brackets of an operator as text. Beyond it, refused: multiply the brackets out."""

MAX_DIGITS = 100
"""Digits of one number in an operator as text. Beyond it, refused: round the coefficient."""

MAX_PRODUCT_TERMS = 100_000
"""Terms of a product of sums in an operator as text. Beyond it, refused: build the operator in Python."""

_TOKEN = re.compile(
    r"\s*(?:(?P<pauli>[XYZ]\d+)|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<sign>[-+*/(),])|(?P<bad>\S))"
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    offset: int


def parse_terms(text: str, num_qubits: int) -> Terms:
    """The terms of an operator on ``num_qubits`` qubits; none for ``"0"``.

    Args:
        text: for example ``"H(0,1) + 1/2*X0 Z2"``.
        num_qubits: size of the register.

    Raises:
        ExpressionError: an unknown word, a syntax error, a qubit out of range, or a limit that is exceeded.

    >>> {key: str(value) for key, value in parse_terms("X0/2 - i", 1).items()}
    {(1, 0): '1/2', (0, 0): '-I'}
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"expression of {len(text)} characters; the limit is {MAX_LENGTH}", 0)
    return _Parser(_tokenize(text), num_qubits, text).parse()


def _tokenize(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "bad"
        token = _Token(kind, match[kind], match.start(kind))
        if kind in ("number", "pauli") and len(token.text) > MAX_DIGITS:
            raise ExpressionError(f"a number longer than {MAX_DIGITS} digits", token.offset)
        tokens.append(token)
    return tokens


class _Parser:
    """Recursive descent over the grammar in the docstring of the module."""

    def __init__(self, tokens: list[_Token], num_qubits: int, text: str) -> None:
        self._tokens = tokens
        self._num_qubits = num_qubits
        self._text = text
        self._end = len(text)
        self._at = 0
        self._nesting = 0

    def parse(self) -> Terms:
        try:
            value = self._sum()
        except LimitError as error:
            raise ExpressionError(str(error), self._tokens[self._at - 1].offset) from None
        if (token := self._peek()) is not None:
            raise ExpressionError(f"unexpected {token.text!r}", token.offset)
        return value

    def _sum(self) -> Terms:
        sign = self._take_sign("+", "-") or "+"
        total: dict[PauliKey, Scalar] = {}
        while sign:
            for key, value in self._product().items():
                total[key] = total.get(key, ZERO) + (value if sign == "+" else -value)
            sign = self._take_sign("+", "-")
        return _nonzero(total)

    def _product(self) -> Terms:
        value = self._factor()
        while (token := self._peek()) is not None:
            if token.text == "/":
                self._at += 1
                value = _scaled(value, ONE / self._divisor())
            elif token.text == "*" or token.kind != "sign" or token.text == "(":
                self._at += token.text == "*"
                right = self._factor()
                if len(value) * len(right) > MAX_PRODUCT_TERMS:
                    raise ExpressionError(f"product of more than {MAX_PRODUCT_TERMS} terms", token.offset)
                value = _nonzero(multiplied(value, right))
            else:
                break
        return value

    def _divisor(self) -> Scalar:
        token = self._peek()
        value = self._factor()
        offset = token.offset if token else self._end
        if any(key != IDENTITY for key in value):
            raise ExpressionError("only numbers can divide an operator", offset)
        if not value:
            raise ExpressionError("division by zero", offset)
        return value[IDENTITY]

    def _factor(self) -> Terms:
        token = self._next("an operator such as X0, H(0,1) or a number")
        if token.kind == "pauli":
            return {pauli_key({self._qubit(token.text[1:], token.offset + 1): token.text[0]}): ONE}
        if token.kind == "number":
            return _number(scalar(Fraction(token.text)))
        if token.text == "-":
            return _scaled(self._nested(self._factor), -ONE)
        if token.text == "(":
            value = self._nested(self._sum)
            self._expect(")")
            return value
        return self._word(token)

    def _word(self, token: _Token) -> Terms:
        if token.text in ("i", "I"):
            return _number(IMAGINARY_UNIT if token.text == "i" else ONE)
        if token.text == "H":
            return self._heisenberg(token)
        if token.kind == "bad":
            raise ExpressionError(
                f"unexpected character {token.text!r}; an operator reads like X0 X1 + 1/2*Z2", token.offset
            )
        if token.kind == "sign":
            raise ExpressionError(f"unexpected {token.text!r}", token.offset)
        if (follower := self._peek()) is not None and follower.text == "(":
            if token.text in FUNCTIONS:
                return self._function(token)
            allowed = f"H(i,j), {', '.join(FUNCTIONS)}"
            raise ExpressionError(f"function {token.text!r} is not allowed; allowed: {allowed}", token.offset)
        if token.text in ("X", "Y", "Z"):
            raise ExpressionError(f"{token.text!r} needs a qubit number, such as {token.text}0", token.offset)
        raise ExpressionError(
            f"unknown operator {token.text!r}; known: X0, Y0, Z0 (any qubit), H(i,j), I, i", token.offset
        )

    def _heisenberg(self, token: _Token) -> Terms:
        self._expect("(")
        i = self._qubit_token()
        self._expect(",")
        j = self._qubit_token()
        self._expect(")")
        try:
            return heisenberg_terms(i, j)
        except DimensionError as error:
            raise ExpressionError(str(error), token.offset) from None

    def _function(self, token: _Token) -> Terms:
        """The call up to its closing parenthesis, as a number."""
        depth = 0
        while self._at < len(self._tokens):
            part = self._tokens[self._at]
            self._at += 1
            depth += {"(": 1, ")": -1}.get(part.text, 0)
            if depth == 0:
                text = self._text[token.offset : part.offset + 1]
                try:
                    return _number(parse_scalar(text))
                except ExpressionError as error:
                    raise ExpressionError(str(error), token.offset + error.offset) from None
        raise ExpressionError("the expression ends where ')' is needed", self._end)

    def _nested(self, rule: Callable[[], Terms]) -> Terms:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            offset = self._tokens[self._at - 1].offset
            raise ExpressionError(f"nested deeper than {MAX_NESTING} levels", offset)
        value = rule()
        self._nesting -= 1
        return value

    def _qubit_token(self) -> int:
        token = self._next("a qubit number")
        if token.kind != "number":
            raise ExpressionError(f"expected a qubit number, found {token.text!r}", token.offset)
        return self._qubit(token.text, token.offset)

    def _qubit(self, digits: str, offset: int) -> int:
        if not digits.isdigit() or int(digits) >= self._num_qubits:
            raise ExpressionError(
                f"qubit {digits} is outside the register; qubits are 0 to {self._num_qubits - 1}", offset
            )
        return int(digits)

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self, wanted: str) -> _Token:
        token = self._peek()
        if token is None:
            raise ExpressionError(f"the expression ends where {wanted} is needed", self._end)
        self._at += 1
        return token

    def _expect(self, text: str) -> None:
        token = self._next(repr(text))
        if token.text != text:
            raise ExpressionError(f"expected {text!r}, found {token.text!r}", token.offset)

    def _take_sign(self, *texts: str) -> str:
        token = self._peek()
        if token is None or token.text not in texts:
            return ""
        self._at += 1
        return token.text


def _number(value: Scalar) -> Terms:
    """A multiple of the identity."""
    return _nonzero({IDENTITY: value})


def _scaled(terms: Terms, factor: Scalar) -> Terms:
    return {key: value * factor for key, value in terms.items()}


def _nonzero(terms: Terms) -> Terms:
    return {key: value for key, value in terms.items() if value}
