"""How recheck reads circuit files: what a library reads wrongly, it reads by itself."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from eqcompile.errors import EqcompileError
from eqcompile.recheck.files.circuit.circuit_file import load_circuit
from eqcompile.recheck.files.unread import UnreadError

PROGRAM = """OPENQASM 3.0;
include "stdgates.inc";
gate inner({0}, {1}, {2}) q {{ rx({0}) q; ry({1}) q; rz({2} / 2) q; }}
gate outer({2}, {0}) q {{ inner({2}, 0.5, {0}) q; }}
qubit[1] q;
inner(0.1, 0.2, 0.3) q[0];
outer(0.7, 0.8) q[0];
"""


@pytest.mark.parametrize("names", list(permutations("abc")), ids="".join)
def test_arguments_are_bound_in_the_order_of_their_declaration(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    """The OpenQASM 3 importer binds them in alphabetical order."""
    path = tmp_path / "circuit.qasm"
    path.write_text(PROGRAM.format(*names))
    wanted = QuantumCircuit(1)
    for x, y, z in ((0.1, 0.2, 0.15), (0.7, 0.5, 0.4)):
        wanted.rx(x, 0)
        wanted.ry(y, 0)
        wanted.rz(z, 0)
    assert np.allclose(Operator(load_circuit(path).circuit).data, Operator(wanted).data, atol=1e-12)


def test_two_arguments_of_one_name_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "circuit.qasm"
    path.write_text("OPENQASM 3.0;\ngate g(a, a) q { U(a, 0, 0) q; }\nqubit[1] q;\ng(1, 2) q[0];\n")
    with pytest.raises(UnreadError, match="two arguments of one name"):
        load_circuit(path)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("x r[0];", "Undefined symbol 'r'"),
        ("float[64] a = 0.1;", "declarations of type 'float' are not supported"),
        ("pragma this", "node of type Pragma is not supported"),
    ],
)
def test_what_the_importer_refuses_is_one_line(statement: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "circuit.qasm"
    head = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[1] q;\n'
    path.write_text(head + statement)
    with pytest.raises(EqcompileError) as caught:
        load_circuit(path)
    assert str(caught.value).startswith(f"{path}: not readable as OpenQASM 3: ")
    assert reason in str(caught.value)
    path.write_text(head + "x q[0];")
    assert load_circuit(path).circuit.num_qubits == 1


def test_code_behind_a_carriage_return_is_counted(tmp_path: Path) -> None:
    """A comment in OpenQASM 3 ends there; in OpenQASM 2 it does not."""
    path = tmp_path / "circuit.qasm"
    path.write_bytes(b"OPENQASM 3.0;\n// note\rqubit[30000000] q;\nU(0, 0, 0) q[0];")
    with pytest.raises(UnreadError, match="a circuit of 30000000 bits"):
        load_circuit(path)
    path.write_bytes(b"OPENQASM 2.0;\nqreg r[2]; // note\rqreg q[30000000];\nU(0, 0, 0) r[0];")
    assert load_circuit(path).circuit.num_qubits == 2
