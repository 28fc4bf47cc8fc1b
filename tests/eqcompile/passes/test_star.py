"""Stars of three qubits: exact at every angle, few CX, symmetric after every transpilation."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator
from scipy.linalg import expm, norm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.passes.lowering.fixed_gates import Primitive
from eqcompile.passes.lowering.primitives import ControlledX
from eqcompile.passes.lowering.star import couplings, lower_star, star_of

ROUNDING = 1e-12
BASIS = ["rz", "sx", "x", "cx"]

Dense = Callable[[eq.PauliSum], Any]
Emit = Callable[[Iterable[Primitive], int], QuantumCircuit]

STARS = {
    "H(0,1) + H(0,2)": 3,
    "H(1,3) + H(2,3)": 4,
    "-2/3*H(0,2) - 2/3*H(0,1) + 5*H(1,2)": 3,
    "H(0,1) + H(0,2) + H(1,2)": 3,
    "-7/2*H(0,3) - 7/2*H(3,2) - 7/2*H(0,2)": 4,
    "sqrt(2)*H(3,0) + sqrt(2)*H(3,1)": 4,
    "sqrt(2)*H(3,0) + sqrt(2)*H(3,1) + sqrt(2)*H(0,1)": 4,
    "H(0,1) + H(0,2) - sqrt(3)/2*H(1,2)": 3,
}
"""Sizes of the registers."""


def gates_of(text: str, n: int) -> list[Primitive]:
    star = star_of(eq.PauliSum.parse(text, n))
    assert star is not None
    return list(lower_star(star, ExactAngle.parameter("w")))


@pytest.mark.parametrize("text", STARS)
def test_a_star_equals_the_matrix_exponential(text: str, dense: Dense, emit: Emit) -> None:
    n = STARS[text]
    gates = gates_of(text, n)
    assert sum(isinstance(gate, ControlledX) for gate in gates) == 12
    for theta in (0.0, 0.413, -2.9, 7.1):
        exact = expm(-1j * theta * dense(eq.PauliSum.parse(text, n)))
        bound = emit(gates, n).assign_parameters([theta])
        assert norm(Operator(bound).data - exact, 2) < ROUNDING


def test_negative_control_another_star_is_seen(dense: Dense, emit: Emit) -> None:
    found = Operator(emit(gates_of("H(0,1) + H(0,2)", 3), 3).assign_parameters([0.4])).data
    for wrong in ("H(0,1) + H(1,2)", "H(0,1) + H(0,2) + H(1,2)", "H(0,1) + 2*H(0,2)"):
        assert norm(found - expm(-0.4j * dense(eq.PauliSum.parse(wrong, 3))), 2) > 0.1


@pytest.mark.parametrize(
    "text",
    ["H(0,1) + 2*H(0,2)", "H(0,1)", "H(0,1) + H(0,2) + Z0", "H(0,1) + H(0,2) + H(0,3)", "X0 X1 + X0 X2",
     "H(0,1) Z2 + H(0,2)", "H(0,1) + H(0,2) + X1 Y2", "H(0,1) + H(0,2) + I", "i*H(0,1) + i*H(0,2)", "Z0"],
)  # fmt: skip
def test_what_is_no_star(text: str) -> None:
    assert star_of(eq.PauliSum.parse(text, 4)) is None


def test_a_plain_star_has_one_centre_and_its_strengths() -> None:
    star = star_of(eq.PauliSum.parse("3*H(0,2) + 3*H(2,1) - H(0,1)", 3))
    assert star is not None
    assert (star.centre, star.legs, star.arm, star.base) == (2, (0, 1), Fraction(3), Fraction(-1))
    assert couplings(eq.PauliSum.parse("H(0,1) + Z0", 2)) is None


def test_half_of_what_dense_synthesis_takes(dense: Dense, emit: Emit) -> None:
    """Bound, Qiskit fuses the gates between the legs."""
    circuit = emit(gates_of("H(0,1) + H(0,2)", 3), 3).assign_parameters([0.7])
    ours = transpile(circuit, basis_gates=BASIS, optimization_level=3, seed_transpiler=0)
    dense_circuit = QuantumCircuit(3)
    dense_circuit.append(UnitaryGate(expm(-0.7j * dense(eq.PauliSum.parse("H(0,1) + H(0,2)", 3)))), range(3))
    theirs = transpile(dense_circuit, basis_gates=BASIS, optimization_level=3, seed_transpiler=0)
    assert 2 * ours.count_ops()["cx"] < theirs.count_ops()["cx"]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("couplings", [None, [[0, 1], [1, 0], [1, 2], [2, 1]]])
@pytest.mark.parametrize("text", ["H(0,1) + H(0,2)", "H(0,1) + H(0,2) + H(1,2)"])
def test_rotations_and_the_swap_of_the_legs_survive_transpilation(
    text: str,
    level: int,
    couplings: list[list[int]] | None,
    dense: Dense,
    swap_matrix: Callable[..., Any],
    emit: Emit,
) -> None:
    """The parametrised circuit is transpiled and bound afterwards."""
    circuit = transpile(
        emit(gates_of(text, 3), 3),
        basis_gates=BASIS,
        coupling_map=couplings,
        optimization_level=level,
        seed_transpiler=1,
    )
    image = Operator.from_circuit(circuit.assign_parameters([0.83])).data
    turns = [expm(-0.9j * dense(lie.operator)) for lie in eq.SU2(3).lie_generators]
    for moved in (*turns, swap_matrix((0, 2, 1))):
        assert norm(moved @ image @ moved.conj().T - image, 2) < ROUNDING
    other = swap_matrix((1, 0, 2))
    change = norm(other @ image @ other.T - image, 2)
    assert change < ROUNDING if "H(1,2)" in text else change > 0.1


@pytest.mark.parametrize("text", ["H(0,1) + H(0,2)", "H(0,1) + H(0,2) + H(1,2)"])
def test_the_circuit_is_proven_as_emitted_and_as_transpiled(text: str, emit: Emit) -> None:
    circuit = emit(gates_of(text, 3), 3)
    for level in (None, 0, 1):
        found = circuit if level is None else transpile(circuit, basis_gates=BASIS, optimization_level=level)
        assert eq.verify(found, eq.SU2(3) * eq.permutations(3, [(1, 2)]))
    expected = "proven" if "H(1,2)" in text else "refused"
    assert eq.verify(circuit, eq.permutations(3, [(0, 1)])).verdict == expected
