"""Operators on qubits as sparse sums of Pauli strings with exact coefficients."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from eqcompile.arguments import found, whole_number
from eqcompile.errors import ArgumentError, DimensionError
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    Scalar,
    ScalarLike,
    conjugate,
    format_scalar,
    is_real,
    scalar,
    times_power_of_i,
)
from eqcompile.exact.operators.matrices import from_matrix, to_matrix
from eqcompile.exact.operators.parse import parse_terms
from eqcompile.exact.operators.strings import (
    IDENTITY,
    PauliKey,
    anticommute,
    heisenberg_terms,
    letter,
    multiplied,
    pauli_key,
    product_phase,
    support_of,
)

if TYPE_CHECKING:
    import sympy

MAX_OPERATOR_QUBITS = 1_000_000
"""Qubits of an operator or a state. Beyond it, refused: use a smaller register."""


def _print_order(key: PauliKey) -> tuple[int, tuple[int, ...], str]:
    support = support_of(key)
    return len(support), support, "".join(letter(key, q) for q in support)


class PauliSum:
    r"""An operator :math:`\sum_P c_P P` over Pauli strings, with exact coefficients.

    Values are immutable and compared exactly. Text is sparse and unambiguous, and
    ``PauliSum.parse(str(op), n) == op``.

    Args:
        num_qubits: size of the register; strings must fit into it.
        terms: coefficient of each string; zeros are dropped.

    Raises:
        DimensionError: a string acts outside the register.

    >>> PauliSum.parse("H(0,1)", num_qubits=2)
    X0 X1 + Y0 Y1 + Z0 Z1
    """

    __slots__ = ("_hash", "_support", "_terms", "num_qubits")

    num_qubits: int

    def __init__(self, num_qubits: int, terms: Mapping[PauliKey, ScalarLike] | None = None) -> None:
        if (
            type(num_qubits) is not int or not 0 <= num_qubits <= MAX_OPERATOR_QUBITS
        ):  # a cheap test: operators are made by the million
            num_qubits = whole_number("num_qubits", num_qubits, least=0, most=MAX_OPERATOR_QUBITS)
        if terms is not None and not isinstance(terms, Mapping):
            raise ArgumentError(
                f"terms: a mapping of Pauli strings to coefficients is needed; found {found(terms)}"
            )
        kept = {key: scalar(value) for key, value in (terms or {}).items() if value}
        limit = 1 << num_qubits
        for x, z in _masks(kept):
            if x >= limit or z >= limit:
                raise DimensionError(f"a Pauli string acts on qubit {(x | z).bit_length() - 1}, "
                                     f"but the register has qubits 0 to {num_qubits - 1}")  # fmt: skip
        self.num_qubits = num_qubits
        self._terms = kept
        self._hash: int | None = None
        self._support: tuple[int, ...] | None = None

    def __deepcopy__(self, memo: object) -> "PauliSum":
        """The operator itself: it never changes."""
        return self

    @classmethod
    def zero(cls, num_qubits: int) -> "PauliSum":
        """The zero operator."""
        return cls(num_qubits)

    @classmethod
    def identity(cls, num_qubits: int) -> "PauliSum":
        """The identity operator."""
        return cls(num_qubits, {IDENTITY: ONE})

    @classmethod
    def string(cls, num_qubits: int, letters: Mapping[int, str]) -> "PauliSum":
        """A single Pauli string with coefficient one, such as ``{0: "X", 2: "Z"}``."""
        return cls(num_qubits, {pauli_key(letters): ONE})

    @classmethod
    def heisenberg(cls, num_qubits: int, i: int, j: int) -> "PauliSum":
        """``X_i X_j + Y_i Y_j + Z_i Z_j``, the Heisenberg term of paper Eq. 5 with J = 1."""
        return cls(num_qubits, heisenberg_terms(i, j))

    @classmethod
    def parse(cls, text: str, num_qubits: int) -> "PauliSum":
        """Read ``"1/2*X0 X1 + H(1,2)"``; see :func:`eqcompile.exact.operators.parse.parse_terms`.

        Raises:
            ExpressionError: an unknown word, a syntax error, a qubit out of range, or a limit that is exceeded.

        >>> PauliSum.parse("H(0,1) Z2/2 - i*(X0 + i*Y0)", num_qubits=3)
        -i*X0 + Y0 + 1/2*X0 X1 Z2 + 1/2*Y0 Y1 Z2 + 1/2*Z0 Z1 Z2
        """
        return cls(num_qubits, parse_terms(text, num_qubits))

    @classmethod
    def from_sympy(cls, matrix: "sympy.Matrix") -> "PauliSum":
        r"""The operator with an exact matrix: :math:`c_P = 2^{-n}\,\mathrm{Tr}(P A)`.

        Args:
            matrix: a matrix of SymPy, shape ``(2**n, 2**n)``, as :meth:`to_sympy` gives it; index bit q is the value
                of qubit q. Its entries are rational numbers, ``I``, square roots, roots of unity, and what they
                combine to.

        Raises:
            ArgumentError: not a matrix of SymPy, or an entry that is a float, a symbol or another number.
            DimensionError: the matrix is not square, or its size is not a power of two.
            LimitError: the matrix is too large.

        >>> import sympy
        >>> PauliSum.from_sympy(sympy.Matrix([[1, sympy.sqrt(2)], [sympy.sqrt(2), 0]]))
        1/2*I + sqrt(2)*X0 + 1/2*Z0
        """
        return cls(*from_matrix(matrix))

    @property
    def terms(self) -> Mapping[PauliKey, Scalar]:
        """Read-only map from Pauli string to coefficient, without zeros."""
        return MappingProxyType(self._terms)

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits on which some term acts, ascending."""
        if self._support is None:
            mask = 0
            for x, z in self._terms:
                mask |= x | z
            self._support = support_of((mask, 0))
        return self._support

    @property
    def locality(self) -> int:
        """Largest number of qubits on which any single term acts."""
        return max(((x | z).bit_count() for x, z in self._terms), default=0)

    @property
    def is_hermitian(self) -> bool:
        """Whether all coefficients are real."""
        return all(is_real(value) for value in self._terms.values())

    def to_sympy(self) -> "sympy.Matrix":
        """The matrix of the operator, exact.

        Returns:
            Shape ``(2**n, 2**n)``. Index bit q is the value of qubit q, as in Qiskit, so that qubit 0 is the last
            factor of a Kronecker product. SymPy does not add up products with ``I``, roots and cosines by itself:
            compare results after ``expand()``, or by :meth:`from_sympy`, which knows all that is equal.

        Raises:
            LimitError: there are more than ``MAX_MATRIX_QUBITS`` qubits, or too many entries.

        >>> PauliSum.parse("Z0 + X1", num_qubits=2).to_sympy()
        Matrix([
        [1,  0, 1,  0],
        [0, -1, 0,  1],
        [1,  0, 1,  0],
        [0,  1, 0, -1]])
        """
        return to_matrix(self.num_qubits, self._terms)

    def adjoint(self) -> "PauliSum":
        """Hermitian conjugate."""
        return PauliSum(self.num_qubits, {key: conjugate(value) for key, value in self._terms.items()})

    def without_identity(self) -> "PauliSum":
        """The traceless part."""
        return PauliSum(self.num_qubits, {k: v for k, v in self._terms.items() if k != IDENTITY})

    def coefficient(self, key: PauliKey) -> Scalar:
        """Coefficient of one string; zero if absent."""
        return self._terms.get(key, ZERO)

    def relabel(self, images: Iterable[int], num_qubits: int | None = None) -> "PauliSum":
        """Move qubit q to ``images[q]``: conjugation by a qubit permutation.

        >>> PauliSum.parse("X0 Z1", 3).relabel([2, 0, 1])
        Z0 X2
        """
        targets = tuple(images)
        moved = {
            pauli_key({targets[q]: letter(key, q) for q in support_of(key)}): value
            for key, value in self._terms.items()
        }
        return PauliSum(self.num_qubits if num_qubits is None else num_qubits, moved)

    def commutator(self, other: "PauliSum") -> "PauliSum":
        """``self other - other self``."""
        self._require_same_register(other)
        out: dict[PauliKey, Scalar] = {}
        for left, a in self._terms.items():
            for right, b in other._terms.items():
                if anticommute(left, right):
                    key = (left[0] ^ right[0], left[1] ^ right[1])
                    value = times_power_of_i(a * b * 2, product_phase(left, right))
                    out[key] = out.get(key, ZERO) + value
        return PauliSum(self.num_qubits, out)

    def commutes_with(self, other: "PauliSum") -> bool:
        """Whether the commutator is exactly zero."""
        return not self.commutator(other)

    def derivation(self, other: "PauliSum") -> "PauliSum":
        r"""``-i [self, other]``, the derivative of :math:`e^{-i\phi T} A e^{i\phi T}` at phi = 0.

        The result is Hermitian if both operators are.
        """
        return self.commutator(other).scaled(-IMAGINARY_UNIT)

    def scaled(self, factor: ScalarLike) -> "PauliSum":
        """``factor * self`` for a rational or Gaussian rational factor."""
        value = scalar(factor)
        return PauliSum(self.num_qubits, {key: old * value for key, old in self._terms.items()})

    def __add__(self, other: "PauliSum") -> "PauliSum":
        self._require_same_register(other)
        out = dict(self._terms)
        for key, value in other._terms.items():
            out[key] = out.get(key, ZERO) + value
        return PauliSum(self.num_qubits, out)

    def __sub__(self, other: "PauliSum") -> "PauliSum":
        return self + other.scaled(-1)

    def __neg__(self) -> "PauliSum":
        return self.scaled(-1)

    def __mul__(self, other: "PauliSum | ScalarLike") -> "PauliSum":
        if not isinstance(other, PauliSum):
            return self.scaled(other)
        self._require_same_register(other)
        return PauliSum(self.num_qubits, multiplied(self._terms, other._terms))

    __rmul__ = __mul__

    def __truediv__(self, other: ScalarLike) -> "PauliSum":
        return self.scaled(ONE / scalar(other))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PauliSum):
            return NotImplemented
        return self.num_qubits == other.num_qubits and self._terms == other._terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.num_qubits, frozenset(self._terms.items())))
        return self._hash

    def __bool__(self) -> bool:
        return bool(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __iter__(self) -> Iterator[PauliKey]:
        return iter(sorted(self._terms, key=_print_order))

    def __str__(self) -> str:
        text = " + ".join(_format_term(key, self._terms[key]) for key in self)
        return text.replace("+ -", "- ") if text else "0"

    __repr__ = __str__

    def _require_same_register(self, other: "PauliSum") -> None:
        if self.num_qubits != other.num_qubits:
            raise DimensionError(
                f"operators on {self.num_qubits} and {other.num_qubits} qubits cannot be combined"
            )


def _masks(keys: Iterable[PauliKey]) -> Iterable[PauliKey]:
    for key in keys:
        if type(key) is not tuple or len(key) != 2 or type(key[0]) is not int or type(key[1]) is not int:
            raise ArgumentError(
                f"terms: a Pauli string is a pair of bit masks, such as (1, 0) for X0; found {found(key)}"
            )
    return keys


def _format_term(key: PauliKey, value: Scalar) -> str:
    string = " ".join(f"{letter(key, q)}{q}" for q in support_of(key)) or "I"
    if value == ONE:
        return string
    if value == -ONE:
        return f"-{string}"
    return f"{format_scalar(value)}*{string}"
