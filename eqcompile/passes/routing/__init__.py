"""Routing on a coupling map that keeps the symmetry."""
