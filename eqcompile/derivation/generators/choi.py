r"""Choi method for gate generators: solve for the invariant vectors of :math:`R^* \otimes R`.

A gate is the rank-one case of an equivariant channel: the Choi operator of :math:`\rho \mapsto G \rho G^\dagger` is
:math:`|G\rangle\rangle\langle\langle G|` with :math:`|G\rangle\rangle = \sum_{ab} G_{ab} |b\rangle |a\rangle`, and
G commutes with the group exactly if this vector is invariant:
:math:`(-T^T \otimes 1 + 1 \otimes T) |G\rangle\rangle = 0` and
:math:`(R^* \otimes R) |G\rangle\rangle = |G\rangle\rangle`. The equations are written entry by entry in the
computational basis, from the action of the group on *states*. This route therefore shares neither commutators of Pauli
strings nor conjugation of operators with the null space and the twirl.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from eqcompile.derivation.generators.basis import GeneratorBasis, reduced
from eqcompile.derivation.generators.whole_register import derive_elements
from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    Real,
    Scalar,
    conjugate,
    imaginary_part,
    real_part,
    times_power_of_i,
)
from eqcompile.exact.linear.sparse import sparse_kernel
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.symmetry import Symmetry

MAX_CHOI_WEIGHT = 6
"""Locality of the Choi method: 4^6 = 4096 real unknowns on one set of qubits take a few seconds. Beyond it, refused:
this method does not apply; use the null space or a smaller locality."""

MAX_COEFFICIENTS = 600_000
"""Coefficients of all equations of the Choi method together; irrational ones take ten seconds. Beyond it,
refused: this method does not apply; use the null space or a smaller locality."""

Entry: TypeAlias = tuple[int, int]
"""Row a and column b of an operator: the basis vector ``|b>|a>`` of its vectorisation."""

Entries: TypeAlias = dict[Entry, Scalar]

EntryMap: TypeAlias = Callable[[Entry], Entries]
"""The change of ``|b>|a>`` under a group generator; it vanishes on invariant vectors."""


class Unknown(NamedTuple):
    """A real parameter of a Hermitian operator: the real or imaginary part of one entry with a <= b."""

    row: int
    column: int
    imaginary: bool


def choi_basis(symmetry: Symmetry, locality: int) -> GeneratorBasis:
    """All generators on up to ``locality`` qubits whose vectorisation the group leaves invariant.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        LimitError: more than ``MAX_CHOI_WEIGHT`` qubits at once.

    References:
        Choi, Linear Algebra Appl. 10, 285 (1975); Nguyen et al., PRX Quantum 5, 020328 (2024).

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> su2 = Symmetry(3, factors=(RotationFactor(3, (0, 1, 2)),))
    >>> choi_basis(su2, locality=2).dim
    3
    """
    if MAX_CHOI_WEIGHT < locality <= symmetry.num_qubits:
        raise LimitError(
            f"the Choi method solves for all 4^k entries of an operator on k qubits; k = {locality} is beyond "
            f"its limit of {MAX_CHOI_WEIGHT}, so use the null space method or a smaller locality"
        )
    elements = derive_elements(symmetry, locality, invariant_vectors, all_invariant_vectors)
    return GeneratorBasis(symmetry.num_qubits, locality, "choi", elements)


def invariant_vectors(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """Invariant operators whose terms act on every qubit, as a reduced echelon basis.

    An operator acts on every qubit in all its terms exactly if each of its single-qubit partial traces is zero.
    """
    return _solved(symmetry, tuple(range(symmetry.num_qubits)))


def all_invariant_vectors(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """All invariant operators, whichever qubits their terms act on."""
    return _solved(symmetry, ())


def _solved(symmetry: Symmetry, traceless: Sequence[int]) -> tuple[PauliSum, ...]:
    """Invariant operators whose partial traces over each of the named qubits vanish."""
    n = symmetry.num_qubits
    columns = _columns(symmetry)
    _require_few(columns, n)
    maps = _entry_maps(columns)
    images = {unknown: _equations(unknown, maps, traceless) for unknown in _unknowns(n)}
    return reduced((_operator(vector, n) for vector in sparse_kernel(images)), n)


def _unknowns(num_qubits: int) -> Iterator[Unknown]:
    size = 1 << num_qubits
    for row in range(size):
        yield Unknown(row, row, False)
        for column in range(row + 1, size):
            yield Unknown(row, column, False)
            yield Unknown(row, column, True)


def _matrix_units(unknown: Unknown) -> Entries:
    """The Hermitian matrix of one unknown: E_ab + E_ba, or i (E_ab - E_ba)."""
    a, b, imaginary = unknown
    value = IMAGINARY_UNIT if imaginary else ONE
    return {(a, b): value, (b, a): conjugate(value)}


class _Columns(NamedTuple):
    """The images of the basis states under each group generator: the columns of its matrix."""

    continuous: list[list[ExactState]]
    finite: list[list[ExactState]]


def _columns(symmetry: Symmetry) -> _Columns:
    n = symmetry.num_qubits
    basis = [ExactState(n, {bits: ONE}) for bits in range(1 << n)]
    return _Columns(
        [[state.apply(g.operator) for state in basis] for g in symmetry.lie_generators],
        [[g.on_qubits.apply(state) for state in basis] for g in symmetry.finite_generators],
    )


def _require_few(columns: _Columns, num_qubits: int) -> None:
    """Count before expanding: a matrix of c entries gives 2^(n+1) c coefficients, or c^2 if it is finite."""
    lengths = [[sum(len(s.amplitudes) for s in matrix) for matrix in matrices] for matrices in columns]
    count = sum(c << (num_qubits + 1) for c in lengths[0]) + sum(c * c for c in lengths[1])
    if count > MAX_COEFFICIENTS:
        raise LimitError(
            f"the Choi method writes {count} coefficients for operators on {num_qubits} qubits under this group; "
            f"the limit is {MAX_COEFFICIENTS}, so use the null space method or a smaller locality"
        )


def _entry_maps(columns: _Columns) -> list[EntryMap]:
    return [_infinitesimal(matrix) for matrix in columns.continuous] + [_change(m) for m in columns.finite]


def _infinitesimal(columns: Sequence[ExactState]) -> EntryMap:
    r""":math:`|b\rangle |a\rangle \mapsto |b\rangle T|a\rangle - (T|b\rangle)^* |a\rangle`; T is Hermitian."""

    def apply(entry: Entry) -> Entries:
        a, b = entry
        out = {(c, b): value for c, value in columns[a].amplitudes.items()}
        for d, value in columns[b].amplitudes.items():
            out[a, d] = out.get((a, d), ZERO) - conjugate(value)
        return out

    return apply


def _change(columns: Sequence[ExactState]) -> EntryMap:
    r""":math:`|b\rangle |a\rangle \mapsto (R|b\rangle)^* R|a\rangle - |b\rangle |a\rangle`."""

    def apply(entry: Entry) -> Entries:
        a, b = entry
        out = {
            (c, d): left * conjugate(right)
            for c, left in columns[a].amplitudes.items()
            for d, right in columns[b].amplitudes.items()
        }
        out[entry] = out.get(entry, ZERO) - ONE
        return out

    return apply


def _equations(unknown: Unknown, maps: Sequence[EntryMap], traceless: Sequence[int]) -> dict[object, Real]:
    """The unknown's coefficient in every real equation: invariance, then vanishing partial traces."""
    units = _matrix_units(unknown)
    complex_equations: dict[tuple[object, ...], Scalar] = {}
    for index, apply in enumerate(maps):
        for entry, factor in units.items():
            for target, value in apply(entry).items():
                _add(complex_equations, ("invariance", index, target), value * factor)
    # A trace over qubit q adds up the entries with equal bit q, so units off that diagonal do not enter.
    for (a, b), factor in units.items():
        for mask in (1 << q for q in traceless):
            if not (a ^ b) & mask:
                _add(complex_equations, ("trace", mask, a & ~mask, b & ~mask), factor)
    # The unknowns are real, so each complex equation is two real ones.
    real = {("real", key): real_part(value) for key, value in complex_equations.items()}
    imaginary = {("imaginary", key): imaginary_part(value) for key, value in complex_equations.items()}
    return {key: value for key, value in (real | imaginary).items() if value}


def _add(equations: dict[tuple[object, ...], Scalar], key: tuple[object, ...], value: Scalar) -> None:
    equations[key] = equations.get(key, ZERO) + value


def _operator(vector: Mapping[Unknown, Real], num_qubits: int) -> PauliSum:
    r"""The Pauli sum of a matrix, by :math:`G = 2^{-n} \sum_P \mathrm{Tr}(P G) P`."""
    terms: dict[PauliKey, Scalar] = {}
    for unknown, weight in vector.items():
        for (a, b), factor in _matrix_units(unknown).items():
            for z in range(1 << num_qubits):
                phase = ((a ^ b) & z).bit_count() + 2 * (z & a).bit_count()
                key = (a ^ b, z)
                terms[key] = terms.get(key, ZERO) + times_power_of_i(factor * weight, phase)
    return PauliSum(num_qubits, terms) / (1 << num_qubits)
