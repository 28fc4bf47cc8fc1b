"""What breaking does to a model: nothing at angle zero, and energies that turn with the molecule otherwise."""

import numpy as np
import pytest

import eqcompile as eq
from siqml.field.force_field import ForceField
from siqml.field.parameter_kinds import of_kind
from siqml.field.scaling import Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures
from siqml.reproduce.breaking import Breaking, breaking_of
from tests.siqml.conftest import TINY_SPEC

BROKEN = TINY_SPEC + "  symmetry_breaking: {generator: Z, start: 0.25}\n"
DATA = Structures(
    ("H", "H"), np.random.default_rng(1).normal(size=(5, 2, 3)), np.linspace(-1, 1, 5), None, "made up"
)


def field(text: str, angle: float) -> ForceField:
    program = eq.compile(eq.loads(text))
    params = np.random.default_rng(0).normal(size=program.num_parameters)
    params[of_kind(program, "breaking")] = angle
    return ForceField(program, Frame(("H", "H"), (0, 1), (0, 1)), Scaling(0.0, 0.0, 1.0), params)


def test_a_model_without_breaking_has_none() -> None:
    assert breaking_of(field(TINY_SPEC, 0.0), DATA) is None


@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_energies_turn_with_the_molecule_only_if_an_angle_is_not_zero(angle: float) -> None:
    found = breaking_of(field(BROKEN, angle), DATA)
    assert found is not None
    assert found.largest_angle == angle
    if angle == 0:
        assert found.rotation_variance < 1e-25
        assert found.without == found.energy_mse
    else:
        assert found.rotation_variance > 1e-4
        assert found.without != found.energy_mse


def test_more_than_the_error_is_said_in_times() -> None:
    assert "varies by 2.0e-01 eV^2, 5e+03 times the MSE(E); " in Breaking(1.0, 0.2, 4e-5, 1.0).text
    assert "varies by 2.0e-06 eV^2, 5.0% of MSE(E); " in Breaking(1.0, 2e-6, 4e-5, 1.0).text
