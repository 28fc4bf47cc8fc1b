"""Programs inside larger circuits: stable parameters, their order, prefixes, and circuits without a preparation."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.exceptions import CircuitError
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector

import eqcompile as eq
from eqcompile.errors import BackendError

ROUNDING = 1e-12
FORMS = ["positions", "angles"]


@pytest.fixture(scope="module")
def deep() -> eq.Program:
    """Twelve layers, so that the order by name is not the order by number."""
    pairs = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])
    return eq.model(
        pairs,
        encode={"H1": [0, 2], "H2": [1, 3]},
        state=[(0, 1), (2, 3)],
        observable="H(0,1)",
        layer=["H(0,1)", ("H(1,2)", "H(0,3)")],
        depth=12,
        breaking="Z",
    )


def test_weights_are_in_the_order_of_jax(deep: eq.Program) -> None:
    weights = deep.qiskit_parameters().weights
    assert tuple(p.name for p in weights) == deep.parameter_names
    assert weights[4].name == "w_2_0_0"
    assert weights[20].name == "w_10_0_0"


def test_negative_control_qiskit_sorts_by_name(deep: eq.Program) -> None:
    """An order that the order of the vector must not be taken from."""
    names = [p.name for p in deep.to_qiskit().parameters]
    assert names == sorted(names)
    assert names.index("w_10_0_0") < names.index("w_2_0_0")
    assert [n for n in names if n in deep.parameter_names] != list(deep.parameter_names)


@pytest.mark.parametrize("data", FORMS)
def test_parameters_are_those_of_the_circuit(deep: eq.Program, data: Any) -> None:
    parameters = deep.qiskit_parameters(data)
    assert {*parameters.weights, *parameters.data} == set(deep.to_qiskit(data=data).parameters)
    endings = ("x", "y", "z") if data == "positions" else ("azimuth", "elevation", "turn")
    assert [p.name for p in parameters.data] == [f"{site}_{end}" for site in ("H1", "H2") for end in endings]
    assert ("alpha" in {p.name for p in parameters.weights}) == (data == "positions")


def test_binding_in_this_order_gives_the_jax_energy(deep: eq.Program, draw: Any) -> None:
    params, x = draw(deep, 41)
    circuit, parameters = deep.to_qiskit(), deep.qiskit_parameters()
    values = [*params, *x.ravel()]

    def energy(order: Any) -> float:
        bound = circuit.assign_parameters(dict(zip(order, values, strict=True)))
        return float(Statevector(bound).expectation_value(circuit.observable).real)

    exact = float(deep.to_jax()(params, x[None])[0])
    assert abs(energy([*parameters.weights, *parameters.data]) - exact) < ROUNDING
    assert abs(energy(circuit.parameters) - exact) > 1e-3, "negative control: the order by name"


def test_circuits_of_one_program_share_their_parameters(deep: eq.Program) -> None:
    first, second = deep.to_qiskit(), deep.to_qiskit(prepare=False)
    assert set(first.parameters) == set(second.parameters)
    both = first.compose(second.inverse())
    assert set(both.parameters) == set(first.parameters)
    again = eq.compile(eq.loads(deep.spec.source.text, "elsewhere.yaml")).to_qiskit()
    assert set(again.parameters) == set(first.parameters), "the same text, the same parameters"
    file = BytesIO()
    qpy.dump(first, file)
    file.seek(0)
    assert set(qpy.load(file)[0].parameters) == set(first.parameters), "after a round trip through a file"


def test_a_circuit_and_its_inverse_cancel(deep: eq.Program, draw: Any) -> None:
    params, x = draw(deep, 42)
    circuit = deep.to_qiskit(prepare=False)
    echo = circuit.compose(circuit.inverse()).assign_parameters(deep.circuit_values(params, x))
    assert np.allclose(Operator(echo).data, np.eye(16), rtol=0, atol=ROUNDING)


def test_another_program_has_other_parameters(deep: eq.Program) -> None:
    other = eq.model(eq.SU2(4), layer=["H(0,1)"], observable="H(0,1)")
    assert other.parameter_names[0] == deep.parameter_names[0]
    with pytest.raises(CircuitError, match="w_0_0_0"):
        deep.to_qiskit().compose(other.to_qiskit())
    both = deep.to_qiskit(prefix="a_").compose(other.to_qiskit(prefix="b_"))
    assert {p.name for p in both.parameters} > {"a_w_0_0_0", "b_w_0_0_0"}


@pytest.mark.parametrize("data", FORMS)
def test_inside_a_larger_circuit(deep: eq.Program, draw: Any, data: Any) -> None:
    """Two copies with their own weights, one of them as a gate on qubits in another order."""
    big = QuantumCircuit(9)
    big.compose(deep.to_qiskit(data=data, prefix="a_"), qubits=[0, 1, 2, 3], inplace=True)
    big.compose(deep.to_qiskit(data=data, prefix="b_").to_gate(), qubits=[8, 6, 5, 7], inplace=True)
    assert big.num_parameters == 2 * deep.to_qiskit(data=data).num_parameters
    values: dict[str, float] = {}
    expected = []
    for prefix, seed in (("a_", 43), ("b_", 44)):
        params, x = draw(deep, seed)
        values |= deep.circuit_values(params, x, data, prefix)
        expected.append(float(deep.to_jax()(params, x[None])[0]))
    state = Statevector(big.assign_parameters(values))
    observable = deep.to_qiskit_observable()
    found = [
        state.expectation_value(observable.apply_layout(qubits, num_qubits=9)).real
        for qubits in ([0, 1, 2, 3], [8, 6, 5, 7], [5, 6, 7, 8])
    ]
    assert abs(found[0] - expected[0]) < ROUNDING
    assert abs(found[1] - expected[1]) < ROUNDING
    assert abs(found[2] - expected[1]) > 1e-3, "negative control: the wrong order of qubits"


def test_without_preparation(deep: eq.Program, draw: Any) -> None:
    """The rest of the circuit after another state, here the right one, prepared by hand."""
    params, x = draw(deep, 45)
    values = deep.circuit_values(params, x)
    bare = deep.to_qiskit(prepare=False)
    assert deep.to_qiskit().size() > bare.size()
    singlets = np.zeros(16)
    singlets[[0b0101, 0b0110, 0b1001, 0b1010]] = [0.5, -0.5, -0.5, 0.5]
    states = Statevector(singlets), Statevector.from_int(0, 16)
    bound = bare.assign_parameters(values)
    found = [s.evolve(bound).expectation_value(bare.observable).real for s in states]
    exact = float(deep.to_jax()(params, x[None])[0])
    assert abs(found[0] - exact) < ROUNDING
    assert abs(found[1] - exact) > 1e-3, "negative control: zeros instead of singlets"


@pytest.mark.parametrize("prefix", ["1", "a b", "-", "ä", "a."])
def test_prefixes_that_are_no_names_are_refused(deep: eq.Program, prefix: str) -> None:
    message = "^a prefix begins with a letter and continues with letters, digits or _; found "
    for attempt in (deep.to_qiskit, deep.qiskit_parameters):
        with pytest.raises(BackendError, match=message):
            attempt(prefix=prefix)


def test_unknown_forms_of_the_data_are_refused(deep: eq.Program) -> None:
    with pytest.raises(
        BackendError, match=r"^parameters of sites have the forms positions, vectors, angles; found 'polar'$"
    ):
        deep.qiskit_parameters("polar")  # type: ignore[arg-type]


def test_a_parameter_of_the_same_name_by_hand_is_another_one(deep: eq.Program) -> None:
    (weight, *_) = deep.qiskit_parameters().weights
    assert weight != Parameter(weight.name)


def test_models_without_data_have_weights_alone(program: Callable[[str], eq.Program]) -> None:
    bare = eq.model(eq.U1(2), layer=["Z0", "H(0,1)"], observable="Z0 Z1", state="|01>")
    assert bare.qiskit_parameters().data == ()
    assert isinstance(bare.to_qiskit_observable(), SparsePauliOp)
    assert set(bare.qiskit_parameters("angles").weights) == set(bare.to_qiskit().parameters)
