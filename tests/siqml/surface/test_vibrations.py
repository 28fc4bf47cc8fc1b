"""Frequencies of known springs, of ASE, and of a simulation; and every way in which they mean nothing."""

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms, units
from ase.vibrations import Vibrations as AseVibrations

from siqml.commands.main import main
from siqml.errors import MdError
from siqml.field.calculator import SiqmlCalculator
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, save_model
from siqml.md.motion import Motion
from siqml.md.start import Start
from siqml.molecule.structures import Array
from siqml.surface.spectrum import LIGHT, spectrum
from siqml.surface.table import vibration_lines
from siqml.surface.vibrations import Vibrations, internal_directions, second_derivatives, vibrations

MASSES = np.array([15.999, 1.008, 1.008])
BENT = np.array([[0.0, 0.0, 0.12], [0.0, 0.76, -0.47], [0.0, -0.76, -0.47]])
LINE = np.array([[0.0, 0.0, 0.0], [0.3, 0.2, 1.1], [-0.3, -0.2, -1.1]])


class Springs:
    """E = sum k_ab (|r_a - r_b| - d_ab)^2 / 2: an energy whose second derivatives are known."""

    species = ("O", "H", "H")

    def __init__(self, rest: Array, k: float, k_hh: float) -> None:
        self.springs = [(0, 1, k), (0, 2, k), (1, 2, k_hh)]
        self.rest = rest

    def predict(self, positions: Array) -> tuple[Array, Array]:
        energies, forces = np.zeros(len(positions)), np.zeros(positions.shape)
        for a, b, k in self.springs:
            arms = positions[:, a] - positions[:, b]
            lengths = np.linalg.norm(arms, axis=1)
            stretch = lengths - np.linalg.norm(self.rest[a] - self.rest[b])
            energies += k * stretch**2 / 2
            pull = (-k * stretch / lengths)[:, None] * arms
            forces[:, a] += pull
            forces[:, b] -= pull
        return energies, forces

    def energies(self, positions: Array) -> Array:
        return self.predict(positions)[0]


def of_springs(rest: Array, k: float, k_hh: float) -> Vibrations:
    return vibrations(Springs(rest, k, k_hh), Start(("O", "H", "H"), rest), "here")  # type: ignore[arg-type]


def hand_made(rest: Array, k: float, k_hh: float) -> Array:
    """All 3 N frequencies from the exact Hessian of springs at rest, k u u^T for each, without any projection."""
    hessian = np.zeros((9, 9))
    for a, b, constant in ((0, 1, k), (0, 2, k), (1, 2, k_hh)):
        u = np.zeros((3, 3))
        u[a] = (rest[a] - rest[b]) / np.linalg.norm(rest[a] - rest[b])
        u[b] = -u[a]
        hessian += constant * np.outer(u, u)
    roots = np.repeat(np.sqrt(MASSES), 3)
    squares = np.linalg.eigvalsh(hessian / np.outer(roots, roots))
    joule = units._e * 1e20 / units._amu  # of eV/(angstrom^2 u), in 1/s^2
    return np.sign(squares) * np.sqrt(np.abs(squares) * joule) / (2 * np.pi * units._c * 100)


@pytest.mark.parametrize(("rest", "count"), [(BENT, 3), (LINE, 4)], ids=["bent", "on a line"])
def test_springs_have_the_frequencies_of_their_hessian(rest: Array, count: int) -> None:
    found = of_springs(rest, 30.0, 5.0)
    assert len(found.frequencies) == count
    assert found.is_linear == (count == 4)
    exact = hand_made(rest, 30.0, 5.0)
    real = np.sort(exact[exact > 1])  # springs along a line do not resist bending
    np.testing.assert_allclose(found.frequencies[-len(real) :], real, rtol=1e-4)
    bends = found.frequencies[: count - len(real)]
    assert len(bends) == (0 if count == 3 else 2)
    assert (np.abs(bends) < 60).all()
    assert found.zero_point_energy == pytest.approx(real.sum() * units.invcm / 2, rel=0.02)


def test_modes_neither_move_nor_turn_the_molecule() -> None:
    found = of_springs(BENT, 30.0, 5.0)
    steps = found.modes / np.sqrt(MASSES)[:, None]
    np.testing.assert_allclose(np.einsum("i,kix->kx", MASSES, steps), 0, atol=1e-12)
    turned = np.einsum("i,kix->kx", MASSES, np.cross(found.positions, steps))
    np.testing.assert_allclose(turned, 0, atol=1e-12)
    flat = found.modes.reshape(3, 9)
    np.testing.assert_allclose(flat @ flat.T, np.eye(3), atol=1e-12)
    assert internal_directions(LINE - MASSES @ LINE / MASSES.sum(), MASSES).shape == (9, 4)


def test_a_maximum_is_imaginary_and_said() -> None:
    found = of_springs(BENT, 30.0, -40.0)
    assert found.num_imaginary == 1
    lines = vibration_lines(found, None, "top.xyz")
    assert lines[2].split() == ["0", f"{-found.frequencies[0]:.1f}i"]
    assert lines[-1] == ("1 imaginary: the energy falls along them, so top.xyz is NOT a minimum of the model")
    assert "imaginary" not in "\n".join(vibration_lines(of_springs(BENT, 30.0, 5.0), None, "top.xyz"))


def test_second_derivatives_are_those_of_ase(circuit: ForceField, tmp_path: Path) -> None:
    positions = np.array([[0.0, 0.0, 0.0], [0.1, 0.8, -0.5], [0.2, -0.7, -0.6]])
    atoms = Atoms("OHH", positions, calculator=SiqmlCalculator(circuit))
    ase = AseVibrations(atoms, name=str(tmp_path / "vib"), delta=0.005)
    ase.run()
    expected = ase.get_vibrations().get_hessian_2d()
    found = second_derivatives(circuit, positions)
    np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max() + 1e-9)
    np.testing.assert_array_equal(found, found.T)


def test_a_slope_has_no_frequencies() -> None:
    field = Springs(BENT, 30.0, 5.0)
    with pytest.raises(MdError) as error:
        vibrations(field, Start(("O", "H", "H"), 1.1 * BENT), "hill.xyz")  # type: ignore[arg-type]
    assert "so it is not stationary in this model, and frequencies mean nothing" in str(error.value)
    assert str(error.value).endswith("begin with: siqml optimise MODEL hill.xyz -o minimum.extxyz")


def moving(found: Vibrations, step: float, count: int, turning: float = 0.0) -> Motion:
    """Every mode at its harmonic frequency with its own amplitude, while the molecule flies and turns."""
    times = step * np.arange(count)
    phases = 2 * np.pi * found.frequencies[:, None] * LIGHT * times
    sizes = np.array([0.02, 0.01, 0.005])[:, None]
    shapes = found.modes / np.sqrt(found.masses)[:, None]
    positions = found.positions + np.einsum("kf,kix->fix", sizes * np.sin(phases), shapes)
    rates = 2 * np.pi * found.frequencies[:, None] * LIGHT
    velocities = np.einsum("kf,kix->fix", sizes * rates * np.cos(phases), shapes)
    angles = turning * times
    turn = np.zeros((count, 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angles)
    turn[:, 1, 0], turn[:, 0, 1], turn[:, 2, 2] = np.sin(angles), -np.sin(angles), 1
    # The velocity of turning itself is left out: it is no vibration, and the projection would take it out.
    positions = np.einsum("fxy,fiy->fix", turn, positions) + 1e-3 * times[:, None, None]
    velocities = np.einsum("fxy,fiy->fix", turn, velocities) + 1e-3
    return Motion(found.symbols, positions, velocities * found.masses[:, None], times, 0.5)


@pytest.mark.parametrize("turning", [0.0, 0.01])
def test_a_spectrum_finds_the_frequency_of_each_mode(turning: float) -> None:
    found = of_springs(BENT, 30.0, 5.0)
    seen = spectrum(found, moving(found, 2.0, 2000, turning), Path("run.extxyz"))
    assert seen.resolution == pytest.approx(1 / (2000 * 2.0 * LIGHT))
    np.testing.assert_allclose(seen.peaks, found.frequencies, atol=seen.resolution)
    assert seen.whole.max() == 1
    (line,) = (row for row in vibration_lines(found, seen, "a", "run.extxyz") if "resolves" in row)
    highest = found.frequencies[-1]
    half = np.pi * highest * LIGHT * 0.5
    assert line.endswith(
        f"; its timestep of 0.5 fs shows {highest:.0f}/cm {highest * (np.arcsin(half) / half - 1):.1f}/cm too high"
    )


def test_modes_that_are_exchanged_would_be_noticed() -> None:
    """Negative control: the same motion on other modes has its peaks elsewhere."""
    found = of_springs(BENT, 30.0, 5.0)
    motion = moving(found, 2.0, 2000)
    other = Vibrations(found.symbols, found.positions, found.masses, found.frequencies, found.modes[::-1])
    peaks = spectrum(other, motion, Path("run.extxyz")).peaks
    np.testing.assert_allclose(peaks[::-1], found.frequencies, atol=10)
    assert abs(peaks[0] - found.frequencies[0]) > 100


def test_a_run_that_tells_nothing_is_refused() -> None:
    found = of_springs(BENT, 30.0, 5.0)
    good = moving(found, 2.0, 200)
    assert good.momenta is not None
    assert good.times is not None
    uneven = good.times.copy()
    uneven[-1] += 1
    cases = [
        (moving(found, 2.0, 99), "99 frames; a spectrum needs at least 100: simulate for longer"),
        (
            moving(found, 8.0, 200),
            "run.extxyz: a frame every 8 fs resolves up to 2085/cm, and the molecule vibrates",
        ),
        (Motion(good.symbols, good.positions, None, good.times), "no velocities in it (a column momenta)"),
        (Motion(good.symbols, good.positions, good.momenta, None), "no times on its frames (time_fs)"),
        (Motion(good.symbols, good.positions, good.momenta, uneven), "its frames are not equally far apart"),
    ]
    for motion, message in cases:
        with pytest.raises(MdError) as error:
            spectrum(found, motion, Path("run.extxyz"))
        assert message in str(error.value)


@pytest.fixture
def model(bound_field: ForceField, tiny_config: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, bound_field, here(0, tiny_config.read_text()))
    return path


def test_from_the_command_line_beside_a_simulation(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start, low = tmp_path / "start.xyz", tmp_path / "low.extxyz"
    Atoms("HLi", [[0.0, 0.0, 0.0], [0.3, 0.2, 1.5]]).write(start)
    assert main(["optimise", str(model), str(start), "-o", str(low), "--fmax", "1e-5"]) == 0
    capsys.readouterr()
    assert main(["vibrations", str(model), str(low)]) == 0
    plain = capsys.readouterr().out.splitlines()
    assert plain[0] == f"{low}: 1 vibrations of 2 atoms, on a line"
    harmonic = float(plain[2].split()[1])
    run = tmp_path / "run.extxyz"
    short = ["--steps", "4000", "--every", "10", "--timestep", "0.5", "--temperature", "5"]
    assert main(["md", str(model), "--start", str(low), "-o", str(run), *short]) == 0
    out = tmp_path / "out.csv"
    capsys.readouterr()
    assert main(["vibrations", str(model), str(low), "--md", str(run), "-o", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{out}, out.png"
    peak = float(lines[2].split()[2])
    resolution = 1 / (401 * 5.0 * LIGHT)
    assert peak == pytest.approx(harmonic, abs=1.5 * resolution)
    header, row = out.read_text().splitlines()
    assert header == "mode,harmonic_per_cm,md_per_cm"
    assert [round(float(value), 1) for value in row.split(",")] == [0, harmonic, peak]
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    for words, message in (
        ([str(low), "-o", str(out)], "out.csv: exists; replace it with --overwrite"),
        ([str(low), "-o", str(tmp_path / "out.txt")], "the table is written as .csv; end the name so"),
        ([str(start)], "is not stationary in this model"),
        ([str(low), "--md", "none.extxyz"], "none.extxyz: no such file"),
        ([str(low), "--md", str(start)], "no velocities in it"),
    ):
        assert main(["vibrations", str(model), *words]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
