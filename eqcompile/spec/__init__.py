"""The spec: one YAML file that declares data, register, symmetry and ansatz; read safely, refused clearly."""

from eqcompile.spec.expressions import parse_scalar
from eqcompile.spec.loader import load, loads
from eqcompile.spec.model import (
    AnsatzSpec,
    Breaking,
    DataSpec,
    Derive,
    Inversion,
    Permutation,
    Rotation,
    Singlets,
    Source,
    Spec,
    Symmetry,
)
from eqcompile.spec.schema import json_schema

__all__ = [
    "AnsatzSpec", "Breaking", "DataSpec", "Derive", "Inversion", "Permutation", "Rotation", "Singlets", "Source",
    "Spec", "Symmetry", "json_schema", "load", "loads", "parse_scalar",
]  # fmt: skip
