"""Groups that several tests of the derivation share."""

from collections.abc import Callable
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of
from eqcompile.groups.permutation import Images, PermutationGroup, images_from_cycles
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.make import U1
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry


def su2(n: int) -> Symmetry:
    return Symmetry(n, factors=(RotationFactor(n, tuple(range(n))),))


def permutations(n: int, *generators: Images) -> Symmetry:
    return Symmetry(n, factors=(PermutationFactor(n, PermutationGroup(n, generators), "permutations"),))


def symmetric(n: int) -> Symmetry:
    return permutations(n, images_from_cycles([(0, 1)], n), images_from_cycles([range(n)], n))


def shifts(n: int) -> Symmetry:
    return permutations(n, images_from_cycles([range(n)], n))


def parity(n: int) -> Symmetry:
    return Symmetry(n, factors=(InversionFactor(n, parity=n - 1, num_sites=0),))


FAMILIES: dict[str, Callable[[int], Symmetry]] = {
    "SU(2)": su2,
    "S_n": symmetric,
    "SU(2) x S_n": lambda n: su2(n) * symmetric(n),
    "C_n shifts": shifts,
    "parity": parity,
    "U(1)": U1,
}


@pytest.fixture(scope="session")
def family() -> Callable[[str, int], Symmetry]:
    """``family("SU(2)", 3)``."""
    return lambda name, n: FAMILIES[name](n)


@pytest.fixture(scope="session")
def permuted() -> Callable[..., Symmetry]:
    """``permuted(n, images, ...)``: the group that qubit permutations generate."""
    return permutations


@pytest.fixture(scope="session")
def models_symmetry(models: Path) -> Callable[[str], Symmetry]:
    """``models_symmetry("water")``: the group of a model of the paper."""
    return lambda name: symmetry_of(eq.load(models / f"{name}.yaml"))
