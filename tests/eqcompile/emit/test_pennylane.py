"""Circuits for PennyLane, called or written as a module, have the states of Qiskit and the values of JAX."""

import ast
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

import eqcompile as eq
from eqcompile.emit.pennylane import LinearForm, PennyLaneCircuit, observable_terms
from eqcompile.emit.pennylane_module import module_of
from eqcompile.errors import BackendError, DimensionError, MethodError
from eqcompile.face.cli.main import main

AGREEMENT = 1e-12
"""The declared agreement of the back ends; expectation values are of order one."""

needs_pennylane = pytest.mark.skipif(
    find_spec("pennylane") is None, reason='PennyLane is not installed: pip install -e ".[pennylane]"'
)

Draw = Callable[[eq.Program, int], tuple[Any, Any]]


def model_of(layer: str, state: str) -> eq.Program:
    """A model without data whose certificate is refused, so that any state and any gate will do."""
    return eq.compile(
        eq.loads(
            f"{{name: kets, qubits: 3, symmetry: [{{rotation: SU(2)}}], state: '{state}', "
            f"observable: 'Z0 - 1/2*X1 Y2', ansatz: {{depth: 2, layer: {layer}}}}}"
        )
    )


@pytest.fixture(scope="session")
def model(spec: Callable[..., eq.Spec], asymmetric: dict[str, eq.Program]) -> Callable[[str], eq.Program]:
    """By name: the paper's water with three layers, which is symmetric, or a hand-made one without symmetry."""
    programs = {**asymmetric, "water": eq.compile(spec("water", ("depth: 11", "depth: 3")))}
    return programs.__getitem__


def value_of(circuit: PennyLaneCircuit, **options: Any) -> Any:
    import pennylane as qml

    @qml.qnode(qml.device("default.qubit", wires=circuit.num_qubits), **options)
    def value(params: Any, x: Any = None) -> Any:
        circuit(params, x)
        return qml.expval(circuit.observable)

    return value


def state_of(circuit: PennyLaneCircuit, params: Any, x: Any) -> Any:
    """Amplitudes, bit q of an index being qubit q."""
    import pennylane as qml

    @qml.qnode(qml.device("default.qubit", wires=circuit.num_qubits))
    def state() -> Any:
        circuit(params, x)
        return qml.state()

    return np.asarray(state()).reshape((2,) * circuit.num_qubits).T.ravel()


def imported(text: str, folder: Path) -> Any:
    """A module from its text."""
    path = folder / "written.py"
    path.write_text(text)
    spec = spec_from_file_location("written", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MODELS = ["water", "asymmetric", "asymmetric_parity"]


@needs_pennylane
@pytest.mark.parametrize("name", MODELS)
def test_values_are_those_of_jax(model: Any, draw: Draw, tmp_path: Path, name: str) -> None:
    """One structure and a batch of three, from Python and from the module."""
    program = model(name)
    params, x = draw(program, 51)
    batch = np.array([x, 0.7 * x[::-1], x + 0.3])
    expected = np.asarray(program.to_jax()(params, batch))
    assert abs(expected).min() > 1e-4, "a value this small would hide errors"
    for value in (value_of(program.to_pennylane()), imported(module_of(program), tmp_path).qnode()):
        assert abs(value(params, x) - expected[0]) < AGREEMENT
        assert np.abs(value(params, batch) - expected).max() < AGREEMENT


PLACES = {
    "zero": lambda x: 0 * x,
    "all on the z axis": lambda x: x * [0, 0, 1],
    "all on the negative x axis": lambda x: -abs(x) * [1, 0, 0],
    "one site at the origin": lambda x: np.vstack([np.zeros(3), x[1:]]),
}


@needs_pennylane
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity"])
def test_values_at_special_points(model: Any, draw: Draw, name: str, place: Callable[[Any], Any]) -> None:
    program = model(name)
    params, x = draw(program, 52)
    expected = program.to_jax()(params, place(x)[None])[0]
    assert abs(value_of(program.to_pennylane())(params, place(x)) - expected) < AGREEMENT


@needs_pennylane
@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity"])
def test_negative_control_another_wiring_is_seen(model: Any, draw: Draw, name: str) -> None:
    program = model(name)
    params, x = draw(program, 51)
    old, new = {
        "asymmetric": ("A: [0, 3], B: [1]", "A: [0, 1], B: [3]"),
        "asymmetric_parity": ("C: [2]", "C: [1]"),
    }[name]
    text = program.spec.source.text
    assert old in text
    other = eq.compile(eq.loads(text.replace(old, new).replace("parity: 1", "parity: 2")))
    wrong = value_of(other.to_pennylane())(params, x)
    assert abs(wrong - program.to_jax()(params, x[None])[0]) > 1e-3


@needs_pennylane
@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity"])
def test_states_have_the_phases_of_qiskit(model: Any, draw: Draw, name: str) -> None:
    program = model(name)
    params, x = draw(program, 53)
    circuit = program.to_qiskit("angles", prepare=False)
    expected = Statevector(circuit.assign_parameters(program.circuit_values(params, x, "angles"))).data
    found = state_of(program.to_pennylane(prepare=False), params, x)
    assert np.allclose(found, expected, rtol=0, atol=AGREEMENT)
    swapped = found.reshape((2,) * program.num_qubits).T.ravel()
    assert not np.allclose(swapped, expected, rtol=0, atol=1e-3), "the order of bits is part of it"


@needs_pennylane
@pytest.mark.parametrize(
    "state",
    ["|0+->", "|rl1>", "|100> + 2*|011>", "|r01> - |r10>"],
)
def test_initial_states(state: str) -> None:
    program = model_of("[X0, X0 Y1 + Z1 Z2, Z0 X2]", state)
    params = np.array([0.4, -0.9, 1.3, 0.2, 0.7, -0.5])
    assert abs(value_of(program.to_pennylane())(params) - program.to_jax()(params)[0]) < AGREEMENT
    found = state_of(program.to_pennylane(), 0 * params, None)
    expected = Statevector(program.to_qiskit().assign_parameters(0 * params)).data
    assert abs(abs(np.vdot(found, expected)) - 1) < AGREEMENT


@needs_pennylane
@pytest.mark.parametrize("observable", ["Z0", "3*I", "0*Z0", "X0 Y1 Z2 - 1/3*Z2 + 2"])
def test_observables(observable: str, dense: Callable[[eq.PauliSum], Any]) -> None:
    import pennylane as qml

    program = replace(model_of("[X0]", "|000>"), observable=eq.PauliSum.parse(observable, 3))
    found = qml.matrix(program.to_pennylane().observable, wire_order=[2, 1, 0])
    assert np.allclose(found, dense(program.observable), rtol=0, atol=1e-15)


# Autograd turns the complex cotangents of a real angle into real numbers, and numpy warns about it.
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@needs_pennylane
def test_derivatives_are_those_of_jax(asymmetric: dict[str, eq.Program], draw: Draw) -> None:
    import jax
    import pennylane as qml

    program = asymmetric["asymmetric_parity"]
    params, x = draw(program, 54)
    value = value_of(program.to_pennylane())
    arrays = (qml.numpy.array(a, requires_grad=True) for a in (params, x))
    found = qml.grad(value)(*arrays)
    energy = program.to_jax()
    expected = jax.grad(lambda p, r: energy(p, r[None])[0], argnums=(0, 1))(params, x)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - np.asarray(other)).max() < AGREEMENT
        assert np.abs(other).max() > 1e-2
    shifted = value_of(program.to_pennylane(), diff_method="parameter-shift")
    by_weights = qml.grad(shifted, argnums=0)(qml.numpy.array(params, requires_grad=True), x)
    assert np.abs(by_weights - np.asarray(expected[0])).max() < AGREEMENT


@pytest.mark.slow
# PennyLane asks JAX for a name that JAX has deprecated.
@pytest.mark.filterwarnings("ignore:jax.core:DeprecationWarning")
@needs_pennylane
def test_derivatives_with_jax(asymmetric: dict[str, eq.Program], draw: Draw) -> None:
    import jax

    text = asymmetric["asymmetric_parity"].spec.source.text
    program = eq.compile(eq.loads(text.replace("depth: 2", "depth: 1")))  # XLA takes long for many gates
    energy = program.to_jax()  # switches 64-bit numbers on
    params, x = (jax.numpy.asarray(a) for a in draw(program, 57))
    value = value_of(program.to_pennylane())
    found = jax.grad(value, argnums=(0, 1))(params, x)
    expected = jax.grad(lambda p, r: energy(p, r[None])[0], argnums=(0, 1))(params, x)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(np.asarray(one - other)).max() < AGREEMENT
    assert abs(jax.jit(value)(params, x) - energy(params, x[None])[0]) < AGREEMENT


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@needs_pennylane
def test_on_the_z_axis_there_is_a_value_and_no_derivative(
    asymmetric: dict[str, eq.Program], draw: Draw
) -> None:
    import pennylane as qml

    program = asymmetric["asymmetric"]
    params, x = draw(program, 58)
    value, axis = value_of(program.to_pennylane()), qml.numpy.array(x * [0, 0, 1], requires_grad=True)
    with np.errstate(all="ignore"):
        assert np.isnan(qml.grad(value, argnums=1)(params, axis)).any()
        assert np.isfinite(qml.grad(value, argnums=1)(params, axis + 0.1)).all()
    assert np.isfinite(value(params, axis))


@needs_pennylane
def test_a_batch_of_parameters(asymmetric: dict[str, eq.Program], draw: Draw) -> None:
    program = asymmetric["asymmetric"]
    params, x = draw(program, 55)
    several = np.array([params, 0.5 * params])
    energy = program.to_jax()
    expected = [energy(p, x[None])[0] for p in several]
    assert np.abs(value_of(program.to_pennylane())(several, x) - expected).max() < AGREEMENT


STAR = """{name: star, qubits: 8, symmetry: [{rotation: SU(2)}], state: 'singlets [[0, 1], [2, 3], [4, 5], [6, 7]]',
observable: 'H(0,1)', ansatz: {depth: 1, layer: ['H(0,1) + 2*H(1,2) + H(2,3) + H(3,4) + H(4,5) + H(5,6) + H(6,7)']}}"""


def test_gates_without_exact_circuit_need_formulas() -> None:
    program = eq.compile(eq.loads(STAR))
    with pytest.raises(MethodError, match="no exact circuit for a generator on 8 qubits"):
        module_of(program)
    text = " ".join(module_of(program, (2, 3)).split())
    assert "product formulas of order 2, steps 3" in text
    assert "the certificate says nothing about them" in text
    assert "product formulas" not in module_of(model_of("[X0]", "|000>"))


@needs_pennylane
def test_formulas_are_those_of_qiskit(tmp_path: Path) -> None:
    program, params = eq.compile(eq.loads(STAR)), np.array([0.3])
    circuit = program.to_qiskit(trotter=(2, 3)).assign_parameters(params)
    expected = Statevector(circuit).expectation_value(circuit.observable).real
    for value in (
        value_of(program.to_pennylane(trotter=(2, 3))),
        imported(module_of(program, (2, 3)), tmp_path).qnode(),
    ):
        assert abs(value(params) - expected) < AGREEMENT
    assert abs(expected - program.to_jax()(params)[0]) > 1e-6, "the formula is not exact"


@needs_pennylane
@pytest.mark.parametrize(
    ("params", "x"),
    [((66,), (2, 3)), ((67,), (3, 3)), ((67,), (2, 2)), ((67,), None), ((), (2, 3))],
    ids=str,
)
def test_wrong_shapes_are_refused(program: Any, tmp_path: Path, params: Any, x: Any) -> None:
    water = program("water")
    positions = None if x is None else np.zeros(x)
    with pytest.raises(DimensionError, match=r"^expected parameters of shape \(67,\) and positions of shape"):
        water.to_pennylane()(np.zeros(params), positions)
    with pytest.raises(ValueError, match=r"^params needs the shape \(67,\), x the shape \(2, 3\)$"):
        imported(module_of(water), tmp_path).circuit(np.zeros(params), positions)


@needs_pennylane
def test_lists_are_taken(program: Any, draw: Draw) -> None:
    water = program("water")
    params, x = draw(water, 56)
    value = value_of(water.to_pennylane())
    assert abs(value(params.tolist(), x.tolist()) - value(params, x)) < AGREEMENT


def test_without_the_library(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pennylane", None)
    with pytest.raises(BackendError) as caught:
        program("water").to_pennylane()
    assert str(caught.value) == (
        'to_pennylane needs the package pennylane; install it with: pip install -e ".[pennylane]"'
    )


def test_the_module_needs_nothing_of_ours(program: Any) -> None:
    tree = ast.parse(module_of(program("water")))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"typing", "numpy", "pennylane"}


def test_the_module_in_text() -> None:
    text = module_of(model_of("[X0, Z0/2 - 3*I]", "|1+0>"))
    assert '"""The model kets as a circuit of PennyLane, written by eqcompile.' in text
    assert "Certificate of the model: refused\nSymmetry that it keeps: not proven\n" in text
    gates = text.partition("    # initial state\n")[2].partition("\n\n\n")[0]
    assert gates.splitlines() == [
        "    qml.PauliX(wires=0)",
        "    qml.Hadamard(wires=1)",
        "    # layer 0",
        '    qml.RX(2.0 * v["w_0_0_0"], wires=0)',
        '    qml.RZ(v["w_0_0_1"], wires=0)',
        "    # layer 1",
        '    qml.RX(2.0 * v["w_1_0_0"], wires=0)',
        '    qml.RZ(v["w_1_0_1"], wires=0)',
        "    # global phase",
        '    qml.GlobalPhase(-3.0 * v["w_0_0_1"] - 3.0 * v["w_1_0_1"], wires=[])',
    ]
    assert "qml.X(1) @ qml.Y(2)," in text


def test_the_module_says_what_is_proven(program: Any) -> None:
    text = module_of(program("water"))
    assert "Certificate of the model: proven\nSymmetry that it keeps: SU(2) x (H1 H2)\n" in text


def test_linear_forms() -> None:
    form = LinearForm({("a",): 0.5, ("a", "b"): -2.0}, 1.0)
    values = {"a": 3.0, "b": 0.25}
    assert form.at(values) == 1.0
    assert (-form).at(values) == -1.0
    assert (2.0 * form).at(values) == 2.0
    assert observable_terms(eq.PauliSum.zero(2)) == [(0.0, [])]


def spec_named(name: str) -> str:
    return (
        f"{{name: {name}, qubits: 2, symmetry: [{{rotation: SU(2)}}], state: 'singlets [[0, 1]]', "
        "observable: 'H(0,1)', ansatz: {depth: 1, layer: ['H(0,1)']}}"
    )


def test_the_command_writes_a_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "pair.yaml", tmp_path / "out"
    source.write_text(spec_named("my-pair.2"))
    assert main(["compile", str(source), "-o", str(out), "--emit", "pennylane"]) == 0
    name = "my-pair.2"
    expected = {"my_pair_2_pennylane.py"} | {
        f"{name}.{end}" for end in ("certificate.json", "png", "tex", "txt")
    }
    assert {path.name for path in out.iterdir()} == expected
    assert str(out / "my_pair_2_pennylane.py") in capsys.readouterr().out
    assert (out / "my_pair_2_pennylane.py").read_text() == module_of(eq.compile(eq.load(source)))


def test_two_specs_with_one_module_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a-b", "a.b"):
        (tmp_path / f"{name}.yaml").write_text(spec_named(name))
    sources, out = [str(tmp_path / f"{name}.yaml") for name in ("a-b", "a.b")], tmp_path / "out"
    assert main(["compile", *sources, "-o", str(out), "--emit", "pennylane"]) == 2
    message = "two specs have the file 'a_b_pennylane', one of them 'a-b'; rename one\n"
    assert capsys.readouterr().err == message
    assert not out.exists()
    assert main(["compile", *sources, "-o", str(out)]) == 0
