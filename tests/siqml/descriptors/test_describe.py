"""``siqml describe`` as a user meets it."""

import json
import shutil
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.face.cli.main import main as eqcompile_main
from siqml.commands.main import main
from siqml.data.reading.shipped import shipped_file
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.ensemble import load_field
from siqml.field.force_field import ForceField

FEW = ["--set", "data.train_size=40"]
SHORT = ["--locality", "2", "--steps", "30"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained circuit, and networks on its descriptors and on those of a circuit that only begins."""
    root = tmp_path_factory.mktemp("runs")
    steps = ["--set", "adam.steps=20", "--set", "lbfgs.steps=20"]
    assert main(["train", "water", *FEW, *steps, "-o", str(root / "circuit")]) == 0
    assert main(["describe", str(root / "circuit"), *SHORT, "-o", str(root / "trained")]) == 0
    begun = ["describe", "water", *FEW, "--set", "start.scales=0.3", *SHORT, "--seed", "3"]
    assert main([*begun, "-o", str(root / "begun")]) == 0
    return root


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The single line of a refused command."""
    capsys.readouterr()
    try:
        code = main(words)
    except SystemExit as left:
        code = left.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    return line


def test_what_is_left(runs: Path) -> None:
    names = {path.name for path in (runs / "trained").iterdir()}
    assert names == {
        "config.yaml", "spec.yaml", "metrics.json", "model.safetensors", "parity.png", "certificates"
    }  # fmt: skip
    found = json.loads((runs / "trained" / "metrics.json").read_text())
    assert found["network"] == [4, 16, 16, 1]
    assert [row["operator"] for row in found["descriptors"]][:1] == ["X0 X1 + Y0 Y1 + Z0 Z1"]
    assert found["circuit"]["num_structures"] == found["test"]["num_structures"] == 474
    assert found["train"]["num_structures"] == 40
    assert json.loads((runs / "begun" / "metrics.json").read_text())["circuit"] is None


def test_every_descriptor_has_a_certificate_that_is_confirmed(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs / "trained" / "certificates"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{k:03}.{end}" for k in range(4) for end in ("json", "yaml")
    ]
    for k in range(4):
        words = ["recheck", str(folder / f"{k:03}.json"), "--spec", str(folder / f"{k:03}.yaml")]
        assert eqcompile_main(words) == 0
        assert "CONFIRMED: water_" in capsys.readouterr().out


def test_negative_control_a_certificate_of_another_descriptor_is_contradicted(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs / "trained" / "certificates"
    assert eqcompile_main(["recheck", str(folder / "000.json"), "--spec", str(folder / "001.yaml")]) != 0


def test_the_model_is_one_for_every_command(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained = str(runs / "trained")
    assert main(["evaluate", trained]) == 0
    shown = capsys.readouterr().out
    assert "water_train.extxyz: 40 structures" in shown
    assert "this model sees 3 of 6 directions" in shown
    assert main(["evaluate", trained, str(runs / "begun"), "water_test.extxyz"]) == 0
    assert "mean of 2 models" in capsys.readouterr().out
    out = str(runs / "md.extxyz")
    assert main(["md", trained, "-o", out, "--steps", "20"]) == 0
    assert main(["md", trained, "-o", out, "--steps", "40", "--resume"]) == 0


def test_the_circuit_stays_as_it_is(runs: Path) -> None:
    circuit, described = load_field([runs / "circuit"]), load_field([runs / "trained"])
    assert isinstance(circuit, ForceField)
    assert isinstance(described, DescriptorField)
    assert described.descriptors.circuit.params.tobytes() == circuit.params.tobytes()


def test_the_same_command_gives_the_same_bits(runs: Path, tmp_path: Path) -> None:
    words = ["describe", str(runs / "circuit"), *SHORT, "-o", str(tmp_path / "again")]
    assert main(words) == 0
    for name in ("model.safetensors", "certificates/003.json", "certificates/003.yaml"):
        assert (tmp_path / "again" / name).read_bytes() == (runs / "trained" / name).read_bytes()


def test_the_report_names_the_group_and_the_circuit(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["describe", str(runs / "circuit"), *SHORT, "-o", str(tmp_path / "again")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "4 descriptors of water, each proven invariant under SU(2) x (H1 H2)"
    assert lines[-2].startswith("the circuit alone on water_test.extxyz, mean squares: energy ")
    assert lines[-1].startswith("network 4-16-16-1: 369 weights, ")


def test_a_broken_symmetry_is_not_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["describe", "water_breaking", *FEW, *SHORT, "-o", str(tmp_path / "broken")]
    assert main(words) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "4 descriptors of water_breaking, each proven invariant under U(1) about z x (H1 H2)"


def test_doubtful_labels_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Forces with the wrong sign: refused nowhere, and not passed over in silence."""
    lines = shipped_file("lih_train.extxyz").read_text().splitlines()
    turned = [
        line
        if len(words := line.split()) != 7
        else " ".join([*words[:4], *(f"{-float(w)}" for w in words[4:])])
        for line in lines
    ]
    (tmp_path / "turned.extxyz").write_text("\n".join(turned) + "\n")
    words = ["describe", "lih", "--set", f"data.train={tmp_path / 'turned.extxyz'}", *SHORT]
    assert main([*words, "-o", str(tmp_path / "new")]) == 0
    said = json.loads((tmp_path / "new" / "metrics.json").read_text())["warnings"]
    assert said
    assert all(line in capsys.readouterr().err for line in said[:1])


def test_replacing_needs_a_word_and_leaves_no_old_certificate(runs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(runs / "trained", folder)
    (folder / "certificates" / "011.json").write_text("{}")
    (folder / "certificates" / "mine.txt").write_text("mine")
    words = ["describe", str(runs / "circuit"), *SHORT, "-o", str(folder)]
    assert main(words) == 2
    assert main([*words, "--overwrite"]) == 0
    names = {path.name for path in (folder / "certificates").iterdir()}
    assert "011.json" not in names
    assert "mine.txt" in names


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["watr"], 'no shipped config "watr"; did you mean "water"?'),
        (["RUNS/trained"], "a network on descriptors; this needs a model that is a circuit alone"),
        (["RUNS"], "a folder of runs; name one of them, such as"),
        (["RUNS/circuit", "--set", "seed=3"], "--set seed=3: --seed gives the seed; leave it out"),
        (["RUNS/circuit", "--set", "adam.steps=3"], "is a trained model; settings are those of a config"),
        (["RUNS/circuit", "--locality", "1"], "water: no observable on up to 1 qubits is invariant"),
        (["RUNS/circuit", "--energy", "0", "--forces", "0"], "the weights of energies and forces are both 0"),
        (
            ["RUNS/circuit", "--hidden", "3,x"],
            'argument --hidden: found "3,x"; needed: up to 8 whole numbers from 1',
        ),
        (["RUNS/circuit", "--hidden", "0"], "argument --hidden"),
        (
            ["RUNS/circuit", "--decay", "-1"],
            'argument --decay: found "-1"; needed: a finite number of at least 0',
        ),
    ],
)
def test_mistakes_are_one_line_and_write_nothing(
    words: list[str], message: str, runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.replace("RUNS", str(runs)) for word in words]
    assert message in refused(["describe", *words, "-o", str(tmp_path / "new")], capsys)
    assert list(tmp_path.iterdir()) == []


def test_the_circuit_is_not_replaced(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (runs / "circuit" / "model.safetensors").read_bytes()
    words = ["describe", str(runs / "circuit"), "-o", str(runs / "circuit"), "--overwrite"]
    assert "which this would replace; choose another with -o" in refused(words, capsys)
    assert (runs / "circuit" / "model.safetensors").read_bytes() == before


def test_data_without_forces(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shipped_file("lih_train.extxyz").read_text().splitlines()
    bare = [
        line.replace(":forces:R:3", "") if "Properties" in line else " ".join(line.split()[:4])
        for line in lines
    ]
    (tmp_path / "bare.extxyz").write_text("\n".join(bare) + "\n")
    words = ["describe", "lih", "--set", f"data.train={tmp_path / 'bare.extxyz'}", *SHORT]
    words += ["-o", str(tmp_path / "new")]
    assert "it has no forces to fit; take --forces 0, or a set with forces" in refused(words, capsys)
    assert not (tmp_path / "new").exists()
    assert main([*words, "--forces", "0"]) == 0
    assert eq.loads((tmp_path / "new" / "spec.yaml").read_text(), path="x").name == "lih"
