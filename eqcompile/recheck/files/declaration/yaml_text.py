"""YAML as plain data in which every number is still its text: lists, dictionaries, whole numbers, texts.

The library's parser makes nodes; no tag constructs an object. A comma inside parentheses does not separate entries
here: ``[H(0,1), Z2]`` has two entries.
"""

import re
from typing import Any

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.files.unread import UnreadError

MAX_BYTES = 1_000_000
"""Bytes of a spec. Beyond it, refused: the product does not read more either; name a file for a large graph."""

MAX_VALUES = 20_000
"""Values of a spec, aliases written out. Beyond it, refused: write the group with fewer values, or recheck without
`--spec`."""

MAX_LEVELS = 20
"""Levels of nesting of a spec. Beyond it, refused: remove a level; no key is nested that deep."""

_WHOLE = re.compile(r"[-+]?[0-9]{1,50}")
_NOTHING = ("", "~", "null", "Null", "NULL")
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")


def plain_yaml(text: str) -> dict[str, Any]:
    """The mapping that a YAML text represents.

    Raises:
        EqcompileError: not YAML, or not a mapping.
        UnreadError: a tag, a key twice, or more values or levels than the limits.

    >>> plain_yaml("{qubits: 2, start: 0.10, layer: [H(0,1), Z0]}")
    {'qubits': 2, 'start': '0.10', 'layer': ['H(0,1)', 'Z0']}
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, OverflowError, RecursionError) as error:
        line = next(iter(str(error).splitlines()), type(error).__name__)
        raise EqcompileError(f"not valid YAML: {line}") from None
    _measure(root, {}, 0)
    plain = _Plain(text).value(root)
    if not isinstance(plain, dict):
        raise EqcompileError("a spec is a mapping")
    return plain


def place_in_yaml(text: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Where the value under these keys stands in a text, as the numbers of its first character and of the one after.

    Raises:
        EqcompileError: not YAML.
        UnreadError: there is no such value, or it is not a single word.

    >>> place_in_yaml("ansatz: {depth: 11}", ("ansatz", "depth"))
    (16, 18)
    """
    from ruamel.yaml import YAML

    plain_yaml(text)  # refuses what is too large, or not YAML
    node = YAML(typ="safe", pure=True).compose(text)
    for key in path:
        pairs = node.value if type(node).__name__ == "MappingNode" else []
        node = next((value for name, value in pairs if name.value == key), None)
    if type(node).__name__ != "ScalarNode":
        raise UnreadError(f"a spec without {'.'.join(path)}")
    return node.start_mark.index, node.end_mark.index


def _measure(node: Any, known: dict[int, int], level: int) -> int:
    """Values in a node; a node that an alias names counts every time, but is walked once."""
    if level > MAX_LEVELS:
        raise UnreadError(f"a spec of more than {MAX_LEVELS} levels")
    if id(node) not in known:
        children = [] if node is None or isinstance(node.value, str) else _children(node)
        known[id(node)] = 1 + sum(_measure(child, known, level + 1) for child in children)
        if known[id(node)] > MAX_VALUES:
            raise UnreadError(f"a spec of more than {MAX_VALUES} values")
    return known[id(node)]


def _children(node: Any) -> list[Any]:
    is_mapping = type(node).__name__ == "MappingNode"
    return [part for pair in node.value for part in pair] if is_mapping else list(node.value)


class _Plain:
    """Nodes to values; keeps the text, to which the places of the nodes refer."""

    def __init__(self, text: str) -> None:
        self._text = text

    def value(self, node: Any) -> Any:
        if node is None:
            return None
        if type(node).__name__ == "ScalarNode":
            return self._leaf(node)
        if node.tag not in ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", None):
            raise UnreadError(f"the YAML tag {node.tag}")
        if type(node).__name__ == "SequenceNode":
            items = self._rejoined([(None, item) for item in node.value]) if node.flow_style else None
            return [self.value(item) for item in node.value] if items is None else [v for _, v in items]
        pairs = (
            self._rejoined(node.value) if node.flow_style else [(key, self.value(v)) for key, v in node.value]
        )
        out: dict[str, Any] = {}
        for key, value in pairs:
            if type(key).__name__ != "ScalarNode":
                raise UnreadError("a key that is a list or a mapping")
            if key.value in out:
                raise UnreadError(f"the key {quoted(key.value)}, which stands twice,")
            out[key.value] = value
        return out

    def _rejoined(self, pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        """Entries of a flow collection; while a parenthesis is open, a comma belongs to the text."""
        out: list[tuple[Any, Any]] = []
        open_key, first, last = None, None, None
        depth = 0
        for key, node in pairs:
            half = node if key is None else key
            if depth > 0 and first is not None and _is_bare(half) and (key is None or _is_empty(node)):
                last, depth = half, depth + _unclosed(half)
            else:
                out += [] if first is None else [(open_key, self._span(first, last))]
                open_key, first, last = key, node, node
                depth = _unclosed(node) if _is_bare(node) else 0
        return out + ([] if first is None else [(open_key, self._span(first, last))])

    def _span(self, first: Any, last: Any) -> Any:
        if first is last:
            return self.value(first)
        return " ".join(self._text[first.start_mark.index : last.end_mark.index].split())

    def _leaf(self, node: Any) -> Any:
        if node.style is not None:
            return node.value
        text: str = node.value
        if text in _NOTHING:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        return int(text) if _WHOLE.fullmatch(text) else text


def _is_bare(node: Any) -> bool:
    return type(node).__name__ == "ScalarNode" and node.style is None


def _is_empty(node: Any) -> bool:
    return _is_bare(node) and node.value == ""


def _unclosed(node: Any) -> int:
    count: int = node.value.count("(") - node.value.count(")")
    return count
