"""Expressions of a spec, rewritten in the few words that a certificate uses.

A spec may say ``0.25``, ``sqrt(2/3)``, ``sin(pi/5)``, ``exp(2*pi*i/3)``, ``2**(1/2)``; a certificate has whole
numbers, ``sqrt`` of a whole number and ``cos`` of a multiple of pi. Nothing is executed and nothing is rounded.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from eqcompile.errors import quoted
from eqcompile.recheck.files.unread import UnreadError

MAX_LENGTH = 100_000
"""Characters of an operator in a spec. Beyond it, refused: use a shorter sum, or recheck without `--spec`."""

MAX_NUMBER = 1000
"""Characters of a number in a spec, such as sqrt(3)/2. Beyond it, refused: simplify the number, or recheck without
`--spec`."""

MAX_NESTING = 25
"""Brackets, signs and powers within each other in a number. Beyond it, refused: simplify the number, or recheck
without `--spec`."""

MAX_EXPONENT = 64
"""Size of an exponent in a number. Beyond it, refused: write the power out, or recheck without `--spec`."""

MAX_DIGITS = 100
"""Digits of one number in a spec. Beyond it, refused: round the number, or recheck without `--spec`."""

MAX_BITS = 2048
"""Binary digits of a numerator or denominator, also in intermediate results. Beyond it, refused: round the number;
without the file the certificate alone is rechecked."""

MAX_DENOMINATOR = 2520
"""Denominator of a multiple of pi in cos, sin or exp. Beyond it, refused: choose a group of lower order, or recheck
without `--spec`."""

MAX_RADICAND = 10**12
"""What is left under a square root after the squares of small primes are taken out. Beyond it, refused: write a root
of a smaller number; without the file the certificate alone is rechecked."""

_NUMBER = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?)|(?P<name>[A-Za-z]+)|(?P<sign>\*\*|[-+*/()]))"
)
_OPERATOR = re.compile(
    r"\s*(?:(?P<pauli>[XYZ]\d{1,6})|H\s*\(\s*(?P<one>\d{1,6})\s*,\s*(?P<other>\d{1,6})\s*\)"
    r"|(?P<call>(?:sqrt|cos|sin|exp)\s*\()|(?P<number>\d+(?:\.\d+)?)|(?P<word>[iI](?![A-Za-z0-9_]))|(?P<sign>[-+*/()]))"
)  # fmt: skip
_COSINES = {Fraction(0): Fraction(1), Fraction(1, 3): Fraction(1, 2), Fraction(1, 2): Fraction(0),
            Fraction(2, 3): Fraction(-1, 2), Fraction(1): Fraction(-1)}  # fmt: skip
"""Rational cosines, keyed by the multiple of pi (Niven)."""


@dataclass(frozen=True)
class Number:
    """A number as text; if it is a Gaussian rational times a power of pi, also as that.

    Attributes:
        text: the number in the words of a certificate; has no meaning if there is a power of pi.
        value: real and imaginary parts, if they are rational.
        pis: the power of pi.
    """

    text: str
    value: tuple[Fraction, Fraction] | None = None
    pis: int = 0

    @property
    def is_zero(self) -> bool:
        """Whether it is known to be zero."""
        return self.value is not None and not any(self.value)


def rational_text(value: Fraction) -> str:
    """A rational number, safe inside a product.

    >>> rational_text(Fraction(-1, 2)), rational_text(Fraction(3))
    ('(-1/2)', '3')
    """
    return str(value) if value >= 0 and value.denominator == 1 else f"({value})"


def number_text(value: Any) -> str:
    """A number of a spec in the words of a certificate.

    Raises:
        UnreadError: the text is not a number, or is beyond the limits.

    >>> number_text("sqrt(2/3)"), number_text("0.25"), number_text("sin(pi/5)")
    ('(1/3*sqrt(6))', '(1/4)', 'cos(3/10*pi)')
    """
    number = _read(str(value))
    if number.pis and not number.is_zero:
        raise UnreadError(f"the number {quoted(str(value))}, a power of pi,")
    return number.text


def rational_number(value: Any) -> Fraction:
    """A rational number of a spec.

    Raises:
        UnreadError: the text is not a rational number.
    """
    number = _read(str(value))
    if number.value is None or number.value[1] or (number.pis and number.value[0]):
        raise UnreadError(f"the number {quoted(str(value))}, which is not rational,")
    return number.value[0]


def operator_text(text: str) -> str:
    """An operator of a spec in the words of a certificate.

    Raises:
        UnreadError: the text is not an operator.

    >>> operator_text("0.5*X0 Z1 - H( 0, 1 )/2")
    '(1/2) * X0 Z1 - H(0,1) / 2'
    """
    if len(text) > MAX_LENGTH:
        raise UnreadError(f"an operator of {len(text)} characters")
    out: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _OPERATOR.match(text, at)
        if token is None:
            raise UnreadError(f"the operator {quoted(text)}")
        at = token.end()
        if token["call"]:
            at = _closing(text, token.end())
            out.append(f"({number_text(text[token.start() : at])})")
        elif token["number"]:
            out.append(rational_text(_decimal(token["number"], text)))
        elif token["one"]:
            out.append(f"H({token['one']},{token['other']})")
        else:
            out.append(token["pauli"] or token["word"] or token["sign"])
    return " ".join(out)


def cosine(turns: Fraction) -> Number:
    """The cosine of a multiple of pi.

    >>> cosine(Fraction(1, 4)).text, cosine(Fraction(4, 3)).text
    ('cos(1/4*pi)', '(-1/2)')
    """
    folded = turns % 2
    folded = min(folded, 2 - folded)
    if folded in _COSINES:
        return _rational(_COSINES[folded])
    return Number(f"cos({folded}*pi)")


def sine(turns: Fraction) -> Number:
    """The sine of a multiple of pi."""
    return cosine(Fraction(1, 2) - turns)


def square_root(value: Fraction) -> Number:
    """The square root of a rational number; i times a real number if it is negative.

    >>> square_root(Fraction(8, 9)).text, square_root(Fraction(-1)).text
    ('(2/3*sqrt(2))', '(0 + 1*i)')
    """
    whole, factor = abs(value.numerator * value.denominator), Fraction(1, value.denominator)
    divisor = 2
    while divisor * divisor <= whole and divisor < 1000:
        while whole % (divisor * divisor) == 0:
            whole, factor = whole // (divisor * divisor), factor * divisor
        divisor += 1
    root = isqrt(whole)
    if root * root == whole:
        found = _rational(factor * root)
    elif whole >= MAX_RADICAND:
        raise UnreadError(f"the square root of {quoted(str(value))}")
    else:
        found = Number(f"({factor}*sqrt({whole}))")
    return found if value >= 0 else _times(_gaussian(Fraction(0), Fraction(1)), found)


def _closing(text: str, at: int) -> int:
    """The place after the parenthesis that closes the one before ``at``."""
    depth = 1
    while depth and at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    if depth:
        raise UnreadError(f"the operator {quoted(text)}")
    return at


def _decimal(digits: str, text: str) -> Fraction:
    if len(digits) > MAX_DIGITS:
        raise UnreadError(f"a number of {len(digits)} digits in {quoted(text)}")
    return Fraction(digits)


def _rational(value: Fraction) -> Number:
    return _gaussian(value, Fraction(0))


def _gaussian(real: Fraction, imaginary: Fraction, pis: int = 0) -> Number:
    if max(abs(p).bit_length() for v in (real, imaginary) for p in (v.numerator, v.denominator)) > MAX_BITS:
        raise UnreadError(f"a number of more than {MAX_BITS} binary digits")
    text = f"({rational_text(real)} + {rational_text(imaginary)}*i)" if imaginary else rational_text(real)
    return Number(text, (real, imaginary), pis if real or imaginary else 0)


def _plus(a: Number, b: Number, sign: int) -> Number:
    same = a.is_zero or b.is_zero or a.pis == b.pis
    if a.value is not None and b.value is not None and same:
        pis = b.pis if a.is_zero else a.pis
        return _gaussian(a.value[0] + sign * b.value[0], a.value[1] + sign * b.value[1], pis)
    if a.pis or b.pis:
        raise UnreadError("a sum of a number and a multiple of pi")
    return Number(f"({a.text} {'+' if sign > 0 else '-'} {b.text})")


def _times(a: Number, b: Number) -> Number:
    if a.value is not None and b.value is not None:
        (p, q), (r, s) = a.value, b.value
        return _gaussian(p * r - q * s, p * s + q * r, a.pis + b.pis)
    if a.pis or b.pis:
        raise UnreadError("a product of pi and an irrational number")
    return Number(f"({a.text}*{b.text})")


def _over(a: Number, b: Number) -> Number:
    if b.is_zero:
        raise UnreadError("a division by zero")
    if b.value is not None:
        (r, s), norm = b.value, b.value[0] ** 2 + b.value[1] ** 2
        return _times(a, _gaussian(r / norm, -s / norm, -b.pis))
    if a.pis or b.pis:
        raise UnreadError("a quotient of pi and an irrational number")
    return Number(f"({a.text}/{b.text})")


def _read(text: str) -> Number:
    if len(text) > MAX_NUMBER:
        raise UnreadError(f"a number of {len(text)} characters")
    reader = _Reader(text)
    number = reader.sum(0)
    reader.require_end()
    return number


class _Reader:
    """Recursive descent, with the precedence of arithmetic: ``-2**2`` is -4, ``2**3**2`` is 2**9."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at = text, [], 0  # type: tuple[str, list[re.Match[str]], int]
        at = 0
        while at < len(text.rstrip()):
            token = _NUMBER.match(text, at)
            if token is None:
                raise self._error()
            self._tokens.append(token)
            at = token.end()

    def require_end(self) -> None:
        if self._at < len(self._tokens):
            raise self._error()

    def sum(self, depth: int) -> Number:
        if depth > MAX_NESTING:
            raise self._error()
        value = self._product(depth)
        while sign := self._sign("+", "-"):
            value = _plus(value, self._product(depth), 1 if sign == "+" else -1)
        return value

    def _product(self, depth: int) -> Number:
        value = self._signed(depth)
        while sign := self._sign("*", "/"):
            other = self._signed(depth)
            value = _times(value, other) if sign == "*" else _over(value, other)
        return value

    def _signed(self, depth: int) -> Number:
        if depth > MAX_NESTING:
            raise self._error()
        if sign := self._sign("+", "-"):
            value = self._signed(depth + 1)
            return value if sign == "+" else _times(_rational(Fraction(-1)), value)
        base = self._atom(depth)
        if self._sign("**"):
            return self._power(base, self._signed(depth + 1))
        return base

    def _power(self, base: Number, exponent: Number) -> Number:
        if exponent.value is None or exponent.pis or exponent.value[1]:
            raise self._error()
        power = exponent.value[0]
        if power.denominator > 2 or abs(power) > MAX_EXPONENT:
            raise self._error()
        if power.denominator == 2:
            base, power = self._root(base), power * 2
        out = _rational(Fraction(1))
        for _ in range(abs(int(power))):
            out = _times(out, base)
        return _over(_rational(Fraction(1)), out) if power < 0 else out

    def _atom(self, depth: int) -> Number:
        if self._sign("("):
            inside = self.sum(depth + 1)
            self._close()
            return inside
        if self._at >= len(self._tokens):
            raise self._error()
        token = self._tokens[self._at]
        self._at += 1
        if token["number"]:
            return _rational(_decimal(token["number"], self._text))
        if token["name"] in ("i", "I"):
            # In a number both letters are the imaginary unit; the identity I occurs only in operators.
            return _gaussian(Fraction(0), Fraction(1))
        if token["name"] == "pi":
            return _gaussian(Fraction(1), Fraction(0), 1)
        if token["name"] in ("sqrt", "cos", "sin", "exp") and self._sign("("):
            argument = self.sum(depth + 1)
            self._close()
            return (
                self._root(argument) if token["name"] == "sqrt" else self._circular(token["name"], argument)
            )
        raise self._error()

    def _root(self, base: Number) -> Number:
        if base.value is None or base.pis or base.value[1]:
            raise self._error()
        return square_root(base.value[0])

    def _circular(self, name: str, argument: Number) -> Number:
        if argument.value is None or (argument.pis != 1 and not argument.is_zero):
            raise self._error()
        real, imaginary = argument.value
        turns = imaginary if name == "exp" else real
        if (real if name == "exp" else imaginary) or turns.denominator > MAX_DENOMINATOR:
            raise self._error()
        if name == "cos":
            return cosine(turns)
        if name == "sin":
            return sine(turns)
        unit = _gaussian(Fraction(0), Fraction(1))
        return _plus(cosine(turns), _times(unit, sine(turns)), 1)

    def _close(self) -> None:
        if not self._sign(")"):
            raise self._error()

    def _sign(self, *signs: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at]["sign"] in signs:
            self._at += 1
            return self._tokens[self._at - 1]["sign"]
        return ""

    def _error(self) -> UnreadError:
        return UnreadError(f"the number {quoted(self._text)}")
