"""A permutation group by its name, on members as they are listed: flat, in blocks, or one list for each factor."""

from collections.abc import Sequence
from math import prod
from typing import Any, TypeAlias

from eqcompile.declaration.members.members import Members, all_members, listed_members
from eqcompile.declaration.members.named_groups import GroupName, NamedGroup, WreathName, read_product
from eqcompile.declaration.spec import Path
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import ExpressionError
from eqcompile.groups.named import direct_product, wreath
from eqcompile.groups.permutation import PermutationGroup

Leaves: TypeAlias = list[tuple[Any, Path]]
"""Members of a group in the order of its points, each with where it is written."""

NEEDS_MEMBERS = "a named group needs its members, such as {group: S_2, on: [H1, H2]}"
MAX_LABEL_MEMBERS = 20
"""Members that the name of a group lists. Beyond it, shortened: the name has their number instead."""

_NEEDS_BLOCKS = "a wreath product needs blocks of equally many members, such as [[A, B], [C, D]]"


def named_on_members(
    text: str, on: Any, carry: list[Any] | None, path: Path, scope: Scope
) -> tuple[PermutationGroup, Members, str]:
    """The group, what its points stand for, and its name in messages.

    Args:
        text: the name of the group, such as ``S_2 wr S_3``.
        on: a word for all members, or a list of them.
        carry: for a wreath product, the members that follow each block.
        path: where the entry stands.
        scope: register, sites and file.

    Raises:
        SpecError: an unknown group, or members that do not exist or are not as many as it permutes.
    """
    if on is None:
        raise scope.error(f"group {shown(text)} names no members; {NEEDS_MEMBERS}", path)
    try:
        factors = read_product(text)
        if carry is not None and not (len(factors) == 1 and isinstance(factors[0], WreathName)):
            raise ExpressionError("carry goes with one wreath product, whose blocks the members follow", 0)
        if isinstance(on, str):
            if carry is not None:
                raise ExpressionError(f"with carry, {_NEEDS_BLOCKS}", 0)
            members = all_members(on, (*path, "on"), scope)
            try:
                name, group = _in_order(factors, len(members.names))
            except ExpressionError as error:
                raise ExpressionError(f"{error}{members.note}", error.offset) from None
            return group, members, f"{name} on all {members.kind}{members.note}"
        name, group, members = _on_list(factors, on, carry, path, scope)
    except ExpressionError as error:
        raise scope.error(str(error), (*path, "group"), error.offset) from None
    return group, members, f"{name} on {_shown_members(on, members)}"


def _in_order(factors: Sequence[GroupName], num_members: int) -> tuple[str, PermutationGroup]:
    """The group on members in their order: the first block first, the first factor first."""
    if len(factors) == 1 and isinstance(factors[0], NamedGroup):
        return factors[0].on(num_members)
    sizes = [_size(factor) for factor in factors]
    if sum(sizes) != num_members:
        raise ExpressionError(f"this product permutes {sum(sizes)} members; found {num_members}", 0)
    return _product([_on_points(factor, size) for factor, size in zip(factors, sizes, strict=True)])


def _size(name: GroupName) -> int:
    numbers = [name.n] if isinstance(name, NamedGroup) else [name.inner.n, name.outer.n]
    if None in numbers:
        raise ExpressionError("write the numbers, such as S_2 wr S_3, or list the members", 0)
    return prod(n for n in numbers if n is not None)


def _on_points(
    name: GroupName, num_members: int, blocks: int = 0, carried: int = 0
) -> tuple[str, PermutationGroup]:
    """One factor on its points; a wreath product on this many blocks, or on as many as its name says."""
    if isinstance(name, NamedGroup):
        return name.on(num_members)
    num_blocks = blocks or name.outer.n or 1
    outer_name, outer = name.outer.on(num_blocks)
    inner_name, inner = name.inner.on(num_members // num_blocks)
    return f"{inner_name} wr {outer_name}", wreath(inner, outer, carried)


def _product(factors: Sequence[tuple[str, PermutationGroup]]) -> tuple[str, PermutationGroup]:
    return " x ".join(name for name, _ in factors), direct_product(*(group for _, group in factors))


def _on_list(
    factors: Sequence[GroupName], on: Any, carry: list[Any] | None, path: Path, scope: Scope
) -> tuple[str, PermutationGroup, Members]:
    """The group on members as they are listed: flat, in blocks, or one list for each factor."""
    if not on:
        raise scope.error(f"on is empty; {NEEDS_MEMBERS}", (*path, "on"))
    parts: Leaves = [(on, (*path, "on"))]
    if len(factors) > 1:
        parts = [(part, (*path, "on", index)) for index, part in enumerate(on)]
        if len(parts) != len(factors):
            found = f"the product has {len(factors)} factors; found {len(parts)} lists"
            raise scope.error(f"{found}; write one list of members for each", (*path, "on"))
    leaves: Leaves = []
    built = []
    for factor, (part, place) in zip(factors, parts, strict=True):
        if isinstance(factor, WreathName):
            members = _blocks(part, place, scope)
            carried = [] if carry is None else _carried(carry, len(part), (*path, "carry"), scope)
            built.append(_on_points(factor, len(members), len(part), len(carried) // len(part)))
            leaves += members + carried
        else:
            members = _flat(part, place, scope)
            built.append(_on_points(factor, len(members)))
            leaves += members
    # The members are looked up here, so that a missing one is reported before a wrong number of them.
    named = listed_members([member for member, _ in leaves], [place for _, place in leaves], scope)
    return *_product(built), named


def _flat(part: Any, path: Path, scope: Scope) -> Leaves:
    if not isinstance(part, list) or not part:
        raise scope.error(f"a list of members is needed here; found {shown(part)}", path)
    for index, member in enumerate(part):
        if isinstance(member, list):
            message = "a member is a site or a qubit; found a list, which only a product of groups takes"
            raise scope.error(message, (*path, index))
    return [(member, (*path, index)) for index, member in enumerate(part)]


def _blocks(part: Any, path: Path, scope: Scope) -> Leaves:
    if not isinstance(part, list) or not part or not all(isinstance(block, list) and block for block in part):
        raise scope.error(_NEEDS_BLOCKS, path)
    for index, block in enumerate(part):
        if len(block) != len(part[0]):
            found = f"the first block has {len(part[0])} members, this one {len(block)}"
            raise scope.error(f"{found}; {_NEEDS_BLOCKS}", (*path, index))
    return [(m, (*path, b, i)) for b, block in enumerate(part) for i, m in enumerate(block)]


def _carried(carry: list[Any], num_blocks: int, path: Path, scope: Scope) -> Leaves:
    if len(carry) != num_blocks:
        found = f"there are {num_blocks} blocks; found {len(carry)} lists"
        raise scope.error(f"{found}; write for each block the members that follow it", path)
    return _blocks(carry, path, scope)


def _shown_members(on: Any, members: Members) -> str:
    """The members as they are listed, or how many there are."""
    if len(members.names) > MAX_LABEL_MEMBERS:
        return f"{len(members.names)} {members.kind}"
    if not isinstance(on, list):
        return str(on)
    return "(" + ", ".join(_shown_members(member, members) for member in on) + ")"
