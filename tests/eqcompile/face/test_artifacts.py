"""The files of a compiled program."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from qiskit import qasm3, qpy

import eqcompile as eq
from eqcompile.emit import BACK_ENDS
from eqcompile.face.artifacts import CIRCUIT_FILES
from eqcompile.face.cli.main import main

ENDINGS = (".certificate.json", ".png", ".qasm", ".qpy", ".tex", ".txt")


@pytest.mark.parametrize("name", ["lih", "water", "water_breaking", "water_dimer"])
def test_what_is_written(program: Callable[[str], eq.Program], tmp_path: Path, name: str) -> None:
    model = program(name)
    written = eq.save(model, tmp_path / "new" / "folder")
    assert sorted(path.name for path in written) == [f"{name}{ending}" for ending in ENDINGS]
    assert sorted((tmp_path / "new" / "folder").iterdir()) == sorted(written)
    by_ending = {path.name.removeprefix(name): path for path in written}
    assert eq.Certificate.from_json(by_ending[".certificate.json"].read_text()) == model.certificate
    picture = by_ending[".png"].read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) > 5000
    assert by_ending[".txt"].read_text() == eq.draw(model, "text")
    assert by_ending[".tex"].read_text() == eq.draw(model, "latex")
    with by_ending[".qpy"].open("rb") as file:
        (circuit,) = qpy.load(file)
    assert circuit.name == name
    assert {p.name for p in circuit.parameters} > set(model.parameter_names)


def test_openqasm_has_named_inputs(program: Callable[[str], eq.Program], tmp_path: Path) -> None:
    paths = eq.save(program("water"), tmp_path)
    (text,) = (path.read_text() for path in paths if path.suffix == ".qasm")
    assert text.startswith("OPENQASM 3.0;")
    for name in ("w_10_1_2", "H1_azimuth", "H2_turn"):
        assert f"input float[64] {name};" in text
    assert qasm3.loads(text).num_qubits == 4


def test_the_same_program_gives_the_same_files(program: Callable[[str], eq.Program], tmp_path: Path) -> None:
    first, second = (eq.save(program("water"), tmp_path / folder) for folder in ("a", "b"))
    same = {one.name: one.read_bytes() == two.read_bytes() for one, two in zip(first, second, strict=True)}
    assert {name for name, equal in same.items() if equal} >= {
        "water.qasm",
        "water.png",
        "water.tex",
        "water.txt",
        "water.certificate.json",
    }


def test_every_library_has_its_files(program: Callable[[str], eq.Program], tmp_path: Path) -> None:
    assert tuple(CIRCUIT_FILES) == BACK_ENDS
    message = f'^emit: one of {", ".join(BACK_ENDS)} is needed; found str "cirq"$'
    with pytest.raises(eq.EqcompileError, match=message):
        eq.save(program("lih"), tmp_path / "out", emit="cirq")
    assert not (tmp_path / "out").exists()


def test_a_back_end_gets_its_own_files(tmp_path: Path, models: Path) -> None:
    source = tmp_path / "lih.yaml"
    source.write_text((models / "lih.yaml").read_text().replace("depth: 22", "depth: 2"))
    assert main(["compile", str(source), "-o", str(tmp_path / "out"), "--backend", "FakeManilaV2"]) == 0
    out = tmp_path / "out"
    endings = (".certificate.json", ".qasm", ".qpy", ".report.json")
    assert all((out / f"lih.fake_manila{ending}").is_file() for ending in endings)
    report = json.loads((out / "lih.fake_manila.report.json").read_text())
    assert (report["backend"], report["qubits"], report["verdict"]) == ("fake_manila", 5, "proven")
    assert report["symmetry"] == "SU(2)"
    assert set(report["gates"]) <= {"rz", "sx", "x", "cx"}
    assert report["gates"]["cx"] == report["two_qubit_gates"] >= report["two_qubit_depth"] > 0
    assert sorted(report["initial_layout"]) == sorted(set(report["initial_layout"]))
    certificate = eq.Certificate.from_json((out / "lih.fake_manila.certificate.json").read_text())
    assert certificate
    with (out / "lih.fake_manila.qpy").open("rb") as file:
        (circuit,) = qpy.load(file)
    assert circuit.layout.final_index_layout() == report["final_layout"]
    model = eq.compile(eq.load(source))
    assert model.recertify(circuit)
    assert f"${report['initial_layout'][0]};" in (out / "lih.fake_manila.qasm").read_text()


def test_levels_and_seeds_of_the_transpiler(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "lih.yaml"
    source.write_text((models / "lih.yaml").read_text().replace("depth: 22", "depth: 1"))
    argv = ["compile", str(source), "-o", str(tmp_path / "out"), "--backend", "fake_lagos"]
    depths = []
    for level in ("0", "1"):
        assert main([*argv, "--level", level, "--seed", "2"]) == 0
        report = json.loads((tmp_path / "out" / "lih.fake_lagos.report.json").read_text())
        depths.append(report["depth"])
    assert depths[0] > depths[1]
    assert "lih on fake_lagos: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--backend", "fake_armonk"],
            "fake_armonk has 1 qubit, the model needs 4; choose a larger back end",
        ),
        (["--backend", "warp"], 'unknown back end "warp"; known: '),
        (["--level", "1"], "--level is about a back end; name one, such as: --backend fake_lagos"),
    ],
)
def test_nothing_is_written_for_a_wrong_back_end(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["compile", str(models / "lih.yaml"), "-o", str(tmp_path / "out"), *options]) == 2
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()
