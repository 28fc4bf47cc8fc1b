"""A program as a Qiskit circuit."""
