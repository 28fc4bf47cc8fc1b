"""Equivariant channels, by their Choi operators."""
