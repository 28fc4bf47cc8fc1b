"""A circuit that was written in Python is checked before anything is said about it: one line for each mistake."""

from typing import Any

import pytest
from qiskit.circuit.library import XGate

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.operations import (
    Evolve,
    FixedUnitary,
    OpaqueGate,
    PauliRotation,
    Singlet,
    Swapped,
    VectorRotation,
)
from eqcompile.declaration.spec import ProductKet
from eqcompile.errors import ArgumentError

W = ExactAngle.parameter("w")
QUBITS = "different qubits from 0 to 1 are needed; found"
ORTHOGONAL = "its matrix is not an orthogonal 3 x 3 matrix"


def operator(text: str, num_qubits: int = 2) -> eq.PauliSum:
    return eq.PauliSum.parse(text, num_qubits)


MISTAKES: dict[str, tuple[Any, str]] = {
    "not an operation": ("h 0", 'not an operation: str "h 0"'),
    "a string beyond the register": (
        PauliRotation((0, 32), W),
        "a string is a pair of masks of 2 qubits; found",
    ),
    "a negative mask": (PauliRotation((-1, 0), W), "a string is a pair of masks"),
    "an angle in words": (PauliRotation((1, 0), "w"), "an exact angle is needed"),  # type: ignore[arg-type]
    "an angle in floats": (
        PauliRotation((1, 0), ExactAngle(((("w",), 0.5),))),  # type: ignore[arg-type]
        "coefficients of an angle are fractions",
    ),
    "another register": (Evolve(operator("Z2", 3), W), "a PauliSum on 2 qubits is needed; found"),
    "not Hermitian": (Evolve(operator("Z0 + (1+i)*Z1"), W), "the generator Z0 + (1 + i)*Z1 is not Hermitian"),
    "zero": (FixedUnitary(eq.PauliSum.zero(2)), "0 is not unitary"),
    "not unitary": (FixedUnitary(operator("Z0 + Z1")), "Z0 + Z1 is not unitary"),
    "unitary elsewhere": (FixedUnitary(operator("Z2", 3)), "a PauliSum on 2 qubits is needed"),
    "a negative site": (VectorRotation.scaled(-1, 1, "a"), "a site is a number from 0; found int -1"),
    "the parity qubit itself": (VectorRotation.scaled(0, 1, "a", parity=1), QUBITS),
    "a stretched vector": (
        VectorRotation(0, 0, None, W, ((0, 0, 0),) * 3),  # type: ignore[arg-type]
        ORTHOGONAL,
    ),
    "a small matrix": (VectorRotation(0, 0, None, W, ((1, 0), (0, 1))), ORTHOGONAL),  # type: ignore[arg-type]
    "one qubit twice": (Singlet(0, 0), QUBITS),
    "a qubit outside": (Singlet(0, 5), QUBITS),
    "a swap with itself": (Swapped(None, (1, 1)), QUBITS),
    "an empty opaque gate": (
        OpaqueGate("g", (0,), "why", None),
        "the opaque gate g is not a gate on 1 qubits",
    ),
    "an opaque gate of another size": (
        OpaqueGate("x", (0, 1), "why", XGate()),
        "the opaque gate x is not a gate on 2",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_operations(name: str) -> None:
    wrong, says = MISTAKES[name]
    good = PauliRotation((0, 3), W)
    with pytest.raises(ArgumentError) as caught:
        eq.verify(Circuit(2, (good, wrong)), eq.SU2(2))
    assert str(caught.value).startswith(f"operations[1]: {says}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"num_qubits": 0}, "num_qubits: a whole number from 1 to 1000 is needed; found int 0"),
        ({"num_qubits": "2"}, 'num_qubits: a whole number from 1 to 1000 is needed; found str "2"'),
        ({"num_qubits": 10**7}, "num_qubits: a whole number from 1 to 1000"),
        ({"num_ancillas": 3}, "num_ancillas: a whole number up to 2 is needed; found int 3"),
        ({"operations": None}, "operations: a tuple is needed; found None"),
        ({"start": ProductKet("0")}, 'start: 2 letters are needed; found str "0"'),
        ({"start": ProductKet("0q")}, 'start: letters are 0 1 + - r l; found str "0q"'),
        ({"placement": (0, 1)}, "placement: a Placement is needed; found tuple (0, 1)"),
        ({"placement": Placement((0, 0), (0, 1))}, f"placement: {QUBITS}"),
        ({"placement": Placement((0, 1), (0, -1))}, f"placement: {QUBITS}"),
        ({"placement": Placement((0, 10**5), (0, 10**5))}, f"placement: {QUBITS}"),
        (
            {"placement": Placement((0, 1), (0,))},
            "placement: as many starts as ends are needed; found 2 and 1",
        ),
        ({"placement": Placement((0.0, 1), (0, 1))}, f"placement: {QUBITS}"),
    ],
)
def test_circuits(fields: dict[str, Any], says: str) -> None:
    given = {"num_qubits": 2, "operations": (PauliRotation((0, 3), W),), **fields}
    with pytest.raises(ArgumentError) as caught:
        eq.verify(Circuit(**given), eq.SU2(2))
    assert str(caught.value).startswith(says)


def test_a_swap_behind_a_gate_elsewhere() -> None:
    with pytest.raises(
        ArgumentError, match=r"^singlet\(0, 2\) does not act on the qubits \(0, 1\) that are exchanged"
    ):
        Swapped(Singlet(0, 2), (0, 1))


def test_a_turned_vector_is_not_emitted_as_itself() -> None:
    from qiskit import QuantumCircuit

    from eqcompile.emit.qiskit.circuit import QiskitEmitter
    from eqcompile.errors import MethodError
    from eqcompile.exact.arithmetic.scalars import rational

    one, zero = rational(1), rational(0)
    matrix = ((zero, one, zero), (one, zero, zero), (zero, zero, one))
    gate = VectorRotation(0, 0, None, VectorRotation.scaled(0, 0, "a").turn, matrix)
    assert str(gate) == "encode(site 0, a, turned) on 0"
    assert gate.at_site(1).matrix == matrix
    for form in ("vectors", "angles"):
        with pytest.raises(MethodError, match="turns about the image of a vector"):
            QiskitEmitter(QuantumCircuit(1), ("A",), form).gate(gate)  # type: ignore[arg-type]
