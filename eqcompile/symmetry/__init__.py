"""Representations: how a group acts on the data (V_g) and on the qubits (R_g), and the lift between them."""
