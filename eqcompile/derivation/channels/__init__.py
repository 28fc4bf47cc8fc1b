"""Equivariant channels, derived through their Choi operators."""
