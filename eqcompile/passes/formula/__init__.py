"""Product formulas whose every factor keeps the symmetry."""
