"""The group section of a certificate over one field, and what makes its generators legitimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from eqcompile.recheck.algebra.field import Field
from eqcompile.recheck.algebra.pauli import (
    UNIT,
    Amplitudes,
    Operator,
    Terms,
    applied,
    combined,
    commutator,
    conjugated,
    moved,
    moved_bits,
    product,
)
from eqcompile.recheck.algebra.text import number, operator

Matrix: TypeAlias = tuple[tuple[int, ...], ...]

ONE: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
ZERO: Matrix = ((0, 0, 0), (0, 0, 0), (0, 0, 0))

Step: TypeAlias = "tuple[int, ...] | Operator"
"""A permutation of the qubits, given by images, or a unitary."""


@dataclass(frozen=True)
class Generator:
    """One generator, on qubits and on data.

    Attributes:
        name: name of the generator in the certificate.
        lie: the Hermitian operator T of a one-parameter group; ``None`` for a single element.
        steps: steps of a single element, in the order in which they act.
        images: where a single element sends each site.
        matrices: for every site, what multiplies its vector, or the rate of change.
    """

    name: str
    lie: Operator | None
    steps: tuple[Step, ...]
    images: tuple[int, ...]
    matrices: tuple[Matrix, ...]

    def sources(self) -> list[int]:
        """For every site, the site whose vector it receives."""
        return [self.images.index(site) for site in range(len(self.images))]


@dataclass(frozen=True)
class Group:
    """Register, sites and generators, over one field."""

    field: Field
    num_qubits: int
    sites: tuple[str, ...]
    generators: tuple[Generator, ...]


def group_of(data: Mapping[str, Any], field: Field) -> Group:
    """The group section over a field."""
    n, sites = data["num_qubits"], tuple(data["sites"])
    return Group(field, n, sites, tuple(generator_of(g, n, len(sites), field) for g in data["generators"]))


def generator_of(data: Mapping[str, Any], num_qubits: int, num_sites: int, field: Field) -> Generator:
    """One generator from its plain data."""
    continuous = "operator" in data
    default = ZERO if continuous else ONE
    matrices = tuple(default if rows is None else matrix_of(rows, field) for rows in data["matrices"])
    if continuous:
        lie = operator(data["operator"], num_qubits, field)
        return Generator(data["name"], lie, (), tuple(range(num_sites)), matrices)
    steps = tuple(_step(step, num_qubits, field) for step in data["steps"])
    return Generator(data["name"], None, steps, tuple(data["sites"]), matrices)


def matrix_of(rows: Sequence[Sequence[str]], field: Field) -> Matrix:
    """A matrix of three rows of texts."""
    return tuple(tuple(number(value, field) for value in row) for row in rows)


def _step(data: Mapping[str, Any], num_qubits: int, field: Field) -> Step:
    if "permutation" in data:
        return tuple(data["permutation"])
    return operator(data["unitary"], num_qubits, field)


def objection(generator: Generator, group: Group) -> str:
    """Why a generator is not a symmetry operation at all; empty if it is one."""
    p, num_sites = group.field.p, len(group.sites)
    if len(generator.matrices) != num_sites or any(len(m) != 3 or any(len(r) != 3 for r in m)
                                                   for m in generator.matrices):  # fmt: skip
        return "it has not one matrix of three rows for every site"
    # One-parameter groups are unitary and orthogonal if and only if their generators are Hermitian and skew.
    if generator.lie is not None:
        skew = all(
            (m[a][b] + m[b][a]) % p == 0 for m in generator.matrices for a in range(3) for b in range(3)
        )
        return (
            ("" if skew else "it does not rotate the data") if generator.lie.is_hermitian else "not Hermitian"
        )
    if sorted(generator.images) != list(range(num_sites)):
        return "it does not permute the sites"
    if any(_times(m, _transposed(m), p) != ONE for m in generator.matrices):
        return "it does not rotate the data"
    for step in generator.steps:
        if isinstance(step, Operator):
            if product(step.terms, step.adjoint, p) != {UNIT: 1}:
                return "it is not unitary"
        elif sorted(step) != list(range(group.num_qubits)):
            return "it does not permute the qubits"
    return ""


def image_of(generator: Generator, terms: Terms, p: int) -> Terms:
    """``R A R^dagger`` for a single element."""
    for step in generator.steps:
        terms = conjugated(terms, step, p) if isinstance(step, Operator) else moved(terms, step, p)
    return terms


def slope_of(lie: Operator, terms: Terms, field: Field) -> Terms:
    """``-i [T, A]``."""
    return combined([(-field.i, commutator(lie.terms, terms, field.p))], field.p)


def changes(generator: Generator, terms: Terms, field: Field) -> bool:
    """Whether the generator moves an operator."""
    if generator.lie is not None:
        return bool(commutator(generator.lie.terms, terms, field.p))
    return image_of(generator, terms, field.p) != terms


def moved_state(generator: Generator, state: Amplitudes, p: int) -> Amplitudes:
    """``R |psi>`` for a single element."""
    for step in generator.steps:
        if isinstance(step, Operator):
            state = applied(step.terms, state, p)
        else:
            state = {moved_bits(bits, step): value for bits, value in state.items()}
    return state


def turned(matrix: Matrix, vector: Sequence[int], p: int) -> tuple[int, ...]:
    """A matrix times a vector."""
    return tuple(sum(m * v for m, v in zip(row, vector, strict=True)) % p for row in matrix)


def _times(a: Matrix, b: Matrix, p: int) -> Matrix:
    return tuple(tuple(sum(a[i][k] * b[k][j] for k in range(3)) % p for j in range(3)) for i in range(3))


def _transposed(a: Matrix) -> Matrix:
    return tuple(tuple(a[j][i] for j in range(3)) for i in range(3))
