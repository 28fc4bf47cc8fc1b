"""Invariant states: products, singlets, and all of them."""
