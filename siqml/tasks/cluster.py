"""Tasks on a Dask cluster: one of this machine, or the one behind an address.

Dask runs a task again if the worker that ran it is lost. After a few losses
(``distributed.scheduler.allowed-failures``) it takes the task for the cause and gives up.
"""

import logging
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import dask
from distributed import Client, LocalCluster, WorkerPlugin, as_completed
from distributed.scheduler import KilledWorker

from siqml.errors import TaskError, cut
from siqml.tasks.attempt import answered, attempted, versions_here
from siqml.tasks.processes import ONE_THREAD, SHARED, leave_interrupts_to_the_parent

SETTINGS: Final = {
    "distributed.admin.large-graph-warning-threshold": "1TB",  # a task carries its data: workers share no folder
    "distributed.comm.timeouts.connect": "10s",
}

ADDRESS: Final = re.compile(r"((tcp|tls|ws|wss|ucx)://)?([\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}/?", re.ASCII)
"""Address of a scheduler."""

SECONDS_TO_CLOSE: Final = 20
"""What workers get to say goodbye; they take a fraction of a second."""


@dataclass(frozen=True)
class DaskCrew:
    """A crew behind a Dask scheduler, see `siqml.tasks.crew.Crew`."""

    client: Client
    address: str

    def results(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """See `siqml.tasks.crew.Crew.results`."""
        waiting = {
            self.client.submit(attempted, function, item, versions_here(), pure=False): number
            for number, item in enumerate(items)
        }
        try:
            for future in as_completed(list(waiting), loop=self.client.loop):
                yield waiting.pop(future), answered(self._result(future))
        finally:
            if waiting:
                _within(SECONDS_TO_CLOSE, partial(self.client.cancel, list(waiting), asynchronous=False))

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except KilledWorker as lost:
            raise TaskError(
                f"{self.address}: one task was lost with several workers, perhaps because their memory ran out; the "
                "same command continues"
            ) from lost
        except CancelledError as lost:
            raise TaskError(
                f"{self.address}: the scheduler is gone; the same command continues when it is back"
            ) from lost
        except ImportError as missing:
            raise TaskError(
                f"{self.address}: {missing} on a worker; install the same packages on all machines"
            ) from missing


class _OneOfMany(WorkerPlugin):  # type: ignore[misc]  # distributed is not typed
    """What a process of this machine does when it begins, also if it replaces one that was lost."""

    def __init__(self, nice: int) -> None:
        self.nice = nice

    def setup(self, worker: Any) -> None:
        leave_interrupts_to_the_parent(self.nice)


@contextmanager
def cluster(jobs: int, scheduler: str | None, nice: int) -> Iterator[DaskCrew]:
    """A connection to the workers.

    Args:
        jobs: number of processes of this machine, if no scheduler is named.
        scheduler: address of a scheduler; ``None`` starts a cluster of this machine.
        nice: how far the processes of this machine step back for other work.

    Yields:
        The crew.

    Raises:
        TaskError: nobody answers at the address.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a user can cure is said in one line
    with ExitStack() as left, dask.config.set(SETTINGS):
        if scheduler is None:
            machine = left.enter_context(_this_machine(jobs))
            address, security = machine.scheduler_address, machine.security
        else:
            address, security = scheduler, None
        client = _connected(address, security)
        left.callback(_within, SECONDS_TO_CLOSE, client.close)
        if scheduler is None:
            client.register_plugin(_OneOfMany(nice))
        yield DaskCrew(client, address)


@contextmanager
def _this_machine(jobs: int) -> Iterator[LocalCluster]:
    """A cluster of processes of this machine, with one thread each."""
    machine = LocalCluster(
        n_workers=jobs,
        threads_per_worker=1,
        memory_limit=0,  # Dask would stop a process that takes more than its share
        dashboard_address="127.0.0.1:0",
        security=True,  # without it, every user of this machine could run code as this one
        silence_logs=logging.CRITICAL,
        env=ONE_THREAD | {name: os.environ.get(name, value) for name, value in SHARED.items()},
    )
    try:
        yield machine
    except BaseException:
        for (
            nanny
        ) in machine.workers.values():  # what they compute may take a long time, and nobody would read it
            nanny.auto_restart = False
            if nanny.pid is not None:
                os.kill(nanny.pid, signal.SIGKILL)
        raise
    finally:
        _within(SECONDS_TO_CLOSE, machine.close)


def _within(seconds: float, function: Callable[[], Any]) -> None:
    """Wait for a function no longer than this: a farewell must not hang because nobody answers any more."""
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    thread.join(seconds)


def _connected(address: str, security: Any) -> Client:
    # Checked beforehand: a client that stumbles over its address does not end cleanly.
    if not ADDRESS.fullmatch(address):
        raise TaskError(
            f'--scheduler: found "{cut(address)}"; needed: an address such as tcp://10.0.0.5:8786'
        )
    try:
        return Client(address, security=security, set_as_default=False)
    except (TypeError, ValueError) as wrong:  # such as an address that asks for a certificate
        raise TaskError(f"--scheduler {address}: {cut(str(wrong).splitlines()[0])}") from wrong
    except OSError as silent:
        raise TaskError(
            f"--scheduler {address}: nobody answers; start a scheduler with `dask scheduler`, or correct the address"
        ) from silent
