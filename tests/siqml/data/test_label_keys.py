"""Labels come from one set, or from the user."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siqml.data.reading.declared_units import UNDECLARED, DeclaredUnits
from siqml.data.reading.label_keys import LabelKeys
from siqml.data.reading.read import read_data
from siqml.errors import DataError

EV = DeclaredUnits("eV", "angstrom")


def xyz(folder: Path, comment: str, *columns: str) -> Path:
    """Two atoms; every energy and every force column of a file differ."""
    properties = ":".join(["species:S:1:pos:R:3", *(f"{name}:R:3" for name in columns)])
    rows = [
        " ".join([symbol, "0 0", str(z), *(f"{k} 0 {sign}" for k in range(1, len(columns) + 1))])
        for symbol, z, sign in (("Li", 0, 1), ("H", 2, -1))
    ]
    (folder / "a.xyz").write_text(f"2\n{comment} Properties={properties}\n" + "\n".join(rows) + "\n")
    return folder / "a.xyz"


@pytest.mark.parametrize(
    ("comment", "columns", "keys", "energy", "column"),
    [
        ("energy=1", ["forces"], LabelKeys(), 1, 1),
        ("energy=1 REF_energy=2", ["forces", "REF_forces"], LabelKeys(), 2, 2),
        ("energy=1 REF_energy=2", [], LabelKeys(), 2, None),
        ("energy=1 dft_energy=2", ["dft_forces", "forces"], LabelKeys(), 1, 2),
        ("energy=1 dft_energy=2", ["dft_forces", "forces"], LabelKeys(energy="dft_energy"), 2, 1),
        ("energy=1 dft_energy=2", ["dft_forces", "forces"], LabelKeys(forces="dft_forces"), 2, 1),
        ("Energy=1", ["Forces"], LabelKeys(energy="Energy"), 1, 1),
        ("E=1", ["F"], LabelKeys(energy="E"), 1, 1),
        ("energy=1", ["force"], LabelKeys(forces="force"), 1, 1),
        ("energy=1", ["F"], LabelKeys(forces="F"), 1, 1),
        ("energy=1", ["forces"], LabelKeys(forces="none"), 1, None),
        ("energy=1 REF_energy=2", ["forces"], LabelKeys("REF_energy", "forces"), 2, 1),
        ("energy=1 REF_energy=2", ["forces"], LabelKeys(energy="energy"), 1, 1),
    ],
)
def test_one_set_or_the_users_choice(
    tmp_path: Path, comment: str, columns: list[str], keys: LabelKeys, energy: float, column: int | None
) -> None:
    found = read_data(xyz(tmp_path, comment, *columns), None, UNDECLARED, keys)
    assert found.energies.tolist() == [energy]
    assert (None if found.forces is None else found.forces[0, 0, 0]) == column


@pytest.mark.parametrize(
    ("comment", "columns", "keys", "expected"),
    [
        ("energy=1", ["force"], LabelKeys(),
         " has forces under a name that does not go with energy: force; choose with --forces-key force (in a config, "
         "data.keys.forces), or leave forces out with --forces-key none"),
        ("energy=1", ["velo", "F"], LabelKeys(),
         " has forces under a name that does not go with energy: F; choose with --forces-key F (in a config, "
         "data.keys.forces), or leave forces out with --forces-key none"),
        ("REF_energy=2 energy=1", ["forces"], LabelKeys(),
         " has REF_energy beside forces, labels of two sets; choose with --forces-key forces (in a config, "
         "data.keys.forces), or leave forces out with --forces-key none"),
        ("energy=1", ["REF_forces"], LabelKeys(),
         " has REF_forces beside energy, labels of two sets; choose: --energy-key energy (in a config, "
         "data.keys.energy) and --forces-key REF_forces (in a config, data.keys.forces), or others"),
        ("dft_energy=1 time=3 name=x", [], LabelKeys(),
         ' has no energy; every structure needs one (extxyz: "energy" or "REF_energy" on its comment line); found: '
         "dft_energy, time; choose with --energy-key dft_energy (in a config, data.keys.energy)"),
        ("energy=1", [], LabelKeys(energy="enrgy"), ' has no energy "enrgy"; found: energy'),
        ("energy=1", ["forces"], LabelKeys(forces="F"), ' has no forces "F"; found: forces'),
        ("a_energy=1 b_energy=2", ["F"], LabelKeys(forces="F"),
         ' has several energies, a_energy, b_energy; which belongs to "F"? choose it: --energy-key a_energy (in a '
         "config, data.keys.energy)"),
        ("dft_energy=1", ["forces"], LabelKeys(energy="dft_energy"),
         " has dft_energy beside forces, labels of two sets; choose with --forces-key forces (in a config, "
         "data.keys.forces), or leave forces out with --forces-key none"),
    ],
)  # fmt: skip
def test_labels_of_two_sets_are_never_paired(
    tmp_path: Path, comment: str, columns: list[str], keys: LabelKeys, expected: str
) -> None:
    path = xyz(tmp_path, comment, *columns)
    with pytest.raises(DataError) as error:
        read_data(path, None, UNDECLARED, keys)
    assert str(error.value) == f"{path}:1: structure 0{expected}"


def test_the_set_may_not_change_inside_a_file(tmp_path: Path) -> None:
    first = xyz(tmp_path, "energy=1", "forces").read_text()
    path = xyz(tmp_path, "REF_energy=1", "REF_forces")
    path.write_text(first + path.read_text())
    with pytest.raises(DataError) as error:
        read_data(path)
    assert str(error.value) == (
        f"{path}:5: structure 1 has its labels as REF_energy and REF_forces, but structure 0 as energy and forces; "
        "choose one set with --energy-key and --forces-key (in a config, data.keys)"
    )


def test_columns_that_may_be_forces_are_named(tmp_path: Path) -> None:
    found = read_data(xyz(tmp_path, "energy=1", "velo", "slope"))
    assert found.forces is None
    assert found.remarks == (
        f"{tmp_path}/a.xyz: no forces were read; not taken: slope; if these are forces, choose them with --forces-key "
        "slope (in a config, data.keys.forces)",
    )
    assert read_data(xyz(tmp_path, "energy=1", "velo"), keys=LabelKeys(forces="none")).remarks == ()
    assert read_data(xyz(tmp_path, "energy=1", "forces", "slope")).remarks == ()


class TestArchives:
    arrays: Any = {  # noqa: RUF012 (never changed)
        "z": np.array([3, 1]),
        "R": np.arange(6.0).reshape(1, 2, 3),
        "E": np.ones(1),
        "E2": 2 * np.ones(1),
        "F2": np.full((1, 2, 3), 2.0),
    }

    def path(self, folder: Path, **more: Any) -> Path:
        np.savez(folder / "a.npz", **(self.arrays | more))
        return folder / "a.npz"

    def test_the_user_chooses(self, tmp_path: Path) -> None:
        found = read_data(self.path(tmp_path), None, EV, LabelKeys("E2", "F2"))
        assert found.energies.tolist() == [2.0]
        assert found.forces is not None
        assert found.forces[0, 0, 0] == 2.0
        assert read_data(self.path(tmp_path), None, EV, LabelKeys(forces="none")).forces is None

    def test_forces_of_another_name_do_not_vanish(self, tmp_path: Path) -> None:
        path = self.path(tmp_path, force=np.ones((1, 2, 3)))
        with pytest.raises(DataError) as error:
            read_data(path, None, EV)
        assert str(error.value) == (
            f"{path} has forces under a name that does not go with its energies: force; choose with --forces-key force "
            "(in a config, data.keys.forces), or leave forces out with --forces-key none"
        )

    def test_a_name_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match='has no array "E3"; found: E, E2, F2, R, z'):
            read_data(self.path(tmp_path), None, EV, LabelKeys("E3", "F2"))

    @pytest.mark.parametrize("name", ["lattice", "cell", "box"])
    def test_a_cell_is_refused(self, tmp_path: Path, name: str) -> None:
        path = self.path(tmp_path, **{name: 9 * np.eye(3)})
        with pytest.raises(DataError) as error:
            read_data(path, None, EV)
        assert str(error.value) == (
            f'{path} is periodic: it has a "{name}"; siqml models are of molecules: unwrap it and drop the cell'
        )

    def test_an_empty_cell_is_none(self, tmp_path: Path) -> None:
        assert len(read_data(self.path(tmp_path, lattice=np.zeros((3, 3))), None, EV)) == 1
        assert len(read_data(self.path(tmp_path, cell=np.eye(3), pbc=np.zeros(3, dtype=bool)), None, EV)) == 1


def test_input_data_has_no_names(tmp_path: Path) -> None:
    path = tmp_path / "input.data"
    path.write_text("begin\natom 0 0 0 H 0 0 1 2 3\nenergy 1\nend\n")
    with pytest.raises(DataError, match="this format has no names for its labels"):
        read_data(path, None, EV, LabelKeys(energy="energy"))
    assert read_data(path, None, EV, LabelKeys(forces="none")).forces is None
    assert read_data(path, None, EV).forces is not None


def test_ase_formats_take_the_same_names(tmp_path: Path) -> None:
    from ase.io import read, write

    write(tmp_path / "a.traj", read(xyz(tmp_path, "dft_energy=2 energy=1", "forces")))
    assert read_data(tmp_path / "a.traj").energies.tolist() == [1.0]
    found = read_data(tmp_path / "a.traj", keys=LabelKeys("dft_energy", "forces"))
    assert found.energies.tolist() == [2.0]
    assert found.forces is not None
    with pytest.raises(DataError, match="has dft_energy beside forces, labels of two sets"):
        read_data(tmp_path / "a.traj", keys=LabelKeys(energy="dft_energy"))
