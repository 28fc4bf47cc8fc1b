"""OpenQASM 2: what a program asks for is counted in its text and its included files before Qiskit reads it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from qiskit import QuantumCircuit, qasm2
from qiskit.exceptions import QiskitError

from eqcompile.errors import BackendError, one_line, quoted
from eqcompile.readers.files.line_numbers import with_line
from eqcompile.readers.files.program_size import ProgramSize

MAX_INCLUDES = 20
"""Files that an OpenQASM 2 program includes, over all levels. Beyond it, refused: put the gates into one file."""

MAX_TOKENS = 5_000_000
"""Words and signs of an OpenQASM 2 program; counting them takes a few seconds. Beyond it, refused: give the circuit as
QPY."""

STANDARD_INCLUDE = "qelib1.inc"
_GATE = re.compile(r"\bgate\s+(\w+)")
_TOKEN = re.compile(r"""[A-Za-z_]\w*|"[^"\n]*"|'[^'\n]*'|\d[\w.]*|\S""")


def circuit_from_openqasm2(
    text: str, code: str, folder: Path | None, content_of: Callable[[Path], str]
) -> QuantumCircuit:
    """The circuit of a program.

    Args:
        text: the program.
        code: the same without comments.
        folder: the only folder, with those below it, from which the program may include files.
        content_of: gives the text of a file, without comments.

    Raises:
        BackendError: the program is malformed, asks for too much, or includes a file elsewhere.
    """
    size = ProgramSize()
    reading = _Reading(size, folder, content_of)
    reading.read(code)
    try:
        return qasm2.loads(
            text,
            include_path=() if folder is None else (folder,),
            # Qiskit replaces definitions by its own gates of the same name, whatever these definitions say.
            custom_instructions=[
                gate for gate in qasm2.LEGACY_CUSTOM_INSTRUCTIONS if gate.name not in reading.defined
            ],
        )
    except (
        TypeError
    ) as error:  # of a gate that Qiskit makes in Python, such as RZGate.__init__() missing ... 'phi'
        name = str(error).partition("Gate")[0].lower()
        raise BackendError(
            f"not readable as OpenQASM 2: a gate {quoted(name)} with another number of parameters than it takes"
        ) from None
    except (QiskitError, RecursionError, OverflowError, ValueError) as error:
        reason = str(getattr(error, "message", error)).strip().splitlines() or [type(error).__name__]
        raise BackendError(f"not readable as OpenQASM 2: {with_line(one_line(reason[0]))}") from None


class _Reading:
    """Follows the statements of a program and of what it includes. The parser later refuses what is malformed."""

    def __init__(self, size: ProgramSize, folder: Path | None, content_of: Callable[[Path], str]) -> None:
        self._size, self._folder, self._content_of = size, folder, content_of
        self._included: set[Path] = set()
        self.defined: set[str] = set()

    def read(self, code: str) -> None:
        """Count the statements of a text."""
        self.defined |= {*_GATE.findall(code)}
        for words in _statements(code):
            if words[0] == "gate":
                self._define(words)
            elif words[0] == "include" and len(words) > 1 and len(words[1]) > 1 and words[1][0] in "\"'":
                self._include(words[1][1:-1])
            elif words[0] in ("qreg", "creg") and len(words) > 3 and words[3].isdecimal():
                self._size.register(words[1], int(words[3]), quantum=words[0] == "qreg")
            else:
                called = words[words.index(")") + 1 :] if words[0] == "if" and ")" in words else words
                if called:
                    self._size.call(called[0])
                    self._size.add(self._operations(called))

    def _define(self, words: list[str]) -> None:
        if len(words) < 2 or "{" not in words:
            return
        body, definitions, statement = 0, 1, list[str]()
        for word in words[words.index("{") + 1 :]:
            if word in (";", "}"):
                if statement:
                    body += self._operations(statement)
                    definitions += self._size.definitions.get(statement[0], 0)
                statement = []
            else:
                statement.append(word)
        self._size.gate(words[1], body, definitions)

    def _operations(self, words: list[str]) -> int:
        """Gates that a statement stands for: as many as its longest register has qubits."""
        operands, depth = [], 0
        for place, word in enumerate(words[1:], 1):
            depth += (word in "([") - (word in ")]")
            if depth == 0 and (place + 1 >= len(words) or words[place + 1] != "["):
                operands.append(word)
        repeated = max((self._size.registers.get(word, 1) for word in operands), default=1)
        return repeated * self._size.gates.get(words[0], 1)

    def _include(self, name: str) -> None:
        if name == STANDARD_INCLUDE:
            return
        if self._folder is None:
            raise BackendError(
                f"the program includes {quoted(name)}; only {STANDARD_INCLUDE} can be included here"
            )
        folder = self._folder.resolve()
        try:
            file = (folder / name).resolve()
            is_there = file.exists()
        except (OSError, ValueError, RuntimeError):
            raise BackendError(
                f"the program includes {quoted(name)}, which is not the name of a file"
            ) from None
        if not file.is_relative_to(folder):
            raise BackendError(
                f"the program includes {quoted(name)}, which is not below the folder of the circuit; copy it there"
            )
        if file in self._included:
            return
        self._included.add(file)
        if len(self._included) > MAX_INCLUDES:
            raise BackendError(f"the program includes more than {MAX_INCLUDES} files")
        if is_there:  # else the parser says so, and where
            self.read(self._content_of(file))


def _statements(code: str) -> Iterator[list[str]]:
    """The words of every statement; a gate with its whole body is one statement."""
    words: list[str] = []
    inside = False
    for number, found in enumerate(_TOKEN.finditer(code)):
        if number > MAX_TOKENS:
            raise BackendError(f"the program has more than {MAX_TOKENS} words and signs; give it as QPY")
        word = found[0]
        if word == "{":
            inside = True
        if word == "}" or (word == ";" and not inside):
            if words:
                yield [*words, word] if word == "}" else words
            words, inside = [], False
        else:
            words.append(word)
    if words:
        yield words
