"""YAML text to a tree, safely.

Only the syntax layer of the YAML library is used: no tag ever constructs an object, and an alias shares the node it
names instead of copying it. Depth, number of nodes and aliases are limited.
"""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from eqcompile.arguments import require_text
from eqcompile.declaration.yaml.tree import Mapping, Node, Scalar, Sequence, YamlDocument
from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import SpecError, one_line

MAX_DEPTH = 20
"""Levels of nesting of a spec. Beyond it, refused: remove a level; no key is nested that deep."""

MAX_NODES = 20_000
"""Values of a spec, aliases written out. Beyond it, refused: build the group in Python."""

MAX_ALIASES = 50
"""Aliases of a spec. Beyond it, refused: write the values out."""


def parse_yaml(
    text: str, path: str = "text", kind: str = "a spec", example: str = "name: water"
) -> YamlDocument:
    """Read one YAML document whose root is a mapping. Nothing in it is executed, and every value knows its place.

    Args:
        text: content of the file.
        path: name of the file, for messages.
        kind: what the file is, for messages.
        example: a line with which the file may begin, for messages.

    Returns:
        The tree; never partial. ``document.root.plain()`` has the values, with exact decimals; ``document.positions()``
        the lines and columns; ``document.error(message, path)`` points at one of them.

    Raises:
        SpecError: invalid YAML, a tag, a duplicate key, several documents, an empty file, or a
            limit on depth, nodes or aliases exceeded.
        ArgumentError: an argument is not text.

    References:
        YAML 1.2.2, chapters 3.1 (events) and 10.3 (core schema).

    >>> parse_yaml("start: 0.1", "demo.yaml").root.plain()
    {'start': Decimal('0.1')}
    """
    for name, argument in (("text", text), ("path", path), ("kind", kind), ("example", example)):
        require_text(name, argument)
    try:
        root = _Composer(text, path, kind, example).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise SpecError(f"not valid YAML: {_problem(error)}", path, *place) from None
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"character U+{ord(text[error.position]):04X} is not allowed in YAML; remove it"
        raise SpecError(message, path, line, column) from None
    except YAMLError as error:
        raise SpecError(f"not valid YAML: {one_line(str(error))}", path) from None
    except (ValueError, OverflowError):
        # The library hands an escape such as "\UFFFFFFFF" to chr(), and digits of any length to int().
        raise SpecError("not valid YAML: an escape or a version number is out of range", path) from None
    return YamlDocument(path, text, root)


def _problem(error: MarkedYAMLError) -> str:
    problem = one_line(" ".join(str(error.problem).split()))
    if "indentation indicator" in problem:  # a bar opens a block of text, unless it is quoted
        return problem + '; quote a text that begins with | or >, such as "|01>"'
    return problem + ("; indent with spaces" if r"'\t'" in problem else "")


class _Composer:
    """Builds nodes from the library's event stream, checking every limit as it goes."""

    def __init__(self, text: str, path: str, kind: str, example: str) -> None:
        self._text = text
        self._path = path
        self._kind, self._example = kind, example
        self._events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
        self._anchors: dict[str, Node] = {}
        self._aliases = 0
        self._nodes = 0

    def document(self) -> Mapping:
        root: Node | None = None
        for event in self._events:
            if _kind(event) == "DocumentStart":
                if root is not None:
                    raise self._error(f"a second document begins here; {self._kind} is one document", event)
                root = self._node(next(self._events), 0)
        if root is None or (isinstance(root, Scalar) and root.plain() is None):
            message = f"the file is empty; {self._kind} begins with a line such as {self._example}"
            raise SpecError(message, self._path)
        if not isinstance(root, Mapping):
            message = f"{self._kind} is a mapping such as {self._example}; found {shown(root.plain())}"
            raise SpecError(message, self._path, root.line, root.column)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        kind = _kind(event)
        if kind == "Alias":
            return self._alias(event)
        self._check(event, depth)
        if kind == "Scalar":
            node: Node = _scalar(event)
        elif kind == "SequenceStart":
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _check(self, event: Any, depth: int) -> None:
        if event.tag:
            tag = shown(str(event.tag).replace("tag:yaml.org,2002:", "!!", 1))
            raise self._error(f"tags are not allowed in {self._kind}; found {tag}; remove it", event)
        if depth >= MAX_DEPTH and _kind(event) != "Scalar":
            raise self._error(f"nested deeper than {MAX_DEPTH} levels", event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._error(f"more than {MAX_NODES} values; {self._kind} is smaller than that", event)

    def _alias(self, event: Any) -> Node:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._error(f"more than {MAX_ALIASES} aliases; write the values out", event)
        if event.anchor not in self._anchors:
            raise self._error(f'alias "*{one_line(event.anchor)}" has no anchor before it', event)
        return self._anchors[event.anchor]

    def _sequence(self, event: Any, depth: int) -> Sequence:
        items: list[Node] = []
        while _kind(child := next(self._events)) != "SequenceEnd":
            items.append(self._node(child, depth + 1))
        if event.flow_style:
            items = [value for _, value in self._rejoined([(None, item) for item in items])]
        return Sequence(tuple(items), *_place(event), *self._measured(event, items))

    def _mapping(self, event: Any, depth: int) -> Mapping:
        pairs: list[tuple[Node | None, Node]] = []
        while _kind(child := next(self._events)) != "MappingEnd":
            key = self._node(child, depth + 1)
            pairs.append((key, self._node(next(self._events), depth + 1)))
        if event.flow_style:
            pairs = self._rejoined(pairs)
        entries = tuple(self._unique(pairs))
        return Mapping(entries, *_place(event), *self._measured(event, [value for _, value in entries]))

    def _unique(self, pairs: list[tuple[Node | None, Node]]) -> Iterator[tuple[Scalar, Node]]:
        lines: dict[str, int] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar):
                line, column = (key or value).line, (key or value).column
                raise SpecError("a key must be a word, not a list or a mapping", self._path, line, column)
            if key.text in lines:
                message = f"key {shown(key.text)} appears twice; the first one is on line {lines[key.text]}"
                raise SpecError(message, self._path, key.line, key.column)
            lines[key.text] = key.line
            yield key, value

    def _rejoined(self, pairs: list[tuple[Node | None, Node]]) -> list[tuple[Node | None, Node]]:
        """Undo the split of ``H(0,1)`` into ``H(0`` and ``1)``.

        A comma ends a plain scalar inside ``[...]`` and ``{...}``, but to anyone who writes operators a comma inside
        parentheses does not. The second half arrives as the next item, or as the next key with no value.
        """
        runs: list[tuple[Node | None, list[Node]]] = []
        unclosed = 0
        for key, value in pairs:
            half = value if key is None else key
            if unclosed > 0 and _is_bare(key, value) and self._comma_between(runs[-1][1][-1], half):
                runs[-1][1].append(half)
            else:
                runs.append((key, [value]))
                unclosed, half = 0, value
            unclosed += half.text.count("(") - half.text.count(")") if isinstance(half, Scalar) else 0
        return [(key, self._joined(run)) for key, run in runs]

    def _comma_between(self, left: Node, right: Node) -> bool:
        if not (isinstance(left, Scalar) and isinstance(right, Scalar)) or left.quoted or right.quoted:
            return False
        return self._text[left.end : right.start].strip() == ","

    def _joined(self, run: list[Node]) -> Node:
        first, last = run[0], run[-1]
        if len(run) == 1 or not (isinstance(first, Scalar) and isinstance(last, Scalar)):
            return first
        text = " ".join(self._text[first.start : last.end].split())
        return Scalar(text, False, first.start, last.end, first.line, first.column)

    def _measured(self, event: Any, children: list[Node]) -> tuple[int, int]:
        """Size and height with aliases expanded, which is how everything after this file walks the tree."""
        size = 1 + sum(child.size for child in children)
        height = 1 + max((child.height for child in children), default=0)
        if size > MAX_NODES or height > MAX_DEPTH:
            limits = f"{MAX_NODES} values or {MAX_DEPTH} levels"
            raise self._error(f"more than {limits} once aliases are expanded", event)
        return size, height

    def _error(self, message: str, event: Any) -> SpecError:
        return SpecError(message, self._path, *_place(event))


def _scalar(event: Any) -> Scalar:
    start, end = event.start_mark, event.end_mark
    quoted = event.style is not None
    return Scalar(event.value, quoted, start.index, end.index, start.line + 1, start.column + 1)


def _is_bare(key: Node | None, value: Node) -> bool:
    """Whether the pair is a list item, or a key with nothing written after it."""
    return key is None or (isinstance(value, Scalar) and value.start == value.end)


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
