"""From the checked shape of ``permutation`` to its value: members that exist and can be exchanged."""

import re
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from eqcompile.errors import ExpressionError
from eqcompile.spec.cycles import Member, parse_cycles
from eqcompile.spec.model import Cycle, DataSpec, Path, Permutation
from eqcompile.spec.named_groups import named_generators, read_group_name
from eqcompile.spec.schema import PermutationSchema
from eqcompile.spec.scope import Scope
from eqcompile.spec.wording import shown, unknown

Kind = Literal["sites", "qubits"]
Form: TypeAlias = str | list[str] | PermutationSchema
Place: TypeAlias = tuple[Path, int]
"""A place in the tree, and the character inside its text."""

_KINDS: dict[str, Kind] = {"sites": "sites", "qubits": "qubits"}
_QUBIT = re.compile(r"[0-9]{1,9}")
_GROUP = re.compile(r"\s*[^\s(),]+(\s+wr\s+[^\s(),]+)?\s*")
"""A single word or a wreath product, where cycles were expected."""
_NEEDS_MEMBERS = "a named group needs its members, such as {group: S_2, on: [H1, H2]}"


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
        return _by_cycles(form, _default_kind(scope), path, scope)
    if form.cycles is not None and form.group is not None:
        raise scope.error("a permutation has cycles or a group, not both; remove one", path)
    if form.group is not None:
        return _by_name(form.group, form.on, path, scope)
    if form.cycles is None:
        raise scope.error(f"a permutation needs cycles or a group; {_NEEDS_MEMBERS}", path)
    return _by_cycles(form.cycles, _kind(form.on, path, scope), (*path, "cycles"), scope)


def _default_kind(scope: Scope) -> Kind:
    return "qubits" if scope.data is None else "sites"


def _kind(on: str | list[Any] | None, path: Path, scope: Scope) -> Kind:
    if on is None:
        return _default_kind(scope)
    if isinstance(on, list) or on not in _KINDS:
        message = f"with cycles, on is sites or qubits; found {shown(on)}"
        raise scope.error(message, (*path, "on"))
    if on == "sites" and scope.data is None:
        raise scope.error("this spec declares no sites; write on: qubits, or add data", (*path, "on"))
    return _KINDS[on]


def _by_cycles(cycles: str | list[str], on: Kind, path: Path, scope: Scope) -> Permutation:
    if isinstance(cycles, str):
        texts: list[tuple[str, Path]] = [(cycles, path)]
    else:
        texts = [(text, (*path, index)) for index, text in enumerate(cycles)]
    if not texts:
        raise scope.error('the list of cycles is empty; write one such as "(H1 H2)"', path)
    generators = tuple(_generator(text, on, place, scope) for text, place in texts)
    label = ", ".join(_cycle_text(generator) for generator in generators)
    return Permutation(generators, on, label)


def _generator(text: str, on: Kind, path: Path, scope: Scope) -> tuple[Cycle, ...]:
    try:
        if _GROUP.fullmatch(text):
            read_group_name(text.strip())
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
    _check_sites(names, places, scope)
    return tuple(names)


def _qubit(text: str, place: Place, scope: Scope) -> int:
    if not _QUBIT.fullmatch(text):
        cure = "" if scope.data is None else "; to permute sites write on: sites"
        raise scope.error(f"{shown(text)} is not a qubit; this permutation is on qubits{cure}", *place)
    scope.check_qubit(int(text), *place)
    return int(text)


def _by_name(group: str, on: str | list[Any] | None, path: Path, scope: Scope) -> Permutation:
    if not isinstance(on, list):
        raise scope.error(f"group {shown(group)} names no members; {_NEEDS_MEMBERS}", path)
    kind = _check_members(on, (*path, "on"), scope)
    try:
        name, generators = named_generators(group, len(on))
    except ExpressionError as error:
        raise scope.error(str(error), (*path, "group"), error.offset) from None
    cycles = tuple(tuple(tuple(on[i] for i in cycle) for cycle in cycles) for cycles in generators)
    return Permutation(cycles, kind, f"{name} on ({', '.join(str(member) for member in on)})")


def _check_members(on: list[Any], path: Path, scope: Scope) -> Kind:
    """Decide what is permuted, and refuse members that do not exist or cannot be exchanged."""
    if not on:
        raise scope.error(f"on is empty; {_NEEDS_MEMBERS}", path)
    if all(type(member) is int for member in on):
        scope.check_qubits(on, path)
        return "qubits"
    for index, member in enumerate(on):
        if not isinstance(member, str):
            message = f"a member is the name of a site, or all members are qubits; found {shown(member)}"
            raise scope.error(message, (*path, index))
        if member in on[:index]:
            raise scope.error(f"site {shown(member)} is listed twice; name it once", (*path, index))
    _check_sites(on, [((*path, index), 0) for index in range(len(on))], scope)
    return "sites"


def _check_sites(names: Sequence[str], places: Sequence[Place], scope: Scope) -> None:
    """Sites of one orbit must exist, have equally many qubits, and share their scale."""
    if scope.data is None:
        raise scope.error("this spec declares no sites; add data, or permute qubits by number", *places[0])
    for name, place in zip(names, places, strict=True):
        if name not in scope.data.sites:
            raise scope.error(unknown("site", name, scope.data.sites), *place)
    width, scale = _width_and_scale(names[0], scope.data)
    for name, place in zip(names[1:], places[1:], strict=True):
        other_width, other_scale = _width_and_scale(name, scope.data)
        pair = f"{shown(names[0])} and {shown(name)} cannot be exchanged"
        if other_width != width:
            message = f"{pair}: they have {width} and {other_width} qubits; encode both on equally many"
            raise scope.error(message, *place)
        if other_scale != scale:
            message = f"{pair}: their scales are {shown(scale)} and {shown(other_scale)}; give both the same"
            raise scope.error(message, *place)


def _width_and_scale(site: str, data: DataSpec) -> tuple[int, str]:
    scale = next(name for name, members in data.scales if site in members)
    return len(data.encode[data.sites.index(site)]), scale


def _cycle_text(generator: tuple[Cycle, ...]) -> str:
    return "".join("(" + " ".join(str(member) for member in cycle) + ")" for cycle in generator)
