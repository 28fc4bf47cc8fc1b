"""Exact eigenvalues, and proofs that an operator is positive."""
