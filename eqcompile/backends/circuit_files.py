"""Circuits from files: OpenQASM 2 and 3, and QPY. Nothing in a file is executed."""

import contextlib
import io
import re
import struct
import warnings
from os import PathLike
from pathlib import Path

from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.exceptions import QiskitError

from eqcompile.errors import MAX_SHOWN, BackendError, one_line

MAX_BYTES = 64 << 20
MAX_QUBITS = 10_000
MAX_WHOLE_NUMBER = 1_000_000
"""Largest whole number in a QASM file: sizes are allocated before anybody can refuse them."""

_QPY_MAGIC = b"QISKIT"
_FIRST_QPY_VERSION = 2
_COMMENT = re.compile(r"""("[^"\n]*"|'[^'\n]*')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_VERSION = re.compile(r"\s*OPENQASM\s+(\d+)(?:\.\d+)?\s*;")
_REGISTER = re.compile(r"\b(?:qreg\s+\w+|qubit|creg\s+\w+|bit)\s*\[\s*(\d+)\s*\]")
_GATE = re.compile(r"\bgate\s+(\w+)")
_INCLUDE = re.compile(r"""\binclude\s*["']([^"'\n]*)["']""")
_STANDARD_INCLUDE = "qelib1.inc"
MAX_INCLUDES = 20
_CAUSE = re.compile(r"Error: ([^\n\x1b]*)")
_WHOLE_NUMBER = re.compile(r"(?<![\w.])\d{7,}(?![\w.])")


def load_circuit(path: str | PathLike[str]) -> QuantumCircuit:
    """Read the circuit in a file; the content says which format it has, not the name.

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
        folder: where included OpenQASM 2 files are looked for; by default nowhere.

    Raises:
        BackendError: the content is malformed, or something else.

    >>> circuit_from_bytes(b"OPENQASM 3.0; include 'stdgates.inc'; qubit[2] q; cx q[0], q[1];").num_qubits
    2
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a newer Qiskit wrote the file: it is read, or refused below
        if content.startswith(_QPY_MAGIC):
            return _from_qpy(content)
        return _from_qasm(_text_of(content), folder)


def _bytes_of(file: Path) -> bytes:
    name = one_line(str(file))
    try:
        if file.is_dir():
            raise BackendError(f"{name}: this is a folder; name an OpenQASM or QPY file in it")
        if file.exists() and not file.is_file():
            raise BackendError(f"{name}: this is not an ordinary file")
        if (size := file.stat().st_size) > MAX_BYTES:
            raise BackendError(f"{name}: the file has {size >> 20} MiB; the limit is {MAX_BYTES >> 20}")
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


def _from_qasm(text: str, folder: Path | None) -> QuantumCircuit:
    code = _without_comments(text)
    version = _VERSION.match(code)
    if version is None:
        raise BackendError(
            "this is neither OpenQASM nor QPY; an OpenQASM file starts with 'OPENQASM 2.0;' or 'OPENQASM 3.0;'"
        )
    _check_sizes(code)
    if version[1] == "2":
        return _from_qasm2(text, code, folder)
    if version[1] == "3":
        return _from_qasm3(text)
    raise BackendError(f"OpenQASM {version[1]} is unknown; versions 2 and 3 can be read")


def _without_comments(text: str) -> str:
    """Comments become blanks; what looks like one within quotes is none."""
    return _COMMENT.sub(lambda found: found[1] or " ", text)


def _check_sizes(code: str) -> None:
    for size in _REGISTER.findall(code):
        if len(size) > len(str(MAX_QUBITS)) or int(size) > MAX_QUBITS:
            raise BackendError(f"a register of {_cut(size)} bits; the limit is {MAX_QUBITS}")
    if (number := _WHOLE_NUMBER.search(code)) is not None:
        raise BackendError(f"the number {_cut(number[0])} is too large for an OpenQASM file")


def _from_qasm2(text: str, code: str, folder: Path | None) -> QuantumCircuit:
    # Qiskit puts its own gates in the place of definitions of the same name, whatever these say.
    own = _defined_gates(code, folder, set())
    try:
        return qasm2.loads(
            text,
            include_path=() if folder is None else (folder,),
            custom_instructions=[gate for gate in qasm2.LEGACY_CUSTOM_INSTRUCTIONS if gate.name not in own],
        )
    except (QiskitError, RecursionError, OverflowError, ValueError) as error:
        raise BackendError(f"not readable as OpenQASM 2: {_first_line(error)}") from None


def _defined_gates(code: str, folder: Path | None, seen: set[str]) -> set[str]:
    """Names of the gates that a program defines, itself or in files that it includes."""
    names = set(_GATE.findall(code))
    for include in _INCLUDE.findall(code):
        if folder is None or include == _STANDARD_INCLUDE or include in seen:
            continue
        seen.add(include)
        if len(seen) > MAX_INCLUDES:
            raise BackendError(f"the program includes more than {MAX_INCLUDES} files")
        if (folder / include).is_file():  # else the parser says so, and where
            included = _without_comments(_text_of(_bytes_of(folder / include)))
            names |= _defined_gates(included, folder, seen)
    return names


def _from_qasm3(text: str) -> QuantumCircuit:
    try:
        from openqasm3.parser import QASM3ParsingError
    except ImportError:
        raise BackendError(
            "reading OpenQASM 3 needs the package qiskit-qasm3-import; install it, or give the circuit as QPY"
        ) from None
    complaints = io.StringIO()  # the parser prints what it found, and its exception is empty
    try:
        with contextlib.redirect_stderr(complaints):
            return qasm3.loads(text)
    except RecursionError:
        raise BackendError("not readable as OpenQASM 3: expressions are nested too deeply") from None
    except (QASM3ParsingError, QiskitError, ValueError) as error:
        reason = complaints.getvalue() or str(error) or "the text is incomplete or malformed"
        raise BackendError(f"not readable as OpenQASM 3: {_first_line(reason)}") from None
    except (TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise BackendError(
            f"not readable as OpenQASM 3: it has a statement that cannot be read, such as a loop "
            f"({_first_line(error)}); write its gates one by one"
        ) from None


def _from_qpy(content: bytes) -> QuantumCircuit:
    _check_qpy_header(content)
    try:
        loaded = qpy.load(io.BytesIO(content))
    except (
        QiskitError, struct.error, ValueError, TypeError, KeyError, IndexError, AttributeError,
        ArithmeticError, EOFError, MemoryError, RecursionError, OSError,
    ) as error:  # fmt: skip
        raise BackendError(f"not readable as QPY: {_qpy_reason(error)}") from None
    except BaseException as error:
        # Qiskit's reader in Rust reports some broken files by a panic, which is no ordinary exception.
        if type(error).__name__ == "PanicException":
            raise BackendError("not readable as QPY: the file is damaged") from None
        raise
    if not isinstance(loaded[0], QuantumCircuit):
        raise BackendError("the QPY file holds a pulse schedule; a circuit is needed")
    return loaded[0]


def _qpy_reason(error: BaseException) -> str:
    """The cause inside the report of Qiskit's parser, or the first line of another message."""
    cause = _CAUSE.search(str(getattr(error, "message", error)))
    return f"the file is cut or damaged: {one_line(cause[1])}" if cause else _first_line(error)


def _check_qpy_header(content: bytes) -> None:
    """What the reader would believe before it looks: version, encoding of symbols, numbers of circuits and bits."""
    try:
        version, programs = struct.unpack_from("!6xB3xQ", content)
        if version > qpy.QPY_VERSION:
            raise BackendError(
                f"QPY version {version} is newer than this Qiskit reads; the limit is {qpy.QPY_VERSION}"
            )
        if version < _FIRST_QPY_VERSION:
            raise BackendError(
                f"QPY version {version} is too old; write the file again with a current Qiskit"
            )
        if 10 <= version < 13 and content[18:19] == b"e":
            raise BackendError(
                f"QPY version {version} with symengine expressions is a format that can execute code; "
                "write the file again with a current Qiskit"
            )
        if programs != 1:
            raise BackendError(
                f"the QPY file holds {programs} circuits; write one circuit into a file of its own"
            )
        start = 18 + (version >= 10) + (version >= 5)
        if version >= 5 and content[start - 1 : start] == b"s":
            raise BackendError("the QPY file holds a pulse schedule; a circuit is needed")
        if version >= 16:
            (start,) = struct.unpack_from("!Q", content, start)
        qubits, clbits = struct.unpack_from("!5xII", content, start)
    except (struct.error, OverflowError):
        raise BackendError("not readable as QPY: the file ends too early") from None
    if max(qubits, clbits) > MAX_QUBITS:
        raise BackendError(f"a circuit of {max(qubits, clbits)} bits; the limit is {MAX_QUBITS}")


def _first_line(error: BaseException | str) -> str:
    lines = [line.strip() for line in str(getattr(error, "message", error)).splitlines() if line.strip()]
    text = one_line(lines[0] if lines else type(error).__name__)
    return text if len(text) <= 5 * MAX_SHOWN else text[: 5 * MAX_SHOWN] + "..."


def _cut(digits: str) -> str:
    return digits if len(digits) <= MAX_SHOWN else digits[:MAX_SHOWN] + "..."
