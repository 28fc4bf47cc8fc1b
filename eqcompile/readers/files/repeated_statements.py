"""A long OpenQASM program without its repetitions: what is wrong with it is found there, long before the end.

The parser takes half a millisecond for a statement, and ten seconds before it reports that the last one has no bracket.
Circuits repeat themselves: most statements differ from an earlier one only in their angles, if at all.
"""

import re

_PIECE = re.compile(
    r"""(?P<passed>//[^\n]*|/\*.*?(?:\*/|\Z)|\s+)|(?P<quoted>"[^"\n]*"|'[^'\n]*')|(?P<sign>[;{}])|[^\s;{}"'/]+|/""",
    re.DOTALL,
)
_ANNOTATION = re.compile(r"(?:^|[;{}]|\*/)\s*@", re.MULTILINE)
"""An annotation, which ends with its line, whatever signs are in it; a program that has one stays whole."""
_DECIMAL = re.compile(r"(?<![\w.])(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_MEANS_MORE = frozenset(
    (
        *(
            "OPENQASM",
            "include",
            "pragma",
            "defcalgrammar",
            "gate",
            "def",
            "defcal",
            "cal",
            "extern",
            "let",
            "const",
        ),
        *(
            "qubit",
            "bit",
            "qreg",
            "creg",
            "input",
            "output",
            "array",
            "int",
            "uint",
            "float",
            "angle",
            "complex",
        ),
        *("bool", "duration", "stretch", "if", "else", "for", "while", "switch"),
    )
)
"""First words of statements on which others depend; such statements are kept."""


def without_repetitions(text: str) -> str:
    """The program with blanks in place of statements like earlier ones, so that every other statement keeps its place.

    Two statements are alike if they differ only in decimal numbers. What is wrong with this program is wrong with the
    whole. The whole may have other mistakes, such as a division by zero in a statement that is left out.

    >>> without_repetitions("qubit[2] q; rx(0.1) q[0];\\nrx(0.2) q[0]; x q[1];")
    'qubit[2] q; rx(0.1) q[0];\\n              x q[1];'
    """
    if _ANNOTATION.search(text):
        return text
    out: list[str] = []
    seen: set[str] = set()
    words: list[str] = []
    start = depth = brackets = 0
    for found in _PIECE.finditer(text):
        if found["passed"]:
            continue
        word = found[0]
        words.append(word)
        depth += (word == "{") - (word == "}")
        brackets += word.count("[") - word.count("]")
        if depth > 0 or not (word == ";" or (word == "}" and brackets == 0)):  # q[{0, 1}] is not a block
            continue
        piece = text[start : found.end()]
        shape = _DECIMAL.sub("0.5", " ".join(words))
        if word == ";" and "{" not in words and shape in seen and not _means_more(words[0]):
            piece = re.sub(r"\S", " ", piece)
        seen.add(shape)
        out.append(piece)
        words, start, brackets = [], found.end(), 0
    return "".join([*out, text[start:]])


def _means_more(word: str) -> bool:
    """Whether a statement that begins with this word is more than a gate: a definition, control, or an annotation."""
    return re.split(r"[\[(@#]", word)[0] in ("", *_MEANS_MORE)
