"""Groups written down by hand for numeric programs: one order of qubits, and known dimensions."""

import numpy as np
import pytest

from benchmarks.contenders.derivations import dense, dense_local
from benchmarks.contenders.groups import SPIN, generators, permutation, total


def test_permutations_and_sums_have_one_order_of_qubits() -> None:
    images = [2, 0, 1, 3]
    moved = permutation(images)
    for qubit, image in enumerate(images):
        for spin in SPIN:
            assert np.array_equal(moved @ total(spin, 4, [qubit]) @ moved.T, total(spin, 4, [image]))


def test_generators_of_two_water_molecules_commute_with_the_parity_qubit() -> None:
    lie, (*moves, parity) = generators("dimer", 7)
    assert all(np.array_equal(g @ parity, parity @ g) for g in (*lie, *moves))
    assert np.array_equal(parity, 2 * total(SPIN[2], 7, [6]))


@pytest.mark.parametrize(("group", "dimension"), [("su2", 5), ("su2_sn", 2), ("u1", 20)])
def test_dense_matrices_find_the_dimensions_of_the_tables(group: str, dimension: int) -> None:
    found = dense(group, 3)()
    assert found["dimension"] == dimension
    assert found["residual"] < 1e-12


def test_strings_on_two_sites_find_the_identity_and_the_sum_of_exchanges() -> None:
    assert dense_local("su2_sn", 4)()["dimension"] == 2
