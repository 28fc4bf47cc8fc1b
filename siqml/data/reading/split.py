"""Which structures are for training and which for testing: a seeded shuffle."""

import numpy as np

from siqml.errors import DataError


def shuffled_split(count: int, num_train: int, num_test: int, seed: int) -> tuple[list[int], list[int]]:
    """Draw two disjoint parts at random.

    Args:
        count: how many structures there are.
        num_train: size of the first part.
        num_test: size of the second part.
        seed: seed for numpy's PCG64 generator; the same seed gives the same parts.

    Returns:
        Numbers of the structures of each part, counted from 0, in rising order.

    Raises:
        DataError: there are not enough structures.

    >>> shuffled_split(6, 3, 2, seed=1)
    ([0, 2, 4], [1, 5])
    """
    if min(num_train, num_test) < 0 or num_train + num_test > count:
        raise DataError(
            f"{num_train} + {num_test} structures wanted for training and test; there are {count}"
        )
    order = np.random.default_rng(seed).permutation(count)
    return sorted(order[:num_train].tolist()), sorted(order[num_train : num_train + num_test].tolist())
