"""QPY: a binary format that cannot be counted before it is read, so another process reads it first.

Qiskit's reader trusts the numbers in a file: a damaged file may ask for gigabytes and end the whole process. The other
process has limits of memory and time, and stays alive for the next file. What it has read without harm is then read
here, from the same bytes. Nothing but the reason of a refusal comes back from it.
"""

import atexit
import contextlib
import io
import os
import re
import select
import struct
import subprocess
import sys
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from qiskit import QuantumCircuit, qpy
from qiskit.exceptions import QiskitError

from eqcompile.errors import MAX_REASON, BackendError, one_line, without_classes
from eqcompile.readers.files.program_size import MAX_PROGRAM_BITS

MAGIC = b"QISKIT"
FIRST_VERSION = 2

MAX_TRIAL_BYTES = 2 << 30
"""Bytes that reading a QPY file may take beyond the interpreter and Qiskit; a circuit of a hundred thousand gates
takes 0.1 GB. Beyond it, refused: verify a part of the circuit."""

MAX_TRIAL_SECONDS = 6
"""Seconds of processor time for reading a QPY file. Beyond it, refused: verify a part of the circuit."""

MAX_TRIAL_WAIT = 60
"""Seconds that a command waits for a QPY file to be read on a busy machine. Beyond it, refused: try again when the
machine is less busy."""

_REQUEST, _ANSWER = struct.Struct("!Q"), struct.Struct("!I")

_CAUSE = re.compile(r"Error: ([^\n\x1b]*)")


_LABEL = "label expects a string or None"
CONTROLLED_CU = (
    "; so Qiskit itself fails on files in which it saved CUGate(...).control(): open that gate with "
    "circuit.decompose() before you save, or save OpenQASM 3"
)
"""What to do about a gate that Qiskit 2 writes and cannot load: a U with the four parameters of a CU."""


def circuit_from_qpy(content: bytes) -> QuantumCircuit:
    """The circuit in a QPY file.

    Raises:
        BackendError: the file is damaged, asks for too much, or holds something else.
    """
    _check_header(content)
    _elsewhere(os.getpid()).try_file(content)
    return load_qpy(content)


def load_qpy(content: bytes) -> QuantumCircuit:
    """Read a file in this process, whatever its numbers ask for.

    Raises:
        BackendError: the file is damaged or holds something else.
    """
    try:
        loaded = qpy.load(io.BytesIO(content))
    except (
        QiskitError, struct.error, ValueError, TypeError, KeyError, IndexError, AttributeError,
        ArithmeticError, EOFError, MemoryError, RecursionError, OSError, NotImplementedError, ImportError,
    ) as error:  # fmt: skip
        advice = CONTROLLED_CU if str(error) == _LABEL else ""
        raise BackendError(f"not readable as QPY: {_reason(error)}{advice}") from None
    except BaseException as error:
        # Qiskit's reader in Rust reports some broken files by a panic, which is no ordinary exception.
        if type(error).__name__ == "PanicException":
            raise BackendError("not readable as QPY: the file is damaged") from None
        raise
    if not isinstance(loaded[0], QuantumCircuit):
        raise BackendError("the QPY file holds a pulse schedule; a circuit is needed")
    return loaded[0]


def serve() -> None:
    """The work of the other process: read one file after another from its input, each within limits, and answer.

    A request is a length of eight bytes and a file. An answer is a length of four bytes and the reason of a refusal,
    empty if there is none. The process ends with its input.
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory()
    while len(head := requests.read(_REQUEST.size)) == _REQUEST.size:
        content = requests.read(*_REQUEST.unpack(head))
        _limit_seconds()
        try:
            load_qpy(content)
            reason = b""
        except BackendError as error:
            reason = str(error).encode()
        answers.write(_ANSWER.pack(len(reason)) + reason)
        answers.flush()


def _limit_memory() -> None:
    if find_spec("resource") is None:
        return  # this system has no such limits; the time limit of the caller remains
    import resource

    taken = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    # A system may have the limits but not let them be set.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if taken:
            resource.setrlimit(resource.RLIMIT_AS, (taken + MAX_TRIAL_BYTES,) * 2)


def _limit_seconds() -> None:
    """Limit the time from now on; the system counts from the start of the process, so its limit is moved each time."""
    if find_spec("resource") is None:
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + MAX_TRIAL_SECONDS, most)
        )


class _Elsewhere:
    """The other process; it is started for the first file, and again if it did not survive one."""

    def __init__(self) -> None:
        self._owner, self._lock, self._process = os.getpid(), threading.Lock(), self._started()
        atexit.register(self._end_with_owner)

    def try_file(self, content: bytes) -> None:
        """Have a file read by the other process.

        Raises:
            BackendError: the file is not readable, or not within the limits.
        """
        with self._lock:
            if self._process.poll() is not None:
                self._process = self._started()
            reason = self._answer(content)
        if reason:
            raise BackendError(reason)

    def _end_with_owner(self) -> None:
        if os.getpid() == self._owner:  # a forked copy of this process must not end it
            self.end()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()

    def _answer(self, content: bytes) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        answers = self._process.stdout
        with contextlib.suppress(BrokenPipeError):  # the process has ended, which its answer shows
            self._process.stdin.write(_REQUEST.pack(len(content)) + content)
            self._process.stdin.flush()
        if not select.select([answers], [], [], MAX_TRIAL_WAIT)[0]:
            self.end()
            return f"not readable as QPY: it takes more than {MAX_TRIAL_WAIT} seconds"
        head = answers.read(_ANSWER.size)
        if len(head) == _ANSWER.size:
            return answers.read(*_ANSWER.unpack(head)).decode("utf-8", "replace")
        self.end()
        return (
            f"not readable as QPY: the file is damaged, or needs more than {MAX_TRIAL_SECONDS} seconds or "
            f"{MAX_TRIAL_BYTES >> 30} GB to be read"
        )

    def _started(self) -> "subprocess.Popen[bytes]":
        # The same interpreter with the same search path, and nothing from the current folder.
        program = (
            "import sys; sys.path[:] = sys.argv[1:]; import warnings; warnings.simplefilter('ignore'); "
            "from eqcompile.readers.files.qpy import serve; serve()"
        )
        command = [sys.executable, "-I", "-c", program, *_search_path()]
        pipe = subprocess.PIPE
        try:
            return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise BackendError(
                f"a QPY file is first read by another process, which cannot be started: {error.strerror or error}"
            ) from None


@cache
def _elsewhere(process: int) -> _Elsewhere:
    """The other process that belongs to this one; a forked process gets its own."""
    return _Elsewhere()


def _search_path() -> list[str]:
    """Where this process finds its modules, with the folder of this package instead of the current folder."""
    package = str(Path(__file__).parents[3])
    return list(dict.fromkeys(entry or package for entry in sys.path))


def _reason(error: BaseException) -> str:
    """The cause inside the report of Qiskit's parser, or the first line of another message."""
    text = without_classes(str(getattr(error, "message", error)))
    if (cause := _CAUSE.search(text)) is not None:
        return f"the file is cut or damaged: {one_line(cause[1])}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return one_line(lines[0])[:MAX_REASON] if lines else type(error).__name__


def _check_header(content: bytes) -> None:
    """Check what the reader would trust without looking: version, encoding of symbols, numbers of circuits and bits."""
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
    if max(qubits, clbits) > MAX_PROGRAM_BITS:
        raise BackendError(f"a circuit of {max(qubits, clbits)} bits; the limit is {MAX_PROGRAM_BITS}")
