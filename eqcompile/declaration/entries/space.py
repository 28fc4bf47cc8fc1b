"""What entries about space have in common: axes, point groups by symbol, the qubits that turn, the parity qubit."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, Tag

from eqcompile.declaration.spec import Path, Spec
from eqcompile.declaration.yaml.forms import Number, Qubit, forms
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import label, shown, unknown
from eqcompile.errors import DimensionError, ExpressionError, LimitError
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import Real, is_real, real_part
from eqcompile.groups.point import KNOWN, PointGroup, point_group
from eqcompile.groups.rotation import Vector, length
from eqcompile.symmetry.generators import UNIT_VECTORS

_FAMILIES = {symbol for symbol in KNOWN if "n" in symbol}
_ODD_IMPROPER = re.compile(r"S_?[0-9]{1,4}")

Turning = Annotated[
    list[Qubit] | None,
    Field(
        examples=[[0, 1]],
        description="Default: every qubit that carries a site; without data, all but the parity qubit of the spec.",
    ),
]
Axis = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[Number], Tag("list")],
    forms("x, y, z or three components such as [1, 1, 0]"),
    Field(
        examples=["x", [1, 1, 0], [0, "sqrt(3)/2", "1/2"]], description="A vector of any length; default: z."
    ),
]
Parity = Annotated[
    Qubit | None, Field(examples=[4], description="A qubit that carries no site; Z on it changes its sign.")
]


NEEDS_PARITY = (
    "{what} needs a parity qubit: x is a polar vector and sigma an axial one, so x -> -x cannot be "
    "represented on the carrying qubits alone; add a qubit N that carries no site and write {cure}"
)

TURNS_NOTHING = "{} turns no qubit: the only one is the parity qubit, which does not turn; use more qubits"


def read_point_group(symbol: str, axis: Vector, path: Path, scope: Scope) -> PointGroup:
    """A point group by its symbol, about an axis."""
    refuse_family(symbol, path, scope)
    try:
        return point_group(ascii_only(symbol), axis)
    except LimitError as error:
        raise scope.error(str(error), path) from None
    except DimensionError as error:
        is_odd = _ODD_IMPROPER.fullmatch(symbol)
        raise scope.error(str(error) if is_odd else unknown("point group", symbol, KNOWN), path) from None


def refuse_family(symbol: str, path: Path, scope: Scope) -> None:
    """Refuse a symbol with a letter instead of a number."""
    if symbol in _FAMILIES:
        example = symbol.replace("2n", "4").replace("n", "3")
        raise scope.error(f"{symbol} names a family; write a number for n, such as {example}", path)


def ascii_only(symbol: str) -> str:
    """The symbol, or one that no group has if it contains digits of another alphabet."""
    return symbol if symbol.isascii() else ""


def read_axis(axis: str | Sequence[Any] | None, path: Path, scope: Scope) -> Vector:
    """A vector that is not zero and has a rational squared length; by default z."""
    if axis is None or isinstance(axis, str):
        if axis not in (None, "x", "y", "z"):
            message = f"unknown axis {shown(axis)}; write x, y, z or three components such as [1, 1, 0]"
            raise scope.error(message, path)
        x, y, z = UNIT_VECTORS["xyz".index(axis or "z")]
        return x, y, z
    if len(axis) != 3:
        raise scope.error(f"an axis has three components, such as [1, 1, 0]; found {len(axis)}", path)
    components = [read_component(value, (*path, index), scope) for index, value in enumerate(axis)]
    try:
        length(components)
    except DimensionError as error:
        raise scope.error(str(error), path) from None
    except LimitError as error:
        raise scope.error(f"{error}; choose an axis with smaller components", path) from None
    return components[0], components[1], components[2]


def read_component(value: Any, path: Path, scope: Scope) -> Real:
    """An exact real number."""
    try:
        number = parse_scalar(value)
    except ExpressionError as error:
        raise scope.error(f"{label(path)}: {error}", path, error.offset) from None
    if not is_real(number):
        raise scope.error(f"{label(path)}: {value} is not real; an axis has real components", path)
    return real_part(number)


def read_parity(parity: int | None, path: Path, scope: Scope) -> int | None:
    """A qubit that carries no site."""
    if parity is None:
        return None
    path = (*path, "parity")
    scope.check_qubit(parity, path)
    for site, qubits in zip(scope.data.sites, scope.data.encode, strict=True) if scope.data else ():
        if parity in qubits:
            message = f"the parity qubit {parity} carries site {shown(site)}; name one that carries none"
            raise scope.error(message, path)
    return parity


def turning_qubits(qubits: list[int] | None, path: Path, scope: Scope) -> tuple[int, ...]:
    """The named qubits; by default those that carry sites or, without data, all but the parity qubit of the spec.

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


def sites_turned_by(spec: Spec, turning: Sequence[int], place: Path) -> tuple[int, ...]:
    """The sites whose qubits all turn."""
    sites = []
    for index, qubits in enumerate(spec.data.encode if spec.data else ()):
        inside = set(qubits) & set(turning)
        if inside and inside != set(qubits):
            raise spec.error(
                f"the rotation acts on qubits {sorted(inside)} but not on all of {list(qubits)}, "
                "which carry the same site; name all of them or none",
                place,
            )
        if inside:
            sites.append(index)
    return tuple(sites)
