"""The text of a spec's file; every mistake is one line with the file in it."""

import os
import stat
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path as FilePath

from eqcompile.declaration.yaml.wording import MAX_FILE_BYTES
from eqcompile.errors import SpecError


def read_text(name: str) -> str:
    """The text of a file in UTF-8, at most 1 MB.

    Raises:
        SpecError: the file cannot be read.
    """
    try:
        status = os.stat(name)
        if not stat.S_ISREG(status.st_mode):
            raise SpecError("not a regular file; name a YAML file", name)
        require_size(status.st_size, name)
        with open(name, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise SpecError(f"no such file{_similar(name)}", name) from None
    except (OSError, ValueError) as error:
        # ValueError: a path with a null byte.
        raise SpecError(f"cannot be read: {getattr(error, 'strerror', None) or error}", name) from None
    require_size(len(content), name)
    return _decoded(content, name)


def require_size(num_bytes: int, path: str) -> None:
    """Refuse a spec that is too long."""
    if num_bytes > MAX_FILE_BYTES:
        raise SpecError(f"{num_bytes} bytes; the limit for a spec is {MAX_FILE_BYTES}", path)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        message = f"byte 0x{content[error.start]:02X} is not UTF-8; save the file as UTF-8"
        raise SpecError(message, name, line, column) from None


def _similar(name: str) -> str:
    folder, base = os.path.split(name)
    matches = get_close_matches(base, _yaml_files(folder or os.curdir), n=1)
    return f'; did you mean "{os.path.join(folder, matches[0])}"?' if matches else ""


def _yaml_files(folder: str) -> Sequence[str]:
    """Names of the specs next to a file that does not exist; none if the folder does not exist either."""
    return sorted(entry.name for entry in FilePath(folder).glob("*.y*ml")) if os.path.isdir(folder) else []
