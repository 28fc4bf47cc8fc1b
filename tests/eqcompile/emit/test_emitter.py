"""A back end is eight methods: one on plain arrays of numpy has the states of Qiskit and the values of JAX."""

from collections.abc import Callable
from inspect import isabstract
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

import eqcompile as eq
from eqcompile.emit.emitter import Emitter
from eqcompile.errors import MethodError
from eqcompile.numeric.dense import amplitudes_of, matrix_of
from eqcompile.passes.formula.product_formula import ProductFormulas

ROUNDING = 1e-12

PAULI = {"x": np.array([[0, 1], [1, 0]]), "y": np.array([[0, -1j], [1j, 0]]), "z": np.diag([1, -1])}

Draw = Callable[[eq.Program, int], tuple[Any, Any]]


class Arrays(Emitter[float]):
    """The state, at given values of the parameters."""

    def __init__(self, program: eq.Program, params: Any, x: Any) -> None:
        super().__init__()
        self.start = amplitudes_of(program.state)
        self.sites = program.ansatz.site_names
        self.values = program.circuit_values(params, x, "angles")
        self.psi = np.eye(1, 1 << program.num_qubits, dtype=complex)[0]
        self.phase = 0.0
        self.sections: list[str] = []

    def prepare(self, state: object) -> None:
        self.psi = self.start

    def section(self, name: str) -> None:
        self.sections.append(name)

    def angle(self, terms: Any, constant: float) -> float:
        return constant + sum(c * np.prod([self.values[n] for n in names]) for names, c in terms.items())

    def direction(self, site: int, qubit: int) -> tuple[float, float]:
        name = self.sites[site]
        return self.values[f"{name}_azimuth"], self.values[f"{name}_elevation"]

    def turn(self, site: int, qubit: int, scale: str) -> float:
        return self.values[f"{self.sites[site]}_turn"]

    def rotate(self, axis: str, angle: float, qubit: int) -> None:
        self.unitary(np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * PAULI[axis], [qubit])

    def controlled_x(self, control: int, target: int) -> None:
        self.unitary(np.eye(4)[[0, 3, 2, 1]], [control, target])

    def unitary(self, matrix: Any, qubits: list[int]) -> None:
        n = len(self.psi).bit_length() - 1
        axes = [n - 1 - q for q in reversed(qubits)]
        tensor = np.moveaxis(self.psi.reshape((2,) * n), axes, range(len(axes)))
        moved = (matrix @ tensor.reshape(len(matrix), -1)).reshape(tensor.shape)
        self.psi = np.moveaxis(moved, range(len(axes)), axes).reshape(-1)

    def global_phase(self, angle: float) -> None:
        self.phase = angle

    def expectation(self, observable: eq.PauliSum) -> float:
        return float(np.vdot(self.psi, matrix_of(observable) @ self.psi).real)


def written(program: eq.Program, params: Any, x: Any, back_end: type[Arrays] = Arrays) -> Arrays:
    emitter = back_end(program, params, x)
    emitter.model(program.ansatz, program.spec.state)
    return emitter


@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity"])
def test_states_and_values_agree(asymmetric: dict[str, eq.Program], draw: Draw, name: str) -> None:
    program = asymmetric[name]
    params, x = draw(program, 41)
    found = written(program, params, x)
    circuit = program.to_qiskit("angles")
    expected = Statevector(circuit.assign_parameters(program.circuit_values(params, x, "angles"))).data
    # Qiskit's preparation by gates may have a phase of its own; phases are compared below.
    assert abs(abs(np.vdot(found.psi, expected)) - 1) < ROUNDING
    value = program.to_jax()(params, x[None])[0]
    assert abs(found.expectation(program.observable) - value) < ROUNDING


def test_phases_are_those_of_qiskit(asymmetric: dict[str, eq.Program], draw: Draw) -> None:
    """From zeros, where both begin with the same vector, the states are equal including their phases."""
    program = asymmetric["asymmetric"]
    params, x = draw(program, 42)
    found = Arrays(program, params, x)
    found.model(program.ansatz, None)
    circuit = program.to_qiskit("angles", prepare=False)
    expected = Statevector(circuit.assign_parameters(program.circuit_values(params, x, "angles"))).data
    assert np.allclose(np.exp(1j * found.phase) * found.psi, expected, rtol=0, atol=ROUNDING)
    assert abs(found.phase) > 0.1
    assert not np.allclose(found.psi, expected, rtol=0, atol=1e-3), "the phase is part of it"


class Reversed(Arrays):
    """Mistakes the first qubit of a pair for the target."""

    def controlled_x(self, control: int, target: int) -> None:
        super().controlled_x(target, control)


class NoTurns(Arrays):
    """Forgets the lengths of vectors."""

    def turn(self, site: int, qubit: int, scale: str) -> float:
        return 1.0


@pytest.mark.parametrize("wrong", [Reversed, NoTurns])
@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity"])
def test_negative_control_a_wrong_method_is_seen(
    asymmetric: dict[str, eq.Program], draw: Draw, name: str, wrong: type[Arrays]
) -> None:
    program = asymmetric[name]
    params, x = draw(program, 41)
    value = program.to_jax()(params, x[None])[0]
    assert abs(written(program, params, x, wrong).expectation(program.observable) - value) > 1e-3


def test_sections_come_in_order(asymmetric: dict[str, eq.Program], draw: Draw) -> None:
    program = asymmetric["asymmetric_parity"]
    found = written(program, *draw(program, 1))
    assert found.sections == ["encoding 0", "layer 0", "encoding 1", "layer 1", "encoding 2"]
    assert found.encoding == 2


def test_the_methods_of_a_back_end() -> None:
    assert isabstract(Emitter)
    assert Emitter.__abstractmethods__ == {
        "prepare", "angle", "direction", "turn", "rotate", "controlled_x", "unitary", "global_phase",
    }  # fmt: skip


STAR = """{name: star, qubits: 8, symmetry: [{rotation: SU(2)}], state: 'singlets [[0, 1], [2, 3], [4, 5], [6, 7]]',
observable: 'H(0,1)', ansatz: {depth: 1, layer: ['H(0,1) + 2*H(1,2) + H(2,3) + H(3,4) + H(4,5) + H(5,6) + H(6,7)']}}"""


def test_formulas_stand_for_gates_without_exact_circuit() -> None:
    program = eq.compile(eq.loads(STAR))
    params = np.array([0.3])
    with pytest.raises(MethodError, match="no exact circuit for a generator on 8 qubits"):
        written(program, params, None)
    found = Arrays(program, params, None)
    found.model(program.ansatz, program.spec.state, ProductFormulas(program.symmetry, 2, 3))
    circuit = program.to_qiskit(trotter=(2, 3)).assign_parameters(program.circuit_values(params))
    expected = Statevector(circuit).expectation_value(circuit.observable).real
    assert abs(found.expectation(program.observable) - expected) < ROUNDING
