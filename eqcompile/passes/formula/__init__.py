"""Product formulas in which every factor keeps the symmetry."""
