"""One input before one reader, in this process: every way in which it can go wrong is noticed and told apart."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import eqcompile as eq
from campaign.fuzz.case import Case, Reader, SilentLoss, write_files
from campaign.fuzz.outcome import MEGABYTES, REFUSAL_SECONDS, Outcome, Problem, crash, refusal_problems
from eqcompile.budgets import budget
from eqcompile.errors import BudgetError
from siqml.errors import SiqmlError

COMPUTING_SECONDS = 20
"""Budget for what is computed from an input that was read: less than a user has, because there are many inputs."""

DOCUMENTED = (eq.EqcompileError, SiqmlError)

HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Warnings that Python does not show to users."""


def attempt(reader: Reader, number: int, case: Case, capture: "Terminal | None" = None) -> Outcome:
    """Give the input to the reader, and look at everything that comes of it.

    Args:
        reader: the reader.
        number: number of the input, for the record.
        case: the input.
        capture: keeps what goes to the terminal.
    """
    problems: list[Problem] = []
    if capture is not None:
        capture.taken()  # what was printed while the input was made
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        write_files(folder, case.files)
        forget_peak()
        held, started = peak_megabytes(), processor_seconds()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            answer, text = _read(reader, folder, case, problems)
        seconds, megabytes = processor_seconds() - started, peak_megabytes()
        problems += lost(folder, case.files)
    problems += [
        Problem(
            "warning", f"{w.category.__name__}: {str(w.message)[:160]}", f"{Path(w.filename).name}:{w.lineno}"
        )
        for w in warned
        if not issubclass(w.category, HIDDEN)
    ][:1]
    if capture is not None and (noise := capture.taken()):
        problems.append(Problem("noise", noise[:300]))
    if answer == "refused" and seconds > REFUSAL_SECONDS:
        problems.append(Problem("slow", f"{seconds:.1f} s", f"{reader.name}: {case.way}"))
    if megabytes - held > MEGABYTES:  # what the process held before does not belong to this input
        problems.append(Problem("memory", f"{megabytes - held:.0f} MB", f"{reader.name}: {case.way}"))
    return Outcome(
        reader.name,
        number,
        case.way,
        case.how,
        answer,
        text[:200],
        tuple(problems),
        seconds,
        megabytes,
        case.size,
    )


def _read(reader: Reader, folder: Path, case: Case, problems: list[Problem]) -> tuple[str, str]:
    try:
        with budget(COMPUTING_SECONDS) if case.way in reader.computes else nullcontext():
            text = reader.read(folder, case)
    except BudgetError as error:
        problems += refusal_problems(str(error).replace(str(folder), ""))
        return "given up", str(error)
    except DOCUMENTED as error:
        problems += refusal_problems(str(error).replace(str(folder), ""))
        return "refused", str(error).replace(str(folder), "")
    except SilentLoss as error:
        problems.append(Problem("loss", str(error), f"{reader.name}: {case.way}"))
        return "answered", str(error)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 (any kind of crash is what the fuzz looks for)
        problems.append(crash(error))
        return "", str(error)
    if case.same_as is not None:
        expected = _expected(reader, folder, case)
        if expected != text:
            problems.append(
                Problem("changed", f"{text[:80]} instead of {expected[:80]}", f"{reader.name}: {case.how}")
            )
    return "answered", text


def _expected(reader: Reader, folder: Path, case: Case) -> str:
    edited = (folder / case.main).read_bytes()
    (folder / case.main).write_bytes(case.same_as or b"")
    try:
        return reader.read(folder, case)
    except DOCUMENTED as error:
        return f"refused: {error}"
    finally:
        (folder / case.main).write_bytes(edited)


def lost(folder: Path, files: dict[str, bytes] | object) -> list[Problem]:
    """Files that are gone, changed, or new."""
    assert isinstance(files, dict)
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    out = [Problem("loss", f"{name} is gone", "removed") for name in files if name not in found]
    out += [Problem("loss", f"{name} is new", "left behind") for name in found if name not in files]
    for name, content in files.items():
        if name in found and found[name].read_bytes() != content:
            out.append(Problem("loss", f"{name} is changed", "changed"))
    return out


def processor_seconds() -> float:
    """Processor time of this process and of those it has waited for; a busy machine does not change it."""
    return sum(os.times()[:4])


def forget_peak() -> None:
    """Start measuring the peak memory anew, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    """Peak memory of this process since `forget_peak`; on systems without ``/proc``, since it started."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Terminal:
    """What libraries write to the terminal without going through Python: standard output and error, kept in a file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (for as long as the object lives)
        self._read = 0

    @contextmanager
    def replaced(self) -> Iterator["Terminal"]:
        """While this lasts, standard output and error go into the file."""
        import sys

        sys.stdout.flush()
        sys.stderr.flush()
        kept = [os.dup(stream) for stream in (1, 2)]
        try:
            for stream in (1, 2):
                os.dup2(self._file.fileno(), stream)
            yield self
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for stream, old in zip((1, 2), kept, strict=True):
                os.dup2(old, stream)
                os.close(old)
            self._file.close()

    def taken(self) -> str:
        """What was written since the last call."""
        import sys

        sys.stdout.flush()
        sys.stderr.flush()
        size = os.fstat(self._file.fileno()).st_size
        content = os.pread(self._file.fileno(), min(size - self._read, 10_000), self._read)
        self._read = size
        return content.decode("utf-8", "replace").strip()
