"""Symmetry-invariant quantum force fields, compiled by ``eqcompile`` and trained on real labels."""
