"""A setting and the values that a sweep gives it, as ``--over KEY=VALUE,VALUE`` says."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from siqml.errors import ConfigError, cut
from siqml.yaml_text import parse_yaml

NAME: Final = re.compile(r"[A-Za-z_./][\w./-]*", re.ASCII)


@dataclass(frozen=True)
class Swept:
    """One setting of a config.

    Attributes:
        key: its path, such as ``adam.learning_rate``.
        values: the values, as a config would spell them; at least one, and all different.
    """

    key: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Swept":
        """Read ``KEY=VALUE,VALUE``; a value may be a list or a mapping in brackets.

        Args:
            text: what was given.

        Raises:
            ConfigError: it is something else, or the same value is given twice.

        >>> Swept.parse("start.weights=0.1,[0.1, 0.2]")
        Swept(key='start.weights', values=('0.1', '[0.1, 0.2]'))
        """
        key, _, values = text.partition("=")
        key = key.strip()
        if not values.strip() or not all(key.split(".")):
            raise ConfigError(
                f'--over: found "{cut(text)}"; write it as KEY=VALUE,VALUE, such as adam.learning_rate=0.01,0.003'
            )
        found = parse_yaml(f"values: [{values}]", f"--over {cut(text)}").tree["values"]
        spelled = tuple(value if _is_plain(value) else json.dumps(value) for value in found)
        if len(set(spelled)) < len(spelled):
            raise ConfigError(f'--over: found "{cut(text)}"; the same value twice gives the same run twice')
        return cls(key, spelled)

    @property
    def text(self) -> str:
        """What `parse` reads."""
        return f"{self.key}={','.join(self.values)}"

    @property
    def settings(self) -> tuple[str, ...]:
        """One setting for each value, such as ``adam.learning_rate=0.01``."""
        return tuple(f"{self.key}={value}" for value in self.values)

    @property
    def numbers(self) -> tuple[float, ...] | None:
        """The values as numbers; ``None`` if one of them is something else."""
        found = [parse_yaml(f"value: {value}", "").tree["value"] for value in self.values]
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in found):
            return None
        return tuple(map(float, found))

    def within(self, keys: Sequence[str]) -> bool:
        """Whether it is one of these settings, or lies inside one."""
        return any(f"{self.key}.".startswith(f"{key}.") for key in keys)


def _is_plain(value: object) -> bool:
    """Whether a value is a name or a path, which YAML reads back as it stands, without quotes."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        return False
    return bool(parse_yaml(f"value: {value}", "").tree["value"] == value)  # not so for `true`


def distinct(swept: Sequence[Swept], overrides: Sequence[str]) -> None:
    """Refuse a setting that two options give.

    Args:
        swept: what ``--over`` gave.
        overrides: what ``--set`` gave.

    Raises:
        ConfigError: two of them are the same, or one lies inside the other.
    """
    given = [(f"--set {setting}", setting.partition("=")[0].strip()) for setting in overrides]
    for one in swept:
        for option, key in given:
            if one.within([key]) or f"{key}.".startswith(f"{one.key}."):
                raise ConfigError(f"--over {one.key}: {option} sets the same; leave one out")
        given.append((f"--over {one.key}", one.key))
