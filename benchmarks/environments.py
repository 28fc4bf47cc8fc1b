"""Where contenders run: this environment, an environment for each peer, and the commit that goals are measured by."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import ROOT

HERE = "here"
BEFORE = "6c2f2da"
"""The commit that the goals call "today"."""

PEERS = Path(__file__).parent / "peers"
INSTALL_SECONDS = 1200

NEEDED = "# What they need"
"""Comment in a requirement file: from here on, packages that only other packages need."""

ONE_THREAD = {
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "QISKIT_PARALLEL": "FALSE",
    **dict.fromkeys(
        (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMBA_NUM_THREADS",
            "RAYON_NUM_THREADS",
        ),
        "1",
    ),
}
"""CPU seconds of several threads would add up to more than one thread needs, since threads wait for one another."""

FOREIGN = ("OPENBLAS_", "JAX_", "XLA_", "NUMBA_", "PYTHON", "MKL_", "OMP_")
"""Variables of the caller that would decide how fast a contender is."""


class NotInstalled(Exception):
    """A contender cannot run here; the message says why."""


@dataclass(frozen=True)
class Place:
    """An interpreter, and what is in front of its search path."""

    python: Path
    path: tuple[Path, ...] = (ROOT,)

    def variables(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """The environment of a process here: one thread, and nothing of the caller that decides its speed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        found = os.pathsep.join(map(str, self.path))
        return kept | ONE_THREAD | {"PYTHONPATH": found, "PYTHONWARNINGS": "ignore"} | (more or {})


@dataclass
class Environments:
    """Finds a place by name, and makes it where it is not there yet.

    Attributes:
        folder: a folder of its own, ignored by git.
        say: takes a line about what is going on.
        peers: folder of the requirement files.
    """

    folder: Path
    say: Callable[[str], None]
    peers: Path = PEERS
    _failed: dict[str, str] = field(default_factory=dict)

    def place(self, name: str) -> Place:
        """The place of this name: ``here``, the commit, or a file of ``benchmarks/peers``.

        Raises:
            NotInstalled: it cannot be had; asked again within this run, it is not tried again.
        """
        if name in self._failed:
            raise NotInstalled(self._failed[name])
        try:
            if name == HERE:
                return Place(Path(sys.executable))
            if name == BEFORE:
                return Place(Path(sys.executable), (self._checkout(), ROOT))
            return Place(self._installed(name))
        except NotInstalled as error:
            self._failed[name] = str(error)
            raise

    def versions(self, name: str) -> list[str]:
        """Versions of what a peer's file asks for, as pinned; only where it is installed."""
        folder = self.folder / "envs" / name
        return pinned(self.peers / f"{name}.txt") if (folder / "installed").exists() else []

    def _installed(self, name: str) -> Path:
        wanted = (self.peers / f"{name}.txt").read_bytes()
        folder = self.folder / "envs" / name
        python, mark = folder / "bin" / "python", folder / "installed"
        digest = hashlib.sha256(wanted).hexdigest()
        if mark.exists() and mark.read_text() == digest:
            return python
        self.say(f"installing {name}")
        mark.unlink(missing_ok=True)
        log = self.folder / "logs" / f"install-{name}.txt"
        self._run([sys.executable, "-m", "venv", "--clear", str(folder)], log)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        self._run([*pip, "-r", str(self.peers / f"{name}.txt")], log)
        mark.write_text(digest)
        return python

    def _checkout(self) -> Path:
        folder = self.folder / BEFORE
        if not (folder / "siqml").exists():
            git = ["git", "-C", str(ROOT), "worktree", "add", "--force", "--detach", str(folder), BEFORE]
            self._run(git, self.folder / "logs" / f"checkout-{BEFORE}.txt")
        return folder

    def _run(self, command: list[str], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotInstalled(
                without_places(str(error.strerror if isinstance(error, OSError) else "too slow"))
            ) from None
        log.write_text(ended.stdout + ended.stderr)
        if ended.returncode:
            raise NotInstalled(reason(ended.stderr or ended.stdout))


def pinned(path: Path) -> list[str]:
    """Requirements of a file as ``name version``, up to those that only other packages need."""
    own, _, _ = path.read_text().partition(NEEDED)
    lines = (line.partition("#")[0].strip() for line in own.splitlines())
    return [line.replace("==", " ") for line in lines if line]


def reason(text: str) -> str:
    """The line of an error report that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(error|fatal)\b", line, re.IGNORECASE)]
    return without_places((errors or lines or ["no reason given"])[-1])


def without_places(text: str) -> str:
    """The text without addresses and paths, cut to a table's cell."""
    text = re.sub(r"\w+://\S+", "…", text)
    text = re.sub(r"(?<![\w.])(/[\w.+~-]+){2,}/?", "…", text)
    return text.replace("|", "/")[:200]
