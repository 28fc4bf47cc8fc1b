"""The entry ``lattice``: a grid of sites or qubits, and its symmetries."""

from math import prod
from typing import Annotated

from pydantic import Field

from eqcompile.declaration.entries.permutation import MembersForm, Permutation, on_members
from eqcompile.declaration.members.members import ALL, Members, all_members, listed_members
from eqcompile.declaration.spec import Path
from eqcompile.declaration.yaml.forms import Section
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import unknown
from eqcompile.errors import DimensionError, LimitError
from eqcompile.groups.lattice import LATTICE_GROUPS, lattice


class LatticeSchema(Section):
    """A grid of sites or qubits in row-major order."""

    shape: Annotated[list[int], Field(min_length=1, examples=[[2, 2]], description="Points along each axis.")]
    group: Annotated[
        str, Field(examples=["p4m"], description="translations, dihedral, p1, p2, pmm, p4 or p4m.")
    ] = "translations"
    on: MembersForm | None = None
    periodic: Annotated[
        bool,
        Field(
            examples=[False],
            description="Whether the grid closes on itself; an open one has no translations.",
        ),
    ] = True


def build_lattice(schema: LatticeSchema, path: Path, scope: Scope) -> Permutation:
    """The symmetries of a grid, on all sites or qubits unless members are listed.

    Raises:
        SpecError: an unknown group, a group that does not fit the shape, or a number of members other than that of the
            points.
    """
    if schema.group not in LATTICE_GROUPS:
        raise scope.error(unknown("lattice group", schema.group, LATTICE_GROUPS), (*path, "group"))
    members = members_of(schema.on, path, scope)
    size = " x ".join(str(length) for length in schema.shape)
    num_points = prod(schema.shape)
    if num_points != len(members.names) and min(schema.shape) > 0:
        message = f"a grid of {size} has {num_points} points; found {len(members.names)} {members.kind}{members.note}"
        raise scope.error(message, (*path, "shape"))
    try:
        group = lattice(schema.shape, schema.group, schema.periodic)
    except (DimensionError, LimitError) as error:
        raise scope.error(str(error), path) from None
    label = f"{schema.group} on {'' if schema.periodic else 'open '}{size}"
    return on_members(group, members, label, scope)


def members_of(on: str | list[object] | None, path: Path, scope: Scope) -> Members:
    """The members that ``on`` lists, one after another; all members without it."""
    if not isinstance(on, list):
        return all_members(ALL if on is None else on, (*path, "on"), scope)
    if not on:
        raise scope.error("on is empty; name the members or remove the key", (*path, "on"))
    return listed_members(on, [(*path, "on", index) for index in range(len(on))], scope)
