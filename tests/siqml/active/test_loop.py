"""The loop: it grows the set, resumes to the same result, has a control, and refuses what makes no sense."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siqml.active import loop
from siqml.active.labels import Method
from siqml.active.loop import Round, active_lines
from siqml.commands.main import main
from siqml.data.labelling import labeller
from siqml.data.labelling.functional import Functional, Point
from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.errors import DataError
from siqml.molecule.structures import Array, Structures
from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC

STEPS = ("--set", "adam.steps=20", "--set", "lbfgs.steps=10")
QUICK = (*STEPS, "--seeds", "0,1", "--begin", "6", "--add", "3", "--rounds", "2")
POOL = ("--labels", "pool", "--pool", "lih_train.extxyz")


def active(config: Path, folder: Path, *options: str) -> dict[str, Any]:
    assert main(["active", str(config), "-o", str(folder), *QUICK, *options]) == 0
    found: dict[str, Any] = json.loads((folder / "active.json").read_text())
    return found


def sets(folder: Path, count: int = 3) -> list[bytes]:
    return [(folder / f"round-{number}" / "train.extxyz").read_bytes() for number in range(count)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """A config, the folder of a finished loop, and what it found."""
    folder = tmp_path_factory.mktemp("active")
    (folder / "tiny.yaml").write_text(TINY_SPEC)
    (folder / "config.yaml").write_text(TINY_CONFIG)
    return folder / "config.yaml", folder / "loop", active(folder / "config.yaml", folder / "loop", *POOL)


def test_each_round_adds_labels_of_the_pool(
    whole: tuple[Path, Path, dict[str, Any]], lih_train: Structures
) -> None:
    _, folder, found = whole
    rounds = [Round(**one) for one in found["rounds"]]
    assert [one.points for one in rounds] == [6, 9, 12]
    assert [one.spread is None for one in rounds] == [False, False, True]
    head, *lines = active_lines(rounds)
    assert head.split("  ")[-1].strip() == "chosen: std(F)"
    assert [line.split()[:2] for line in lines] == [["0", "6"], ["1", "9"], ["2", "12"]]
    assert found["command"].startswith("siqml active ")
    last = read_structures(folder / "round-2" / "train.extxyz", ["Li", "H"])
    assert len(np.unique(last.energies)) == 12
    known = dict(zip(np.round(lih_train.energies, 6), lih_train.positions, strict=True))
    for energy, positions in zip(last.energies, last.positions, strict=True):
        np.testing.assert_allclose(known[np.round(energy, 6)], positions)


def test_the_control_draws_other_structures_at_equal_cost(
    whole: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    config, folder, chosen = whole
    drawn = active(config, tmp_path / "drawn", *POOL, "--random")
    assert [one["points"] for one in drawn["rounds"]] == [one["points"] for one in chosen["rounds"]]
    assert drawn["rounds"][0]["energy_mse"] == chosen["rounds"][0]["energy_mse"]
    assert sets(folder)[0] == sets(tmp_path / "drawn")[0]
    assert sets(folder)[1] != sets(tmp_path / "drawn")[1]


def test_an_interrupted_loop_goes_on_to_the_same_result(
    whole: tuple[Path, Path, dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config, folder, found = whole
    choose, calls = loop.most_telling, []

    def interrupted(*args: Any) -> list[int]:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return choose(*args)

    monkeypatch.setattr(loop, "most_telling", interrupted)
    assert main(["active", str(config), "-o", str(tmp_path / "parts"), *QUICK, *POOL]) == 130
    assert capsys.readouterr().err.endswith("interrupted; the same command continues\n")
    monkeypatch.undo()
    parts = active(config, tmp_path / "parts", *POOL)
    assert parts["rounds"] == found["rounds"]
    assert sets(tmp_path / "parts") == sets(folder)


ANY = Functional("pbe", "sto-3g", 1, 1)


def harmonic(functional: Functional, species: Sequence[str], positions: Array) -> Point:
    """In the place of a calculation that takes seconds."""
    bond = positions[1] - positions[0]
    length = float(np.linalg.norm(bond))
    pull = 3.0 * (length - 1.6) * bond / length
    return Point(-200 + 1.5 * (length - 1.6) ** 2, np.stack([pull, -pull]))


@pytest.fixture
def springs(
    tiny_config: Path, tmp_path: Path, lih_train: Structures, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A config whose labels a spring gives."""
    monkeypatch.setattr(labeller, "dft_point", harmonic)
    near = lih_train.positions[5:25]
    points = [harmonic(ANY, ("Li", "H"), one) for one in near]
    energies, forces = np.array([one.energy for one in points]), np.array([one.forces for one in points])
    for part in ("train", "test"):
        write_structures(tmp_path / f"{part}.extxyz", Structures(("Li", "H"), near, energies, forces, part))
    text = tiny_config.read_text().replace("lih_train.extxyz", "train.extxyz")
    tiny_config.write_text(text.replace("lih_test.extxyz", "test.extxyz"))
    return tiny_config


def test_dynamics_and_labels_are_interrupted_and_resumed(
    springs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyscf", reason="labels are refused without it, although none is made here")
    options = "--labels", "water", "--candidates", "30", "--temperature", "200", "--rounds", "1"
    whole = active(springs, tmp_path / "whole", *options)
    assert [one["points"] for one in whole["rounds"]] == [6, 9]
    last = read_structures(tmp_path / "whole" / "round-1" / "train.extxyz", ["Li", "H"])
    for energy, positions in zip(last.energies, last.positions, strict=True):
        assert energy == pytest.approx(harmonic(ANY, ("Li", "H"), positions).energy, abs=1e-6)
    done = []

    def interrupted(functional: Functional, species: Sequence[str], positions: Array) -> Point:
        done.append(positions.tobytes())
        if len(done) == 3:
            raise KeyboardInterrupt
        return harmonic(functional, species, positions)

    monkeypatch.setattr(labeller, "dft_point", interrupted)
    assert main(["active", str(springs), "-o", str(tmp_path / "parts"), *QUICK, *options]) == 130
    parts = active(springs, tmp_path / "parts", *options)
    assert parts["rounds"] == whole["rounds"]
    assert sets(tmp_path / "parts", 2) == sets(tmp_path / "whole", 2)
    assert len({*done}) == len(done) - 1  # only the label that was interrupted is made again


def test_labels_of_another_method_are_refused(
    springs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyscf", reason="labels are refused without it, although none is made here")
    data = read_structures(tmp_path / "train.extxyz", ["Li", "H"])
    shifted = Structures(data.species, data.positions, data.energies + 0.5, data.forces, "train")
    write_structures(tmp_path / "train.extxyz", shifted)
    assert main(["active", str(springs), "-o", str(tmp_path / "loop"), *QUICK, "--labels", "water"]) == 2
    assert "its labels are of another method than --labels: that of structure 0" in capsys.readouterr().err


def test_another_order_in_the_same_folder_is_refused(
    whole: tuple[Path, Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, folder, _ = whole
    assert main(["active", str(config), "-o", str(folder), *QUICK, *POOL, "--seed", "5"]) == 2
    line = f"{folder} holds another loop (seed differs); choose another folder with -o\n"
    assert capsys.readouterr().err == line
    assert main(["active", str(config), "-o", str(config.parent), *QUICK, *POOL]) == 2
    line = f"{config.parent} is not empty and holds no loop; choose another folder with -o\n"
    assert capsys.readouterr().err == line


def test_more_rounds_continue_a_loop(whole: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    config, folder, found = whole
    shutil.copytree(folder, tmp_path / "longer")
    longer = active(config, tmp_path / "longer", *POOL, "--rounds", "3")
    assert longer["rounds"][:2] == found["rounds"][:2]
    assert [one["points"] for one in longer["rounds"]] == [6, 9, 12, 15]


@pytest.mark.parametrize(("options", "message"), [
    (["--labels", "pool"], "--labels pool: there is no pool; name its file with --pool"),
    (["--labels", "lih"], "--labels lih: only labels of density functional theory are made here; "
     "name a set of them, or pool"),
    ([*POOL, "--seeds", "1"], "--seeds: models that disagree are two at least; give two seeds or more"),
    ([*POOL, "--begin", "1"], "--begin 1: two structures at least have a spacing; give more"),
    ([*POOL, "--temperature", "9"], "--temperature is about molecular dynamics; with --pool there is none, "
     "leave it out"),
    ([*POOL, "--set", "data.test=null"], "{config}: active learning is measured on a test set; "
     "give the config data.test"),
    ([*POOL, "--set", "seed=3"], "--set seed=3: --seeds gives the seeds; leave it out"),
    (["--labels", "pool", "--pool", "water_test.extxyz"],
     "--pool {shipped}: structure 0 is of another molecule; the model is of Li H"),
])  # fmt: skip
def test_mistakes_are_one_line_and_nothing_is_written(
    tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    from siqml.data.reading.shipped import shipped_file

    assert main(["active", str(tiny_config), "-o", str(tmp_path / "loop"), *STEPS, *options]) == 2
    known = {"config": tiny_config, "shipped": shipped_file("water_test.extxyz")}
    assert capsys.readouterr().err == message.format(**known) + "\n"
    assert not (tmp_path / "loop").exists()


def test_a_pool_that_is_exhausted(
    tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [*QUICK, *POOL, "--add", "48"]
    assert main(["active", str(tiny_config), "-o", str(tmp_path / "loop"), *options]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("round 0: ")
    assert "candidates are new and near enough; --add 48 needs more" in line


def test_an_empty_pool(tmp_path: Path) -> None:
    (tmp_path / "empty.xyz").write_text("")
    with pytest.raises(DataError, match=r"no such file$"):
        loop.pool_of(tmp_path / "none.xyz", ("H",))
    with pytest.raises(DataError, match=r"no structure in it$"):
        loop.pool_of(tmp_path / "empty.xyz", ("H",))
    assert Method.named("water").functional is not None
