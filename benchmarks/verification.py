"""Cost of verifying a circuit, against gates and qubits: ``python benchmarks/verification.py``.

The circuits are chains of exchange gates under SU(2) and translations: right ones, ones with a single wrong angle, and
ones that only the whole register decides.
"""

import time
from collections.abc import Sequence
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

SHAPES = ((6, 30), (12, 14), (12, 28), (12, 56), (50, 10), (100, 5), (100, 10))
"""Numbers of qubits and of double layers; every qubit has a gate in every layer."""


def chain(num_qubits: int, depth: int) -> list[PauliRotation]:
    """Exchange gates on even bonds, then on odd ones, with one weight for each layer."""
    operations = []
    for layer in range(2 * depth):
        angle = ExactAngle.parameter(f"w{layer}")
        for i in range(layer % 2, num_qubits, 2):
            origin = len(operations) // 3
            operations += [
                PauliRotation(pauli_key({i: c, (i + 1) % num_qubits: c}), angle, origin) for c in "XYZ"
            ]
    return operations


def wrong(operations: Sequence[PauliRotation]) -> list[PauliRotation]:
    """The circuit with one angle in the middle off by a billionth."""
    middle = len(operations) // 2
    angle = operations[middle].angle * Fraction(1000000001, 1000000000)
    return [*operations[:middle], replace(operations[middle], angle=angle), *operations[middle + 1 :]]


def disguised(operations: Sequence[PauliRotation]) -> list[PauliRotation]:
    """A circuit and its inverse, between a field and its inverse: no block is symmetric, the whole is the identity."""
    qubits = sorted({q for operation in operations for q in operation.support})
    field = [PauliRotation(pauli_key({q: "Z"}), ExactAngle.parameter(f"h{q}"), -1) for q in qubits]
    back = [replace(operation, angle=-operation.angle, origin=-2) for operation in reversed(operations)]
    return [*field, *operations, *back, *(replace(f, angle=-f.angle, origin=-3) for f in field)]


def seconds(operations: Sequence[PauliRotation], num_qubits: int) -> tuple[float, str]:
    """Time that all four decisions take, and what they are."""
    evens, odds = tuple(range(0, num_qubits, 2)), tuple(range(1, num_qubits, 2))
    symmetry = eq.SU2(num_qubits) * eq.permutations(num_qubits, [evens, odds])
    circuit = Circuit(num_qubits, tuple(operations))
    start = time.perf_counter()
    found = [decision.holds for decision in decisions(CircuitTest(circuit, Question(symmetry), "benchmark"))]
    text = "".join({True: "+", False: "-", None: "?"}[holds] for holds in found)
    return time.perf_counter() - start, text


def main() -> None:
    print(
        f"{'circuit':<12}{'qubits':>8}{'rotations':>11}{'verdicts':>10}{'s':>9}{'per rotation, to the first':>28}"
    )
    first = 0.0
    for num_qubits, depth in SHAPES:
        operations = chain(num_qubits, depth)
        for name, circuit in (("right", operations), ("wrong", wrong(operations))):
            taken, verdicts = seconds(circuit, num_qubits)
            rate = taken / len(circuit)
            first = first or rate
            print(
                f"{name:<12}{num_qubits:>8}{len(circuit):>11}{verdicts:>10}{taken:>9.2f}{rate / first:>28.2f}"
            )
    for num_qubits in (8, 10, 12):
        circuit = disguised(chain(num_qubits, 2))
        taken, verdicts = seconds(circuit, num_qubits)
        rate = taken / len(circuit) / first
        print(f"{'disguised':<12}{num_qubits:>8}{len(circuit):>11}{verdicts:>10}{taken:>9.2f}{rate:>28.2f}")


if __name__ == "__main__":
    main()
