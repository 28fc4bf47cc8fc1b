"""Training a model of several terms, and its way through the commands."""

import io
import json
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.commands.main import main
from siqml.data.reading.bonds import declared_permutations
from siqml.errors import ConfigError, ModelError
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model, save_model
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures
from siqml.training.config import StartConfig, load_config
from siqml.training.optimisers.adam import learning_rates
from siqml.training.start import start_parameters
from siqml.training.train import Progress, Training, fingerprint, prepare, redrawn, run
from tests.siqml.conftest import DIMER, DIMER_ATOMS, shallow

CONFIG = """\
model: dimer.yaml
frame:
  atoms: [O, H, H, O, H, H]
  sites: {O1: 0, H1a: 1, H1b: 2, O2: 3, H2a: 4, H2b: 5}
  origin: [0, 3]
  origins: {H1a: [0], H1b: [0], H2a: [3], H2b: [3]}
data:
  train: dimer_300K_train.extxyz
start: {weights: 0.1, scales: 0.6}
adam: {steps: 60, learning_rate: 0.03}
lbfgs: {steps: 20, memory: 4}
checkpoint: {every: 50}
seed: 1
"""


@pytest.fixture(scope="module")
def config_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("config") / "c.yaml"
    path.write_text(CONFIG)
    return path


@pytest.fixture(scope="module", params=["energies", "forces and a fitted map"])
def training(
    request: pytest.FixtureRequest, config_path: Path, three_terms: ForceField, dimers: Structures
) -> Training:
    settings = (
        () if request.param == "energies" else ("loss.forces=1", "labels.map=least_squares", "lbfgs.steps=0")
    )
    return prepare(load_config(config_path, settings), three_terms.model, DIMER, dimers)


def take(
    training: Training, folder: Path, stop_at: int | None = None, resume: bool = False
) -> tuple[ForceField | None, list[Progress]]:
    rows: list[Progress] = []

    def record(row: Progress) -> None:
        rows.append(row)
        if row.step == stop_at:
            raise KeyboardInterrupt

    field = None
    try:
        field = run(training, folder / "checkpoint.safetensors", 50, io.StringIO(), record, resume)
    except KeyboardInterrupt:
        assert stop_at is not None
    return field, rows


def test_the_loss_falls_and_an_interruption_leaves_no_trace(training: Training, tmp_path: Path) -> None:
    whole, rows = take(training, tmp_path)
    assert whole is not None
    assert rows[-1].loss < rows[0].loss
    take(training, tmp_path, stop_at=50)
    resumed, later = take(training, tmp_path, resume=True)
    assert resumed is not None
    assert resumed.params.tobytes() == whole.params.tobytes()
    assert resumed.scaling == whole.scaling
    assert later == [row for row in rows if row.step >= 50]
    assert whole.model is training.force_field.model


def test_labels_are_redrawn(config_path: Path, three_terms: ForceField, dimers: Structures) -> None:
    training = prepare(load_config(config_path), three_terms.model, DIMER, dimers)
    other = redrawn(training, load_config(config_path, ("seed=2",)), dimers)
    assert not np.array_equal(other.force_field.params, training.force_field.params)
    assert other.fingerprint != training.fingerprint


def test_every_term_starts_as_its_own_program(three_terms: ForceField) -> None:
    """With breaking in one of them, and scales by their names."""
    breaking = shallow("water_breaking")
    model = eq.ProgramSum((*three_terms.model.terms, eq.Term(breaking, 1.0, (4, 5), "extra")))
    params = start_parameters(model, StartConfig(weights=0.01, scales=0.3), seed=1)
    assert (params[of_kind(model, "scale")] == 0.3).all()
    assert of_kind(model, "scale").sum() == 3
    assert (params[of_kind(model, "breaking")] == 0.1).all()
    assert of_kind(model, "breaking").sum() == 2
    assert np.abs(params[of_kind(model, "weight")]).max() < 0.1
    scales = {"molecule.alpha": 0.1, "pair.alpha": 0.2, "extra.alpha": 0.3}
    named = start_parameters(model, StartConfig(scales=scales), seed=1)
    assert dict(zip(model.parameter_names, named, strict=True)).items() >= scales.items()
    rates = learning_rates(
        load_config(_written(CONFIG, "adam: {", "adam: {scale_learning_rate: 0.001, ")), model
    )
    assert (rates[of_kind(model, "scale")] == 0.001).all()


def _written(text: str, old: str, new: str) -> Path:
    import tempfile

    path = Path(tempfile.mkdtemp()) / "c.yaml"
    path.write_text(text.replace(old, new))
    return path


def test_a_spread_for_each_gate_of_a_layer(three_terms: ForceField) -> None:
    model = three_terms.model
    params = start_parameters(model, StartConfig(weights=[0.5, 0, 0], scales=0.3), seed=1)
    moved = [name for name, value in zip(model.parameter_names, params, strict=True) if value not in (0, 0.3)]
    assert all(name.endswith("_0") for name in moved)
    assert {name.split(".")[0] for name in moved} == {"molecule", "pair"}


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            StartConfig(scales={"alpha": 0.1}),
            "start.scales names alpha; the spec has molecule.alpha, pair.alpha",
        ),
        (StartConfig(weights=[0.1] * 7), "start.weights lists 7 spreads; a layer of the spec has 3 gates"),
    ],
)
def test_starts_that_do_not_fit_are_refused(
    three_terms: ForceField, start: StartConfig, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        start_parameters(three_terms.model, start, seed=0)
    assert str(caught.value).startswith(message)


def test_a_training_starts_from_a_model_of_the_same_sum(
    config_path: Path, three_terms: ForceField, two_terms: ForceField, dimers: Structures, tmp_path: Path
) -> None:
    save_model(tmp_path / "model.safetensors", three_terms, here(0, CONFIG))
    config = load_config(config_path)
    start = config.start.model_copy(update={"model": str(tmp_path / "model.safetensors")})
    config = config.model_copy(update={"start": start})
    training = prepare(config, three_terms.model, DIMER, dimers)
    np.testing.assert_array_equal(training.force_field.params, three_terms.params)
    with pytest.raises(ModelError, match="its parameters are of another spec"):
        prepare(config, two_terms.model, DIMER, dimers)


def test_the_fingerprint_is_of_the_whole_sum(
    config_path: Path, three_terms: ForceField, two_terms: ForceField, dimers: Structures
) -> None:
    config = load_config(config_path)
    marks = {fingerprint(config, field.model.sha256, dimers) for field in (three_terms, two_terms)}
    assert len(marks) == 2


def test_a_frame_that_breaks_a_permutation_of_one_term_is_refused(
    config_path: Path, three_terms: ForceField, dimers: Structures
) -> None:
    """One hydrogen of the second molecule is seen from the middle."""
    frame = Frame(DIMER_ATOMS, DIMER.sites, DIMER.origin, DIMER.own[:-1])
    with pytest.raises(
        ConfigError, match=r"^frame: exchanging the atoms of \(H1 H2\) does not exchange the sites"
    ):
        prepare(load_config(config_path), three_terms.model, frame, dimers)
    only_first = eq.ProgramSum(three_terms.model.terms[::2], num_sites=6)
    prepare(load_config(config_path), only_first, frame, dimers)


def test_permutations_that_every_term_keeps(three_terms: ForceField, water_program: "eq.Program") -> None:
    assert declared_permutations(three_terms.model) == [(0, 2, 1, 3, 4, 5), (0, 1, 2, 3, 5, 4)]
    across = eq.Term(water_program, 1.0, (2, 4), "across")  # one hydrogen of each molecule
    assert declared_permutations(eq.ProgramSum((*three_terms.model.terms, across))) == []
    whole = eq.Term(shallow("water_dimer", 1), 1.0, None, "whole")
    found = declared_permutations(eq.ProgramSum((*three_terms.model.terms, whole)))
    assert set(found) - {tuple(range(6))} == {
        (0, 2, 1, 3, 4, 5),
        (0, 1, 2, 3, 5, 4),
    }  # the inversion moves no site


@pytest.fixture(scope="module")
def saved(three_terms: ForceField, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "model.safetensors"
    save_model(path, three_terms, here(0, CONFIG))
    return path


def test_evaluate(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(saved), "dimer_cut_test.extxyz", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["energy"]["mse"] > 0
    assert 0 < found["floor"]["share"] < 1


def test_molecular_dynamics_and_its_resumption(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, parts = tmp_path / "whole.extxyz", tmp_path / "parts.extxyz"
    assert main(["md", str(saved), "--steps", "6", "--every", "2", "-o", str(whole)]) == 0
    assert main(["md", str(saved), "--steps", "2", "--every", "2", "-o", str(parts)]) == 0
    assert main(["md", str(saved), "--steps", "6", "--every", "2", "-o", str(parts), "--resume"]) == 0
    assert parts.read_bytes() == whole.read_bytes()
    capsys.readouterr()


def test_a_simulation_of_another_sum_is_not_continued(
    saved: Path, two_terms: ForceField, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / "run.extxyz", tmp_path / "other.safetensors"
    assert main(["md", str(saved), "--steps", "2", "-o", str(path)]) == 0
    save_model(other, two_terms, here(0, CONFIG))
    assert main(["md", str(other), "--steps", "4", "-o", str(path), "--resume"]) == 2
    assert "model" in capsys.readouterr().err.splitlines()[-1]


def test_noise_of_a_device(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["noise", str(saved), "dimer_cut_test.extxyz", "--backend", "fake_manila", "--limit", "1"]
    assert main([*argv, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    names = [entry["generator"] for entry in found["generators"]]
    assert names[0] == "water[1,2]: T_x"
    assert "water[4,5]: (H1 H2)" in names
    assert names[-1] == "lih[0,3]: T_z"
    assert main(argv) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if ": T_" in line]
    assert len(heads) == 9


def test_a_loaded_model_trains_on(saved: Path, config_path: Path, dimers: Structures, tmp_path: Path) -> None:
    loaded = load_model(saved)
    training = prepare(
        load_config(config_path, ("adam.steps=5", "lbfgs.steps=0")), loaded.model, DIMER, dimers
    )
    field, _ = take(training, tmp_path)
    assert field is not None
    assert field.model is loaded.model
