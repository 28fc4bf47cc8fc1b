"""The JSON Schema for editors says what the reader accepts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from eqcompile.errors import SpecError
from eqcompile.spec import json_schema
from eqcompile.spec.schema import SECTIONS, SpecSchema
from eqcompile.spec.validate import PLANNED_SYMMETRIES, validate
from eqcompile.spec.yaml_source import parse_yaml


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(child)


def test_draft_and_plain_data() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema


def test_keys_are_those_of_the_reader() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == set(SpecSchema.model_fields)
    for section in SECTIONS.values():
        if section is not SpecSchema:
            assert set(schema["$defs"][section.__name__]["properties"]) == set(section.model_fields)


def test_every_section_refuses_unknown_keys() -> None:
    schema = json_schema()
    for name in (section.__name__ for section in SECTIONS.values() if section is not SpecSchema):
        assert schema["$defs"][name]["additionalProperties"] is False
    assert schema["additionalProperties"] is False


def test_references_resolve() -> None:
    schema = json_schema()
    names = {node["$ref"].removeprefix("#/$defs/") for node in nodes(schema) if "$ref" in node}
    assert names == set(schema["$defs"])


def test_keys_may_be_left_out_but_not_left_empty() -> None:
    assert not any(node.get("type") == "null" for node in nodes(json_schema()))
    with pytest.raises(ValidationError):
        SpecSchema.model_validate(
            {"name": "x", "qubits": 1, "symmetry": [{"rotation": "SU(2)"}], "data": None}
        )


def test_limits_and_required_keys() -> None:
    schema = json_schema()
    assert schema["required"] == ["name", "qubits", "symmetry"]
    assert (schema["properties"]["qubits"]["minimum"], schema["properties"]["qubits"]["maximum"]) == (1, 1000)
    ansatz = schema["$defs"]["AnsatzSchema"]
    assert ansatz["required"] == ["depth", "layer"]
    assert (ansatz["properties"]["blocks"]["default"], ansatz["properties"]["blocks"]["maximum"]) == (1, 100)
    assert schema["$defs"]["BreakingSchema"]["properties"]["start"]["type"] == ["number", "string"]


def test_examples_are_accepted() -> None:
    """The examples of all keys together are one valid spec."""

    def example(section: type[Any]) -> dict[str, Any]:
        fields = section.model_fields.items()
        return {name: field.examples[0] for name, field in fields if field.examples}

    spec = example(SpecSchema)
    for keys in (("data",), ("ansatz",)):
        spec[keys[0]] = example(SECTIONS[keys])
    spec["symmetry"] = [{name: value} for name, value in example(SECTIONS["symmetry",]).items()]
    assert validate(parse_yaml(json.dumps(spec), "examples.json")).name == "water"
    with pytest.raises(SpecError):
        validate(parse_yaml(json.dumps(spec | {"qubits": "four"}), "examples.json"))


def test_planned_words_are_not_known_yet() -> None:
    assert not set(PLANNED_SYMMETRIES) & set(SECTIONS["symmetry",].model_fields)
