"""Structure constants and rotation generators, compared with numerics and with each other."""

from itertools import permutations, product

import numpy as np
from scipy.linalg import expm

from eqcompile.groups.lie import SU2, levi_civita, so3_generator

MATRICES = [np.array(so3_generator(axis)) for axis in range(3)]


def test_levi_civita_is_the_sign_of_a_permutation() -> None:
    for triple in product(range(3), repeat=3):
        sign = 0
        if triple in set(permutations(range(3))):
            sign = round(np.linalg.det(np.eye(3)[list(triple)]))
        assert levi_civita(*triple) == sign


def test_rotations_are_right_handed() -> None:
    for axis in range(3):
        quarter = expm(np.pi / 2 * MATRICES[axis])
        first, second = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
        assert np.allclose(quarter @ first, second, atol=1e-14)
        assert not np.allclose(quarter.T @ first, second, atol=0.5)


def test_both_algebras_have_the_same_structure_constants() -> None:
    group = SU2()
    sigma = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
    assert group.dimension == 3
    for a, b in product(range(3), repeat=2):
        constants = [group.structure_constant(a, b, c) for c in range(3)]
        spin = sum(1j * f * s / 2 for f, s in zip(constants, sigma, strict=True))
        assert np.allclose(sigma[a] @ sigma[b] / 4 - sigma[b] @ sigma[a] / 4, spin)
        vector = sum(f * m for f, m in zip(constants, MATRICES, strict=True))
        assert np.array_equal(MATRICES[a] @ MATRICES[b] - MATRICES[b] @ MATRICES[a], vector)
