"""The entries ``point_group`` and ``mirror``: finite groups of rotations and reflections."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, Tag

from eqcompile.declaration.entries.molecular import MolecularGroup, Moves, Positions, build_molecular_group
from eqcompile.declaration.entries.space import (
    TURNS_NOTHING,
    Axis,
    Parity,
    Turning,
    read_axis,
    read_parity,
    read_point_group,
    sites_turned_by,
    turning_qubits,
)
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import Section, forms
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree, axis_tree, placed_tree
from eqcompile.errors import MethodError
from eqcompile.groups.point import PointGroup
from eqcompile.groups.rotation import mirror
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS, axis_text
from eqcompile.symmetry.point import PointFactor


class PointGroupSchema(Section):
    """A point group by its Schoenflies symbol: O(3) matrices on sites, spins on their qubits."""

    group: Annotated[
        str, Field(examples=["C3v"], description="C_n, C_nv, C_nh, D_n, D_nh, D_nd, S_2n, T, T_d ...")
    ]
    axis: Axis | None = None
    qubits: Turning = None
    parity: Parity = None
    moves: Moves = None
    positions: Positions = None


class MirrorSchema(Section):
    """The reflection in a plane through the origin."""

    normal: Axis
    qubits: Turning = None
    parity: Parity = None


PointGroupForm = Annotated[
    Annotated[str, Tag("text")] | Annotated[PointGroupSchema, Tag("mapping")],
    forms("a Schoenflies symbol such as C3v, or a mapping such as {group: C3v, parity: 4}"),
]


@dataclass(frozen=True)
class PointSymmetry(Symmetry):
    """A finite group of rotations and reflections of sites, as spins on ``qubits`` and Z on the parity qubit."""

    group: PointGroup
    qubits: tuple[int, ...]
    parity: int | None = None

    @property
    def parity_qubit(self) -> int | None:
        """The parity qubit of its reflections."""
        return self.parity

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The factor by which spins and sites turn."""
        sites = sites_turned_by(spec, self.qubits, place)
        yield PointFactor(spec.qubits, self.group, self.qubits, self.parity, sites, spec.num_sites)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry by its symbol, or as a mirror."""
        group = self.group
        if group.axis is None:
            cure = "build it with eq.point_symmetry or eq.mirror"
            raise MethodError(
                f"{group.name} was put together from elements, and a spec cannot express it; {cure}"
            )
        where = placed_tree(self.qubits, self.parity, turning)
        if group.name.startswith("mirror"):
            return {"mirror": {"normal": axis_tree(group.axis), **where}}
        if group.axis != UNIT_VECTORS[2]:
            where = {"axis": axis_tree(group.axis), **where}
        return {"point_group": {"group": group.name, **where}}


def build_point_group(
    point: str | PointGroupSchema, path: Path, scope: Scope
) -> PointSymmetry | MolecularGroup:
    """A point group by Schoenflies symbol.

    Raises:
        SpecError: an unknown symbol, an axis without direction, or a wrong qubit.
    """
    schema = PointGroupSchema(group=point) if isinstance(point, str) else point
    axis = read_axis(schema.axis, (*path, "axis"), scope)
    group = read_point_group(schema.group, axis, (*path, "group"), scope)
    if group.is_proper and schema.parity is not None:
        raise scope.error(f"{group.name} has no reflections; remove parity", (*path, "parity"), at_key=True)
    parity = read_parity(schema.parity, path, scope)
    qubits = turning_qubits(schema.qubits, path, scope)
    if not qubits and group.is_proper:
        raise scope.error(TURNS_NOTHING.format(group.name), path)
    if schema.moves is not None or schema.positions is not None:
        return build_molecular_group(schema.moves, schema.positions, group, qubits, parity, path, scope)
    return PointSymmetry(group, qubits, parity)


def build_mirror(schema: MirrorSchema, path: Path, scope: Scope) -> PointSymmetry:
    """The reflection in a plane, by its normal.

    Raises:
        SpecError: a normal without direction, or a wrong qubit.
    """
    normal = read_axis(schema.normal, (*path, "normal"), scope)
    parity = read_parity(schema.parity, path, scope)
    group = PointGroup(f"mirror {axis_text(normal)}", (mirror(normal),), normal)
    return PointSymmetry(group, turning_qubits(schema.qubits, path, scope), parity)


def point_entry(factor: PointFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that a point group came from."""
    yield PointSymmetry(factor.group, factor.qubits, factor.parity)
