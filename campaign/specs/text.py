"""Numbers and operators from the text of a spec, as plain complex numbers and dense matrices; nothing is executed."""

import cmath
import math
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Value: TypeAlias = "complex | Array"

ONE = np.eye(2, dtype=complex)
LETTERS = {
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.array([[1, 0], [0, -1]], dtype=complex),
}
FUNCTIONS = {"sqrt": cmath.sqrt, "cos": cmath.cos, "sin": cmath.sin, "exp": cmath.exp}
CONSTANTS = {"i": 1j, "pi": math.pi}

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<letter>[XYZ]\d+)|(?P<pair>H\(\s*\d+\s*,\s*\d+\s*\))"
    r"|(?P<name>[A-Za-z]+)|(?P<sign>\*\*|[-+*/()]))"
)


def on_qubits(matrix: Array, qubits: tuple[int, ...], num_qubits: int) -> Array:
    """A small matrix on the named qubits, the most significant one first; qubit q is bit q of the register."""
    out = np.zeros((1 << num_qubits, 1 << num_qubits), dtype=complex)
    mask = sum(1 << q for q in qubits)
    places = [sum(((row >> (len(qubits) - 1 - k)) & 1) << q for k, q in enumerate(qubits))
              for row in range(1 << len(qubits))]  # fmt: skip
    for rest in range(1 << num_qubits):
        if rest & mask:
            continue
        for a, place in enumerate(places):
            for b, other in enumerate(places):
                out[rest | place, rest | other] = matrix[a, b]
    return out


def letter_on(name: str, qubit: int, num_qubits: int) -> Array:
    """A Pauli matrix on one qubit of the register."""
    return on_qubits(LETTERS[name], (qubit,), num_qubits)


def number(value: object) -> complex:
    """A number, as a spec writes it.

    Raises:
        ValueError: the text is not a number.
    """
    if isinstance(value, int | float):
        return complex(value)
    read = _Reader(str(value), 0).all()
    if isinstance(read, np.ndarray):
        raise ValueError(f"{value} is an operator, not a number")
    return complex(read)


def operator(text: str, num_qubits: int) -> Array:
    """A sum of Pauli strings as a dense matrix; ``H(i,j)`` is XX + YY + ZZ, ``I`` the identity.

    Raises:
        ValueError: the text is not an operator.
    """
    read = _Reader(text, num_qubits).all()
    return read if isinstance(read, np.ndarray) else read * np.eye(1 << num_qubits, dtype=complex)


class _Reader:
    """Recursive descent; a product is written with ``*`` or by putting factors side by side."""

    def __init__(self, text: str, num_qubits: int) -> None:
        self.n = num_qubits
        self.tokens = list(self._read(text))
        self.place = 0

    def _read(self, text: str) -> Iterator[tuple[str, str]]:
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise ValueError(f"{text!r} cannot be read from {text[position:]!r} on")
            yield match.lastgroup or "", match[match.lastgroup or 0]
            position = match.end()

    def all(self) -> Value:
        value = self.sum()
        if self.place != len(self.tokens):
            raise ValueError(f"unexpected {self.tokens[self.place]}")
        return value

    def peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise ValueError("the text ends too soon")
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self) -> Value:
        value = self.product()
        while self.peek() in ("+", "-") and self.peek():
            sign = 1 if self.take()[1] == "+" else -1
            value = self.plus(value, self.times(sign, self.product()))
        return value

    def product(self) -> Value:
        if self.peek() in ("+", "-") and self.peek():
            sign = 1 if self.take()[1] == "+" else -1
            return self.times(sign, self.product())
        value = self.power()
        while self.peek() and self.peek() not in ("+", "-", ")"):
            if self.peek() == "*":
                self.take()
                value = self.times(value, self.signed())
            elif self.peek() == "/":
                self.take()
                value = self.times(value, 1 / self.scalar(self.signed()))
            else:
                value = self.times(value, self.power())
        return value

    def signed(self) -> Value:
        if self.peek() == "-":
            self.take()
            return self.times(-1, self.signed())
        return self.power()

    def power(self) -> Value:
        value = self.atom()
        if self.peek() == "**":
            self.take()
            return self.scalar(value) ** self.scalar(self.signed())
        return value

    def atom(self) -> Value:
        kind, text = self.take()
        if kind == "number":
            return complex(float(text))
        if kind == "letter":
            return letter_on(text[0], int(text[1:]), self.n)
        if kind == "pair":
            a, b = (int(digits) for digits in re.findall(r"\d+", text))
            return sum(
                (letter_on(c, a, self.n) @ letter_on(c, b, self.n) for c in "XYZ"),
                start=0 * np.eye(1 << self.n),
            )
        if text in FUNCTIONS:
            return FUNCTIONS[text](self.scalar(self.atom()))
        if text in CONSTANTS:
            return CONSTANTS[text]
        if text == "I":
            return np.eye(1 << self.n, dtype=complex) if self.n else 1j
        if text == "(":
            value = self.sum()
            if self.take()[1] != ")":
                raise ValueError("a parenthesis is not closed")
            return value
        raise ValueError(f"unexpected {text!r}")

    def plus(self, a: Value, b: Value) -> Value:
        if isinstance(a, np.ndarray) != isinstance(b, np.ndarray):
            one = np.eye(1 << self.n, dtype=complex)
            a, b = (v if isinstance(v, np.ndarray) else v * one for v in (a, b))
        return a + b

    def times(self, a: Value, b: Value) -> Value:
        return a @ b if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else a * b

    def scalar(self, value: Value) -> complex:
        if isinstance(value, np.ndarray):
            raise ValueError("an operator stands where a number is needed")
        return complex(value)
