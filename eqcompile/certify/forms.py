"""Plain data from JSON as the value that a dataclass declares; what has another form is named with its place."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from eqcompile.errors import EqcompileError, quoted

_NAMES: Mapping[type, str] = types.MappingProxyType(
    {str: "a text", int: "a whole number", type(None): "null", bool: "true or false"}
)


def formed(kind: Any, data: Any, place: str) -> Any:
    """The data as a value of a declared type, which holds texts, numbers, ``None``, tuples, mappings and dataclasses.

    Args:
        kind: the type.
        data: what JSON gave.
        place: where it stands in the document, for messages; empty for the whole.

    Returns:
        The value; lists have become tuples, objects dataclasses.

    Raises:
        EqcompileError: the data have another form, a field is missing or unknown, or a text is not Unicode.

    >>> formed(tuple[int, ...], [1, 2], "kept")
    (1, 2)
    >>> formed(tuple[int, ...], [1, "2"], "kept")
    Traceback (most recent call last):
    eqcompile.errors.EqcompileError: kept[1] is "2"; needed: a whole number
    """
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        _require_unicode(data, place)
        return data
    if origin in (Union, types.UnionType):
        return (
            formed(_chosen(parts, data), data, place)
            if type(data) in map(_plain, parts)
            else _no(kind, data, place)
        )
    if origin is Literal:
        return data if isinstance(data, str) and data in parts else _no(kind, data, place)
    if origin is tuple and isinstance(data, list):
        return tuple(formed(parts[0], entry, f"{place}[{k}]") for k, entry in enumerate(data))
    if origin is Mapping and isinstance(data, dict):
        _require_unicode(list(data), place)
        return {key: formed(parts[1], value, _below(place, key)) for key, value in data.items()}
    if is_dataclass(kind) and isinstance(data, dict):
        return _object(kind, data, place)
    if kind in _NAMES and type(data) is kind:
        _require_unicode(data, place)
        return data
    return _no(kind, data, place)


def _object(kind: Any, data: dict[str, Any], place: str) -> Any:
    hints, needed = get_type_hints(kind), {}
    for field in fields(kind):
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        needed[field.name] = not has_default
    for name in data:
        if name not in needed:
            raise EqcompileError(f"{_below(place, quoted(name))} is no field; known: {', '.join(needed)}")
    for name, is_needed in needed.items():
        if is_needed and name not in data:
            raise EqcompileError(f"{_below(place, name)} is missing")
    return kind(**{name: formed(hints[name], value, _below(place, name)) for name, value in data.items()})


def _plain(kind: Any) -> type:
    """What JSON has for a type."""
    if is_dataclass(kind):
        return dict
    origin = get_origin(kind)
    found: type = {tuple: list, Mapping: dict}.get(origin, kind)
    return found


def _chosen(parts: tuple[Any, ...], data: Any) -> Any:
    return next(part for part in parts if _plain(part) is type(data))


def _no(kind: Any, data: Any, place: str) -> Any:
    raise EqcompileError(f"{place or 'the document'} is {_shown(data)}; needed: {_name(kind)}")


def _name(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(_name(part) for part in parts)
    if origin is Literal:
        return ", ".join(quoted(str(part)) for part in parts)
    return _NAMES.get(kind) or ("a list" if origin is tuple else "an object")


def _shown(data: Any) -> str:
    if isinstance(data, str):
        return quoted(data)
    if isinstance(data, list | dict):
        return "a list" if isinstance(data, list) else "an object"
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    return quoted(str(data))[1:-1]


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _require_unicode(data: Any, place: str) -> None:
    """JSON can escape half of a character, which no file holds."""
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and any("\ud800" <= char <= "\udfff" for char in part):
            raise EqcompileError(f"{place}: {quoted(part)} holds half of a character; write whole ones")
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
