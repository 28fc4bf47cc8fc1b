"""The shape of a spec: its keys, with their kinds, limits and meanings.

This is the single source of the JSON Schema that editors use. What takes more than one key to decide (a cycle over
declared sites, a qubit that carries two sites) is checked where the value is built.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Discriminator, Field, Tag
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from eqcompile.arguments import MAX_REGISTER
from eqcompile.declaration.entries.graph import GraphSchema
from eqcompile.declaration.entries.inversion import InversionSchema
from eqcompile.declaration.entries.lattice import LatticeSchema
from eqcompile.declaration.entries.molecular import MotionSchema
from eqcompile.declaration.entries.permutation import PermutationSchema
from eqcompile.declaration.entries.point_group import MirrorSchema, PointGroupSchema
from eqcompile.declaration.entries.rotation import RotationSchema
from eqcompile.declaration.entries.section import SymmetrySchema
from eqcompile.declaration.entries.unitary import MatrixSchema, UnitarySchema
from eqcompile.declaration.yaml.forms import (
    MAX_BLOCKS,
    MAX_DEPTH,
    MAX_LAYER,
    Name,
    Number,
    Operator,
    Qubit,
    Section,
    Site,
    form_of,
    forms,
)

ENCODE_FORMS = "the qubits of each site, such as {H1: [0, 2], H2: [1, 3]}, or derive"


def _encode_form(value: Any) -> str:
    """A mapping of sites, or one whose only key is ``derive`` with a mapping, not a list, as its value."""
    if isinstance(value, dict) and set(value) == {"derive"} and not isinstance(value["derive"], list):
        return "derive"
    return form_of(value)


class CopiesSchema(Section):
    """How often each site is uploaded."""

    copies: Annotated[int, Field(ge=1, examples=[2], description="Qubits for each site.")]


class DeriveEncodeSchema(Section):
    """The qubits of each site, left to the compiler."""

    derive: Annotated[CopiesSchema, Field(examples=[{"copies": 2}])]


class DataSchema(Section):
    """The sites, each a vector in R^3, and the qubits that carry them."""

    sites: Annotated[
        list[Site],
        Field(
            min_length=1, examples=[["H1", "H2"]], description="Site names, in the order of the input array."
        ),
    ]
    encode: Annotated[
        Annotated[str, Tag("text")]
        | Annotated[dict[str, list[Qubit]], Tag("mapping")]
        | Annotated[DeriveEncodeSchema, Tag("derive")],
        Discriminator(_encode_form, custom_error_type="form", custom_error_message=ENCODE_FORMS),
        Field(
            examples=[{"H1": [0, 2], "H2": [1, 3]}, "derive", {"derive": {"copies": 2}}],
            description="The qubits each site is uploaded to; derived: as many copies as fit, without parity qubit.",
        ),
    ]
    scales: Annotated[
        dict[str, list[str]] | None,
        Field(
            examples=[{"alpha_O": ["O1", "O2"], "alpha_H": ["H1", "H2"]}],
            description="Trainable factors alpha and the sites they scale; default: one alpha for all.",
        ),
    ] = None


class SingletsSchema(Section):
    """Singlets on the named pairs of qubits, |0> elsewhere."""

    singlets: Annotated[list[list[Qubit]], Field(examples=[[[0, 1], [2, 3]]])]


class LocalitySchema(Section):
    """How far the compiler may reach."""

    locality: Annotated[
        int, Field(ge=1, examples=[2], description="Most qubits that a term of a derived operator acts on.")
    ]


class DeriveSchema(Section):
    """Left to the compiler, which derives it from the symmetry."""

    derive: Annotated[LocalitySchema, Field(examples=[{"locality": 2}])]


class BreakingSchema(Section):
    """A trainable gate exp(-i eps G) after each layer, outside the symmetry on purpose."""

    generator: Annotated[
        Operator,
        Field(examples=["Z"], description="An operator; Z alone is half the sum of Z over all qubits."),
    ]
    start: Annotated[Number, Field(examples=[0.1], description="Value of eps before training.")]


class AnsatzSchema(Section):
    """The trainable part of the model."""

    depth: Annotated[
        int, Field(ge=1, le=MAX_DEPTH, examples=[11], description="D trainable layers, D + 1 encodings.")
    ]
    blocks: Annotated[
        int, Field(ge=1, le=MAX_BLOCKS, examples=[2], description="Repetitions of the layer's gates.")
    ] = 1
    layer: Annotated[
        Annotated[Annotated[list[Operator], Field(min_length=1, max_length=MAX_LAYER)], Tag("list")]
        | Annotated[DeriveSchema, Tag("mapping")],
        forms("a list of operators such as [H(0,1), H(2,3)] or {derive: {locality: 2}}"),
        Field(
            examples=[["H(0,1)", "H(2,3)", "H(1,2) + H(0,3)"], {"derive": {"locality": 2}}],
            description="Gate generators G; each gate is exp(-i w G). Derived: all that the symmetry allows.",
        ),
    ]
    symmetry_breaking: Annotated[
        BreakingSchema | None, Field(examples=[{"generator": "Z", "start": 0.1}], description="Optional.")
    ] = None


class SpecSchema(Section):
    """A symmetric quantum model: its data, register, symmetry and ansatz."""

    name: Annotated[Name, Field(examples=["water"])]
    qubits: Annotated[int, Field(ge=1, le=MAX_REGISTER, examples=[4], description="Size of the register.")]
    data: DataSchema | None = None
    symmetry: Annotated[
        list[SymmetrySchema],
        Field(
            min_length=1, examples=[[{"rotation": "SU(2)"}]], description="Together they generate the group."
        ),
    ]
    state: Annotated[
        Annotated[Annotated[str, Tag("text")] | Annotated[SingletsSchema, Tag("mapping")],
                  forms('singlets [[0, 1], [2, 3]], kets such as "|01> - |10>", zeros, plus, or derive')] | None,
        Field(examples=["singlets [[0, 1], [2, 3]]", "derive", "plus", "|+-01>", "|01> - i*|10>"],
              description="Initial state: singlets on pairs, kets with qubit 0 first, or one word for all qubits."),
    ] = None  # fmt: skip
    observable: Annotated[
        Annotated[Annotated[Operator, Tag("text")] | Annotated[DeriveSchema, Tag("mapping")],
                  forms("an operator such as H(0,1), or derive")] | None,
        Field(examples=["H(0,1)", "derive", {"derive": {"locality": 3}}],
              description="Hermitian operator that is measured."),
    ] = None  # fmt: skip
    ansatz: AnsatzSchema | None = None


SECTIONS: dict[tuple[str, ...], type[BaseModel]] = {
    (): SpecSchema,
    ("data",): DataSchema,
    ("symmetry",): SymmetrySchema,
    ("symmetry", "rotation"): RotationSchema,
    ("symmetry", "permutation"): PermutationSchema,
    ("symmetry", "graph"): GraphSchema,
    ("symmetry", "lattice"): LatticeSchema,
    ("symmetry", "point_group"): PointGroupSchema,
    ("symmetry", "motion"): MotionSchema,
    ("symmetry", "mirror"): MirrorSchema,
    ("symmetry", "inversion"): InversionSchema,
    ("symmetry", "matrix"): MatrixSchema,
    ("symmetry", "unitary"): UnitarySchema,
    ("data", "encode"): DeriveEncodeSchema,
    ("data", "encode", "derive"): CopiesSchema,
    ("state",): SingletsSchema,
    ("observable",): DeriveSchema,
    ("observable", "derive"): LocalitySchema,
    ("ansatz",): AnsatzSchema,
    ("ansatz", "layer"): DeriveSchema,
    ("ansatz", "layer", "derive"): LocalitySchema,
    ("ansatz", "symmetry_breaking"): BreakingSchema,
}
"""The schema of each section, keyed by the path to it."""


class EditorSchema(GenerateJsonSchema):
    """Shows optional keys with their own type: they may be left out, but not left empty."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        shown = super().default_schema(schema)
        return {key: value for key, value in shown.items() if key != "default" or value is not None}

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the spec of one circuit, for editors.

    Returns:
        The schema as plain data, with descriptions and examples.

    >>> sorted(json_schema()["required"])
    ['name', 'qubits', 'symmetry']
    """
    schema = SpecSchema.model_json_schema(schema_generator=EditorSchema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "eqcompile spec"}
