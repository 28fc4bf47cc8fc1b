"""Processes of this machine, of one thread each: what runs tasks where Dask is not installed."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from typing import Any, Final

from siqml.errors import TaskError
from siqml.tasks.attempt import answered, attempted, versions_here

NUMBERS_OF_THREADS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "NPROC",  # read by XLA
)

ONE_THREAD: Final = dict.fromkeys(NUMBERS_OF_THREADS, "1")
"""Environment of a process with one thread. It must be set before numpy is loaded."""

SHARED: Final = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
"""Environment that lets the processes of a machine share an accelerator."""


@dataclass(frozen=True)
class Processes:
    """A crew of processes, see `siqml.tasks.crew.Crew`."""

    pool: ProcessPoolExecutor

    def results(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """See `siqml.tasks.crew.Crew.results`."""
        waiting: dict[Future[Any], int] = {}
        try:
            for number, item in enumerate(items):
                waiting[self.pool.submit(attempted, function, item, versions_here())] = number
            for future in as_completed(waiting):
                yield waiting[future], answered(future.result())
        except BrokenExecutor as broken:
            raise TaskError(
                "a process was ended from outside, perhaps because memory ran out; take fewer --jobs; the same "
                "command continues"
            ) from broken


@contextmanager
def processes(jobs: int, nice: int = 0) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes of one thread each, which leave Ctrl-C to their parent.

    For matrices this small, threads of the linear algebra cost five times what they gain. They must be switched off
    before numpy is loaded, hence a separate process even for one job.

    Args:
        jobs: number of processes.
        nice: how far they step back for other work.

    Yields:
        The pool. Tasks that it has not begun when the block ends are dropped; if an exception ends the block, so are
        those that it has begun.
    """
    with _environment(ONE_THREAD | {name: os.environ.get(name, value) for name, value in SHARED.items()}):
        others = {*active_children()}  # of whoever called
        pool = ProcessPoolExecutor(
            jobs, get_context("spawn"), initializer=depend_on_the_parent, initargs=(nice,)
        )
        try:
            yield pool
        except BaseException:
            for process in {*active_children()} - others:
                process.terminate()  # what they compute may take a long time, and nobody would read it
            raise
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def depend_on_the_parent(nice: int) -> None:
    """Leave Ctrl-C to the parent, and end when the parent is ended, for instance because its budget is used up."""
    leave_interrupts_to_the_parent(nice)
    Thread(target=_end_with_the_parent, daemon=True).start()


def leave_interrupts_to_the_parent(nice: int) -> None:
    """Ignore Ctrl-C, which a terminal sends to all processes at once, and step back for other work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if nice:
        os.nice(nice)


def _end_with_the_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
