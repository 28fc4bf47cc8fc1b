"""Comment lines that differ only in numbers are read once, and mean the same as if each were read."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siqml.data.reading import extxyz
from siqml.data.reading.convert import convert
from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.data.reading.layout import names_of_numbers, parted
from siqml.errors import DataError
from siqml.molecule.structures import Structures

FORCES = "Properties=species:S:1:pos:R:3:forces:R:3"
ROWS = "Li 0 0 -1 0 0 2\nH 0 0 1 0 0 -2\n"

VARIED = [
    f"2\n{FORCES} energy=-1.5\n{ROWS}",
    f"2\n{FORCES} energy=-2.25\nLi 0.1 0 -1 0 0 2\nH 0 0 1.5 0 0 -2\n",
    f"2\n{FORCES} energy=-1.75e0 charge=0\n{ROWS}",
    f"2\n{FORCES} energy=-1.125 charge=0\nH 0 0 1 0 0 -2\nLi 0 0 -1.0D0 0 0 2\n",
    f'2\n{FORCES} energy=3 dipole="0.1 0 1e-3" pbc="F F F"\n{ROWS}',
    f'2\n{FORCES} energy=4 dipole="0.2 0 2e-3" pbc="F F F"\n1 0 0 -1 0 0 2\nLi2 0 0 1 0 0 -2\n',
    f"2\n{FORCES} energy='-5.5' note=\"energy=7 \"\n{ROWS}",
    f"2\n{FORCES} energy=-6D0\n{ROWS}",
    "2\nProperties=species:S:1:velo:R:3:pos:R:3:forces:R:3:Q:R:1 energy=8\n"
    "Li 1 2 3 0 0 -1 0 0 2 9\nH 4 5 6 0 0 1 0 0 -2 9\n",
    f"2\n{FORCES} energy=-1.25\nD 0 0 1 0 0 -2\nLi 0 0 -1 0 0 2\n",
]  # fmt: skip
"""Structures of LiH, with each kind of line once or twice."""


def read(path: Path, text: str) -> Structures | str:
    path.write_text(text)
    try:
        return read_structures(path)
    except DataError as error:
        return str(error)


def same(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Structures | str:
    """What is read, which must be the same as if every comment line were read."""
    found = read(path, text)
    with monkeypatch.context() as change:
        change.setattr(extxyz, "names_of_numbers", lambda comment: None)
        plain = read(path, text)
    assert isinstance(found, str) == isinstance(plain, str)
    if isinstance(found, str) or isinstance(plain, str):
        assert found == plain
        return found
    for name in ("species", "charges", "remarks"):
        assert getattr(found, name) == getattr(plain, name)
    for name in ("positions", "energies", "forces"):
        np.testing.assert_array_equal(getattr(found, name), getattr(plain, name))
    return found


def test_a_varied_file_is_read_as_if_each_line_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = same(tmp_path / "a.xyz", "".join(VARIED * 3), monkeypatch)
    assert isinstance(found, Structures)
    assert found.energies.tolist() == [-1.5, -2.25, -1.75, -1.125, 3, 4, -5.5, -6, 8, -1.25] * 3
    assert found.positions[3].tolist() == [[0, 0, -1], [0, 0, 1]]
    assert found.charges == (0.0,)


BAD = [
    f"2\n{FORCES} energy=-1.5 energy=2\n{ROWS}",
    f"2\n{FORCES} energy=nan\n{ROWS}",
    f"2\n{FORCES} energy=1e999\n{ROWS}",
    f'2\n{FORCES} energy="1 2"\n{ROWS}',
    f"2\n{FORCES} energy=\n{ROWS}",
    f"2\n{FORCES} energy=-1.5 pbc=1\n{ROWS}",
    f"2\n{FORCES} energy=-1.5 charge=x\n{ROWS}",
    f'2\n{FORCES} energy=-1.5 virial="1 2 3"\n{ROWS}',
    f"2\n{FORCES} energy=-1.5 Lattice=5\n{ROWS}",
    f"2\n{FORCES} energy=-1.5\nLi 0 0 -1 0 0\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nLi 0 0 -1 0 0 2 7\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nLi 0 0 1_0 0 0 2\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nLi 0 0 - 0 0 2\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nLi 0 0 nan 0 0 2\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nLi 0 0 \u0661 0 0 2\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nXx 0 0 1 0 0 2\nH 0 0 1 0 0 -2\n",
    f"2\n{FORCES} energy=-1.5\nNa 0 0 1 0 0 2\nH 0 0 1 0 0 -2\n",
    "2\nProperties=species:S:1:pos:R:3 energy=-1.5\nLi 0 0 1\nH 0 0 1\n",
    f"2\n{FORCES} energy=-1.5 REF_energy=2\n{ROWS}",
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_is_refused_is_refused_in_the_same_words(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join([*VARIED, bad, *VARIED])
    assert isinstance(same(tmp_path / "a.xyz", text, monkeypatch), str)


WORDS = st.sampled_from(
    ["energy", "charge", "pbc", "note", "=", " = ", "1", "-2.5", '"1 2"', '"', "'", "\\", "{", "]", "F", "x=5", " ",
     "_"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_any_comment_line_means_what_it_meant(tmp_path_factory, one: list[str], other: list[str]) -> None:
    lines = [f"{FORCES} energy=-1 {''.join(words)}" for words in (one, one, other, one, other)]
    lines[1] = lines[1].replace("1", "3")
    text = "".join(f"2\n{line}\n{ROWS}" for line in lines)
    with pytest.MonkeyPatch.context() as change:
        same(tmp_path_factory.mktemp("any") / "a.xyz", text, change)


def test_a_line_is_cut_where_its_numbers_are() -> None:
    assert parted('energy=-1 dipole="1 2" a=b') == (("energy=", ' dipole="', '" a=b'), ("-1", None))
    assert parted("energy=1_0") == (("energy=1_0",), ())
    assert names_of_numbers('energy=-1 dipole="1 2" a=b') == ["energy", "dipole"]
    for hidden in ("note='energy=5 '", "a=b=5", "energy= 5", "x={energy=5 }", "pbc=1", "Lattice=5"):
        assert names_of_numbers(hidden) is None


def test_many_kinds_of_line_are_forgotten_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extxyz, "MAX_LAYOUTS", 2)
    assert isinstance(same(tmp_path / "a.xyz", "".join(VARIED * 2), monkeypatch), Structures)


@pytest.mark.parametrize("with_forces", [True, False])
def test_files_are_those_that_ase_writes(with_forces: bool, tmp_path: Path) -> None:
    """To the byte; also numbers that are wider than their column, and energies of all sizes."""
    from ase import Atoms
    from ase.calculators.singlepoint import SinglePointCalculator
    from ase.io import write

    rng = np.random.default_rng(5)
    sizes = 10.0 ** rng.integers(-12, 12, size=(50, 1, 1))
    positions, forces = rng.normal(size=(50, 3, 3)) * sizes, -rng.normal(size=(50, 3, 3)) * sizes
    energies = np.array([0.0, -0.0, 1.0, 1e22, -1e-7, *rng.normal(size=45)])
    frames = []
    for place, energy, force in zip(positions, energies, forces, strict=True):
        atoms = Atoms(["Na", "H", "Cl"], positions=place)
        labels = {"energy": float(energy)} | ({"forces": force} if with_forces else {})
        atoms.calc = SinglePointCalculator(atoms, **labels)
        frames.append(atoms)
    write(tmp_path / "ase.extxyz", frames, format="extxyz")
    found = Structures(("Na", "H", "Cl"), positions, energies, forces if with_forces else None, "here")
    write_structures(tmp_path / "own.extxyz", found)
    assert (tmp_path / "own.extxyz").read_bytes() == (tmp_path / "ase.extxyz").read_bytes()


def test_conversion_of_a_varied_file_is_that_of_ase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xyz").write_text("".join(VARIED * 2))
    monkeypatch.setattr(extxyz, "CHUNK", 7)
    converted = convert(tmp_path / "a.xyz", tmp_path / "b.xyz").read_text().splitlines()
    assert len(converted) == 4 * 20
    assert converted[:4] == [
        "2",
        'Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 pbc="F F F"',
        "Li       0.00000000       0.00000000      -1.00000000       0.00000000       0.00000000       2.00000000",
        "H        0.00000000       0.00000000       1.00000000       0.00000000       0.00000000      -2.00000000",
    ]
    assert converted[13] == 'Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.125 pbc="F F F"'
