"""The shape of a spec of a sum: its keys, with their kinds, limits and meanings."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Tag

from eqcompile.declaration.entries.permutation import PermutationForm, PermutationSchema
from eqcompile.declaration.schema import EditorSchema, json_schema
from eqcompile.declaration.yaml.forms import MAX_DEPTH, Name, Number, Section, Site, forms

MAX_ENTRIES = 1000
"""Copies of a circuit that one entry of `terms` lists. Beyond it, refused: train a model of fewer fragments."""

WORDS = ("inversion", "translation")
"""Entries of ``symmetry`` that need no more than their name."""


class SumDataSchema(Section):
    """The sites of the whole, each a vector in R^3."""

    sites: Annotated[
        list[Site],
        Field(
            min_length=1, examples=[["O", "H1", "H2"]], description="Names, in the order of the input array."
        ),
    ]


class SumEntrySchema(Section):
    """One entry of ``symmetry``: exactly one of the keys below."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    rotation: Annotated[
        str | None, Field(examples=["SU(2)"], description="SU(2): all rotations of all sites at once.")
    ] = None
    permutation: Annotated[
        PermutationForm | None,
        Field(examples=[["(H1 H2)"]], description="Exchanges sites; terms follow, or are exchanged too."),
    ] = None


class TermSchema(Section):
    """Copies of one circuit, which share their parameters."""

    weights: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z][A-Za-z0-9_]*$",
            max_length=100,
            examples=["molecule"],
            description="Name of the parameters; terms with the same name share them.",
        ),
    ]
    model: Annotated[
        str | None,
        Field(examples=["water.yaml"], description="The circuit: a spec file, seen from this one."),
    ] = None
    spec: Annotated[
        Annotated[
            Annotated[str, Tag("text")] | Annotated[dict[str, Any], Tag("mapping")],
            forms("a spec, as a mapping or as text"),
        ]
        | None,
        Field(description="The circuit, written here."),
    ] = None
    depth: Annotated[
        int | None,
        Field(
            ge=1, le=MAX_DEPTH, examples=[10], description="Trainable layers, in place of the circuit's own."
        ),
    ] = None
    coefficient: Annotated[
        Number, Field(examples=["1/2"], description="What the value of each copy is multiplied by.")
    ] = 1
    on: Annotated[
        list[list[str]],
        Field(
            min_length=1,
            max_length=MAX_ENTRIES,
            examples=[[["H1 - O", "H2 - O"]]],
            description="A row for each copy: a combination of sites for each site of the circuit.",
        ),
    ]


class SumSchema(Section):
    """A sum of circuits on combinations of sites, and the symmetry of the whole."""

    name: Annotated[Name, Field(examples=["water_dimer"])]
    data: SumDataSchema
    symmetry: Annotated[
        list[
            Annotated[
                Annotated[str, Tag("text")] | Annotated[SumEntrySchema, Tag("mapping")],
                forms("inversion, translation, or a mapping such as {rotation: SU(2)}"),
            ]
        ],
        Field(
            min_length=1,
            examples=[[{"rotation": "SU(2)"}, "inversion"]],
            description="Of the whole; together the entries generate the group.",
        ),
    ]
    terms: Annotated[
        list[TermSchema],
        Field(
            min_length=1,
            examples=[[{"weights": "molecule", "model": "water.yaml", "on": [["H1 - O", "H2 - O"]]}]],
            description="The circuits that are added up.",
        ),
    ]


SUM_SECTIONS: dict[tuple[str, ...], type[BaseModel]] = {
    (): SumSchema,
    ("data",): SumDataSchema,
    ("symmetry",): SumEntrySchema,
    ("symmetry", "permutation"): PermutationSchema,
    ("terms",): TermSchema,
}
"""The schema of each section, keyed by the path to it."""


def schema_of_specs() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of all specs, for editors: with ``terms``, that of a sum; else that of one circuit.

    >>> sorted(schema_of_specs()["then"]["required"])
    ['data', 'name', 'symmetry', 'terms']
    """
    one, several = json_schema(), SumSchema.model_json_schema(schema_generator=EditorSchema)
    definitions = one.pop("$defs") | several.pop("$defs")
    return {
        "$schema": one.pop("$schema"),
        "title": one.pop("title"),
        "if": {"required": ["terms"]},
        "then": several,
        "else": one,
        "$defs": definitions,
    }
