"""Distances are counted once from each end, and nothing is divided by a density that is not there."""

from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.errors import MdError
from siqml.md.distances import distance_lines, distances
from siqml.md.motion import Motion, read_motion

WATERS = ("O", "H", "H", "O", "H", "H")


@pytest.fixture
def motion() -> Motion:
    positions = np.random.default_rng(2).normal(0, 2, (50, 6, 3))
    return Motion(WATERS, positions, None, None)


def test_integrals_are_numbers_of_atoms(motion: Motion) -> None:
    middles, found = distances(motion, 0.05)
    counts = {one.name: one.count for one in found}
    assert counts == pytest.approx({"O-O": 1, "O-H": 4, "H-H": 3})
    for one in found:
        assert (one.number * 0.05).sum() == pytest.approx(one.count)
        edges = np.append(middles - 0.025, middles[-1] + 0.025)
        assert (one.density * 4 / 3 * np.pi * np.diff(edges**3)).sum() == pytest.approx(one.count)


def test_curves_are_those_of_a_plain_count(motion: Motion) -> None:
    width = 0.5
    middles, found = distances(motion, width)
    for one in found:
        a, b = one.pair
        expected = np.zeros(len(middles))
        apart = []
        for frame in motion.positions:
            for i in range(6):
                for j in range(6):
                    if i != j and (WATERS[i], WATERS[j]) == (a, b):
                        r = float(np.linalg.norm(frame[i] - frame[j]))
                        apart.append(r)
                        expected[int(r / width)] += 1 / (50 * WATERS.count(a) * width)
        np.testing.assert_allclose(one.number, expected)
        assert (one.shortest, one.mean, one.longest) == pytest.approx(
            (min(apart), np.mean(apart), max(apart))
        )


def test_a_stiff_pair_is_one_peak() -> None:
    positions = np.zeros((3, 2, 3))
    positions[:, 1, 0] = 1.234
    middles, (only,) = distances(Motion(("Li", "H"), positions, None, None), 0.01)
    assert only.number.max() == pytest.approx(100)
    assert middles[only.number.argmax()] == pytest.approx(1.235)
    assert distance_lines(Motion(("Li", "H"), positions, None, None), [only])[2].split() == [
        "Li-H", "1", "1.234", "1.234", "1.234",
    ]  # fmt: skip


def test_what_has_no_distances_is_refused(motion: Motion) -> None:
    with pytest.raises(MdError, match="a single atom has no distances"):
        distances(Motion(("H",), np.zeros((3, 1, 3)), None, None), 0.1)
    with pytest.raises(MdError, match=r"--width 1e-05: \d+ bins up to .*; the limit is 100000"):
        distances(motion, 1e-5)


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = "".join(f"2\nstep={10 * k} time_fs={5.0 * k}\nLi 0 0 0\nH 0 0 {1 + k / 10}\n" for k in range(4))
    run, out = tmp_path / "run.extxyz", tmp_path / "out.csv"
    run.write_text(frames)
    assert main(["rdf", str(run), "-o", str(out), "--skip", "1", "--width", "0.1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 frames"
    assert lines[2].split() == ["Li-H", "1", "1.100", "1.200", "1.300"]
    assert (
        lines[3] == "a free cluster has no bulk density: curves are atoms per angstrom, and do not tend to 1"
    )
    assert lines[4] == f"{out}, out.png"
    assert out.read_text().splitlines()[0] == "r,n_Li-H,rho_Li-H"
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "mixed.xyz").write_text(frames + "1\n\nH 0 0 0\n")
    (tmp_path / "empty.xyz").write_text("")
    (tmp_path / "far.xyz").write_text("2\n\nLi 0 0 0\nH 0 0 nan\n")
    (tmp_path / "cell.xyz").write_text('2\nLattice="9 0 0 0 9 0 0 0 9"\nLi 0 0 0\nH 0 0 1\n')
    for words, message in (
        ([str(run), "-o", str(out)], "out.csv: exists; replace it with --overwrite"),
        ([str(run), "--skip", "4"], "run.extxyz: 4 frames; --skip 4 leaves none"),
        ([str(tmp_path / "mixed.xyz")], "mixed.xyz:17: structure 4 is H; needed: Li H"),
        ([str(tmp_path / "empty.xyz")], "empty.xyz: 0 frames"),
        ([str(tmp_path / "far.xyz")], "a position in it is not a finite number"),
        ([str(tmp_path / "cell.xyz")], "cell.xyz:1: structure 0 is periodic; needed: one free molecule"),
        (["none.xyz"], "none.xyz: no such file"),
    ):
        assert main(["rdf", *words]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


def test_a_simulation_is_read_in_the_order_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "run.xyz"
    head = "Properties=species:S:1:pos:R:3:momenta:R:3 step={} time_fs={}"
    path.write_text(
        "".join(f"2\n{head.format(4 * k, 2.0 * k)}\nH 0 0 {k} 1 0 0\nLi 1 0 {k} 2 0 0\n" for k in range(3))
    )
    found = read_motion(path, species=("Li", "H"))
    assert found.momenta is not None
    assert found.positions[2].tolist() == [[1, 0, 2], [0, 0, 2]]
    assert found.momenta[0].tolist() == [[2, 0, 0], [1, 0, 0]]
    assert (found.step(path), found.timestep) == (2.0, 0.5)
