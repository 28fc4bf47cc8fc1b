"""OpenQASM 3 is counted before it is read, and read as the language means it."""

import math
from itertools import permutations
from pathlib import Path

import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from eqcompile.errors import BackendError
from eqcompile.readers.circuit_file import circuit_from_bytes, parsed, read_circuit
from eqcompile.readers.files.openqasm3 import CONTROLLED_U

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '

DOUBLED = "".join(f"let a{k} = a{k - 1} ++ a{k - 1};" for k in range(1, 40))


def refusal(text: str) -> str:
    with pytest.raises(BackendError) as caught:
        circuit_from_bytes((HEAD + text).encode())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def circuit(text: str) -> QuantumCircuit:
    return circuit_from_bytes((HEAD + text).encode())


def notes(text: str) -> tuple[str, ...]:
    return parsed((HEAD + text).encode()).notes


@pytest.mark.parametrize("names", list(permutations(["a", "b", "theta"])))
def test_arguments_of_gates_are_bound_in_the_order_of_their_declaration(names: tuple[str, ...]) -> None:
    """The importer binds them in alphabetical order, which turns every other order into another circuit."""
    first, second, third = names
    body = f"rx({first}) q; ry(2*{second}) q; rz({third} - {first}) q; inv @ rx({second}) q; gphase({third});"
    inner = f"gate own({first}, {second}, {third}) q {{ {body} }} "
    outer = f"gate outer({second}, {first}) q {{ own({first}, {second}, 0.3) q; }} "
    expected = QuantumCircuit(1)
    for a, b, c in ((0.1, 0.7, 0.3), (0.5, 0.9, 1.3)):
        for gate, angle in (("rx", a), ("ry", 2 * b), ("rz", c - a), ("rx", -b)):
            getattr(expected, gate)(angle, 0)
        expected.global_phase += c
    found = circuit(inner + outer + "qubit[1] q; outer(0.7, 0.1) q[0]; own(0.5, 0.9, 1.3) q[0];")
    assert Operator(found) == Operator(expected)


def test_an_argument_may_have_the_name_of_a_gate_or_stand_alone(tmp_path: Path) -> None:
    found = circuit("gate own(x, a) q { x q; rx(a) q; } qubit[1] q; own(0.5, 0.2) q[0];")
    expected = QuantumCircuit(1)
    expected.x(0)
    expected.rx(0.2, 0)
    assert Operator(found) == Operator(expected)
    assert refusal("gate own(a) a { rx(a) a; } qubit q; own(1) q;") == (
        'not readable as OpenQASM 3: the gate "own" has two arguments called "a"'
    )


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("pow(1/2) @ x q[0];", "1/2 = 0"),
        ("rx(7/2) q[0];", "7/2 = 3"),
        ("rx(pi*(1/3)) q[0];", "1/3 = 0"),
        ("gate g(a) p { rx(a * (3/2)) p; } g(1) q[0];", "3/2 = 1"),
        ("box { rx(3/2) q[0]; }", "3/2 = 1"),
    ],
)
def test_quotients_of_whole_numbers_are_noted(text: str, note: str) -> None:
    found = notes(
        "qubit[2] q; " + text if not text.startswith("gate") else text.replace("g(1)", "qubit[2] q; g(1)")
    )
    assert found == (f"a quotient of whole numbers is a whole number, as in OpenQASM 3: {note}",)


@pytest.mark.parametrize(
    ("text", "value"), [("-1/2", -1), ("1/-2", -1), ("(1 + 2*2)/(3 - 5)", -3), ("-7/2", -4), ("-(7/2)", -3)]
)
def test_negative_quotients_are_rounded_as_the_importer_does(text: str, value: int) -> None:
    """The note holds the value that the circuit has; C, unlike the importer, would make -1/2 zero."""
    found = parsed(f"{HEAD}qubit[1] q; rx({text}) q[0];".encode())
    assert found.circuit.data[0].operation.params == [value]
    if text == "-(7/2)":  # the quotient is 3, and its sign comes after it
        assert found.notes == ("a quotient of whole numbers is a whole number, as in OpenQASM 3: 7/2 = 3",)
    else:
        (note,) = found.notes
        assert note.startswith(
            "a negative quotient of whole numbers is rounded down, as Qiskit reads it; OpenQASM 3 "
        )
        assert note.endswith(f" = {value}")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("rx(1/0) q[0];", 4, "division by zero"),
        ("rx(0/0) q[0];", 4, "division by zero"),
        ("rx(pi/0.0) q[0];", 4, "division by zero"),
        ("rx(2 + 1/(1/2)) q[0];", 8, "division by zero"),
        ("h q[1/0];", 5, "division by zero"),
        ("pow(1/0) @ x q[0];", 5, "division by zero"),
        ("gphase(1/0);", 8, "division by zero"),
        ("gate g(a) p { rx(a/0) p; }", 18, "division by zero"),
        ("rx(1 % 0) q[0];", 4, "unsupported binary operation '%'"),
        ("rx(0**-1) q[0];", 4, "unsupported binary operation '**'"),
        ("rx(ln(0)) q[0];", 4, "calls of functions, such as sqrt(2), cannot be read; write the value"),
        ("rx(sqrt(-1)) q[0];", 4, "calls of functions, such as sqrt(2), cannot be read; write the value"),
        ("h q[5];", 3, "an index is out of range"),
    ],
)
def test_angles_that_cannot_be_computed_are_named_with_their_place(
    text: str, place: int, reason: str
) -> None:
    assert refusal("qubit[2] q;\n" + text) == f"not readable as OpenQASM 3: line 2, column {place}: {reason}"


@pytest.mark.parametrize(
    "text", ["rx(pi/2) q[0];", "rx(4/2) q[0];", "rx(1.0/2) q[0];", "rx(1/2.0) q[0];", "id q[0];"]
)
def test_negative_control_other_quotients_are_not(text: str) -> None:
    assert notes("qubit[2] q; " + text) == ()


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("ctrl @ U(0.1, 0.2, 0.3) q[0], q[1];", True),
        ("negctrl @ inv @ u3(0.1, 0.2, 0.3) q[0], q[1];", True),
        ("ctrl @ own q[0], q[1];", True),
        ("U(0.1, 0.2, 0.3) q[0]; own q[1];", False),
        ("ctrl @ rx(0.1) q[0], q[1];", False),
    ],
)
def test_controlled_gates_with_a_phase_of_two_meanings_are_noted(text: str, noted: bool) -> None:
    assert notes("gate own p { u2(0.1, 0.2) p; } qubit[2] q; " + text) == ((CONTROLLED_U,) if noted else ())


def test_modifiers_act_on_the_qubits_that_the_language_says() -> None:
    found = circuit("qubit[3] q; ctrl @ negctrl @ x q[0], q[1], q[2];")
    expected = QuantumCircuit(3)
    expected.x(1)
    expected.ccx(0, 1, 2)
    expected.x(1)
    assert Operator(found) == Operator(expected)


@pytest.mark.parametrize("body", ["h a;", "", "barrier a;"])
def test_gates_that_double_and_double(body: str) -> None:
    gates = [f"gate g0 a {{ {body} }}"] + [f"gate g{k} a {{ g{k - 1} a; g{k - 1} a; }}" for k in range(1, 60)]
    found = refusal(" ".join(gates) + " qubit[2] q; g59 q[0];")
    assert found == 'the gate "g59" is made of more than 20000 gates within gates'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ".join(f"qubit[999] q{k};" for k in range(11)), "registers of more than 10000 qubits together"),
        (" ".join(f"bit[999] c{k};" for k in range(11)), "registers of more than 10000 classical bits together"),
        ("qubit[100*100*100] q;", "a register of 1000000 bits; the limit is 10000"),
        ("qubit[0xfffff] q;", "a register of 1048575 bits; the limit is 10000"),
        ("qubit[9999] q;" + "h q;" * 60, "the program unrolls into more than"),
        ("qubit[9999] q; bit[9999] c;" + "c = measure q;" * 60, "the program unrolls into more than"),
        ("qubit[9999] q; box {" + "h q;" * 60 + "}", "the program unrolls into more than"),
        ("qubit[9999] q;" + "h q[0:9000];" * 60, "the program unrolls into more than"),
        ("qubit[9] q; let a0 = q;" + DOUBLED, "a register of "),
        ("h $10000;", "the physical qubit $10000 is beyond the limit of 10000 qubits"),
        ("h $99999999999999999999;", "the number 99999999999999999999 is too large"),
        ("qubit[3] q; ctrl(1000) @ x q[0], q[1];", '"x" has 1000 controls; the limit is 50'),
        ("gate g a, b, c, d, e, f, i, j, k {} qubit[9] q; pow(2) @ g q[0];", 'a power of "g", a gate on more than 8'),
        ("qubit q; " + "h q; " * 170_000, "the program has more than 500000 words and signs"),
    ],
)  # fmt: skip
def test_what_asks_for_too_much_is_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


@pytest.mark.parametrize(
    "text", ["qubit q; pow(1e400) @ x q;", "qubit q; rx(1/0) q;", "qubit q; pow(0/0) @ x q;"]
)
def test_numbers_that_are_none(text: str) -> None:
    assert refusal(text).startswith("not readable as OpenQASM 3: ")


def test_an_infinite_angle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.qasm"
    path.write_text(HEAD + "qubit q; rx(1e400) q;")
    with pytest.raises(
        BackendError, match=r"instruction 0 \(rx\): the gate parameter inf is not a finite real number"
    ):
        read_circuit(path)


def test_physical_qubits_without_a_layout_are_taken_in_order(tmp_path: Path) -> None:
    path = tmp_path / "c.qasm"
    path.write_text(HEAD + "h $0; cx $0, $1;")
    found = read_circuit(path)
    assert found.num_qubits == 2
    assert [note.partition(" and ")[0] for note in found.notes] == ["the circuit names qubits of a device"]
    expected = QuantumCircuit(2)
    expected.h(0)
    expected.cx(0, 1)
    assert Operator(circuit("h $0; cx $0, $1;").copy()) == Operator(expected)


def test_angles_are_what_they_are() -> None:
    """A circuit with every form of statement that the survey walks through, as the importer alone reads it."""
    text = (
        "input float[64] time; qubit[3] q; bit[3] c; let r = q[0:1]; gate g(b, a) p, s { rx(a) p; cx p, s; } "
        "g(0.1, 0.2) q[0], q[2]; h r; inv @ g(time, pi/4) r[0], r[1]; gphase(pi/8); barrier q; delay[10ns] q[0]; "
        "box { x q[1]; } c = measure q;"
    )
    found = circuit(text)
    assert [item.operation.name for item in found.data] == [
        "g", "h", "h", "g_dg", "barrier", "delay", "box", "measure", "measure", "measure",
    ]  # fmt: skip
    assert found.global_phase == pytest.approx(math.pi / 8)
