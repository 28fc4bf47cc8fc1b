"""Exact algebra: scalars, Pauli sums, linear algebra over the rationals. No float lives here."""
