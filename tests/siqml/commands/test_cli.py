"""The command line: one line per mistake, exit code 2, nothing half written."""

import csv
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
import siqml
from siqml.commands.main import main, parser_of_all
from siqml.data.reading.ase_file import ase_frames
from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.data.reading.label_keys import LabelKeys
from siqml.data.reading.read import read_data
from siqml.data.reading.shipped import shipped_file
from siqml.files import sha256
from siqml.molecule.units import BOHR, KCAL_PER_MOL

CONFIGS = Path(siqml.__file__).parent / "configs"

RESULTS = [
    "checkpoint.safetensors",
    "config.yaml",
    "curve.png",
    "learning.png",
    "metrics.csv",
    "metrics.json",
    "model.safetensors",
    "parity.png",
    "spec.yaml",
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC

    folder = tmp_path_factory.mktemp("trained")
    (folder / "tiny.yaml").write_text(TINY_SPEC)
    (folder / "config.yaml").write_text(TINY_CONFIG)
    assert main(["train", str(folder / "config.yaml"), "-o", str(folder / "run"), "--seed", "3"]) == 0
    return folder / "run"


def one_line(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> str:
    """The single line that the command ``argv`` ends with."""
    try:
        code = main([str(arg) for arg in argv])
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    assert code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.rstrip("\n")


def test_a_run_folder_is_complete(trained: Path) -> None:
    assert sorted(path.name for path in trained.iterdir()) == RESULTS
    for name in ("curve.png", "learning.png", "parity.png"):
        assert (trained / name).read_bytes().startswith(b"\x89PNG")
    metrics = json.loads((trained / "metrics.json").read_text())
    assert (metrics["model"], metrics["num_parameters"], metrics["seed"]) == ("tiny", 4, 3)
    assert metrics["train"]["num_structures"] == 53
    assert metrics["test"]["num_structures"] == 81
    assert (trained / "metrics.csv").read_text().count("\n") == 6


def test_a_run_with_everything_new_says_what_it_did(
    tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fitted map, minibatches and early stopping; the finished model is read again with the map that it found."""
    run = tmp_path / "run"
    settings = ("labels.map=least_squares", "adam.batch=20", "stop={validation: 0.2, patience: 50}")
    options = [word for setting in settings for word in ("--set", setting)]
    assert main(["train", str(tiny_config), "-o", str(run), *options]) == 0
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["train"]["num_structures"] == 42
    with (run / "metrics.csv").open(newline="") as file:
        rows = {int(row["step"]): float(row["validation_loss"]) for row in csv.DictReader(file)}
    stopped = metrics["stopped"]
    assert rows[stopped["best_step"]] == stopped["validation_loss"] == min(rows.values())
    capsys.readouterr()
    assert main(["evaluate", str(run), "lih_test.extxyz", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["energy"]["mse"] == pytest.approx(metrics["test"]["energy"]["mse"], rel=1e-9)


def test_evaluate_repeats_the_metrics(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained), "--json"]) == 0
    train, test = json.loads(capsys.readouterr().out)
    metrics = json.loads((trained / "metrics.json").read_text())
    assert train["energy"]["mse"] == pytest.approx(metrics["train"]["energy"]["mse"], rel=1e-9)
    assert test["radial_force"]["mae"] == pytest.approx(metrics["test"]["radial_force"]["mae"], rel=1e-9)


def test_evaluate_prints_a_table(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained / "model.safetensors"), "lih_test.extxyz"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("lih_test.extxyz: 81 structures\n")
    for row in ("energy, eV", "force components, eV/A", "force along bond, eV/A"):
        assert row in out


def _shipped_as_archive(part: str, folder: Path) -> Path:
    """The shipped LiH set as rMD17 would keep it."""
    found = read_structures(shipped_file(f"lih_{part}.extxyz"), ["Li", "H"])
    assert found.forces is not None
    np.savez(
        folder / f"{part}.npz",
        nuclear_charges=np.array([3, 1]),
        coords=found.positions / BOHR,
        energies=found.energies / KCAL_PER_MOL,
        forces=found.forces / KCAL_PER_MOL * BOHR,
    )
    return folder / f"{part}.npz"


def test_a_training_reads_archives_and_converts_their_units(
    trained: Path, tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in ("train", "test"):
        _shipped_as_archive(part, tmp_path)
    text = tiny_config.read_text().replace("lih_train.extxyz", "train.npz")
    tiny_config.write_text(text.replace("lih_test.extxyz", "test.npz"))
    order = ["train", str(tiny_config), "-o", str(tmp_path / "run"), "--seed", "3", "--set", "adam.steps=5",
             "--set", "lbfgs.steps=0"]  # fmt: skip
    assert one_line(capsys, *order).endswith("in a config under data.units (energy: eV, meV, hartree, rydberg, "
                                             "kcal/mol, kJ/mol; length: angstrom, bohr, nm)")  # fmt: skip
    assert not (tmp_path / "run").exists()
    assert main([*order, "--set", "data.units={energy: kcal/mol, length: bohr}"]) == 0
    found, expected = (json.loads((run / "metrics.json").read_text()) for run in (tmp_path / "run", trained))
    for part in ("train", "test"):
        assert found[part]["energy_variance"] == pytest.approx(expected[part]["energy_variance"], rel=1e-9)
    capsys.readouterr()
    mixed = ["--set", f"data.test={shutil.copy(shipped_file('lih_test.extxyz'), tmp_path / 'mine.extxyz')}"]
    units = ["--set", "data.units={energy: kcal/mol, length: bohr}"]
    assert one_line(capsys, *order, "--overwrite", *units, *mixed) == (
        f"{tmp_path}/mine.extxyz: read in eV and angstrom unless units are declared, and the units declared here are "
        "those of train.npz; convert that file: siqml data convert"
    )
    assert main(["evaluate", str(tmp_path / "run"), "--json"]) == 0  # the units come with the model
    remembered = json.loads(capsys.readouterr().out)
    archive = str(tmp_path / "test.npz")
    units = ["--energy-unit", "kcal/mol", "--length-unit", "bohr"]
    assert main(["evaluate", str(tmp_path / "run"), archive, *units, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [remembered[1]]


def test_evaluate_refuses_units_that_nobody_says_of_what(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = _shipped_as_archive("test", tmp_path)
    assert "do so with --energy-unit and --length-unit" in one_line(capsys, "evaluate", trained, archive)
    for named in ([], ["lih_test.extxyz"]):
        assert one_line(capsys, "evaluate", trained, *named, "--energy-unit", "eV") == (
            "units are declared, but no file of yours is named; name it, or leave the units out"
        )


def test_evaluate_on_a_device(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["evaluate", str(trained), "lih_test.extxyz", "--backend", "fake_manila", "--limit", "2"]
    assert main([*argv, "--no-noise", "--json"]) == 0
    captured = capsys.readouterr()
    (found,) = json.loads(captured.out)
    assert (found["structures"], found["backend"], found["noise"]) == ([0, 80], "fake_manila", False)
    assert found["energy"]["mse"] < 1e-18
    assert found["force"]["mse"] < 1e-18
    assert "values on fake_manila: 98/98" in captured.err
    assert main([*argv, "--shots", "100", "--seed", "4", "--no-forces"]) == 0
    out = capsys.readouterr().out
    assert "lih_test.extxyz: 2 of 81 structures on fake_manila, 100 shots, with noise, seed 4" in out
    assert "force components" not in out


def test_noise_of_a_device(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["noise", str(trained), "lih_test.extxyz", "--backend", "fake_manila", "--limit", "3"]
    assert main([*argv, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert [entry["generator"] for entry in found["generators"]] == ["T_x", "T_y", "T_z"]
    assert all(entry["change"] > 0.01 and entry["exact"] < 1e-6 for entry in found["generators"])
    assert main([*argv, "--no-noise"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        "3 of 81 structures, randomly oriented, on fake_manila, exact values, without noise, seed 0"
        in lines[0]
    )
    assert [line.split()[2] for line in lines[2:]] == ["0.000"] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--backend", "fake_lagoss"], 'unknown back end "fake_lagoss"; did you mean "fake_lagos"? '),
        (
            ["--backend", "fake_armonk"],
            "fake_armonk has 1 qubit, the model needs 2; choose a larger back end",
        ),
        (
            ["--backend", "statevector", "--shots", "9"],
            "the back end statevector is exact and takes no shots; ",
        ),
        (["--backend", "aer", "--shots", "1"], "1 shots; an error bar needs at least two"),
        (["--backend", "aer", "--limit", "0"], "--limit 0: at least one structure is needed"),
        (
            ["--backend", "aer", "--seed", "-1"],
            'siqml evaluate: argument --seed: found "-1"; needed: a whole ',
        ),
        (["--shots", "9"], "--shots is about a device; name one, such as: --backend aer"),
        (["--no-forces"], "--no-forces is about a device; name one, such as: --backend aer"),
        (["--seed", "0"], "--seed is about a device; name one, such as: --backend aer"),
    ],
)
def test_evaluate_explains_mistakes_about_devices(
    trained: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert one_line(capsys, "evaluate", trained, "lih_test.extxyz", *options).startswith(message)


def test_noise_needs_a_device(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = "siqml noise: the following arguments are required: --backend; see siqml noise --help"
    assert one_line(capsys, "noise", trained) == expected


def test_a_finished_run_can_be_resumed_without_change(trained: Path) -> None:
    names = ("model.safetensors", "metrics.csv", "checkpoint.safetensors")
    before = [(trained / name).read_bytes() for name in names]
    assert main(["train", "--resume", str(trained)]) == 0
    assert [(trained / name).read_bytes() for name in names] == before


def test_an_edited_config_is_not_resumed(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in trained.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text().replace("steps: 120", "steps: 130"))
    assert one_line(capsys, "train", "--resume", tmp_path) == (
        f"{tmp_path}/checkpoint.safetensors: config, spec or data changed since; start again with --overwrite"
    )


def test_every_command_of_the_page_on_training_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "training.md").read_text()
    commands = [line[2:] for line in page.splitlines() if line.startswith("$ siqml ")]
    assert len(commands) >= 9
    for command in commands:
        parser_of_all().parse_args(shlex.split(command, comments=True)[1:])


def test_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["lih", "4", "67"] in rows
    assert ["water_dimer", "7", "122"] in rows


def test_configs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["configs"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["water_forces", "water", "water_train.extxyz", "energies", "and", "forces"] in rows
    assert [row[0] for row in rows[1:]] == sorted(p.stem for p in CONFIGS.glob("*.yaml"))


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (
            ["train", "lhi"],
            'no shipped config "lhi"; did you mean "lih"? known: co2, dimer_300K, ',
        ),
        (["train", "none.yaml"], "none.yaml: no such file"),
        (["train"], "which training? give a config, such as: siqml train lih; or --resume RUN"),
        (
            ["train", "lih", "--resume", "x"],
            "--resume RUN takes everything from the run folder; leave the other arguments out",
        ),
        (
            ["train", "--resume", "none"],
            "none is not a run folder: no config.yaml in it; start with: siqml train CONFIG",
        ),
        (
            ["train", "lih", "--set", "adam.step=3"],
            '--set adam.step=3: unknown key "step"; did you mean "steps"? '
            "known: steps, learning_rate, scale_learning_rate",
        ),
        (["train", "lih", "--set", "start.scales={a: 1}"], "start.scales names a; the spec has alpha"),
        (
            ["train", "lih", "--set", "frame.sites={Li: 0}"],
            "the frame places the sites Li; the spec has Li, H",
        ),
        (
            ["train", "lih", "--set", "data.train=lih_tarin.extxyz"],
            "no such file, nor a shipped one of this name; shipped: ",
        ),
        (["train", "lih", "--set", "data.train=/"], "/: a folder; name a file in it"),
        (
            ["train", "lih", "--set", "labels.window=[0, 1.5]"],
            "window [0, 1.5] must be two different fractions of the observable's range, from 0 to 1",
        ),
        (["train", "lih", "--set", "model=wter"], 'no shipped model "wter"; did you mean "water"?'),
        (
            ["train", "lih", "--seed", "-1"],
            'siqml train: argument --seed: found "-1"; needed: a whole number from 0 to 4294967295; see ',
        ),
        (
            ["train", "lih", "--set", "seed=4294967296"],
            "--set seed=4294967296: seed: found 4294967296; needed: less than or equal to 4294967295",
        ),
        (
            ["train", "lih", "--seed", "x"],
            'siqml train: argument --seed: found "x"; needed: a whole number from 0 to 4294967295; see ',
        ),
        (["evaluate", "none"], "none: no such model; `siqml train` makes one"),
        (["data", "make", "watre"], 'no data set "watre"; did you mean "water"? known: lih, '),
        (["data", "check", "watre"], 'no data set "watre"; did you mean "water"? known: lih, '),
        (
            ["data", "make", "lih", "--jobs", "0"],
            'siqml data make: argument --jobs: found "0"; needed: a whole number from 1 to 1024; see ',
        ),
        (["fly"], "siqml: argument COMMAND: invalid choice: 'fly'"),
        ([], "siqml: the following arguments are required: COMMAND; see siqml --help"),
    ],
)
def test_every_mistake_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in one_line(capsys, *argv)
    assert list(tmp_path.iterdir()) == []


READING = {
    "convert": ["data", "convert", "own.extxyz", "out.extxyz"],
    "split": ["data", "split", "own.extxyz", "--train", "3", "-o", "parts"],
    "check": ["data", "check", "lih_periodic"],
    "evaluate": ["evaluate", "run", "own.extxyz"],
}
"""Commands with a budget."""


@pytest.fixture
def own(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run and one of the user's files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.extxyz").write_bytes(shipped_file("lih_test.extxyz").read_bytes())
    (tmp_path / "run").symlink_to(trained)
    return tmp_path


@pytest.mark.parametrize("command", READING)
def test_a_bad_budget_is_one_line(command: str, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert one_line(capsys, *READING[command], "--budget", "soon") == (
        '--budget "soon": write a time, an amount of memory, or both, such as 10min,8GB (s, min, h, d, MB, GB, TB), '
        "or none"
    )


@pytest.mark.parametrize("command", READING)
def test_a_budget_that_is_used_up_is_one_line_and_no_file(
    command: str, own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from eqcompile import budgets

    looks = [0]

    def growing() -> int:
        looks[0] += 1
        return 0 if looks[0] == 1 else 9 << 30

    def asked(path: Path) -> list[str]:
        budgets.check()
        return []

    monkeypatch.setattr(budgets, "memory_in_use", growing)
    monkeypatch.setattr(budgets, "_start_ticking", lambda: False)
    monkeypatch.setattr("siqml.data.reading.extxyz.lines_of", asked)
    before = sorted(own.iterdir())
    allowed = "8 GB" if command == "evaluate" else "2 GB"
    line = one_line(capsys, *READING[command])
    assert line.startswith(f"the budget of {allowed} is used up")
    assert line.endswith("allow more with --budget, such as --budget 10min,8GB")
    if command in ("convert", "split"):
        assert " by reading own.extxyz; " in line
    assert sorted(own.iterdir()) == before


def test_a_time_leaves_the_memory_and_none_lifts_both(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from siqml.commands.main import _allowance

    def allowance(*words: str) -> str:
        return str(_allowance(parser_of_all().parse_args([*words])))

    evaluate = ["evaluate", "run"]
    assert allowance(*evaluate) == "10 min and 8 GB"
    assert allowance(*evaluate, "--budget", "2h") == "120 min and 8 GB"
    assert allowance(*evaluate, "--budget", "none") == "no limit"
    assert allowance(*evaluate, "--backend", "aer") == "None"
    assert allowance(*evaluate, "--backend", "aer", "--budget", "90s") == "90 s and 8 GB"
    assert allowance(*READING["convert"]) == "60 s and 2 GB"
    assert allowance("train", "lih") == "None"
    for budget in ("none", "2min,1GB"):
        assert main([*READING["convert"], "--budget", budget]) == 0
        (own / "out.extxyz").unlink()


def test_a_split_that_is_given_up_leaves_no_part(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path, content: str) -> None:
        raise eq.BudgetError("the budget of 60 s is used up", "60 s")

    monkeypatch.setattr(eq, "write_atomically", _second(eq.write_atomically, interrupted), raising=False)
    assert one_line(capsys, *READING["split"]) == "the budget of 60 s is used up"
    assert list((own / "parts").iterdir()) == []


def _second(first: Callable[[Path, bytes], None], second: Callable[[Path, str], None]) -> Callable[..., None]:
    """A function that is ``first`` when it is called for the first time, and ``second`` after that."""
    calls = iter([first])
    return lambda path, content: next(calls, second)(path, content)


def test_a_budget_is_not_what_ase_stumbles_over(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> Iterator[object]:
        raise eq.BudgetError("the budget of 60 s is used up", "60 s")
        yield

    monkeypatch.setattr("ase.io.iread", slow)
    (own / "own.traj").write_bytes(b"")
    with pytest.raises(eq.BudgetError):
        list(ase_frames(own / "own.traj", "traj", None))


def test_too_little_memory_is_one_line(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> list[str]:
        raise MemoryError

    monkeypatch.setattr("siqml.data.reading.extxyz.lines_of", full)
    assert (
        one_line(capsys, *READING["convert"])
        == "not enough memory; take fewer structures, or a smaller model"
    )


def test_a_command_with_a_budget_runs_in_a_process_of_its_own(own: Path) -> None:
    """Through its console script, as users call it; the parent passes on what the child says."""
    command = [sys.executable, "-m", "siqml", *READING["convert"]]
    for expected in ("81 structures read, energies and forces", "exists; choose another place"):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=own)
        assert expected in done.stderr
        assert done.stderr.count("\n") == 1
        assert done.returncode == (0 if "read" in expected else 2)


def test_a_bad_spec_is_one_line_with_its_place(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tiny_config.parent / "tiny.yaml"
    spec.write_text(spec.read_text().replace("qubits: 2", "qubitz: 2"))
    assert one_line(capsys, "train", tiny_config).startswith(f"{spec}:2:1: ")


def test_a_refused_spec_is_not_trained(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tiny_config.parent / "tiny.yaml"
    spec.write_text(spec.read_text().replace("layer: [H(0,1)]", "layer: [Z0]"))
    assert "its certificate is refused" in one_line(capsys, "train", tiny_config)


def test_data_of_another_molecule(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny_config.parent / "own.extxyz").write_text(
        shipped_file("lih_train.extxyz").read_text().replace("Li ", "Na ")
    )
    line = one_line(capsys, "train", tiny_config, "--set", "data.train=own.extxyz")
    assert line.endswith("own.extxyz:1: structure 0 is Na H; this needs Li H")


def _with_other_names(part: str, folder: Path) -> Path:
    """The shipped LiH set with its labels under other names."""
    text = shipped_file(f"lih_{part}.extxyz").read_text().replace("energy=", "my_energy=")
    path = folder / f"other_{part}.extxyz"
    path.write_text(text.replace(":forces:R:3", ":my_forces:R:3"))
    return path


def test_labels_are_chosen_by_name(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = _with_other_names("test", tmp_path)
    line = one_line(capsys, "evaluate", trained, other)
    assert line.startswith(f"{other}:1: structure 0 has no energy; ")
    assert line.endswith(
        "; found: my_energy; choose with --energy-key my_energy (in a config, data.keys.energy)"
    )
    found = []
    for data in (
        ["lih_test.extxyz"],
        [other, "--energy-key", "my_energy"],
        [other, "--forces-key", "my_forces"],
    ):
        assert main(["evaluate", str(trained), *map(str, data), "--json"]) == 0
        (result,) = json.loads(capsys.readouterr().out)
        found.append({name: value for name, value in result.items() if name != "source"})
    assert found[0] == found[1] == found[2]
    assert found[0]["force"] is not None
    assert one_line(capsys, "evaluate", trained, "lih_test.extxyz", "--energy-key", "energy") == (
        "keys of labels are given, but no file of yours is named; name it, or leave them out"
    )
    settings = ["--energy-key", "my_energy", "--set", "data.keys.energy=my_energy"]
    assert one_line(capsys, "train", trained.parent / "config.yaml", *settings) == (
        "--set data.keys.energy=my_energy: another option sets the same; leave it out"
    )


def test_a_run_records_what_looks_wrong_and_can_be_begun_again(
    tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, test = (_with_other_names(part, tmp_path) for part in ("train", "test"))
    found = read_data(test, keys=LabelKeys("my_energy", "my_forces"))
    write_structures(test, replace(found, energies=found.energies - 500.0))
    text = test.read_text().replace("energy=", "my_energy=").replace(":forces:R:3", ":my_forces:R:3")
    test.write_text(text)
    text = tiny_config.read_text().replace("lih_train", "other_train").replace("lih_test", "other_test")
    tiny_config.write_text(text)
    run = tmp_path / "run"
    steps = ["--set", "adam.steps=2", "--set", "lbfgs.steps=0", "--energy-key", "my_energy"]
    assert main(["train", str(tiny_config), "-o", str(run), *steps]) == 0
    captured = capsys.readouterr()
    (line,) = [line for line in captured.err.splitlines() if line.startswith("warning: ")]
    assert line.startswith(f"warning: {test}: its energies, ")
    assert json.loads((run / "metrics.json").read_text())["warnings"] == [line.removeprefix("warning: ")]

    with (run / "metrics.csv").open("a") as file:
        file.write("junk\n")
    damaged = one_line(capsys, "train", "--resume", run)
    assert damaged.startswith(f"{run}/metrics.csv:3: damaged, not a line of a record; ")
    before = sha256(run / "model.safetensors")
    for path in run.iterdir():
        if path.name not in ("config.yaml", "spec.yaml"):
            path.unlink()
    resumed = one_line(capsys, "train", "--resume", run).splitlines()[-1]
    assert resumed.startswith(
        f"{run}/checkpoint.safetensors: no checkpoint to continue from; begin the run again "
    )
    assert one_line(capsys, "train", tiny_config, "-o", run, "--energy-key", "my_energy") == (
        f"{run} holds a run that has reached no checkpoint: begin it again with --overwrite, or choose another folder "
        "with -o"
    )
    assert main(resumed.partition("siqml ")[2].split()) == 0
    assert sha256(run / "model.safetensors") == before


def test_evaluate_says_that_the_labels_have_another_zero(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read_structures(shipped_file("lih_test.extxyz"), ["Li", "H"])
    for shift, warned in ((0.0, False), (-3000.0, True)):
        path = tmp_path / f"shift{shift:g}.extxyz"
        write_structures(path, replace(found, energies=found.energies + shift))
        assert main(["evaluate", str(trained), str(path)]) == 0
        assert (f"warning: {path}: energies are off by 3e+03 eV" in capsys.readouterr().err) == warned


def test_a_full_folder_is_left_alone(
    trained: Path, tiny_config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sha256(trained / "model.safetensors")
    assert one_line(capsys, "train", tiny_config, "-o", trained).startswith(
        f"{trained} is not empty: continue it"
    )
    assert sha256(trained / "model.safetensors") == before


def test_a_run_can_begin_where_another_ended(trained: Path, tmp_path: Path) -> None:
    config, run = trained.parent / "config.yaml", tmp_path / "run"
    steps = ("--set", "adam.steps=0", "--set", "lbfgs.steps=0")
    assert main(["train", str(config), "-o", str(run), *steps, "--set", f"start.model={trained}"]) == 0
    one, two = (json.loads((folder / "metrics.json").read_text())["test"] for folder in (trained, run))
    assert one["energy"] == two["energy"]
    assert main(["train", "--resume", str(run)]) == 0


def test_a_run_that_another_begins_from_is_not_replaced_by_it(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sha256(trained / "model.safetensors")
    config, start = trained.parent / "config.yaml", f"start.model={trained}"
    line = one_line(capsys, "train", config, "-o", trained, "--overwrite", "--set", start)
    assert line == f"start.model lies in {trained}, which this run would replace; choose another with -o"
    assert sha256(trained / "model.safetensors") == before


def test_a_reader_that_has_seen_enough_gets_no_message() -> None:
    command = [sys.executable, "-m", "siqml", "data", "list"]
    reading, writing = os.pipe()
    os.close(reading)
    found = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (found.returncode, found.stderr) == (2, b"")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom siqml.commands.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'jax', 'ase', 'optax', 'matplotlib', 'qiskit', 'pyscf', 'sympy', 'numpy', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_ctrl_c_says_how_to_continue(
    tiny_config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tiny_config.parent / "run"
    arguments = ["train", str(tiny_config), "-o", str(run)]

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    def interrupted_later(training: object, checkpoint: Path, *args: object) -> None:
        checkpoint.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("siqml.training.session.run", interrupted)
    assert main(arguments) == 130
    early = "interrupted before the first checkpoint; start again with --overwrite\n"
    assert capsys.readouterr().err == early
    monkeypatch.setattr("siqml.training.session.run", interrupted_later)
    assert main([*arguments, "--overwrite"]) == 130
    assert capsys.readouterr().err == f"interrupted; continue with: siqml train --resume {run}\n"


@pytest.mark.slow
def test_a_killed_training_resumes_to_the_same_bits(trained: Path, tmp_path: Path) -> None:
    config = trained.parent / "config.yaml"
    command = [sys.executable, "-c", "from siqml.commands.main import main; main()"]
    run = tmp_path / "run"
    arguments = ["train", str(config), "-o", str(run), "--seed", "3"]
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (run / "checkpoint.safetensors").exists():
        time.sleep(0.01)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    subprocess.run([*command, "train", "--resume", str(run)], check=True, capture_output=True)
    for name in ("model.safetensors", "metrics.csv", "checkpoint.safetensors"):
        assert (run / name).read_bytes() == (trained / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("train", "lih", "--set", "adam.steps=1", "--set", "adam.steps=2"),
            "--set adam.steps=2: --set adam.steps=1 sets the same; leave one out",
        ),
        (
            ("train", "lih", "--set", "adam={steps: 1}", "--set", "adam.batch=2"),
            "--set adam.batch=2: --set adam={steps: 1} sets the same; leave one out",
        ),
        (
            ("train", "lih", "--seed", "1", "--set", "seed=2"),
            "--set seed=2: --seed gives the seed; leave it out",
        ),
        (
            ("learn", "lih", "--sizes", "9", "--set", "adam.steps=1", "--set", "adam.steps=2"),
            "--set adam.steps=2: --set adam.steps=1 sets the same; leave one out",
        ),
        (
            ("md", "run", "-o", "a.extxyz", "--friction", "3"),
            "--friction belongs to a bath, and nve has none; add --ensemble langevin, or leave it out",
        ),
        (
            ("reproduce", "table1", "fig5", "--rows", "lih"),
            "--rows chooses rows of tables, and fig5 has none; leave one of the two out",
        ),
        (
            ("data", "make", "lih_periodic", "--jobs", "2"),
            "--jobs: lih_periodic is put together from other sets, which takes no time; leave it out",
        ),
        (
            ("evaluate", "run", "--backend", "statevector", "--noise"),
            "--noise: statevector has no noise; name a device that does, such as fake_lagos",
        ),
    ],
)
def test_no_option_is_without_effect(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert one_line(capsys, *arguments) == message
    assert list(tmp_path.iterdir()) == []
