"""From the checked shape of ``symmetry`` to its value: rotations, inversion, and permutations."""

import re

from eqcompile.spec.build_permutation import build_permutation
from eqcompile.spec.model import Inversion, Path, Rotation, Symmetry
from eqcompile.spec.schema import InversionSchema, RotationSchema, SymmetrySchema
from eqcompile.spec.scope import Scope
from eqcompile.spec.wording import shown, unknown

ROTATION_GROUPS = ("SU(2)",)
KINDS = ("rotation", "permutation", "inversion")

_PLANNED_ROTATION = re.compile(r"U\(1\)|O\(3\)|[CDSTOI]_?\d*[hvd]?|cyclic|dihedral")
"""Groups of the design: axial, full orthogonal, and point groups by Schoenflies symbol."""

_FORGOT_PARITY = (
    "inversion needs a parity qubit: x is a polar vector and sigma an axial one, so x -> -x cannot be "
    "represented on the carrying qubits alone; add a qubit N that carries no site and write "
    "inversion: {parity: N}"
)


def build_symmetry(entries: list[SymmetrySchema], scope: Scope) -> tuple[Symmetry, ...]:
    """The declared symmetries, in the order of the file.

    Args:
        entries: checked against the schema.
        scope: register, sites and file.

    Returns:
        One value per entry; together they generate the group.

    Raises:
        SpecError: an unknown group, site or qubit, a malformed cycle, sites that cannot be permuted,
            an inversion without a parity qubit, or an entry that says two things or repeats another.
    """
    built: list[Symmetry] = []
    for index, entry in enumerate(entries):
        symmetry = _build_entry(entry, ("symmetry", index), scope)
        if symmetry in built:
            message = f"this symmetry repeats symmetry[{built.index(symmetry)}]; remove one of the two"
            raise scope.error(message, ("symmetry", index))
        built.append(symmetry)
    return tuple(built)


def _build_entry(entry: SymmetrySchema, path: Path, scope: Scope) -> Symmetry:
    kinds = [kind for kind in KINDS if kind in entry.model_fields_set]
    if len(kinds) != 1:
        found = f"{' and '.join(kinds)}; write one entry for each" if kinds else "none; write one of them"
        message = f"an entry of symmetry is one of {', '.join(KINDS)}; found {found}"
        raise scope.error(message, path)
    path = (*path, kinds[0])
    if entry.rotation is not None:
        return _rotation(entry.rotation, path, scope)
    if entry.permutation is not None:
        return build_permutation(entry.permutation, path, scope)
    return _inversion(entry.inversion or InversionSchema(), path, scope)


def _rotation(rotation: str | RotationSchema, path: Path, scope: Scope) -> Rotation:
    schema = RotationSchema(group=rotation) if isinstance(rotation, str) else rotation
    _check_rotation_group(schema.group, (*path, "group"), scope)
    if schema.qubits is None:
        everything = tuple(range(scope.num_qubits))
        return Rotation(schema.group, everything if scope.data is None else scope.data.qubits)
    path = (*path, "qubits")
    if not schema.qubits:
        raise scope.error("a rotation acts on at least one qubit; name one or remove the key", path)
    scope.check_qubits(schema.qubits, path)
    return Rotation(schema.group, tuple(sorted(schema.qubits)))


def _check_rotation_group(group: str, path: Path, scope: Scope) -> None:
    if group in ROTATION_GROUPS:
        return
    if group == "SO(3)":
        raise scope.error("SO(3) on the sites comes with SU(2) on their qubits; write rotation: SU(2)", path)
    if _PLANNED_ROTATION.fullmatch(group):
        known = ", ".join(ROTATION_GROUPS)
        raise scope.error(f"rotation group {shown(group)} is not supported yet; known: {known}", path)
    raise scope.error(unknown("rotation group", group, ROTATION_GROUPS), path)


def _inversion(inversion: InversionSchema, path: Path, scope: Scope) -> Inversion:
    if scope.data is None:
        message = "inversion acts on sites, and this spec declares none; add data, or remove inversion"
        raise scope.error(message, path, at_key=True)
    if inversion.parity is None:
        raise scope.error(_FORGOT_PARITY, path, at_key=True)
    scope.check_qubit(inversion.parity, (*path, "parity"))
    for site, qubits in zip(scope.data.sites, scope.data.encode, strict=True):
        if inversion.parity in qubits:
            message = (
                f"the parity qubit {inversion.parity} carries site {shown(site)}; name one that carries none"
            )
            raise scope.error(message, (*path, "parity"))
    return Inversion(inversion.parity)
