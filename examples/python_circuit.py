"""A certified circuit without a file: a group, its generators, an ansatz, and two copies of it in a larger circuit."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

import eqcompile as eq

group = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])
basis = eq.derive(group, locality=2)
print(f"{basis.dim} generators:", *basis, sep="\n  ")

program = eq.model(
    group,
    encode={"H1": [0, 2], "H2": [1, 3]},
    state="derive",
    observable="derive",
    layer=basis,
    depth=2,
    name="water",
)
print(f"{program.certificate.verdict}: {program.certificate.group}, {program.num_parameters} parameters")

params = np.linspace(-1, 1, program.num_parameters)
turned = np.array([[0.76, 0.0, 0.59], [-0.76, 0.0, 0.59]])
structures = {"left_": turned, "right_": turned[::-1] @ np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])}

big = QuantumCircuit(8, name="two structures")
values: dict[str, float] = {}
for k, (prefix, x) in enumerate(structures.items()):
    big.compose(program.to_qiskit(prefix=prefix), qubits=range(4 * k, 4 * k + 4), inplace=True)
    values |= program.circuit_values(params, x, prefix=prefix)

state, observable = Statevector(big.assign_parameters(values)), program.to_qiskit_observable()
left, right = (
    state.expectation_value(observable.apply_layout(range(4 * k, 4 * k + 4), num_qubits=8)).real
    for k in (0, 1)
)
print(f"one structure {left:.10f}, the same turned and with its hydrogens exchanged {right:.10f}")
