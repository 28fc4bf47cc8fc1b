import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.errors import DataError
from siqml.molecule.structures import Structures

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
            "a.extxyz:5: structure 1 has no energy; every structure needs one "
            '(extxyz: "energy" or "REF_energy" on its comment line)',
        ),
        (
            GOOD + "-3\n\n",
            'a.extxyz:5: "-3" found; needed: the number of atoms of structure 1, alone on its line',
        ),
        (GOOD.replace("Li", "Na"), "a.extxyz:1: structure 0 is Na H; this needs Li H"),
        (
            "1\nProperties=species:S:1:pos:R:3 energy=1\nLi 0 0 0\n",
            "a.extxyz:1: structure 0 is Li, an isolated atom; this needs Li H; take it out of the file: a "
            "model is of one molecule",
        ),
        (
            GOOD.replace("-1 0 0 2", "nan 0 0 2"),
            "a.extxyz:1: structure 0: its position is not a finite number",
        ),
        (GOOD.replace("-1.5", "inf"), "a.extxyz:1: structure 0: its energy is not a finite number"),
        (GOOD.replace("1 0 0 -2", "1 0 0 nan"), "a.extxyz:1: structure 0: its force is not a finite number"),
        (
            GOOD + NO_FORCES,
            "a.extxyz:5: structure 1 has no forces, but others do; give forces for all structures or for none",
        ),
        (
            GOOD.replace("energy", 'pbc="T T T" Lattice="9 0 0 0 9 0 0 0 9" energy'),
            "a.extxyz:1: structure 0 is periodic; siqml models are of molecules: unwrap it and drop the cell",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, expected: str) -> None:
    assert message(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD + "2\n", "a.extxyz:5: the file ends inside structure 1, after 0 of 2 atoms"),
        (GOOD + GOOD[:-16], "a.extxyz:7: the file ends inside structure 1, after 1 of 2 atoms"),
        ("2\n", "a.extxyz:1: the file ends inside structure 0, after 0 of 2 atoms"),
        (
            "hello\n",
            'a.extxyz:1: "hello" found; needed: the number of atoms of structure 0, alone on its line',
        ),
        (
            "9" * 5000 + GOOD[1:],
            f'a.extxyz:1: "{"9" * 40}..." found; needed: the number of atoms of structure 0, alone on its line',
        ),
        (
            GOOD.replace("Li", "3" * 5000, 1),
            f'a.extxyz:3: "{"3" * 40}..." is not an element; write its symbol, such as O',
        ),
        (GOOD + "junk\n", 'a.extxyz:5: "junk" found; needed: the number of atoms of structure 1, alone on its line'),
        (GOOD.replace("\nH", "\n\nH"), "a.extxyz:4: an empty line inside structure 0, after 1 of 2 atoms"),
        (
            GOOD + "VEC1 9 0 0\n",
            "a.extxyz:5: a cell vector; siqml models are of molecules: unwrap it and drop the cell",
        ),
        (GOOD.replace("0 0 2", "0 0 2 7"), "a.extxyz:3: 8 columns; Properties names 7; name them all: "
         "Properties=species:S:1:pos:R:3:forces:R:3"),
        (GOOD.replace("0 0 2", "0 2"), "a.extxyz:3: 6 columns; Properties names 7; a value is missing in structure 0"),
        ("1\nenergy=1\nH 0 0 0 1 2 3\n", "a.extxyz:3: 7 columns; without Properties there are 4; name them all: "
         "Properties=species:S:1:pos:R:3:forces:R:3"),
        (GOOD.replace("-1 0 0 2", "-1,0 0 0 2"), 'a.extxyz:3: "-1,0" is not a number'),
        (GOOD.replace("-1 0 0 2", "1_0 0 0 2"), 'a.extxyz:3: "1_0" is not a number'),
        (GOOD.replace("Li", "OW"), 'a.extxyz:3: "OW" is not an element; write its symbol, such as O'),
        (GOOD.replace("Li", "119"), 'a.extxyz:3: "119" is not an element; write its symbol, such as O'),
        (GOOD.replace("pos:R:3", "pos:R:x"), 'a.extxyz:2: Properties "species:S:1:pos:R:x:forces:R:3" is unreadable; '
         "needed: names, types and numbers of columns, such as species:S:1:pos:R:3:forces:R:3"),
        (GOOD.replace("pos:R:3", "pos:R:99999999"), 'a.extxyz:2: Properties "species:S:1:pos:R:99999999:forces:R:3" '
         "is unreadable; needed: names, types and numbers of columns, such as species:S:1:pos:R:3:forces:R:3"),
        (GOOD.replace("forces:R:3", "forces:S:3"), 'a.extxyz:2: Properties has "forces", which is not three numbers '
         "for each atom; write forces as forces:R:3, or leave them out with --forces-key none"),
        (GOOD.replace("forces:R:3", "fx:R:1:fy:R:1:fz:R:1"), 'a.extxyz:2: Properties has "fx", which is not three '
         "numbers for each atom; write forces as forces:R:3, or leave them out with --forces-key none"),
        (GOOD.replace("pos:R:3", "place:R:3"), "a.extxyz:2: Properties names no pos:R:3, the positions"),
        (GOOD.replace("species", "what"), "a.extxyz:2: Properties names no species:S:1, the elements"),
        (GOOD.replace("energy", "Lattice=1 energy"), "a.extxyz:2: comment line unreadable (Got info item Lattice, "
         "expecting special 3x3 matrix, but value is not in the form of a 9-long numerical vector)"),
        (GOOD.replace("Properties=", "="), "a.extxyz:2: comment line unreadable; write pairs such as "
         "energy=-10.5"),
        (GOOD.replace("energy=-1.5", "energy=-1.5 energy=-2.5"), "a.extxyz:2: energy is given twice; keep one of them"),
        (GOOD.replace("-1.5", '"-1,5"'), 'a.extxyz:2: energy is "-1,5"; needed: one number, such as -10.5'),
        (GOOD.replace("-1.5", "-1,5"), 'a.extxyz:2: energy is "-1,5"; needed: one number, such as -10.5'),
        (GOOD.replace("-1.5", '"-1.5 -1.4"'), 'a.extxyz:2: energy is "-1.5 -1.4"; needed: one number, such as -10.5'),
        (GOOD.replace("-1.5", "T"), 'a.extxyz:2: energy is "T"; needed: one number, such as -10.5'),
        (GOOD.replace("-1.5", ""), "a.extxyz:2: energy is empty in structure 0; write one number, such as -10.5"),
        (GOOD.replace("energy", "charge=x energy"), 'a.extxyz:2: charge is "x"; needed: one number, such as -1'),
        (GOOD + "\0", "a.extxyz:5: a zero byte, so it is not text"),
    ],
)  # fmt: skip
def test_every_line_is_accounted_for(tmp_path: Path, text: str, expected: str) -> None:
    assert message(tmp_path, text) == expected


@pytest.mark.parametrize("between", ["\n", "\n\n  \n", ""])
def test_empty_lines_between_structures_lose_none(tmp_path: Path, between: str) -> None:
    found = read(
        tmp_path, between.join([GOOD, GOOD.replace("-1.5", "-2.5"), GOOD.replace("-1.5", "-3.5")]) + between
    )
    np.testing.assert_array_equal(found.energies, [-1.5, -2.5, -3.5])


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("\nLi", "\nLi1").replace("\nH", "\nH_2"),
        GOOD.replace("\nLi", "\n3").replace("\nH", "\n1"),
        GOOD.replace("-1.5", "-0.15D+01").replace("0 0 2", "0 0 2.0d0"),
        GOOD.replace("\nLi", "\nLI").replace("\nH", "\nh"),
        GOOD.replace("energy=", "energy = "),
        GOOD.replace("-1.5", '"-1.5"'),
        GOOD.replace("energy", 'Lattice="9 0 0 0 9 0 0 0 9" pbc="F F F" energy'),
        GOOD.replace("species:S:1", "Z:I:1").replace("\nLi", "\n3").replace("\nH", "\n1"),
        GOOD.replace("energy", "other energy"),
    ],
)
def test_other_ways_of_writing_mean_the_same(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.extxyz").write_bytes(text.encode())
    found, same = read_structures(tmp_path / "a.extxyz", ["Li", "H"]), read(tmp_path, GOOD)
    assert found.energies[0] == same.energies[0] == -1.5
    for name in ("positions", "forces"):
        np.testing.assert_array_equal(getattr(found, name), getattr(same, name))


def test_utf_16_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.extxyz").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(DataError, match="text in UTF-16 or UTF-32; save it as UTF-8"):
        read_structures(tmp_path / "a.extxyz")


def test_deuterium_is_hydrogen_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD.replace("\nH", "\nD"))
    assert found.species == ("Li", "H")
    assert [line.partition("a.extxyz: ")[2] for line in found.remarks] == [
        "D and T are read as H; the mass plays no part in energies and forces"
    ]
    assert read(tmp_path, GOOD).remarks == ()


def test_isolated_atoms_do_not_decide_what_the_molecule_is(tmp_path: Path) -> None:
    (tmp_path / "a.extxyz").write_text("1\nenergy=-0.5\nH 0 0 0\n" + NO_FORCES + NO_FORCES)
    with pytest.raises(DataError) as error:
        read_structures(tmp_path / "a.extxyz")
    assert str(error.value) == (
        f"{tmp_path}/a.extxyz:1: structure 0 is H, an isolated atom; most structures here are Li H; take it out of the "
        "file: a model is of one molecule"
    )


def test_shipped_files_are_read_as_ase_reads_them() -> None:
    from ase.io import iread

    from siqml.data.reading.shipped import shipped_file

    path = shipped_file("dimer_cut_train.extxyz")
    found = read_structures(path)
    frames = list(iread(path, index=":", format="extxyz"))
    assert len(found) == len(frames)
    assert found.forces is not None
    for i, atoms in enumerate(frames):
        np.testing.assert_array_equal(found.positions[i], atoms.positions)
        np.testing.assert_array_equal(found.forces[i], atoms.get_forces())
        assert found.energies[i] == atoms.get_potential_energy()


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


@pytest.mark.parametrize(
    "where", ["{0}= {1}", '{0}="" {1}', "{0}='' {1}", "{1} {0}=", "{0} = {1}", '{1} {0} = ""']
)
@pytest.mark.parametrize("name", ["energy", "REF_energy", "Lattice", "pbc", "Properties", "charge"])
def test_what_is_empty_is_named(name: str, where: str, tmp_path: Path) -> None:
    """A name without a value once took the next pair as its value, and the columns were blamed."""
    others = [f"energy=-1.5 {HEAD}", HEAD + " energy=-1.5"][where.startswith("{1}")]
    pairs = [pair for pair in others.split() if not pair.startswith(f"{name}=")]
    bad = GOOD.replace(f"{HEAD} energy=-1.5", where.format(name, " ".join(pairs)))
    cure = "write one number, such as -10.5" if "energy" in name else "write a value, or leave it out"
    assert message(tmp_path, GOOD + bad) == f"a.extxyz:6: {name} is empty in structure 1; {cure}"


@pytest.mark.parametrize("note", ['note=""', "note=''", 'note="energy= x=3"', "smiles=C=O", 'x="a= b=" y=1'])
def test_negative_control_other_names_may_be_empty(note: str, tmp_path: Path) -> None:
    """ASE takes Properties for the value of an empty note before it; the columns are read nevertheless."""
    found = read(tmp_path, GOOD.replace(HEAD, f"{note} {HEAD}"))
    assert (found.energies[0], found.forces is not None) == (-1.5, True)
    assert message(tmp_path, GOOD.replace(HEAD, f"note= {HEAD}")) == (
        "a.extxyz:2: note is empty in structure 0; write a value, or leave it out"
    )


def test_a_comment_line_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    found = message(tmp_path, GOOD.replace(HEAD, HEAD + " a=b" * 25_000))
    assert found == (
        f"a.extxyz:2: a comment line of {100_000 + len(HEAD) + 12} characters; the limit is 100000; keep "
        "Properties and the labels"
    )
    assert read(tmp_path, GOOD.replace(HEAD, HEAD + " a=" + "b" * 90_000)).energies[0] == -1.5


@pytest.mark.parametrize("endless", ["k", "a\\", '\\"'])
def test_a_long_word_in_a_comment_line_takes_no_time(endless: str, tmp_path: Path) -> None:
    """Time once grew with the square of the length: half a minute for this line, in each of two passes."""
    text = GOOD.replace(HEAD, f"{HEAD} {endless * (80_000 // len(endless))}k")
    start = time.process_time()
    assert read(tmp_path, text).energies[0] == -1.5
    assert time.process_time() - start < 10
