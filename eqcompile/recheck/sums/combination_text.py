"""Combinations of sites in the text of a spec, read for the recheck alone: tokens first, then two stacks."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.unread import UnreadError

MAX_CHARACTERS = 500
"""Characters of a combination of sites. Beyond it, refused: the product does not read more either; simplify it."""

_TOKENS = re.compile(r"\s*(\d+(?:\.\d+)?|[A-Za-z]\w*|[-+*/()])", re.ASCII)

Linear: TypeAlias = list[Fraction]
"""Coefficients of the sites, and at the end the number that is added."""


MAX_COEFFICIENT = 1_000_000
"""Numerator and denominator of a coefficient in a combination of sites. Beyond it, refused: what is proven of exact
numbers says little about their nearest doubles."""


def combination_row(text: object, sites: Sequence[str]) -> tuple[Fraction, ...]:
    """The coefficients of all sites in a text such as ``(O1 - O2)/2``.

    Raises:
        UnreadError: something else.

    >>> [str(value) for value in combination_row("(A - 3*B)/2", ["A", "B"])]
    ['1/2', '-3/2']
    """
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        raise UnreadError(f"the combination of sites {quoted(str(text))}")
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKENS.match(text, at)
        if match is None:
            raise UnreadError(f"the combination of sites {quoted(text)}")
        tokens.append(match[1])
        at = match.end()
    try:
        *row, rest = _value(tokens, sites)
    except (IndexError, ValueError, ZeroDivisionError):
        raise UnreadError(f"the combination of sites {quoted(text)}") from None
    if any(max(abs(value.numerator), value.denominator) > MAX_COEFFICIENT for value in row):
        raise UnreadError(f"coefficients beyond {MAX_COEFFICIENT} in {quoted(text)}")
    if rest or not any(row):
        raise UnreadError(f"the combination of sites {quoted(text)}")
    return tuple(row)


def _value(tokens: list[str], sites: Sequence[str]) -> Linear:
    """The value of the tokens, by an operator and an operand stack; a sign without left side gets a zero there."""
    values: list[Linear] = []
    signs: list[str] = []
    before = "("
    for token in [*tokens, ")"]:
        is_start = before == "("
        if token[0].isalnum():
            if not (is_start or before in "+-*/"):
                raise ValueError(token)
            values.append(_atom(token, sites))
        elif token == "(":
            if not (is_start or before in "+-*/"):
                raise ValueError(token)
            signs.append("(")
        elif token == ")":
            if before in "(+-*/":
                raise ValueError(token)
            while signs and signs[-1] != "(":
                _apply(signs.pop(), values)
            if signs:
                signs.pop()
        else:
            if is_start and token in "+-":
                values.append([Fraction(0)] * (len(sites) + 1))
            elif before in "(+-*/":
                raise ValueError(token)
            while signs and signs[-1] != "(" and (token in "+-" or signs[-1] in "*/"):
                _apply(signs.pop(), values)
            signs.append(token)
        before = token
    return _single(tokens, values, signs)


def _single(tokens: list[str], values: list[Linear], signs: list[str]) -> Linear:
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if depth < 0:
            raise ValueError(token)
    if depth or signs or len(values) != 1:
        raise ValueError(tokens)
    return values[0]


def _atom(token: str, sites: Sequence[str]) -> Linear:
    row = [Fraction(0)] * (len(sites) + 1)
    if token[0].isdigit():
        row[-1] = Fraction(token)
    else:
        row[sites.index(token)] = Fraction(1)
    return row


def _apply(sign: str, values: list[Linear]) -> None:
    right, left = values.pop(), values.pop()
    if sign in "+-":
        values.append([a + b if sign == "+" else a - b for a, b in zip(left, right, strict=True)])
        return
    if sign == "*" and not any(left[:-1]):
        left, right = right, left
    if any(right[:-1]):
        raise ValueError(sign)
    factor = right[-1] if sign == "*" else 1 / right[-1]
    values.append([factor * a for a in left])
