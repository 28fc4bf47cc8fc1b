"""Optimisers, one in each file, and the plan that says which of them takes which steps."""
