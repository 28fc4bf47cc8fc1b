"""A spec of a sum of circuits: terms on combinations of sites, and the symmetry of the whole."""
