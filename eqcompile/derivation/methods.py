"""Choose a derivation method by name, and compare methods."""

from collections.abc import Callable

from eqcompile.derivation.basis import GeneratorBasis
from eqcompile.derivation.nullspace import nullspace_basis
from eqcompile.derivation.rank_one import choi_basis
from eqcompile.derivation.twirl import twirl_basis
from eqcompile.errors import MethodError
from eqcompile.reps.symmetry import Symmetry

METHODS: dict[str, Callable[[Symmetry, int], GeneratorBasis]] = {
    "nullspace": nullspace_basis,
    "twirl": twirl_basis,
    "choi": choi_basis,
}


def derive_basis(symmetry: Symmetry, locality: int, method: str = "nullspace") -> GeneratorBasis:
    """Gate generators on up to ``locality`` qubits that commute with the symmetry.

    Args:
        symmetry: the group and its action on the qubits.
        locality: largest number of qubits a term may act on.
        method: ``"nullspace"``, ``"twirl"`` or ``"choi"``.

    Raises:
        MethodError: unknown method, or one that does not apply to this group.
        LimitError: too many Pauli strings.
    """
    if method not in METHODS:
        raise MethodError(f"unknown method {method!r}; known: {', '.join(sorted(METHODS))}")
    return METHODS[method](symmetry, locality)
