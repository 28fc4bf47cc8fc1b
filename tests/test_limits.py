"""``docs/limits.md`` lists every limit of the code; it is made from the constants and their docstrings.

A limit is a constant called ``MAX_...`` or ``MIN_...``. The string below it says what it counts and, after
``Beyond it:``, what to do; where a whole room answers alike, that stands here once. ``python -m tests.test_limits``
writes the page anew.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eqcompile.files import write_atomically

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "limits.md"
MARK = re.compile(r"(?:Beyond|Below) it:")
NAME = re.compile(r"_?(MAX|MIN)_[A-Z_]+")

HEAD = """# Limits

Every limit that the code has, made from its constants by `python -m tests.test_limits`. What exceeds one is refused in
one line that names the limit, or is answered in the weaker way that the column "beyond it" says; a text that only a
message or a name repeats may be shortened. Time and memory of a whole command are
[limited by `--budget`](budget.md) besides.

"""

ROOMS = {
    "eqcompile.recheck.files": "recheck says that it does not read this itself, and confirms nothing against the file",
    "eqcompile.recheck": "recheck says that the claim is not rechecked, or that the certificate cannot be read",
    "eqcompile.certify": "another way decides; else the verdict is: not decided",
    "eqcompile.backends": "refused, or read as a number or gate without exact form, which is measured and not decided",
    "eqcompile": "refused in one line",
    "siqml": "refused in one line, or no doubt is raised",
}
"""What happens beyond a limit that says nothing of its own, by the room; the first that fits."""


@dataclass(frozen=True)
class Limit:
    """One constant."""

    module: str
    name: str
    value: Any
    counts: str
    beyond: str


def modules() -> Iterator[Path]:
    for package in ("eqcompile", "siqml"):
        yield from sorted((ROOT / package).rglob("*.py"))


def constants(source: str) -> Iterator[tuple[str, str]]:
    """Names of the limits of a module, each with the string below it."""
    body = ast.parse(source).body
    for place, node in enumerate(body):
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
        below = body[place + 1] if place + 1 < len(body) else None
        text = ""
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            text = " ".join(str(below.value.value).split())
        yield from ((name, text) for name in names if NAME.fullmatch(name))


def limits() -> list[Limit]:
    found = []
    for path in modules():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for constant, text in constants(path.read_text(encoding="utf-8")):
            counts, *rest = MARK.split(text, maxsplit=1)
            beyond = rest[0] if rest else ""
            value = getattr(importlib.import_module(name), constant)
            words = counts.strip() or constant.removeprefix("MAX_").replace("_", " ").lower()
            usual = next(text for room, text in ROOMS.items() if name.startswith(room))
            found.append(Limit(name, constant, value, words, beyond.strip() or usual))
    return found


def number(value: Any) -> str:
    """Powers of two as such, large numbers with separators.

    >>> number(1 << 26), number(20_000), number(5)
    ('2^26', '20,000', '5')
    """
    if isinstance(value, int) and value > 2048 and value & (value - 1) == 0:
        return f"2^{value.bit_length() - 1}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def page(rows: list[Limit]) -> str:
    """The text of the page, one table for every room."""
    rooms: dict[str, list[Limit]] = {}
    for row in rows:
        rooms.setdefault(" ".join(row.module.split(".")[:2]), []).append(row)
    parts = [HEAD]
    for room, inside in rooms.items():
        lines = [
            f"## {room.replace(' ', '/')}",
            "",
            "| limit | counts | beyond it | constant |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {number(row.value)} | {row.counts} | {row.beyond} | `{row.module}.{row.name}` |".replace(
                "\n", " "
            )
            for row in inside
        ]
        parts.append("\n".join(lines) + "\n\n")
    return "".join(parts).rstrip("\n") + "\n"


@pytest.mark.parametrize("row", limits(), ids=lambda row: f"{row.module}.{row.name}")
def test_a_limit_says_what_it_counts_and_what_to_do(row: Limit) -> None:
    assert "|" not in row.counts + row.beyond
    assert row.beyond[0].islower(), f"after 'Beyond it:' the sentence goes on in small letters: {row.name}"
    assert len(row.counts) > 3


def test_the_page_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(limits()), "python -m tests.test_limits"


def test_a_limit_without_words_is_noticed() -> None:
    assert list(
        constants("MAX_A = 3\nMAX_B = 4\n'''Bs. Beyond it: fewer.'''\n_MIN_C: int = 2\nother = 1")
    ) == [
        ("MAX_A", ""),
        ("MAX_B", "Bs. Beyond it: fewer."),
        ("_MIN_C", ""),
    ]


if __name__ == "__main__":
    write_atomically(PAGE, page(limits()))
