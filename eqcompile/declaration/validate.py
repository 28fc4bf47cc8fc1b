"""Check a YAML tree against the schema, and say what is wrong in one line with its place."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from eqcompile.declaration.schema import SECTIONS, SpecSchema
from eqcompile.declaration.spec import Path
from eqcompile.declaration.sum_schema import SUM_SECTIONS, SumSchema
from eqcompile.declaration.yaml.tree import YamlDocument
from eqcompile.declaration.yaml.wording import label, shown, unknown
from eqcompile.errors import SpecError

_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}

_PATTERN = {
    "name": 'begin with a letter or digit and go on with letters, digits, "_", "." or "-"',
    "site": 'begin with a letter and go on with letters, digits or "_"',
}


Sections: TypeAlias = Mapping[tuple[str, ...], type[BaseModel]]
"""The schema of each section, keyed by the path to it."""


def validate(document: YamlDocument) -> SpecSchema:
    """Check keys, kinds and limits of a spec.

    Args:
        document: the parsed file.

    Returns:
        The content, of the right shape; what it says is checked where it is built.

    Raises:
        SpecError: the first mistake in the order of the file; a misspelled key comes before the missing key that it was
            meant to be.
    """
    plain = document.root.plain()
    try:
        return SpecSchema.model_validate(plain)
    except ValidationError as error:
        raise _first(error, document, plain, SECTIONS) from None


def validate_sum(document: YamlDocument) -> SumSchema:
    """Check keys, kinds and limits of a spec of a sum; as for :func:`validate`."""
    plain = document.root.plain()
    try:
        return SumSchema.model_validate(plain)
    except ValidationError as error:
        raise _first(error, document, plain, SUM_SECTIONS) from None


def _first(error: ValidationError, document: YamlDocument, plain: Any, sections: Sections) -> SpecError:
    details = error.errors(include_url=False, include_context=True)
    return min((_translate(detail, document, plain, sections) for detail in details), key=_order)[1]


def _order(problem: tuple[bool, SpecError]) -> tuple[bool, int, int]:
    is_missing, error = problem
    return is_missing, error.line or 0, error.column or 0


def _translate(
    detail: ErrorDetails, document: YamlDocument, plain: Any, sections: Sections
) -> tuple[bool, SpecError]:
    kind = detail["type"]
    path = _written_path(detail["loc"], plain)
    at_key = kind in ("extra_forbidden", "nothing")
    return kind == "missing", document.error(_message(detail, path, sections), path, at_key=at_key)


def _written_path(loc: Path, plain: Any) -> Path:
    """The place of the error, without the tags that say which form of a key was tried."""
    path: list[str | int] = []
    for index, part in enumerate(loc):
        is_last = index == len(loc) - 1
        if isinstance(plain, Mapping) and (part in plain or is_last):
            plain = plain.get(part)
        elif isinstance(plain, list) and isinstance(part, int):
            plain = plain[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _message(detail: ErrorDetails, path: Path, sections: Sections) -> str:
    kind, found, context = detail["type"], shown(detail["input"]), detail.get("ctx", {})
    where = label(path)
    if kind == "missing":
        return f'missing key "{path[-1]}"{_inside(path[:-1])}; add a line such as {_example(path, sections)}'
    if kind == "extra_forbidden":
        return _unknown_key(path, sections)
    if kind == "nothing":
        return f"{where} has no value; give it one or remove the key"
    if kind == "greater_than_equal":
        return f"{where} must be at least {context['ge']}; found {found}"
    if kind == "less_than_equal":
        return f"{where} is limited to {context['le']}; found {found}"
    if kind == "too_short":
        return f"{where} is empty; it needs at least one entry"
    if kind == "too_long":
        return f"{where} is limited to {context['max_length']} entries; found {context['actual_length']}"
    if kind == "string_too_long":
        return f"{where} is limited to {context['max_length']} characters; found {len(detail['input'])}"
    if kind == "string_pattern_mismatch":
        return f"{where} must {_PATTERN['name' if path[-1] == 'name' else 'site']}; found {found}"
    wanted = f"{_WANTED[kind]}{_such_as(path, sections)}" if kind in _WANTED else detail["msg"]
    return f"{where} must be {wanted}; found {found}"


def _inside(section: Path) -> str:
    return f" in {label(section)}" if section else ""


def _keys(path: Path) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))


def _unknown_key(path: Path, sections: Sections) -> str:
    section, key = path[:-1], str(path[-1])
    known = sorted(sections[_keys(section)].model_fields)
    return unknown("key", key, known, _inside(section))


def _example(path: Path, sections: Sections) -> str:
    field = sections[_keys(path[:-1])].model_fields[str(path[-1])]
    example = field.examples[0] if field.examples else "..."
    return f"{path[-1]}: {_flow(example)}"


def _such_as(path: Path, sections: Sections) -> str:
    """`` such as ...`` with the schema's example for this place, if it has one."""
    keys = _keys(path)
    section = sections.get(keys[:-1])
    field = section.model_fields.get(keys[-1]) if section and keys else None
    if field is None or not field.examples:
        return ""
    example = field.examples[0]
    for index in path[path.index(keys[-1]) :]:
        if isinstance(index, int) and isinstance(example, list):
            example = example[min(index, len(example) - 1)]
    return f" such as {_flow(example)}"


def _flow(value: Any) -> str:
    """An example as flow YAML, without quotes: the examples in the schema need none."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
