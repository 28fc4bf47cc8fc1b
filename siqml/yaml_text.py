"""YAML text to plain values, with the place of each: no tag constructs anything, no alias is expanded."""

from copy import deepcopy
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from siqml.errors import ConfigError

MAX_CONFIG_BYTES: Final = 100_000
"""Bytes of a config. Beyond it, refused: shorten it; structures belong in files of their own."""

MAX_DEPTH: Final = 8
"""Levels of nesting of a config. Beyond it, refused: remove a level; no key is nested that deep."""

MAX_BRACKETS: Final = 500
"""Brackets of a config, which has about a dozen; the YAML library takes quadratic time on open ones. Beyond it,
refused: write lists and mappings as indented lines."""

SCALARS: Final = ("str", "int", "float", "bool", "null")

Key = tuple[str | int, ...]
"""Where a value stands in the tree, such as ``("adam", "steps")``."""

Place = tuple[int, int]
"""1-based line and column."""


@dataclass(frozen=True)
class Document:
    """A YAML mapping.

    Attributes:
        path: the file, for messages.
        tree: plain dictionaries, lists and scalars.
        places: where each value stands; keys of mappings under ``(*parents, key)``.
        origins: for values from the command line, the option that set them.
    """

    path: str
    tree: dict[str, Any]
    places: dict[Key, Place]
    origins: dict[Key, str] = field(default_factory=dict)

    def place(self, key: Key) -> Place:
        """Line and column of ``key``, or of the nearest part around it that the text spells out."""
        return self.places.get(self._spelled_out(key), (1, 1))

    def error(self, message: str, key: Key = ()) -> ConfigError:
        """The error at `place`, or at the ``--set`` that ``key`` came from."""
        key = self._spelled_out(key)
        if key in self.origins:
            return ConfigError(message, self.origins[key])
        return ConfigError(message, self.path, *self.places.get(key, (1, 1)))

    def replaced(self, keys: tuple[str, ...], value: Any, origin: str) -> "Document":
        """A copy in which ``value`` stands at ``keys``.

        Args:
            keys: from the outermost mapping inwards; missing mappings are made.
            value: plain value.
            origin: what messages about this value name instead of a line of the file.

        Returns:
            The new document.

        Raises:
            ConfigError: something on the way is a value, not a mapping.
        """
        tree = deepcopy(self.tree)
        branch = tree
        for depth, key in enumerate(keys[:-1], 1):
            branch = branch.setdefault(key, {})
            if not isinstance(branch, dict):
                raise ConfigError(f"{'.'.join(keys[:depth])} is a value, not a mapping", origin)
        branch[keys[-1]] = value
        prefixes: dict[Key, str] = {
            keys[:depth]: origin for depth in range(1, len(keys) + 1) if keys[:depth] not in self.places
        }
        return Document(self.path, tree, self.places, self.origins | prefixes | {keys: origin})

    def _spelled_out(self, key: Key) -> Key:
        while key and key not in self.origins and key not in self.places:
            key = key[:-1]
        return key


def read_yaml(path: Path) -> Document:
    """Read one file.

    Args:
        path: the file.

    Returns:
        Its content.

    Raises:
        ConfigError: no such file, too large, not UTF-8, not YAML, no mapping, a tag, an alias, a key twice.
    """
    if not path.is_file():
        raise ConfigError("no such file", str(path))
    if path.stat().st_size > MAX_CONFIG_BYTES:
        raise ConfigError(f"larger than {MAX_CONFIG_BYTES} bytes; a config is a page of YAML", str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as broken:
        raise ConfigError("not UTF-8 text", str(path)) from broken
    return parse_yaml(text, str(path))


def parse_yaml(text: str, path: str = "<string>") -> Document:
    """Parse one YAML mapping.

    Args:
        text: the YAML.
        path: for messages.

    Returns:
        The tree with places.

    Raises:
        ConfigError: see `read_yaml`.

    >>> document = parse_yaml("adam:\\n  steps: 100\\n")
    >>> document.tree, document.places["adam", "steps"]
    ({'adam': {'steps': 100}}, (2, 3))
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise ConfigError(f"more than {MAX_BRACKETS} brackets; a config is a page of YAML", path)
    try:
        node = YAML(typ="safe", pure=True).compose(StringIO(text))
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        reason = " ".join((broken.problem or "unreadable").split())
        raise ConfigError(f"not valid YAML: {reason}", path, *place) from broken
    except (YAMLError, ValueError, OverflowError, RecursionError) as broken:
        # ValueError: an escape such as "\\UFFFFFFFF" reaches chr() unchecked inside the library
        raise ConfigError("not valid YAML", path) from broken
    if node is None:
        raise ConfigError("empty file; a config is needed, see siqml/configs/lih.yaml", path)
    reader = _Reader(path)
    tree = reader.plain(node, ())
    if not isinstance(tree, dict):
        raise ConfigError("a config is a mapping such as 'model: lih'", path, 1, 1)
    return Document(path, tree, reader.places)


class _Reader:
    def __init__(self, path: str) -> None:
        self.places: dict[Key, Place] = {}
        self._path = path
        self._seen: set[int] = set()

    def plain(self, node: Any, key: Key) -> Any:
        place = _place(node)
        self.places.setdefault(key, place)
        if id(node) in self._seen:
            raise ConfigError(
                "an alias repeats this value; write it out, a config has no aliases", self._path, *place
            )
        self._seen.add(id(node))
        if len(key) > MAX_DEPTH:
            raise ConfigError(f"nested deeper than {MAX_DEPTH} levels", self._path, *place)
        kind = str(node.ctag or "").removeprefix("tag:yaml.org,2002:")
        if kind == "map":
            return self._mapping(node, key)
        if kind == "seq":
            return [self.plain(child, (*key, i)) for i, child in enumerate(node.value)]
        if kind not in SCALARS:
            raise ConfigError(f'the tag "{kind}" is not allowed; remove it', self._path, *place)
        return self._scalar(node, kind)

    def _mapping(self, node: Any, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value
            if not isinstance(name, str):
                raise ConfigError("a key must be a word", self._path, *_place(name_node))
            if name in result:
                raise ConfigError(f'key "{name}" appears twice; remove one', self._path, *_place(name_node))
            self.places[(*key, name)] = _place(name_node)
            result[name] = self.plain(value_node, (*key, name))
        return result

    def _scalar(self, node: Any, kind: str) -> Any:
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        if kind == "str":
            return node.value
        try:
            return int(node.value) if kind == "int" else float(node.value)
        except ValueError as broken:
            message = f'"{node.value}" is no plain number; write it in decimal'
            raise ConfigError(message, self._path, *_place(node)) from broken


def _place(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
