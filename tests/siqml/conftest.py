"""A tiny diatomic model and its data, and the shipped LiH set."""

from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.field.force_field import ForceField
from siqml.field.scaling import Scaling
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


@pytest.fixture
def tiny_config(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(TINY_SPEC)
    path = tmp_path / "config.yaml"
    path.write_text(TINY_CONFIG)
    return path
