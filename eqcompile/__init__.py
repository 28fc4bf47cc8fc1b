"""eqcompile: compile a declared symmetry into a quantum model that provably has it.

>>> import eqcompile as eq
>>> eq.PauliSum.parse("H(0,1)", 2)
X0 X1 + Y0 Y1 + Z0 Z1
"""

from eqcompile.names import explain_former_names, lazy_names

explain_former_names("eqcompile")
__getattr__, __dir__ = lazy_names("eqcompile")
