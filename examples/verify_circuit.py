"""Ask whether your own Qiskit circuit is equivariant: one line, exact, for all values of its parameters."""

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import eqcompile as eq

a, b = Parameter("a"), Parameter("b")
circuit = QuantumCircuit(3, name="chain")
for pair, angle in (((0, 1), a), ((1, 2), b)):
    circuit.rxx(angle, *pair)
    circuit.ryy(angle, *pair)
    circuit.rzz(angle, *pair)

symmetry = eq.SU2(3) * eq.permutations(3, [(0, 2)])  # all rotations, and the mirror image of the chain

certificate = eq.verify(circuit, symmetry)
for finding in certificate.findings:
    print(f"{finding.subject}: {finding.verdict}", f"({finding.detail})")
print("as a whole:", certificate.verdict)
