"""What is said about labels that can be read but are probably wrong; no false alarm on sound ones."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siqml.data.reading.declared_units import UNDECLARED
from siqml.data.reading.doubts import doubts, doubts_between, warn
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.read import read_data
from siqml.data.reading.shipped import shipped_file, shipped_files, shipped_sets
from siqml.molecule.structures import Structures
from siqml.molecule.units import BOHR, HARTREE, KCAL_PER_MOL, MILLI


def shipped(name: str) -> Structures:
    return read_structures(shipped_file(name))


@pytest.mark.parametrize("name", shipped_files())
@pytest.mark.parametrize("every", [1, 5])
def test_no_false_alarm(name: str, every: int) -> None:
    found = shipped(name)
    assert doubts(found.chosen(range(0, len(found), every))) == []


@pytest.mark.parametrize("name", shipped_sets())
def test_no_false_alarm_between_parts(name: str) -> None:
    files = [file for file in shipped_files() if file.rpartition("_")[0] == name]
    for first in files:
        for second in files:
            assert doubts_between(shipped(first), shipped(second)) == []


def test_a_hotter_set_is_no_other_zero() -> None:
    assert doubts_between(shipped("water_train.extxyz"), shipped("water_wide_test.extxyz")) == []


@pytest.mark.parametrize(
    "name", ["lih_train", "water_test", "dimer_cool_train", "dimer_300K_test", "dimer_cut_train"]
)
@pytest.mark.parametrize(
    ("energy", "force"),
    [
        (1 / KCAL_PER_MOL, 1.0), (1.0, 1 / KCAL_PER_MOL), (1.0, BOHR / HARTREE), (1 / HARTREE, 1.0), (1 / MILLI, 1.0),
        (1.0, -1.0), (1.0, BOHR), (1.0, 0.0),
    ],
)  # fmt: skip
def test_forces_that_contradict_the_energies(name: str, energy: float, force: float) -> None:
    found = shipped(f"{name}.extxyz")
    assert found.forces is not None
    (line,) = doubts(replace(found, energies=found.energies * energy, forces=found.forces * force))
    assert line.startswith(f"{found.source}: between neighbouring structures the energy changes ")
    assert line.endswith(
        " times as much as the forces say (1 is right): does one of them have another unit, sign or method?"
    )


def test_a_wrong_unit_is_found_by_its_factor() -> None:
    found = shipped("water_train.extxyz")
    (line,) = doubts(replace(found, energies=found.energies / KCAL_PER_MOL))
    assert "changes 23.1 times" in line
    (line,) = doubts(replace(found, positions=found.positions / BOHR))
    assert "changes 0.529 times" in line


def test_turned_and_mirrored_structures_are_sound() -> None:
    found = shipped("water_test.extxyz")
    assert found.forces is not None
    turns = [
        (-1) ** k * np.linalg.qr(np.random.default_rng(k).normal(size=(3, 3)))[0] for k in range(len(found))
    ]
    assert {round(float(np.linalg.det(turn))) for turn in turns} == {1, -1}
    moved, pulled = (
        np.array([rows @ turn for rows, turn in zip(array, turns, strict=True)])
        for array in (found.positions, found.forces)
    )
    assert doubts(replace(found, positions=moved, forces=pulled)) == []


@pytest.mark.parametrize("entries", [1, 15, 1 << 20])
def test_two_atoms_on_one_spot(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result does not depend on how many structures are looked at at once."""
    monkeypatch.setattr("siqml.data.reading.doubts.ENTRIES", entries)
    found = shipped("water_test.extxyz")
    positions = found.positions.copy()
    positions[3, 2] = positions[3, 1]
    positions[7, 0] = positions[7, 1] + 0.1
    assert doubts(replace(found, positions=positions, forces=None)) == [
        f"{found.source}: structure 3 (counted from 0): atoms 1 (H) and 2 (H) are 0.000 angstrom apart (2 such "
        "structures): one position twice, or a wrong unit of length?"
    ]


def test_another_zero_of_energy() -> None:
    train, test = shipped("water_train.extxyz"), shipped("water_test.extxyz")
    (line,) = doubts_between(train, replace(test, energies=test.energies - 3.0))
    assert line.startswith(f"{test.source}: its energies, ")
    assert line.endswith(" eV: another zero, unit or method?")
    assert doubts_between(train, replace(test, energies=test.energies - 0.05)) == []


CHARGED = "1\nenergy=-1 charge={}\nH 0 0 0\n"


def test_mixed_charges(tmp_path: Path) -> None:
    for name, charges in (("mixed", (0, 1)), ("cation", (1, 1)), ("neutral", (0, 0))):
        (tmp_path / f"{name}.xyz").write_text("".join(CHARGED.format(charge) for charge in charges))
    mixed, cation, neutral = (read_data(tmp_path / f"{name}.xyz") for name in ("mixed", "cation", "neutral"))
    assert doubts(mixed) == [
        f"{mixed.source}: structures of different charge, 0 and 1; a model has one energy surface, so keep those of "
        "one charge"
    ]
    assert doubts(cation) == doubts(neutral) == []
    assert doubts_between(neutral, cation) == [
        f"{cation.source}: charge 1, but the training set has 0: these are other molecules"
    ]
    block = "begin\natom 0 0 0 H 0 0 0 0 0\nenergy 1\ncharge {}\nend\n"
    (tmp_path / "input.data").write_text(block.format(0) + block.format(1))
    from siqml.data.reading.declared_units import ASE_UNITS

    assert read_data(tmp_path / "input.data", None, ASE_UNITS).charges == (0.0, 1.0)


def test_what_a_reader_remarks_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("1\nenergy=-1\nD 0 0 0\n")
    found = read_data(tmp_path / "a.xyz", None, UNDECLARED)
    assert doubts(found) == list(found.remarks) != []
    stream = io.StringIO()
    warn(["one", "two"], stream)
    assert stream.getvalue() == "warning: one\nwarning: two\n"


def test_few_structures_decide_nothing() -> None:
    few = shipped("water_train.extxyz").chosen(range(4))
    assert few.forces is not None
    assert doubts(replace(few, forces=-few.forces)) == []
    alone = Structures(("H",), np.zeros((1, 1, 3)), np.zeros(1), np.zeros((1, 1, 3)), "one atom")
    assert doubts(alone) == []
