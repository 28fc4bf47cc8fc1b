"""A program as a differentiable JAX function."""
