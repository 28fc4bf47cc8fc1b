"""One process at a time where files are written: a lock that ends with its process, however that ends.

The operating system holds the lock (``flock``), by an open file. A file that a killed process leaves behind therefore
locks nothing, and is taken over. Its text only says who holds it.
"""

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from siqml.errors import SiqmlError

MAX_TRIALS: Final = 3
"""Attempts to take a lock, since another process may look at it for a moment. Beyond it, refused: wait for the
process that is named."""

PAUSE: Final = 0.05
"""Seconds between two attempts."""

MAX_HOLDER: Final = 200
"""Characters of a lock file that a message repeats. Beyond it, shortened: the text is cut."""

WITHOUT_LOCKS: Final = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL)
"""What file systems answer that have no locks."""


@contextmanager
def held(path: Path, failure: type[SiqmlError], cure: str, stream: TextIO) -> Iterator[None]:
    """Hold a lock; its file is removed at the end.

    Args:
        path: the lock file; folders are made as needed.
        failure: the exception to raise if another process holds it.
        cure: what the user can do then, for the message.
        stream: takes a warning where the file system has no locks.

    Raises:
        SiqmlError: another process holds it; the line names the process. The class is ``failure``.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number = _taken(path, failure, cure)
    if number is None:
        print(
            f"warning: {path.parent}: this file system has no locks; let no other process write there",
            file=stream,
            flush=True,
        )
        yield
        return
    try:
        os.ftruncate(number, 0)
        os.write(number, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()  # before it is let go, or another process's file would be removed
        os.close(number)


def refuse_held(path: Path, failure: type[SiqmlError], cure: str) -> None:
    """Refuse what another process holds, and write nothing; arguments and errors are those of `held`."""
    try:
        number = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        if _flock(number) is False:
            raise _refusal(path, number, failure, cure)
    finally:
        os.close(number)


def _taken(path: Path, failure: type[SiqmlError], cure: str) -> int | None:
    """The open lock file; ``None`` if there are no locks."""
    for trial in range(MAX_TRIALS):
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        found = _flock(number)
        if found is None:
            os.close(number)
            with suppress(FileNotFoundError):
                path.unlink()
            return None
        if found and _is_at(path, number):
            return number
        if not found and trial == MAX_TRIALS - 1:
            refusal = _refusal(path, number, failure, cure)
            os.close(number)
            raise refusal
        os.close(number)
        time.sleep(PAUSE)
    raise failure(f"{path}: other processes keep taking this lock; {cure}")


def _is_at(path: Path, number: int) -> bool:
    """Whether an open file is still the one of this name: its holder removes it before letting go."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(number))
    except FileNotFoundError:
        return False


def _flock(number: int) -> bool | None:
    """Whether this process has the lock now; ``None`` where there are no locks."""
    try:
        import fcntl
    except ModuleNotFoundError:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as wrong:
        if wrong.errno in WITHOUT_LOCKS:
            return None
        raise
    return True


def _refusal(path: Path, number: int, failure: type[SiqmlError], cure: str) -> SiqmlError:
    text = os.pread(number, MAX_HOLDER, 0).decode("utf-8", "replace").strip()
    return failure(f"{path.parent}: {text or 'another process'} is writing here; {cure}")
