"""The paper's models: the specs that ship, and how many parameters each declares."""

from fractions import Fraction
from pathlib import Path

import pytest

from eqcompile.declaration import Inversion, Permutation, Rotation, Singlets, Spec, load
from eqcompile.exact.operators.pauli import PauliSum

MODELS = Path(__file__).parents[3] / "siqml" / "models"


def count_parameters(spec: Spec) -> int:
    """D (B L + 1 with breaking) weights and one factor per scale; Le et al., Sec. II D to F."""
    assert spec.ansatz is not None
    assert spec.data is not None
    per_layer = spec.ansatz.blocks * len(spec.ansatz.layer) + (spec.ansatz.breaking is not None)
    return spec.ansatz.depth * per_layer + len(spec.data.scales)


@pytest.mark.parametrize(
    ("name", "count"), [("lih", 67), ("water", 67), ("water_breaking", 78), ("water_dimer", 122)]
)
def test_parameter_counts(name: str, count: int) -> None:
    """Sec. III A, III B and III C."""
    spec = load(MODELS / f"{name}.yaml")
    assert spec.name == name
    assert count_parameters(spec) == count


def test_water_with_breaking_is_water_and_one_gate_more() -> None:
    plain, broken = load(MODELS / "water.yaml"), load(MODELS / "water_breaking.yaml")
    for part in ("qubits", "data", "symmetry", "state", "observable"):
        assert getattr(plain, part) == getattr(broken, part)
    assert plain.ansatz is not None
    assert broken.ansatz is not None
    assert plain.ansatz.breaking is None
    assert broken.ansatz.breaking is not None
    assert broken.ansatz.breaking.generator == PauliSum.parse("(Z0 + Z1 + Z2 + Z3)/2", 4)
    assert broken.ansatz.breaking.start == Fraction(1, 10)
    assert broken.ansatz.layer == plain.ansatz.layer


def test_lih() -> None:
    spec = load(MODELS / "lih.yaml")
    assert spec.symmetry == (Rotation("SU(2)", (0, 1, 2, 3)),)
    assert spec.state == Singlets(((0, 1), (2, 3)))
    assert spec.ansatz is not None
    assert spec.ansatz.layer == tuple(PauliSum.parse(text, 4) for text in ("H(0,1)", "H(2,3)", "H(1,2)"))


def test_dimer() -> None:
    spec = load(MODELS / "water_dimer.yaml")
    assert spec.data is not None
    assert spec.data.qubits == (0, 1, 2, 3, 4, 5)
    assert [name for name, _ in spec.data.scales] == ["alpha_O", "alpha_H"]
    rotation, permutation, inversion = spec.symmetry
    assert rotation == Rotation("SU(2)", (0, 1, 2, 3, 4, 5))
    assert isinstance(permutation, Permutation)
    assert permutation.cycles[2] == (("O1", "O2"), ("H1a", "H2a"), ("H1b", "H2b"))
    assert inversion == Inversion(6)
    assert spec.observable == PauliSum.parse("X0 X3 Z6 + Y0 Y3 Z6 + Z0 Z3 Z6", 7)
    assert spec.ansatz is not None
    assert spec.ansatz.layer[2] == PauliSum.parse("1/2*Z6", 7)


def test_every_shipped_spec_names_its_equations() -> None:
    """A newcomer must be able to find each line in the paper."""
    for name in ("lih", "water", "water_breaking", "water_dimer"):
        assert (MODELS / f"{name}.yaml").read_text().count("Eq. ") >= 6
