"""The YAML of a config: plain values and the place of each, read by the reader of specs."""

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import eqcompile as eq
from siqml.errors import ConfigError

MAX_CONFIG_BYTES: Final = 100_000
"""Bytes of a config. Beyond it, refused: shorten it; structures belong in files of their own."""

Key = tuple[str | int, ...]
"""Where a value stands in the tree, such as ``("adam", "steps")``."""

Place = tuple[int, int]
"""1-based line and column."""


@dataclass(frozen=True)
class Document:
    """A YAML mapping.

    Attributes:
        source: what was read, with the places.
        tree: plain dictionaries, lists and scalars.
        origins: the options that set values from the command line.
    """

    source: "eq.YamlDocument"
    tree: dict[str, Any]
    origins: dict[Key, str] = field(default_factory=dict)

    def place(self, key: Key) -> Place:
        """Line and column of ``key``, or of the nearest part around it that the text spells out."""
        found = self.source.error("", self._spelled_out(key), at_key=True)
        return found.line or 1, found.column or 1

    def error(self, message: str, key: Key = ()) -> ConfigError:
        """The error at `place`, or at the ``--set`` that ``key`` came from."""
        key = self._spelled_out(key)
        if key in self.origins:
            return ConfigError(message, self.origins[key])
        return ConfigError(message, self.source.path, *self.place(key))

    def replaced(self, keys: tuple[str, ...], value: Any, origin: str) -> "Document":
        """A copy in which ``value`` stands at ``keys``.

        Args:
            keys: path from the outermost mapping inwards; missing mappings are made.
            value: a plain value.
            origin: what messages about this value name in place of a line of the file.

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
        written = self.source.positions()
        prefixes: dict[Key, str] = {
            keys[:depth]: origin for depth in range(1, len(keys) + 1) if keys[:depth] not in written
        }
        return Document(self.source, tree, self.origins | prefixes | {keys: origin})

    def _spelled_out(self, key: Key) -> Key:
        written = self.source.positions()
        while key and key not in self.origins and key not in written:
            key = key[:-1]
        return key


def read_yaml(path: Path) -> Document:
    """Read one file.

    Args:
        path: the file.

    Returns:
        Its content.

    Raises:
        ConfigError: there is no such file; it is too large, not UTF-8, not YAML or not a mapping; it has a tag, or
            the same key twice.
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
        path: name of the file, for messages.

    Returns:
        The tree with places.

    Raises:
        ConfigError: see `read_yaml`.

    >>> document = parse_yaml("adam:\\n  steps: 100\\n")
    >>> document.tree, document.place(("adam", "steps"))
    ({'adam': {'steps': 100}}, (2, 3))
    """
    try:
        source = eq.parse_yaml(text, path, "a config", "model: lih")
    except eq.SpecError as error:
        raise ConfigError(error.message, error.path, error.line, error.column) from None
    return Document(source, _rounded(source.root.plain()))


def _rounded(value: Any) -> Any:
    """Decimals, which a spec keeps exact, as the floating-point numbers that training uses."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value
