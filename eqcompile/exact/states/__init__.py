"""Exact states and their text."""
