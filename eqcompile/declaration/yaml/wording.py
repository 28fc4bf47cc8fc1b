"""How messages name what was found: quoted, on one line, with the nearest known word."""

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

from eqcompile.declaration.spec import Path
from eqcompile.errors import MAX_SHOWN, quoted

MAX_FILE_BYTES = 1_000_000
"""Bytes of a spec, and of the file of a graph or a molecule that it names. Beyond it, refused: leave out attributes
and frames; build a larger group in Python."""

MAX_KNOWN = 40
"""Known words that a message lists. Beyond it, shortened: the list ends with dots."""


def shown(value: object) -> str:
    r"""A YAML value as a message shows it.

    >>> shown("eleven"), shown(None), shown(True), shown([1, 2]), shown("a\nb")
    ('"eleven"', 'nothing', 'true', 'a list', '"a\\nb"')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    return "a mapping" if isinstance(value, dict) else "a list"


def label(path: Path) -> str:
    """A place as a message names it.

    >>> label(("ansatz", "layer", 1))
    'ansatz.layer[1]'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def near_miss(word: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?`` for the closest known word, or nothing if none is close.

    >>> near_miss("dihedrall", ["cyclic", "dihedral"])
    '; did you mean "dihedral"?'
    """
    matches = get_close_matches(word[:MAX_SHOWN], list(known), n=1, cutoff=0.5)
    return f'; did you mean "{matches[0]}"?' if matches else ""


def unknown(what: str, word: str, known: Iterable[str], where: str = "") -> str:
    """One sentence about an unknown word: the word, the nearest match, and the known words.

    >>> unknown("site", "H3", ["H1", "H2"])
    'unknown site "H3"; did you mean "H2"? Known: H1, H2.'
    """
    names = list(known)
    hint = near_miss(word, names)
    listed = ", ".join(names[:MAX_KNOWN]) + (", ..." if len(names) > MAX_KNOWN else "")
    return f"unknown {what} {shown(word)}{where}{hint}{'' if hint else '.'} Known: {listed}."
