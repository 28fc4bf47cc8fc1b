"""Symmetry-invariant quantum force fields, compiled by ``eqcompile`` and trained on real labels."""

from eqcompile.renamed import explain_former_names

explain_former_names("siqml")
