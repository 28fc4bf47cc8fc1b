"""Readers for a user's own files: formats, units, and one clear line for every mistake."""

import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siqml.data.reading.declared_units import DeclaredUnits
from siqml.data.reading.extxyz import write_structures
from siqml.data.reading.read import read_data
from siqml.errors import DataError
from siqml.molecule.structures import Array, Structures
from siqml.molecule.units import BOHR, HARTREE, KCAL_PER_MOL

ATOMIC = DeclaredUnits("hartree", "bohr")
KCAL = DeclaredUnits("kcal/mol", "angstrom")
UNITS = (
    ", in a config under data.units "
    "(energy: eV, meV, hartree, rydberg, kcal/mol, kJ/mol; length: angstrom, bohr, nm)"
)

RNG = np.random.default_rng(7)
POSITIONS = RNG.normal(size=(4, 3, 3)).round(6)
ENERGIES = RNG.normal(size=4).round(6)
FORCES = RNG.normal(size=(4, 3, 3)).round(6)
SGDML: dict[str, Any] = {"z": np.array([8, 1, 1]), "R": POSITIONS, "E": ENERGIES[:, None], "F": FORCES}
RMD17: dict[str, Any] = {
    "nuclear_charges": np.array([8, 1, 1]), "coords": POSITIONS, "energies": ENERGIES, "forces": FORCES
}  # fmt: skip

BLOCK = """\
begin
comment whatever it is
atom 0.0 0.0 0.0 O 0.0 0.0 0.1 0.2 0.3
atom 0.0 1.5 1.0 H 0.0 0.0 -0.1 0.0 0.0
atom 0.0 -1.5 1.0 H 0.0 0.0 0.0 -0.2 -0.3
energy -76.4
charge 0.0
end
"""


def npz(folder: Path, arrays: dict[str, Any]) -> Path:
    np.savez(folder / "a.npz", **arrays)
    return folder / "a.npz"


def n2p2(folder: Path, text: str) -> Path:
    (folder / "input.data").write_text(text)
    return folder / "input.data"


def message(path: Path, units: DeclaredUnits, species: list[str] | None = None) -> str:
    with pytest.raises(DataError) as error:
        read_data(path, species, units)
    return str(error.value).replace(f"{path.parent}/", "")


def same(found: Structures, positions: Array, energies: Array, forces: Array | None) -> None:
    np.testing.assert_allclose(found.positions, positions, rtol=1e-14)
    np.testing.assert_allclose(found.energies, energies, rtol=1e-14)
    assert (found.forces is None) == (forces is None)
    if forces is not None:
        np.testing.assert_allclose(found.forces, forces, rtol=1e-14)


class TestArchives:
    def test_numbers_that_overflow_in_electronvolts(self, tmp_path: Path) -> None:
        """A warning of numpy once came before the message."""
        path = npz(tmp_path, SGDML | {"E": np.full_like(SGDML["E"], 1.7e308, dtype=float)})
        hartree = DeclaredUnits("hartree", "bohr")
        assert "energy" in message(path, hartree)

    @pytest.mark.parametrize("arrays", [SGDML, RMD17], ids=["sGDML", "rMD17"])
    def test_both_ways_of_naming(self, tmp_path: Path, arrays: dict[str, Any]) -> None:
        found = read_data(npz(tmp_path, arrays), None, KCAL)
        assert found.species == ("O", "H", "H")
        same(found, POSITIONS, ENERGIES * KCAL_PER_MOL, FORCES * KCAL_PER_MOL)

    def test_forces_scale_with_both_units(self, tmp_path: Path) -> None:
        found = read_data(npz(tmp_path, SGDML), None, ATOMIC)
        same(found, POSITIONS * BOHR, ENERGIES * HARTREE, FORCES * HARTREE / BOHR)

    @pytest.mark.parametrize("text", ["kcal/mol", b"kcal/mol"])
    def test_a_file_may_name_its_units(self, tmp_path: Path, text: Any) -> None:
        arrays = SGDML | {"e_unit": np.array(text), "r_unit": np.array("Ang")}
        same(read_data(npz(tmp_path, arrays)), POSITIONS, ENERGIES * KCAL_PER_MOL, FORCES * KCAL_PER_MOL)

    def test_forces_may_be_missing(self, tmp_path: Path) -> None:
        arrays = {name: SGDML[name] for name in ("z", "R", "E")}
        same(read_data(npz(tmp_path, arrays), None, KCAL), POSITIONS, ENERGIES * KCAL_PER_MOL, None)

    def test_another_atom_order(self, tmp_path: Path) -> None:
        found = read_data(npz(tmp_path, SGDML), ["H", "O", "H"], KCAL)
        np.testing.assert_array_equal(found.positions, POSITIONS[:, [1, 0, 2]])

    @pytest.mark.parametrize(
        ("change", "units", "expected"),
        [
            ({}, DeclaredUnits(), "a.npz: nothing declares its unit of energy and length; do so with "
             f"--energy-unit and --length-unit{UNITS}"),
            ({"r_unit": "Ang"}, DeclaredUnits(),
             f"a.npz: nothing declares its unit of energy; do so with --energy-unit{UNITS}"),
            ({"e_unit": np.array([])}, KCAL, "a.npz: e_unit holds 0 values; needed: one name of a unit"),
            ({"e_unit": "eV"}, KCAL, "a.npz: the file says that it is in eV, but you declare kcal/mol"),
            ({"e_unit": "kcal"}, DeclaredUnits(),
             'a.npz: unknown unit "kcal"; did you mean "kcal/mol"? known: eV, meV, hartree, rydberg, '
             "kcal/mol, kJ/mol"),
            ({"R": POSITIONS[:3]}, KCAL, "a.npz: energies of shape (4,); needed: (3,)"),
            ({"F": FORCES[:, :2]}, KCAL, "a.npz: forces of shape (4, 2, 3); needed: (4, 3, 3)"),
            ({"R": POSITIONS[0]}, KCAL, "a.npz: positions of shape (3, 3); needed: (3, 3, 3)"),
            ({"E": np.array(["a"] * 4)}, KCAL, "a.npz: E holds <U1; needed: numbers"),
            ({"z": np.array([[8, 1, 1]] * 4)}, KCAL,
             "a.npz: atomic numbers of shape (4, 3) and type int64; needed: one integer per atom, the same in "
             "every structure"),
            ({"z": np.array([8, 1, 0])}, KCAL, "a.npz: atomic numbers from 0 to 8; needed: elements"),
            ({"E": ENERGIES * np.nan}, KCAL, "a.npz: structure 0 (counted from 0): its energy is not a finite number"),
            ({"R": POSITIONS[:0], "E": ENERGIES[:0], "F": FORCES[:0]}, KCAL,
             "a.npz: no structure in this file; structures with energies are needed"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said(
        self, tmp_path: Path, change: dict[str, Any], units: DeclaredUnits, expected: str
    ) -> None:
        assert message(npz(tmp_path, SGDML | change), units) == expected

    def test_other_atoms(self, tmp_path: Path) -> None:
        assert message(npz(tmp_path, SGDML), KCAL, ["Li", "H"]) == (
            "a.npz: structure 0 (counted from 0) is O H2; this needs Li H"
        )

    def test_other_arrays(self, tmp_path: Path) -> None:
        assert message(npz(tmp_path, {"x": ENERGIES, "E": ENERGIES}), KCAL) == (
            "a.npz: arrays E, x; needed: z, R, E (sGDML) or nuclear_charges, coords, energies (rMD17); "
            "if the energies have another name, give it with --energy-key"
        )

    def test_two_sets_of_arrays(self, tmp_path: Path) -> None:
        other = {"nuclear_charges": SGDML["z"], "coords": SGDML["R"], "energies": ENERGIES + 5}
        assert message(npz(tmp_path, SGDML | other), KCAL) == (
            "a.npz has the arrays of sGDML (z, R, E) and of rMD17 (nuclear_charges, coords, energies); keep those of "
            "one set"
        )

    def test_pickled_objects_are_never_loaded(self, tmp_path: Path) -> None:
        path = npz(tmp_path, SGDML | {"z": np.array([8, "H", None], dtype=object)})
        assert message(path, KCAL).startswith(
            'a.npz: its array "z" holds Python objects; needed: plain numbers and texts'
        )

    @pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04rubbish", b"\x93NUMPY"])
    def test_damaged(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.npz").write_bytes(content)
        assert message(tmp_path / "a.npz", KCAL).startswith("a.npz: not an archive of plain arrays (")

    def test_a_bare_array_is_no_archive(self, tmp_path: Path) -> None:
        with (tmp_path / "a.npz").open("wb") as file:
            np.save(file, ENERGIES)
        assert message(tmp_path / "a.npz", KCAL).startswith("a.npz: not an archive of plain arrays (")

    @pytest.mark.parametrize(
        ("shape", "reason"),
        [
            (b"(9999999999, 3, 3)", "claims to have the shape (9999999999, 3, 3), but holds"),
            (b"(-1,)", "claims to have the shape (-1,), but holds"),
            (b"(2**9,)", "is damaged"),
            (b"(", "is damaged"),
        ],
    )
    def test_a_header_may_not_ask_for_more_than_there_is(
        self, tmp_path: Path, shape: bytes, reason: str
    ) -> None:
        """numpy would believe it, and ask the system for hundreds of gigabytes."""
        with zipfile.ZipFile(npz(tmp_path, SGDML)) as old:
            content = {name: old.read(name) for name in old.namelist()}
        head = re.sub(rb"'shape': \([^)]*\)", b"'shape': " + shape, content["R.npy"][:128])
        content["R.npy"] = (
            head[:8] + (len(head) - 10).to_bytes(2, "little") + head[10:] + content["R.npy"][128:]
        )
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as new:
            for name, data in content.items():
                new.writestr(name, data)
        found = message(tmp_path / "a.npz", KCAL)
        assert 'its array "R"' in found or 'the header of its array "R"' in found
        assert reason in found

    def test_what_is_packed_is_counted_before_it_is_unpacked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        np.savez_compressed(tmp_path / "a.npz", **SGDML, zeros=np.zeros(1 << 18))
        assert (tmp_path / "a.npz").stat().st_size < 1 << 17
        assert read_data(tmp_path / "a.npz", None, KCAL)
        monkeypatch.setattr("siqml.data.reading.npz.MAX_ARCHIVE_BYTES", 1 << 20)
        assert message(tmp_path / "a.npz", KCAL) == (
            "a.npz: its arrays have 2 MB; the limit is 1 MB; put fewer structures into a file"
        )

    def test_a_method_of_packing_that_python_lacks_is_named(self, tmp_path: Path) -> None:
        content = bytearray(npz(tmp_path, SGDML).read_bytes())
        start = content.index(b"PK\x01\x02")
        content[start + 10] = 97
        (tmp_path / "a.npz").write_bytes(content)
        assert message(tmp_path / "a.npz", KCAL) == (
            "a.npz: not an archive of plain arrays (That compression method is not supported)"
        )


class TestN2p2:
    def test_blocks_are_read(self, tmp_path: Path) -> None:
        found = read_data(n2p2(tmp_path, BLOCK + BLOCK.replace("-76.4", "-76.5")), None, ATOMIC)
        assert found.species == ("O", "H", "H")
        assert len(found) == 2
        np.testing.assert_allclose(found.energies, np.array([-76.4, -76.5]) * HARTREE)
        np.testing.assert_allclose(found.positions[0, 1], np.array([0, 1.5, 1.0]) * BOHR)
        assert found.forces is not None
        np.testing.assert_allclose(found.forces[1, 0], np.array([0.1, 0.2, 0.3]) * HARTREE / BOHR)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (BLOCK.replace("begin\n", ""), 'input.data:2: "atom" found; needed: begin'),
            (BLOCK.replace("end\n", "") + BLOCK, 'input.data:8: "begin" found; needed: end first'),
            (BLOCK.replace("end\n", ""), 'input.data:7: the file ends inside structure 0; needed: "end"'),
            (BLOCK.replace("0.1 0.2 0.3", "0.1 0.2"),
             'input.data:3: cannot be read; needed: "atom x y z symbol charge unused fx fy fz"'),
            (BLOCK.replace("1.5", "one"),
             'input.data:4: cannot be read; needed: "atom x y z symbol charge unused fx fy fz"'),
            (BLOCK.replace("-76.4", ""), 'input.data:6: cannot be read; needed: "energy and a number"'),
            (BLOCK.replace("charge 0", "spin 0"),
             'input.data:7: unknown word "spin"; known: atom, energy, charge, lattice, comment'),
            (BLOCK.replace("energy -76.4\n", ""),
             'input.data:1: structure 0 has no energy; every structure needs one '
             '(extxyz: "energy" or "REF_energy" on its comment line)'),
            (BLOCK.replace("comment", "lattice 9 0 0\ncomment"),
             "input.data:1: structure 0 is periodic; siqml models are of molecules: unwrap it and drop the cell"),
            (BLOCK.replace("-76.4", "nan"), "input.data:1: structure 0: its energy is not a finite number"),
            (BLOCK.replace("energy -76.4", "energy -76.4\nenergy -76.5"),
             "input.data:7: a second energy in one structure; keep one of them"),
            (BLOCK.replace("charge 0", "charge 0\ncharge 1"),
             "input.data:8: a second charge in one structure; keep one of them"),
            (BLOCK.replace("-76.4", "-76.4 -76.5"), 'input.data:6: cannot be read; needed: "energy and a number"'),
            (BLOCK.replace("begin", "begin 7"), 'input.data:1: "7" after begin; needed: begin alone on its line'),
            (BLOCK.replace("O 0.0", "OW 0.0"), 'input.data:3: "OW" is not an element; write its symbol, such as O'),
            (BLOCK.replace("1.5", "1_5"),
             'input.data:4: cannot be read; needed: "atom x y z symbol charge unused fx fy fz"'),
            ("begin\nenergy 1\nend\n", "input.data:1: structure 0 has no atoms"),
            ("", "input.data: no structure in this file; structures with energies are needed"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said(self, tmp_path: Path, text: str, expected: str) -> None:
        assert message(n2p2(tmp_path, text), ATOMIC) == expected

    def test_units_must_be_declared(self, tmp_path: Path) -> None:
        assert message(n2p2(tmp_path, BLOCK), DeclaredUnits(energy="hartree")) == (
            f"input.data: nothing declares its unit of length; do so with --length-unit{UNITS}"
        )

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, len(BLOCK)), st.text(alphabet="\n 0129.-eEaubdginmtHOx\x00é", max_size=6))
    def test_damage_is_an_error_or_read_as_it_stands(
        self, tmp_path_factory: pytest.TempPathFactory, at: int, noise: str
    ) -> None:
        path = n2p2(tmp_path_factory.mktemp("fuzz"), BLOCK[:at] + noise + BLOCK[at + len(noise) :])
        try:
            found = read_data(path, ["O", "H", "H"], ATOMIC)
        except DataError as error:
            if "\n" in str(error):
                pytest.fail("the message has several lines")
        else:
            assert np.isfinite(found.energies).all()


class TestAse:
    structures = Structures(("O", "H", "H"), POSITIONS, ENERGIES, FORCES, "here")

    def test_extxyz_is_ev_and_angstrom(self, tmp_path: Path) -> None:
        write_structures(tmp_path / "a.extxyz", self.structures)
        same(read_data(tmp_path / "a.extxyz"), POSITIONS, ENERGIES, FORCES)

    def test_extxyz_in_other_units_if_the_user_says_so(self, tmp_path: Path) -> None:
        write_structures(tmp_path / "a.xyz", self.structures)
        found = read_data(tmp_path / "a.xyz", None, DeclaredUnits(energy="kcal/mol"))
        same(found, POSITIONS, ENERGIES * KCAL_PER_MOL, FORCES * KCAL_PER_MOL)

    def test_a_trajectory_of_ase(self, tmp_path: Path) -> None:
        from ase.io import read, write

        write_structures(tmp_path / "a.extxyz", self.structures)
        write(tmp_path / "a.traj", read(tmp_path / "a.extxyz", index=":"))
        same(read_data(tmp_path / "a.traj"), POSITIONS, ENERGIES, FORCES)

    def test_an_unknown_format(self, tmp_path: Path) -> None:
        (tmp_path / "a.qqq").write_text("nothing that anybody knows\n")
        assert message(tmp_path / "a.qqq", DeclaredUnits()) == (
            "a.qqq: not in a format that ASE knows; siqml data convert also reads .npz and ...input.data"
        )

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert message(tmp_path / "none.npz", KCAL) == "none.npz: no such file"
