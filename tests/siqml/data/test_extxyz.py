from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siqml.data.extxyz import read_structures, write_structures
from siqml.errors import DataError
from siqml.structures import Structures

HEAD = "Properties=species:S:1:pos:R:3:forces:R:3"
GOOD = f"2\n{HEAD} energy=-1.5\nLi 0 0 -1 0 0 2\nH 0 0 1 0 0 -2\n"
NO_FORCES = "2\nProperties=species:S:1:pos:R:3 energy=-1.5\nLi 0 0 -1\nH 0 0 1\n"


def read(tmp_path: Path, text: str) -> Structures:
    path = tmp_path / "a.extxyz"
    path.write_text(text)
    return read_structures(path, ["Li", "H"])


def message(tmp_path: Path, text: str) -> str:
    with pytest.raises(DataError) as error:
        read(tmp_path, text)
    return str(error.value).removeprefix(f"{tmp_path}/")


def test_round_trip(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    positions, forces = rng.normal(size=(4, 3, 3)).round(8), rng.normal(size=(4, 3, 3)).round(8)
    before = Structures(("O", "H", "H"), positions, rng.normal(size=4), forces, "here")
    write_structures(tmp_path / "a.extxyz", before)
    after = read_structures(tmp_path / "a.extxyz")
    assert after.species == before.species
    for name in ("positions", "energies", "forces"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_ase_sees_the_labels(tmp_path: Path) -> None:
    from ase.io import read as ase_read

    write_structures(tmp_path / "a.extxyz", read(tmp_path, GOOD))
    atoms = ase_read(tmp_path / "a.extxyz")
    assert atoms.get_potential_energy() == -1.5
    np.testing.assert_array_equal(atoms.get_forces(), [[0, 0, 2], [0, 0, -2]])


def test_another_atom_order_is_sorted_out(tmp_path: Path) -> None:
    swapped = f"2\n{HEAD} energy=-1.5\nH 0 0 1 0 0 -2\nLi 0 0 -1 0 0 2\n"
    for name in ("positions", "forces"):
        np.testing.assert_array_equal(
            getattr(read(tmp_path, swapped), name), getattr(read(tmp_path, GOOD), name)
        )


def test_forces_may_be_missing(tmp_path: Path) -> None:
    assert read(tmp_path, NO_FORCES).forces is None


def test_ref_labels_are_read_and_win(tmp_path: Path) -> None:
    text = "1\nProperties=species:S:1:pos:R:3:REF_forces:R:3 energy=1 REF_energy=2\nH 0 0 0 0 0 3\n"
    (tmp_path / "a.extxyz").write_text(text)
    found = read_structures(tmp_path / "a.extxyz")
    assert found.energies[0] == 2.0
    assert found.forces is not None
    np.testing.assert_array_equal(found.forces, [[[0, 0, 3]]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a.extxyz: empty file; an extxyz file with energies is needed"),
        (
            GOOD + GOOD.replace("energy=-1.5", "name=x"),
            "a.extxyz: structure 2 has no energy; every structure needs one "
            '(extxyz: "energy" or "REF_energy" on its comment line)',
        ),
        (GOOD + "-3\n\n", "a.extxyz: structure 2 is without atoms; this needs Li H"),
        (GOOD.replace("Li", "Na"), "a.extxyz: structure 1 is Na H; this needs Li H"),
        (
            "1\nProperties=species:S:1:pos:R:3 energy=1\nLi 0 0 0\n",
            "a.extxyz: structure 1 is Li; this needs Li H",
        ),
        (GOOD.replace("-1 0 0 2", "nan 0 0 2"), "a.extxyz: structure 1: its position is no finite number"),
        (GOOD.replace("-1.5", "inf"), "a.extxyz: structure 1: its energy is no finite number"),
        (GOOD.replace("1 0 0 -2", "1 0 0 nan"), "a.extxyz: structure 1: its force is no finite number"),
        (GOOD + NO_FORCES, "a.extxyz: structure 2 has no forces, others have; give all or none"),
        (
            GOOD.replace("energy", 'pbc="T T T" Lattice="9 0 0 0 9 0 0 0 9" energy'),
            "a.extxyz: structure 1 is periodic; siqml models are of molecules: unwrap it and drop the cell",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, expected: str) -> None:
    assert message(tmp_path, text) == expected


@pytest.mark.parametrize("text", [GOOD + "2\n", GOOD + GOOD[:-16], "hello\n", "2\n"])
def test_truncated_and_foreign_files(tmp_path: Path, text: str) -> None:
    assert message(tmp_path, text).startswith("a.extxyz: unreadable after ")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_structures(tmp_path / "none.extxyz")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD)), st.text(alphabet="\n 0129.-eE=\"':HLiRx\x00é", max_size=6))
def test_damage_is_an_error_or_read_as_it_stands(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.extxyz"
    path.write_text(GOOD[:at] + noise + GOOD[at + len(noise) :], encoding="utf-8")
    try:
        found = read_structures(path, ["Li", "H"])
    except DataError as error:
        if "\n" in str(error):
            pytest.fail("the message has several lines")
    else:
        assert np.isfinite(found.positions).all()
