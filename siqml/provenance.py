"""Where a page of results comes from: commit, versions, date."""

import platform
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = ("eqcompile", "jax", "numba", "numpy", "scipy")
UNKNOWN: Final = "unknown: not a git checkout"


@dataclass(frozen=True)
class Origin:
    """What is needed to reproduce a result.

    Attributes:
        command: the command, as it would be typed.
        commit: commit of the checkout, with a note if it had uncommitted changes.
        versions: versions of Python and of the packages that decide the numbers.
        date: the date in UTC.
    """

    command: str
    commit: str
    versions: dict[str, str]
    date: str

    @classmethod
    def here(cls, command: str) -> "Origin":
        """The origin of what is made now."""
        python = {"python": platform.python_version()}
        return cls(
            command, commit(Path(__file__).parent), python | versions(), f"{datetime.now(UTC):%Y-%m-%d}"
        )

    def lines(self) -> list[str]:
        """Lines of Markdown."""
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return [
            f"- command: `{self.command}`",
            f"- commit: {self.commit}",
            f"- versions: {versions}",
            f"- date: {self.date}",
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "command": self.command,
            "commit": self.commit,
            "versions": self.versions,
            "date": self.date,
        }


def versions() -> dict[str, str]:
    """Versions of the packages that decide the numbers of a training, as far as they are installed."""
    found = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def commit(folder: Path) -> str:
    """The commit of a folder of source code.

    Args:
        folder: a folder inside the checkout.

    Returns:
        The hash, with a note if tracked files were changed since; `UNKNOWN` without a git checkout.
    """
    head = _git(folder, "rev-parse", "HEAD")
    if head is None:
        return UNKNOWN
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{head}, with uncommitted changes" if changed else head


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        found = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
