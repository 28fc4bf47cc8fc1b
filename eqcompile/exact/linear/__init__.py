"""Exact linear algebra: dense and sparse."""
