"""From the checked shape of a symmetry of space to its value: rotations, point groups, mirrors, inversion."""

import re
from collections.abc import Sequence
from typing import Any

from eqcompile.declaration.entries.section import (
    InversionSchema,
    MirrorSchema,
    PointGroupSchema,
    RotationSchema,
)
from eqcompile.declaration.spec import Inversion, Path, PointSymmetry, Rotation
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import label, shown, unknown
from eqcompile.errors import DimensionError, ExpressionError, LimitError
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import Real, is_real, real_part
from eqcompile.groups.point import KNOWN, PointGroup, point_group
from eqcompile.groups.rotation import Vector, length, mirror
from eqcompile.symmetry.generators import UNIT_VECTORS, axis_text

ROTATION_GROUPS = ("SU(2)", "U(1)", "O(3)", "C_n", "D_n", "T", "O", "I")

_FINITE_ROTATIONS = re.compile(r"[CD]_?[0-9]{1,4}|[TOI]")
_FAMILIES = {symbol for symbol in KNOWN if "n" in symbol}
_ODD_IMPROPER = re.compile(r"S_?[0-9]{1,4}")

_NEEDS_PARITY = (
    "{what} needs a parity qubit: x is a polar vector and sigma an axial one, so x -> -x cannot be "
    "represented on the carrying qubits alone; add a qubit N that carries no site and write {cure}"
)

_TURNS_NOTHING = "{} turns no qubit: the only one is the parity qubit, which does not turn; use more qubits"


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
    qubits = _qubits(schema.qubits, path, scope)
    if not qubits and group != "O(3)":
        raise scope.error(_TURNS_NOTHING.format(group), path)
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
    qubits = _qubits(schema.qubits, path, scope)
    if not qubits and group.is_proper:
        raise scope.error(_TURNS_NOTHING.format(group.name), path)
    return PointSymmetry(group, qubits, parity)


def build_mirror(schema: MirrorSchema, path: Path, scope: Scope) -> PointSymmetry:
    """The reflection in a plane, by its normal.

    Raises:
        SpecError: a normal without direction, or a wrong qubit.
    """
    normal = _axis(schema.normal, (*path, "normal"), scope)
    parity = _parity(schema.parity, path, scope)
    group = PointGroup(f"mirror {axis_text(normal)}", (mirror(normal),), normal)
    return PointSymmetry(group, _qubits(schema.qubits, path, scope), parity)


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
    _refuse_family(group, path, scope)
    try:
        named = point_group(_ascii(group))
    except (DimensionError, LimitError):
        raise scope.error(unknown("rotation group", group, ROTATION_GROUPS), path) from None
    raise scope.error(f"{named.name} has reflections; write point_group: {group}", path)


def _point_group(symbol: str, axis: Vector, path: Path, scope: Scope) -> PointGroup:
    _refuse_family(symbol, path, scope)
    try:
        return point_group(_ascii(symbol), axis)
    except LimitError as error:
        raise scope.error(str(error), path) from None
    except DimensionError as error:
        is_odd = _ODD_IMPROPER.fullmatch(symbol)
        raise scope.error(str(error) if is_odd else unknown("point group", symbol, KNOWN), path) from None


def _refuse_family(symbol: str, path: Path, scope: Scope) -> None:
    if symbol in _FAMILIES:
        example = symbol.replace("2n", "4").replace("n", "3")
        raise scope.error(f"{symbol} names a family; write a number for n, such as {example}", path)


def _ascii(symbol: str) -> str:
    """The symbol, or one that no group has: digits of other alphabets are not meant."""
    return symbol if symbol.isascii() else ""


def _axis(axis: str | Sequence[Any] | None, path: Path, scope: Scope) -> Vector:
    if axis is None or isinstance(axis, str):
        if axis not in (None, "x", "y", "z"):
            message = f"unknown axis {shown(axis)}; write x, y, z or three components such as [1, 1, 0]"
            raise scope.error(message, path)
        x, y, z = UNIT_VECTORS["xyz".index(axis or "z")]
        return x, y, z
    if len(axis) != 3:
        raise scope.error(f"an axis has three components, such as [1, 1, 0]; found {len(axis)}", path)
    components = [_component(value, (*path, index), scope) for index, value in enumerate(axis)]
    try:
        length(components)
    except DimensionError as error:
        raise scope.error(str(error), path) from None
    except LimitError as error:
        raise scope.error(f"{error}; choose an axis with smaller components", path) from None
    return components[0], components[1], components[2]


def _component(value: Any, path: Path, scope: Scope) -> Real:
    try:
        number = parse_scalar(value)
    except ExpressionError as error:
        raise scope.error(f"{label(path)}: {error}", path, error.offset) from None
    if not is_real(number):
        raise scope.error(f"{label(path)}: {value} is not real; an axis has real components", path)
    return real_part(number)


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


def _qubits(qubits: list[int] | None, path: Path, scope: Scope) -> tuple[int, ...]:
    """The named ones; by default those that carry sites, without data all but the parity qubit of the spec.

    The inversion is Z on the parity qubit and commutes with every rotation. If that qubit turned, it would not.
    """
    if qubits is None:
        return scope.data.qubits if scope.data else scope.every_qubit
    path = (*path, "qubits")
    if not qubits:
        raise scope.error("a rotation acts on at least one qubit; name one or remove the key", path)
    scope.check_qubits(qubits, path)
    for index, qubit in enumerate(qubits):
        if qubit in scope.parity:
            raise scope.error(f"the parity qubit {qubit} does not turn; leave it out", (*path, index))
    return tuple(sorted(qubits))
