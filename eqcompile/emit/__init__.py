"""From a certified program to what runs it. Exact numbers become floating-point numbers here."""

BACK_ENDS = ("qiskit", "pennylane")
"""Libraries for which `eqcompile compile --emit` writes a circuit, the default first."""
