"""The files of a compiled program."""

from collections.abc import Callable
from pathlib import Path

import pytest
from qiskit import qasm3, qpy

import eqcompile as eq

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
