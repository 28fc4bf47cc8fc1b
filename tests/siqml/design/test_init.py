"""``siqml init``: files that train as they are, and one line for what cannot be a molecule."""

import re
from pathlib import Path

import numpy as np
import pytest
from ase.build import molecule

import eqcompile as eq
from siqml.commands.main import main
from siqml.data.reading.extxyz import write_structures
from siqml.data.reading.read import read_data
from siqml.data.reading.shipped import shipped_file
from siqml.design.choosing import choices, compiled, designed
from siqml.design.texts import loss_weights
from siqml.molecule.structures import Structures

WATER = str(shipped_file("water_train.extxyz"))


def vibrating(name: str, count: int = 20, size: float = 0.03) -> Structures:
    """A molecule that is shaken, on springs between all atoms."""
    atoms = molecule(name)
    still = atoms.get_positions()
    moved = still + size * np.random.default_rng(0).normal(size=(count, *still.shape))
    forces = 10 * (still - moved)
    forces -= forces.mean(axis=1, keepdims=True)
    energies = 5 * ((moved - still) ** 2).sum(axis=(1, 2))
    return Structures(tuple(atoms.get_chemical_symbols()), moved, energies, forces, name)


@pytest.mark.parametrize(
    ("name", "qubits", "spectators", "exchanges"),
    [
        ("LiH", 4, 3, 0),
        ("H2", 4, 2, 1),
        ("H2O", 4, 2, 1),
        ("HCN", 4, 2, 0),
        ("CO2", 4, 2, 1),
        ("NH3", 7, 3, 2),
        ("H2CO", 5, 1, 1),
        ("H2O2", 5, 0, 1),
    ],
)
def test_small_molecules(name: str, qubits: int, spectators: int, exchanges: int) -> None:
    design = designed(vibrating(name), depth=4)
    assert (design.num_qubits, design.choice.spectators) == (qubits, spectators)
    assert len(design.exchanges) == exchanges
    assert compiled(design).certificate


def test_a_model_without_an_invariant_state_is_passed_over() -> None:
    """Three hydrogens and one spin beside them have no singlet that all exchanges keep."""
    design = designed(vibrating("NH3"), depth=2)
    assert [reason for _, reason in design.refused] == ["no invariant state"]


def test_choices_have_an_even_number_of_spins_and_rise() -> None:
    for sites in (1, 2, 3, 5):
        found = [choice.spins(sites) for choice in choices(sites)]
        assert found == sorted(found)
        assert all(count % 2 == 0 and count >= 4 for count in found)


def test_what_is_written_trains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "water"
    assert main(["init", WATER, "-o", str(folder), "--depth", "4", "--test-share", "0.5"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"OH2: 4 qubits, \d+ parameters, proven invariant", told)
    assert len(read_data(folder / "train.extxyz")) == 237
    assert len(read_data(folder / "test.extxyz")) == 236
    assert eq.verify(eq.load(folder / "spec.yaml"))
    settings = ["--set", "gauss_newton.steps=25"]
    assert main(["train", str(folder / "config.yaml"), "-o", str(folder / "run"), *settings]) == 0
    found = read_data(folder / "test.extxyz")
    shown = capsys.readouterr().out
    block = shown[shown.index("test.extxyz") :]
    error = float(re.search(r"force components, eV/A +(\S+)", block)[1])  # type: ignore[index]
    assert error < 0.05 * np.mean(np.square(found.forces))


def test_energies_alone(tmp_path: Path) -> None:
    whole = vibrating("H2O", 12)
    source = tmp_path / "w.extxyz"
    write_structures(source, Structures(whole.species, whole.positions, whole.energies, None, "w"))
    assert main(["init", str(source), "-o", str(tmp_path / "new"), "--depth", "2"]) == 0
    config = (tmp_path / "new" / "config.yaml").read_text()
    assert "forces:" not in config


def test_weights_make_an_ignorant_model_cost_one() -> None:
    whole = vibrating("H2O")
    energy, forces = loss_weights(whole)
    assert energy * np.var(whole.energies) == pytest.approx(1)
    assert forces is not None
    assert forces * np.mean(np.square(whole.forces)) == pytest.approx(1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.extxyz", "-o", "new"], "missing.extxyz: no such file"),
        ([WATER, "-o", "there"], "there/spec.yaml: exists; choose another folder"),
        ([WATER, "-o", "new", "--test-share", "1"], "--test-share 1: needed is a number between 0 and 1"),
        ([WATER, "-o", "new", "--test", WATER, "--test-share", "0.1"], "leave one of the two out"),
        (["few.extxyz", "-o", "new"], "few.extxyz: 4 structures; at least 10 are needed"),
        (["atom.extxyz", "-o", "new"], "a single atom has no internal motion"),
        (["large.extxyz", "-o", "new"], "12 sites need more than the 10 spins"),
    ],
)
def test_one_line_for_what_cannot_be_started(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("there/spec.yaml").write_text("mine")
    few = vibrating("H2O", 4)
    write_structures(Path("few.extxyz"), few)
    single = Structures(("O",), np.zeros((12, 1, 3)), np.arange(12.0), np.zeros((12, 1, 3)), "x")
    write_structures(Path("atom.extxyz"), single)
    write_structures(Path("large.extxyz"), vibrating("C6H6", 12, 0.01))
    assert main(["init", *arguments]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not Path("new").exists()
    assert Path("there/spec.yaml").read_text() == "mine"
