"""Exact lowering: from evolutions to primitive gates."""
