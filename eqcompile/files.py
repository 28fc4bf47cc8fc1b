"""Write files so that an interruption leaves the old file or the new one, never half of either.

The target need not be a regular file, nor lie where its name says. A device, a FIFO or a descriptor such as
``/dev/stdout`` is written through, and a symbolic link is followed.
"""

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from pathlib import Path

from eqcompile.arguments import found, path_name
from eqcompile.errors import ArgumentError

WAIT_FOR_READER = 10
"""Seconds. A script may start the reader of a FIFO after the writer, but a FIFO that nobody reads must not hang us."""

MAX_NAME = 40
"""Characters that the name of a temporary file takes over from its target. Beyond it, shortened: the name is cut; the
target keeps its own."""

MAX_LINKS = 40
"""Symbolic links that are followed to see whether a path leads to an open file; Linux follows as many. Beyond it,
refused: name the file itself; the operating system does not follow more."""

_DESCRIPTOR = re.compile(r"/dev/fd/(\d+)|/proc/(?:self|thread-self|\d+)(?:/task/\d+)?/fd/(\d+)")
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}

_NO_REPLACING = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)
"""The folder takes no new file, or the file is a mount point, or it belongs to another user in a sticky folder."""

_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def write_atomically(path: Path, content: bytes | str) -> None:
    """Replace the content of a file, at once; folders are made as needed.

    A regular file is written beside its place and then renamed, so that readers see the old content or the new one. It
    keeps its permissions and extended attributes, and its owner where that is allowed; a new file gets what the umask
    leaves. Links are followed, even if they lead nowhere yet. A hard link to the file under another name keeps the old
    content.

    If the folder takes no new file, but the file may be written, its content is overwritten in place after the space
    for it has been reserved. This is the one case in which a crash of the machine may leave a mixture.

    Devices, FIFOs and descriptors (``/dev/stdout``, ``/dev/fd/3``) are written through and stay what they are.

    Args:
        path: the file.
        content: bytes, or text that is written as UTF-8.

    Raises:
        ArgumentError: ``path`` is not a path, or ``content`` is neither bytes nor text.
        OSError: the target is a folder or a socket, a FIFO that nobody reads, or cannot be written.
    """
    path = Path(path_name("path", path))
    if not isinstance(content, bytes | str):
        raise ArgumentError(f"content: bytes or text are needed; found {found(content)}")
    data = content.encode() if isinstance(content, str) else content
    try:
        _write(path, data)
    except OSError as error:
        # The user knows the file by this name, not by that of the temporary file or of a link's target.
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def remove_file(path: Path) -> None:
    """Remove a regular file, if there is one; a link to it stays, and leads nowhere until the next write."""
    path = Path(path_name("path", path))
    target = Path(os.path.realpath(path))
    if target.is_file():
        target.unlink()


def _write(path: Path, data: bytes) -> None:
    if (descriptor := _descriptor(path)) is not None:
        _write_through(os.dup(descriptor), data)
        return
    try:
        found: os.stat_result | None = path.stat()
    except FileNotFoundError:
        found = None
    if found is None or stat.S_ISREG(found.st_mode):
        _replace(Path(os.path.realpath(path)), data, found)
    elif stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    elif stat.S_ISSOCK(found.st_mode):
        raise OSError(errno.ENXIO, "a socket, which cannot be opened; give a file, a device or a FIFO")
    else:
        _write_through(_opened(path), data)


def _descriptor(path: Path) -> int | None:
    """The open descriptor of this process that a name stands for.

    Renaming a file into its place would leave the shell's redirection with a file that no longer has a name.
    """
    name = os.path.abspath(path)
    for _ in range(MAX_LINKS):
        folder, last = os.path.split(name)
        name = os.path.join(os.path.realpath(folder), last)
        if name in _STREAMS:
            return _STREAMS[name]
        if match := _DESCRIPTOR.fullmatch(name):
            own = name.startswith(("/dev/", "/proc/self/", "/proc/thread-self/", f"/proc/{os.getpid()}/"))
            return int(match[1] or match[2]) if own else None
        if not os.path.islink(name):
            return None
        name = os.path.normpath(os.path.join(os.path.dirname(name), os.readlink(name)))
    return None


def _opened(path: Path) -> int:
    """A device or FIFO, opened for writing; a FIFO only once somebody reads it."""
    end = time.monotonic() + WAIT_FOR_READER
    while True:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            if error.errno != errno.ENXIO or not path.is_fifo():
                raise
            if time.monotonic() > end:
                raise OSError(
                    errno.ENXIO, "nobody reads this FIFO; start its reader first, such as: cat FIFO &"
                ) from None
            time.sleep(1 / 20)
        else:
            os.set_blocking(descriptor, True)
            return descriptor


def _write_through(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        if sys.stdout is not None:
            sys.stdout.flush()  # what was printed before comes first
        file.write(data)


def _replace(target: Path, data: bytes, found: os.stat_result | None) -> None:
    if found is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_beside(target, data, found)
    except OSError as error:
        if found is None or error.errno not in _NO_REPLACING:
            raise
        _overwrite(target, data)


def _write_beside(target: Path, data: bytes, found: os.stat_result | None) -> None:
    # The name of the target may be as long as names can be.
    temporary = target.parent / f".{target.name[:MAX_NAME]}.{secrets.token_hex(8)}"
    # Opened by hand, because the umask is then applied by the system; what was private is private from the start.
    mode = 0o666 if found is None else 0o600
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _synchronise(file.fileno())
        if found is not None:
            _keep_what_it_was(target, temporary, found)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _synchronise(descriptor: int) -> None:
    """Have the content on disk before the name, so that a crash leaves no empty file."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _keep_what_it_was(target: Path, temporary: Path, found: os.stat_result) -> None:
    """Copy the owner if allowed, permissions and extended attributes, but not the times."""
    made = temporary.stat()
    owned = (made.st_uid, made.st_gid) == (found.st_uid, found.st_gid)
    if not owned:
        try:
            os.chown(temporary, found.st_uid, found.st_gid)
            owned = True
        except PermissionError:
            pass  # only the superuser gives files away: the file is now the writer's
    shutil.copystat(target, temporary)
    if not owned:
        os.chmod(temporary, stat.S_IMODE(found.st_mode) & 0o777)  # no set-user-ID bit for another user
    os.utime(temporary)


def _overwrite(target: Path, data: bytes) -> None:
    """Replace the content in place, if no file can be made beside it."""
    with open(target, "r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if len(data) > size and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), 0, len(data))
            except OSError as error:
                os.ftruncate(file.fileno(), size)  # a full disk: the old content stays as it was
                if error.errno not in _NO_SYNC:
                    raise
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]
        os.ftruncate(file.fileno(), len(data))
        _synchronise(file.fileno())
