"""What JAX compiles is kept on disk, so that the next process with the same model does not compile it again.

The folder is ``siqml/jax-...`` in ``$XDG_CACHE_HOME``, by default ``~/.cache``, with a name of its own for each kind of
processor. JAX's own variable ``JAX_COMPILATION_CACHE_DIR`` takes its place; ``SIQML_CACHE=off`` switches it off.
"""

import hashlib
import os
import platform
from functools import cache
from pathlib import Path
from typing import Final

from siqml.errors import ModelError

VARIABLE: Final = "SIQML_CACHE"

MAX_CACHE_BYTES: Final = 2**28
"""Bytes of the folder of what JAX has compiled; a shipped model takes up to 4 MB. Beyond it, shortened: the files that
were used longest ago are removed, and compiled again when they are needed."""

WORTH_A_FILE: Final = 0.5
"""Seconds that a compilation takes at least to be kept."""


@cache
def keep_what_jax_compiles() -> None:
    """Point JAX to the folder, once in a process, unless it has one already.

    Raises:
        ModelError: the environment says something else than "on" or "off".
    """
    import jax

    has_one = getattr(jax.config, "jax_compilation_cache_dir", None) is not None  # its stub does not know it
    if has_one or not cache_is_wanted():
        return
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        prune(folder, MAX_CACHE_BYTES)
        if not os.access(folder, os.W_OK | os.X_OK):
            return
    except (
        OSError,
        RuntimeError,
    ):  # no home, or one that cannot be written: compile as if there were no folder
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))  # type: ignore[no-untyped-call]
    jax.config.update("jax_persistent_cache_min_compile_time_secs", WORTH_A_FILE)  # type: ignore[no-untyped-call]


def cache_is_wanted() -> bool:
    """What the environment says; on by default.

    Raises:
        ModelError: it says something else than "on" or "off".
    """
    found = os.environ.get(VARIABLE, "").lower()
    if found not in ("", "on", "off"):
        raise ModelError(f"{VARIABLE} is {found!r}; known: on, off")
    return found != "off"


def cache_folder() -> Path:
    """Where it is: machine code of one processor may hold instructions that another does not know."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    mark = hashlib.blake2b(f"{platform.machine()} {_processor()}".encode(), digest_size=6).hexdigest()
    return home / "siqml" / f"jax-{mark}"


def prune(folder: Path, size: int) -> None:
    """Remove the files that were used longest ago until the others take no more than ``size`` bytes."""
    # JAX keeps the time of the last use of NAME-cache as the time of the file NAME-atime.
    files = sorted(folder.glob("*-cache"), key=_last_use, reverse=True)
    total = 0
    for file in files:
        total += file.stat().st_size
        if total > size:
            file.unlink(missing_ok=True)
            _beside(file).unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_name(file.name.removesuffix("-cache") + "-atime")


def _last_use(file: Path) -> float:
    used = _beside(file)
    return (used if used.exists() else file).stat().st_mtime


def _processor() -> str:
    """The name of the processor and what it can do, where the system says so."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    wanted = ("model name", "flags", "Features")
    return "\n".join(dict.fromkeys(line for line in lines if line.startswith(wanted)))
