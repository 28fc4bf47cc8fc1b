"""Lowering is exact: the emitted circuit equals the matrix exponential, global phase included."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.operations import Evolve, Operation, VectorRotation
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.errors import MethodError
from eqcompile.passes.lowering.lower import heisenberg_strength, lower
from eqcompile.passes.lowering.primitives import AxisRotation, ControlledX, SpectralGate

N = 4
ROUNDING = 1e-12

Dense = Callable[[eq.PauliSum], Any]

GENERATORS = [
    "H(0,1)", "H(2,0)", "-3/2*H(1,3)", "H(1,2) + H(0,3)", "H(0,1) + 2*H(2,3)",
    "Z3/2", "X1", "-Y2", "Z0 + X1 + 1/2*Y3", "X0 Y2 Z3", "X1 X3 + Y1 Y3", "H(0,1) Z3", "2*I", "H(1,2) - 5/3*I",
    "H(0,1) + H(0,2)", "H(0,2) + 2*H(2,3)", "X0 + Z0", "H(0,1) + Z0/2 + Z1/2", "X0 X1 + Y0 Y1 - Z0 Z1",
    "X3 Y1 Z0 + H(0,3)", "X0 X1 + Y0 Y1 + Z0 Z2",
]  # fmt: skip


def emitted(gates: list[Operation], values: dict[str, float], n: int = N) -> QuantumCircuit:
    emitter = QiskitEmitter(QuantumCircuit(n), ("A", "B"))
    for gate in gates:
        emitter.gate(gate)
    names = {parameter.name for parameter in emitter.circuit.parameters}
    return emitter.circuit.assign_parameters({k: v for k, v in values.items() if k in names})


@pytest.mark.parametrize("text", GENERATORS)
def test_evolution_equals_the_matrix_exponential(dense: Dense, text: str) -> None:
    generator = eq.PauliSum.parse(text, N)
    for theta in (0.0, 0.731, -2.9):
        circuit = emitted([Evolve.by(generator, "w")], {"w": theta})
        exact = expm(-1j * theta * dense(generator))
        assert np.allclose(Operator(circuit).data, exact, rtol=0, atol=ROUNDING)


def test_negative_control_swapped_qubits_and_signs_are_seen(dense: Dense) -> None:
    generator = eq.PauliSum.parse("X0 Y2 Z3", N)
    data = Operator(emitted([Evolve.by(generator, "w")], {"w": 0.731})).data
    for wrong in ("X3 Y1 Z0", "X0 Z2 Y3", "-X0 Y2 Z3"):
        exact = expm(-0.731j * dense(eq.PauliSum.parse(wrong, N)))
        assert not np.allclose(data, exact, atol=0.1)


VECTORS = [
    (0.3, -1.2, 0.7), (-0.3, 0.2, -0.7), (0, 0, 0), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1),
    (0, 0, -1), (-2, -1, 0), (-1, -1e-12, 0), (1e-200, 1e-200, 1), (0, -0.0, 0.5),
]  # fmt: skip


@pytest.mark.parametrize("parity", [None, 1])
@pytest.mark.parametrize("vector", VECTORS)
def test_encoding_equals_the_matrix_exponential(
    dense: Dense, vector: tuple[float, float, float], parity: int | None
) -> None:
    gate = VectorRotation.scaled(1, 2, "alpha", parity)
    values = dict(zip(("B_x", "B_y", "B_z"), map(float, vector), strict=True)) | {"alpha": 0.83}
    exact = expm(-0.83j * sum(vector[a] * dense(gate.generator(3, a)) for a in range(3)))
    assert np.allclose(Operator(emitted([gate], values, 3)).data, exact, rtol=0, atol=ROUNDING)


COSTS = {
    "H(0,1) + H(0,2)": 12, "H(0,1)": 3, "H(1,2) + H(0,3)": 6, "X0 X1": 2, "X0 Y2 Z3": 4, "Z3/2": 0, "X1 X3 + Y1 Y3": 2,
}  # fmt: skip


@pytest.mark.parametrize(("text", "count"), COSTS.items())
def test_cx_counts(text: str, count: int) -> None:
    gates = lower(Evolve.by(eq.PauliSum.parse(text, N), "w"))
    assert sum(isinstance(gate, ControlledX) for gate in gates) == count


def test_cx_counts_of_encodings() -> None:
    for parity, count in ((None, 0), (3, 2)):
        gates = lower(VectorRotation.scaled(0, 1, "alpha", parity))
        assert sum(isinstance(gate, ControlledX) for gate in gates) == count


def test_commuting_strings_become_a_product_and_others_one_block() -> None:
    kinds = {
        "Z0 + X1": [AxisRotation, AxisRotation],
        "X0 + Z0": [SpectralGate],
        "X0 + Z0 + X3": [SpectralGate, AxisRotation],
    }
    for text, expected in kinds.items():
        assert [type(g) for g in lower(Evolve.by(eq.PauliSum.parse(text, N), "w"))] == expected


def test_what_is_too_large_to_diagonalise() -> None:
    chain = eq.PauliSum.parse(" + ".join(f"H({q},{q + 1})" for q in range(6)), 7)
    with pytest.raises(MethodError) as caught:
        list(lower(Evolve.by(chain, "w")))
    assert str(caught.value) == (
        "no exact circuit for a generator on 7 qubits whose terms do not commute; the limit is 6 qubits: "
        "choose a product formula, --trotter ORDER,STEPS or trotter=(order, steps)"
    )


@pytest.mark.parametrize(
    ("text", "strength"),
    [("H(0,1)", 1), ("-2/3*H(1,3)", "-2/3"), ("X0 X1 + Y0 Y1", None), ("H(0,1) + Z0", None), ("Z0", None)],
)
def test_heisenberg_pairs_are_recognised(text: str, strength: object) -> None:
    found = heisenberg_strength(eq.PauliSum.parse(text, N))
    assert (found if strength is None else str(found)) == (None if strength is None else str(strength))
