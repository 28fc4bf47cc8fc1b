"""Processes that take inputs one by one, within limits on time and memory. One that hangs or dies is replaced."""

import faulthandler
import multiprocessing
import os
import re
import resource
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from campaign.fuzz.case import Case
from campaign.fuzz.outcome import MEGABYTES, SECONDS, Outcome, Problem, innermost

if TYPE_CHECKING:
    from campaign.fuzz.attempt import Terminal

RECYCLE_AFTER, RECYCLE_ABOVE = 1500, MEGABYTES * 0.6
"""Inputs and megabytes after which a process is replaced, so that what earlier inputs left does not count later."""

READY = "ready"

COMMAND_EVERY = 40
"""One of this many inputs goes through the command line: some 500 of 20,400."""


@dataclass(frozen=True)
class Limits:
    """What an input may take.

    Attributes:
        seconds: wall time, after which the process is killed.
        megabytes: memory beyond what the libraries take.
    """

    seconds: float = SECONDS
    megabytes: int = MEGABYTES


@dataclass(frozen=True)
class Ticket:
    """One input to be tried: its reader, the module in which the reader is found, and its number."""

    reader: str
    number: int
    seed: int
    catalogue: str = "campaign.fuzz.readers"

    @property
    def key(self) -> tuple[str, int]:
        """Reader and number."""
        return self.reader, self.number


def is_command(number: int) -> bool:
    """Whether the input with this number goes through the command line."""
    return number % COMMAND_EVERY == COMMAND_EVERY - 1


def make_case(ticket: Ticket) -> tuple[Case, Random]:
    """The input of a ticket, and the source of randomness that its command line draws from."""
    source = Random(f"{ticket.seed}/{ticket.reader}/{ticket.number}")
    return import_module(ticket.catalogue).READERS[ticket.reader].make(source), source


def try_ticket(ticket: Ticket) -> Outcome:
    """Make an input and give it to its reader; the same ticket gives the same input, whatever ran before."""
    return _tried(ticket, *make_case(ticket), None)


def _tried(ticket: Ticket, case: Case, source: Random, capture: "Terminal | None") -> Outcome:
    from campaign.fuzz.attempt import attempt
    from campaign.fuzz.command_line import attempt_command

    reader = import_module(ticket.catalogue).READERS[ticket.reader]
    if is_command(ticket.number):
        return attempt_command(reader, ticket.number, case, source)
    return attempt(reader, ticket.number, case, capture)


def _serve(pipe: Connection, limits: Limits, log: str, catalogue: str) -> None:
    """The work of one process: until the pipe closes, take a ticket and send its outcome."""
    from campaign.fuzz.attempt import Terminal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    os.nice(5)
    file = open(log, "w")  # noqa: SIM115 (for as long as the process lives)
    faulthandler.enable(file)
    faulthandler.register(signal.SIGUSR1, file)
    import_module(catalogue).warm_up()
    _limit_memory(limits.megabytes)
    with Terminal().replaced() as capture:
        pipe.send(READY)
        while True:
            try:
                ticket = pipe.recv()
            except EOFError:
                return
            case, source = make_case(ticket)
            pipe.send((case.way, case.how, case.size))
            pipe.send(_tried(ticket, case, source, capture))


def _limit_memory(megabytes: int) -> None:
    """Let the process grow by this much and no further."""
    try:
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return
    bound = size + (megabytes << 20)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))


@dataclass
class _Worker:
    limits: Limits
    catalogue: str
    log: str
    ticket: Ticket | None = None
    since: float = 0.0
    ready: bool = False
    done: int = 0
    input: tuple[str, tuple[str, ...], int] = ("", (), 0)
    pipe: Connection = field(init=False)
    process: multiprocessing.process.BaseProcess = field(init=False)

    def __post_init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, self.limits, self.log, self.catalogue), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, ticket: Ticket) -> None:
        self.ticket, self.since = ticket, time.monotonic()
        self.pipe.send(ticket)

    @property
    def overdue(self) -> bool:
        """Whether the time is over; the command line keeps its own limit, and gets a little more."""
        if self.ticket is None:
            return False
        grace = 30.0 if is_command(self.ticket.number) else 0.0
        return time.monotonic() - self.since > self.limits.seconds + grace

    def stack(self) -> str:
        """Where the process is, found out from outside."""
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGUSR1)
            time.sleep(0.3)
        return _innermost_in(Path(self.log))

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def run_tickets(tickets: Sequence[Ticket], jobs: int, limits: Limits | None = None) -> Iterator[Outcome]:
    """The outcome of every ticket, as they come.

    Args:
        tickets: the tickets, all from one catalogue.
        jobs: number of processes.
        limits: limits on each input.
    """
    limits = limits or Limits()
    waiting = list(reversed(tickets))
    if not waiting:
        return
    with tempfile.TemporaryDirectory(prefix="fuzz-logs-") as folder:
        workers = [
            _Worker(limits, waiting[0].catalogue, f"{folder}/{k}-0") for k in range(min(jobs, len(waiting)))
        ]
        try:
            while waiting or any(worker.ticket for worker in workers):
                wait([worker.pipe for worker in workers], timeout=0.5)
                for k, worker in enumerate(workers):
                    outcome = _looked_after(worker)
                    if outcome is not None:
                        yield outcome
                    if worker.done < 0:
                        worker.stop()
                        log = f"{folder}/{k}-{time.monotonic_ns()}"
                        worker = workers[k] = _Worker(limits, worker.catalogue, log)
                    if worker.ready and worker.ticket is None and waiting:
                        worker.give(waiting.pop())
        finally:
            for worker in workers:
                worker.stop()


def _looked_after(worker: _Worker) -> Outcome | None:
    """What a worker has to say; ``done`` is negative if the worker must be replaced."""
    try:
        message = worker.pipe.recv() if worker.pipe.poll() else ""
    except (EOFError, ConnectionResetError):
        return _failed(worker, "died", f"exit code {_exit_code(worker)}")
    if isinstance(message, Outcome):
        worker.done += 1
        worker.ticket = None
        if (
            worker.done >= RECYCLE_AFTER
            or message.megabytes > RECYCLE_ABOVE
            or "memory" in {p.kind for p in message.problems}
        ):
            worker.done = -1
        return message
    if isinstance(message, tuple):
        worker.input = message
    worker.ready = worker.ready or message == READY
    if worker.overdue:
        return _failed(worker, "hung", f"stopped after {worker.limits.seconds:.0f} s")
    return None


def _failed(worker: _Worker, kind: str, text: str) -> Outcome | None:
    ticket, place, (way, how, size) = worker.ticket, worker.stack(), worker.input
    worker.done, worker.ticket = -1, None
    if ticket is None:
        raise RuntimeError(f"a process of the campaign {text} before it had an input; the last line: {place}")
    seconds, problem = time.monotonic() - worker.since, Problem(kind, text, place)
    return Outcome(ticket.reader, ticket.number, way, how, "", text, (problem,), seconds, 0.0, size)


def _exit_code(worker: _Worker) -> int | None:
    worker.process.join(5)
    return worker.process.exitcode


def _innermost_in(log: Path) -> str:
    """The innermost line of the project in the output of faulthandler, which lists the innermost line first."""
    text = log.read_text(errors="replace") if log.exists() else ""
    last = re.split(r"(?m)^(?:Current thread|Thread) .*$", text)[-1]
    found = re.findall(r'File "([^"]+)", line (\d+) in (\S+)', last)
    return innermost([(name, int(line), function) for name, line, function in reversed(found)])
