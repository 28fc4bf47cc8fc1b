"""Circuits and angles over random prime fields, where an identity of formulas is an identity of numbers."""
