"""Optimisers, one file each, and the plan that says which of them takes which steps."""
