"""Qiskit, JAX and an independent dense simulation give one number."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

import eqcompile as eq

AGREEMENT = 1e-12
"""The declared agreement of the back ends; expectation values are of order one."""

MODELS = ["lih", "water", "water_breaking", "water_dimer"]
HAND_MADE = ["asymmetric", "asymmetric_parity"]

Draw = Callable[[eq.Program, int], tuple[Any, Any]]
Simulate = Callable[..., float]


@pytest.fixture(scope="session")
def model(
    program: Callable[[str], eq.Program], asymmetric: dict[str, eq.Program]
) -> Callable[[str], eq.Program]:
    """A model of the paper or a hand-made one, by name."""
    return lambda name: asymmetric[name] if name in asymmetric else program(name)


@pytest.fixture(scope="session")
def function(model: Callable[[str], eq.Program]) -> Callable[[str], Callable[[Any, Any], float]]:
    """The JAX function of a model, for one structure."""
    functions: dict[str, Any] = {}

    def one(name: str) -> Callable[[Any, Any], float]:
        if name not in functions:
            functions[name] = model(name).to_jax()
        return lambda params, x: float(functions[name](params, np.array([x]))[0])

    return one


def by_qiskit(program: eq.Program, params: Any, x: Any, data: Any) -> float:
    circuit = program.to_qiskit(data=data)
    bound = circuit.assign_parameters(program.circuit_values(params, x, data))
    assert not bound.parameters
    return float(Statevector(bound).expectation_value(circuit.observable).real)


@pytest.mark.parametrize("name", MODELS + HAND_MADE)
def test_at_random_points(model: Any, function: Any, simulate: Simulate, draw: Draw, name: str) -> None:
    program = model(name)
    params, x = draw(program, 1)
    exact = simulate(program.spec, params, x)
    assert abs(exact) > 1e-3, "a value this small would hide errors"
    assert abs(function(name)(params, x) - exact) < AGREEMENT
    for data in ("positions", "angles"):
        assert abs(by_qiskit(program, params, x, data) - exact) < AGREEMENT


SPECIAL = {
    "zero": lambda x: 0 * x,
    "all on the x axis": lambda x: x * [1, 0, 0],
    "all on the negative x axis": lambda x: -abs(x) * [1, 0, 0],
    "all on the y axis": lambda x: x * [0, 1, 0],
    "all on the z axis": lambda x: x * [0, 0, 1],
    "in the xy plane": lambda x: x * [1, 1, 0],
    "tiny": lambda x: 1e-9 * x,
    "far": lambda x: 20 * x,
    "one site at the origin": lambda x: np.vstack([np.zeros(3), x[1:]]),
}


@pytest.mark.parametrize("place", SPECIAL.values(), ids=SPECIAL)
@pytest.mark.parametrize("name", HAND_MADE)
def test_at_special_points(
    model: Any, function: Any, simulate: Simulate, draw: Draw, name: str, place: Callable[[Any], Any]
) -> None:
    program = model(name)
    params, x = draw(program, 2)
    x = place(x)
    exact = simulate(program.spec, params, x)
    assert abs(function(name)(params, x) - exact) < AGREEMENT
    for data in ("positions", "angles"):
        assert abs(by_qiskit(program, params, x, data) - exact) < AGREEMENT


@pytest.mark.parametrize("place", ["zero", "all on the negative x axis", "all on the z axis"])
@pytest.mark.parametrize("name", ["water_breaking", "water_dimer"])
def test_models_of_the_paper_at_special_points(
    model: Any, function: Any, draw: Draw, name: str, place: str
) -> None:
    program = model(name)
    params, x = draw(program, 3)
    x = SPECIAL[place](x)
    assert abs(by_qiskit(program, params, x, "positions") - function(name)(params, x)) < AGREEMENT


@pytest.mark.parametrize("name", HAND_MADE)
def test_negative_control_a_swapped_wiring_is_seen(
    model: Any, function: Any, simulate: Simulate, draw: Draw, name: str
) -> None:
    program = model(name)
    params, x = draw(program, 1)
    text = program.spec.source.text
    lists = {
        "asymmetric": ("A: [0, 3], B: [1]", "A: [0, 1], B: [3]"),
        "asymmetric_parity": ("C: [2]", "C: [1]"),
    }
    old, new = lists[name]
    assert old in text
    swapped = text.replace(old, new).replace("parity: 1", "parity: 2")
    wrong = simulate(eq.loads(swapped), params, x)
    assert abs(function(name)(params, x) - wrong) > 1e-3
    for data in ("positions", "angles"):
        assert abs(by_qiskit(program, params, x, data) - wrong) > 1e-3


def test_negative_control_a_wrong_order_of_bits_is_seen(model: Any, draw: Draw) -> None:
    program = model("asymmetric")
    params, x = draw(program, 1)
    circuit = program.to_qiskit()
    bound = circuit.assign_parameters(program.circuit_values(params, x)).reverse_bits()
    right = by_qiskit(program, params, x, "positions")
    assert abs(Statevector(bound).expectation_value(circuit.observable).real - right) > 1e-3
