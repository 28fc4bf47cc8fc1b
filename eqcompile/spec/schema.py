"""The shape of a spec: which keys there are, of which kind, with which limits, and what they mean.

This is the single source of the JSON Schema that editors use. What needs more than one key to decide
(a cycle over declared sites, a qubit that carries two sites) is checked where the value is built.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

MAX_QUBITS = 1000
MAX_DEPTH = 1000
MAX_BLOCKS = 100
MAX_NAME = 100
MAX_LAYER = 1000

_WORD = r"^[A-Za-z][A-Za-z0-9_]*$"
_FILE_WORD = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_nothing(cls, value: Any, info: ValidationInfo) -> Any:
        """A key with nothing behind it is a mistake; only a bare ``inversion:`` is explained elsewhere."""
        if value is None and info.field_name != "inversion":
            raise PydanticCustomError("nothing", "nothing")
        return value


def _kind(value: Any) -> str:
    """Which form of a key was written; the tags below name the forms that are allowed."""
    if isinstance(value, str):
        return "text"
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "other"


def _forms(wanted: str) -> Discriminator:
    return Discriminator(_kind, custom_error_type="form", custom_error_message=wanted)


def _forgiving_inversion(value: Any) -> Any:
    """``inversion: yes`` means "there is an inversion"; that it lacks a parity qubit is explained later."""
    affirmed = value.lower() in ("yes", "on") if isinstance(value, str) else value is None or value is True
    return {} if affirmed else value


def _number(value: Any) -> Any:
    if type(value) in (int, Decimal, str):
        return value
    raise PydanticCustomError("form", "a number such as 0.1 or an expression such as 1/10")


Name = Annotated[str, Field(pattern=_FILE_WORD, max_length=MAX_NAME)]
Site = Annotated[str, Field(pattern=_WORD, max_length=MAX_NAME)]
Qubit = Annotated[int, Field(description="Counted from 0.")]
Operator = Annotated[str, Field(examples=["H(0,1)", "H(1,2) + H(0,3)", "X0 X1 + 1/2*Z2"])]
Number = Annotated[Any, BeforeValidator(_number), WithJsonSchema({"type": ["number", "string"]})]


class DataSchema(_Section):
    """The sites, each a vector in R^3, and the qubits that carry them."""

    sites: Annotated[
        list[Site],
        Field(min_length=1, examples=[["H1", "H2"]], description="Names, in the order of the input array."),
    ]
    encode: Annotated[
        dict[str, list[Qubit]],
        Field(examples=[{"H1": [0, 2], "H2": [1, 3]}], description="The qubits each site is uploaded to."),
    ]
    scales: Annotated[
        dict[str, list[str]] | None,
        Field(
            examples=[{"alpha_O": ["O1", "O2"], "alpha_H": ["H1", "H2"]}],
            description="Trainable factors alpha and the sites they scale; default: one alpha for all.",
        ),
    ] = None


class RotationSchema(_Section):
    """A continuous rotation group."""

    group: Annotated[str, Field(examples=["SU(2)"])]
    qubits: Annotated[
        list[Qubit] | None, Field(description="Default: every qubit that carries a site; without data all.")
    ] = None


Cycles = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Tag("list")],
    _forms('a list of cycles such as ["(H1 H2)"]'),
    Field(description="One entry per group generator, each a product of disjoint cycles."),
]
Members = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[Any], Tag("list")],
    _forms("sites, qubits, or a list of their names"),
    Field(description="sites or qubits for cycles; the list of members for a named group."),
]


class PermutationSchema(_Section):
    """A permutation group by name on a list of members, or by cycles."""

    group: Annotated[str | None, Field(examples=["S_3"])] = None
    cycles: Cycles | None = None
    on: Members | None = None


class InversionSchema(_Section):
    """The inversion x -> -x, represented by Z on a qubit that carries no site."""

    parity: Annotated[Qubit | None, Field(examples=[4])] = None


Rotation = Annotated[
    Annotated[str, Tag("text")] | Annotated[RotationSchema, Tag("mapping")],
    _forms("a group such as SU(2)"),
]
Permutation = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[list[str], Tag("list")]
    | Annotated[PermutationSchema, Tag("mapping")],
    _forms('a list of cycles such as ["(H1 H2)"] or a mapping such as {group: S_2, on: [H1, H2]}'),
]
Inversion = Annotated[InversionSchema, BeforeValidator(_forgiving_inversion)]


class SymmetrySchema(_Section):
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
    inversion: Annotated[
        Inversion | None, Field(examples=[{"parity": 4}], description="x -> -x on every site.")
    ] = None


class SingletsSchema(_Section):
    """Singlets on the named pairs of qubits, |0> elsewhere."""

    singlets: Annotated[list[list[Qubit]], Field(examples=[[[0, 1], [2, 3]]])]


class LocalitySchema(_Section):
    """How far the compiler may reach."""

    locality: Annotated[
        int, Field(ge=1, examples=[2], description="Most qubits that a term of a derived operator acts on.")
    ]


class DeriveSchema(_Section):
    """Left to the compiler, which derives it from the symmetry."""

    derive: Annotated[LocalitySchema, Field(examples=[{"locality": 2}])]


class BreakingSchema(_Section):
    """A trainable gate exp(-i eps G) after each layer, outside the symmetry on purpose."""

    generator: Annotated[
        Operator,
        Field(examples=["Z"], description="An operator; Z alone is half the sum of Z over all qubits."),
    ]
    start: Annotated[Number, Field(examples=[0.1], description="Value of eps before training.")]


class AnsatzSchema(_Section):
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
        _forms("a list of operators such as [H(0,1), H(2,3)] or {derive: {locality: 2}}"),
        Field(
            examples=[["H(0,1)", "H(2,3)", "H(1,2) + H(0,3)"], {"derive": {"locality": 2}}],
            description="Gate generators G; each gate is exp(-i w G). Derived: all that the symmetry allows.",
        ),
    ]
    symmetry_breaking: Annotated[
        BreakingSchema | None, Field(examples=[{"generator": "Z", "start": 0.1}], description="Optional.")
    ] = None


class SpecSchema(_Section):
    """A symmetric quantum model: its data, register, symmetry and ansatz."""

    name: Annotated[Name, Field(examples=["water"])]
    qubits: Annotated[int, Field(ge=1, le=MAX_QUBITS, examples=[4], description="Size of the register.")]
    data: DataSchema | None = None
    symmetry: Annotated[
        list[SymmetrySchema],
        Field(
            min_length=1, examples=[[{"rotation": "SU(2)"}]], description="Together they generate the group."
        ),
    ]
    state: Annotated[
        Annotated[Annotated[str, Tag("text")] | Annotated[SingletsSchema, Tag("mapping")],
                  _forms('singlets [[0, 1], [2, 3]], kets such as "|01> - |10>", zeros, plus, or derive')] | None,
        Field(examples=["singlets [[0, 1], [2, 3]]", "derive", "plus", "|+-01>", "|01> - i*|10>"],
              description="Initial state: singlets on pairs, kets with qubit 0 first, or one word for all qubits."),
    ] = None  # fmt: skip
    observable: Annotated[
        Annotated[Annotated[Operator, Tag("text")] | Annotated[DeriveSchema, Tag("mapping")],
                  _forms("an operator such as H(0,1), or derive")] | None,
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
    ("symmetry", "inversion"): InversionSchema,
    ("state",): SingletsSchema,
    ("observable",): DeriveSchema,
    ("observable", "derive"): LocalitySchema,
    ("ansatz",): AnsatzSchema,
    ("ansatz", "layer"): DeriveSchema,
    ("ansatz", "layer", "derive"): LocalitySchema,
    ("ansatz", "symmetry_breaking"): BreakingSchema,
}
"""The schema of each section, by the keys that lead to it."""


class _EditorSchema(GenerateJsonSchema):
    """Shows optional keys by their own type: they may be left out, but not left empty."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        shown = super().default_schema(schema)
        return {key: value for key, value in shown.items() if key != "default" or value is not None}

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the spec, for editors.

    Returns:
        The schema as plain data, with descriptions and examples.

    >>> sorted(json_schema()["required"])
    ['name', 'qubits', 'symmetry']
    """
    schema = SpecSchema.model_json_schema(schema_generator=_EditorSchema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "eqcompile spec"}
