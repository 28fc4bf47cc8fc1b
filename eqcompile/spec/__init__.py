"""The spec: one YAML file that declares data, register, symmetry and ansatz; read safely, refused clearly."""

from eqcompile.spec.loader import load, loads
from eqcompile.spec.model import (
    AnsatzSpec,
    Breaking,
    DataSpec,
    Derive,
    InitialState,
    Inversion,
    Permutation,
    ProductKet,
    Rotation,
    Singlets,
    Source,
    Spec,
    Superposition,
    Symmetry,
)
from eqcompile.spec.schema import json_schema

__all__ = [
    "AnsatzSpec", "Breaking", "DataSpec", "Derive", "InitialState", "Inversion", "Permutation", "ProductKet",
    "Rotation", "Singlets", "Source", "Spec", "Superposition", "Symmetry", "json_schema", "load", "loads",
]  # fmt: skip
