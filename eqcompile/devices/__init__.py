"""Circuits on a device: transpiled, placed, measured with noise, and certified again."""
