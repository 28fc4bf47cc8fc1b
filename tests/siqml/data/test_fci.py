import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siqml.data.labelling.fci import STEP, fci_energy, five_point_slope, label
from siqml.errors import LabelError
from siqml.molecule.units import HARTREE

coefficients = st.lists(st.floats(-3, 3), min_size=5, max_size=5)


@given(coefficients, st.floats(-2, 2))
def test_stencil_is_exact_to_degree_four(polynomial: list[float], at: float) -> None:
    exact = np.polyval(np.polyder(polynomial), at)
    assert five_point_slope(lambda r: float(np.polyval(polynomial, r)), at, 0.1) == pytest.approx(
        exact, abs=1e-10
    )


def test_stencil_error_of_degree_five_is_the_predicted_one() -> None:
    h = 0.1  # h^4 f''''' / 30, with a minus sign, and f''''' = 120
    assert five_point_slope(lambda r: r**5, 0.0, h) == pytest.approx(-4 * h**4, abs=1e-15)


def test_force_is_minus_the_slope_and_its_error_is_honest() -> None:
    found = label(np.sin, 1.0)
    assert found.force == pytest.approx(-np.cos(1.0), abs=1e-11)
    assert abs(found.force + np.cos(1.0)) < found.force_error + 1e-12


def test_a_kink_is_refused() -> None:
    with pytest.raises(LabelError, match=r"the force at r = 1 angstrom is uncertain by .* not smooth there"):
        label(lambda r: abs(r - 1.0 - STEP / 3), 1.0)


class TestFullConfigurationInteraction:
    pyscf = pytest.importorskip("pyscf", reason="labels need PySCF, an optional dependency")

    def test_far_apart_the_energy_is_that_of_the_two_atoms(self) -> None:
        from pyscf import fci, gto, scf

        atoms = 0.0
        for symbol in ("Li", "H"):
            orbitals = scf.ROHF(gto.M(atom=symbol, basis="sto-3g", spin=1, verbose=0))
            orbitals.kernel()
            atoms += fci.FCI(orbitals).kernel()[0] * HARTREE
        assert fci_energy(8.0, ("Li", "H"), "sto-3g") == pytest.approx(atoms, abs=1e-3)

    def test_a_state_that_is_no_singlet_is_refused(self) -> None:
        with pytest.raises(LabelError, match=r"the state at r = 30 angstrom is not a singlet"):
            fci_energy(30.0, ("Li", "H"), "sto-3g")  # singlet and triplet coincide

    def test_lies_below_hartree_fock(self) -> None:
        from pyscf import gto, scf

        molecule = gto.M(atom="Li 0 0 0; H 0 0 1.6", basis="sto-3g", verbose=0)
        assert fci_energy(1.6, ("Li", "H"), "sto-3g") < scf.RHF(molecule).kernel() * HARTREE - 0.1

    def test_another_step_gives_the_same_force(self) -> None:
        def curve(r: float) -> float:
            return fci_energy(r, ("Li", "H"), "sto-3g")

        assert label(curve, 1.3, 0.002).force == pytest.approx(label(curve, 1.3, 0.003).force, abs=1e-8)


def test_without_pyscf_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyscf", None)
    with pytest.raises(LabelError) as error:
        fci_energy(1.0, ("Li", "H"), "sto-3g")
    assert (
        str(error.value)
        == 'making labels needs the package pyscf; install it with: pip install -e ".[labels]"'
    )
