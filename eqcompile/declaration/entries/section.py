"""The shape of one entry of ``symmetry``: exactly one of the keys, each the name of a kind."""

from typing import Annotated

from pydantic import ConfigDict, Field

from eqcompile.declaration.entries.graph import GraphSchema
from eqcompile.declaration.entries.inversion import InversionForm
from eqcompile.declaration.entries.lattice import LatticeSchema
from eqcompile.declaration.entries.molecular import MotionSchema
from eqcompile.declaration.entries.pauli import PauliForm
from eqcompile.declaration.entries.permutation import PermutationForm
from eqcompile.declaration.entries.point_group import MirrorSchema, PointGroupForm
from eqcompile.declaration.entries.rotation import RotationForm
from eqcompile.declaration.entries.unitary import MatrixSchema, UnitarySchema
from eqcompile.declaration.yaml.forms import Operator, Section


class SymmetrySchema(Section):
    """One entry of ``symmetry``: exactly one of the keys below."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    rotation: Annotated[
        RotationForm | None, Field(examples=["SU(2)"], description="SO(3) on sites, SU(2) on their qubits.")
    ] = None
    permutation: Annotated[
        PermutationForm | None,
        Field(
            examples=[["(H1 H2)"], {"group": "S_2", "on": ["H1", "H2"]}],
            description="Exchanges sites, and with them the qubits that carry them.",
        ),
    ] = None
    graph: Annotated[
        GraphSchema | None,
        Field(
            examples=[{"edges": [["H1", "H2"]]}],
            description="The automorphisms of a graph on sites or qubits.",
        ),
    ] = None
    lattice: Annotated[
        LatticeSchema | None,
        Field(examples=[{"shape": [2, 2], "group": "p4m"}], description="Symmetries of a grid."),
    ] = None
    point_group: Annotated[
        PointGroupForm | None,
        Field(examples=["C3v"], description="Rotations and reflections of sites and spins."),
    ] = None
    motion: Annotated[
        MotionSchema | None,
        Field(
            examples=[{"axis": "x", "turns": "1/2", "cycles": "(H1 H2)"}],
            description="One motion of space that exchanges sites.",
        ),
    ] = None
    mirror: Annotated[
        MirrorSchema | None,
        Field(examples=[{"normal": "x", "parity": 4}], description="Reflection in a plane."),
    ] = None
    inversion: Annotated[
        InversionForm | None, Field(examples=[{"parity": 4}], description="x -> -x on every site.")
    ] = None
    pauli: Annotated[
        PauliForm | None,
        Field(examples=["X0 X1 X2 X3"], description="Pauli strings that commute with everything."),
    ] = None
    charge: Annotated[
        Operator | None, Field(examples=["Z0 + Z1 - 2*Z2"], description="An internal U(1): exp(-i phi Q).")
    ] = None
    clifford: Annotated[
        str | None, Field(examples=["H 0; H 1", "CX 0 1"], description="One element, as a product of gates.")
    ] = None
    matrix: Annotated[
        MatrixSchema | None,
        Field(
            examples=[{"qubits": [0], "rows": [[0, 1], [1, 0]]}],
            description="One element, as a unitary matrix on a few qubits.",
        ),
    ] = None
    unitary: Annotated[
        UnitarySchema | None,
        Field(
            examples=[{"name": "hadamards", "factors": ["sqrt(2)/2*X0 + sqrt(2)/2*Z0"]}],
            description="One element, as a product of unitary operators.",
        ),
    ] = None
