"""Circuits from files: OpenQASM 2 and 3, and QPY. Nothing in a file is executed."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from qiskit import QuantumCircuit

from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.errors import MAX_SHOWN, BackendError, one_line, quoted
from eqcompile.readers.circuit import general_circuit
from eqcompile.readers.files.openqasm2 import circuit_from_openqasm2
from eqcompile.readers.files.openqasm3 import circuit_from_openqasm3
from eqcompile.readers.files.program_size import MAX_PROGRAM_BITS
from eqcompile.readers.files.qpy import MAGIC, circuit_from_qpy

MAX_CIRCUIT_BYTES = 64 << 20
"""Bytes of a circuit's file. Beyond it, refused: verify a part of the circuit."""

MAX_CHARACTERS = 16_000_000
"""Characters of an OpenQASM program. Beyond it, refused: give the circuit as QPY."""

MAX_STATEMENTS = 1_000_000
"""Statements of an OpenQASM program. Beyond it, refused: give the circuit as QPY."""

MAX_WHOLE_DIGITS = 6
"""Digits of a whole number in an OpenQASM file; a size is allocated before it can be refused. Beyond it, refused:
write the number with a decimal point if it is an angle."""

LAYOUT_FORM = "// eqcompile layout: start 3 4, end 4 3"
"""The comment by which an OpenQASM file says where the qubits of a model start and end."""

_COMMENT = re.compile(r"""("[^"\n]*"|'[^'\n]*')|//[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL)
_VERSION = re.compile(r"\s*OPENQASM\s+(\d+)(?:\.\d+)?\s*;")
_REGISTER = re.compile(r"\b(?:qreg\s+\w+|qubit|creg\s+\w+|bit)\s*\[\s*(\d+)\s*\]")
_WHOLE_NUMBER = re.compile(rf"(?<![\w.])\d{{{MAX_WHOLE_DIGITS + 1},}}(?![\w.])")
_LAYOUT = re.compile(r"//[ \t]*eqcompile[ \t]+layout\b(.*)")
_LAYOUT_NAMED = re.compile(r"[/*\s]*eqcompile\b.*lay", re.DOTALL)
_LAYOUT_START, _LAYOUT_END = (re.compile(rf"\b{word}\b\W*\d") for word in ("start", "end"))
_LAYOUT_PLACES = re.compile(
    r"[ \t]*:[ \t]*start((?:[ \t]+[0-9]{1,6})+)[ \t]*,[ \t]*end((?:[ \t]+[0-9]{1,6})+)"
)


@dataclass(frozen=True)
class CircuitFile:
    """What a file says.

    Attributes:
        circuit: the circuit, including its measurements.
        placement: where the qubits of the model are on a device, if a comment in the file says it.
        notes: what was assumed when it was read.
    """

    circuit: QuantumCircuit
    placement: Placement | None = None
    notes: tuple[str, ...] = ()


def read_circuit(
    path: str | PathLike[str], coordinates: Mapping[str, tuple[str, str, str]] | None = None
) -> Circuit:
    """The exact form of the circuit in a file, with the file's name; see :func:`general_circuit`.

    Args:
        path: an OpenQASM 2 or 3 file, or a QPY file with one circuit.
        coordinates: parameters that are components of vectors, by site.

    Raises:
        BackendError: the file cannot be read, is malformed, or holds something that has no exact form.
    """
    file = Path(path)
    content = _bytes_of(file)
    try:
        read = parsed(content, file.parent)
        found = general_circuit(read.circuit, coordinates, read.placement)
    except BackendError as error:
        raise BackendError(f"{one_line(str(path))}: {error}") from None
    return replace(found, name=file.name, notes=(*read.notes, *found.notes))


def load_circuit(path: str | PathLike[str]) -> QuantumCircuit:
    """Read the circuit in a file. The content determines its format, not the name.

    Args:
        path: an OpenQASM 2 or 3 file, or a QPY file with one circuit.

    Returns:
        The circuit, parametrised if the file has free parameters (``input float`` in OpenQASM 3).

    Raises:
        BackendError: the file cannot be read, is malformed, or holds something else.
    """
    file = Path(path)
    content = _bytes_of(file)
    try:
        return circuit_from_bytes(content, file.parent)
    except BackendError as error:
        raise BackendError(f"{one_line(str(path))}: {error}") from None


def circuit_from_bytes(content: bytes, folder: Path | None = None) -> QuantumCircuit:
    """The circuit that the content of a file describes.

    Args:
        content: QPY, or the text of an OpenQASM program.
        folder: folder in which included OpenQASM 2 files are looked for; by default there is none.

    Raises:
        BackendError: the content is malformed, or is something else.

    >>> circuit_from_bytes(b"OPENQASM 3.0; include 'stdgates.inc'; qubit[2] q; cx q[0], q[1];").num_qubits
    2
    """
    return parsed(content, folder).circuit


def parsed(content: bytes, folder: Path | None = None) -> CircuitFile:
    """What the content of a file says; see :func:`circuit_from_bytes`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a newer Qiskit wrote the file: it is read, or refused below
        if content.startswith(MAGIC):
            return CircuitFile(circuit_from_qpy(content))
        return _from_qasm(_text_of(content), folder)


def _bytes_of(file: Path) -> bytes:
    name = one_line(str(file))
    try:
        if file.is_dir():
            raise BackendError(f"{name}: this is a folder; name an OpenQASM or QPY file in it")
        if file.exists() and not file.is_file():
            raise BackendError(f"{name}: this is not an ordinary file")
        if (size := file.stat().st_size) > MAX_CIRCUIT_BYTES:
            raise BackendError(
                f"{name}: the file has {size >> 20} MiB; the limit is {MAX_CIRCUIT_BYTES >> 20}"
            )
        return file.read_bytes()
    except OSError as error:
        raise BackendError(f"{name}: {error.strerror or error}") from None
    except ValueError as error:  # a null byte in the name
        raise BackendError(f"{name}: {error}") from None


def _text_of(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BackendError("this is neither OpenQASM nor QPY") from None
    if not text.strip():
        raise BackendError("the file is empty; an OpenQASM or QPY file is needed")
    return text


def _from_qasm(text: str, folder: Path | None) -> CircuitFile:
    if len(text) > MAX_CHARACTERS:
        raise BackendError(
            f"the file has {len(text)} characters; the limit for OpenQASM is {MAX_CHARACTERS}; give it as QPY"
        )
    code = _without_comments(text)
    version = _VERSION.match(code)
    if version is None:
        raise BackendError(
            "this is neither OpenQASM nor QPY; an OpenQASM file starts with 'OPENQASM 2.0;' or 'OPENQASM 3.0;'"
        )
    if version[1] not in ("2", "3"):
        raise BackendError(f"OpenQASM {version[1]} is unknown; versions 2 and 3 can be read")
    if version[1] == "3":  # there a carriage return also ends a comment, and what follows is code
        code = _without_comments(text.replace("\r", "\n"))
    _check_sizes(code)
    placement = _placement(text)
    notes: tuple[str, ...] = ()
    if placement is not None:
        start, end = (" ".join(map(str, places)) for places in (placement.start, placement.end))
        notes = (f"a comment of the file says where the qubits are on the device: start {start}, end {end}",)
    if version[1] == "2":
        return CircuitFile(circuit_from_openqasm2(text, code, folder, _included), placement, notes)
    circuit, read = circuit_from_openqasm3(text, code)
    return CircuitFile(circuit, placement, (*notes, *read))


def _included(file: Path) -> str:
    text = _text_of(_bytes_of(file))
    if any(_means_a_layout(comment) for comment in _comments(text)):
        raise BackendError(
            f"the included {quoted(file.name)} speaks of a layout; write it in the file of the circuit"
        )
    return _without_comments(text)


def _comments(text: str) -> list[str]:
    return [found[0] for found in _COMMENT.finditer(text) if found[1] is None]


def _without_comments(text: str) -> str:
    """The code with comments as blanks; what looks like a comment within quotes is not one."""
    return _COMMENT.sub(lambda found: found[1] or " ", text)


def _check_sizes(code: str) -> None:
    for size in _REGISTER.findall(code):
        if len(size) > len(str(MAX_PROGRAM_BITS)) or int(size) > MAX_PROGRAM_BITS:
            raise BackendError(f"a register of {_cut(size)} bits; the limit is {MAX_PROGRAM_BITS}")
    if (number := _WHOLE_NUMBER.search(code)) is not None:
        raise BackendError(f"the number {_cut(number[0])} is too large for an OpenQASM file")
    if code.count(";") > MAX_STATEMENTS:
        raise BackendError(f"the program has more than {MAX_STATEMENTS} statements")


def layout_comment(start: list[int], end: list[int]) -> str:
    """The comment by which a file is read back with its layout.

    >>> layout_comment([3, 4], [4, 3]) == LAYOUT_FORM
    True
    """
    return f"// eqcompile layout: start {' '.join(map(str, start))}, end {' '.join(map(str, end))}"


def _placement(text: str) -> Placement | None:
    """Where the qubits are, according to a comment."""
    said = [comment for comment in _comments(text) if _means_a_layout(comment)]
    if not said:
        return None
    if len(said) > 1:
        raise BackendError(f"the file has {len(said)} comments about a layout; leave the one that is right")
    written = _LAYOUT.fullmatch(said[0].rstrip())
    places = None if written is None else _LAYOUT_PLACES.fullmatch(written[1])
    start, end = ([int(word) for word in (places[k].split() if places else ())] for k in (1, 2))
    sound = (
        len(start) == len(end) == len({*start}) == len({*end})
        and max((*start, *end), default=0) < MAX_PROGRAM_BITS
    )
    if not start or not sound:
        raise BackendError(
            f"the layout {quoted(said[0].strip())} is not understood; write for every qubit of the model on which "
            f"qubit of the device it starts and ends, such as: {LAYOUT_FORM}; or remove the comment"
        )
    return Placement(tuple(start), tuple(end))


def _means_a_layout(comment: str) -> bool:
    """Whether a comment is a layout or a near miss: ignored silently, it would change what the claim is about."""
    words = comment.casefold()
    if _LAYOUT_NAMED.match(words):
        return True
    start = _LAYOUT_START.search(words) if "layout" in words or "eqcompile" in words else None
    return start is not None and _LAYOUT_END.search(words, start.end()) is not None


def _cut(digits: str) -> str:
    return digits if len(digits) <= MAX_SHOWN else digits[:MAX_SHOWN] + "..."
