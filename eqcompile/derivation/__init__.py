"""Derivation of equivariant gate generators, one method a file."""
