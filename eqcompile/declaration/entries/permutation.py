"""From the checked shape of ``permutation`` to its value: members that exist and can be exchanged."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any, TypeAlias

from eqcompile.declaration.entries.cycles import Member, parse_cycles
from eqcompile.declaration.entries.members import (
    KINDS,
    Kind,
    Members,
    Place,
    all_members,
    cycle_text,
    default_kind,
    listed_members,
    on_members,
    require_declared,
    require_exchangeable,
    require_sites,
)
from eqcompile.declaration.entries.named_groups import GroupName, NamedGroup, WreathName, read_product
from eqcompile.declaration.entries.section import PermutationSchema
from eqcompile.declaration.spec import Cycle, Path, Permutation
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import ExpressionError
from eqcompile.groups.named import direct_product, wreath
from eqcompile.groups.permutation import PermutationGroup

Form: TypeAlias = str | list[str] | PermutationSchema
Leaves: TypeAlias = list[tuple[Any, Path]]
"""Members of a group in the order of its points, and where each is written."""

_QUBIT = re.compile(r"[0-9]{1,9}")
_GROUP = re.compile(r"\s*[^\s(),]+(\s+(wr|x)\s+[^\s(),]+)*\s*")
"""A single word or a product, where cycles were expected."""
_NEEDS_MEMBERS = "a named group needs its members, such as {group: S_2, on: [H1, H2]}"
MAX_LABEL_MEMBERS = 20
"""Members that the name of a group lists. Beyond it, shortened: the name has their number instead."""

_NEEDS_BLOCKS = "a wreath product needs blocks of equally many members, such as [[A, B], [C, D]]"


def build_permutation(form: Form, path: Path, scope: Scope) -> Permutation:
    """A permutation group by cycles or by name.

    Args:
        form: cycles as text or list, or a mapping with ``cycles`` or ``group``.
        path: where it stands.
        scope: register, sites and file.

    Returns:
        The group by its generators, on sites unless qubits are named or the spec has no sites.

    Raises:
        SpecError: a malformed cycle, an unknown member, an unknown group, or sites that differ in
            their number of qubits or in their scale.
    """
    if not isinstance(form, PermutationSchema):
        return _by_cycles(form, default_kind(scope), path, scope)
    if form.cycles is not None and form.group is not None:
        raise scope.error("a permutation has cycles or a group, not both; remove one", path)
    if form.name is not None:
        scope.check_label(form.name, (*path, "name"))
    if form.group is not None:
        named = _by_name(form, form.group, path, scope)
        return replace(named, label=form.name) if form.name is not None else named
    if form.cycles is None:
        raise scope.error(f"a permutation needs cycles or a group; {_NEEDS_MEMBERS}", path)
    if form.carry is not None:
        raise scope.error("carry goes with a wreath product; in cycles write every member", (*path, "carry"))
    return _by_cycles(form.cycles, _kind(form.on, path, scope), (*path, "cycles"), scope, form.name)


def _kind(on: str | list[Any] | None, path: Path, scope: Scope) -> Kind:
    if on is None:
        return default_kind(scope)
    if isinstance(on, list) or on not in KINDS:
        message = f"with cycles, on is sites or qubits; found {shown(on)}"
        raise scope.error(message, (*path, "on"))
    require_declared(KINDS[on], (*path, "on"), scope)
    return KINDS[on]


def _by_cycles(
    cycles: str | list[str], on: Kind, path: Path, scope: Scope, name: str | None = None
) -> Permutation:
    """The group by its generators; with a name it may be trivial."""
    if isinstance(cycles, str):
        texts: list[tuple[str, Path]] = [(cycles, path)]
    else:
        texts = [(text, (*path, index)) for index, text in enumerate(cycles)]
    if not texts and name is None:
        raise scope.error('the list of cycles is empty; write one such as "(H1 H2)"', path)
    generators = tuple(_generator(text, on, place, scope) for text, place in texts)
    label = name or ", ".join(cycle_text(generator) for generator in generators)
    return Permutation(generators, on, label)


def _generator(text: str, on: Kind, path: Path, scope: Scope) -> tuple[Cycle, ...]:
    try:
        if _GROUP.fullmatch(text):
            read_product(text)
            raise ExpressionError(_NEEDS_MEMBERS, 0)
        cycles = parse_cycles(text)
    except ExpressionError as error:
        raise scope.error(str(error), path, error.offset) from None
    return tuple(_cycle(members, on, path, scope) for members in cycles)


def _cycle(members: Sequence[Member], on: Kind, path: Path, scope: Scope) -> Cycle:
    places = [(path, member.offset) for member in members]
    if on == "qubits":
        return tuple(_qubit(member.name, place, scope) for member, place in zip(members, places, strict=True))
    names = [member.name for member in members]
    require_sites(names, places, scope)
    require_exchangeable(names, places, scope)
    return tuple(names)


def _qubit(text: str, place: Place, scope: Scope) -> int:
    if not _QUBIT.fullmatch(text):
        cure = "" if scope.data is None else "; to permute sites write on: sites"
        raise scope.error(f"{shown(text)} is not a qubit; this permutation is on qubits{cure}", *place)
    scope.check_qubit(int(text), *place)
    return int(text)


def _by_name(form: PermutationSchema, text: str, path: Path, scope: Scope) -> Permutation:
    if form.on is None:
        raise scope.error(f"group {shown(text)} names no members; {_NEEDS_MEMBERS}", path)
    try:
        factors = read_product(text)
        if form.carry is not None and not (len(factors) == 1 and isinstance(factors[0], WreathName)):
            raise ExpressionError("carry goes with one wreath product, whose blocks the members follow", 0)
        if isinstance(form.on, str):
            if form.carry is not None:
                raise ExpressionError(f"with carry, {_NEEDS_BLOCKS}", 0)
            members = all_members(form.on, (*path, "on"), scope)
            try:
                name, group = _in_order(factors, len(members.names))
            except ExpressionError as error:
                raise ExpressionError(f"{error}{members.note}", error.offset) from None
            return on_members(group, members, f"{name} on all {members.kind}{members.note}", scope)
        name, group, members = _on_list(factors, form, path, scope)
    except ExpressionError as error:
        raise scope.error(str(error), (*path, "group"), error.offset) from None
    return on_members(group, members, f"{name} on {_shown_members(form.on, members)}", scope)


def _in_order(factors: Sequence[GroupName], num_members: int) -> tuple[str, PermutationGroup]:
    """The group on members in their order: those of the first block first, those of the first factor first."""
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
    """One factor on its points; a wreath product on so many blocks, or on as many as its name says."""
    if isinstance(name, NamedGroup):
        return name.on(num_members)
    num_blocks = blocks or name.outer.n or 1
    outer_name, outer = name.outer.on(num_blocks)
    inner_name, inner = name.inner.on(num_members // num_blocks)
    return f"{inner_name} wr {outer_name}", wreath(inner, outer, carried)


def _product(factors: Sequence[tuple[str, PermutationGroup]]) -> tuple[str, PermutationGroup]:
    return " x ".join(name for name, _ in factors), direct_product(*(group for _, group in factors))


def _on_list(
    factors: Sequence[GroupName], form: PermutationSchema, path: Path, scope: Scope
) -> tuple[str, PermutationGroup, Members]:
    """The group on members as they are listed: flat, in blocks, or one list for each factor."""
    on: Any = form.on
    if not on:
        raise scope.error(f"on is empty; {_NEEDS_MEMBERS}", (*path, "on"))
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
            carried = [] if form.carry is None else _carried(form.carry, len(part), (*path, "carry"), scope)
            built.append(_on_points(factor, len(members), len(part), len(carried) // len(part)))
            leaves += members + carried
        else:
            members = _flat(part, place, scope)
            built.append(_on_points(factor, len(members)))
            leaves += members
    # Who does not exist is said before how many there are would be; so the members are looked up here.
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
