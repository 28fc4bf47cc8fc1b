"""A tiny diatomic model and its data, the shipped LiH set, models of several terms, and a network on descriptors."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.descriptors.fit import FitOrder, fit_descriptors
from siqml.field.catalogue import find
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.descriptors.descriptors import Descriptors, invariant_operators
from siqml.field.force_field import ForceField
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures

TINY_SPEC = """\
name: tiny
qubits: 2
data:
  sites: [Li, H]
  encode: {Li: [0], H: [1]}
symmetry:
  - rotation: SU(2)
state: singlets [[0, 1]]
observable: H(0,1)
ansatz:
  depth: 3
  blocks: 1
  layer: [H(0,1)]
"""

TINY_CONFIG = """\
model: tiny.yaml
frame:
  atoms: [Li, H]
  sites: {Li: 0, H: 1}
  origin: [0, 1]
data:
  train: lih_train.extxyz
  test: lih_test.extxyz
start: {weights: 0.1, scales: 0.3}
adam: {steps: 120, learning_rate: 0.03}
lbfgs: {steps: 60, memory: 4}
checkpoint: {every: 50}
seed: 1
"""


@pytest.fixture(scope="session")
def lih_train() -> Structures:
    return read_structures(shipped_file("lih_train.extxyz"), ["Li", "H"])


@pytest.fixture(scope="session")
def lih_test() -> Structures:
    return read_structures(shipped_file("lih_test.extxyz"), ["Li", "H"])


@pytest.fixture(scope="session")
def tiny_program() -> "eq.Program":
    return eq.compile(eq.loads(TINY_SPEC, path="tiny.yaml"))


@pytest.fixture(scope="session")
def diatomic() -> Frame:
    return Frame(("Li", "H"), (0, 1), (0, 1))


@pytest.fixture(scope="session")
def tiny_field(tiny_program: "eq.Program", diatomic: Frame, lih_train: Structures) -> ForceField:
    params = np.random.default_rng(5).normal(size=tiny_program.num_parameters)
    return ForceField(tiny_program, diatomic, Scaling.fit(lih_train.energies, (-3.0, 1.0)), params)


@pytest.fixture(scope="session")
def bound_field(tiny_field: ForceField, lih_train: Structures) -> ForceField:
    """The tiny model upside down, so that atoms do not fall onto one another: a minimum at 1.9 angstrom."""
    return replace(tiny_field, scaling=Scaling.fit(lih_train.energies, (1.0, -3.0)))


@pytest.fixture
def tiny_config(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(TINY_SPEC)
    path = tmp_path / "config.yaml"
    path.write_text(TINY_CONFIG)
    return path


DIMER_ATOMS = ("O", "H", "H", "O", "H", "H")
DIMER = Frame(DIMER_ATOMS, (0, 1, 2, 3, 4, 5), (0, 3), ((1, (0,)), (2, (0,)), (4, (3,)), (5, (3,))))
"""Hydrogens seen from their own oxygen."""


def shallow(name: str, depth: int = 2) -> "eq.Program":
    """A shipped model with fewer layers."""
    text = find(name, "models").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("  depth:"))
    return eq.compile(eq.loads(text.replace(line, f"  depth: {depth}"), path=f"{name}.yaml"))


@pytest.fixture(scope="session")
def water_program() -> "eq.Program":
    return shallow("water")


@pytest.fixture(scope="session")
def oxygens_program() -> "eq.Program":
    """The circuit of LiH, for the pair of oxygens."""
    return shallow("lih")


@pytest.fixture(scope="session")
def dimers() -> Structures:
    whole = read_structures(shipped_file("dimer_300K_train.extxyz"), DIMER_ATOMS)
    return whole.chosen(range(0, 200, 20))


def random_field(model: "eq.ProgramSum", dimers: Structures) -> ForceField:
    params = np.random.default_rng(3).normal(0, 0.4, model.num_parameters)
    return ForceField(model, DIMER, Scaling.fit(dimers.energies, model.value_range), params)


@pytest.fixture(scope="session")
def two_terms(water_program: "eq.Program", oxygens_program: "eq.Program", dimers: Structures) -> ForceField:
    """One molecule and the pair of oxygens."""
    terms = (
        eq.Term(water_program, 1.0, (1, 2), "molecule"),
        eq.Term(oxygens_program, -0.5, (0, 3), "pair"),
    )
    return random_field(eq.ProgramSum(terms, num_sites=6), dimers)


@pytest.fixture(scope="session")
def three_terms(water_program: "eq.Program", oxygens_program: "eq.Program", dimers: Structures) -> ForceField:
    """Two molecules with the same weights, and the pair of oxygens."""
    terms = (
        eq.Term(water_program, 1.0, (1, 2), "molecule"),
        eq.Term(water_program, 0.75, (4, 5), "molecule"),
        eq.Term(oxygens_program, -0.5, (0, 3), "pair"),
    )
    return random_field(eq.ProgramSum(terms), dimers)


@pytest.fixture(scope="session", params=["two_terms", "three_terms"])
def summed(request: pytest.FixtureRequest) -> ForceField:
    field: ForceField = request.getfixturevalue(request.param)
    return field


WATER = Frame(("O", "H", "H"), (1, 2), (0,))


@pytest.fixture(scope="session")
def waters() -> Structures:
    return read_structures(shipped_file("water_train.extxyz"), WATER.species).chosen(range(0, 470, 8))


@pytest.fixture(scope="session")
def circuit() -> ForceField:
    """A water circuit at random parameters."""
    program = shallow("water", 5)
    params = np.random.default_rng(2).normal(0, 0.5, program.num_parameters)
    params[-1] = 0.3
    return ForceField(program, WATER, IDENTITY, params)


@pytest.fixture(scope="session")
def described(circuit: ForceField) -> Descriptors:
    """Its nine descriptors."""
    return Descriptors(circuit, invariant_operators(circuit.program, 4))


@pytest.fixture(scope="session")
def fitted(described: Descriptors, waters: Structures) -> DescriptorField:
    return fit_descriptors(described, waters, FitOrder(steps=300, seed=1))
