"""Tiles of structures on several threads."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, Final

FEWEST: Final = 8
"""Tiles below which one thread does all: to wake another takes longer than they do."""

LANES: Final = 8
"""Structures of a tile, see `eqcompile.kernel.lanes`."""


def in_parts(
    function: Callable[..., None], rows: int, room: Callable[[], tuple[Any, ...]], *arguments: Any
) -> None:
    """Call ``function(first, last, *room(), *arguments)`` for parts of the tiles that so many structures fill.

    Args:
        function: machine code that lets other threads run; it writes only what belongs to its tiles.
        rows: number of structures.
        room: makes arrays of its own for every part.
        arguments: passed on.
    """
    tiles = -(-rows // LANES)
    count = min(_threads(), tiles // FEWEST)
    if count < 2:
        function(0, tiles, *room(), *arguments)
        return
    ends = [tiles * k // count for k in range(count + 1)]
    waiting = [_pool().submit(function, first, last, *room(), *arguments) for first, last in pairwise(ends)]
    for part in waiting:
        part.result()


def _threads() -> int:
    """As many as Numba would take: ``NUMBA_NUM_THREADS``, or the processors that this process may use."""
    from numba import config

    return int(config.NUMBA_NUM_THREADS)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_threads(), thread_name_prefix="kernel")


if hasattr(os, "register_at_fork"):
    # A forked process has the pool without its threads, and would wait for them forever.
    os.register_at_fork(after_in_child=_pool.cache_clear)
