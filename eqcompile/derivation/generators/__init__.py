"""Equivariant generators by null space, twirl and Choi operator, one method in each file."""
