"""The shape of the entries of ``symmetry``."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, Tag

from eqcompile.declaration.yaml.forms import Label, Name, Number, Operator, Qubit, Section, forms


def _forgiving_inversion(value: Any) -> Any:
    """``inversion: yes`` means "there is an inversion"; that it lacks a parity qubit is explained later."""
    affirmed = value.lower() in ("yes", "on") if isinstance(value, str) else value is None or value is True
    return {} if affirmed else value


Turning = Annotated[
    list[Qubit] | None,
    Field(
        examples=[[0, 1]],
        description="Default: every qubit that carries a site; without data all but the parity qubit of the spec.",
    ),
]
Axis = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[Number], Tag("list")],
    forms("x, y, z or three components such as [1, 1, 0]"),
    Field(examples=["x", [1, 1, 0], [0, "sqrt(3)/2", "1/2"]], description="Of any length; default: z."),
]
Parity = Annotated[
    Qubit | None, Field(examples=[4], description="A qubit that carries no site; Z on it changes its sign.")
]


class RotationSchema(Section):
    """A group of rotations: SO(3) matrices on sites, spins on their qubits."""

    group: Annotated[str, Field(examples=["SU(2)"], description="SU(2), U(1), O(3), C_n, D_n, T, O or I.")]
    axis: Axis | None = None
    qubits: Turning = None
    parity: Parity = None


class PointGroupSchema(Section):
    """A point group by its Schoenflies symbol: O(3) matrices on sites, spins on their qubits."""

    group: Annotated[
        str, Field(examples=["C3v"], description="C_n, C_nv, C_nh, D_n, D_nh, D_nd, S_2n, T, T_d ...")
    ]
    axis: Axis | None = None
    qubits: Turning = None
    parity: Parity = None


class MirrorSchema(Section):
    """The reflection in a plane through the origin."""

    normal: Axis
    qubits: Turning = None
    parity: Parity = None


class MatrixSchema(Section):
    """A unitary matrix of finite order on a few qubits."""

    qubits: Annotated[
        list[Qubit], Field(min_length=1, examples=[[0]], description="The first is the most significant one.")
    ]
    rows: Annotated[
        list[list[Number]],
        Field(min_length=1, examples=[[["sqrt(2)/2", "sqrt(2)/2"], ["sqrt(2)/2", "-sqrt(2)/2"]]],
              description="Exact entries, by rows."),
    ]  # fmt: skip
    name: Annotated[Name | None, Field(examples=["hadamard"], description="What messages call it.")] = None


class UnitarySchema(Section):
    """A unitary of finite order as a product of small ones."""

    name: Annotated[Label, Field(examples=["hadamards"], description="What messages call it.")]
    factors: Annotated[
        list[Operator],
        Field(
            min_length=1,
            examples=[["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "X1"]],
            description="Unitary operators, the first one acting first.",
        ),
    ]


Cycles = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Tag("list")],
    forms('a list of cycles such as ["(H1 H2)"]'),
    Field(description="One entry per group generator, each a product of disjoint cycles."),
]
Members = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[Any], Tag("list")],
    forms("all, sites, qubits, or a list of their names"),
    Field(
        description="all, sites, qubits, or the members of the group in order; blocks for a wreath product."
    ),
]


class PermutationSchema(Section):
    """A permutation group by name on a list of members, or by cycles."""

    group: Annotated[str | None, Field(examples=["S_3"])] = None
    cycles: Cycles | None = None
    on: Members | None = None
    carry: Annotated[
        list[Any] | None,
        Field(
            examples=[[["O1"], ["O2"]]],
            description="Of a wreath product: members of each block that follow it and are not permuted inside.",
        ),
    ] = None
    name: Annotated[Label | None, Field(examples=["ring"], description="What messages call the group.")] = (
        None
    )


class GraphSchema(Section):
    """A graph by its edges or from a file; its automorphisms permute sites or qubits."""

    edges: Annotated[
        list[list[Any]] | None,
        Field(examples=[[["H1", "H2"]]], description="[a, b], or [a, b, color] for edges of several kinds."),
    ] = None
    file: Annotated[
        str | None,
        Field(examples=["benzene.xyz"], description="GraphML, or a molecule in any format that ASE reads."),
    ] = None
    on: Members | None = None
    colors: Annotated[
        dict[str, Any] | None,
        Field(examples=[{"H1": "red"}], description="Nodes that are exchanged with their like only."),
    ] = None
    color: Annotated[
        str | None, Field(examples=["element"], description="GraphML: attribute that colours the nodes.")
    ] = None
    edge_color: Annotated[
        str | None, Field(examples=["weight"], description="GraphML: attribute that colours the edges.")
    ] = None


class LatticeSchema(Section):
    """A grid of sites or qubits in row-major order."""

    shape: Annotated[list[int], Field(min_length=1, examples=[[2, 2]], description="Points along each axis.")]
    group: Annotated[
        str, Field(examples=["p4m"], description="translations, dihedral, p1, p2, pmm, p4 or p4m.")
    ] = "translations"
    on: Members | None = None
    periodic: Annotated[
        bool,
        Field(
            examples=[False],
            description="Whether the grid closes on itself; an open one has no translations.",
        ),
    ] = True


class InversionSchema(Section):
    """The inversion x -> -x, represented by Z on a qubit that carries no site."""

    parity: Annotated[Qubit | None, Field(examples=[4])] = None


Rotation = Annotated[
    Annotated[str, Tag("text")] | Annotated[RotationSchema, Tag("mapping")],
    forms("a group such as SU(2), or a mapping such as {group: C_4, axis: z}"),
]
PointGroup = Annotated[
    Annotated[str, Tag("text")] | Annotated[PointGroupSchema, Tag("mapping")],
    forms("a Schoenflies symbol such as C3v, or a mapping such as {group: C3v, parity: 4}"),
]
Pauli = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Tag("list")],
    forms("a Pauli string such as X0 X1 X2 X3, or a list of them"),
]
Permutation = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[list[str], Tag("list")]
    | Annotated[PermutationSchema, Tag("mapping")],
    forms('a list of cycles such as ["(H1 H2)"] or a mapping such as {group: S_2, on: [H1, H2]}'),
]
Inversion = Annotated[InversionSchema, BeforeValidator(_forgiving_inversion)]


class SymmetrySchema(Section):
    """One entry of ``symmetry``: exactly one of the keys below."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    rotation: Annotated[
        Rotation | None, Field(examples=["SU(2)"], description="SO(3) on sites, SU(2) on their qubits.")
    ] = None
    permutation: Annotated[
        Permutation | None,
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
        PointGroup | None,
        Field(examples=["C3v"], description="Rotations and reflections of sites and spins."),
    ] = None
    mirror: Annotated[
        MirrorSchema | None,
        Field(examples=[{"normal": "x", "parity": 4}], description="Reflection in a plane."),
    ] = None
    inversion: Annotated[
        Inversion | None, Field(examples=[{"parity": 4}], description="x -> -x on every site.")
    ] = None
    pauli: Annotated[
        Pauli | None,
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
