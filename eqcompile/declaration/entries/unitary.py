"""The entries ``unitary``, ``matrix`` and ``clifford``: one unitary of finite order; the data are left unchanged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

from pydantic import Field

from eqcompile.declaration.entries.clifford import parse_clifford
from eqcompile.declaration.entries.element_order import MAX_ORDER, order_up_to_phase
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import Label, Name, Number, Operator, Qubit, Section
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree, operator_text
from eqcompile.declaration.yaml.wording import label, shown
from eqcompile.errors import ExpressionError
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import Scalar, conjugate, scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.factor import Factor, shortened
from eqcompile.symmetry.maps import UnitaryMap
from eqcompile.symmetry.unitary import UnitaryFactor

MAX_MATRIX_QUBITS = 3
"""Qubits of a matrix in a spec, 8 rows. Beyond it, refused: write the element as a circuit (`clifford`) or a product
(`unitary`)."""


class MatrixSchema(Section):
    """A unitary matrix of finite order on a few qubits."""

    qubits: Annotated[
        list[Qubit], Field(min_length=1, examples=[[0]], description="Its qubits, most significant first.")
    ]
    rows: Annotated[
        list[list[Number]],
        Field(min_length=1, examples=[[["sqrt(2)/2", "sqrt(2)/2"], ["sqrt(2)/2", "-sqrt(2)/2"]]],
              description="Exact entries, row by row."),
    ]  # fmt: skip
    name: Annotated[
        Name | None, Field(examples=["hadamard"], description="Name of the element in messages.")
    ] = None


class UnitarySchema(Section):
    """A unitary of finite order as a product of small ones."""

    name: Annotated[Label, Field(examples=["hadamards"], description="Name of the element in messages.")]
    factors: Annotated[
        list[Operator],
        Field(
            min_length=1,
            examples=[["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "X1"]],
            description="Unitary operators, the first one acting first.",
        ),
    ]


@dataclass(frozen=True)
class Unitary(Symmetry):
    """A unitary of finite order as a product of small ones, the first one acting first; the data are left unchanged."""

    name: str
    factors: tuple[PauliSum, ...]

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The group of its powers."""
        unitary = UnitaryMap(spec.qubits, self.factors)
        yield UnitaryFactor(spec.qubits, ((self.name, unitary),), spec.num_sites)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry by its operators, however it was written."""
        return {"unitary": {"name": self.name, "factors": [operator_text(op) for op in self.factors]}}


def build_clifford(text: str, path: Path, scope: Scope) -> Unitary:
    """A product of Clifford gates, such as ``H 0; S 1; CX 0 1``.

    Raises:
        SpecError: an unknown gate, a wrong number of qubits, or an element whose order is too large.
    """
    try:
        factors = parse_clifford(text, scope.num_qubits)
    except ExpressionError as error:
        raise scope.error(str(error), path, error.offset) from None
    name = " ".join(text.split())
    return _unitary(shortened(name), factors, path, scope)


def build_matrix(schema: MatrixSchema, path: Path, scope: Scope) -> Unitary:
    """A unitary matrix on a few qubits; the first named qubit is the most significant one.

    Raises:
        SpecError: rows that do not fit the qubits, an entry that is not an exact number, a matrix that is not unitary,
            or a matrix of a large or infinite order.
    """
    scope.check_qubits(schema.qubits, (*path, "qubits"))
    if not 1 <= len(schema.qubits) <= MAX_MATRIX_QUBITS:
        message = f"a matrix acts on 1 to {MAX_MATRIX_QUBITS} qubits; found {len(schema.qubits)}"
        raise scope.error(message, (*path, "qubits"))
    size = 1 << len(schema.qubits)
    place: Path = (*path, "rows")
    if len(schema.rows) != size or any(len(row) != size for row in schema.rows):
        count = f"{len(schema.qubits)} qubit{'s need' if len(schema.qubits) > 1 else ' needs'}"
        message = f"{count} a matrix of {size} rows of {size} entries"
        raise scope.error(message, place)
    entries = {
        (a, b): _number(schema.rows[a][b], (*place, a, b), scope) for a, b in product(range(size), repeat=2)
    }
    if not _is_unitary(entries, size):
        raise scope.error("the matrix is not unitary; its rows must be orthonormal, exactly", place)
    op = _from_matrix(entries, schema.qubits, scope.num_qubits)
    name = schema.name or f"matrix on {', '.join(map(str, schema.qubits))}"
    return _unitary(name, (op,), path, scope)


def build_unitary(schema: UnitarySchema, path: Path, scope: Scope) -> Unitary:
    """A product of small unitary operators, the first one acting first.

    Raises:
        SpecError: text that is not an operator, an operator that is not unitary, a product of a large or infinite
            order, or a name that is more than one line.
    """
    scope.check_label(schema.name, (*path, "name"))
    place: Path = (*path, "factors")
    factors = tuple(scope.operator(text, (*place, i)) for i, text in enumerate(schema.factors))
    for index, factor in enumerate(factors):
        if factor * factor.adjoint() != PauliSum.identity(scope.num_qubits):
            message = f"{shown(schema.factors[index])} is not unitary; U times its adjoint must be 1, exactly"
            raise scope.error(message, (*place, index))
    return _unitary(schema.name, factors, path, scope)


def _unitary(name: str, factors: tuple[PauliSum, ...], path: Path, scope: Scope) -> Unitary:
    order = order_up_to_phase(UnitaryMap(scope.num_qubits, factors))
    if order is None:
        message = (
            f"no power of it up to {MAX_ORDER} is the identity up to a phase; write an element of lower order"
        )
        raise scope.error(message, path)
    if order == 1:
        raise scope.error("it is the identity up to a phase, which acts on nothing; remove it", path)
    return Unitary(name, factors)


def _number(value: Any, path: Path, scope: Scope) -> Scalar:
    try:
        return parse_scalar(value)
    except ExpressionError as error:
        raise scope.error(f"{label(path)}: {error}", path, error.offset) from None


def _is_unitary(entries: dict[tuple[int, int], Scalar], size: int) -> bool:
    return all(
        sum((entries[a, c] * conjugate(entries[b, c]) for c in range(1, size)), start=_first(entries, a, b))
        == scalar(int(a == b))
        for a, b in product(range(size), repeat=2)
    )


def _first(entries: dict[tuple[int, int], Scalar], a: int, b: int) -> Scalar:
    return entries[a, 0] * conjugate(entries[b, 0])


def _from_matrix(entries: dict[tuple[int, int], Scalar], qubits: Sequence[int], num_qubits: int) -> PauliSum:
    """The sum of all entries times their matrix units, each a product of single-qubit units."""
    total = PauliSum.zero(num_qubits)
    for (a, b), value in entries.items():
        if value:
            unit = PauliSum.identity(num_qubits).scaled(value)
            for qubit, row, column in _bits(a, b, qubits):
                unit = unit * _matrix_unit(num_qubits, qubit, row, column)
            total = total + unit
    return total


def _bits(a: int, b: int, qubits: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    last = len(qubits) - 1
    return ((qubit, a >> (last - k) & 1, b >> (last - k) & 1) for k, qubit in enumerate(qubits))


def _matrix_unit(num_qubits: int, qubit: int, row: int, column: int) -> PauliSum:
    """|row><column| on one qubit."""
    texts = {
        (0, 0): "1/2 + Z{q}/2",
        (1, 1): "1/2 - Z{q}/2",
        (0, 1): "X{q}/2 + i*Y{q}/2",
        (1, 0): "X{q}/2 - i*Y{q}/2",
    }
    return PauliSum.parse(texts[row, column].format(q=qubit), num_qubits)


def unitary_entries(factor: UnitaryFactor, encode: Encode) -> Iterator[Symmetry]:
    """One entry for each generator."""
    for name, unitary in factor.generators:
        yield Unitary(name, unitary.factors)
