"""The entry ``permutation``: a permutation group, by cycles or by name, of members that exist and can be exchanged."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeAlias

from pydantic import Field, Tag

from eqcompile.declaration.members.cycles import Member, parse_cycles
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.members.members import (
    KINDS,
    Members,
    Place,
    cycle_text,
    default_kind,
    require_declared,
    require_exchangeable,
    require_sites,
)
from eqcompile.declaration.members.named_groups import read_product
from eqcompile.declaration.members.named_on_members import NEEDS_MEMBERS, named_on_members
from eqcompile.declaration.spec import Cycle, Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import Label, Section, forms
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree
from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import DimensionError, ExpressionError
from eqcompile.groups.permutation import Images, PermutationGroup, cycles_of, images_from_cycles
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.maps import lift_site_permutation
from eqcompile.symmetry.permutation import PermutationFactor

_QUBIT = re.compile(r"[0-9]{1,9}")
_GROUP = re.compile(r"\s*[^\s(),]+(\s+(wr|x)\s+[^\s(),]+)*\s*")
"""Matches a single word or a product, where cycles were expected."""

Cycles = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Tag("list")],
    forms('a list of cycles such as ["(H1 H2)"]'),
    Field(description="One entry per group generator, each a product of disjoint cycles."),
]
MembersForm = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[Any], Tag("list")],
    forms("all, sites, qubits, or a list of their names"),
    Field(
        description="all, sites, qubits, or the members of the group in order; blocks for a wreath product."
    ),
]


class PermutationSchema(Section):
    """A permutation group by name on a list of members, or by cycles."""

    group: Annotated[str | None, Field(examples=["S_3"])] = None
    cycles: Cycles | None = None
    on: MembersForm | None = None
    carry: Annotated[
        list[Any] | None,
        Field(
            examples=[[["O1"], ["O2"]]],
            description="Of a wreath product: members of each block that follow it and are not permuted inside.",
        ),
    ] = None
    name: Annotated[Label | None, Field(examples=["ring"], description="Name of the group in messages.")] = (
        None
    )


PermutationForm = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[list[str], Tag("list")]
    | Annotated[PermutationSchema, Tag("mapping")],
    forms('a list of cycles such as ["(H1 H2)"] or a mapping such as {group: S_2, on: [H1, H2]}'),
]

Form: TypeAlias = str | list[str] | PermutationSchema


@dataclass(frozen=True)
class Permutation(Symmetry):
    """A permutation group on sites (lifted to their qubits) or on qubits.

    Args:
        cycles: one entry per group generator, each a product of disjoint cycles.
        on: what the cycles permute.
        label: how messages and certificates name the group, such as ``"S_3 on (A, B, C)"``.
    """

    cycles: tuple[tuple[Cycle, ...], ...]
    on: Kind
    label: str

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The factor by which qubits and sites move together."""
        names = spec.data.sites if spec.data else ()
        generators = tuple(points_of(spec, self.on, cycles, place) for cycles in self.cycles)
        group = PermutationGroup(spec.qubits + len(names), generators)
        yield PermutationFactor(spec.qubits, group, self.label, names)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry by its cycles, however it was written."""
        cycles = [cycle_text(generator) for generator in self.cycles if generator]
        tree: dict[str, Tree] = {"cycles": cycles}
        if self.on != kind:
            tree["on"] = self.on
        if self.label != ", ".join(cycles):
            tree["name"] = self.label
        return {"permutation": cycles if len(tree) == 1 else tree}


def build_permutation(form: Form, path: Path, scope: Scope) -> Permutation:
    """A permutation group by cycles or by name.

    Args:
        form: cycles as text or list, or a mapping with ``cycles`` or ``group``.
        path: where the entry stands.
        scope: register, sites and file.

    Returns:
        The group, given by its generators. It acts on sites unless qubits are named or the spec has no sites.

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
        group, members, name = named_on_members(form.group, form.on, form.carry, path, scope)
        named = on_members(group, members, name, scope)
        return replace(named, label=form.name) if form.name is not None else named
    if form.cycles is None:
        raise scope.error(f"a permutation needs cycles or a group; {NEEDS_MEMBERS}", path)
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
    """The group, given by its generators; with a name it may be trivial."""
    if isinstance(cycles, str):
        texts: list[tuple[str, Path]] = [(cycles, path)]
    else:
        texts = [(text, (*path, index)) for index, text in enumerate(cycles)]
    if not texts and name is None:
        raise scope.error('the list of cycles is empty; write one such as "(H1 H2)"', path)
    generators = tuple(product_of_cycles(text, on, place, scope) for text, place in texts)
    label = name or ", ".join(cycle_text(generator) for generator in generators)
    return Permutation(generators, on, label)


def product_of_cycles(text: str, on: Kind, path: Path, scope: Scope) -> tuple[Cycle, ...]:
    try:
        if _GROUP.fullmatch(text):
            read_product(text)
            raise ExpressionError(NEEDS_MEMBERS, 0)
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


def on_members(group: PermutationGroup, members: Members, label: str, scope: Scope) -> Permutation:
    """The group with its points replaced by members.

    Raises:
        SpecError: it exchanges sites that differ in their number of qubits or in their scale.
    """
    generators = []
    for images in group.generators:
        cycles = cycles_of(images)
        if members.kind == "sites":
            for cycle in cycles:
                names = [str(members.names[p]) for p in cycle]
                require_exchangeable(names, [members.places[p] for p in cycle], scope)
        generators.append(tuple(tuple(members.names[p] for p in cycle) for cycle in cycles))
    return Permutation(tuple(generators), members.kind, label)


def points_of(spec: Spec, on: Kind, cycles: tuple[tuple[str | int, ...], ...], place: Path) -> Images:
    """One permutation of the points: the qubits, then the sites."""
    if spec.data is None:
        return images_from_cycles([[int(q) for q in cycle] for cycle in cycles], spec.qubits)
    if on == "sites":
        index = {name: i for i, name in enumerate(spec.data.sites)}
        on_sites = images_from_cycles([[index[str(s)] for s in cycle] for cycle in cycles], len(index))
        on_qubits = lift_site_permutation(dict(enumerate(on_sites)), spec.data.encode, spec.qubits)
    else:
        on_qubits = images_from_cycles([[int(q) for q in cycle] for cycle in cycles], spec.qubits)
        on_sites = _sites_moved_by(spec, on_qubits, place)
    return on_qubits + tuple(spec.qubits + site for site in on_sites)


def _sites_moved_by(spec: Spec, on_qubits: Images, place: Path) -> Images:
    """The permutation of the sites that a permutation of their qubits implies."""
    assert spec.data is not None
    carriers = {frozenset(qubits): site for site, qubits in enumerate(spec.data.encode)}
    images = []
    for site, qubits in zip(spec.data.sites, spec.data.encode, strict=True):
        moved = frozenset(on_qubits[q] for q in qubits)
        if moved not in carriers:
            raise spec.error(
                f"the permutation moves the qubits {list(qubits)} of site {site} to {sorted(moved)}, "
                "which carry no single site; permute all copies of a site together",
                place,
            )
        images.append(carriers[moved])
    return tuple(images)


def permutation_entry(factor: PermutationFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that permutations came from; those that move whole sites are written on sites."""
    generators = [images[: factor.num_qubits] for images in factor.group.generators]
    on_qubits = tuple(tuple(cycles_of(images)) for images in generators)
    on_sites = [site_cycles(images, encode) for images in generators]
    moved = tuple(cycles for cycles in on_sites if cycles is not None)
    named = factor.label != ", ".join(map(cycle_text, on_qubits))
    if moved and len(moved) == len(on_qubits):
        yield Permutation(moved, "sites", factor.label if named else ", ".join(map(cycle_text, moved)))
    else:
        yield Permutation(on_qubits, "qubits", factor.label)


def site_cycles(images: Images, encode: Encode) -> tuple[Cycle, ...] | None:
    """The permutation of sites that moves their copies in this way, or ``None`` if there is none."""
    if not encode:
        return None
    names = list(encode)
    site_of = {qubit: site for site, name in enumerate(names) for qubit in encode[name][:1]}
    targets = {site: site_of.get(images[qubit]) for qubit, site in site_of.items() if qubit < len(images)}
    moves = {site: target for site, target in targets.items() if target is not None}
    if sorted(moves.values()) != list(range(len(names))):
        return None
    try:
        lifted = lift_site_permutation(moves, [encode[name] for name in names], len(images))
    except (DimensionError, IndexError):
        return None
    if lifted != images:
        return None
    return tuple(
        tuple(names[s] for s in cycle) for cycle in cycles_of(tuple(moves[s] for s in range(len(names))))
    )
