"""A part of the training set, for learning curves."""

from typing import Final

import numpy as np

from siqml.errors import DataError
from siqml.molecule.structures import Structures

SUBSET_STREAM: Final = 4
"""Second word of the seed that decides which structures are drawn."""


def drawn(count: int, size: int, seed: int) -> list[int]:
    """The structures of a subset, in the order in which they are drawn.

    The order depends on ``count`` and ``seed`` alone, and a subset is its beginning. So a smaller subset is part of
    every larger one.

    Args:
        count: how many structures there are.
        size: how many to take.
        seed: seed for numpy's PCG64 generator.

    Returns:
        Numbers of structures, counted from 0.

    >>> drawn(6, 2, seed=1) == drawn(6, 5, seed=1)[:2]
    True
    """
    order = np.random.default_rng([seed, SUBSET_STREAM]).permutation(count)
    return [int(number) for number in order[:size]]


def subset(data: Structures, size: int | None, seed: int) -> Structures:
    """Structures of a set, ``size`` of them, drawn with the seed, in the order of the set; all if ``size`` is ``None``.

    Raises:
        DataError: there are not enough structures.
    """
    if size is None:
        return data
    if size > len(data):
        raise DataError(
            f"{data.source}: data.train_size is {size}, but there are {len(data)} structures; lower it"
        )
    return data.chosen(sorted(drawn(len(data), size, seed)))


def evenly(count: int, limit: int) -> list[int]:
    """Up to ``limit`` numbers below ``count``, evenly spread: sets are often sorted.

    >>> evenly(81, 3), evenly(2, 3)
    ([0, 40, 80], [0, 1])
    """
    return sorted({round(float(k)) for k in np.linspace(0, count - 1, max(1, min(limit, count)))})
