"""From the checked shape of a symmetry of space to its value: rotations, point groups, mirrors, inversion."""

import re
from collections.abc import Sequence
from typing import Any

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.scalars import Real
from eqcompile.groups.point import KNOWN, PointGroup, point_group
from eqcompile.groups.rotation import Vector, mirror
from eqcompile.reps.generators import UNIT_VECTORS, axis_text
from eqcompile.reps.make import vector
from eqcompile.spec.model import Inversion, Path, PointSymmetry, Rotation
from eqcompile.spec.schema_symmetry import InversionSchema, MirrorSchema, PointGroupSchema, RotationSchema
from eqcompile.spec.scope import Scope
from eqcompile.spec.wording import shown, unknown

ROTATION_GROUPS = ("SU(2)", "U(1)", "O(3)", "C_n", "D_n", "T", "O", "I")

_FINITE_ROTATIONS = re.compile(r"[CD]_?\d{1,4}|[TOI]")

_NEEDS_PARITY = (
    "{what} needs a parity qubit: x is a polar vector and sigma an axial one, so x -> -x cannot be "
    "represented on the carrying qubits alone; add a qubit N that carries no site and write {cure}"
)


def build_rotation(rotation: str | RotationSchema, path: Path, scope: Scope) -> Rotation | PointSymmetry:
    """SU(2), U(1) about an axis, O(3), or a finite group of rotations.

    Raises:
        SpecError: an unknown group, an axis without direction, a qubit outside the register, a parity qubit that
            is missing, not needed, or carries a site.
    """
    schema = RotationSchema(group=rotation) if isinstance(rotation, str) else rotation
    group = schema.group
    _check_rotation_group(group, (*path, "group"), scope)
    if group == "O(3)" and schema.parity is None:
        message = _NEEDS_PARITY.format(what="O(3)", cure="rotation: {group: O(3), parity: N}")
        raise scope.error(message, path)
    if group != "O(3)" and schema.parity is not None:
        raise scope.error(f"{group} has no reflections; remove parity", (*path, "parity"), at_key=True)
    if group in ("SU(2)", "O(3)") and schema.axis is not None:
        raise scope.error(f"{group} turns about every axis; remove axis", (*path, "axis"), at_key=True)
    parity = _parity(schema.parity, path, scope)
    qubits = _qubits(schema.qubits, parity, path, scope)
    axis = _axis(schema.axis, (*path, "axis"), scope)
    if group in ("SU(2)", "U(1)", "O(3)"):
        return Rotation(group, qubits, axis, parity)
    return PointSymmetry(_point_group(group, axis, (*path, "group"), scope), qubits)


def build_point_group(point: str | PointGroupSchema, path: Path, scope: Scope) -> PointSymmetry:
    """A point group by Schoenflies symbol.

    Raises:
        SpecError: an unknown symbol, an axis without direction, or a wrong qubit.
    """
    schema = PointGroupSchema(group=point) if isinstance(point, str) else point
    axis = _axis(schema.axis, (*path, "axis"), scope)
    group = _point_group(schema.group, axis, (*path, "group"), scope)
    if group.is_proper and schema.parity is not None:
        raise scope.error(f"{group.name} has no reflections; remove parity", (*path, "parity"), at_key=True)
    parity = _parity(schema.parity, path, scope)
    return PointSymmetry(group, _qubits(schema.qubits, parity, path, scope), parity)


def build_mirror(schema: MirrorSchema, path: Path, scope: Scope) -> PointSymmetry:
    """The reflection in a plane, by its normal.

    Raises:
        SpecError: a normal without direction, or a wrong qubit.
    """
    normal = _axis(schema.normal, (*path, "normal"), scope)
    parity = _parity(schema.parity, path, scope)
    group = PointGroup(f"mirror {axis_text(normal)}", (mirror(normal),))
    return PointSymmetry(group, _qubits(schema.qubits, parity, path, scope), parity)


def build_inversion(inversion: InversionSchema | None, path: Path, scope: Scope) -> Inversion:
    """x -> -x on every site.

    Raises:
        SpecError: no sites, no parity qubit, or one that carries a site.
    """
    if scope.data is None:
        message = "inversion acts on sites, and this spec declares none; add data, or remove inversion"
        raise scope.error(message, path, at_key=True)
    if inversion is None or inversion.parity is None:
        message = _NEEDS_PARITY.format(what="inversion", cure="inversion: {parity: N}")
        raise scope.error(message, path, at_key=True)
    return Inversion(_parity(inversion.parity, path, scope))


def _check_rotation_group(group: str, path: Path, scope: Scope) -> None:
    if group in ROTATION_GROUPS[:3] or _FINITE_ROTATIONS.fullmatch(group):
        return
    if group == "SO(3)":
        raise scope.error("SO(3) on the sites comes with SU(2) on their qubits; write rotation: SU(2)", path)
    try:
        named = point_group(group)
    except (DimensionError, LimitError):
        raise scope.error(unknown("rotation group", group, ROTATION_GROUPS), path) from None
    raise scope.error(f"{named.name} has reflections; write point_group: {group}", path)


def _point_group(symbol: str, axis: Vector, path: Path, scope: Scope) -> PointGroup:
    try:
        return point_group(symbol, axis)
    except LimitError as error:
        raise scope.error(str(error), path) from None
    except DimensionError as error:
        message = str(error) if symbol.startswith("S") else unknown("point group", symbol, KNOWN)
        raise scope.error(message, path) from None


def _axis(axis: str | Sequence[Any] | None, path: Path, scope: Scope) -> Vector:
    if axis is None:
        return _as_vector(UNIT_VECTORS[2])
    try:
        return vector(axis if isinstance(axis, str) else [str(component) for component in axis])
    except (DimensionError, LimitError) as error:
        raise scope.error(str(error), path) from None


def _as_vector(components: Sequence[Real]) -> Vector:
    x, y, z = components
    return x, y, z


def _parity(parity: int | None, path: Path, scope: Scope) -> int | None:
    if parity is None:
        return None
    path = (*path, "parity")
    scope.check_qubit(parity, path)
    for site, qubits in zip(scope.data.sites, scope.data.encode, strict=True) if scope.data else ():
        if parity in qubits:
            message = f"the parity qubit {parity} carries site {shown(site)}; name one that carries none"
            raise scope.error(message, path)
    return parity


def _qubits(qubits: list[int] | None, parity: int | None, path: Path, scope: Scope) -> tuple[int, ...]:
    """The named ones; by default those that carry sites, without data all but the parity qubit."""
    if qubits is None:
        everything = scope.data.qubits if scope.data else range(scope.num_qubits)
        return tuple(q for q in everything if q != parity)
    path = (*path, "qubits")
    if not qubits:
        raise scope.error("a rotation acts on at least one qubit; name one or remove the key", path)
    scope.check_qubits(qubits, path)
    if parity in qubits:
        raise scope.error(
            f"the parity qubit {parity} does not turn; leave it out", (*path, qubits.index(parity))
        )
    return tuple(sorted(qubits))
