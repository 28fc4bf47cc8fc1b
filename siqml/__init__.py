"""Symmetry-invariant quantum force fields, compiled by ``eqcompile`` and trained on real labels.

>>> import siqml
>>> siqml.Frame(("O", "H", "H"), (1, 2), (0,)).species
('O', 'H', 'H')
"""

from eqcompile.names import explain_former_names, lazy_names

explain_former_names("siqml")
__getattr__, __dir__ = lazy_names("siqml")
