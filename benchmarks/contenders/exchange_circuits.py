"""Rings of exchange gates, right and wrong, and who can tell. The circuits need Qiskit and nothing else.

The group is SU(2) on all qubits, and the shift of the ring by two sites.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter

WRONG = 1.001
"""Factor of one angle in the middle of a wrong circuit."""

BASIS = ("cx", "rz", "sx", "x")

Answer = dict[str, Any]


def ring(n: int, depth: int, right: bool, transpiled: bool) -> QuantumCircuit:
    """Exchange gates on even bonds, then on odd ones, with one parameter for each layer."""
    circuit = QuantumCircuit(n)
    for layer in range(2 * depth):
        angle = 2 * Parameter(f"w{layer}")
        for first in range(layer % 2, n, 2):
            pair = first, (first + 1) % n
            off = WRONG if not right and layer == depth and first == layer % 2 else 1
            circuit.rxx(angle, *pair)
            circuit.ryy(angle, *pair)
            circuit.rzz(off * angle, *pair)
    if transpiled:
        return transpile(circuit, basis_gates=list(BASIS), optimization_level=1, seed_transpiler=0)
    return circuit


def bound(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit at random numbers."""
    values = np.random.default_rng(0).uniform(-np.pi, np.pi, circuit.num_parameters)
    return circuit.assign_parameters(values)


def project(n: int, depth: int, right: bool, transpiled: bool) -> Callable[[], Answer]:
    """This project: for all values of the parameters, and all elements of the group."""
    import eqcompile as eq

    circuit = ring(n, depth, right, transpiled)
    shift = [tuple(range(0, n, 2)), tuple(range(1, n, 2))]
    symmetry = eq.SU2(n) * eq.permutations(n, shift)
    eq.verify(ring(4, 1, True, False), eq.SU2(4))  # loads what is loaded at first use

    def call() -> Answer:
        return {"verdict": str(eq.verify(circuit, symmetry).verdict)}

    return call


def matrices(n: int, depth: int, right: bool, transpiled: bool, tolerance: float) -> Callable[[], Answer]:
    """The unitary as a matrix, and its commutators with the generators, at one choice of numbers.

    A largest entry of a commutator below ``tolerance`` counts as zero.
    """
    from qiskit.quantum_info import Operator

    circuit = bound(ring(n, depth, right, transpiled))

    def call() -> Answer:
        unitary = Operator(circuit).data
        states = np.arange(1 << n)
        moved = sum(((states >> q) & 1) << ((q + 2) % n) for q in range(n))
        found = np.abs(unitary[np.ix_(moved, moved)] - unitary).max()
        signs = sum(1 - 2 * ((states >> q) & 1) for q in range(n)) / 2
        found = max(found, np.abs(signs[:, None] * unitary - unitary * signs).max())
        flips = np.zeros_like(unitary)
        for q in range(n):
            flipped = states ^ (1 << q)
            flips += (unitary[flipped] - unitary[:, flipped]) / 2
        found = max(found, np.abs(flips).max())
        return {"verdict": "commutes" if found < tolerance else "does not commute", "residual": float(found)}

    return call


def qcec(n: int, depth: int, right: bool, transpiled: bool) -> Callable[[], Answer]:
    """MQT QCEC: whether the circuit equals its copy under a random rotation and the shift, at one choice of numbers."""
    from mqt.qcec import verify

    circuit = bound(ring(n, depth, right, transpiled))
    turned, back = QuantumCircuit(n), QuantumCircuit(n)
    theta, phi, lam = np.random.default_rng(1).uniform(0, np.pi, 3)
    for q in range(n):
        turned.u(theta, phi, lam, q)
        back.u(-theta, -lam, -phi, q)
    copy = back.compose(circuit, qubits=[(q + 2) % n for q in range(n)]).compose(turned)

    def call() -> Answer:
        found = verify(circuit, copy, parallel=False)
        return {"verdict": found.equivalence.name.replace("_", " ")}

    return call


def chain(num_qubits: int, depth: int, kind: str) -> Callable[[], Answer]:
    """The engine alone on long circuits of our own: ``right``, ``wrong``, or ``disguised``.

    Disguised is a circuit and its inverse between a field and its inverse: no block is symmetric, and the whole is the
    identity.
    """
    from dataclasses import replace
    from fractions import Fraction

    import eqcompile as eq
    from eqcompile.circuits.angle import ExactAngle
    from eqcompile.circuits.circuit import Circuit
    from eqcompile.circuits.operations import PauliRotation
    from eqcompile.claims.of_circuit.equivariance import CircuitTest
    from eqcompile.claims.of_circuit.task import decisions
    from eqcompile.claims.question import Question
    from eqcompile.exact.operators.strings import pauli_key

    operations: list[PauliRotation] = []
    for layer in range(2 * depth):
        angle = ExactAngle.parameter(f"w{layer}")
        for i in range(layer % 2, num_qubits, 2):
            origin = len(operations) // 3
            pair = i, (i + 1) % num_qubits
            operations += [PauliRotation(pauli_key(dict.fromkeys(pair, c)), angle, origin) for c in "XYZ"]
    if kind == "wrong":
        middle = len(operations) // 2
        angle = operations[middle].angle * Fraction(1000000001, 1000000000)
        operations[middle] = replace(operations[middle], angle=angle)
    if kind == "disguised":
        field = [
            PauliRotation(pauli_key({q: "Z"}), ExactAngle.parameter(f"h{q}"), -1) for q in range(num_qubits)
        ]
        undone = [replace(operation, angle=-operation.angle, origin=-2) for operation in reversed(operations)]
        operations = [*field, *operations, *undone, *(replace(f, angle=-f.angle, origin=-3) for f in field)]
    evens, odds = tuple(range(0, num_qubits, 2)), tuple(range(1, num_qubits, 2))
    symmetry = eq.SU2(num_qubits) * eq.permutations(num_qubits, [evens, odds])
    circuit = Circuit(num_qubits, tuple(operations))

    def call() -> Answer:
        found = [
            decision.holds for decision in decisions(CircuitTest(circuit, Question(symmetry), "benchmark"))
        ]
        text = "".join({True: "+", False: "-", None: "?"}[holds] for holds in found)
        return {"verdict": text, "rotations": len(operations)}

    return call
