"""Invariant observables with their exact spectra, simplest first."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.claims.of_model.observable import InvariantObservableClaim
from eqcompile.derivation.observables import InvariantObservable, choose_observable, invariant_observables
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.symmetry.symmetry import Symmetry

Models = Callable[[str], Symmetry]


def test_water(models_symmetry: Models) -> None:
    found = [str(observable) for observable in invariant_observables(models_symmetry("water"))]
    assert found == [
        "H(0,1), eigenvalues -3, 1",
        "H(2,3), eigenvalues -3, 1",
        "H(0,2) + H(1,3), eigenvalues -6, -2, 2",
        "H(0,3) + H(1,2), eigenvalues -6, -2, 2",
    ]


def test_the_simplest_one_comes_first(models_symmetry: Models) -> None:
    dimer = models_symmetry("water_dimer")
    assert choose_observable(dimer).operator == eq.PauliSum.parse("Z6", 7)
    sizes = [(o.operator.locality, len(o.operator)) for o in invariant_observables(dimer)]
    assert len(sizes) == 6
    assert all(first <= second for first, second in pairwise(sizes))


def test_range_is_that_of_the_spectrum(models_symmetry: Models) -> None:
    observable = choose_observable(models_symmetry("water"))
    assert observable.range == (Fraction(-3), Fraction(1))


@pytest.mark.parametrize("name", ["lih", "water", "water_dimer"])
def test_every_one_is_invariant_and_has_the_spectrum_of_its_matrix(
    models_symmetry: Models, name: str, dense: Callable[[eq.PauliSum], Any]
) -> None:
    symmetry = models_symmetry(name)
    for observable in invariant_observables(symmetry):
        assert InvariantObservableClaim(symmetry, observable.operator).decide().proven
        values = np.unique(np.linalg.eigvalsh(dense(observable.operator)).round(9))
        np.testing.assert_allclose([float(value) for value in observable.spectrum], values, atol=1e-8)


def test_a_declared_observable_that_is_not_invariant_is_not_listed(models_symmetry: Models) -> None:
    found = {observable.operator for observable in invariant_observables(models_symmetry("water"), 4)}
    assert len(found) == 9
    assert eq.PauliSum.parse("H(0,2)", 4) not in found


def test_long_orbit_sums_are_not_written_out_to_be_sorted(family: Callable[[str, int], Symmetry]) -> None:
    first, *rest = invariant_observables(family("S_n", 30))
    assert first.operator.locality == 1
    assert len(first.operator) == 30
    assert len(rest[-1].operator) == 2 * 435, "X_i Y_j + Y_i X_j on every pair"


def test_none_at_this_locality(models_symmetry: Models) -> None:
    water = models_symmetry("water")
    assert list(invariant_observables(water, 1)) == []
    with pytest.raises(MethodError) as caught:
        choose_observable(water, 1)
    assert str(caught.value) == (
        "no observable of locality 1 is invariant under SU(2) x (H1 H2); allow a larger locality"
    )


def test_none_at_all(family: Callable[[str, int], Symmetry]) -> None:
    with pytest.raises(MethodError, match=r"invariant under SU\(2\); no locality allows more"):
        choose_observable(family("SU(2)", 1), 1)


def test_locality_out_of_range(models_symmetry: Models) -> None:
    with pytest.raises(DimensionError, match="locality 5 is not between 1 and the 4 qubits"):
        choose_observable(models_symmetry("water"), 5)


def test_a_spectrum_beyond_the_limit() -> None:
    powers_of_two = eq.PauliSum.parse(" + ".join(f"{2**q}*Z{q}" for q in range(7)), 7)
    with pytest.raises(LimitError, match="more than 64 distinct eigenvalues"):
        InvariantObservable(powers_of_two).spectrum  # noqa: B018 - a property that raises
