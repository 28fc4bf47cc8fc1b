"""Stars of three qubits: exact at every angle, few CX, symmetric after every transpilation."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator
from scipy.linalg import expm, norm

import eqcompile as eq
from eqcompile.exact.scalars import to_float
from eqcompile.passes.primitives import AxisRotation, ControlledX, GlobalPhase
from eqcompile.passes.star import FixedRotation, StarPrimitive, lower_star, star_of

ROUNDING = 1e-12
W = Parameter("w")

Dense = Callable[[eq.PauliSum], Any]

STARS = {
    "H(0,1) + H(0,2)": 3,
    "H(1,3) + H(2,3)": 4,
    "-2/3*H(0,2) - 2/3*H(0,1) + 5*H(1,2)": 3,
    "H(0,1) + H(0,2) + H(1,2)": 3,
    "sqrt(2)*H(3,0) + sqrt(2)*H(3,1)": 4,
    "H(0,1) + H(0,2) - sqrt(3)/2*H(1,2)": 3,
}


def emitted(gates: Iterable[StarPrimitive], n: int) -> QuantumCircuit:
    circuit = QuantumCircuit(n)
    for gate in gates:
        if isinstance(gate, ControlledX):
            circuit.cx(gate.control, gate.target)
        elif isinstance(gate, FixedRotation):
            cosine, sine = to_float(gate.cosine), to_float(gate.sine)
            circuit.append(UnitaryGate(np.array([[cosine, -sine], [sine, cosine]])), [gate.qubit])
        elif isinstance(gate, AxisRotation | GlobalPhase):
            value: Any = float(gate.angle.pi_multiple) * np.pi
            if gate.angle.parameter is not None:
                value = value + to_float(gate.angle.factor) * W
            if isinstance(gate, GlobalPhase):
                circuit.global_phase += value
            else:
                {"y": circuit.ry, "z": circuit.rz}[gate.axis](value, gate.qubit)
        else:
            raise AssertionError(gate)
    return circuit


def circuit_of(text: str, n: int) -> QuantumCircuit:
    star = star_of(eq.PauliSum.parse(text, n))
    assert star is not None
    return emitted(lower_star(star, "w"), n)


@pytest.mark.parametrize(("text", "n"), STARS.items())
def test_a_star_equals_the_matrix_exponential(text: str, n: int, dense: Dense) -> None:
    circuit = circuit_of(text, n)
    for theta in (0.0, 0.413, -2.9, 7.1):
        exact = expm(-1j * theta * dense(eq.PauliSum.parse(text, n)))
        assert norm(Operator(circuit.assign_parameters({W: theta})).data - exact, 2) < ROUNDING


def test_negative_control_another_star_is_seen(dense: Dense) -> None:
    found = Operator(circuit_of("H(0,1) + H(0,2)", 3).assign_parameters({W: 0.4})).data
    for wrong in ("H(0,1) + H(1,2)", "H(0,1) + H(0,2) + H(1,2)", "H(0,1) + 2*H(0,2)"):
        assert norm(found - expm(-0.4j * dense(eq.PauliSum.parse(wrong, 3))), 2) > 0.1


@pytest.mark.parametrize(
    "text",
    ["H(0,1) + 2*H(0,2)", "H(0,1)", "H(0,1) + H(0,2) + Z0", "H(0,1) + H(0,2) + H(0,3)", "X0 X1 + X0 X2",
     "H(0,1) Z2 + H(0,2)", "H(0,1) + H(0,2) + X1 Y2", "H(0,1) + H(0,2) + I"],
)  # fmt: skip
def test_what_is_no_star(text: str) -> None:
    assert star_of(eq.PauliSum.parse(text, 4)) is None


def test_a_plain_star_has_one_centre_and_its_strengths() -> None:
    star = star_of(eq.PauliSum.parse("3*H(0,2) + 3*H(2,1) - H(0,1)", 3))
    assert star is not None
    assert (star.centre, star.legs, star.arm, star.base) == (2, (0, 1), Fraction(3), Fraction(-1))


def test_twelve_cx_where_dense_synthesis_takes_more(dense: Dense) -> None:
    """Bound, Qiskit fuses what stands on the legs: nine."""
    circuit = circuit_of("H(0,1) + H(0,2)", 3)
    assert circuit.count_ops()["cx"] == 12
    basis = ["rz", "sx", "x", "cx"]
    bound = transpile(circuit.assign_parameters({W: 0.7}), basis_gates=basis, optimization_level=3)
    synthesised = QuantumCircuit(3)
    exact = expm(-0.7j * dense(eq.PauliSum.parse("H(0,1) + H(0,2)", 3)))
    synthesised.append(UnitaryGate(exact), range(3))
    synthesised = transpile(synthesised, basis_gates=basis, optimization_level=3, seed_transpiler=0)
    assert bound.count_ops()["cx"] <= 9
    assert synthesised.count_ops()["cx"] >= 2 * bound.count_ops()["cx"]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("couplings", [None, [[0, 1], [1, 0], [1, 2], [2, 1]]])
def test_rotations_and_the_swap_of_the_legs_survive_transpilation(
    level: int, couplings: list[list[int]] | None, dense: Dense, swap_matrix: Callable[..., Any]
) -> None:
    """The parametrised circuit is transpiled and bound afterwards."""
    circuit = transpile(
        circuit_of("H(0,1) + H(0,2)", 3),
        basis_gates=["rz", "sx", "x", "cx"],
        coupling_map=couplings,
        optimization_level=level,
        seed_transpiler=1,
    )
    image = Operator.from_circuit(circuit.assign_parameters({W: 0.83})).data
    turns = [expm(-0.9j * dense(lie.operator)) for lie in eq.SU2(3).lie_generators]
    for moved in (*turns, swap_matrix((0, 2, 1))):
        assert norm(moved @ image @ moved.conj().T - image, 2) < ROUNDING
    other = swap_matrix((1, 0, 2))
    assert norm(other @ image @ other.T - image, 2) > 0.1


def test_the_emitted_circuit_is_proven() -> None:
    """With the fixed rotation as a matrix of simple numbers the reader takes it exactly."""
    circuit = circuit_of("H(0,1) + H(0,2)", 3)
    assert eq.verify(circuit, eq.SU2(3) * eq.permutations(3, [(1, 2)]))
    assert eq.verify(circuit, eq.SU2(3) * eq.permutations(3, [(0, 1)])).verdict == "refused"
