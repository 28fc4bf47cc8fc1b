"""The shapes of plain data from JSON: one small class for every kind of value, which checks it and describes it.

A value is checked before anything is read out of it, so later code never meets a list where a string belongs.
The same declaration gives the JSON Schema.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eqcompile.errors import EqcompileError, quoted

MAX_QUBITS = 100_000
"""Qubits of a certificate. Beyond it, refused: the certificate is not one of this project."""

MAX_COUNT = 1_000_000
"""Counts and numbers of things in a certificate. Beyond it, refused: the certificate is not one of this project."""

HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""JSON can escape half a character, but no file can hold it."""


class MisshapenError(EqcompileError):
    """A value is not what belongs in its place.

    Args:
        message: what was found, and what is needed.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message, self._path = message, list[str | int]()

    def inside(self, key: str | int) -> None:
        """Note that the value stands under this key or number of its container."""
        self._path.append(key)

    def __str__(self) -> str:
        path = "".join(_step(key) for key in reversed(self._path)).removeprefix(".")
        return f"{path}: {self.message}" if path else self.message


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if key.isidentifier() and key.isascii() else f"[{quoted(key)}]"


class Shape(ABC):
    """A kind of value."""

    @abstractmethod
    def check(self, value: Any) -> None:
        """Raise :class:`MisshapenError` unless the value, with everything in it, is of this kind."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema (draft 2020-12)."""


@dataclass(frozen=True)
class Text(Shape):
    """A string of whole characters; with a pattern, one that fits it.

    Attributes:
        pattern: regular expression for the whole string.
        what: name of the string in messages.
    """

    pattern: str = ""
    what: str = "a string"

    def check(self, value: Any) -> None:
        if type(value) is not str:
            raise _belongs(self.what, value)
        if not value.isascii() and HALF_A_CHARACTER.search(value):
            raise MisshapenError(f"{quoted(value)} holds half of a character; write whole ones")
        if "\0" in value:  # names that begin with it are the recheck's own
            raise MisshapenError(f"{quoted(value)} holds a null character; leave it out")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise _belongs(self.what, value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string"} | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})


@dataclass(frozen=True)
class Word(Shape):
    """One of several strings."""

    words: tuple[str, ...]

    def check(self, value: Any) -> None:
        if type(value) is not str or value not in self.words:
            raise _belongs(_any_of([quoted(word) for word in self.words]), value)

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number between bounds, both included. Truth values are not whole numbers."""

    least: int
    most: int

    def check(self, value: Any) -> None:
        if type(value) is not int or not self.least <= value <= self.most:
            raise _belongs(f"a whole number from {self.least} to {self.most}", value)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class TextOrWhole(Shape):
    """A string, or a whole number: a step of a path."""

    text: Text
    whole: Whole

    def check(self, value: Any) -> None:
        if type(value) not in (str, int):
            raise _belongs("a string or a whole number", value)
        (self.text if type(value) is str else self.whole).check(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.text.schema(), self.whole.schema()]}


@dataclass(frozen=True)
class Truth(Shape):
    """True or false."""

    def check(self, value: Any) -> None:
        if type(value) is not bool:
            raise _belongs("true or false", value)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Maybe(Shape):
    """Null, or a value of a kind."""

    shape: Shape

    def check(self, value: Any) -> None:
        if value is not None:
            self.shape.check(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.shape.schema(), {"type": "null"}]}


@dataclass(frozen=True)
class Listing(Shape):
    """A list of any length whose entries are all of one kind."""

    entry: Shape

    def check(self, value: Any) -> None:
        if type(value) is not list:
            raise _belongs("a list", value)
        place, check = 0, self.entry.check
        try:
            for place, part in enumerate(value):  # noqa: B007 - the error names it
                check(part)
        except MisshapenError as error:
            error.inside(place)
            raise

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.entry.schema()}


@dataclass(frozen=True)
class Row(Shape):
    """A list with one entry of each of several kinds, in order."""

    entries: tuple[Shape, ...]

    def check(self, value: Any) -> None:
        if type(value) is not list:
            raise _belongs(f"a list of {len(self.entries)} entries", value)
        if len(value) != len(self.entries):
            raise MisshapenError(f"a list of {len(self.entries)} entries belongs here, not of {len(value)}")
        for place, (shape, part) in enumerate(zip(self.entries, value, strict=True)):
            try:
                shape.check(part)
            except MisshapenError as error:
                error.inside(place)
                raise

    def schema(self) -> dict[str, Any]:
        size = len(self.entries)
        entries = [shape.schema() for shape in self.entries]
        return {"type": "array", "prefixItems": entries, "minItems": size, "maxItems": size}


@dataclass(frozen=True)
class Fields(Shape):
    """An object that has all of these fields and no other: a field that no code reads could say anything."""

    fields: Mapping[str, Shape]

    def check(self, value: Any) -> None:
        _require_object(value)
        for name in value:
            if name not in self.fields:
                known = ", ".join(self.fields)
                raise MisshapenError(f"the field {quoted(name)} is not known here; known: {known}")
        for name, shape in self.fields.items():
            if name not in value:
                raise MisshapenError(f"the field {quoted(name)} is missing")
            try:
                shape.check(value[name])
            except MisshapenError as error:
                error.inside(name)
                raise

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in self.fields.items()},
            "required": list(self.fields),
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Names(Shape):
    """An object whose keys are free, with values of one kind."""

    value: Shape

    def check(self, value: Any) -> None:
        _require_object(value)
        for name, part in value.items():
            try:
                Text().check(name)
                self.value.check(part)
            except MisshapenError as error:
                error.inside(name)
                raise

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True)
class ByField(Shape):
    """An object of one of several kinds, each of which has a field that those before it do not have.

    Attributes:
        kinds: the kinds, keyed by that field; the first field that the object has decides.
        other: what an object with none of these fields is; by default every object must have one.
    """

    kinds: Mapping[str, Fields]
    other: Fields | None = None

    def check(self, value: Any) -> None:
        _require_object(value)
        kind = next((kind for name, kind in self.kinds.items() if name in value), self.other)
        if kind is None:
            raise MisshapenError(f"the field {_any_of([quoted(name) for name in self.kinds])} is missing")
        kind.check(value)

    def schema(self) -> dict[str, Any]:
        kinds = [*self.kinds.values(), *([] if self.other is None else [self.other])]
        return {"anyOf": [kind.schema() for kind in kinds]}


@dataclass(frozen=True)
class ByWord(Shape):
    """An object, or a list, of one of several kinds, which a word in it names.

    Attributes:
        key: the field, or the place in the list, where the word stands.
        kinds: the kinds, keyed by the word; each also contains the word.
    """

    key: str | int
    kinds: Mapping[str, Shape]

    def check(self, value: Any) -> None:
        if isinstance(self.key, str):
            _require_object(value)
            if self.key not in value:
                raise MisshapenError(f"the field {quoted(self.key)} is missing")
        elif type(value) is not list or len(value) <= self.key:
            raise _belongs(f"a list that starts with {_any_of([quoted(word) for word in self.kinds])}", value)
        word = value[self.key]
        try:
            Word(tuple(self.kinds)).check(word)
        except MisshapenError as error:
            error.inside(self.key)
            raise
        self.kinds[word].check(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [kind.schema() for kind in self.kinds.values()]}


def _require_object(value: Any) -> None:
    if type(value) is not dict:
        raise _belongs("an object", value)


def _belongs(what: str, value: Any) -> MisshapenError:
    return MisshapenError(f"{what} belongs here, not {_shown(value)}")


def _shown(value: Any) -> str:
    """A value as it is in JSON; for long values, their kind."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return quoted(str(value))[1:-1]
    if isinstance(value, str):
        return f"the string {quoted(value)}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "an object"


def _any_of(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


TEXT = Text()
NUMBER, QUBIT = Whole(0, MAX_COUNT), Whole(0, MAX_QUBITS - 1)
