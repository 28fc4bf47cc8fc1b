"""``siqml predict``: what is written is what the model says, and what the file said stays."""

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import read, write

from siqml.commands.main import main
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.field.ensemble import Ensemble
from siqml.field.force_field import ForceField
from siqml.molecule.units import BOHR

COLUMNS = "species:S:1:pos:R:3:tag:I:1:momenta:R:3:REF_forces:R:3:forces:R:3:name:S:1:fixed:L:1"
FRAMES = f"""\
2
Properties={COLUMNS} pbc="F F F" REF_energy=-3.5 energy=99 stress="1 2 3 4 5 6 7 8 9" note="a b" step=4
H  0.1 0.2 -0.7  3  1.0 0 0  7 7 7  9 9 9  h1 T
Li -0.3 0.1 0.8  5  0 2.0 0  8 8 8  9 9 9  l1 F
2

Li 0 0 0
H  0 0 1.7
"""


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mine.xyz"
    path.write_text(FRAMES)
    return path


def test_labels_are_the_predictions_in_the_order_of_the_file(
    model: Path, mixed: Path, bound_field: ForceField, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.extxyz"
    assert main(["predict", str(model), str(mixed), "-o", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: energies and forces of 2 structures\n"
    first, second = read(out, ":")
    positions = np.array([[[-0.3, 0.1, 0.8], [0.1, 0.2, -0.7]], [[0, 0, 0], [0, 0, 1.7]]])
    energies, forces = bound_field.predict(positions)
    assert [first.get_potential_energy(), second.get_potential_energy()] == list(energies)
    np.testing.assert_allclose(first.get_forces(), forces[0][::-1], rtol=0, atol=1e-8)
    np.testing.assert_allclose(second.get_forces(), forces[1], rtol=0, atol=1e-8)
    assert first.get_chemical_symbols() == ["H", "Li"]


def test_what_the_file_says_stays_and_other_results_go(model: Path, mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.extxyz"
    assert main(["predict", str(model), str(mixed), "-o", str(out)]) == 0
    first, second = read(out, ":")
    assert {**first.info} == {"REF_energy": -3.5, "note": "a b", "step": 4}
    assert second.info == {}
    assert first.arrays["tag"].tolist() == [3, 5]
    assert first.arrays["name"].tolist() == ["h1", "l1"]
    assert first.arrays["fixed"].tolist() == [True, False]
    np.testing.assert_array_equal(first.get_momenta(), [[1, 0, 0], [0, 2, 0]])
    np.testing.assert_array_equal(first.arrays["REF_forces"], [[7] * 3, [8] * 3])
    assert set(first.calc.results) == {
        "energy",
        "forces",
    }  # the stress and the 99 of another program are gone
    assert first.get_potential_energy() != 99


def test_formats_and_units_are_those_of_evaluate(
    model: Path, bound_field: ForceField, tmp_path: Path
) -> None:
    known = read_structures(shipped_file("lih_test.extxyz"), ["Li", "H"])
    np.savez(tmp_path / "bare.npz", z=np.array([3, 1]), R=known.positions / BOHR, r_unit="bohr")
    np.savez(tmp_path / "silent.npz", z=np.array([3, 1]), R=known.positions / BOHR)
    rows = "".join(
        "begin\n"
        + "".join(
            f"atom {x[0]!r} {x[1]!r} {x[2]!r} {s} 0 0 0 0 0\n"
            for s, x in zip(("Li", "H"), p.tolist(), strict=True)
        )
        + "end\n"
        for p in known.positions / BOHR
    )
    (tmp_path / "input.data").write_text(rows)  # without energies
    write(tmp_path / "frames.traj", [Atoms("LiH", p) for p in known.positions])
    bohr = ["--length-unit", "bohr"]
    for name, options in (
        ("lih_test.extxyz", []),
        (tmp_path / "bare.npz", []),
        (tmp_path / "silent.npz", bohr),
        (tmp_path / "input.data", bohr),
        (tmp_path / "frames.traj", []),
    ):
        out = tmp_path / "out.extxyz"
        assert main(["predict", str(model), str(name), "-o", str(out), "--overwrite", *options]) == 0, name
        found = read_structures(out, ["Li", "H"])
        np.testing.assert_allclose(found.positions, known.positions, rtol=0, atol=1e-8)
        np.testing.assert_allclose(found.energies, bound_field.predict(known.positions)[0], rtol=0, atol=1e-6)
    assert (
        main(["predict", str(model), str(tmp_path / "frames.traj"), "-o", str(out), "--overwrite", *bohr])
        == 0
    )
    found = read_structures(out, ["Li", "H"])
    np.testing.assert_allclose(found.positions, known.positions * BOHR, rtol=0, atol=1e-8)


def test_an_ensemble_writes_its_spread(
    models: Path, mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.extxyz"
    assert main(["predict", str(models), str(mixed), "-o", str(out)]) == 0
    assert capsys.readouterr().out.endswith("2 structures, and their spread over the models\n")
    found = Ensemble.load([models / "seed-0", models / "seed-1"]).predictions(
        np.array([[[-0.3, 0.1, 0.8], [0.1, 0.2, -0.7]]])
    )
    atoms = read(out, 0)
    assert atoms.get_potential_energy() == found.mean[0][0]
    assert atoms.info["energy_std"] == found.std[0][0] > 0
    np.testing.assert_allclose(atoms.arrays["forces_std"], found.std[1][0][::-1], rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.xyz: no structure in this file"),
        ("2\n\nNa 0 0 0\nH 0 0 1\n", "is Na H; this needs Li H"),
        ('2\nLattice="9 0 0 0 9 0 0 0 9"\nLi 0 0 0\nH 0 0 1\n', "is periodic; siqml models are of molecules"),
        ("2\n\nLi 0 0 0\nH 0 0 nan\n", "its position is not a finite number"),
        ("2\n\nLi 0 0 0\n", "the file ends inside structure 0"),
    ],
)
def test_bad_files_are_one_line_and_nothing_is_written(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (tmp_path / "mine.xyz").write_text(text)
    assert main(["predict", str(model), str(tmp_path / "mine.xyz"), "-o", str(tmp_path / "out.extxyz")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.extxyz").exists()


def test_mistakes_on_the_command_line(
    model: Path, mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "silent.npz", z=np.array([3, 1]), R=np.zeros((1, 2, 3)))
    np.savez(tmp_path / "odd.npz", z=np.array([3, 1]))
    np.savez(tmp_path / "flat.npz", z=np.array([3, 1]), R=np.zeros((2, 3)), r_unit="bohr")
    (tmp_path / "there.extxyz").write_text("old")
    out = ["-o", str(tmp_path / "out.extxyz")]
    cases = [
        ([mixed, "-o", tmp_path / "out.json"], "predictions are written as .extxyz; end the name so"),
        ([mixed, "-o", tmp_path / "there.extxyz"], "exists; replace it with --overwrite"),
        ([tmp_path / "silent.npz", *out], "nothing declares its unit of length; do so with --length-unit"),
        ([tmp_path / "odd.npz", *out], "odd.npz: arrays z; needed: those of one set, z, R (sGDML)"),
        ([tmp_path / "flat.npz", *out], "flat.npz: R of shape (2, 3); needed: (structures, 2, 3)"),
        (["none.xyz", *out], "none.xyz: no such file, nor a shipped one"),
        ([mixed, *out, "--length-unit", "mile"], 'your unit: unknown unit "mile"'),
        (["lih_test.extxyz", *out, "--length-unit", "bohr"], "a unit is declared, but no file of yours"),
    ]
    for words, message in cases:
        assert main(["predict", str(model), *map(str, words)]) == 2, message
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
    assert (tmp_path / "there.extxyz").read_text() == "old"
    assert not (tmp_path / "out.extxyz").exists()
