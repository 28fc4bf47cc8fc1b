"""Reads a spec and a circuit from their files, by code that shares nothing with the product's own readers."""
