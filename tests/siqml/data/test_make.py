"""Two small hydrogen sets, made for real: resumed, in parallel, and without PySCF."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from siqml.data.labelling.functional import Functional
from siqml.data.labelling.tolerance import MIN_GAP
from siqml.data.making.make import make
from siqml.data.reading.extxyz import read_structures
from siqml.data.samplers.stretch import Stretch
from siqml.data.sets.dft_set import DftSet
from siqml.data.sets.diatomic import Diatomic
from siqml.data.sets.table import LIH
from siqml.errors import LabelError
from siqml.tasks.crew import Workers

pytest.importorskip("pyscf", reason="labels need PySCF, an optional dependency")

HYDROGEN = Diatomic("h2", ("H", "H"), "sto-3g", (0.6, 1.4), num_train=2, num_test=3, seed=1)

PULLED = DftSet(
    "h2_pulled",
    ("H", "H"),
    ((0.0, 0.0, -0.36), (0.0, 0.0, 0.36)),
    Functional("lda", "sto-3g", radial=20, angular=50),
    Stretch(fixed=0, moved=1, interval=(0.6, 1.0), num_train=2),
    num_train=2,
    num_test=2,
    seed=1,
)


class InterruptedAfter(io.StringIO):
    """A log on which Ctrl-C arrives with the given line."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.left = lines

    def write(self, text: str) -> int:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return super().write(text)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.extxyz")}


def test_files_hold_the_recipe(tmp_path: Path) -> None:
    paths = make(HYDROGEN, tmp_path, io.StringIO())
    assert [path.name for path in paths] == ["h2_train.extxyz", "h2_test.extxyz", "h2.provenance.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    train, test = (read_structures(path, ["H", "H"]) for path in paths[:2])
    assert (len(train), len(test)) == (2, 3)
    assert train.forces is not None
    assert train.forces[0, 1, 2] > 1  # 0.6 angstrom is shorter than the bond: the atoms repel
    assert train.forces[1, 1, 2] < -1  # 1.4 is longer: they attract
    record = json.loads(paths[2].read_text())
    assert record["seed"] == 1
    assert record["command"] == "siqml data make h2 --seed 1"
    assert set(record["sha256"]) == {"h2_train.extxyz", "h2_test.extxyz"}


def test_interrupted_and_continued(tmp_path: Path) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    make(HYDROGEN, whole, io.StringIO())
    with pytest.raises(KeyboardInterrupt):
        make(HYDROGEN, part, InterruptedAfter(3))
    assert [path.name for path in part.iterdir()] == [".h2.partial.json"]
    log = io.StringIO()
    make(HYDROGEN, part, log)
    assert log.getvalue().startswith("labels of h2: 4/5")
    assert contents(part) == contents(whole)


def test_points_of_another_task_are_not_taken(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(HYDROGEN, tmp_path, InterruptedAfter(3))
    other = Diatomic("h2", ("H", "H"), "6-31g", (0.6, 1.4), num_train=2, num_test=3, seed=1)
    log = io.StringIO()
    make(other, tmp_path, log)
    assert log.getvalue().startswith("labels of h2: 1/5")


def test_a_dft_set_says_how_it_was_made(tmp_path: Path) -> None:
    paths = make(PULLED, tmp_path, io.StringIO())
    assert [path.name for path in paths] == [
        "h2_pulled_train.extxyz", "h2_pulled_test.extxyz", "h2_pulled.provenance.json"
    ]  # fmt: skip
    train = read_structures(paths[0], ["H", "H"])
    lengths = np.linalg.norm(train.positions[:, 1] - train.positions[:, 0], axis=1)
    np.testing.assert_allclose(lengths, [0.6, 1.0], atol=2e-8)
    assert train.forces is not None
    record = json.loads(paths[2].read_text())
    assert record["basis"] == "sto-3g"
    assert "LDA" in record["method"]
    assert record["command"] == "siqml data make h2_pulled --seed 1"
    assert record["labels"]["h2_pulled_train.extxyz"] == {
        "structures": 2,
        "energy_variance_ev2": pytest.approx(np.var(train.energies)),
        "force_variance_ev2_per_angstrom2": pytest.approx(np.mean(train.forces**2)),
    }


def test_an_interrupted_dft_set_continues_to_the_same_bytes(tmp_path: Path) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    make(PULLED, whole, io.StringIO())
    with pytest.raises(KeyboardInterrupt):
        make(PULLED, part, InterruptedAfter(6))  # four geometries, then the second label
    (journal,) = part.iterdir()
    assert journal.name == ".h2_pulled.partial.jsonl"
    before = journal.read_text()
    damaged = before[:-9]  # killed while it wrote the last line
    journal.write_text(damaged)
    make(PULLED, part, io.StringIO())
    assert contents(part) == contents(whole)


@pytest.mark.slow
def test_two_processes_make_the_same_files(tmp_path: Path) -> None:
    make(HYDROGEN, tmp_path / "one", io.StringIO())
    make(HYDROGEN, tmp_path / "two", io.StringIO(), workers=Workers(2))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_without_pyscf_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyscf", None)
    with pytest.raises(
        LabelError, match=r'needs the package pyscf; install it with: pip install -e "\.\[labels\]"'
    ):
        make(HYDROGEN, tmp_path / "new", io.StringIO())
    assert not (tmp_path / "new").exists()


def test_test_points_keep_their_distance_and_follow_the_seed() -> None:
    train, test = LIH.train_distances(), LIH.test_distances(LIH.seed)
    assert min(abs(a - b) for a in train for b in test) >= MIN_GAP
    assert min(test) >= 0.9
    assert max(test) <= 4.5
    assert test == LIH.test_distances(LIH.seed)
    assert test != LIH.test_distances(LIH.seed + 1)
