"""Parts of a training set: nested, drawn with the seed, and part of what identifies a training."""

from itertools import pairwise

import numpy as np
import pytest

from siqml.errors import DataError
from siqml.molecule.structures import Structures
from siqml.molecule.subset import drawn, subset


@pytest.mark.parametrize("seed", range(5))
def test_a_smaller_subset_is_part_of_every_larger_one(lih_train: Structures, seed: int) -> None:
    energies = [set(subset(lih_train, size, seed).energies) for size in (1, 2, 10, 52, 53)]
    assert [len(part) for part in energies] == [1, 2, 10, 52, 53]
    assert all(small < large for small, large in pairwise(energies))


def test_subsets_of_different_seeds_are_not_nested() -> None:
    assert not set(drawn(53, 10, 0)) <= set(drawn(53, 20, 1))
    assert drawn(53, 10, 0) != drawn(53, 10, 1)


def test_all_of_it_is_the_set_itself(lih_train: Structures) -> None:
    assert subset(lih_train, None, 3) is lih_train
    np.testing.assert_array_equal(subset(lih_train, 53, 3).positions, lih_train.positions)


def test_too_many_are_refused(lih_train: Structures) -> None:
    with pytest.raises(DataError) as error:
        subset(lih_train, 54, 0)
    assert str(error.value) == (
        f"{lih_train.source}: data.train_size is 54, but there are 53 structures; lower it"
    )
