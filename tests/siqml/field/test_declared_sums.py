"""Force fields of sums that a spec declares: combinations of atoms, exchanges of molecules, files, both back ends."""

import pickle  # noqa: TID251  # what users do with calculators
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.reading.bonds import declared_permutations
from siqml.device.force_field import HardwareField
from siqml.errors import ConfigError, ModelError
from siqml.field.catalogue import compile_certified, count_parameters, find
from siqml.field.engine import engine_for
from siqml.field.force_field import ForceField
from siqml.field.kernel_model import KernelModel
from siqml.field.model_file import KIND_OF_DECLARED_SUMS, here, load_model, load_parameters, save_model
from siqml.field.scaling import Scaling
from siqml.field.sealed import read_sealed, write_sealed
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures
from siqml.training.config import Config, FrameConfig, validate
from siqml.training.train import prepare
from siqml.yaml_text import parse_yaml
from tests.siqml.conftest import DIMER_ATOMS

ATOMS = Frame(DIMER_ATOMS, tuple(range(6)), ())
"""The sites are the atoms."""

EXCHANGE = [3, 4, 5, 0, 1, 2]


def shallow_text() -> str:
    """The shipped sum with fewer layers."""
    text = find("water_dimer_sum", "models").read_text(encoding="utf-8")
    return text.replace("depth: 11", "depth: 2").replace("depth: 10", "depth: 1")


@pytest.fixture(scope="module")
def spec() -> "eq.SumSpec":
    found = eq.loads(shallow_text(), path=str(find("water_dimer_sum", "models")))
    assert isinstance(found, eq.SumSpec)
    return found


@pytest.fixture(scope="module")
def field(spec: "eq.SumSpec", dimers: Structures) -> ForceField:
    model = eq.compile(spec)
    params = np.random.default_rng(3).normal(0, 0.4, model.num_parameters)
    return ForceField(model, ATOMS, Scaling.fit(dimers.energies - 4151.0, model.value_range), params)


def test_what_is_certified_holds(field: ForceField, dimers: Structures) -> None:
    positions = dimers.positions
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    assert np.linalg.det(turn) < 0 or np.linalg.det(-turn) < 0  # one of the two reflects
    energies, forces = field.predict(positions)
    for matrix in (turn, -turn):
        found, moved = field.predict(positions @ matrix.T + [1.0, -2.0, 3.0])
        np.testing.assert_allclose(found, energies, rtol=0, atol=1e-9)
        np.testing.assert_allclose(moved, forces @ matrix.T, rtol=0, atol=1e-9)
    for images in (EXCHANGE, [0, 2, 1, 3, 4, 5]):
        found, moved = field.predict(positions[:, images])
        np.testing.assert_allclose(found, energies, rtol=0, atol=1e-9)
        np.testing.assert_allclose(moved, forces[:, images], rtol=0, atol=1e-9)
    assert np.abs(field.energies(positions[:, [0, 4, 2, 3, 1, 5]]) - energies).max() > 1e-3
    np.testing.assert_allclose(forces.sum(axis=1), 0, atol=1e-10)


def test_forces_are_minus_the_slope_and_both_back_ends_agree(field: ForceField, dimers: Structures) -> None:
    positions = dimers.positions[:1]
    steps = 1e-5 * np.eye(18).reshape(18, 6, 3)
    ends = [field.energies(positions + sign * steps) for sign in (1, -1)]
    slopes = (ends[0] - ends[1]) / 2e-5
    found = [
        engine_for(field.model, ATOMS, which).predict(field.params, field.scaling, positions)
        for which in ("kernel", "jax")
    ]
    np.testing.assert_allclose(found[0][1].ravel(), -slopes, rtol=0, atol=1e-6)
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)


def test_the_dual_pass_of_the_kernel(field: ForceField, dimers: Structures) -> None:
    """The gradient by the parameters of values and slopes along directions, against central differences."""
    source = np.random.default_rng(0)
    kernel, positions = KernelModel(field.model, ATOMS), dimers.positions[:2]
    weights, directions = source.normal(size=2), source.normal(size=positions.shape)

    def value(params: np.ndarray) -> float:
        sweep = kernel.sweep(params, positions)
        return float(weights @ sweep.values + (directions * sweep.by_positions()).sum())

    sweep = kernel.sweep(field.params, positions, by_parameter=True)
    found = kernel.dual(sweep, weights, directions)
    for k in (0, 7, len(field.params) - 1):
        step = 1e-5 * np.eye(len(field.params))[k]
        slope = (value(field.params + step) - value(field.params - step)) / 2e-5
        assert found[k] == pytest.approx(slope, abs=1e-6)


def test_a_device_without_noise_finds_the_same(field: ForceField, dimers: Structures) -> None:
    hardware = HardwareField(field, eq.find_backend("statevector"))
    measured = hardware.measure(dimers.positions[:1])
    energies, forces = field.predict(dimers.positions[:1])
    np.testing.assert_allclose(measured.energies, energies, rtol=0, atol=1e-9)
    np.testing.assert_allclose(measured.forces, forces, rtol=0, atol=1e-9)


def test_the_exchange_of_molecules_is_declared(field: ForceField) -> None:
    found = declared_permutations(field.model)
    assert (3, 4, 5, 0, 1, 2) in found
    assert len(found) == 3
    terms = eq.ProgramSum(field.model.terms, num_sites=6)
    assert declared_permutations(terms) == []  # of terms alone nothing is said about the atoms


def test_a_sum_that_is_refused_declares_nothing_and_is_not_trained(spec: "eq.SumSpec") -> None:
    text = shallow_text().replace("      - [H2a - O2, H2b - O2]\n", "")
    missing = eq.loads(text, path=spec.source.path)
    assert declared_permutations(eq.compile(missing)) == []
    with pytest.raises(ModelError, match="its certificate is refused, so nothing is trained"):
        compile_certified(missing)


def test_round_trip_to_the_bit(field: ForceField, dimers: Structures, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, field, here(3, "seed: 3\n"))
    loaded = load_model(path)
    assert (loaded.frame, loaded.scaling) == (field.frame, field.scaling)
    assert loaded.model.sha256 == field.model.sha256
    assert loaded.model.is_proven
    assert loaded.model.symmetry == field.model.symmetry
    unpickled = pickle.loads(pickle.dumps(field))  # noqa: S301
    for other in (loaded, unpickled):
        for before, after in zip(
            field.predict(dimers.positions), other.predict(dimers.positions), strict=True
        ):
            np.testing.assert_array_equal(before, after)
    save_model(tmp_path / "again.safetensors", loaded, here(3, "seed: 3\n"))
    assert (tmp_path / "again.safetensors").read_bytes() == path.read_bytes()
    np.testing.assert_array_equal(load_parameters(path, field.model.sha256), field.params)
    with pytest.raises(ModelError, match="its parameters are of another spec"):
        load_parameters(path, eq.ProgramSum(field.model.terms, 6).sha256)


def test_a_spec_that_was_changed_in_the_file_is_refused(field: ForceField, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, field, here(3, "seed: 3\n"))
    facts, arrays = read_sealed(path, KIND_OF_DECLARED_SUMS, ModelError, "")
    facts.pop("kind")
    for old, new in (("H1a - O1, H1b", "H1a - O2, H1b"), ("  - inversion\n", "")):
        assert old in facts["spec"]
        changed = facts | {"spec": facts["spec"].replace(old, new, 1)}
        write_sealed(path, KIND_OF_DECLARED_SUMS, changed, arrays)
        with pytest.raises(ModelError, match="damaged, the spec inside does not match its sha256"):
            load_model(path)


def test_combinations_without_a_declaration_are_kept_in_files(field: ForceField, tmp_path: Path) -> None:
    terms = eq.ProgramSum(field.model.terms, num_sites=6)
    save_model(tmp_path / "model.safetensors", replace(field, model=terms), here(0, ""))
    loaded = load_model(tmp_path / "model.safetensors")
    assert loaded.model == terms
    assert loaded.model.certificate is None


CONFIG = """\
model: water_dimer_sum
frame: {atoms: [O, H, H, O, H, H]}
data: {train: dimer_300K_train.extxyz}
labels: {map: least_squares}
start: {weights: 0.3, scales: 0.6}
adam: {steps: 2}
lbfgs: {steps: 1}
"""


def config(text: str = CONFIG) -> Config:
    return validate(parse_yaml(text, "config.yaml"))


def test_a_training_begins_from_the_atoms(spec: "eq.SumSpec", dimers: Structures) -> None:
    training = prepare(config(), eq.compile(spec), config().frame.place(spec.sites), dimers)
    assert training.force_field.frame == ATOMS
    assert training.force_field.model.num_parameters == count_parameters(spec)


def test_sites_that_are_atoms_need_a_proof_that_shifts_change_nothing(
    spec: "eq.SumSpec", dimers: Structures, water_program: "eq.Program"
) -> None:
    without = eq.loads(shallow_text().replace("  - translation\n", ""), path=spec.source.path)
    refused = eq.loads(shallow_text().replace("[H1a - O1, H1b - O1]", "[H1a, H1b]", 1), path=spec.source.path)
    for model in (eq.compile(without), eq.compile(refused), eq.ProgramSum(eq.compile(spec).terms, 6)):
        with pytest.raises(
            ConfigError, match="the model does not declare translations, so energies would change"
        ):
            prepare(config(), model, ATOMS, dimers)


def test_a_frame_of_atoms_has_a_site_for_each() -> None:
    with pytest.raises(
        ModelError, match=r"^the frame has 2 atoms and no sites, and the spec has 1 sites \(A\); give"
    ):
        FrameConfig(atoms=["H", "H"]).place(["A"])
    np.testing.assert_array_equal(ATOMS.matrix, np.eye(6))
    assert ATOMS.follows(EXCHANGE)
    with pytest.raises(ConfigError, match="`origins` belong to `sites`"):
        config(CONFIG.replace("[O, H, H, O, H, H]}", "[O, H, H, O, H, H], origins: {A: [0]}}"))


def test_a_frame_that_breaks_an_exchange_is_refused(spec: "eq.SumSpec", dimers: Structures) -> None:
    frame = Frame(DIMER_ATOMS, tuple(range(6)), (0,))
    with pytest.raises(
        ConfigError, match=r"exchanging the atoms of \(O1 O2\)\(H1a H2a\)\(H1b H2b\) does not exchange"
    ):
        prepare(config(), eq.compile(spec), frame, dimers)
