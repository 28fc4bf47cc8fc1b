"""How long a computation may take and how much memory it may use: no input, however small, hangs.

Limits on counts come first; they apply where something is expanded. This room bounds what they let pass:

- :func:`check` at the head of long loops raises :class:`eqcompile.errors.BudgetError` when the budget is used up;
- in the main thread, a timer signal does so wherever Python is;
- what does not come back from C is ended by the parent process; see :mod:`eqcompile.supervisor`.

Without a budget nothing is limited, and ``check`` costs almost nothing.
"""

import gc
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from types import FrameType

from eqcompile.arguments import found, require_text, whole_number
from eqcompile.errors import ArgumentError, BudgetError, EqcompileError, quoted

DEFAULT_SECONDS, DEFAULT_BYTES = 60, 2 << 30

TICK = 200
"""Milliseconds between two checks of clock and memory."""

SHOW_AFTER = 3
"""Seconds after which a terminal shows what is going on."""

MAX_BUDGET_SECONDS = 10_000 * 86400
"""Seconds that `--budget` takes. Beyond it, refused: `--budget none` sets no limit."""

MAX_BUDGET_BYTES = 1 << 50
"""Bytes that `--budget` takes. Beyond it, refused: `--budget none` sets no limit."""

_NANO = 10**9
_UNITS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
_PART = re.compile(r"(-?)(\d{1,400})(?:\.(\d{1,9}))?(?:[eE](\+?\d{1,3}))?\s*([A-Za-z]+)")


@dataclass(frozen=True)
class Allowance:
    """Seconds and bytes; ``None`` is unlimited."""

    seconds: int | None = DEFAULT_SECONDS
    memory: int | None = DEFAULT_BYTES

    def __str__(self) -> str:
        parts = [] if self.seconds is None else [time_text(self.seconds)]
        return (
            " and ".join(parts if self.memory is None else [*parts, memory_text(self.memory)]) or "no limit"
        )


@dataclass
class _Running:
    """A budget that is in force.

    Time counts from ``start``, in nanoseconds of the monotonic clock. Memory counts beyond ``held``, which a process
    that calls us from Python held before.
    """

    allowed: Allowance
    start: int
    held: int
    outer: "_Running | None"

    def why_over(self, now: int) -> str:
        """What has been used up; empty if nothing has."""
        seconds, memory = self.allowed.seconds, self.allowed.memory
        if seconds is not None and now - self.start > seconds * _NANO:
            return time_text(seconds)
        if memory is not None and memory_in_use() - self.held > memory:
            return memory_text(memory)
        return self.outer.why_over(now) if self.outer is not None else ""


_running: ContextVar[_Running | None] = ContextVar("running", default=None)
_stages: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("stages", default=())


def parse_budget(text: str, default: Allowance = Allowance()) -> Allowance:
    """Read the value of ``--budget``: a time, an amount of memory, or both; ``none`` lifts both limits.

    Args:
        text: the value, such as ``"10min,8GB"``.
        default: what applies if one of the two is left out; by default 60 seconds and 2 GB.

    Returns:
        The allowance, for :func:`allowing` and :func:`eqcompile.supervisor.supervised`.

    Raises:
        EqcompileError: the text is neither; the message says what is wrong.

    >>> parse_budget("10min,8GB")
    Allowance(seconds=600, memory=8589934592)
    >>> parse_budget("90s").memory == DEFAULT_BYTES, parse_budget("none")
    (True, Allowance(seconds=None, memory=None))
    """
    check_allowance("default", default)
    if require_text("budget", text).strip() == "none":
        return Allowance(None, None)
    values: dict[str, int] = {}
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None or match[5] not in _UNITS:
            raise _unreadable(text)
        minus, whole, decimals, exponent, unit = match[1], match[2], match[3] or "", match[4] or "0", match[5]
        value = int(whole + decimals) * 10 ** int(exponent) * _UNITS[unit] // 10 ** len(decimals)
        kind = "memory" if unit.endswith("B") else "seconds"
        least, most, names = _RANGES[kind]
        said = f"--budget {quoted(part.strip())} is"
        if minus or value < least:
            raise EqcompileError(f"{said} less than the smallest budget, {names[0]}; none sets no limit")
        if value > most:
            raise EqcompileError(f"{said} beyond the largest budget, {names[1]}; none sets no limit")
        if kind in values:
            raise EqcompileError(f"--budget {quoted(text)}: two {_KINDS[kind]}; keep one of them")
        values[kind] = value
    return replace(default, **values)


_KINDS = {"memory": "amounts of memory", "seconds": "times"}
_RANGES = {
    "memory": (1 << 20, MAX_BUDGET_BYTES, ("1 MB", f"{MAX_BUDGET_BYTES >> 40} TB")),
    "seconds": (1, MAX_BUDGET_SECONDS, ("1 s", f"{MAX_BUDGET_SECONDS // 86400} d")),
}


def _unreadable(text: str) -> EqcompileError:
    return EqcompileError(
        f"--budget {quoted(text)}: write a time, an amount of memory, or both, such as 10min,8GB (s, min, h, d, MB, "
        "GB, TB), or none"
    )


@contextmanager
def budget(seconds: int | None = None, gigabytes: int | None = None) -> Iterator[None]:
    """Limit what is done inside: a computation that takes more is abandoned with a :class:`BudgetError`.

    In the main thread of a Unix process, SIGALRM interrupts it wherever Python is, unless the program handles that
    signal itself. Elsewhere it is interrupted at the heads of long loops. Nothing is limited outside such a block.

    Args:
        seconds: whole seconds of wall time; unlimited by default.
        gigabytes: whole gigabytes of memory beyond what the process held before; unlimited by default.

    Raises:
        BudgetError: raised inside the block, naming what used up the budget.

    >>> with budget(seconds=60, gigabytes=2):
    ...     1 + 1
    2
    """
    seconds, gigabytes = (
        None if value is None else whole_number(name, value, least=1)
        for name, value in (("seconds", seconds), ("gigabytes", gigabytes))
    )
    with allowing(Allowance(seconds, None if gigabytes is None else gigabytes << 30)):
        yield


@contextmanager
def allowing(allowed: Allowance) -> Iterator[None]:
    """Limit what is done inside, as :func:`budget` does; a budget inside a budget can only be smaller.

    Args:
        allowed: time and memory, from :func:`parse_budget`.

    Raises:
        BudgetError: raised inside the block, naming what used up the budget.

    >>> with allowing(parse_budget("10min,8GB")):
    ...     1 + 1
    2
    """
    check_allowance("allowed", allowed)
    outer = _running.get()
    held = 0 if allowed.memory is None else memory_in_use()
    token = _running.set(_Running(allowed, time.monotonic_ns(), held, outer))
    ticking = outer is None and _start_ticking()
    try:
        yield
    finally:
        _running.reset(token)
        if ticking:
            _stop_ticking()


def check_allowance(name: str, value: object) -> None:
    """Refuse anything that is not an allowance.

    Args:
        name: name of the argument.
        value: value given by the user.

    Raises:
        ArgumentError: the value is not an allowance.
    """
    if not isinstance(value, Allowance):
        raise ArgumentError(f"{name}: an allowance is needed, from eq.parse_budget; found {found(value)}")


@contextmanager
def stage(name: str, cure: str = "") -> Iterator[None]:
    """Name what is done inside, for messages and for the line that a terminal shows.

    Args:
        name: name of the stage, such as ``"the twirl"``.
        cure: what to do if it takes too long; by default, allow more.

    Raises:
        ArgumentError: one of them is not text.

    >>> with stage("the sum"):
    ...     1 + 1
    2
    """
    token = _stages.set((*_stages.get(), (require_text("name", name), require_text("cure", cure))))
    try:
        yield
    finally:
        _stages.reset(token)
        if not _stages.get():
            _clear_line()


@contextmanager
def share(parts: int, of: int) -> Iterator[None]:
    """Limit what is done inside to this share of the time that is left, so that what follows has some too."""
    left = seconds_left()
    if left is None:
        yield
        return
    with allowing(Allowance(max(1, left * parts // of), None)):
        yield


def seconds_left() -> int | None:
    """Seconds until the first of the budgets in force is used up; ``None`` if none limits the time."""
    now, running, left = time.monotonic_ns(), _running.get(), None
    while running is not None:
        if running.allowed.seconds is not None:
            rest = max(0, running.allowed.seconds * _NANO - (now - running.start)) // _NANO
            left = rest if left is None else min(left, rest)
        running = running.outer
    return left


def check() -> None:
    """Raise if the budget is used up.

    Raises:
        BudgetError: the budget is used up.
    """
    running = _running.get()
    if running is not None and (what := running.why_over(time.monotonic_ns())):
        raise _used_up(what)


def _used_up(what: str) -> BudgetError:
    stages = _stages.get()
    doing = f" by {stages[-1][0]}" if stages else ""
    cures = [cure for _, cure in reversed(stages) if cure]
    return BudgetError(f"the budget of {what} is used up{doing}; {cures[0] if cures else MORE}", what)


MORE = "allow more with --budget, such as --budget 10min,8GB"


def memory_in_use(process: int | str = "self") -> int:
    """Bytes that a process holds in memory; 0 if the system does not tell."""
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def time_text(seconds: int) -> str:
    """A time in words.

    >>> time_text(60), time_text(90), time_text(7200)
    ('60 s', '90 s', '120 min')
    """
    return f"{seconds} s" if seconds < 300 or seconds % 60 else f"{seconds // 60} min"


def memory_text(memory: int) -> str:
    """An amount of memory in words.

    >>> memory_text(2 << 30), memory_text(500 << 20)
    ('2 GB', '500 MB')
    """
    return f"{memory >> 30} GB" if memory % (1 << 30) == 0 else f"{memory >> 20} MB"


def _start_ticking() -> bool:
    """Check clock and memory from time to time, if that is possible and nothing else uses the signal."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return False
    if signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        return False
    signal.signal(signal.SIGALRM, _tick)
    signal.siginterrupt(signal.SIGALRM, False)
    signal.setitimer(signal.ITIMER_REAL, TICK / 1000, TICK / 1000)
    return True


def _stop_ticking() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _tick(_: int, frame: FrameType | None) -> None:
    """Raise again at every tick, because library code may swallow one exception.

    What runs within garbage collection or a finaliser waits for the next tick, because there Python only prints an
    exception and goes on.
    """
    if frame is None or not _is_swallowed(frame):
        check()
    _show_line()


_FINALISERS = ("Finalize.__call__", "finalize.__call__")
"""Finalisers of multiprocessing and weakref, which run when an object is freed."""


def _is_swallowed(frame: FrameType | None) -> bool:
    """Whether the frame, or one that called it, belongs to garbage collection or a finaliser."""
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code in callbacks or code.co_name == "__del__" or code.co_qualname in _FINALISERS:
            return True
        frame = frame.f_back
    return False


def _show_line() -> None:
    """Show on a terminal how long the work has taken, and what is being done."""
    running, stages = _running.get(), _stages.get()
    if running is None or not stages or not _on_terminal():
        return
    while running.outer is not None:
        running = running.outer
    spent = (time.monotonic_ns() - running.start) // _NANO
    if spent >= SHOW_AFTER:
        allowed = "" if running.allowed.seconds is None else f" of {time_text(running.allowed.seconds)}"
        text = f"\r\x1b[2K{spent} s{allowed}: {stages[-1][0]} (Ctrl-C ends)\r"
        os.write(2, text.encode("utf-8", "replace"))  # not through the stream: its lock may be held here


def _clear_line() -> None:
    if _running.get() is not None and _on_terminal():
        os.write(2, b"\x1b[2K")


def _on_terminal() -> bool:
    return sys.stderr is sys.__stderr__ and os.isatty(2)
