"""Equivariant pooling: all rotation-equivariant channels from two qubits to one, and a circuit for one of them."""

from fractions import Fraction

import eqcompile as eq
from eqcompile.emit.qiskit.channels import stinespring_circuit

pooling = eq.derive_channels(eq.SU2(2), eq.SU2(1))
print(
    f"{pooling.dim} independent Choi operators, {pooling.free_parameters} free parameters after trace preservation"
)
for direction in pooling.directions:
    print("  direction:", direction)

halfway = pooling.channel([Fraction(1, 4)] * pooling.free_parameters)
print("a quarter along every direction:", "a channel" if halfway.is_channel else "not completely positive")

depolarizing = pooling.channel([Fraction(0)] * pooling.free_parameters)
circuit = stinespring_circuit(depolarizing)
print(f"Stinespring circuit of the middle of the family: {circuit.num_qubits} qubits, {circuit.size()} gates")
