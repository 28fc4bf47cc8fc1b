"""A small grid and basis: what is tested is the wiring, not the functional."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from siqml.data.labelling.functional import Functional, dft_point
from siqml.errors import LabelError

pytest.importorskip("pyscf", reason="labels need PySCF, an optional dependency")

COARSE = Functional("pbe", "sto-3g", radial=20, angular=50)
WATER = ("O", "H", "H")
MOLECULE = np.array([[0.01, 0.02, -0.03], [0.0, 0.85, 0.6], [0.05, -0.7, 0.55]])


def test_forces_are_the_gradient_even_on_a_coarse_grid() -> None:
    forces = dft_point(COARSE, WATER, MOLECULE).forces
    step = 1e-3
    for atom, axis in ((0, 2), (1, 1), (2, 0)):
        moved = np.zeros_like(MOLECULE)
        moved[atom, axis] = step
        up, down = (dft_point(COARSE, WATER, MOLECULE + sign * moved).energy for sign in (1, -1))
        assert forces[atom, axis] == pytest.approx((down - up) / (2 * step), abs=2e-4)
    assert np.abs(forces).max() > 0.5


def test_forces_add_up_to_zero() -> None:
    assert np.abs(dft_point(COARSE, WATER, MOLECULE).forces.sum(axis=0)).max() < 1e-9


def test_the_functional_matters_and_a_shift_does_not() -> None:
    energy = dft_point(COARSE, WATER, MOLECULE).energy
    assert dft_point(COARSE, WATER, MOLECULE + 3.0).energy == pytest.approx(energy, abs=1e-8)
    assert abs(dft_point(replace(COARSE, xc="lda"), WATER, MOLECULE).energy - energy) > 1


def test_orbitals_that_do_not_converge_are_refused() -> None:
    impossible = replace(COARSE, energy_tolerance=-1.0)
    with pytest.raises(LabelError, match=r"the orbitals do not converge at positions \[\[0.01, 0.02"):
        dft_point(impossible, WATER, MOLECULE)


def test_without_pyscf_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyscf", None)
    with pytest.raises(LabelError) as error:
        dft_point(COARSE, WATER, MOLECULE)
    assert (
        str(error.value)
        == 'making labels needs the package pyscf; install it with: pip install -e ".[labels]"'
    )


def test_the_description_names_what_decides_the_numbers() -> None:
    text = COARSE.describe()
    for part in ("PBE", "20 radial", "50 angular", "1e-10"):
        assert part in text
