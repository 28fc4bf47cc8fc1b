"""OpenQASM 3: the syntax tree is counted before a circuit is built from it, and it is read as the language means it.

The importer binds the arguments of a gate in the alphabetical order of their names. Here they are renamed, so that this
order is the order in which they are declared.
"""

import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError

from eqcompile.errors import MAX_REASON, MAX_SHOWN, BackendError, one_line, quoted
from eqcompile.readers.files.line_numbers import with_line
from eqcompile.readers.files.program_size import MAX_PROGRAM_BITS, ProgramSize
from eqcompile.readers.files.repeated_statements import without_repetitions
from eqcompile.readers.readings import Readings

MAX_TOKENS = 500_000
"""Words and signs of an OpenQASM 3 program; the parser takes about 35 microseconds for each. Beyond it, refused: give
the circuit as OpenQASM 2 or QPY."""

MAX_CONTROLS = 50
"""Controls of a gate in OpenQASM 3; the importer writes them out. Beyond it, refused: define the gate from smaller
ones."""

MAX_POWER_QUBITS = 8
"""Qubits of a gate under `pow` in OpenQASM 3; the importer makes it a matrix. Beyond it, refused: write the gate that
many times."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_PHYSICAL = re.compile(r"\$(\d+)")
_FREE_PHASE = frozenset({"U", "u2", "u3"})
"""Gates whose forms in Qiskit and in the language differ by a phase, which a control makes visible."""

_FUNCTION = (
    "'FunctionCall' cannot be resolved into a Qiskit value",
    "calls of functions, such as sqrt(2), cannot be read; write the value",
)
"""What the importer says about a function, and what we say."""

DIVISION = "a quotient of whole numbers is a whole number, as in OpenQASM 3"
NEGATIVE = (
    "a negative quotient of whole numbers is rounded down, as Qiskit reads it; OpenQASM 3 does not say how, "
    "and C rounds towards zero"
)
CONTROLLED_U = "U, u2 and u3 under a control have the phase that Qiskit gives them, OpenQASM 3 another"


def circuit_from_openqasm3(text: str, code: str) -> tuple[QuantumCircuit, tuple[str, ...]]:
    """The circuit of a program, and notes about how it was read.

    Args:
        text: the program.
        code: the same without comments.

    Raises:
        BackendError: the program is malformed, asks for too much, has something that cannot be read, or the parser is
            not installed.
    """
    try:
        from openqasm3.parser import QASM3ParsingError, parse
        from qiskit_qasm3_import import ConversionError, convert
    except ImportError:
        raise BackendError(
            "reading OpenQASM 3 needs the package qiskit-qasm3-import; install it, or give the circuit as QPY"
        ) from None
    _require_short(code)
    complaints = io.StringIO()  # the parser prints what it found, and its exception is empty
    try:
        with contextlib.redirect_stderr(complaints):
            shorter = without_repetitions(text)
            for tried in (shorter, text) if len(shorter.split()) * 2 < len(text.split()) else (text,):
                program = parse(tried)
                survey = _Survey()
                survey.statements(program.statements)
                circuit = convert(program)
            return circuit, survey.readings.notes
    except RecursionError:
        raise BackendError("not readable as OpenQASM 3: expressions are nested too deeply") from None
    except (QASM3ParsingError, ConversionError, QiskitError, ValueError) as error:
        said = complaints.getvalue() or str(getattr(error, "message", error))
        said = said.replace(*_FUNCTION)
        raise _unreadable(_first_line(said) or "the text is incomplete or malformed") from None
    except (TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise _unreadable(f"{_place_of(error)}{_reason_of(error)}") from None


def _unreadable(reason: str) -> BackendError:
    return BackendError(f"not readable as OpenQASM 3: {with_line(reason)}")


def _place_of(error: Exception) -> str:
    """Where the importer stood when it failed: its innermost frame that visits a node of the program."""
    place, frame = "", error.__traceback__
    while frame is not None:
        span = getattr(frame.tb_frame.f_locals.get("node"), "span", None)
        place = place if span is None else f"{span.start_line},{span.start_column}: "
        frame = frame.tb_next
    return place


def _reason_of(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    if isinstance(error, IndexError):
        return "an index is out of range"
    reason = _first_line(str(error)) or type(error).__name__
    return f"a statement cannot be read, such as a loop ({reason}); write its gates one by one"


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return one_line(lines[0])[:MAX_REASON] if lines else ""


def _require_short(code: str) -> None:
    if len(code) > MAX_TOKENS and sum(1 for _ in _TOKEN.finditer(code)) > MAX_TOKENS:
        raise BackendError(
            f"the program has more than {MAX_TOKENS} words and signs, which takes too long to read as OpenQASM 3; "
            "give it as OpenQASM 2 or QPY"
        )
    for number in _PHYSICAL.findall(code):
        if len(number) > len(str(MAX_PROGRAM_BITS)) or int(number) >= MAX_PROGRAM_BITS:
            raise BackendError(
                f"the physical qubit ${number[:MAX_SHOWN]} is beyond the limit of {MAX_PROGRAM_BITS} qubits"
            )


class _Survey:
    """Walks through a syntax tree: sizes, notes, and gate arguments in order.

    Malformed parts are left to the importer, which reports them.
    """

    def __init__(self) -> None:
        self.size = ProgramSize()
        self.readings = Readings()
        self._qubits: dict[str, int] = {}
        self._free_phase = set(_FREE_PHASE)

    def statements(self, statements: Iterable[Any]) -> None:
        """Count the statements of the program."""
        for statement in statements:
            self._note_divisions(statement)
            kind = type(statement).__name__
            if kind == "QubitDeclaration":
                self._declare(statement.qubit, statement.size, quantum=True)
            elif kind == "ClassicalDeclaration":
                self._declare(statement.identifier, getattr(statement.type, "size", None), quantum=False)
                self.size.add(self._width(statement.identifier))
            elif kind == "AliasStatement":
                self.size.registers[statement.target.name] = self._width(statement.value)
            elif kind == "QuantumGateDefinition":
                self._define(statement)
            else:
                for node in _nodes(statement):
                    if type(node).__name__ == "QuantumGate":
                        self.size.call(node.name.name)
                self.size.add(self._operations(statement))

    def _declare(self, name: Any, size: Any, *, quantum: bool) -> None:
        bits = 1 if size is None else _whole(size)
        self.size.register(name.name, max(0, 1 if bits is None else bits), quantum=quantum)

    def _define(self, gate: Any) -> None:
        name = gate.name.name
        arguments = [argument.name for argument in gate.arguments]
        qubits = [qubit.name for qubit in gate.qubits]
        for twice in {x for x in (*arguments, *qubits) if (*arguments, *qubits).count(x) > 1}:
            raise _unreadable(f"the gate {quoted(name)} has two arguments called {quoted(twice)}")
        calls = [node.name for node in _nodes(gate.body) if type(node).__name__ == "QuantumGate"]
        inner = [called.name for called in calls]
        definitions = 1 + sum(self.size.definitions.get(called, 0) for called in inner)
        self.size.gate(name, sum(map(self._operations, gate.body)), definitions)
        self._qubits[name] = len(qubits)
        if self._free_phase & {*inner}:
            self._free_phase.add(name)
        renamed = {old: f"argument_{number:06}" for number, old in enumerate(arguments)}
        kept = set(map(id, calls))
        for node in _nodes([*gate.arguments, *gate.body]):
            if type(node).__name__ == "Identifier" and id(node) not in kept:
                node.name = renamed.get(node.name, node.name)

    def _operations(self, statement: Any) -> int:
        """Gates that a statement stands for: as many as its longest register has qubits."""
        kind = type(statement).__name__
        if kind == "QuantumGate":
            name = statement.name.name
            repeated = max(map(self._width, statement.qubits), default=1)
            controls = self._modified(statement, name)
            return repeated * self.size.gates.get(name, 1) * (1 + controls) ** 2
        if kind in ("ForInLoop", "WhileLoop", "Box", "BranchingStatement"):
            blocks = ("block", "body", "if_block", "else_block")
            inner = [part for block in blocks for part in getattr(statement, block, None) or ()]
            return sum(map(self._operations, inner))
        return max((self._width(node) for node in _nodes(statement)), default=1)

    def _modified(self, gate: Any, name: str) -> int:
        """Number of controls that modifiers add; powers and controls that are too large are refused."""
        controls = 0
        for modifier in gate.modifiers:
            kind = modifier.modifier.name
            number = 1 if modifier.argument is None else _whole(modifier.argument)
            if kind in ("ctrl", "negctrl"):
                controls += 1 if number is None else abs(number)
            elif kind == "pow" and self._qubits.get(name, 1) > MAX_POWER_QUBITS:
                raise BackendError(
                    f"a power of {quoted(name)}, a gate on more than {MAX_POWER_QUBITS} qubits; repeat the gate instead"
                )
        if controls > MAX_CONTROLS:
            raise BackendError(f"{quoted(name)} has {controls} controls; the limit is {MAX_CONTROLS}")
        if controls and name in self._free_phase:
            self.readings.say(CONTROLLED_U)
        return controls

    def _width(self, node: Any) -> int:
        """The most qubits or bits that an operand can have; one for anything that is not an operand."""
        kind = type(node).__name__
        if kind == "Identifier":
            return self.size.registers.get(node.name, 1)
        if kind == "IndexedIdentifier":
            return _indexed(self._width(node.name), node.indices[-1])
        if kind == "IndexExpression":
            return _indexed(self._width(node.collection), node.index)
        if kind == "Concatenation":
            width = self._width(node.lhs) + self._width(node.rhs)
            if width > MAX_PROGRAM_BITS:
                raise BackendError(f"a register of {width} bits; the limit is {MAX_PROGRAM_BITS}")
            return width
        return 1

    def _note_divisions(self, statement: Any) -> None:
        for node in _nodes(statement):
            if type(node).__name__ == "BinaryExpression" and node.op.name == "/":
                left, right = _whole(node.lhs), _whole(node.rhs)
                if left is not None and right and left % right:
                    kind = DIVISION if (left < 0) == (right < 0) else NEGATIVE
                    self.readings.note(kind, f"{left}/{right}", str(left // right))


def _indexed(width: int, index: Any) -> int:
    """How many of ``width`` bits an index leaves."""
    if type(index).__name__ == "DiscreteSet":
        return len(index.values)
    return width if any(type(part).__name__ == "RangeDefinition" for part in index) else 1


def _nodes(tree: Any) -> Iterator[Any]:
    """All nodes of a syntax tree, including those in lists of trees."""
    open_ = [tree]
    while open_:
        node = open_.pop()
        if isinstance(node, list | tuple):
            open_ += reversed(node)
        elif is_dataclass(node):
            yield node
            open_ += [getattr(node, field.name) for field in reversed(fields(node)) if field.name != "span"]


def _whole(node: Any) -> int | None:
    """The value of an expression of whole numbers; ``None`` for any other."""
    kind = type(node).__name__
    if kind in ("IntegerLiteral", "BitstringLiteral"):
        return int(node.value)
    if kind == "UnaryExpression" and node.op.name == "-":
        value = _whole(node.expression)
        return None if value is None else -value
    if kind == "BinaryExpression" and node.op.name in ("+", "-", "*", "/"):
        left, right = _whole(node.lhs), _whole(node.rhs)
        if left is None or right is None or (node.op.name == "/" and not right):
            return None
        if node.op.name == "/":
            return left // right
        return left * right if node.op.name == "*" else left + right if node.op.name == "+" else left - right
    return None
