"""Derive on the whole register, for symmetries with entangling elements, which do not restrict to a set of qubits."""

from collections.abc import Callable, Sequence
from itertools import combinations, product
from math import comb

from eqcompile.derivation.generators.basis import reduced
from eqcompile.derivation.generators.orbits import LocalSolver, derive_by_orbits
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import real_part
from eqcompile.exact.linear.sparse import sparse_kernel
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, pauli_key
from eqcompile.symmetry.symmetry import Symmetry

MAX_STRINGS = 20_000
"""Pauli strings up to the locality on the whole register, for a group with entangling elements. Beyond it,
refused: choose a smaller locality."""

MAX_WHOLE_QUBITS = 5
"""Qubits of a register for the twirl and the Choi method, for a group with entangling elements: 4^5 = 1024
strings. Beyond it, refused: use the null space."""

WholeSolver = Callable[[Symmetry], tuple[PauliSum, ...]]
"""All invariant operators of a small register, whatever their weight."""


def strings_up_to(num_qubits: int, locality: int) -> list[PauliKey]:
    """All strings on 1 to ``locality`` qubits.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        LimitError: there are more than ``MAX_STRINGS``.
    """
    if not 1 <= locality <= num_qubits:
        raise DimensionError(
            f"locality {locality} is not between 1 and the {num_qubits} qubits of the register"
        )
    count = sum(comb(num_qubits, weight) * 3**weight for weight in range(1, locality + 1))
    if count > MAX_STRINGS:
        raise LimitError(
            f"{count} Pauli strings at once, because the symmetry has entangling elements; the limit is "
            f"{MAX_STRINGS}, so choose a smaller locality"
        )
    return [
        pauli_key(dict(zip(support, letters, strict=True)))
        for weight in range(1, locality + 1)
        for support in combinations(range(num_qubits), weight)
        for letters in product("XYZ", repeat=weight)
    ]


def derive_elements(
    symmetry: Symmetry, locality: int, solve: LocalSolver, solve_whole: WholeSolver
) -> Sequence[PauliSum]:
    """Derive by orbits of supports if the symmetry acts qubit by qubit, else on the whole register.

    Args:
        symmetry: the group.
        locality: largest number of qubits a term may act on.
        solve: finds the invariants whose terms act on every qubit.
        solve_whole: finds all invariants of a small register.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        LimitError: too many qubits or strings.
    """
    if all(factor.is_local for factor in symmetry.factors):
        return derive_by_orbits(symmetry, locality, solve)
    strings_up_to(symmetry.num_qubits, locality)
    if symmetry.num_qubits > MAX_WHOLE_QUBITS:
        raise LimitError(
            f"all operators on {symmetry.num_qubits} qubits, because the symmetry has entangling elements; the "
            f"limit of this method is {MAX_WHOLE_QUBITS}, so use the null space"
        )
    return cut(solve_whole(symmetry), locality, symmetry.num_qubits)


def cut(ops: Sequence[PauliSum], locality: int, num_qubits: int) -> tuple[PauliSum, ...]:
    """The combinations whose terms act on 1 to ``locality`` qubits, as a reduced echelon basis.

    >>> cut([PauliSum.parse("X0 + X0 X1", 2), PauliSum.parse("X0 X1", 2)], 1, 2)
    (X0,)
    """
    traceless = [op.without_identity() for op in ops]
    outside = {
        number: {k: real_part(v) for k, v in op.terms.items() if (k[0] | k[1]).bit_count() > locality}
        for number, op in enumerate(traceless)
    }
    found = []
    for vector in sparse_kernel(outside):
        total = PauliSum.zero(num_qubits)
        for number, factor in vector.items():
            total = total + traceless[number].scaled(factor)
        found.append(total)
    return reduced(found, num_qubits)
