import json
from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.data.reading.convert import convert, split
from siqml.data.reading.declared_units import ASE_UNITS, DeclaredUnits
from siqml.data.reading.extxyz import read_structures
from siqml.errors import DataError
from siqml.files import sha256
from siqml.molecule.units import HARTREE

POSITIONS = np.random.default_rng(7).normal(size=(9, 2, 3)).round(6)
ENERGIES = np.arange(9.0)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    np.savez(tmp_path / "mine.npz", z=np.array([3, 1]), R=POSITIONS, E=ENERGIES)
    return tmp_path / "mine.npz"


def test_convert_writes_ev_and_angstrom(archive: Path, tmp_path: Path) -> None:
    found = read_structures(convert(archive, tmp_path / "a.extxyz", DeclaredUnits("hartree", "angstrom")))
    np.testing.assert_allclose(found.energies, ENERGIES * HARTREE)
    np.testing.assert_array_equal(found.positions, POSITIONS)


def test_split_says_what_went_where(archive: Path, tmp_path: Path) -> None:
    paths = split(archive, tmp_path / "parts", 5, 3, seed=2, units=ASE_UNITS)
    assert [path.name for path in paths] == ["mine_train.extxyz", "mine_test.extxyz", "mine.split.json"]
    record = json.loads(paths[2].read_text())
    assert record["seed"] == 2
    assert record["sha256"] == sha256(archive)
    assert len({*record["train"], *record["test"]}) == 8
    for path, part in zip(paths, ("train", "test"), strict=False):
        np.testing.assert_array_equal(read_structures(path).energies, ENERGIES[record[part]])


def test_the_seed_decides_and_the_rest_tests(archive: Path, tmp_path: Path) -> None:
    files = [
        split(archive, tmp_path / name, 5, None, seed, ASE_UNITS)[2].read_text()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert files[0] == files[1] != files[2]
    assert len(json.loads(files[0])["test"]) == 4


def test_no_test_set_no_test_file(archive: Path, tmp_path: Path) -> None:
    paths = split(archive, tmp_path / "parts", 9, None, 0, ASE_UNITS)
    assert [path.name for path in paths] == ["mine_train.extxyz", "mine.split.json"]


def test_nothing_is_overwritten(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "mine_test.extxyz").write_text("precious")
    with pytest.raises(DataError, match="exists; choose another place, or remove it"):
        split(archive, tmp_path, 5, None, 0, ASE_UNITS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.npz", "mine_test.extxyz"]


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["convert", "{}", "a.extxyz"], "mine.npz: nothing declares its unit of energy and length; do so with"),
        (["convert", "{}", "a.extxyz", "--energy-unit", "kcal"], 'your unit: unknown unit "kcal"; did you mean'),
        (["split", "{}", "--train", "0", "--energy-unit", "eV", "--length-unit", "nm"],
         "--train 0: at least one structure is needed to train"),
        (["split", "{}", "--train", "10", "--energy-unit", "eV", "--length-unit", "nm"],
         "10 + 0 structures wanted for training and test; there are 9"),
        (["split", "{}"], "siqml data split: the following arguments are required: --train; see siqml data split"),
        (["check", "lih", "--points", "0"], "--points 0: at least one point is needed"),
    ],
)  # fmt: skip
def test_every_mistake_is_one_line(
    archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["data", *(part.format(archive.name) for part in argv)])
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2
    line = capsys.readouterr().err
    assert expected in line
    assert line.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.npz"]


def test_the_commands_write_and_name_their_files(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units = ["--energy-unit", "eV", "--length-unit", "angstrom"]
    assert main(["data", "convert", str(archive), str(tmp_path / "a.extxyz"), *units]) == 0
    assert main(["data", "split", str(archive), "--train", "6", "-o", str(tmp_path / "b"), *units]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [Path(line).name for line in lines] == [
        "a.extxyz", "mine_train.extxyz", "mine_test.extxyz", "mine.split.json"
    ]  # fmt: skip
    assert all(Path(line).is_file() for line in lines)


def test_the_list_names_every_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list"]) == 0
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()[1:]}
    assert rows["lih"][:2] == ["53", "81"]
    assert rows["lih_periodic"][:2] == ["113", "187"]
    assert rows["water"][:2] == ["473", "474"]
