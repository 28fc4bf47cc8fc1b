"""Where tasks run, and the one question that a crew of workers answers."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Final, Protocol, TypeVar

from siqml.errors import CLUSTER_MISSING, TaskError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Workers:
    """Where tasks run: by default in this process, one after another.

    Attributes:
        jobs: number of processes of this machine. With Dask they are a local cluster, which runs a task again if its
            process is lost.
        scheduler: address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``; it takes the place of ``jobs``.
        nice: how far the processes of this machine step back for other work.
    """

    jobs: int | None = None
    scheduler: str | None = None
    nice: int = 0

    @property
    def elsewhere(self) -> bool:
        """Whether tasks leave this process."""
        return self.jobs is not None or self.scheduler is not None

    def for_tasks(self, count: int) -> "Workers":
        """These workers for so many tasks: no process without a task, and nobody is called for nothing."""
        if not count:
            return HERE
        return self if self.jobs is None else replace(self, jobs=min(self.jobs, count))


PACKAGES: Final = ("distributed", "cryptography")
"""What the extra ``cluster`` installs."""

HERE: Final = Workers()
ONE_PROCESS: Final = Workers(jobs=1)
"""A single process of one thread, which needs no scheduler."""


class Crew(Protocol):
    """What runs tasks."""

    def results(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[int, Result]]:
        """Apply a function to every item.

        Args:
            function: a pure function at the top level of a module, or a ``partial`` of one.
            items: plain data: another machine shares no folder with this one.

        Yields:
            Number and result of each item, in the order in which they are finished.

        Raises:
            TaskError: workers cannot be reached, or differ from this process.
            SiqmlError: a task raised it; tasks that are not finished are dropped.
            EqcompileError: the same.
        """


@dataclass(frozen=True)
class InThisProcess:
    """A crew of nobody else.

    >>> list(InThisProcess().results(abs, [-1, 2]))
    [(0, 1), (1, 2)]
    """

    def results(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[int, Result]]:
        """See `Crew.results`."""
        for number, item in enumerate(items):
            yield number, function(item)


@contextmanager
def crew(workers: Workers) -> Iterator[Crew]:
    """The workers, while the block lasts.

    Args:
        workers: where tasks run.

    Yields:
        What runs them. Processes of this machine end with the block.

    Raises:
        TaskError: a scheduler is named, but Dask is not installed, or nobody answers at its address.
    """
    if not workers.elsewhere:
        yield InThisProcess()
    elif any(find_spec(name) is None for name in PACKAGES) or (
        workers.scheduler is None and workers.jobs == 1
    ):
        if workers.scheduler is not None:
            raise TaskError(CLUSTER_MISSING)
        from siqml.tasks.processes import Processes, processes

        with processes(workers.jobs or 1, workers.nice) as pool:
            yield Processes(pool)
    else:
        from siqml.tasks.cluster import cluster

        with cluster(workers.jobs or 1, workers.scheduler, workers.nice) as found:
            yield found
