"""Models on back ends: equivariance, values and observables after transpilation, and what is refused."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit.library import CXGate, Measure, RZGate, SXGate
from qiskit.primitives import StatevectorEstimator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import random_unitary
from qiskit.transpiler import CouplingMap, Target

import eqcompile as eq
from eqcompile.errors import BackendError
from eqcompile.recheck.decide import recheck

Specs = Callable[..., eq.Spec]
Draw = Callable[..., tuple[Any, Any]]

FAKES = ("fake_lagos", "fake_guadalupe", "fake_torino")
"""An H of seven qubits with CX, a ring of sixteen with CX, a heavy hexagon of 133 with CZ."""

ROUNDING = 1e-12


@pytest.fixture(scope="module")
def shallow(spec: Specs) -> Callable[[str], eq.Program]:
    """Models of the paper with two layers, or one for the dimer."""
    depths = {"lih": (22, 2), "water": (11, 2), "water_breaking": (11, 2), "water_dimer": (30, 1)}

    def compiled(name: str) -> eq.Program:
        old, new = depths[name]
        return eq.compile(spec(name, (f"depth: {old}", f"depth: {new}")))

    return cache(compiled)


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        *((name, backend) for name in ("lih", "water", "water_breaking") for backend in FAKES),
        ("water_dimer", "fake_lagos"),
        pytest.param("water_dimer", "fake_guadalupe", marks=pytest.mark.slow),
        pytest.param("water_dimer", "fake_torino", marks=pytest.mark.slow),
    ],
)
def test_models_stay_proven(
    shallow: Callable[[str], eq.Program], draw: Draw, name: str, backend: str
) -> None:
    model = shallow(name)
    circuit = model.to_qiskit(backend=backend, seed=3)
    assert circuit.certificate
    assert circuit.certificate.symmetry_left == model.certificate.symmetry_left
    places = range(len(model.kept_symmetry.generators))
    assert circuit.certificate.demanded == ("unchanged", *(f"generator {place}" for place in places))
    assert circuit.num_qubits == eq.find_backend(backend).target.num_qubits
    assert circuit.observable.num_qubits == circuit.num_qubits
    if backend == "fake_lagos":  # a state vector of more qubits takes long
        params, x = draw(model, 1)
        pub = model.pub(x[None], params, circuit=circuit)
        (found,) = StatevectorEstimator().run([pub]).result()[0].data.evs
        assert found == pytest.approx(float(model.to_jax()(params, x[None])[0]), abs=ROUNDING)


def test_the_default_is_proven_at_the_highest_level_that_can_be(shallow: Callable[[str], eq.Program]) -> None:
    """Above level 1, blocks may be synthesised anew, with numbers about which not everything can be proven."""
    model = shallow("lih")
    assert model.to_qiskit(backend="generic_7").certificate
    for level in range(4):
        certificate = model.to_qiskit(backend="generic_7", optimization_level=level).certificate
        assert certificate.verdict in (("proven",) if level < 2 else ("proven", "not decided"))


def test_every_gate_may_have_angles_of_its_own(shallow: Callable[[str], eq.Program], draw: Draw) -> None:
    model = shallow("water_dimer")
    circuit = model.to_qiskit("gates", backend="fake_lagos")
    assert circuit.certificate
    params, x = draw(model, 2)
    values = model.values_for(circuit, x, params, "gates")
    assert len(values) == 2 * 6 * 3 + 4
    found = StatevectorEstimator().run([(circuit, circuit.observable, values)]).result()[0].data.evs
    assert found == pytest.approx(float(model.to_jax()(params, x[None])[0]), abs=ROUNDING)


@pytest.mark.parametrize("data", ["angles", "gates"])
def test_a_prefix_hides_no_data(shallow: Callable[[str], eq.Program], data: Any) -> None:
    """The angles of sites are data under any prefix: what a group moves is moved, and a wrong circuit is refused."""
    model = shallow("lih")
    circuit = model.to_qiskit(data, prefix="mine_", backend="fake_manila")
    assert all(parameter.name.startswith("mine_") for parameter in circuit.parameters)
    assert circuit.certificate
    assert recheck(circuit.certificate.to_json(), seed=1)
    turn = next(p for p in circuit.parameters if p.name.endswith("H_turn") or p.name.endswith("H_1_q3_turn"))
    azimuth = next(p for p in circuit.parameters if p.name == turn.name.replace("turn", "azimuth"))
    wrong = circuit.assign_parameters({azimuth: turn})
    certificate = model.recertify(wrong, data, "mine_")
    assert {finding.verdict for finding in certificate.findings} == {"refused"}


def test_positions_are_measured_and_not_proven(shallow: Callable[[str], eq.Program]) -> None:
    certificate = shallow("lih").to_qiskit("positions", backend="fake_manila").certificate
    assert certificate.verdict == "not decided"
    for finding in certificate.findings:
        assert "which is rounding, and no proof" in finding.detail
        assert "0.00e+00" not in finding.detail


def edited(circuit: QuantumCircuit, change: Callable[[QuantumCircuit, int], None]) -> QuantumCircuit:
    """The circuit with its first two-qubit gate replaced by what ``change`` appends."""
    out = circuit.copy_empty_like()
    out._layout = circuit.layout
    done = False
    for number, item in enumerate(circuit.data):
        if not done and number > 40 and item.operation.num_qubits == 2:
            change(out, number)
            done = True
        else:
            out.append(item)
    assert done
    return out


@pytest.mark.parametrize("data", ["angles", "gates"])
def test_a_wrong_circuit_is_refused(shallow: Callable[[str], eq.Program], data: Any) -> None:
    model = shallow("lih")
    right = model.to_qiskit(data, backend="fake_manila")
    assert model.recertify(right, data)

    def reversed_gate(circuit: QuantumCircuit, number: int) -> None:
        item = right.data[number]
        circuit.append(item.operation, item.qubits[::-1])

    certificate = model.recertify(edited(right, reversed_gate), data)
    assert certificate.verdict == "refused"
    claims = {finding.claim: finding.verdict for finding in certificate.findings}
    assert claims == {"unchanged model": "refused", "invariant model": "refused"}


def test_an_invariant_circuit_of_another_model_is_refused(shallow: Callable[[str], eq.Program]) -> None:
    """Dropping a trainable gate breaks no symmetry, and yet it is not the model."""
    model = shallow("lih")
    circuit = model.to_qiskit("angles")
    weight = next(p for p in circuit.parameters if p.name == "w_1_0_2")
    fixed = circuit.assign_parameters({weight: 0})
    certificate = model.recertify(fixed)
    assert [f.verdict for f in certificate.findings] == ["refused", "proven", "proven", "proven"]
    assert certificate.findings[0].claim == "unchanged model"
    assert certificate.verdict == "refused"


def test_an_ignored_layout_is_seen(shallow: Callable[[str], eq.Program]) -> None:
    model = shallow("water")
    circuit = model.to_qiskit(backend=GenericBackendV2(4, coupling_map=CouplingMap.from_line(4), seed=1))
    assert circuit.layout.final_index_layout() != list(range(4))
    assert circuit.certificate
    circuit._layout = None
    assert model.recertify(circuit).verdict == "refused"


def test_without_a_layout_nothing_moves(shallow: Callable[[str], eq.Program]) -> None:
    circuit = shallow("lih").to_qiskit(backend="statevector")
    assert circuit.layout is None
    assert circuit.observable == shallow("lih").to_qiskit_observable()
    assert circuit.certificate


def test_where_nothing_is_left_the_model_is_still_compared(spec: Specs) -> None:
    breaking = "symmetry_breaking: {generator: Z0 + X1, start: 0.1}"
    model = eq.compile(
        spec(
            "water_breaking", ("depth: 11", "depth: 1"),
            ("symmetry_breaking: {generator: Z, start: 0.1}", breaking),
        )
    )  # fmt: skip
    assert not model.kept_symmetry.generators
    circuit = model.to_qiskit(backend="fake_manila")
    assert [f.claim for f in circuit.certificate.findings] == ["unchanged model"]
    assert circuit.certificate
    weight = next(p for p in circuit.parameters if p.name == "w_0_0_2")
    assert model.recertify(circuit.assign_parameters({weight: 0})).verdict == "refused"


def test_gates_without_exact_form_are_measured(shallow: Callable[[str], eq.Program]) -> None:
    model = shallow("lih")
    circuit = model.to_qiskit("angles")
    rounded = random_unitary(2, seed=1)
    circuit.unitary(rounded, [0])
    circuit.unitary(rounded.adjoint(), [0])
    certificate = model.recertify(circuit)
    assert certificate.verdict == "not decided"
    assert "rounding" in certificate.findings[-1].detail


def test_barriers_are_no_gates(shallow: Callable[[str], eq.Program]) -> None:
    assert shallow("lih").to_qiskit(backend="fake_manila", barriers=True).certificate


def without_two_qubit_gates() -> GenericBackendV2:
    backend = GenericBackendV2(5, seed=0)
    target = Target(num_qubits=5)
    for gate in (RZGate(0.0), SXGate(), Measure()):
        target.add_instruction(gate, {(q,): None for q in range(5)})
    backend._target = target
    return backend


def with_too_few_letters() -> GenericBackendV2:
    backend = GenericBackendV2(5, seed=0)
    target = Target(num_qubits=5)
    target.add_instruction(CXGate(), {(a, b): None for a in range(5) for b in range(5) if a != b})
    target.add_instruction(Measure(), {(q,): None for q in range(5)})
    backend._target = target
    return backend


def test_unsupported_gates(shallow: Callable[[str], eq.Program]) -> None:
    with pytest.raises(BackendError) as caught:
        shallow("lih").to_qiskit(backend=with_too_few_letters())
    message = str(caught.value)
    assert message.startswith("generic_backend_5q cannot run the model: ")
    assert message.endswith("; its gates are cx, measure")
    assert "\n" not in message


def test_a_back_end_without_couplings(shallow: Callable[[str], eq.Program]) -> None:
    with pytest.raises(BackendError) as caught:
        shallow("lih").to_qiskit(backend=without_two_qubit_gates())
    assert str(caught.value) == "the circuit has 4 qubits, and no connected part of the device is that large"


def test_what_cannot_be_transpiled(shallow: Callable[[str], eq.Program]) -> None:
    model = shallow("water_dimer")
    with pytest.raises(BackendError) as caught:
        model.to_qiskit(backend="fake_manila")
    assert str(caught.value) == "fake_manila has 5 qubits, the model needs 7; choose a larger back end"
    with pytest.raises(BackendError, match=r"^unknown optimisation level 4; known: 0, 1, 2, 3$"):
        model.to_qiskit(backend="fake_lagos", optimization_level=4)
    with pytest.raises(
        BackendError, match=r"^unknown form of the data 'polar'; known: positions, vectors, angles, gates$"
    ):
        model.to_qiskit("polar", backend="fake_lagos")  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_circuit(shallow: Callable[[str], eq.Program]) -> None:
    first, second = (shallow("water").to_qiskit(backend="fake_lagos", seed=5) for _ in range(2))
    assert qasm3.dumps(first) == qasm3.dumps(second)
