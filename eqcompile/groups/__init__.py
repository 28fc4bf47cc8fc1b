"""Groups as abstract objects: Lie algebras, permutation groups. Nothing here knows about qubits."""
