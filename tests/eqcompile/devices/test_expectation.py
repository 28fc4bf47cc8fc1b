"""Expectation values on devices: equal to JAX where exact, with honest error bars where sampled."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.exceptions import QiskitError
from qiskit.primitives import BackendEstimatorV2, StatevectorEstimator
from qiskit.quantum_info import DensityMatrix, SparseObservable, SparsePauliOp, Statevector
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error
from qiskit_aer.primitives import EstimatorV2

import eqcompile as eq
from eqcompile.devices.measurement_groups import measured_groups
from eqcompile.devices.noise import device_noise
from eqcompile.emit.qiskit.circuit import sparse_pauli_op
from eqcompile.errors import BackendError, DimensionError

Draw = Callable[..., tuple[Any, Any]]

ROUNDING = 1e-12


@pytest.fixture(scope="module")
def model(spec: Callable[..., eq.Spec]) -> eq.Program:
    return eq.compile(spec("water", ("depth: 11", "depth: 2"), ("blocks: 2", "blocks: 1")))


@pytest.fixture(scope="module")
def points(model: eq.Program) -> tuple[Any, Any, Any]:
    """Parameters, positions, and the values by JAX."""
    source = np.random.default_rng(4)
    params, x = source.normal(0, 0.5, model.num_parameters), source.normal(size=(6, 2, 3))
    return params, x, np.asarray(model.to_jax()(params, x))


@pytest.mark.parametrize("backend", ["statevector", "aer", "fake_lagos", "generic_4"])
def test_exact_values_are_those_of_jax(model: eq.Program, points: tuple[Any, Any, Any], backend: str) -> None:
    params, x, expected = points
    circuit = model.to_qiskit(backend=backend)
    function = eq.Expectation(circuit, eq.find_backend(backend), noise=False)
    assert not function.is_noisy
    values, errors = function(model.values_for(circuit, x, params))
    assert values == pytest.approx(expected, abs=ROUNDING)
    assert not errors.any()


def test_pubs_are_for_every_estimator(model: eq.Program, points: tuple[Any, Any, Any]) -> None:
    params, x, expected = points
    for estimator, options in (
        (StatevectorEstimator(), {}),
        (EstimatorV2(options={"default_precision": 0.0}), {"backend": "aer"}),
        (EstimatorV2(options={"default_precision": 0.0}), {"backend": "fake_lagos"}),
    ):
        (result,) = estimator.run([model.pub(x, params, **options)]).result()
        assert result.data.evs == pytest.approx(expected, abs=ROUNDING)
    fake = eq.find_backend("fake_lagos")
    estimator = BackendEstimatorV2(backend=fake.backend, options={"seed_simulator": 1})
    (result,) = estimator.run([model.pub(x[:1], params, fake)], precision=0.1).result()
    assert result.data.evs.shape == (1,)


def test_batches_of_both(model: eq.Program, draw: Draw) -> None:
    source = np.random.default_rng(0)
    params, x = source.normal(size=(3, 1, model.num_parameters)), source.normal(size=(2, 2, 3))
    pub = model.pub(x, params)
    assert pub.shape == (3, 2)
    (result,) = StatevectorEstimator().run([pub]).result()
    expected = [np.asarray(model.to_jax()(row[0], x)) for row in params]
    assert result.data.evs == pytest.approx(np.array(expected), abs=ROUNDING)


def test_shapes_of_pubs_are_checked(model: eq.Program, points: tuple[Any, Any, Any]) -> None:
    params, x, _ = points
    with pytest.raises(DimensionError) as caught:
        model.pub(params, x)
    assert str(caught.value).startswith("expected parameters of shape (")
    with pytest.raises(DimensionError) as caught:
        model.pub(x, np.zeros((4, model.num_parameters)))
    assert str(caught.value) == (
        "the leading axes (4,) of the parameters and (6,) of the positions do not fit together"
    )
    circuit = QuantumCircuit(4)
    circuit.rx(Parameter("other"), 0)
    circuit.observable = model.to_qiskit_observable()
    message = r"^the circuit has a parameter 'other' that the model does not have$"
    with pytest.raises(BackendError, match=message):
        model.pub(x, params, circuit=circuit)


def test_error_bars_cover_the_exact_values(model: eq.Program, points: tuple[Any, Any, Any]) -> None:
    """Chi square of 200 independent values: between 140 and 260 except for one case in ten thousand."""
    params, x, expected = points
    circuit = model.to_qiskit(backend="fake_lagos")
    function = eq.Expectation(circuit, eq.find_backend("fake_lagos"), shots=500, seed=3, noise=False)
    rows = np.resize(np.arange(6), 200)
    values, errors = function(model.values_for(circuit, x, params)[rows])
    chi_square = float(np.sum(((values - expected[rows]) / errors) ** 2))
    assert 140 < chi_square < 260
    assert len(np.unique(values)) > 100  # equal parameters are sampled independently
    again = eq.Expectation(circuit, eq.find_backend("fake_lagos"), shots=500, seed=3, noise=False)
    assert np.array_equal(again(model.values_for(circuit, x, params)[rows])[0], values)
    assert not np.array_equal(again(model.values_for(circuit, x, params)[rows])[0], values)


def test_the_whole_lih_model_with_ten_thousand_shots(program: Callable[[str], eq.Program]) -> None:
    """22 layers: with the noise off, the error bars cover the exact values; with it on, nothing does."""
    lih, source = program("lih"), np.random.default_rng(2)
    params, x = source.normal(0, 0.05, lih.num_parameters), source.normal(size=(4, 2, 3))
    expected = np.asarray(lih.to_jax()(params, x))
    device = eq.find_backend("fake_lagos")
    circuit = lih.to_qiskit(backend=device)
    assert circuit.certificate
    table = lih.values_for(circuit, x, params)
    z = {}
    for noise in (False, True):
        values, errors = eq.Expectation(circuit, device, shots=10_000, seed=1, noise=noise)(table)
        assert (errors > 0.002).all()
        assert (errors < 0.02).all()
        z[noise] = np.abs(values - expected) / errors
    assert z[False].max() < 4
    assert z[True].max() > 10


def test_more_shots_make_smaller_errors(model: eq.Program, points: tuple[Any, Any, Any]) -> None:
    params, x, _ = points
    circuit = model.to_qiskit(backend="aer")
    table = model.values_for(circuit, x, params)
    errors = [eq.Expectation(circuit, eq.find_backend("aer"), shots, 1)(table)[1] for shots in (200, 20_000)]
    assert errors[0] / errors[1] == pytest.approx(np.full(6, 10.0), rel=0.2)


def test_exact_noise_is_the_limit_of_shots(model: eq.Program, points: tuple[Any, Any, Any]) -> None:
    params, x, expected = points
    device = eq.find_backend("fake_lagos")
    circuit = model.to_qiskit(backend=device)
    table = model.values_for(circuit, x, params)
    exact, none = eq.Expectation(circuit, device)(table)
    sampled, errors = eq.Expectation(circuit, device, shots=4000, seed=5)(table)
    assert not none.any()
    assert np.sqrt(np.mean(((sampled - exact) / errors) ** 2)) < 2
    assert np.abs(exact - expected).max() > 10 * errors.max()  # the noise is large


def noisy_simulator() -> AerSimulator:
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), ["cx"])
    noise.add_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]), [0])
    noise.add_readout_error(ReadoutError([[0.95, 0.05], [0.0, 1.0]]), [1])
    return AerSimulator(noise_model=noise)


def test_noise_and_misreadings_by_hand() -> None:
    """A Bell pair: depolarising scales it, misreading mixes the outcomes of each qubit."""
    circuit = QuantumCircuit(2)
    circuit.rz(np.pi / 2, 0)
    circuit.sx(0)
    circuit.rz(np.pi / 2, 0)
    circuit.cx(0, 1)
    circuit.observable = SparsePauliOp(["ZZ", "IZ", "XX", "II"], [1.0, 0.5, 2.0, 3.0])
    function = eq.Expectation(circuit, eq.find_backend(noisy_simulator()))
    assert function.is_noisy
    (value,), _ = function(np.zeros((1, 0)))
    bell = np.diag(DensityMatrix(circuit).data).real.reshape(2, 2)
    found = 0.95 * bell + 0.05 / 4
    first, second = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[0.95, 0.05], [0.0, 1.0]])
    read = second.T @ found @ first  # rows: qubit 1, columns: qubit 0
    signs = np.array([1, -1])
    zz, iz = signs @ read @ signs, np.ones(2) @ read @ signs
    assert value == pytest.approx(zz + 0.5 * iz + 2 * zz + 3.0, abs=1e-9)


def test_noise_is_restricted_to_the_qubits_in_use() -> None:
    device = eq.find_backend("fake_lagos")
    whole, part = NoiseModel.from_backend(device.backend), device_noise(device, {1, 3})
    assert part is not None
    errors = {
        (error["operations"][0], tuple(error["gate_qubits"][0])): error
        for error in part.model.to_dict()["errors"]
    }
    assert {qubits for _, qubits in errors} == {(1,), (3,), (1, 3), (3, 1)}
    for error in whole.to_dict()["errors"]:
        place = error["operations"][0], tuple(error["gate_qubits"][0])
        if place in errors:
            assert np.allclose(error["probabilities"], errors[place]["probabilities"])


def test_no_noise_is_none() -> None:
    assert device_noise(eq.find_backend("aer"), {0, 1}) is None


def test_groups_measure_what_they_should() -> None:
    """Every outcome's value is an eigenvalue: the mean over the true probabilities is the expectation value."""
    source = np.random.default_rng(2)
    state = Statevector(source.normal(size=8) + 1j * source.normal(size=8))
    state = state / np.sqrt(state.inner(state).real)
    circuit = QuantumCircuit(3)
    circuit.prepare_state(state)
    circuit.observable = SparsePauliOp(["XYZ", "XYI", "ZII", "IYY", "III"], [0.5, -1.0, 2.0, 0.3, 7.0])
    groups = measured_groups(circuit, eq.find_backend("statevector"))
    assert sum(len(group.masks) for group in groups) == 4
    total = 7.0
    for group in groups:
        assert [bits.num_clbits for bits in (group.measured,)] == [len(group.qubits)]
        total += Statevector(group.rotated).probabilities(list(group.qubits)) @ group.outcomes
    assert total == pytest.approx(state.expectation_value(circuit.observable).real, abs=1e-9)


@pytest.mark.parametrize("text", ["3*I", "0", "Z0"])
def test_constants_and_single_strings(text: str) -> None:
    circuit = QuantumCircuit(2)
    circuit.observable = sparse_pauli_op(eq.PauliSum.parse(text, 2))
    (value,), (error,) = eq.Expectation(circuit, eq.find_backend("aer"), shots=100)(np.zeros((1, 0)))
    assert value == {"3*I": 3, "0": 0, "Z0": 1}[text]
    # What was never seen may still have a probability of about one in a hundred.
    assert error == pytest.approx(0.01 if text == "Z0" else 0.0)


def test_long_sums_are_sparse() -> None:
    names = [f"{a}{i} {b}{j} {c}{k}" for i in range(8) for j in range(i) for k in range(j)
             for a in "XYZ" for b in "XYZ" for c in "XYZ"]  # fmt: skip
    text = f"""\
name: long
qubits: 8
symmetry: [{{permutation: {{cycles: ["(6 7)"], on: qubits}}}}]
observable: {" + ".join(names[:1100])}
ansatz: {{depth: 1, layer: [X0 X1, "Z6 + Z7"]}}
"""
    program = eq.compile(eq.loads(text))
    assert isinstance(program.to_qiskit_observable(), SparseObservable)
    circuit = program.to_qiskit("angles", backend="fake_guadalupe")
    assert isinstance(circuit.observable, SparseObservable)
    assert circuit.observable.num_qubits == 16
    params = np.array([0.3, 0.7])
    expected = float(program.to_jax()(params)[0])
    (result,) = StatevectorEstimator().run([program.pub(None, params)]).result()
    assert result.data.evs == pytest.approx(expected, abs=ROUNDING)
    device = eq.find_backend("fake_guadalupe")
    (value,), _ = eq.Expectation(circuit, device, noise=False)(
        program.values_for(circuit, None, params)[None]
    )
    assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("backend", "options", "message"),
    [
        (
            "statevector",
            {"shots": 10},
            "the back end statevector is exact and takes no shots; for shots, name aer",
        ),
        ("aer", {"shots": 1}, "1 shots; an error bar needs at least two, and the limit is 10000000"),
        ("aer", {"shots": 0}, "0 shots; an error bar needs at least two, and the limit is 10000000"),
        (
            "aer",
            {"shots": 10**9},
            "1000000000 shots; an error bar needs at least two, and the limit is 10000000",
        ),
    ],
)
def test_what_is_not_possible(model: eq.Program, backend: str, options: dict[str, Any], message: str) -> None:
    circuit = model.to_qiskit(backend="statevector")
    with pytest.raises(BackendError) as caught:
        eq.Expectation(circuit, eq.find_backend(backend), **options)
    assert str(caught.value) == message


def test_a_device_has_noise_and_needs_shots(model: eq.Program) -> None:
    device = eq.Device("ibm_somewhere", "remote", eq.find_backend("fake_lagos").backend)
    for options in ({}, {"shots": 100, "noise": False}):
        with pytest.raises(BackendError) as caught:
            eq.Expectation(model.to_qiskit(backend="fake_lagos"), device, **options)
        assert str(caught.value) == (
            "ibm_somewhere is a device: it needs a number of shots, and it has noise"
        )


def test_a_device_is_asked_through_its_service(model: eq.Program, points: tuple[Any, Any, Any]) -> None:
    """The service's own estimator, which takes a fake device in place of a real one."""
    params, x, expected = points
    device = eq.Device("ibm_somewhere", "remote", eq.find_backend("fake_manila").backend)
    circuit = model.to_qiskit(backend=device)
    function = eq.Expectation(circuit, device, shots=400)
    assert function.is_noisy
    values, errors = function(model.values_for(circuit, x[:1], params))
    assert 0 < errors[0] < 0.5
    assert abs(values[0] - expected[0]) < 1.5  # noise moves it, but not beyond a part of the range of 4


def test_exact_noise_of_many_qubits_is_refused() -> None:
    circuit = QuantumCircuit(14)
    circuit.sx(range(14))
    circuit.observable = SparsePauliOp("Z" * 14)
    circuit.observable = circuit.observable.apply_layout(None, 16)
    wide = QuantumCircuit(16)
    wide.compose(circuit, range(14), inplace=True)
    wide.observable = circuit.observable
    with pytest.raises(BackendError) as caught:
        eq.Expectation(wide, eq.find_backend("fake_guadalupe"))
    assert str(caught.value) == (
        "exact values with noise of 14 qubits; the limit is 12: give a number of shots"
    )


def test_circuits_must_be_made_for_the_device(model: eq.Program) -> None:
    """Gates that a device does not have would be simulated without noise."""
    with pytest.raises(BackendError) as caught:
        eq.Expectation(model.to_qiskit("angles"), eq.find_backend("fake_manila"))
    assert str(caught.value) == (
        "fake_manila has no gate 'h' on qubits 0; its gates are cx, delay, for_loop, id, if_else, measure, reset, rz, "
        "switch_case, sx, x; transpile the circuit for it"
    )
    circuit = QuantumCircuit(5)
    circuit.cx(0, 4)
    circuit.observable = SparsePauliOp("ZIIII")
    with pytest.raises(BackendError, match=r"^fake_manila has no gate 'cx' on qubits 0, 4; "):
        eq.Expectation(circuit, eq.find_backend("fake_manila"))
    with pytest.raises(BackendError) as caught:
        eq.Expectation(QuantumCircuit(2), eq.find_backend("aer"))
    assert str(caught.value) == (
        "the circuit has no observable; make it with program.to_qiskit, or set .observable"
    )


def test_wrong_tables_are_refused(model: eq.Program) -> None:
    circuit = model.to_qiskit(backend="statevector")
    function = eq.Expectation(circuit, eq.find_backend("statevector"))
    with pytest.raises(DimensionError) as caught:
        function(np.zeros((2, 3)))
    assert str(caught.value) == f"values have shape (2, 3); the circuit needs (n, {circuit.num_parameters})"
    values, errors = function(np.zeros((0, circuit.num_parameters)))
    assert values.shape == errors.shape == (0,)


def test_a_failing_device_is_one_line(model: eq.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = model.to_qiskit(backend="statevector")
    function = eq.Expectation(circuit, eq.find_backend("statevector"))

    def fail(values: Any) -> None:
        raise QiskitError("out of\nmemory")

    monkeypatch.setattr(function, "_values", fail)
    with pytest.raises(BackendError) as caught:
        function(np.zeros((1, circuit.num_parameters)))
    assert str(caught.value).startswith("statevector fails: ")
    assert "\n" not in str(caught.value)
