"""Dimensions of commutants from the literature and from independent computation, by every method.

Sources: SU(2), Catalan numbers (Schur-Weyl duality; OEIS A000108). S_n, the binomial (n+3 choose 3)
(multisets of I, X, Y, Z). SU(2) x S_n, floor(n/2) + 1 (powers of the Casimir operator). C_n, necklaces of
four colours (OEIS A001868). U(1), the central binomial (2n choose n): one operator for every pair of bit strings
with equally many ones (Vandermonde; OEIS A000984). Rows by weight, LiH, H2O and the dimer: a dense singular-value
computation that shares no code with this project. Groups that the literature's tables leave out: test_golden_groups.
"""

from collections.abc import Callable
from itertools import product
from math import comb
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.derivation.compare import METHODS, derive_basis
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.generators.nullspace import nullspace_basis
from eqcompile.symmetry.symmetry import Symmetry

DIMENSIONS = {
    "SU(2)": {2: 2, 3: 5, 4: 14, 5: 42},
    "S_n": {2: 10, 3: 20, 4: 35, 5: 56},
    "SU(2) x S_n": {2: 2, 3: 2, 4: 3, 5: 3},
    "C_n shifts": {3: 24, 4: 70, 5: 208},
    "parity": {1: 2, 2: 8, 3: 32},
    "U(1)": {2: 6, 3: 20, 4: 70, 5: 252, 6: 924},
}

SLOW = {("SU(2)", 5, "twirl")}

ROWS = [
    pytest.param(name, n, dim, method, marks=[pytest.mark.slow] if (name, n, method) in SLOW else [])
    for name, row in DIMENSIONS.items()
    for (n, dim), method in product(row.items(), METHODS)
]

BY_WEIGHT = [
    ("SU(2)", 4, [1, 0, 6, 4, 3]),
    ("S_n", 4, [1, 3, 6, 10, 15]),
    ("SU(2) x S_n", 4, [1, 0, 1, 0, 1]),
    ("C_n shifts", 4, [1, 3, 15, 27, 24]),
    ("U(1)", 4, [1, 4, 18, 28, 19]),
]

MODELS = [
    ("lih", 4, [1, 0, 6, 4, 3]),
    ("water", 4, [1, 0, 4, 2, 3]),
    ("water_breaking", 4, [1, 0, 4, 2, 3]),
    ("water_dimer", 3, [1, 1, 5, 7]),
]

Family = Callable[[str, int], Symmetry]


@pytest.mark.parametrize(("name", "n", "dim", "method"), ROWS)
def test_dimension(family: Family, name: str, n: int, dim: int, method: str) -> None:
    assert derive_basis(family(name, n), n, method).dim + 1 == dim


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "n", "weights"), BY_WEIGHT)
def test_weights(family: Family, name: str, n: int, weights: list[int], method: str) -> None:
    assert derive_basis(family(name, n), n, method).by_weight == dict(enumerate(weights))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "locality", "weights"), MODELS)
def test_models_of_the_paper(models: Path, name: str, locality: int, weights: list[int], method: str) -> None:
    basis = eq.derive(eq.load(models / f"{name}.yaml"), locality, method)
    assert basis.by_weight == dict(enumerate(weights))
    assert basis.dim + 1 == sum(weights)


@pytest.mark.slow
def test_the_whole_commutant_of_the_dimer(models: Path) -> None:
    basis = eq.derive(eq.load(models / "water_dimer.yaml"), 7)
    assert basis.by_weight == dict(enumerate([1, 1, 5, 7, 13, 15, 9, 5]))


def test_closed_forms_say_the_same_as_the_tables() -> None:
    assert all(dim == comb(2 * n, n) // (n + 1) for n, dim in DIMENSIONS["SU(2)"].items())
    assert all(dim == comb(n + 3, 3) for n, dim in DIMENSIONS["S_n"].items())
    assert all(dim == n // 2 + 1 for n, dim in DIMENSIONS["SU(2) x S_n"].items())
    assert all(dim == comb(2 * n, n) for n, dim in DIMENSIONS["U(1)"].items())


@pytest.mark.parametrize("method", METHODS)
def test_the_four_generators_of_water(models: Path, method: str) -> None:
    basis = eq.derive(eq.load(models / "water.yaml"), 2, method)
    texts = ["H(0,1)", "H(0,2) + H(1,3)", "H(0,3) + H(1,2)", "H(2,3)"]
    assert set(basis.elements) == {eq.PauliSum.parse(text, 4) for text in texts}
    assert not basis.contains(eq.PauliSum.parse("H(1,2)", 4))


def test_a_smaller_group_allows_more(models: Path) -> None:
    lih, water = (nullspace_basis_of(models, name) for name in ("lih", "water"))
    assert all(lih.contains(op) for op in water)
    assert not all(water.contains(op) for op in lih)


def nullspace_basis_of(models: Path, name: str) -> GeneratorBasis:
    from eqcompile.declaration.lift import symmetry_of

    return nullspace_basis(symmetry_of(eq.load(models / f"{name}.yaml")), 4)
