"""From the checked shape of ``state`` to its value: singlets on pairs that do not overlap."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from eqcompile.spec.build_derive import is_left_to_compiler
from eqcompile.spec.model import Path, Singlets
from eqcompile.spec.schema import SingletsSchema
from eqcompile.spec.scope import Scope
from eqcompile.spec.wording import near_miss, shown

Pair: TypeAlias = tuple[Sequence[int], tuple[Path, int]]
"""Qubits of one singlet, and where they stand: a place in the tree and a character in its text."""

_PAIR = re.compile(r"\[\s*[0-9]{1,9}(?:\s*,\s*[0-9]{1,9})*\s*\]")
_TEXT = re.compile(rf"singlets\s*\[\s*(?:{_PAIR.pattern}(?:\s*,\s*{_PAIR.pattern})*)?\s*\]")
_CURE = "write pairs of qubits, such as singlets [[0, 1], [2, 3]], or derive"


def build_state(state: str | SingletsSchema, scope: Scope) -> Singlets | None:
    """The initial state.

    Args:
        state: ``"singlets [[0, 1], [2, 3]]"``, the same as a mapping, or ``"derive"``.
        scope: register and file.

    Returns:
        The pairs; qubits in no pair start in |0>, all of them for an empty list. ``None`` for ``derive``.

    Raises:
        SpecError: another word than singlets, a pair that is not two qubits, a qubit outside the
            register or in two pairs.
    """
    if is_left_to_compiler(state):
        return None
    pairs = _from_text(state, scope) if isinstance(state, str) else _from_lists(state.singlets)
    return Singlets(tuple(_checked(pairs, scope)))


def _from_text(text: str, scope: Scope) -> list[Pair]:
    if not _TEXT.fullmatch(text.strip()):
        raise scope.error(_explain(text), ("state",))
    return [
        ([int(digits) for digits in re.findall(r"[0-9]+", match[0])], (("state",), match.start()))
        for match in _PAIR.finditer(text)
    ]


def _from_lists(pairs: list[list[int]]) -> list[Pair]:
    return [(pair, (("state", "singlets", index), 0)) for index, pair in enumerate(pairs)]


def _explain(text: str) -> str:
    words = re.findall(r"[^\s\[\]]+", text)
    word = words[0] if words else ""
    if word == "singlets":
        return f"the pairs in {shown(text)} cannot be read; {_CURE}"
    hint = near_miss(word, ["singlets", "derive"])
    return (
        f"unknown state {shown(word)}{hint} {_CURE.capitalize()}"
        if hint
        else f"unknown state {shown(word)}; {_CURE}"
    )


def _checked(pairs: list[Pair], scope: Scope) -> list[tuple[int, int]]:
    taken: set[int] = set()
    checked = []
    for pair, place in pairs:
        if len(pair) != 2:
            raise scope.error(f"a singlet joins two qubits; found {list(pair)}", *place)
        for qubit in pair:
            scope.check_qubit(qubit, *place)
            if qubit in taken:
                raise scope.error(f"qubit {qubit} is in two singlets; singlets do not overlap", *place)
            taken.add(qubit)
        checked.append((pair[0], pair[1]))
    return checked
