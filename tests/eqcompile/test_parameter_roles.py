"""Parameters that may be meant as coordinates but count as weights are named, and so are those that are data."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import Parameter
from qiskit.qpy import dump as qpy_dump

import eqcompile as eq
from eqcompile.face.cli.main import main
from eqcompile.face.comparison import recheck_files
from eqcompile.parameter_roles import roles
from eqcompile.recheck.document import digest_of

SPEC = """\
name: pair
qubits: 2
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{permutation: {cycles: ["(A B)"], on: sites}}]
observable: Z0 + Z1
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Two sites that are exchanged."""
    path = tmp_path / "pair.yaml"
    path.write_text(SPEC)
    return path


def circuit_of(tmp_path: Path, *pairs: tuple[str, str], weights: tuple[str, ...] = ()) -> Path:
    """Rotations of both qubits: by the two parameters of a pair, or both by a weight."""
    circuit = QuantumCircuit(2)
    parameters = {name: Parameter(name) for name in {*(n for pair in pairs for n in pair), *weights}}
    for first, second in (*pairs, *((name, name) for name in weights)):
        circuit.rz(parameters[first], 0)
        circuit.rz(parameters[second], 1)
    path = tmp_path / "circuit.qasm"
    path.write_text(qasm3.dumps(circuit))
    return path


NONE = "no parameter is read as a coordinate of A, B: "


@pytest.mark.parametrize(
    ("pairs", "weights", "assumed"),
    [
        ((), ("Ax",), [NONE + "Ax is a free weight; if Ax is A.x, name it A_x or give --data Ax=A.x"]),
        ((), ("y_B",), [NONE + "y_B is a free weight; if y_B is B.y, name it B_y or give --data y_B=B.y"]),
        (
            (),
            ("a", "pos_A_z", "theta"),
            [
                NONE + "a, pos_A_z, theta are free weights; if a is A.x, name it A_x or give --data a=A.x",
            ],
        ),
        (
            (),
            ("a", "AA_z"),
            [NONE + "AA_z, a are free weights; if AA_z is A.z, name it A_z or give --data AA_z=A.z"],
        ),
        ((), (), []),
        ((("A_x", "B_x"),), ("theta",), []),
        (
            (("A_x", "B_x"),),
            ("yB", "theta"),
            ["yB is a free weight; if yB is B.y, name it B_y or give --data yB=B.y"],
        ),
    ],
)
def test_weights_that_may_be_coordinates(
    pairs: tuple[tuple[str, str], ...],
    weights: tuple[str, ...],
    assumed: list[str],
    spec: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, saved = circuit_of(tmp_path, *pairs, weights=weights), tmp_path / "cert.json"
    assert main(["verify", str(spec), "--circuit", str(path), "-o", str(saved)]) == 0
    shown = "".join(capsys.readouterr().out.split())
    assert json.loads(saved.read_text())["assumptions"] == assumed
    assert all("".join(f"assumed: {line}".split()) in shown for line in assumed)
    assert main(["recheck", str(saved), "--spec", str(spec), "--circuit", str(path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    data = ", ".join(f"{name} -> {name[0]}.{name[2]}" for pair in pairs for name in pair)
    said = f"; data: {data or 'none'}; weights: {', '.join(sorted(weights)) or 'none'} (seed "
    assert last.startswith("CONFIRMED: ")
    assert said in last


def test_declared_names_are_data_in_the_recheck_too(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, saved = circuit_of(tmp_path, ("Ax", "Bx"), weights=("w",)), tmp_path / "cert.json"
    files = ["--spec", str(spec), "--circuit", str(path)]
    declared = ["--data", "Ax=A.x", "--data", "Bx=B.x"]
    assert main(["verify", str(spec), "--circuit", str(path)]) == 1  # as weights they are two that differ
    assert main(["verify", str(spec), "--circuit", str(path), *declared, "-o", str(saved)]) == 0
    assert json.loads(saved.read_text())["assumptions"] == []
    capsys.readouterr()
    assert main(["recheck", str(saved), *files]) == 0
    assert "; data: Ax -> A.x, Bx -> B.x; weights: w (seed " in capsys.readouterr().out.splitlines()[-1]
    assert main(["recheck", str(saved), *files, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["parameters"] == {"data": {"Ax": "A.x", "Bx": "B.x"}, "weights": ["w"]}


def test_a_certificate_that_hides_it_is_not_confirmed(spec: Path, tmp_path: Path) -> None:
    """The negative control: the assumption is taken out, and the forger makes the digest anew."""
    path = circuit_of(tmp_path, weights=("Ax",))
    certificate = eq.verify(str(path), eq.load(spec))
    assert recheck_files(certificate.to_json(), 1, spec, path)
    forged = replace(certificate, assumptions=()).to_json()
    result = recheck_files(forged, 1, spec, path)
    assert not result.confirmed
    assert result.problems == (
        "the file needs an assumption that the certificate does not name: " + certificate.assumptions[0],
    )


@pytest.mark.parametrize(
    "more",
    [[["rotation", "Z0", [[[["A_x"], "1"]], "0"]], ["rotation", "Z0", [[[["A_x"], "-1"]], "0"]]]],
    ids=["a pair that cancels"],
)
def test_gates_in_a_certificate_add_no_parameters_to_those_of_the_file(
    spec: Path, tmp_path: Path, more: list
) -> None:
    """The last line lists which parameters are data and weights: they are those of the file."""
    path = circuit_of(tmp_path, ("A_y", "B_y"), weights=("w",))
    text = eq.verify(str(path), eq.load(spec)).to_json()
    assert recheck_files(text, 1, spec, path)
    body = json.loads(text)
    body["target_data"]["operations"] += more
    body["digest"] = digest_of(body)
    result = recheck_files(json.dumps(body), 1, spec, path)
    assert result.problems == (
        "the gates in the certificate and in the file differ in their parameters: A_x",
    )


def test_vectors_by_their_angles_are_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Our own circuits hold positions in expressions, which are read as angles and lengths."""
    spec = Path(eq.__file__).parents[1] / "examples" / "c3v.yaml"
    out = tmp_path / "out"
    assert main(["compile", str(spec), "-o", str(out)]) == 0
    (qpy,) = out.glob("*.qpy")
    saved = tmp_path / "cert.json"
    assert main(["verify", str(spec), "--circuit", str(qpy), "--as", "model", "-o", str(saved)]) == 0
    assert not any("free weight" in line for line in json.loads(saved.read_text())["assumptions"])
    capsys.readouterr()
    assert main(["recheck", str(saved), "--spec", str(spec), "--circuit", str(qpy)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "; data: r_azimuth -> r.azimuth, r_elevation -> r.elevation, r_turn -> r.length; weights: " in last


@pytest.mark.parametrize(
    ("first", "expected"), [("p", ("px, py, pz are the coordinates x, y, z of A",)), ("A_", ())]
)
def test_vectors_by_other_names_are_named(first: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    """Inside the circuit three angles stand for a vector; the certificate says which names these were."""
    symmetry = eq.loads(SPEC.replace('permutation: {cycles: ["(A B)"], on: sites}', "rotation: SU(2)"))
    circuit = QuantumCircuit(2)
    own = [[Parameter(f"{name}{axis}") for axis in "xyz"] for name in (first, "B_")]
    for qubit, vector in enumerate(own):
        circuit.rv(*vector, qubit)
    names = {
        p.name: (site, axis)
        for site, vector in zip("AB", own, strict=True)
        for p, axis in zip(vector, "xyz", strict=True)
    }
    certificate = eq.verify(circuit, symmetry, data=names)
    assert certificate
    assert certificate.assumptions == expected

    # The recheck takes the names from the certificate, and reads the vector in the file by itself.
    spec, qpy = tmp_path / "spec.yaml", tmp_path / "circuit.qpy"
    spec.write_text(SPEC.replace('permutation: {cycles: ["(A B)"], on: sites}', "rotation: SU(2)"))
    with qpy.open("wb") as stream:
        qpy_dump(circuit, stream)
    text = eq.verify(qpy, spec, data=names).to_json()
    found = recheck_files(text, spec=spec, circuit=qpy)
    assert found.confirmed, found.problems
    assert bool(expected) == any(
        f"{first}x, {first}y, {first}z are taken for" in note for note in found.notes
    )
    body = json.loads(text)
    assert {*roles(body)["data"].values()} >= {f"{site}.azimuth" for site in "AB"}
    turned = [f"{first}{axis}" for axis in "yxz"]
    for forged in ([None, None], [turned, None], [["qx", "qy", "qz"], None], [None, turned]):
        if forged != body["target_data"]["vectors"]:
            other = {**body, "target_data": {**body["target_data"], "vectors": forged}}
            other["digest"] = digest_of(other)
            assert not recheck_files(json.dumps(other), spec=spec, circuit=qpy).confirmed, forged
