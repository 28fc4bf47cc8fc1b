"""Labels on demand: looked up in the journal, or computed in processes of one thread each.

A recipe is a deterministic program that asks for labels. When it is run again after an interruption, it asks for the
same geometries, is answered from the journal, and so arrives where it was. Optimisations and trajectories continue
to the same bits, and their state need not be saved.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from threading import Thread

import numpy as np

import eqcompile as eq
from siqml.data.labelling.functional import Functional, Point, dft_point
from siqml.data.labelling.journal import Journal
from siqml.data.labelling.tolerance import FILE_DECIMALS
from siqml.molecule.structures import Array


@dataclass(frozen=True, eq=False)
class Labeller:
    """Density functional labels of one molecule.

    Attributes:
        functional: the method.
        species: chemical symbols, in the order of all positions.
        journal: keeps what is finished.
        pool: does the work.
    """

    functional: Functional
    species: tuple[str, ...]
    journal: Journal
    pool: ProcessPoolExecutor

    def __call__(self, positions: Array) -> Point:
        """The label at ``(n_atoms, 3)`` positions in angstrom, rounded to what a file can hold."""
        ((_, point),) = self.many([positions])
        return point

    def many(self, geometries: Sequence[Array]) -> Iterator[tuple[int, Point]]:
        """Label independent geometries.

        Args:
            geometries: each ``(n_atoms, 3)`` in angstrom.

        Yields:
            Number and label of each geometry, in the order in which they are finished; known ones come first.
        """
        waiting = {}
        for number, exact in enumerate(geometries):
            positions = representable(exact)
            known = self.journal.get(positions)
            if known is not None:
                yield number, known
            else:
                future = self.pool.submit(dft_point, self.functional, self.species, positions)
                waiting[future] = number, positions
        for future in as_completed(waiting):
            number, positions = waiting[future]
            self.journal.add(positions, future.result())
            yield number, future.result()


def representable(positions: Array) -> Array:
    """The nearest positions that a file can hold exactly; minus zero becomes zero.

    >>> representable(np.array([[0.123456789, -1e-12, 0]])).tolist()
    [[0.12345679, 0.0, 0.0]]
    """
    return np.asarray(np.round(positions, FILE_DECIMALS) + 0.0)


@contextmanager
def processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes of one thread each, which leave Ctrl-C to their parent.

    For matrices this small, threads of the linear algebra cost five times what they gain. They must be switched off
    before numpy is loaded, hence a separate process even for one job.

    Args:
        jobs: number of processes.

    Yields:
        The pool; tasks that it has not begun when the block ends are dropped.
    """
    with _single_threaded_children():
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_depend_on_the_parent)
        try:
            yield pool
        except eq.BudgetError:
            for process in active_children():  # the points that they compute may take a long time
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _single_threaded_children() -> Iterator[None]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _depend_on_the_parent() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is ended, for instance because its budget is used up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
