"""Descriptors of every shipped kind of circuit are invariant, and what breaks a symmetry is seen."""

import re

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.reading.named import read_named
from siqml.descriptors.invariance import Change, largest_change
from siqml.field.catalogue import find
from siqml.field.descriptors.descriptors import Descriptors, invariant_operators
from siqml.field.force_field import ForceField
from siqml.field.scaling import IDENTITY
from siqml.training.config import load_config


def change_of(name: str) -> Change:
    """The largest change of the descriptors of a shipped config, whose circuit has two layers and random parameters."""
    config = load_config(find(name, "configs"))
    text = find(config.model, "models").read_text(encoding="utf-8")
    program = eq.compile(eq.loads(re.sub(r"\n  depth: \d+", "\n  depth: 2", text), path=name))
    assert program.spec.data is not None
    frame = config.frame.place(program.spec.data.sites)
    params = np.random.default_rng(1).normal(0, 0.5, program.num_parameters)
    field = ForceField(program, frame, IDENTITY, params)
    descriptors = Descriptors(field, invariant_operators(program, 2))
    positions = read_named(config.data.train, frame.species).positions[:10]
    return largest_change(lambda r: descriptors.at(r)[0], field, positions)


@pytest.mark.parametrize("name", ["h2", "lih", "water", "dimer_300K_linked"])
def test_descriptors_of_shipped_circuits_are_invariant(name: str) -> None:
    change = change_of(name)
    assert max(change.rotation, change.exchange) < 1e-12


def test_negative_control_breaking_is_seen() -> None:
    """Angles about z keep the exchange, and of the rotations only those about z."""
    change = change_of("water_breaking")
    assert change.rotation > 1e-3
    assert change.exchange < 1e-12


def test_internal_coordinates_turn_with_the_molecule() -> None:
    """The generic circuit declares no symmetry: its coordinates are invariant, and there is nothing to exchange."""
    change = change_of("lih_generic")
    assert change.rotation < 1e-12
    assert change.exchange == 0
