"""Every kind of entry of ``symmetry``: from the checked shape to its value, and from a factor back to it."""

from collections.abc import Callable, Iterator
from typing import Any

from eqcompile.declaration.entries.charge import build_charge, charge_entry
from eqcompile.declaration.entries.graph import build_graph
from eqcompile.declaration.entries.inversion import build_inversion, inversion_entry
from eqcompile.declaration.entries.lattice import build_lattice
from eqcompile.declaration.entries.molecular import build_motion, molecular_entries
from eqcompile.declaration.entries.pauli import build_pauli, pauli_entry
from eqcompile.declaration.entries.permutation import build_permutation, permutation_entry
from eqcompile.declaration.entries.point_group import build_mirror, build_point_group, point_entry
from eqcompile.declaration.entries.rotation import axial_entry, build_rotation, rotation_entry
from eqcompile.declaration.entries.section import SymmetrySchema
from eqcompile.declaration.entries.unitary import build_clifford, build_matrix, build_unitary, unitary_entries
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Path, Symmetry
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.molecular import MolecularFactor
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.unitary import UnitaryFactor


def build_symmetry(entries: list[SymmetrySchema], scope: Scope) -> tuple[Symmetry, ...]:
    """The declared symmetries, in the order of the file.

    Args:
        entries: the entries, checked against the schema.
        scope: register, sites and file.

    Returns:
        One value per entry; together they generate the group.

    Raises:
        SpecError: an unknown group, site or qubit; a malformed cycle; sites that cannot be permuted; a graph or a grid
            that cannot be read or does not fit; an inversion without a parity qubit; or an entry that says two things
            or repeats another.
    """
    built: list[Symmetry] = []
    for index, entry in enumerate(entries):
        symmetry = _build_entry(entry, ("symmetry", index), scope)
        if symmetry in built:
            message = f"this symmetry repeats symmetry[{built.index(symmetry)}]; remove one of the two"
            raise scope.error(message, ("symmetry", index))
        _check_parity(symmetry, built, index, scope)
        built.append(symmetry)
    return tuple(built)


def declared_parity(entries: list[SymmetrySchema]) -> set[int]:
    """Every qubit that an entry names as a parity qubit, whether checked or not."""
    values = (
        getattr(entry, kind) for entry in entries for kind in BUILDERS if kind in entry.model_fields_set
    )
    found = {getattr(value, "parity", None) for value in values}
    return {parity for parity in found if parity is not None}


def _check_parity(symmetry: Symmetry, built: list[Symmetry], index: int, scope: Scope) -> None:
    """All reflections share one parity qubit: an encoding changes sign once."""
    parity = symmetry.parity_qubit
    others = [other.parity_qubit for other in built if other.parity_qubit not in (None, parity)]
    if parity is not None and others:
        message = f"parity qubit {parity} after parity qubit {others[0]}; all reflections share one"
        raise scope.error(message, ("symmetry", index))


def _build_entry(entry: SymmetrySchema, path: Path, scope: Scope) -> Symmetry:
    kinds = [kind for kind in BUILDERS if kind in entry.model_fields_set]
    if len(kinds) != 1:
        found = f"{' and '.join(kinds)}; write one entry for each" if kinds else "none; write one of them"
        message = f"an entry of symmetry is one of {', '.join(BUILDERS)}; found {found}"
        raise scope.error(message, path)
    (kind,) = kinds
    return BUILDERS[kind](getattr(entry, kind), (*path, kind), scope)


BUILDERS: dict[str, Callable[[Any, Path, Scope], Symmetry]] = {
    "rotation": build_rotation,
    "permutation": build_permutation,
    "graph": build_graph,
    "lattice": build_lattice,
    "point_group": build_point_group,
    "motion": build_motion,
    "mirror": build_mirror,
    "inversion": build_inversion,
    "pauli": build_pauli,
    "charge": build_charge,
    "clifford": build_clifford,
    "matrix": build_matrix,
    "unitary": build_unitary,
}
"""Every kind of entry, with the function that builds its value from what the schema let through."""

FACTORS: dict[type[Factor], Callable[[Any, Encode], Iterator[Symmetry]]] = {
    RotationFactor: rotation_entry,
    AxialFactor: axial_entry,
    PointFactor: point_entry,
    MolecularFactor: molecular_entries,
    PermutationFactor: permutation_entry,
    InversionFactor: inversion_entry,
    PauliFactor: pauli_entry,
    ChargeFactor: charge_entry,
    UnitaryFactor: unitary_entries,
}
"""Every kind of factor that a spec can express, and the way back to its entries."""
