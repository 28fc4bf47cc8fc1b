"""What both sides are asked about one group: operators, states, a model and a circuit, right ones and wrong ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, sin
from random import Random

import numpy as np

from campaign.specs.dense import GATES, Declared
from campaign.specs.spaces import CLEAR, ZERO, Unclear
from campaign.specs.text import LETTERS, ONE, Array, number, on_qubits

KETS = {"0": [1, 0], "1": [0, 1], "+": [1, 1], "-": [1, -1], "r": [1, 1j], "l": [1, -1j]}
WORDS = {"zeros": "0", "ones": "1", "plus": "+", "minus": "-"}

_TERM = re.compile(r"\s*(?P<sign>[-+]?)\s*(?P<factor>[^|]*?)\s*\*?\s*\|(?P<letters>[^>]*)>")


def operators(declared: Declared, derived: Sequence[str], dice: Random) -> list[str]:
    """Sums of derived generators, some with one string too many, and Pauli strings that are right by chance only."""
    out = [
        _string(declared.qubits, dice),
        f"{_string(declared.qubits, dice)} - 1/2*{_string(declared.qubits, dice)}",
    ]
    for _ in range(2 if derived else 0):
        chosen = dice.sample(list(derived), min(len(derived), dice.randint(1, 3)))
        right = " + ".join(f"{dice.choice(['1', '-2', '3/4', 'sqrt(2)'])}*({text})" for text in chosen)
        out += [right, f"{right} + 1/3*{_string(declared.qubits, dice)}"]
    return out


def _string(n: int, dice: Random) -> str:
    support = sorted(dice.sample(range(n), dice.randint(1, min(n, 3))))
    return " ".join(f"{dice.choice('XYZ')}{q}" for q in support)


def state(n: int, dice: Random) -> str:
    """A random state: a word, singlets, a product, or a sum of two kets."""
    form = dice.choice(["word", "singlets", "product", "sum"])
    if form == "singlets" and n >= 2:
        qubits = dice.sample(range(n), 2 * dice.randint(1, n // 2))
        return f"singlets {[qubits[k : k + 2] for k in range(0, len(qubits), 2)]}"
    if form == "product":
        return "|" + "".join(dice.choice("01+-rl") for _ in range(n)) + ">"
    if form == "sum" and n >= 2:
        first = [dice.choice("01") for _ in range(n)]
        second = dice.choice([first[::-1], ["10"[int(c)] for c in first]])
        if first != second:
            return (
                f"|{''.join(first)}> {dice.choice(['+', '-', '- i*', '+ 1/2*'])} |{''.join(second)}>".replace(
                    "* |", "*|"
                )
            )
    return dice.choice(list(WORDS))


def vector(text: str, n: int) -> Array:
    """The amplitudes of a state; qubit 0 is the first letter and the lowest bit."""
    if text in WORDS:
        return _product(WORDS[text] * n)
    if text.startswith("singlets"):
        qubits = [int(q) for q in re.findall(r"\d+", text)]
        psi = _product("0" * n)
        out = np.zeros_like(psi)
        pairs = list(zip(qubits[::2], qubits[1::2], strict=True))
        for choice in range(1 << len(pairs)):
            bits = [b if choice >> k & 1 == 0 else a for k, (a, b) in enumerate(pairs)]
            out[sum(1 << q for q in bits)] = (-1) ** choice.bit_count()
        return out
    total = np.zeros(1 << n, dtype=complex)
    for match in _TERM.finditer(text):
        factor = number(match["factor"]) if match["factor"] else 1
        total += (-1 if match["sign"] == "-" else 1) * factor * _product(match["letters"])
    return total


def _product(letters: str) -> Array:
    psi = np.ones(1, dtype=complex)
    for name in letters:
        ket = np.array(KETS[name], dtype=complex)
        psi = np.kron(ket / np.linalg.norm(ket), psi)
    return psi


@dataclass(frozen=True)
class Gate:
    """One gate of a circuit in Qiskit's names; the angle is a factor times a parameter."""

    name: str
    qubits: tuple[int, ...]
    parameter: str = ""
    factor: int = 1

    def matrix(self, values: dict[str, float], n: int) -> Array:
        """The matrix of the gate on the register."""
        if not self.parameter:
            return on_qubits(np.array(GATES[self.name.upper()], dtype=complex), self.qubits, n)
        half = self.factor * values[self.parameter] / 2
        letters = self.name[1:].upper()
        string = np.ones((1, 1), dtype=complex)
        for letter in letters:
            string = np.kron(string, LETTERS[letter])
        small = cos(half) * np.eye(len(string)) - 1j * sin(half) * string
        return on_qubits(small, self.qubits, n)


def circuit(declared: Declared, derived: Sequence[str], dice: Random) -> list[Gate]:
    """A few gates with shared angles; some of the angles are coordinates of sites."""
    n = declared.qubits
    gates: list[Gate] = []
    written = [found for text in derived if (found := _rotations(text, "a"))]
    if written and dice.random() < 0.6:
        return dice.choice(written) + (dice.choice(written) if dice.random() < 0.5 else [])
    names = ["a", "b", *(f"{site}_{axis}" for site in declared.sites for axis in "xyz")]
    for _ in range(dice.randint(1, 2)):
        form = dice.choice(["pair", "all", "one", "fixed"])
        parameter = dice.choice(names[:2]) if dice.random() < 0.7 else dice.choice(names)
        if form == "pair" and n >= 2:
            a, b = dice.sample(range(n), 2)
            kinds = dice.choice([["rxx", "ryy", "rzz"], ["rxx", "ryy"], ["rzz"]])
            gates += [Gate(kind, (a, b), parameter, -1 if dice.random() < 0.1 else 1) for kind in kinds]
        elif form == "all":
            kind = dice.choice(["rx", "ry", "rz"])
            gates += [
                Gate(kind, (q,), parameter) for q in range(n) if q != declared.parity or dice.random() < 0.3
            ]
        elif form == "fixed":
            name = dice.choice(["h", "s", "x", "z", *(["cx", "cz", "swap"] if n >= 2 else [])])
            gates.append(Gate(name, tuple(dice.sample(range(n), 2 if name in ("cx", "cz", "swap") else 1))))
        else:
            gates.append(Gate(dice.choice(["rx", "ry", "rz"]), (dice.randrange(n),), parameter))
    return gates


def _rotations(text: str, parameter: str) -> list[Gate]:
    """exp(-i a G) in Qiskit's gates, if all strings are one letter, or the same letter twice, with whole factors."""
    gates = []
    for sign, factor, string in re.findall(r"([-+]?) ?(?:(\d+)\*)?((?:[XYZ]\d+ ?)+)", text):
        letters = re.findall("[XYZ]", string)
        qubits = tuple(int(q) for q in re.findall(r"\d+", string))
        if len(set(letters)) != 1 or len(letters) > 2:
            return []
        gates.append(Gate("r" + "".join(letters).lower(), qubits, parameter, 2 * int(f"{sign}{factor or 1}")))
    whole = not re.search(r"[/()]|sqrt|cos|\bi\b|H\(", text)
    single = len({gate.name[1] for gate in gates}) == 1  # strings of one letter commute
    return gates if whole and single else []


def is_equivariant(declared: Declared, gates: Sequence[Gate], dice: Random) -> bool:
    """Whether R U(x) = U(V x) R up to a phase, for every element, at random parameters and data."""
    n, count = declared.qubits, 3 * len(declared.sites)
    names = [f"{site}_{axis}" for site in declared.sites for axis in "xyz"]
    for element in declared.elements:
        for _ in range(2):
            r, v = element.on_qubits, element.on_data
            if element.continuous:
                angle = dice.uniform(0.5, 3)
                r, v = _exponential(-1j * angle * r), _exponential(angle * v).real
            x = np.array([dice.gauss(0, 1) for _ in range(count)])
            free = {name: dice.uniform(0.3, 2.5) for name in "ab"}
            before, after = (_unitary(gates, free | dict(zip(names, y, strict=True)), n) for y in (x, v @ x))
            overlap = abs(np.vdot(after @ r, r @ before)) / (1 << n)
            if ZERO <= 1 - overlap <= CLEAR:
                raise Unclear(f"{1 - overlap:.1e} is neither zero nor clear of it")
            if 1 - overlap > CLEAR:
                return False
    return True


def _exponential(matrix: Array) -> Array:
    """Exponential of an anti-Hermitian matrix."""
    if not len(matrix):
        return matrix.astype(complex)
    values, vectors = np.linalg.eigh(1j * matrix)
    return np.asarray(vectors * np.exp(-1j * values) @ vectors.conj().T)


def _unitary(gates: Sequence[Gate], values: dict[str, float], n: int) -> Array:
    total = np.eye(1 << n, dtype=complex) * ONE[0, 0]
    for gate in gates:
        total = gate.matrix(values, n) @ total
    return total
