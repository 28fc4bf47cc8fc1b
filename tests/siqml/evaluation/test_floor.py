"""The share of the forces that a model cannot express."""

from dataclasses import replace

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.errors import DataError
from siqml.evaluation.floor import force_floor
from siqml.field.catalogue import find
from siqml.field.force_field import ForceField
from siqml.field.scaling import Scaling
from siqml.molecule.structures import Structures
from siqml.training.config import load_config


def dimer(model: str) -> tuple[ForceField, Structures]:
    found = load_config(find("dimer_cool", "configs"), (f"model={model}",))
    program = eq.compile(eq.load(find(found.model, "models")))
    assert program.spec.data is not None
    frame = found.frame.place(program.spec.data.sites)
    field = ForceField(program, frame, Scaling(0.0, 0.0, 1.0), np.full(program.num_parameters, 0.6))
    return field, read_structures(shipped_file("dimer_cool_test.extxyz"), frame.species).chosen([0, 100, 399])


def test_the_dimer_of_the_paper_sees_7_motions_and_12_coordinates() -> None:
    field, frames = dimer("water_dimer")
    with_breaking, without = (force_floor(field, frames, breaking) for breaking in (True, False))
    assert (with_breaking.seen, with_breaking.directions) == ((12, 12), 15)
    assert without.seen == (7, 7)
    assert 0.01 < with_breaking.share < without.share < 1


def test_with_the_bonds_inside_the_molecules_nothing_is_out_of_reach() -> None:
    field, frames = dimer("water_dimer_linked")
    found = force_floor(field, frames)
    assert found.seen == (12, 12)
    assert found.share < 1e-6


def test_forces_of_the_model_itself_are_within_reach(tiny_field: ForceField, lih_test: Structures) -> None:
    _, forces = tiny_field.predict(lih_test.positions)
    own = replace(lih_test, forces=forces)
    found = force_floor(tiny_field, own)
    assert found.seen == (1, 1)
    assert found.share < 1e-12
    sideways = np.zeros_like(forces)
    sideways[:, :, 0] = [1.0, -1.0]
    assert force_floor(tiny_field, replace(own, forces=sideways)).share == pytest.approx(1)


def test_it_needs_forces(tiny_field: ForceField, lih_test: Structures) -> None:
    with pytest.raises(DataError, match="needs structures with forces"):
        force_floor(tiny_field, replace(lih_test, forces=None))
