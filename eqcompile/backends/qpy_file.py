"""QPY: a binary format that cannot be counted before it is read, so that another process reads it first.

Qiskit's reader believes the numbers in a file: a damaged one may ask for gigabytes, and end the whole process. The
other process has limits of memory and time. What it has read without harm is then read here, from the same bytes;
nothing but the reason of a refusal comes back from it.
"""

import contextlib
import io
import re
import struct
import subprocess
import sys
from importlib.util import find_spec

from qiskit import QuantumCircuit, qpy
from qiskit.exceptions import QiskitError

from eqcompile.backends.program_size import MAX_QUBITS
from eqcompile.errors import MAX_SHOWN, BackendError, one_line

MAGIC = b"QISKIT"
FIRST_VERSION = 2

TRIAL_MEMORY = 2 << 30
"""Bytes that reading may take beyond the interpreter and Qiskit; a circuit of a hundred thousand gates takes 0.1 GB.
Beyond it: refused."""

TRIAL_SECONDS, TRIAL_PATIENCE = 6, 60
"""Seconds of processor time for reading, and of waiting for a busy machine. Beyond it: refused."""

REFUSED = 3
"""Exit code of the other process that comes with a reason."""

_CAUSE = re.compile(r"Error: ([^\n\x1b]*)")


def circuit_from_qpy(content: bytes) -> QuantumCircuit:
    """The circuit in a QPY file.

    Raises:
        BackendError: the file is damaged, asks for too much, or holds something else.
    """
    _check_header(content)
    _try_elsewhere(content)
    return load_qpy(content)


def load_qpy(content: bytes) -> QuantumCircuit:
    """Read a file here, whatever its numbers ask for.

    Raises:
        BackendError: the file is damaged or holds something else.
    """
    try:
        loaded = qpy.load(io.BytesIO(content))
    except (
        QiskitError, struct.error, ValueError, TypeError, KeyError, IndexError, AttributeError,
        ArithmeticError, EOFError, MemoryError, RecursionError, OSError, NotImplementedError, ImportError,
    ) as error:  # fmt: skip
        raise BackendError(f"not readable as QPY: {_reason(error)}") from None
    except BaseException as error:
        # Qiskit's reader in Rust reports some broken files by a panic, which is no ordinary exception.
        if type(error).__name__ == "PanicException":
            raise BackendError("not readable as QPY: the file is damaged") from None
        raise
    if not isinstance(loaded[0], QuantumCircuit):
        raise BackendError("the QPY file holds a pulse schedule; a circuit is needed")
    return loaded[0]


def trial() -> None:
    """What the other process does: read the file from its input, within limits; its exit code is the answer."""
    content = sys.stdin.buffer.read()
    _limit_resources()
    try:
        load_qpy(content)
    except BackendError as error:
        sys.stdout.write(str(error))
        sys.stdout.flush()
        sys.exit(REFUSED)


def _limit_resources() -> None:
    if find_spec("resource") is None:
        return  # no such limits on this system: the time limit of the caller remains
    import resource

    taken = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + TRIAL_SECONDS
    with contextlib.suppress(
        OSError, ValueError
    ):  # a system that has the limits, and does not let them be set
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        if taken:
            resource.setrlimit(resource.RLIMIT_AS, (taken + TRIAL_MEMORY,) * 2)


def _try_elsewhere(content: bytes) -> None:
    # The same interpreter with the same path, and nothing from the current folder.
    program = (
        "import sys; sys.path[:] = sys.argv[1:]; import warnings; warnings.simplefilter('ignore'); "
        "from eqcompile.backends.qpy_file import trial; trial()"
    )
    try:
        answer = subprocess.run(
            [sys.executable, "-I", "-c", program, *filter(None, sys.path)],
            input=content, capture_output=True, timeout=TRIAL_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BackendError(f"not readable as QPY: it takes more than {TRIAL_PATIENCE} seconds") from None
    except OSError as error:
        raise BackendError(
            f"a QPY file is first read by another process, which cannot be started: {error.strerror or error}"
        ) from None
    if answer.returncode == REFUSED:
        raise BackendError(answer.stdout.decode("utf-8", "replace"))
    if answer.returncode:
        raise BackendError(
            f"not readable as QPY: the file is damaged, or needs more than {TRIAL_SECONDS} seconds or "
            f"{TRIAL_MEMORY >> 30} GB to be read"
        )


def _reason(error: BaseException) -> str:
    """The cause inside the report of Qiskit's parser, or the first line of another message."""
    text = str(getattr(error, "message", error))
    if (cause := _CAUSE.search(text)) is not None:
        return f"the file is cut or damaged: {one_line(cause[1])}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return one_line(lines[0])[: 5 * MAX_SHOWN] if lines else type(error).__name__


def _check_header(content: bytes) -> None:
    """What the reader would believe before it looks: version, encoding of symbols, numbers of circuits and bits."""
    try:
        version, programs = struct.unpack_from("!6xB3xQ", content)
        if version > qpy.QPY_VERSION:
            raise BackendError(
                f"QPY version {version} is newer than this Qiskit reads; the limit is {qpy.QPY_VERSION}"
            )
        if version < FIRST_VERSION:
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
