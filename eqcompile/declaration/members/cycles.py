"""Cycle notation: ``(H1 H2)(A B)`` is the permutation that swaps H1 with H2 and A with B."""

import re
from dataclasses import dataclass

from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import ExpressionError

_TOKEN = re.compile(r"\s*,?\s*(?:(?P<paren>[()])|(?P<name>[^\s(),]+))|(?P<bad>\S)")
_EXAMPLE = "cycles read like (H1 H2)(A B)"


@dataclass(frozen=True)
class Member:
    """One name in a cycle, and where it stands in the text."""

    name: str
    offset: int


def parse_cycles(text: str) -> tuple[tuple[Member, ...], ...]:
    """Read a product of disjoint cycles.

    Args:
        text: for example ``"(O1 O2)(H1a H2a)(H1b H2b)"``; spaces or commas separate members.

    Returns:
        The cycles, each with at least two members; (a b c) sends a to b, b to c and c to a.

    Raises:
        ExpressionError: unbalanced parentheses, a name outside parentheses, a cycle with fewer than two members, or a
            member named twice.

    >>> [[member.name for member in cycle] for cycle in parse_cycles("(A B)(C D)")]
    [['A', 'B'], ['C', 'D']]
    """
    cycles: list[tuple[Member, ...]] = []
    current: list[Member] | None = None
    opened = 0
    for match in _TOKEN.finditer(text):
        token, offset = match[match.lastgroup or 0], match.start(match.lastgroup or 0)
        if token == "(" and current is None:
            current, opened = [], offset
        elif token == ")" and current is not None:
            cycles.append(_closed(current, opened))
            current = None
        elif match.lastgroup == "name" and current is not None:
            current.append(Member(token, offset))
        else:
            raise ExpressionError(f"malformed cycle: unexpected {shown(token)}; {_EXAMPLE}", offset)
    if current is not None:
        raise ExpressionError(f'malformed cycle: "(" is never closed; {_EXAMPLE}', opened)
    if not cycles:
        raise ExpressionError(f"no cycle here; {_EXAMPLE}", 0)
    _require_disjoint(cycles)
    return tuple(cycles)


def _closed(members: list[Member], opened: int) -> tuple[Member, ...]:
    if len(members) < 2:
        raise ExpressionError("a cycle moves at least two members; leave out what stays in place", opened)
    return tuple(members)


def _require_disjoint(cycles: list[tuple[Member, ...]]) -> None:
    seen: set[str] = set()
    for member in (member for cycle in cycles for member in cycle):
        if member.name in seen:
            raise ExpressionError(
                f"{shown(member.name)} appears twice in one permutation; "
                "cycles are disjoint; write further permutations as further list entries",
                member.offset,
            )
        seen.add(member.name)
