"""Read states such as ``|+-01>`` or ``|01> - 1/2*i*|10>``, exactly and without executing anything.

Grammar (letters ``0 1 + - r l``, qubit 0 first; numbers as in operator expressions)::

    state = ["+" | "-"] term {("+" | "-") term}
    term  = [product of numbers ["*"]] "|" letter {letter} ">"
"""

import re
from dataclasses import dataclass

from eqcompile.errors import ExpressionError, quoted
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar
from eqcompile.exact.operators.parse import MAX_LENGTH, parse_terms
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.exact.states.kets import LETTERS

_KET = re.compile(r"\|([^|>]*)>")
_JOINED = "kets are joined by + or -, each with its number in front, such as |01> - 1/2*|10>"


@dataclass(frozen=True)
class Ket:
    """One term of a superposition: a number times a product of single-qubit states.

    Args:
        letters: one of ``0 1 + - r l`` for each qubit, each a normalised state.
        coefficient: the number in front.
    """

    letters: str
    coefficient: Scalar


def parse_kets(text: str, num_qubits: int | None = None) -> tuple[Ket, ...]:
    """The terms of a superposition, in the order of the text, without expanding the letters.

    Args:
        text: for example ``"|++> - i*|01>"``.
        num_qubits: size of the register; by default the length of the first ket.

    Returns:
        At least one ket; all have the same number of letters.

    Raises:
        ExpressionError: no ket, a ket that is not closed or has the wrong length, an unknown letter, a coefficient that
            is not a number, or a text that is too long.

    >>> [ket.letters for ket in parse_kets("|++> - i*|01>")]
    ['++', '01']
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"expression of {len(text)} characters; the limit is {MAX_LENGTH}", 0)
    kets: list[Ket] = []
    start = 0
    for match in _KET.finditer(text):
        coefficient = _coefficient(text[start : match.start()], start)
        _check_letters(match[1], match.start() + 1)
        _check_length(match, num_qubits, len(kets[0].letters) if kets else None)
        kets.append(Ket(match[1], coefficient))
        start = match.end()
    _check_rest(text[start:], start, bool(kets))
    return tuple(kets)


def _check_letters(letters: str, offset: int) -> None:
    for index, letter in enumerate(letters):
        if letter not in LETTERS:
            hint = f"; did you mean {letter.lower()}? Known" if letter.lower() in LETTERS else "; known"
            message = f"unknown letter {letter!r} in a ket{hint}: {', '.join(LETTERS)}"
            raise ExpressionError(message, offset + index)


def _check_length(match: re.Match[str], num_qubits: int | None, first: int | None) -> None:
    """Check that a ket has one letter for every qubit of the register, or as many as the first ket."""
    found = len(match[1])
    if num_qubits is not None and found != num_qubits:
        why = f"the register has {num_qubits} qubits"
    elif first is not None and found != first:
        why = f"the first one {first}"
    elif not found:
        why = "which is not a register"
    else:
        return
    message = f"the ket {quoted(match[0])} has {found} letters, {why}; write one letter per qubit"
    raise ExpressionError(message, match.start())


def _check_rest(rest: str, offset: int, has_kets: bool) -> None:
    """Refuse whatever stands after the last ket."""
    at = offset + len(rest) - len(rest.lstrip())
    _refuse_open_ket(rest, offset)
    if not has_kets:
        raise ExpressionError(f"no ket in {quoted(rest.strip())}; a state reads like |01> - |10>", at)
    if rest.strip():
        raise ExpressionError(f"unexpected {quoted(rest.strip())} after the last ket; {_JOINED}", at)


def _refuse_open_ket(text: str, offset: int) -> None:
    if "|" in text:
        raise ExpressionError("this ket is not closed; a ket reads like |01>", offset + text.index("|"))


def _coefficient(text: str, offset: int) -> Scalar:
    """The number between two kets, with the sign that joins them; only the first term may have no sign."""
    _refuse_open_ket(text, offset)
    at = offset + len(text) - len(text.lstrip())
    sign = text.lstrip()[:1]
    is_signed = sign in ("+", "-")
    if offset and not is_signed:
        raise ExpressionError(_JOINED, at)
    at += is_signed
    body = text[at - offset :]
    at += len(body) - len(body.lstrip())
    value = _number(body.strip(), at)
    return -value if sign == "-" else value


def _number(text: str, offset: int) -> Scalar:
    """The product in front of a ket; an empty text means one."""
    if not text:
        return ONE
    number = text.removesuffix("*").rstrip()
    if not number:
        raise ExpressionError("a number is needed before '*'", offset)
    _refuse_open_sum(number, offset)
    try:
        terms = parse_terms(number, 1)
    except ExpressionError as error:
        raise ExpressionError(str(error), error.offset + offset) from None
    if any(key != IDENTITY for key in terms):
        raise ExpressionError(f"a ket is multiplied by a number; found {quoted(number)}", offset)
    return terms.get(IDENTITY, ZERO)


def _refuse_open_sum(text: str, offset: int) -> None:
    """``1 + i*|0>`` could be meant in two ways; a sum before a ket must be in parentheses."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char in "+-" and not depth and index:
            message = "put a sum before a ket in parentheses, such as (1 + i)*|01>"
            raise ExpressionError(message, offset + index)
    if depth > 0:
        message = "no parentheses around kets: a state needs no norm, write |01> - |10>"
        raise ExpressionError(message, offset + text.index("("))
