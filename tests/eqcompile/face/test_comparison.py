"""The commands `recheck` and `verify --html`: exit codes, comparison with files, one line for every mistake."""

import ast
import json
import sys
from pathlib import Path

import pytest
from qiskit import QuantumCircuit, qasm3

import eqcompile as eq
from eqcompile.face.cli.main import main
from eqcompile.face.comparison import recheck_files

SMALL = """\
name: small
qubits: 2
symmetry: [{rotation: SU(2)}]
state: singlets [[0, 1]]
observable: H(0,1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A spec, a circuit, and the certificates of both."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    circuit = QuantumCircuit(2)
    circuit.swap(0, 1)
    (tmp_path / "swap.qasm").write_text(qasm3.dumps(circuit), encoding="utf-8")
    spec = eq.load(tmp_path / "small.yaml")
    (tmp_path / "spec.json").write_text(eq.verify(spec).to_json(), encoding="utf-8")
    text = eq.verify(str(tmp_path / "swap.qasm"), spec).to_json()
    (tmp_path / "circuit.json").write_text(text, encoding="utf-8")
    return tmp_path


def test_confirmed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--spec", str(folder / "small.yaml"), "--circuit", str(folder / "swap.qasm")]
    assert main(["recheck", str(folder / "spec.json"), "--seed", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "CONFIRMED: small is proven under T_x, T_y, T_z, as far as the content of the certificate goes; give --spec to "
        "hold it against the file (seed 1)"
    )
    assert main(["recheck", str(folder / "circuit.json"), *files]) == 0
    assert ", as the given files have it (seed " in capsys.readouterr().out.splitlines()[-1]
    assert main(["recheck", str(folder / "circuit.json"), *files, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["proven"]
    assert [check["outcome"] for check in answer["checks"]] == ["confirmed"] * 3


def test_other_files_are_noticed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "small.yaml").write_text(SMALL.replace("SU(2)", "U(1)"), encoding="utf-8")
    (folder / "swap.qasm").write_text("OPENQASM 3.0;", encoding="utf-8")
    assert main(["recheck", str(folder / "circuit.json"), "--spec", str(folder / "small.yaml")]) == 1
    out = capsys.readouterr().out
    assert "PROBLEM: the certificate is about a spec other than" in out
    assert "PROBLEM: the group section is not the group of the spec" in out
    assert main(["recheck", str(folder / "circuit.json"), "--circuit", str(folder / "swap.qasm")]) == 1
    assert "PROBLEM: nothing is confirmed against the files: recheck does not read" in capsys.readouterr().out
    (folder / "swap.qasm").write_text("OPENQASM 3.0; qubit[2] q;", encoding="utf-8")
    assert main(["recheck", str(folder / "circuit.json"), "--circuit", str(folder / "swap.qasm")]) == 1
    assert "PROBLEM: the certificate is about a circuit other than" in capsys.readouterr().out


def test_a_group_that_is_not_the_specs_is_noticed(folder: Path) -> None:
    """The hash of the spec copied onto a certificate for a smaller group."""
    text = (folder / "spec.json").read_text(encoding="utf-8")
    assert recheck_files(text, 1, folder / "small.yaml")
    body = json.loads(text)
    body["group_data"]["generators"].pop()
    result = recheck_files(json.dumps(body), 1, folder / "small.yaml")
    assert not result.confirmed
    assert any(line.startswith("the group section is not the group of the spec") for line in result.problems)


def test_refused_and_altered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = eq.verify(eq.PauliSum.parse("Z0", 2), eq.load(folder / "small.yaml"))
    (folder / "refused.json").write_text(refused.to_json(), encoding="utf-8")
    assert main(["recheck", str(folder / "refused.json")]) == 1
    assert "operator: Z0 is refused under" in capsys.readouterr().out.splitlines()[-1]
    text = (folder / "spec.json").read_text(encoding="utf-8").replace("H(0,1)", "H(1,0)")
    (folder / "altered.json").write_text(text, encoding="utf-8")
    assert main(["recheck", str(folder / "altered.json"), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["proven"], answer["confirmed"]) == (False, False)
    assert answer["problems"] == [
        "the digest does not fit the text: the certificate was altered after it was written"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "not a certificate: the file is not text"),
        (b"", "not a certificate: "),
        (b"{", "not a certificate: "),
        (b"{}", "not a certificate of schema 'eqcompile.certificate/3'"),
        (b'{"schema": "eqcompile.certificate/1"}', "holds no evidence that could be rechecked"),
        (
            b'{"schema": "eqcompile.certificate/2"}',
            "verify again to get one of schema 'eqcompile.certificate/3'",
        ),
        (None, "No such file or directory"),
    ],
)
def test_bad_input(
    content: bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cert.json"
    if content is not None:
        path.write_bytes(content)
    assert main(["recheck", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(str(path))
    assert message in error
    assert error.count("\n") == 1


def test_a_graph_file_is_part_of_its_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The text of the spec stays; the graph that it names loses an edge that no automorphism sees, then another."""
    import networkx as nx

    spec, certificate = tmp_path / "ring.yaml", tmp_path / "ring.json"
    spec.write_text(
        "{name: ring, qubits: 4, symmetry: [{graph: {file: ring.graphml}}], observable: Z0 + Z1 + Z2 + Z3}"
    )
    nx.write_graphml(nx.complete_graph(4), tmp_path / "ring.graphml")
    assert main(["verify", str(spec), "-o", str(certificate)]) == 0
    assert main(["recheck", str(certificate), "--spec", str(spec)]) == 0
    capsys.readouterr()
    nx.write_graphml(nx.empty_graph(4), tmp_path / "ring.graphml")  # the same group
    assert main(["recheck", str(certificate), "--spec", str(spec)]) == 1
    out = capsys.readouterr().out
    assert "PROBLEM: the certificate is about a spec other than" in out
    assert "PROBLEM: the group section" not in out
    nx.write_graphml(nx.cycle_graph(4), tmp_path / "ring.graphml")
    assert main(["recheck", str(certificate), "--spec", str(spec)]) == 1
    assert "PROBLEM: the group section" in capsys.readouterr().out


def test_certificates_that_are_cut_or_edited(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If it is cut: one line, exit 2. With a digit more or less anywhere: exit 1 or 2, never 0."""
    path = folder / "edited.json"
    text = (folder / "circuit.json").read_text(encoding="utf-8")
    for length in range(0, len(text) - 2, 211):
        path.write_text(text[:length], encoding="utf-8")
        assert main(["recheck", str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    for place in [k for k, letter in enumerate(text) if letter in "0123456789"][::17]:
        digit = "7" if text[place] != "7" else "3"
        path.write_text(text[:place] + digit + text[place + 1 :], encoding="utf-8")
        assert main(["recheck", str(path)]) in (1, 2)
        assert capsys.readouterr().err.count("\n") <= 1


def test_verify_writes_html(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder / "small.yaml"), "--html", str(folder / "out" / "small.html")]) == 0
    page = (folder / "out" / "small.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "PROVEN for SU(2)" in page
    assert "PROVEN" in capsys.readouterr().out


PARSERS = {"qiskit", "qiskit_qasm3_import", "openqasm3", "ruamel", "networkx", "ase", "sympy"}
"""Packages that read files for the recheck, too; none of the mathematics is theirs."""


def foreign_imports(source: str) -> list[str]:
    """Imports from outside the room, the errors, the standard library and the parsers of files."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
    own = [n for n in names if n.startswith("eqcompile.recheck.") or n == "eqcompile.errors"]
    return [n for n in names if n not in own and n.split(".")[0] not in {*sys.stdlib_module_names, *PARSERS}]


def test_the_recheck_shares_no_code_with_what_it_checks() -> None:
    files = sorted((Path(eq.__file__).parent / "recheck").rglob("*.py"))
    assert len(files) > 5
    assert [name for path in files for name in foreign_imports(path.read_text(encoding="utf-8"))] == []
    assert foreign_imports("from eqcompile.exact.operators.pauli import PauliSum\nimport flint, json") == [
        "eqcompile.exact.operators.pauli",
        "flint",
    ]
