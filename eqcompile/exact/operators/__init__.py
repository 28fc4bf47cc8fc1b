"""Sums of Pauli strings, their text and their parts."""
