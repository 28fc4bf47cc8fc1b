"""The spec: one YAML file that declares data, register, symmetry and ansatz. It is read safely and refused clearly."""

from eqcompile.declaration.entries.inversion import Inversion
from eqcompile.declaration.entries.permutation import Permutation
from eqcompile.declaration.entries.rotation import Rotation
from eqcompile.declaration.loader import load, loads
from eqcompile.declaration.schema import json_schema
from eqcompile.declaration.spec import (
    AnsatzSpec,
    Breaking,
    DataSpec,
    Derive,
    InitialState,
    ProductKet,
    Singlets,
    Source,
    Spec,
    Superposition,
    Symmetry,
)

__all__ = [
    "AnsatzSpec", "Breaking", "DataSpec", "Derive", "InitialState", "Inversion", "Permutation", "ProductKet",
    "Rotation", "Singlets", "Source", "Spec", "Superposition", "Symmetry", "json_schema", "load", "loads",
]  # fmt: skip
