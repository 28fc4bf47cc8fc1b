"""Circuits in positions, as we write them, are read as circuits in angles; anything that differs is not."""

import io
from collections.abc import Callable
from math import hypot
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy, transpile
from qiskit.circuit import Parameter
from qiskit.circuit.library import RVGate
from qiskit.quantum_info import Operator, Statevector

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import PauliRotation
from eqcompile.errors import BackendError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.numeric.defect import unitary_of
from eqcompile.readers.angles import AngleReader
from eqcompile.readers.circuit import general_circuit
from eqcompile.readers.circuit_file import circuit_from_bytes
from eqcompile.readers.vectors import vector_symbols

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
    """At one point, compared with the form in angles: the length of a vector is half of the turn without its scale."""
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
    """The same circuit for a spec that names its sites otherwise; with x and y exchanged, it is another direction."""
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


def with_z_times(circuit: QuantumCircuit, factor: float) -> QuantumCircuit:
    """The circuit with the z component of its first ``RVGate`` stretched."""
    out = circuit.copy()
    number = next(k for k, item in enumerate(out.data) if item.operation.name == "rv")
    x, y, z = out.data[number].operation.params
    out.data[number] = out.data[number].replace(operation=RVGate(x, y, factor * z))
    return out


def test_vectors_are_one_gate_each_and_are_proven_with_nothing_assumed(pair: eq.Program) -> None:
    circuit = pair.to_qiskit("vectors")
    assert circuit.count_ops()["rv"] == 6
    for same in (circuit, as_file(circuit)):
        certificate = eq.verify(same, pair.spec, what="model")
        assert certificate.verdict == "proven"
        assert certificate.assumptions == ()


def test_the_form_in_vectors_has_the_values_of_the_model(pair: eq.Program) -> None:
    dice = np.random.default_rng(5)
    params = dice.normal(size=pair.num_parameters)
    for x in (dice.normal(size=(2, 3)), np.zeros((2, 3)), np.array([[0.0, 0, 1], [1e-9, 0, -2]])):
        circuit = pair.to_qiskit("vectors")
        assert {p.name for p in circuit.parameters} == {p.name for p in pair.to_qiskit().parameters}
        bound = circuit.assign_parameters(pair.circuit_values(params, x, "vectors"))
        found = Statevector(bound).expectation_value(circuit.observable).real
        assert found == pytest.approx(float(pair.to_jax()(params, x[None])[0]), abs=1e-13)


def test_negative_control_a_stretched_component_is_refused(pair: eq.Program) -> None:
    certificate = eq.verify(with_z_times(pair.to_qiskit("vectors"), 1.001), pair.spec, what="model")
    assert certificate.verdict == "refused"
    assert "has no exact form" in certificate.refused[0].detail


def test_negative_control_a_vector_read_twice_in_different_ways_is_one_input(pair: eq.Program) -> None:
    circuit = pair.to_qiskit("vectors")
    angle = next(p for p in circuit.parameters if p.name == "A_x")
    circuit.rz(angle, 0)
    assert eq.verify(circuit, pair.spec, what="circuit").verdict == "refused"


def test_vectors_along_an_axis_are_plain_rotations() -> None:
    circuit = QuantumCircuit(1)
    circuit.rv(0, Parameter("a"), 0, 0)
    circuit.rv(0, 0, 0, 0)
    assert general_circuit(circuit).operations == (
        PauliRotation(pauli_key({0: "Y"}), ExactAngle.parameter("a"), 0),
    )


def test_other_vectors_are_read_once_they_have_values() -> None:
    circuit = QuantumCircuit(1)
    a = Parameter("a")
    circuit.rv(a, 2 * a, 0, 0)
    assert general_circuit(circuit).opaque
    bound = circuit.assign_parameters({a: 0.3})
    assert np.allclose(unitary_of(general_circuit(bound), {}), Operator(bound).data, atol=1e-12)


def test_vectors_do_not_go_to_a_back_end_without_values(pair: eq.Program) -> None:
    message = (
        '^the form "vectors" has no gates of a back end before its parameters have values; choose "angles" '
    )
    with pytest.raises(BackendError, match=message):
        pair.to_qiskit("vectors", backend="generic_3")
