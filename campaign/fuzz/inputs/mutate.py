"""Edits of bytes and of text: what a disk, an editor, a careless script or an adversary does to a file."""

import re
from collections.abc import Callable, Sequence
from random import Random

BytesEdit = Callable[[bytes, Random, Sequence[bytes]], bytes]
TextEdit = Callable[[str, Random, Sequence[str]], str]

NUMBERS = (
    "0", "-1", "1", "2", "-0", "+3", "007", "1e308", "-1e308", "1e400", "1e-320", "nan", "NaN", "inf", "-inf",
    "Infinity", ".5", "5.", "1_000", "0x1F", "0b1", "1/2", "1/0", "0/0", "3e", "1e5", "1e999999999", "1.2.3", "1,5",
    "2147483648", "4294967296", "9223372036854775808", "-9223372036854775809", "9" * 30, "9" * 5000, "1" + "0" * 400,
    "0." + "3" * 3000, "1e-5000", "2^64", "2**64", "10**10**10", "\u0663", "\uff11", "\u00bd", "\u00b2", "True",
    "null", "~", "''", "pi", "i",
)  # fmt: skip
"""What stands where a number is expected."""

WORDS = (
    "", " ", "null", "true", "no", "None", "self", "__class__", "../../etc/passwd", "/dev/null", "a" * 5000,
    "\u00e9\u00df\u4e2d",
    "\u202eabc", "e\u0301", "\x1b[31m", "%s%n", "{0}", "{x.__class__}", "$(touch x)", "`id`",
    "!!python/object:os.system",
    "<a>&b;", "*", "&a", "'", '"', "\\", "#", "//", "/*", ";", ":", "-", "@", "|", ">", "?", "[", "]", "{", "}", "(",
    ")",
)  # fmt: skip
"""What stands where a word is expected."""

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")


def flip_bits(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """One to eight bits change."""
    out = bytearray(content)
    for _ in range(source.randint(1, 8)):
        if out:
            out[source.randrange(len(out))] ^= 1 << source.randrange(8)
    return bytes(out)


def change_bytes(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """A few bytes become ones that break readers."""
    out = bytearray(content)
    for _ in range(source.randint(1, 4)):
        if out:
            out[source.randrange(len(out))] = source.choice(
                (0, 1, 0x0A, 0x0D, 0x1B, 0x7F, 0x80, 0xC0, 0xFE, 0xFF)
            )
    return bytes(out)


def truncate(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """The file ends early."""
    return content[: source.randrange(len(content) + 1)]


def remove_part(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """A part is lost."""
    start, end = _span(content, source)
    return content[:start] + content[end:]


def double_part(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """A part occurs twice, or many times."""
    start, end = _span(content, source)
    return content[:end] + content[start:end] * source.choice((1, 1, 2, 50)) + content[end:]


def splice(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """The beginning of one file is followed by the end of another."""
    other = source.choice(others) if others else content
    return content[: source.randrange(len(content) + 1)] + other[source.randrange(len(other) + 1) :]


def zero_part(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """A part was never written to the disk."""
    start, end = _span(content, source)
    return content[:start] + bytes(end - start) + content[end:]


def big_number(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """Some bytes become a binary number that is huge or negative."""
    size = source.choice((1, 2, 4, 8))
    if len(content) < size:
        return content
    at = source.randrange(len(content) - size + 1)
    value = source.choice(
        (b"\xff" * size, b"\x7f" + b"\xff" * (size - 1), b"\x80" + bytes(size - 1), bytes(size))
    )
    return content[:at] + source.choice((value, value[::-1])) + content[at + size :]


def only_noise(content: bytes, source: Random, others: Sequence[bytes]) -> bytes:
    """The content is something else altogether."""
    return source.choice((
        b"", b"\0", b"\n", b" \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"\x7fELF",
        b"\x93NUMPY", b"\x89PNG\r\n", source.randbytes(64), source.randbytes(3000), content[:1] * 100_000,
    ))  # fmt: skip


BYTES: dict[str, BytesEdit] = {
    "bits flipped": flip_bits,
    "bytes changed": change_bytes,
    "cut": truncate,
    "part lost": remove_part,
    "part doubled": double_part,
    "spliced": splice,
    "part zero": zero_part,
    "number in binary": big_number,
    "other content": only_noise,
}


def change_number(text: str, source: Random, others: Sequence[str]) -> str:
    """A number becomes another one, or something that is not a number."""
    return _replaced(text, _NUMBER, source.choice(NUMBERS), source)


def change_word(text: str, source: Random, others: Sequence[str]) -> str:
    """A word becomes another word of the file, or one that breaks readers."""
    known = _WORD.findall(text) or ["x"]
    return _replaced(
        text, _WORD, source.choice(WORDS) if source.random() < 0.4 else source.choice(known), source
    )


def misspell(text: str, source: Random, others: Sequence[str]) -> str:
    """A letter of a word is missing, doubled or replaced."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    word = source.choice(found)
    at = source.randrange(word.start(), word.end())
    return text[:at] + source.choice(("", text[at] * 2, text[at].swapcase(), "x")) + text[at + 1 :]


def remove_token(text: str, source: Random, others: Sequence[str]) -> str:
    """One token is missing."""
    return _with_tokens(text, source, lambda tokens, at: tokens[:at] + tokens[at + 1 :])


def double_token(text: str, source: Random, others: Sequence[str]) -> str:
    """One token occurs twice."""
    return _with_tokens(text, source, lambda tokens, at: tokens[: at + 1] + tokens[at:])


def exchange_tokens(text: str, source: Random, others: Sequence[str]) -> str:
    """Two tokens change places."""
    tokens = _TOKEN.findall(text)
    if len(tokens) > 1:
        a, b = source.sample(range(len(tokens)), 2)
        tokens[a], tokens[b] = tokens[b], tokens[a]
    return "".join(tokens)


def remove_line(text: str, source: Random, others: Sequence[str]) -> str:
    """One line is missing."""
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[source.randrange(len(lines))]
    return "".join(lines)


def double_line(text: str, source: Random, others: Sequence[str]) -> str:
    """One line is repeated somewhere."""
    lines = text.splitlines(keepends=True)
    if lines:
        lines.insert(source.randrange(len(lines) + 1), source.choice(lines))
    return "".join(lines)


def exchange_lines(text: str, source: Random, others: Sequence[str]) -> str:
    """Two lines change places."""
    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        a, b = source.sample(range(len(lines)), 2)
        lines[a], lines[b] = lines[b], lines[a]
    return "".join(lines)


def borrow_line(text: str, source: Random, others: Sequence[str]) -> str:
    """A line of another file of the same kind is inserted."""
    lines = text.splitlines(keepends=True)
    more = (source.choice(others) if others else text).splitlines(keepends=True) or ["\n"]
    lines.insert(source.randrange(len(lines) + 1), source.choice(more))
    return "".join(lines)


def insert_word(text: str, source: Random, others: Sequence[str]) -> str:
    """Something stands where nothing belongs."""
    at = source.randrange(len(text) + 1)
    return text[:at] + source.choice(WORDS + NUMBERS) + text[at:]


def nest(text: str, source: Random, others: Sequence[str]) -> str:
    """Brackets are nested, and closed or left open."""
    opening, closing = source.choice(
        ("[]", "{}", "()", "<>", ("- ", ""), ("a: {", "}"), ('{"a":', "}"), ("~", ""))
    )
    depth = source.choice((3, 30, 300, 3000, 20_000))
    at = source.randrange(len(text) + 1)
    return (
        text[:at]
        + opening * depth
        + source.choice(("1", ""))
        + closing * source.choice((depth, 0))
        + text[at:]
    )


def long_line(text: str, source: Random, others: Sequence[str]) -> str:
    """A line becomes a hundred thousand characters long."""
    at = source.randrange(len(text) + 1)
    return (
        text[:at]
        + source.choice(("a", "1", " ", "\t", "a ", "1 ", "1,", "+1", "-", "é", "0")) * 100_000
        + text[at:]
    )


def cut_indent(text: str, source: Random, others: Sequence[str]) -> str:
    """A line is indented by another amount, or by a tab."""
    lines = text.splitlines(keepends=True)
    if lines:
        at = source.randrange(len(lines))
        lines[at] = source.choice(("", " ", "    ", "\t")) + lines[at].lstrip(" ")
    return "".join(lines)


def control(text: str, source: Random, others: Sequence[str]) -> str:
    """A character that is not printed is inserted."""
    at = source.randrange(len(text) + 1)
    odd = "\0\x01\x08\x0b\x0c\x1a\x1b\x85\xa0\xad\u2028\u2029\u200b\ufeff\ufffe\U000e0001\U0010ffff"
    return text[:at] + source.choice(odd) + text[at:]


TEXT: dict[str, TextEdit] = {
    "number": change_number,
    "word": change_word,
    "letter": misspell,
    "token lost": remove_token,
    "token doubled": double_token,
    "tokens exchanged": exchange_tokens,
    "line lost": remove_line,
    "line doubled": double_line,
    "lines exchanged": exchange_lines,
    "line of another": borrow_line,
    "word inserted": insert_word,
    "nested": nest,
    "long line": long_line,
    "indent": cut_indent,
    "control character": control,
}

_RARE = {"nested": 0.35, "long line": 0.2, "other content": 0.3}


def utf16(text: str) -> bytes:
    """The text in UTF-16, with a byte-order mark."""
    return text.encode("utf-16")


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-16": utf16,
    "UTF-16 without mark": lambda text: text.encode("utf-16-le", "surrogatepass"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "Latin-1": lambda text: text.encode("latin-1", "replace") + b"# \xe9\n",
    "UTF-8 mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-8 mark within": lambda text: text.encode()[:20] + b"\xef\xbb\xbf" + text.encode()[20:],
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "mixed line ends": lambda text: text.encode().replace(b"\n", b"\r\n", 3),
    "zero byte at the end": lambda text: text.encode() + b"\0",
    "surrogate": lambda text: text.encode() + "\ud800".encode("utf-8", "surrogatepass"),
}


def edited_text(text: str, source: Random, others: Sequence[str]) -> tuple[bytes, tuple[str, ...]]:
    """Make a few edits of a text, and sometimes of its bytes.

    Returns:
        The content, and the names of the edits.
    """
    how: list[str] = []
    for _ in range(source.choice((1, 1, 1, 1, 2, 3))):
        name = _name(TEXT, source)
        text = TEXT[name](text, source, others)
        how.append(name)
    if source.random() < 0.12:
        name = source.choice(list(ENCODINGS))
        return ENCODINGS[name](text), (*how, name)
    content = text.encode("utf-8", "surrogatepass")
    if source.random() < 0.15:
        content, more = edited_bytes(content, source, [other.encode() for other in others])
        how += more
    return content, tuple(how)


def edited_bytes(content: bytes, source: Random, others: Sequence[bytes]) -> tuple[bytes, tuple[str, ...]]:
    """The bytes after one to three edits, and the names of the edits."""
    how = []
    for _ in range(source.choice((1, 1, 2, 3))):
        name = _name(BYTES, source)
        content = BYTES[name](content, source, others)
        how.append(name)
    return content, tuple(how)


def _name(edits: Sequence[str] | dict, source: Random) -> str:
    while True:
        name = source.choice(list(edits))
        if source.random() < _RARE.get(name, 1):
            return name


def _span(content: bytes, source: Random) -> tuple[int, int]:
    start = source.randrange(len(content) + 1)
    return start, min(len(content), start + source.choice((1, 4, 16, 64, 256)))


def _replaced(text: str, pattern: re.Pattern[str], new: str, source: Random) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text
    place = source.choice(found)
    return text[: place.start()] + new + text[place.end() :]


def _with_tokens(text: str, source: Random, change: Callable[[list[str], int], list[str]]) -> str:
    tokens = _TOKEN.findall(text)
    return "".join(change(tokens, source.randrange(len(tokens)))) if tokens else text
