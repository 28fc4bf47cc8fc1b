"""From the checked shape of ``state`` to its value: singlets on pairs, or kets."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from eqcompile.declaration.parts.derive import WORD, is_left_to_compiler
from eqcompile.declaration.schema import SingletsSchema
from eqcompile.declaration.spec import InitialState, Path, ProductKet, Singlets, Superposition
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import near_miss, shown
from eqcompile.errors import ExpressionError, LimitError
from eqcompile.exact.states.kets import LETTERS
from eqcompile.exact.states.parse import Ket, parse_kets
from eqcompile.exact.states.state import superpose

Pair: TypeAlias = tuple[Sequence[int], tuple[Path, int]]
"""Qubits of one singlet, and where they stand: a place in the tree and a character in its text."""

_PAIR = re.compile(r"\[\s*[0-9]{1,9}(?:\s*,\s*[0-9]{1,9})*\s*\]")
_TEXT = re.compile(rf"singlets\s*\[\s*(?:{_PAIR.pattern}(?:\s*,\s*{_PAIR.pattern})*)?\s*\]")
_CURE = 'write singlets [[0, 1], [2, 3]], kets such as "|01> - |10>", zeros, plus, or derive'

WORDS = {"zeros": "0", "ones": "1", "plus": "+", "minus": "-"}
"""One-word states of the whole register: the same letter on every qubit."""

MAX_DIFFERING = 10
"""Qubits on which the kets of a sum differ; for k of them, the circuit that prepares the sum has about 2^k gates.
Beyond it, refused: use singlets or products."""


def build_state(state: str | SingletsSchema, scope: Scope) -> InitialState | None:
    """The initial state.

    Args:
        state: ``"singlets [[0, 1], [2, 3]]"``, the same as a mapping, kets such as ``"|01> - i*|10>"`` with qubit 0
            first, a word for all qubits such as ``"plus"``, or ``"derive"``.
        scope: register and file.

    Returns:
        The pairs, a product of letters, or a superposition; ``None`` for ``derive``. Qubits in no pair start in |0>,
        which is all of them for an empty list. A product may be as long as the register.

    Raises:
        SpecError: an unknown word, a pair that is not two qubits, a qubit outside the register or in two pairs,
            kets that cannot be read or do not fit the register, the zero vector, or kets that differ on more
            than ``MAX_DIFFERING`` qubits.
    """
    if is_left_to_compiler(state):
        return None
    if not isinstance(state, str):
        return Singlets(tuple(_checked(_from_lists(state.singlets), scope)))
    if (word := state.strip()) in WORDS:
        return ProductKet(WORDS[word] * scope.num_qubits)
    if "|" in state:
        return _from_kets(state, scope)
    return Singlets(tuple(_checked(_from_text(state, scope), scope)))


def _from_kets(text: str, scope: Scope) -> ProductKet | Superposition:
    try:
        return _sum_of(parse_kets(text, scope.num_qubits), scope)
    except ExpressionError as error:
        raise scope.error(str(error), ("state",), error.offset) from None
    except LimitError as error:
        raise scope.error(str(error), ("state",)) from None


def _sum_of(kets: tuple[Ket, ...], scope: Scope) -> ProductKet | Superposition:
    """A product if the sum is one. Its letters are not expanded, so it may have any number of qubits."""
    differing = [q for q in range(scope.num_qubits) if len({ket.letters[q] for ket in kets}) > 1]
    if len(differing) > MAX_DIFFERING:
        message = f"the kets differ on {len(differing)} qubits; the limit is {MAX_DIFFERING}"
        raise scope.error(
            f"{message}, because the circuit that prepares them grows exponentially", ("state",)
        )
    there = superpose(tuple(replace(k, letters="".join(k.letters[q] for q in differing)) for k in kets))
    if not there.amplitudes:
        raise scope.error("the kets cancel: the zero vector is not a state; write another sum", ("state",))
    alone, entangled = there.split()
    if entangled.num_qubits:
        return Superposition(superpose(kets))
    letters = dict(enumerate(kets[0].letters)) | {differing[k]: letter for k, letter in alone.items()}
    return ProductKet("".join(letters.values()))


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
    if word and set(text.strip()) <= set(LETTERS):
        return f"a ket stands between | and >; found {shown(text)}, write {shown(f'|{text.strip()}>')}"
    hint = near_miss(word, ["singlets", WORD, *WORDS])
    return (
        f"unknown state {shown(word)}{hint} {_CURE[0].upper()}{_CURE[1:]}"
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
