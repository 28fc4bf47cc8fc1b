"""Lowering: from certified gates to primitive gates, each step exact."""
