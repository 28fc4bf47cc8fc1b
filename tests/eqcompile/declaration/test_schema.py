"""The JSON Schema for editors says what the reader accepts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from eqcompile.declaration import json_schema, loads
from eqcompile.declaration.schema import SECTIONS, SpecSchema
from eqcompile.declaration.validate import validate
from eqcompile.declaration.yaml.source import parse_yaml
from eqcompile.errors import SpecError


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


def example_of(section: type[BaseModel]) -> dict[str, Any]:
    """The first examples of the required keys."""
    fields = section.model_fields.items()
    return {name: field.examples[0] for name, field in fields if field.is_required() and field.examples}


def plain(value: Any) -> Any:
    """As the reader delivers it: decimals are not rounded."""
    return parse_yaml(json.dumps({"value": value}), "examples.json").root.plain()["value"]


@pytest.mark.parametrize("section", SECTIONS.values(), ids=[".".join(keys) or "spec" for keys in SECTIONS])
def test_every_example_has_the_right_shape(section: type[BaseModel]) -> None:
    required = example_of(section)
    if section is SpecSchema:
        required["symmetry"] = [{"rotation": "SU(2)"}]
    for name, field in section.model_fields.items():
        assert (
            field.examples or not field.is_required() or section is SpecSchema or name in ("normal", "shape")
        )
        for example in field.examples or ():
            section.model_validate(plain(required | {name: example}))
            wrong = 3 if name == "colors" else {"no such key": example}
            with pytest.raises(ValidationError):
                section.model_validate(plain(required | {name: wrong}))


@pytest.mark.parametrize("kind", SECTIONS["symmetry",].model_fields)
def test_every_example_of_a_symmetry_builds(kind: str) -> None:
    """On sites if there are any, otherwise on qubits."""
    data = {"sites": ["H1", "H2", "O1", "O2"], "encode": {"H1": [0], "H2": [1], "O1": [2], "O2": [3]}}
    field = SECTIONS["symmetry",].model_fields[kind]
    assert field.examples
    for example in field.examples:
        spec = {"name": "x", "qubits": 5, "data": data, "symmetry": [{kind: example}]}
        assert len(loads(json.dumps(spec)).symmetry) == 1
        with pytest.raises(SpecError):
            loads(json.dumps(spec | {"symmetry": [{kind: example}, {kind: example}]}))
