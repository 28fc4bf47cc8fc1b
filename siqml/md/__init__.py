"""Molecular dynamics with a trained model."""
