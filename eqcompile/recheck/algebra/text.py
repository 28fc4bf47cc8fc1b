"""Reads the texts of a certificate over a prime field: numbers, operators, states. Nothing is executed."""

import re
from fractions import Fraction

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.algebra.field import Field
from eqcompile.recheck.algebra.pauli import UNIT, Amplitudes, Operator, Terms, combined, product, reduced

MAX_TEXT = 4_000_000
"""Characters of one operator or state in a certificate. Beyond it, refused: the claim is not rechecked; use a smaller
locality or fewer kets."""

MAX_DEPTH = 30
"""Brackets within brackets of an operator in a certificate. Beyond it, refused: the claim is not rechecked; multiply
the brackets out."""

MAX_AMPLITUDES = 1 << 16
"""Amplitudes of a state. Beyond it, refused: the claim is not rechecked; use fewer of the letters + - r l, or fewer
kets."""

MAX_PRODUCT = 1_000_000
"""Terms of a product of sums, before they are added up. Beyond it, refused: the claim is not rechecked; write the
operator as a plain sum."""

_TOKEN = re.compile(
    r"\s*(?:(?P<string>[XYZ])(?P<qubit>\d{1,6})|H\((?P<one>\d{1,6}),(?P<other>\d{1,6})\)|(?P<digits>\d+)"
    r"|sqrt\((?P<radicand>\d{1,12})\)|cos\((?P<turns>-?(?:\d+(?:/0*[1-9]\d*)?\*)?)pi\)|(?P<word>[iI])|(?P<sign>[-+*/()]))"
)
_KET = re.compile(r"\|([01rl+-]+)>")
_LETTERS = {"0": (1, 0), "1": (0, 1), "+": (1, 1), "-": (1, -1)}


def number(text: str, field: Field) -> int:
    """A number such as ``1/2*sqrt(3)``, ``cos(2/7*pi)`` or ``(1/2 - i)``."""
    terms = _Reader(text, 0, field).read()
    if set(terms) - {UNIT}:
        raise EqcompileError(f"{quoted(text)} is an operator where a number is needed")
    return terms.get(UNIT, 0)


def operator(text: str, num_qubits: int, field: Field) -> Operator:
    """An operator such as ``X0 X1 + 1/2*Z2``, with its adjoint: conjugate numbers, reversed strings.

    >>> field = Field(13, 4, 5)
    >>> operator("Y0", 1, field).is_hermitian, operator("i*Y0", 1, field).is_hermitian
    (True, False)
    """
    terms = _Reader(text, num_qubits, field).read()
    mirrored = _Reader(text, num_qubits, field.conjugated).read()
    adjoint = {(x, z): -v if (x & z).bit_count() & 1 else v for (x, z), v in mirrored.items()}
    return Operator(terms, reduced(adjoint, field.p))


def state(text: str, num_qubits: int, field: Field) -> Amplitudes:
    """A state such as ``|01> - |10>``, or one ket of the letters ``0 1 + - r l``.

    >>> state("|01> - |10>", 2, Field(13, 4, 5))
    {2: 1, 1: 12}
    """
    kets = list(_KET.finditer(text)) if len(text) <= MAX_TEXT else []
    if not kets or text[kets[-1].end() :].strip():
        raise EqcompileError(f"{quoted(text)} is no state")
    out: Amplitudes = {}
    start = 0
    for ket in kets:
        letters, factor = ket[1], _coefficient(text[start : ket.start()], field)
        start = ket.end()
        if len(letters) != num_qubits or (len(kets) > 1 and set(letters) - {"0", "1"}):
            raise EqcompileError(f"{quoted(ket[0])} is no ket of {num_qubits} qubits here")
        for bits, value in _expanded(letters, field).items():
            out[bits] = (out.get(bits, 0) + factor * value) % field.p
    return {bits: value for bits, value in out.items() if value}


def _expanded(letters: str, field: Field) -> Amplitudes:
    """The product of single-qubit states, not normalised."""
    out: Amplitudes = {0: 1}
    for qubit, letter in enumerate(letters):
        zero, one = (1, field.i if letter == "r" else -field.i) if letter in "rl" else _LETTERS[letter]
        ups = {bits | 1 << qubit: value * one for bits, value in out.items() if one}
        out = ({bits: value * zero for bits, value in out.items()} if zero else {}) | ups
        if len(out) > MAX_AMPLITUDES:
            raise EqcompileError(f"a state of more than {MAX_AMPLITUDES} amplitudes, which is the limit")
    return out


def _coefficient(text: str, field: Field) -> int:
    body = text.strip()
    sign = -1 if body.startswith("-") else 1
    body = body[1:].strip() if body[:1] in ("+", "-") else body
    return sign * (number(body.removesuffix("*"), field) if body else 1)


class _Reader:
    """Recursive descent: sums of products of numbers, strings and brackets."""

    def __init__(self, text: str, num_qubits: int, field: Field) -> None:
        if len(text) > MAX_TEXT:
            raise EqcompileError(f"a text of {len(text)} characters; the limit is {MAX_TEXT}")
        self._text, self._num_qubits, self._field = text, num_qubits, field
        self._tokens: list[re.Match[str]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._error()
            self._tokens.append(match)
            at = match.end()
        self._at = 0

    def read(self) -> Terms:
        terms = self._sum(0)
        if self._at < len(self._tokens):
            raise self._error()
        return terms

    def _sum(self, depth: int) -> Terms:
        out: Terms = {}
        sign = self._sign("+", "-") or "+"
        while sign:
            for key, value in self._product(depth).items():
                out[key] = out.get(key, 0) + (value if sign == "+" else -value)
            sign = self._sign("+", "-")
        return reduced(out, self._field.p)

    def _product(self, depth: int) -> Terms:
        value, p = self._factor(depth), self._field.p
        while self._at < len(self._tokens) and self._tokens[self._at]["sign"] not in ("+", "-", ")"):
            if self._sign("/"):
                divisor = self._factor(depth)
                if set(divisor) != {UNIT}:
                    raise self._error()
                value = combined([(pow(divisor[UNIT], -1, p), value)], p)
            else:
                self._sign("*")
                factor = self._factor(depth)
                if len(value) * len(factor) > MAX_PRODUCT:
                    raise EqcompileError(
                        f"{quoted(self._text)} has a product of more than {MAX_PRODUCT} terms, which is the limit"
                    )
                value = product(value, factor, p)
        return value

    def _factor(self, depth: int) -> Terms:
        if depth > MAX_DEPTH:
            raise self._error()
        if self._sign("-"):
            return combined([(-1, self._factor(depth + 1))], self._field.p)
        if self._sign("("):
            inside = self._sum(depth + 1)
            if not self._sign(")"):
                raise self._error()
            return inside
        if self._at >= len(self._tokens) or self._tokens[self._at]["sign"]:
            raise self._error()
        self._at += 1
        return reduced(self._atom(self._tokens[self._at - 1]), self._field.p)

    def _atom(self, token: re.Match[str]) -> Terms:
        field = self._field
        if token["string"]:
            return self._letter(token["string"], int(token["qubit"]))
        if token["one"]:
            pair = int(token["one"]), int(token["other"])
            both = [(self._letter(name, pair[0]), self._letter(name, pair[1])) for name in "XYZ"]
            return combined([(1, product(a, b, field.p)) for a, b in both], field.p)
        if token["digits"]:
            return {UNIT: int(token["digits"])}
        if token["radicand"]:
            return {UNIT: field.square_root(int(token["radicand"]))}
        if token["word"]:
            return {UNIT: field.i if token["word"] == "i" else 1}
        written = token["turns"].removesuffix("*")
        return {UNIT: field.cosine(Fraction({"": "1", "-": "-1"}.get(written, written)) / 2)}

    def _letter(self, name: str, qubit: int) -> Terms:
        if qubit >= self._num_qubits:
            raise EqcompileError(
                f"qubit {qubit} is not one of the {self._num_qubits} in {quoted(self._text)}"
            )
        bit = 1 << qubit
        return {(bit * (name != "Z"), bit * (name != "X")): self._field.i if name == "Y" else 1}

    def _sign(self, *signs: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at]["sign"] in signs:
            self._at += 1
            return self._tokens[self._at - 1]["sign"]
        return ""

    def _error(self) -> EqcompileError:
        return EqcompileError(f"{quoted(self._text)} cannot be read")
