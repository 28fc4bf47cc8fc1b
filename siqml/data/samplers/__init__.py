"""Ways to sample geometries."""
