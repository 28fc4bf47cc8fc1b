"""Text files as users have them: byte-order marks, Fortran's numbers, labelled atoms."""

import re
import zlib
from functools import cache
from gzip import BadGzipFile
from lzma import LZMAError
from pathlib import Path
from typing import Final

from siqml.errors import DataError

_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eEdD][+-]?[0-9]+)?|nan|inf|infinity)", re.IGNORECASE
)
MAX_DIGITS: Final = 18
"""Digits of an atomic number. Beyond it, refused: write the symbol of the element."""

_LABEL: Final = re.compile(r"([A-Za-z]{1,2})_?[0-9]*")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

ISOTOPES: Final = ("D", "T")
"""Read as hydrogen: the potential energy does not depend on the masses of the nuclei."""


def lines_of(path: Path) -> list[str]:
    """The lines of a text file, with any line endings, without a byte-order mark.

    Bytes that are not UTF-8 become U+FFFD, which is harmless in a comment and an error in place of a number.

    Args:
        path: the file; it exists and may be compressed (gz, bz2, xz).

    Returns:
        The lines; an empty last line is left out.

    Raises:
        DataError: the file is not text, or is in an encoding of 16 or 32 bits.
    """
    from ase.io.formats import open_with_compression

    try:
        with open_with_compression(str(path), "rb") as file:
            content: bytes = file.read()
    except (EOFError, BadGzipFile, LZMAError, zlib.error) as broken:
        raise DataError(f"{path}: the compressed file is cut off or damaged ({broken})") from broken
    if content.startswith(_WIDE_MARKS):
        raise DataError(f"{path}: text in UTF-16 or UTF-32; save it as UTF-8")
    if b"\0" in content:
        raise DataError(f"{path}:{content[: content.index(0)].count(10) + 1}: a zero byte, so it is not text")
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def number(text: str) -> float | None:
    """The number that a word stands for, also with Fortran's exponent; ``None`` if it is not a number.

    >>> number("1.0D-3"), number("-10,5"), number("1_000")
    (0.001, None, None)
    """
    if _NUMBER.fullmatch(text) is None:
        return None
    try:
        return float(text)
    except ValueError:
        return float(text.lower().replace("d", "e"))


@cache
def element(label: str) -> str | None:
    """The element that a file means by a symbol, a labelled symbol or an atomic number; ``None`` if it is none of them.

    >>> element("O1"), element("8"), element("h"), element("D"), element("OW")
    ('O', 'O', 'H', 'H', None)
    """
    from ase.data import chemical_symbols

    if label.isascii() and label.isdecimal():
        charge = int(label) if len(label) <= MAX_DIGITS else 0  # Python refuses thousands of digits
        return chemical_symbols[charge] if 1 <= charge < len(chemical_symbols) else None
    match = _LABEL.fullmatch(label)
    symbol = match[1].capitalize() if match else ""
    if symbol in ISOTOPES:
        return "H"
    return symbol if symbol in chemical_symbols[1:] else None


def is_isotope(label: str) -> bool:
    """Whether a file writes this atom as deuterium or tritium."""
    match = _LABEL.fullmatch(label)
    return match is not None and match[1].upper() in ISOTOPES
