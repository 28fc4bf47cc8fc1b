"""Circuits in positions, as we write them, are read as circuits in angles; whatever differs is not."""

import io
from collections.abc import Callable
from math import hypot
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy, transpile
from qiskit.circuit import Parameter

import eqcompile as eq
from eqcompile.backends.circuit_files import circuit_from_bytes
from eqcompile.backends.defect import unitary_of
from eqcompile.backends.qiskit_angles import AngleReader
from eqcompile.backends.qiskit_reader import general_circuit
from eqcompile.backends.qiskit_vectors import vector_symbols
from eqcompile.circuit.angles import ExactAngle

PAIR = """\
name: pair
qubits: 2
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{rotation: SU(2)}, {permutation: ["(A B)"]}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 2, blocks: 1, layer: [H(0,1)]}
"""
WHOLE = {site: (f"{site}_x", f"{site}_y", f"{site}_z") for site in "AB"}


@pytest.fixture(scope="module")
def pair() -> eq.Program:
    return eq.compile(eq.loads(PAIR))


def as_file(circuit: QuantumCircuit) -> QuantumCircuit:
    """Through a QPY file."""
    file = io.BytesIO()
    qpy.dump(circuit, file)
    return circuit_from_bytes(file.getvalue())


def with_gate(circuit: QuantumCircuit, old: object, new: object) -> QuantumCircuit:
    """The circuit with an angle replaced wherever it stands."""
    out = QuantumCircuit(circuit.num_qubits)
    for item in circuit.data:
        operation = item.operation.to_mutable()
        operation.params = [new if value == old else value for value in operation.params]
        out.append(operation, [circuit.find_bit(q).index for q in item.qubits])
    return out


def test_a_program_and_its_file_are_proven_in_positions(pair: eq.Program) -> None:
    for circuit in (pair.to_qiskit(), as_file(pair.to_qiskit())):
        certificate = eq.verify(circuit, pair.spec, what="model")
        assert certificate.verdict == "proven"
        (text,) = certificate.assumptions
        assert text.startswith("the expressions that eqcompile writes for the positions of A, B are ")


def test_both_forms_are_the_same_circuit(pair: eq.Program) -> None:
    """At one point, against the form in angles: the length of a vector is half of the turn without its scale."""
    circuit = general_circuit(pair.to_qiskit(), WHOLE)
    assert not circuit.opaque
    assert not {name for names in WHOLE.values() for name in names} & set(circuit.parameters)
    positions = {"A": (0.3, -0.8, 0.5), "B": (-1.1, 0.2, 0.4)}
    values = {name: 0.3 + 0.1 * k for k, name in enumerate(circuit.parameters)}
    bound = {f"{site}_{axis}": v for site, x in positions.items() for axis, v in zip("xyz", x, strict=True)}
    for site, (x, y, z) in positions.items():
        values[f"{site}_azimuth"], values[f"{site}_elevation"] = np.arctan2(y, x), np.arctan2(z, hypot(x, y))
        values[f"{site}_turn"] = np.linalg.norm((x, y, z))
    original = pair.to_qiskit()
    given = original.assign_parameters({p: (bound | values)[p.name] for p in original.parameters})
    expected = unitary_of(general_circuit(given), {})
    assert np.allclose(unitary_of(circuit, values), expected, atol=1e-12)


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("form", ["positions", "angles"])
def test_transpiled_circuits_are_proven(pair: eq.Program, form: Any, level: int) -> None:
    circuit = transpile(
        pair.to_qiskit(data=form),
        basis_gates=["rz", "sx", "x", "cx"],
        coupling_map=[[0, 1], [1, 0], [1, 2], [2, 1]],
        initial_layout=[0, 2],
        optimization_level=level,
        seed_transpiler=0,
    )
    assert eq.verify(circuit, pair.spec, what="model")
    circuit.rz(1e-9, circuit.layout.final_index_layout()[0])
    assert eq.verify(circuit, pair.spec, what="model").verdict == "refused"


def test_names_may_be_declared(pair: eq.Program) -> None:
    """The same circuit for a spec that calls its sites otherwise; x and y exchanged is another direction."""
    other = eq.loads(PAIR.replace("A", "P").replace("B", "Q"))
    declared = {f"{a}_{axis}": (b, axis) for a, b in ("AP", "BQ") for axis in "xyz"}
    assert eq.verify(pair.to_qiskit(), other, declared, "model")
    twisted = declared | {"A_x": ("P", "y"), "A_y": ("P", "x")}
    assert not eq.verify(pair.to_qiskit(), other, twisted, "model")


@pytest.mark.parametrize(
    ("what", "replacement"),
    [
        ("a relative error", lambda azimuth: azimuth * (1 + 1e-9)),
        ("a small shift", lambda azimuth: azimuth + 1e-9),
        ("half a turn", lambda azimuth: azimuth + np.pi / 2),
        ("a sign", lambda azimuth: -azimuth),
    ],
)
def test_negative_control_a_changed_direction_is_no_vector(
    pair: eq.Program, what: str, replacement: Callable[[object], object]
) -> None:
    circuit = pair.to_qiskit()
    azimuth = circuit.data[-1].operation.params[0]
    changed = with_gate(circuit, azimuth, replacement(azimuth))
    assert eq.verify(with_gate(circuit, azimuth, azimuth), pair.spec, what="model")
    assert eq.verify(changed, pair.spec, what="model").verdict != "proven"


def test_negative_control_an_expression_with_another_number_has_no_exact_form(pair: eq.Program) -> None:
    symbols = {name: expression for name, expression, _ in vector_symbols({"A": WHOLE["A"]})}
    reader = AngleReader()
    for name, expression in symbols.items():
        reader.declare(name, expression, {})
    for name, expression in symbols.items():
        assert reader.angle(expression) == ExactAngle.parameter(name)
        assert reader.angle(-expression) == -ExactAngle.parameter(name)
    x, y, z = sorted(symbols["A_azimuth"].parameters | symbols["A_elevation"].parameters, key=str)
    for other in (
        (x * x + y * y + 1.0000001 * z * z) ** 0.5,
        (x * x + y * y) ** 0.5,
        (x * x + y * y + z * z) ** 0.25,
        symbols["A_azimuth"].assign(x, z),
        symbols["A_elevation"].assign(z, 2 * z),
    ):
        with pytest.raises(Exception, match="is no polynomial in its parameters"):
            reader.angle(other)


def test_a_circuit_that_takes_a_vector_in_two_ways_is_left_as_it_is(pair: eq.Program) -> None:
    """Angles and coordinates of one vector are not independent: nothing is decided about the two together."""
    circuit = pair.to_qiskit()
    (z,) = (parameter for parameter in circuit.parameters if parameter.name == "A_z")
    circuit.rz(z / 10, 0)
    exact = general_circuit(circuit, WHOLE)
    assert {"A_x", "A_y", "A_z", "B_azimuth"} <= set(exact.parameters)
    assert {name for gate in exact.opaque for name in gate.names} == {"A_x", "A_y", "A_z", "alpha"}
    assert eq.verify(circuit, pair.spec, what="model").verdict == "refused"


def test_a_parameter_that_is_called_like_an_angle_keeps_its_meaning(pair: eq.Program) -> None:
    circuit = pair.to_qiskit()
    circuit.rz(Parameter("B_turn"), 0)
    exact = general_circuit(circuit, WHOLE)
    assert {"A_azimuth", "B_turn", "B_x"} <= set(exact.parameters)
    assert "B_azimuth" not in exact.parameters
    assert eq.verify(circuit, pair.spec, what="model").verdict == "refused"
