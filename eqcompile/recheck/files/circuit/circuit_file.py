"""A circuit from an OpenQASM 2, OpenQASM 3 or QPY file, read by Qiskit's parsers after its sizes are counted."""

import contextlib
import io
import re
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from eqcompile.errors import EqcompileError, one_line, quoted
from eqcompile.recheck.files.circuit.placement import Placement, placement_of, speaks_of_a_layout
from eqcompile.recheck.files.unread import UnreadError

MAX_BYTES = 64 << 20
"""Bytes of a circuit's file, and of each file that it includes. Beyond it, refused: verify and recheck a part of the
circuit, or recheck without `--circuit`."""

MAX_BITS = 10_000
"""Qubits and classical bits of a program; in QPY, of either kind. Beyond it, refused: leave out registers that
nothing acts on, or recheck without `--circuit`."""

MAX_UNROLLED = 200_000
"""Gates of an OpenQASM program, definitions unrolled; counted before it is read. Beyond it, refused: give the circuit
as QPY, or recheck without `--circuit`."""

CONTROL_COST = 10
"""Gates that the parser makes of one gate behind a control."""
MAX_DEFINITIONS = 10_000
"""Gates that an OpenQASM program defines. Beyond it, refused: give the circuit as QPY, or recheck without
`--circuit`."""

MAX_INCLUDES = 20
"""Files that an OpenQASM program includes, over all levels. Beyond it, refused: put the gates into one file, or
recheck without `--circuit`."""

MALFORMED = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, EOFError, OSError, MemoryError,
    struct.error,
)  # fmt: skip
"""What the parsers raise on files of a wrong form, besides their own errors."""

_COMMENT = re.compile(r"""("[^"\n]*"|'[^'\n]*')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_VERSION = re.compile(r"\s*OPENQASM\s+([23])(?:\.\d+)?\s*;")
_REGISTER = re.compile(r"\b(?:qreg|creg)\s+\w+\s*\[([^\]]*)\]|\b(?:qubit|bit)\s*\[([^\]]*)\]")
_PHYSICAL = re.compile(r"\$(\d+)")
_GATE = re.compile(r"\bgate\s+(\w+)[^{}]*\{([^{}]*)\}")
_CALL = re.compile(r"(?:^|[;{}])\s*((?:[A-Za-z]\w*\s*(?:\([^@;]*?\)\s*)?@\s*)*)([A-Za-z]\w*)")
_POWER = re.compile(r"\bpow\s*\(\s*-?(\d{1,9})\s*\)")
_INCLUDE = re.compile(r"""\binclude\s*["']([^"'\n]*)["']""")
_OWN_INCLUDES = ("qelib1.inc", "stdgates.inc")


@dataclass(frozen=True)
class CircuitFile:
    """What a file holds.

    Attributes:
        circuit: a ``QuantumCircuit``; the circuit of an OpenQASM file has no layout of its own.
        placement: where its qubits are on a device, according to a comment.
        is_physical: whether the circuit names qubits of a device, ``$k``, which are the circuit's qubits k.
    """

    circuit: Any
    placement: Placement | None = None
    is_physical: bool = False


def load_circuit(path: Path) -> CircuitFile:
    """The circuit in a file.

    Raises:
        EqcompileError: the file cannot be read, or is malformed.
        UnreadError: the circuit is larger than the limits.
    """
    name = one_line(str(path))
    try:
        if not path.is_file():
            raise EqcompileError(f"{name}: no such file, or no ordinary one")
        if path.stat().st_size > MAX_BYTES:
            raise UnreadError(f"a circuit of {path.stat().st_size} bytes")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise EqcompileError(f"{name}: {getattr(error, 'strerror', None) or error}") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a newer Qiskit wrote the file
        if content.startswith(b"QISKIT"):
            return CircuitFile(_from_qpy(content, name))
        return _from_qasm(content, path)


def _from_qasm(content: bytes, path: Path) -> CircuitFile:
    from qiskit.exceptions import QiskitError

    name = one_line(str(path))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EqcompileError(f"{name}: neither OpenQASM nor QPY") from None
    code = _without_comments(text)
    version = _VERSION.match(code)
    if version is None:
        raise EqcompileError(f"{name}: neither OpenQASM 2 or 3 nor QPY")
    if version[1] == "3":  # there a carriage return also ends a comment, and what follows is code
        code = _without_comments(text.replace("\r", "\n"))
    whole = _with_includes(code, path.parent, set())
    _require_small(whole)
    try:
        placement = placement_of(_comments(text), MAX_BITS)
    except EqcompileError as error:
        raise EqcompileError(f"{name}: {error}") from None
    try:
        if version[1] == "2":
            return CircuitFile(_parsed2(text, whole, path.parent), placement)
        circuit = _parsed3(text)
        return CircuitFile(_without_layout(circuit), placement, circuit.layout is not None)
    except (QiskitError, *MALFORMED) as error:
        line = next(iter(str(error).splitlines()), type(error).__name__)
        raise EqcompileError(
            f"{name}: not readable as OpenQASM {version[1]}: {one_line(line)[:200]}"
        ) from None


def _parsed2(text: str, whole: str, folder: Path) -> Any:
    from qiskit import qasm2

    # Gates that the program defines itself mean what it says, not what Qiskit knows by these names.
    own = {match[1] for match in _GATE.finditer(whole)}
    known = [gate for gate in qasm2.LEGACY_CUSTOM_INSTRUCTIONS if gate.name not in own]
    return qasm2.loads(text, include_path=(folder,), custom_instructions=known)


def _parsed3(text: str) -> Any:
    try:
        from openqasm3.parser import QASM3ParsingError, parse
        from qiskit_qasm3_import import ConversionError, convert
    except ImportError:
        raise UnreadError("OpenQASM 3 without the package qiskit-qasm3-import") from None
    complaints = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaints):
            program = parse(text)
            for statement in program.statements:
                if type(statement).__name__ == "QuantumGateDefinition":
                    _number_arguments(statement)
            return convert(program)
    except QASM3ParsingError as error:
        raise ValueError(complaints.getvalue() or str(error) or "malformed") from None
    except ConversionError as error:
        raise ValueError(str(error)) from None


def _number_arguments(gate: Any) -> None:
    """Rename the arguments of a gate so that their alphabetical order is that of their declaration.

    The importer binds the values of a call to the arguments in alphabetical order.
    """
    names = [argument.name for argument in gate.arguments]
    if len({*names, *(qubit.name for qubit in gate.qubits)}) != len(names) + len(gate.qubits):
        raise UnreadError("a gate with two arguments of one name")
    renamed = {name: f"_{place:06d}_{name}" for place, name in enumerate(names)}
    called = {id(node.name) for node in _nodes(gate.body) if type(node).__name__ == "QuantumGate"}
    for node in (*gate.arguments, *_nodes(gate.body)):
        if type(node).__name__ == "Identifier" and id(node) not in called:
            node.name = renamed.get(node.name, node.name)


def _nodes(value: Any) -> Iterator[Any]:
    """Every node of a syntax tree."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _nodes(part)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from _nodes(getattr(value, field.name))


def _without_layout(circuit: Any) -> Any:
    """The circuit without the layout that the importer gives to device qubits; it must say that $k is qubit k."""
    if circuit.layout is None:
        return circuit
    places = circuit.layout.initial_layout
    if circuit.layout.final_layout is not None or [places[q] for q in circuit.qubits] != [
        *range(len(circuit.qubits))
    ]:
        raise UnreadError("the qubits of a device in another order")
    plain = circuit.copy()
    plain._layout = None
    return plain


def _comments(text: str) -> list[str]:
    return [found[0] for found in _COMMENT.finditer(text) if found[1] is None]


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda found: found[1] or " ", text)


def _with_includes(code: str, folder: Path, seen: set[str]) -> str:
    """The code, followed by the files that it includes: only what is defined and declared matters here."""
    out = code
    for include in _INCLUDE.findall(code):
        if include in seen or include in _OWN_INCLUDES or not (folder / include).is_file():
            continue
        seen.add(include)
        if len(seen) > MAX_INCLUDES or (folder / include).stat().st_size > MAX_BYTES:
            raise UnreadError(f"more than {MAX_INCLUDES} included files, or a large one,")
        content = (folder / include).read_bytes().decode("utf-8", "replace")
        if any(map(speaks_of_a_layout, _comments(content))):
            raise UnreadError(f"a layout in the included {quoted(include)}")
        out += "\n" + _with_includes(_without_comments(content), folder, seen)
    return out


def _require_small(code: str) -> None:
    """Count bits and gates before a parser makes room for them."""
    bits = 0
    for match in _REGISTER.finditer(code):
        size = (match[1] or match[2] or "").strip()
        if not re.fullmatch(r"\d{1,9}", size):
            raise UnreadError(f"a register of [{size[:20]}] bits")
        bits += int(size)
    for number in _PHYSICAL.findall(code):
        if len(number) > len(str(MAX_BITS)):
            raise UnreadError(f"the qubit ${number} of a device")
        bits = max(bits, int(number) + 1)
    if bits > MAX_BITS:
        raise UnreadError(f"a circuit of {bits} bits")
    sizes: dict[str, int] = {}
    for count, match in enumerate(_GATE.finditer(code)):
        if count >= MAX_DEFINITIONS:
            raise UnreadError(f"more than {MAX_DEFINITIONS} gate definitions")
        sizes[match[1]] = _unrolled(match[2], sizes)
    _unrolled(_GATE.sub(" ", code), sizes)


def _unrolled(code: str, sizes: dict[str, int]) -> int:
    total = 0
    for modifiers, name in _CALL.findall(code):
        size = max(1, sizes.get(name, 1))
        for exponent in _POWER.findall(modifiers):
            size *= max(1, int(exponent))
        size *= CONTROL_COST if "ctrl" in modifiers else 1
        total += size
        if total > MAX_UNROLLED:
            raise UnreadError(f"a circuit of more than {MAX_UNROLLED} gates, definitions unrolled,")
    return total


def _from_qpy(content: bytes, name: str) -> Any:
    from qiskit import QuantumCircuit, qpy
    from qiskit.exceptions import QiskitError

    _require_small_qpy(content, name, qpy.QPY_VERSION)
    try:
        loaded = qpy.load(io.BytesIO(content))
    except (QiskitError, *MALFORMED) as error:
        line = next(iter(str(error).splitlines()), type(error).__name__)
        raise EqcompileError(f"{name}: not readable as QPY: {one_line(line)[:200]}") from None
    except BaseException as error:
        # Qiskit's reader in Rust panics on some broken files.
        if type(error).__name__ == "PanicException":
            raise EqcompileError(f"{name}: not readable as QPY: the file is damaged") from None
        raise
    if len(loaded) != 1 or not isinstance(loaded[0], QuantumCircuit):
        raise UnreadError("a QPY file that is not one circuit")
    return loaded[0]


def _require_small_qpy(content: bytes, name: str, newest: int) -> None:
    """Check what the header says, which the parser would trust: version, circuits, bits."""
    try:
        version, programs = struct.unpack_from("!6xB3xQ", content)
        if not 5 <= version <= newest or programs != 1:
            raise UnreadError(f"{programs} circuits in QPY of version {version}")
        start = 19
        if version >= 10:
            if version < 13 and content[18:19] == b"e":
                raise UnreadError("QPY whose expressions could execute code")
            start = 20
        if version >= 16:
            (start,) = struct.unpack_from("!Q", content, start)
        qubits, clbits = struct.unpack_from("!5xII", content, start)
    except struct.error:
        raise EqcompileError(f"{name}: not readable as QPY: the file ends too early") from None
    if max(qubits, clbits) > MAX_BITS:
        raise UnreadError(f"a circuit of {max(qubits, clbits)} bits")
