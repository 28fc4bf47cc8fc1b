"""Gates without an exact circuit: refused without a formula, emitted with one, and the report says what it breaks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Operator
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.errors import MethodError
from eqcompile.face.cli.main import main

RING = " + ".join(f"H({q},{(q + 1) % 8})" for q in range(8))
SPEC = f"""\
name: ring
qubits: 8
symmetry:
  - rotation: SU(2)
  - permutation: ["(0 1 2 3 4 5 6 7)"]
state: singlets [[0, 1], [2, 3], [4, 5], [6, 7]]
observable: H(0,1)
ansatz: {{depth: 1, blocks: 1, layer: [{RING}]}}
"""
PROVEN = SPEC.replace("state: singlets [[0, 1], [2, 3], [4, 5], [6, 7]]", "state: derive").replace(
    "observable: H(0,1)", f"observable: {RING}"
)


@pytest.fixture(scope="module")
def ring() -> eq.Program:
    return eq.compile(eq.loads(SPEC))


def unitary(program: eq.Program, steps: int, theta: float) -> np.ndarray:
    circuit = program.to_qiskit(prepare=False, trotter=(2, steps))
    return np.asarray(Operator(circuit.assign_parameters([theta])).data)


def test_no_formula_no_circuit(ring: eq.Program) -> None:
    with pytest.raises(
        MethodError, match=r"on 8 qubits whose terms do not commute; .* trotter=\(order, steps\)$"
    ):
        ring.to_qiskit()


def test_the_error_falls_with_the_square_of_the_steps(
    ring: eq.Program, dense: Callable[[eq.PauliSum], Any]
) -> None:
    exact = expm(-0.3j * dense(eq.PauliSum.parse(RING, 8)))
    errors = [np.linalg.norm((unitary(ring, steps, 0.3) - exact)[:, 5]) for steps in (2, 4)]
    assert 3.5 < errors[0] / errors[1] < 4.6


def test_on_a_back_end_nothing_more_is_claimed(ring: eq.Program) -> None:
    """The circuit equals the one before transpilation, but that circuit was never certified."""
    circuit = ring.to_qiskit(backend="generic_8", trotter=(2, 1))
    assert not circuit.certificate
    assert [finding.verdict for finding in circuit.certificate.findings] == ["proven"] * 3 + ["refused"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2", '--trotter "2": write ORDER,STEPS, such as 2,4'),
        ("2," + "9" * 6000, f'--trotter "2,{"9" * 38}...": write ORDER,STEPS, such as 2,4'),
        ("2,x", '--trotter "2,x": write ORDER,STEPS, such as 2,4'),
        ("3,1", "no product formula of order 3; known: 1, 2, 4, 6 and so on"),
        ("2,0", "a product formula with 0 steps; it takes a whole number of them, at least one"),
    ],
)
def test_wrong_formulas(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    path = tmp_path / "ring.yaml"
    path.write_text(PROVEN)
    assert main(["compile", str(path), "-o", str(tmp_path / "out"), "--trotter", text]) == 2
    assert capsys.readouterr().err == f"{message}\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_command_writes_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ring.yaml"
    path.write_text(PROVEN)
    assert main(["compile", str(path), "-o", str(tmp_path), "--trotter", "2,1"]) == 0
    assert (
        "kept exactly: T_x, T_y, T_z, (0 1 2 3 4 5 6 7)^2; defect of (0 1 2 3 4 5 6 7): "
        in capsys.readouterr().out
    )
    (report,) = json.loads((tmp_path / "ring.lowering.json").read_text())
    assert report["broken"] == ["(0 1 2 3 4 5 6 7)"]
    assert report["rows"][0]["defects"][0][1] > report["rows"][-1]["defects"][0][1] > 0
