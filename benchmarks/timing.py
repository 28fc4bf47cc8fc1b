"""How time is taken: CPU seconds of one thread, in turns between contenders, so that a busy machine slows all alike."""

import json
import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.case import Lab, Row
from benchmarks.environments import NotInstalled, Place, without_places

KIB = 1024
WAIT = 3600.0
"""Seconds for an answer, where there is no other limit: a process that waits for ever must end."""

LOOK = 0.1
"""Seconds between two looks at what a process has taken."""

OUTPUT = "output.txt"
"""What a command printed, in the folder in which it ran."""

TAIL = 4096
"""Bytes at the end of a log in which the reason of a failure is looked for."""


class Failed(Exception):
    """A contender gave no answer; the message says why, as a cell of a table."""


@dataclass(frozen=True)
class Contender:
    """Something that is measured.

    Attributes:
        name: name of its row.
        place: name of its environment.
        function: ``module:function`` that prepares a call, see `benchmarks.worker`.
        arguments: arguments of that function.
        seconds: CPU seconds that its first call may take; ``None``: as many as it needs. It is not called again then.
        memory_gib: most memory that it may take; ``None``: what there is.
        compared: whether it gives numbers to compare; a yardstick has none.
    """

    name: str
    place: str
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    memory_gib: float | None = None
    compared: bool = True


@dataclass(frozen=True)
class Turns:
    """How often is measured.

    Attributes:
        count: number of turns.
        seconds: CPU seconds of a turn, at least one call.
        most: calls of a turn at the most.
        budget: CPU seconds after which a contender has no more turns.
    """

    count: int = 5
    seconds: float = 0.5
    most: int = 200
    budget: float = 10


QUICK = Turns(2, 0.05, 3, 1)


class Running:
    """A contender's process, prepared, and called once.

    Attributes:
        first: CPU seconds of the first call.
        outcome: what the first call gave.
        memory: bytes at the peak so far.
        times: CPU seconds of all later calls.

    Raises:
        NotInstalled: its environment cannot be had.
        Failed: it ended, or took too long.
    """

    def __init__(self, contender: Contender, lab: Lab) -> None:
        place = lab.environments.place(contender.place)
        self._log = lab.scratch / f"{re.sub(r'[^a-zA-Z0-9]+', '-', contender.name)}.txt"
        self._read = b""
        self.times: list[float] = []
        command = [str(place.python), "-m", "benchmarks.worker", contender.function]
        command.append(json.dumps(dict(contender.arguments)))
        if contender.memory_gib is not None:
            command.append(str(contender.memory_gib))
        more = {"NUMBA_CACHE_DIR": str(lab.scratch.parent / "numba")}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=lab.scratch,
                env=place.variables(more),
            )
        try:
            prepared = self._answer()["prepared"]
            answer = self._answer(contender.seconds, prepared)
        except BaseException:
            self.stop()
            raise
        self.first, self.wall, self.memory = answer["cpu"], answer["wall"], answer["memory"]
        self.outcome = answer["outcome"]

    def again(self, turns: Turns) -> None:
        """Call it for one turn more.

        Raises:
            Failed: it ended.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"seconds": turns.seconds, "most": turns.most}).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._answer()
        self.memory = answer["memory"]
        self.times += answer["cpu"]

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self, seconds: float | None = None, before: float = 0.0) -> dict[str, Any]:
        """The next line of the process, which may take so many CPU seconds beyond those before.

        The limit is held from outside: while a process has a limit on its CPU time, Linux gives that time in ticks.
        """
        assert self._process.stdout is not None
        pipe, end = self._process.stdout.fileno(), time.monotonic() + WAIT
        while b"\n" not in self._read:
            if not select.select([pipe], [], [], LOOK)[0]:
                spent = cpu_seconds(self._process.pid) - before
                if time.monotonic() > end or (seconds is not None and spent > seconds):
                    raise Failed(f"more than {WAIT if seconds is None else seconds:g} s")
                continue
            part = os.read(pipe, 1 << 16)
            if not part:
                self._process.wait()
                raise Failed(self._why())
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _why(self) -> str:
        code = self._process.returncode
        lines = self._log.read_bytes()[-TAIL:].decode(errors="replace").strip().splitlines()
        last = lines[-1] if lines else ""
        if "MemoryError" in last or "bad_alloc" in last or "RESOURCE_EXHAUSTED" in last or code == -9:
            return "out of memory"
        return f"failed: {without_places(last) or f'exit code {code}'}"


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has taken; 0 where the system does not say it in a file."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_turns(
    contenders: Sequence[Contender],
    lab: Lab,
    turns: Turns,
    apart: Callable[[Any, Any], float] | None = None,
    limit: float = 0.0,
) -> list[Row]:
    """Measure contenders in turns. The first that works is what others are compared with.

    Args:
        contenders: contenders, one row each.
        lab: environments and so on.
        turns: how often.
        apart: ``(outcome, outcome of the first) -> distance``.
        limit: a contender that is farther apart than this is not timed, since it does something else.

    Returns:
        Rows with ``median``, ``minimum``, ``repetitions``, ``first``, ``memory``, ``ratio`` and ``apart``; or with
        ``missing``, and why.
    """
    rows: dict[str, Row] = {}
    running: dict[str, Running] = {}
    try:
        for contender in contenders:
            rows[contender.name] = {"row": contender.name}
            try:
                made = Running(contender, lab)
            except (NotInstalled, Failed) as error:
                rows[contender.name]["missing"] = missing(error)
                lab.say(f"{contender.name}: {missing(error)}")
                continue
            lab.say(f"{contender.name}: first call {made.first:.1f} s")
            if contender.compared and apart is not None and running:
                difference = apart(made.outcome, next(iter(running.values())).outcome)
                rows[contender.name]["apart"] = difference
                if not difference <= limit:
                    rows[contender.name]["missing"] = f"gives other numbers, apart by {difference:.0e}"
                    lab.say(f"{contender.name}: {rows[contender.name]['missing']}")
                    made.stop()
                    continue
            running[contender.name] = made
        for _ in range(turns.count):
            for name, made in list(running.items()):
                if sum(made.times) >= turns.budget:
                    continue
                try:
                    made.again(turns)
                except Failed as error:
                    rows[name]["missing"] = missing(error)
                    running.pop(name).stop()
    finally:
        for made in running.values():
            made.stop()
    for name, made in running.items():
        rows[name] |= {
            "median": median(made.times),
            "minimum": min(made.times),
            "repetitions": len(made.times),
            "first": made.first,
            "memory": made.memory,
        }
    return with_ratios(list(rows.values()))


def with_ratios(rows: list[Row]) -> list[Row]:
    """Rows with ``ratio``: how many times the median of the first row that has one."""
    known = [row["median"] for row in rows if "median" in row]
    for row in rows:
        if "median" in row:
            row["ratio"] = row["median"] / known[0]
    return rows


def once(contender: Contender, lab: Lab) -> Row:
    """The first call in a process of its own: ``seconds`` of CPU, ``memory``, and what it gave, or ``missing``."""
    try:
        made = Running(contender, lab)
    except (NotInstalled, Failed) as error:
        return {"row": contender.name, "missing": missing(error)}
    made.stop()
    return {"row": contender.name, "seconds": made.first, "memory": made.memory, **made.outcome}


def missing(error: Exception) -> str:
    """Why there are no numbers."""
    return f"not installed: {error}" if isinstance(error, NotInstalled) else str(error)


@dataclass(frozen=True)
class Spent:
    """What a command took, with all its children."""

    cpu: float
    wall: float
    memory: int


def last_line(folder: Path) -> str:
    """The last line that a command printed."""
    return (folder / OUTPUT).read_text(errors="replace").strip().splitlines()[-1]


def command(place: Place, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Spent:
    """Run a command of Python and see what it took.

    Raises:
        Failed: it ended with an error.
    """
    log = folder / OUTPUT
    start = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(place.python), *arguments],
            stdout=stream,
            stderr=stream,
            cwd=folder,
            env=place.variables(dict(variables)),
        )
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        process.wait()
        raise
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        lines = log.read_text(errors="replace").strip().splitlines() or [f"exit code {process.returncode}"]
        raise Failed(f"failed: {without_places(lines[-1])}")
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * KIB)
