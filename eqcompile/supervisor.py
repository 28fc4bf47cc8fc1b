"""Run a command in a child process, so that it can be ended even where no Python code runs any more.

Exact arithmetic in C holds the interpreter's lock: no thread or signal handler of the same process can end it.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from eqcompile.arguments import found
from eqcompile.budgets import MORE, Allowance, check_allowance, memory_in_use, memory_text, time_text
from eqcompile.errors import ArgumentError

GRACE = 5
"""Seconds that the child has to give up by itself, and then to end after its last message."""

FORWARD_AFTER, KILL_AFTER = 300, 2000
"""Milliseconds after Ctrl-C. A terminal sends it to both processes, `kill` only to the parent."""

LOOK = 100
"""Milliseconds between two checks of the child."""

BAD_INPUT, INTERRUPTED = 2, 130

_HEARD = (signal.SIGINT, signal.SIGTERM)
_MILLI, _NANO = 10**6, 10**9


def supervised(work: Callable[[], int], allowed: Allowance) -> int:
    """Exit code of some work, done in a child process that is ended if it takes far more than its budget.

    Args:
        work: the work, which returns the exit code, and keeps to its budget by itself as long as Python runs.
        allowed: budget of the work; the child is ended a few seconds, or a quarter of the memory, beyond it.

    Returns:
        The exit code; 2 if the child was ended, or died, with one line on standard error; 130 after Ctrl-C. Without a
        limit, or if processes cannot fork, the work is done in this process.

    Raises:
        ArgumentError: ``work`` is not a function, or ``allowed`` is not an allowance.
    """
    if not callable(work):
        raise ArgumentError(f"work: a function without arguments is needed; found {found(work)}")
    check_allowance("allowed", allowed)
    if allowed == Allowance(None, None) or not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    parent = os.getpid()
    # Ctrl-C has to wait until both processes know what to do with it.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    child = os.fork()
    if not child:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        os.close(reading)
        _end_with(parent)
        code = work()
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # everything is said; only the interpreter's shutdown follows
        os.write(writing, bytes([code]))
        return code
    os.close(writing)
    watch = _Watch(child, reading, allowed)
    before = {number: signal.signal(number, watch.heard) for number in _HEARD}
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    try:
        return watch.run()
    finally:
        os.close(reading)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_with(parent: int) -> None:
    """Have the child ended when its parent ends, if the system can do that (Linux)."""
    import ctypes

    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    except (AttributeError, OSError, TypeError):
        return
    if os.getppid() != parent:
        os._exit(BAD_INPUT)


@dataclass
class _Watch:
    child: int
    reading: int
    allowed: Allowance
    start: int = field(default_factory=time.monotonic_ns)
    interrupted: int = 0
    forwarded: bool = False
    said: int | None = None
    """The exit code, once the child has nothing more to say."""

    def heard(self, number: int, _: FrameType | None) -> None:
        """Ctrl-C waits for the child to receive it by itself. Whoever ends the parent means to end the child."""
        if number == signal.SIGINT:
            self.interrupted = self.interrupted or time.monotonic_ns()
        else:
            os.kill(self.child, number)

    def run(self) -> int:
        """Wait for the child to end, or end it."""
        while True:
            if (code := self._ended()) is not None:
                return code
            if self.said is None and select.select([self.reading], [], [], LOOK / 1000)[0]:
                if word := os.read(self.reading, 1):
                    self.said, self.start = word[0], time.monotonic_ns()
                else:
                    time.sleep(LOOK / 10_000)  # it died without a message; its status comes at once
            elif self.said is not None:
                time.sleep(LOOK / 10_000)
            if (line := self._why_end()) is not None:
                return self._end(line)

    def _ended(self) -> int | None:
        done, status = os.waitpid(self.child, os.WNOHANG)
        if not done:
            return None
        code = os.waitstatus_to_exitcode(status)
        if code >= 0 or self.said is not None:
            return code if self.said is None else self.said
        if -code == signal.SIGTERM:
            return 128 - code
        _say(
            f"the process was ended by signal {-code}, as happens when the machine has no more memory; {MORE}"
        )
        return BAD_INPUT

    def _why_end(self) -> str | None:
        """The last line for a child that must be ended, empty if the child has printed its own; ``None`` to go on."""
        now = time.monotonic_ns()
        if self.said is not None:
            return "" if now - self.start > GRACE * _NANO else None
        if self.interrupted:
            if not self.forwarded and now - self.interrupted > FORWARD_AFTER * _MILLI:
                self.forwarded = True
                os.kill(self.child, signal.SIGINT)
            if now - self.interrupted > KILL_AFTER * _MILLI:
                return "interrupted; nothing half-written is left"
        seconds, memory = self.allowed.seconds, self.allowed.memory
        if seconds is not None and now - self.start > (seconds + GRACE) * _NANO:
            return (
                f"the budget of {time_text(seconds)} is used up, by a step that cannot be interrupted; {MORE}"
            )
        if memory is not None and memory_in_use(self.child) > memory * 5 // 4:
            return f"the budget of {memory_text(memory)} is used up, by a step that cannot be interrupted; {MORE}"
        return None

    def _end(self, line: str) -> int:
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        if line:
            _say(line)
        if self.said is not None:
            return self.said
        return INTERRUPTED if self.interrupted else BAD_INPUT


def _say(line: str) -> None:
    print(f"\r\x1b[2K{line}" if sys.stderr.isatty() else line, file=sys.stderr)
