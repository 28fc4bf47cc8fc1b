"""A YAML document as a tree in which every node knows its line and column, and errors that point into it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from eqcompile.declaration.spec import Path
from eqcompile.errors import SpecError

MAX_NUMBER_LENGTH = 50
"""Characters of a number in a spec; converting longer ones takes time. Beyond it, refused: it stays text, and is
refused where a number is needed; round it."""

Plain: TypeAlias = Any
"""str, int, bool, Decimal, None, or lists and dicts of these."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,6})?")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True)
class Scalar:
    """A leaf: its text, whether it was quoted, and its span ``[start, end)`` in the source."""

    text: str
    quoted: bool
    start: int
    end: int
    line: int
    column: int
    size: int = 1
    height: int = 0

    def plain(self) -> Plain:
        """The value by the YAML 1.2 core schema, with decimals kept exact."""
        if self.quoted:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if len(self.text) <= MAX_NUMBER_LENGTH:
            if _INTEGER.fullmatch(self.text):
                return int(self.text)
            if _DECIMAL.fullmatch(self.text):
                return Decimal(self.text)
        return self.text


@dataclass(frozen=True)
class Sequence:
    """A list; ``size`` counts its nodes and ``height`` its levels, aliases expanded."""

    items: "tuple[Node, ...]"
    line: int
    column: int
    size: int
    height: int

    def plain(self) -> Plain:
        """The list as Python values."""
        return [item.plain() for item in self.items]


@dataclass(frozen=True)
class Mapping:
    """A mapping with unique text keys, in the order of the file."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    line: int
    column: int
    size: int
    height: int

    def plain(self) -> Plain:
        """The mapping as Python values."""
        return {key.text: value.plain() for key, value in self.entries}


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True)
class YamlDocument:
    """A parsed file: its name, its text and its tree."""

    path: str
    text: str
    root: Mapping

    def node(self, path: Path) -> Node | None:
        """The node at a place in the tree; ``None`` if the text does not spell it out."""
        node: Node = self.root
        for part in path:
            step = _step(node, part)
            if step is None:
                return None
            node = step[1]
        return node

    def error(self, message: str, path: Path, offset: int = 0, at_key: bool = False) -> SpecError:
        """A :class:`SpecError` that points at ``path``.

        Args:
            message: what was found, what is needed, what to do.
            path: place in the tree; parts that the text does not spell out are skipped.
            offset: character inside a scalar, counted in its text; ignored where escapes or line
                folding make text and source differ.
            at_key: point at the key of the last part instead of its value.
        """
        node: Node = self.root
        key: Scalar | None = None
        for part in path:
            step = _step(node, part)
            if step is not None:
                key, node = step
        target = key if at_key and key is not None else node
        column = target.column + (self._shift(target, offset) if isinstance(target, Scalar) else 0)
        return SpecError(message, self.path, target.line, column)

    def _shift(self, scalar: Scalar, offset: int) -> int:
        if offset == 0:
            return 0
        opening = 1 if scalar.quoted else 0
        written = self.text[scalar.start + opening : scalar.end - opening]
        return offset + opening if written == scalar.text else 0

    def positions(self) -> dict[Path, tuple[int, int]]:
        """Line and column, both from 1, of every value in the tree."""
        return dict(_positions(self.root, ()))


def _step(node: Node, part: str | int) -> tuple[Scalar | None, Node] | None:
    if isinstance(node, Mapping):
        return next(((key, value) for key, value in node.entries if key.text == part), None)
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return None, node.items[part]
    return None


def _positions(node: Node, path: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    yield path, (node.line, node.column)
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield from _positions(value, (*path, key.text))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _positions(item, (*path, index))
