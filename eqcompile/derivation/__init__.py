"""Derivation of equivariant gate generators, one method per file."""
