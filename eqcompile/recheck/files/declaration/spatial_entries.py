"""The entries ``rotation``, ``point_group``, ``mirror`` and ``inversion``: motions of space on sites and spins."""

import re
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.declaration.register import Register, only
from eqcompile.recheck.files.declaration.rotations import (
    Motion,
    Vector,
    X,
    Y,
    Z,
    group_motions,
    mirror,
    unit_vector,
)
from eqcompile.recheck.files.exact_text import number_text
from eqcompile.recheck.files.rational import factor, simple
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]

INVERTED = [["-1", "0", "0"], ["0", "-1", "0"], ["0", "0", "-1"]]

_ROTATIONS = re.compile(r"[CD]_?[0-9]{1,4}|[TOI]")


def rotation_entry(entry: Any, register: Register) -> list[Plain]:
    """Generators of ``rotation``: SU(2), U(1) about an axis, O(3), or a finite group."""
    keys = {"group": entry} if isinstance(entry, str) else only(entry, _KEYS, "rotation")
    group, axis, parity = str(keys.get("group")), keys.get("axis"), keys.get("parity")
    if (parity is None) == (group == "O(3)"):
        raise UnreadError(f"{quoted(group)} with such a parity")
    qubits = register.turning(keys.get("qubits"))
    if group in ("SU(2)", "O(3)"):
        if axis is not None:
            raise UnreadError(f"the axis of {quoted(group)}")
        turns = [_about(about, qubits, register) for about in (X, Y, Z)] if qubits else []
        return turns + ([] if parity is None else [_inversion(parity, register)])
    direction = components(axis)
    if group == "U(1)":
        unit_vector(direction)  # of any length, but not zero
        return [_about(direction, qubits, register)]
    if not _ROTATIONS.fullmatch(group):
        raise UnreadError(f"the rotation group {quoted(group)}")
    motions = group_motions(group, unit_vector(direction))
    return [moving(motion, qubits, None, register) for motion in motions]


def point_group_entry(entry: Any, register: Register) -> list[Plain]:
    """Generators of ``point_group``."""
    keys = {"group": entry} if isinstance(entry, str) else only(entry, _KEYS, "point_group")
    motions = group_motions(str(keys.get("group")), unit_vector(components(keys.get("axis"))))
    parity, qubits = keys.get("parity"), register.turning(keys.get("qubits"))
    if parity is not None and not any(motion.improper for motion in motions):
        raise UnreadError("the parity qubit of a group of rotations")
    return [moving(motion, qubits, parity, register) for motion in motions]


def mirror_entry(entry: Any, register: Register) -> list[Plain]:
    """The generator of ``mirror``."""
    keys = only(entry, ("normal", "qubits", "parity"), "mirror")
    normal = unit_vector(components(keys.get("normal")))
    motion = mirror(normal, f"mirror {keys.get('normal')}")
    return [moving(motion, register.turning(keys.get("qubits")), keys.get("parity"), register)]


def inversion_entry(entry: Any, register: Register) -> list[Plain]:
    """The generator of ``inversion``."""
    keys = only(entry, ("parity",), "inversion")
    if not register.sites or "parity" not in keys:
        raise UnreadError("an inversion without sites or a parity qubit")
    return [_inversion(keys["parity"], register)]


_KEYS = ("group", "axis", "qubits", "parity")


def components(axis: Any) -> Vector:
    """The three components of an axis; z if none is named."""
    named = {None: Z, "x": X, "y": Y, "z": Z}
    if axis is None or isinstance(axis, str):
        if axis not in named:
            raise UnreadError(f"the axis {quoted(str(axis))}")
        return named[axis]
    if not isinstance(axis, list) or len(axis) != 3:
        raise UnreadError(f"the axis {quoted(str(axis))}")
    x, y, z = (factor(number_text(component)) for component in axis)
    return x, y, z


def _about(v: Vector, qubits: tuple[int, ...], register: Register) -> Plain:
    r"""The one-parameter group of :math:`T = \frac12 \sum_q v \cdot \sigma^{(q)}`, and :math:`L = [v]_\times`."""
    sums = [f"1/2*{factor(c)}*{p}{q}" for q in qubits for c, p in zip(v, "XYZ", strict=True) if c != "0"]
    x, y, z = v
    cross = [["0", f"-{z}", y], [z, "0", f"-{x}"], [f"-{y}", x, "0"]]
    rows = [[simple(value) for value in row] for row in cross]
    turned = register.sites_turned_by(qubits)
    matrices = [rows if site in turned else None for site in range(len(register.sites))]
    return {"name": f"T about ({', '.join(v)})", "operator": " + ".join(sums), "matrices": matrices}


def moving(motion: Motion, qubits: tuple[int, ...], parity: Any, register: Register) -> Plain:
    """A motion on spins and sites; a reflection is also Z on the parity qubit."""
    steps = [{"unitary": motion.on_qubit(q)} for q in qubits] if motion.turns else []
    if motion.improper and parity is not None:
        steps.append({"unitary": f"Z{register.qubit(parity)}"})
    turned, rows = register.sites_turned_by(qubits), motion.matrix()
    matrices = [rows if site in turned else None for site in range(len(register.sites))]
    sites = list(range(len(register.sites)))
    return {"name": motion.name, "steps": steps, "sites": sites, "matrices": matrices}


def _inversion(parity: Any, register: Register) -> Plain:
    """x -> -x on every site."""
    sites = list(range(len(register.sites)))
    steps = [{"unitary": f"Z{register.qubit(parity)}"}]
    return {"name": "inversion", "steps": steps, "sites": sites, "matrices": [INVERTED for _ in sites]}
