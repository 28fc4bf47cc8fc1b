"""The entry ``rotation``: SU(2), U(1) about an axis, O(3), or a finite group of rotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, Tag

from eqcompile.declaration.entries.point_group import PointSymmetry
from eqcompile.declaration.entries.space import (
    NEEDS_PARITY,
    TURNS_NOTHING,
    Axis,
    Parity,
    Turning,
    ascii_only,
    read_axis,
    read_parity,
    read_point_group,
    refuse_family,
    sites_turned_by,
    turning_qubits,
)
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import Section, forms
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree, axis_tree, placed_tree
from eqcompile.declaration.yaml.wording import unknown
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import rational
from eqcompile.groups.point import point_group
from eqcompile.groups.rotation import Vector
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor

ROTATION_GROUPS = ("SU(2)", "U(1)", "O(3)", "C_n", "D_n", "T", "O", "I")

_FINITE_ROTATIONS = re.compile(r"[CD]_?[0-9]{1,4}|[TOI]")


class RotationSchema(Section):
    """A group of rotations: SO(3) matrices on sites, spins on their qubits."""

    group: Annotated[str, Field(examples=["SU(2)"], description="SU(2), U(1), O(3), C_n, D_n, T, O or I.")]
    axis: Axis | None = None
    qubits: Turning = None
    parity: Parity = None


RotationForm = Annotated[
    Annotated[str, Tag("text")] | Annotated[RotationSchema, Tag("mapping")],
    forms("a group such as SU(2), or a mapping such as {group: C_4, axis: z}"),
]


@dataclass(frozen=True)
class Rotation(Symmetry):
    """A continuous group of rotations of sites, and the same rotations as spins on each of ``qubits``.

    Args:
        group: ``SU(2)``, ``U(1)`` about the axis, or ``O(3)``, which is SU(2) and the inversion.
        qubits: qubits that turn.
        axis: axis of U(1).
        parity: qubit that changes sign under the inversion of O(3).
    """

    group: str
    qubits: tuple[int, ...]
    axis: Vector = (rational(0), rational(0), rational(1))
    parity: int | None = None

    @property
    def parity_qubit(self) -> int | None:
        """The parity qubit of its reflections."""
        return self.parity

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The factor by which spins and sites turn; O(3) also has the inversion."""
        sites = sites_turned_by(spec, self.qubits, place)
        if self.group == "U(1)":
            yield AxialFactor(spec.qubits, self.axis, self.qubits, sites, spec.num_sites)
        else:
            yield RotationFactor(spec.qubits, self.qubits, sites, spec.num_sites)
        if self.parity is not None:
            yield InversionFactor(spec.qubits, self.parity, spec.num_sites)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The group alone, if that says everything."""
        tree: dict[str, Tree] = {"group": self.group}
        if self.group == "U(1)" and self.axis != UNIT_VECTORS[2]:
            tree["axis"] = axis_tree(self.axis)
        tree |= placed_tree(self.qubits, self.parity, turning)
        return {"rotation": self.group if len(tree) == 1 else tree}


def build_rotation(rotation: str | RotationSchema, path: Path, scope: Scope) -> Rotation | PointSymmetry:
    """SU(2), U(1) about an axis, O(3), or a finite group of rotations.

    Raises:
        SpecError: an unknown group, an axis without direction, a qubit outside the register, or a parity qubit that
            is missing, is not needed, or carries a site.
    """
    schema = RotationSchema(group=rotation) if isinstance(rotation, str) else rotation
    group = schema.group
    _check_rotation_group(group, (*path, "group"), scope)
    if group == "O(3)" and schema.parity is None:
        message = NEEDS_PARITY.format(what="O(3)", cure="rotation: {group: O(3), parity: N}")
        raise scope.error(message, path)
    if group != "O(3)" and schema.parity is not None:
        raise scope.error(f"{group} has no reflections; remove parity", (*path, "parity"), at_key=True)
    if group in ("SU(2)", "O(3)") and schema.axis is not None:
        raise scope.error(f"{group} turns about every axis; remove axis", (*path, "axis"), at_key=True)
    parity = read_parity(schema.parity, path, scope)
    qubits = turning_qubits(schema.qubits, path, scope)
    if not qubits and group != "O(3)":
        raise scope.error(TURNS_NOTHING.format(group), path)
    axis = read_axis(schema.axis, (*path, "axis"), scope)
    if group in ("SU(2)", "U(1)", "O(3)"):
        return Rotation(group, qubits, axis, parity)
    return PointSymmetry(read_point_group(group, axis, (*path, "group"), scope), qubits)


def _check_rotation_group(group: str, path: Path, scope: Scope) -> None:
    if group in ROTATION_GROUPS[:3] or _FINITE_ROTATIONS.fullmatch(group):
        return
    if group == "SO(3)":
        raise scope.error("SO(3) on the sites comes with SU(2) on their qubits; write rotation: SU(2)", path)
    refuse_family(group, path, scope)
    try:
        named = point_group(ascii_only(group))
    except (DimensionError, LimitError):
        raise scope.error(unknown("rotation group", group, ROTATION_GROUPS), path) from None
    raise scope.error(f"{named.name} has reflections; write point_group: {group}", path)


def rotation_entry(factor: RotationFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that an SU(2) came from."""
    yield Rotation("SU(2)", factor.qubits)


def axial_entry(factor: AxialFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that a U(1) about an axis came from."""
    yield Rotation("U(1)", factor.qubits, factor.axis)
