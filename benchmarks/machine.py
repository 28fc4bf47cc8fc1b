"""Where numbers come from: processor, versions, commit, date. No name of a machine, and no path."""

import hashlib
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "benchmarks"
UNKNOWN = "unknown: not a git checkout"


def machine() -> dict[str, Any]:
    """The model of the processor, cores, memory in GiB, and the operating system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def processor() -> str:
    """The model of the processor, with its generation where a maker tells nothing more than a family's name."""
    found: dict[str, str] = {}
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), value.strip())
    if "model name" not in found:
        return platform.processor() or platform.machine()
    numbers = f"family {found.get('cpu family', '?')}, model {found.get('model', '?')}"
    vectors = "AVX-512" if "avx512f" in found.get("flags", "").split() else "no AVX-512"
    return f"{found['model name']} ({numbers}; {vectors})"


def load() -> float:
    """Processes that wanted a core during the last minute, on average."""
    return round(os.getloadavg()[0], 1)


def today() -> str:
    """The date in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Versions of packages of this environment, those that are there."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit(root: Path = ROOT, pages: Path = PAGES) -> str:
    """The last commit that changed anything but the pages themselves, and the fingerprint of what is not committed.

    So pages that were just committed still count as measured at their commit.
    """
    others = ["--", ".", f":(exclude){pages.relative_to(root)}"] if pages.is_relative_to(root) else []
    head = _git(root, "log", "-1", "--format=%H", *others)
    if not head:
        return UNKNOWN
    changes = _git(root, "diff", "HEAD", *others)
    if not changes:
        return head
    return f"{head}, with uncommitted changes {hashlib.sha256(changes.encode()).hexdigest()[:8]}"


def _git(root: Path, *arguments: str) -> str | None:
    try:
        found = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
