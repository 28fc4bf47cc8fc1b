"""Exact algebra: scalars, Pauli sums, linear algebra over the rationals. There are no floats here."""
