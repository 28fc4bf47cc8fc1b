"""Atomic writes: a reader sees the old file or the new one, never half of either."""

import hashlib
import os
import tempfile
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` in one step; its folder must exist.

    Args:
        path: the file to write.
        content: all of it.

    Raises:
        OSError: the folder is missing, full or read-only; ``path`` is then as it was before.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)  # mkstemp makes it private; a result is to be shared
        os.replace(name, path)
    except BaseException:  # also Ctrl-C: the temporary file must not stay behind
        os.unlink(name)
        raise


def write_text(path: Path, content: str) -> None:
    """`write_bytes` for text, in UTF-8 with ``\\n`` line ends on every platform."""
    write_bytes(path, content.encode())


def sha256(path: Path) -> str:
    """Fingerprint of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
