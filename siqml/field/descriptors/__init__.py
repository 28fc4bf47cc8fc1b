"""Descriptors of molecules that a circuit computes, and a network that reads energies from them."""
