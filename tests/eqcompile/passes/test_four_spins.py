"""Solvable sums on four qubits: exact at every angle, few CX, symmetric after every transpilation, and proven."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import Operator
from scipy.linalg import expm, norm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.passes.lowering.fixed_gates import Primitive
from eqcompile.passes.lowering.four_spins import four_spins_of, lower_four_spins
from eqcompile.passes.lowering.primitives import ControlledX

ROUNDING = 1e-12
BASIS = ["rz", "sx", "x", "cx"]

Dense = Callable[[eq.PauliSum], Any]
Emit = Callable[[Iterable[Primitive], int], QuantumCircuit]

RING = "H(0,1) + H(1,2) + H(2,3) + H(3,0)"
STAR = "H(0,1) + H(0,2) + H(0,3)"
ALL = "H(0,1) + H(0,2) + H(0,3) + H(1,2) + H(1,3) + H(2,3)"

SUMS = {
    ALL: (4, 36),
    RING: (4, 40),
    "H(1,3) + H(1,4) + H(2,3) + H(2,4)": (5, 40),
    "H(0,1) + H(0,2) + H(0,3) + H(1,2) + H(1,3)": (4, 38),
    "-2/3*H(0,1) - 2/3*H(1,2) - 2/3*H(2,3) - 2/3*H(3,0) + 5*H(0,2) - 1/7*H(1,3)": (4, 40),
    STAR: (4, 48),
    "sqrt(2)*H(3,1) + sqrt(2)*H(3,2) + sqrt(2)*H(3,0) + 1/2*H(0,1) + 1/2*H(0,2) + 1/2*H(1,2)": (4, 48),
}
"""Register and number of CX."""


def gates_of(text: str, n: int) -> list[Primitive]:
    four = four_spins_of(eq.PauliSum.parse(text, n))
    assert four is not None
    return list(lower_four_spins(four, ExactAngle.parameter("w")))


@pytest.mark.parametrize("text", SUMS)
def test_a_sum_equals_the_matrix_exponential(text: str, dense: Dense, emit: Emit) -> None:
    n, count = SUMS[text]
    gates = gates_of(text, n)
    assert sum(isinstance(gate, ControlledX) for gate in gates) == count
    for theta in (0.0, 0.413, -2.9):
        exact = expm(-1j * theta * dense(eq.PauliSum.parse(text, n)))
        assert norm(Operator(emit(gates, n).assign_parameters([theta])).data - exact, 2) < ROUNDING


def test_negative_control_another_sum_is_seen(dense: Dense, emit: Emit) -> None:
    found = Operator(emit(gates_of(RING, 4), 4).assign_parameters([0.4])).data
    for wrong in (STAR, ALL, "H(0,2) + H(2,1) + H(1,3) + H(3,0)", "H(0,1) + H(1,2) + H(2,3)"):
        assert norm(found - expm(-0.4j * dense(eq.PauliSum.parse(wrong, 4))), 2) > 0.1


@pytest.mark.parametrize(
    "text",
    ["H(0,1) + H(1,2) + H(2,3)", "H(0,1) + H(0,2) + 2*H(0,3)", f"{RING} + Z0", "H(0,1) + H(0,2)", f"{RING} + I",
     "H(0,1) H(2,3)", f"{STAR} + H(1,2)"],
)  # fmt: skip
def test_what_is_no_such_sum(text: str) -> None:
    assert four_spins_of(eq.PauliSum.parse(text, 4)) is None


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize(("text", "kept", "moved"), [
    (RING, [(1, 2, 3, 0), (2, 1, 0, 3)], (1, 0, 2, 3)),
    (STAR, [(0, 2, 3, 1), (0, 2, 1, 3)], (1, 0, 2, 3)),
])  # fmt: skip
def test_the_group_survives_transpilation(
    text: str,
    kept: list[tuple[int, ...]],
    moved: tuple[int, ...],
    level: int,
    dense: Dense,
    swap_matrix: Callable[..., Any],
    emit: Emit,
) -> None:
    """The parametrised circuit is transpiled and bound afterwards."""
    circuit = transpile(
        emit(gates_of(text, 4), 4), basis_gates=BASIS, optimization_level=level, seed_transpiler=1
    )
    image = Operator.from_circuit(circuit.assign_parameters([0.83])).data
    turns = [expm(-0.9j * dense(lie.operator)) for lie in eq.SU2(4).lie_generators]
    for element in (*turns, *map(swap_matrix, kept)):
        assert norm(element @ image @ element.conj().T - image, 2) < ROUNDING
    other = swap_matrix(moved)
    assert norm(other @ image @ other.T - image, 2) > 0.1


@pytest.mark.parametrize(("text", "cycles", "wrong"), [
    (RING, [(0, 1, 2, 3)], [(0, 1)]),
    (STAR, [(1, 2, 3)], [(0, 1)]),
])  # fmt: skip
def test_the_circuit_is_proven_as_emitted_and_as_transpiled(
    text: str, cycles: list[tuple[int, ...]], wrong: list[tuple[int, ...]], emit: Emit
) -> None:
    circuit = emit(gates_of(text, 4), 4)
    for level in (None, 0, 1):
        found = circuit if level is None else transpile(circuit, basis_gates=BASIS, optimization_level=level)
        assert eq.verify(found, eq.SU2(4) * eq.permutations(4, cycles))
    assert eq.verify(circuit, eq.permutations(4, wrong)).verdict == "refused"
