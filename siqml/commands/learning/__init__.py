"""Commands about what to learn from."""
