"""Pure states with exact amplitudes, up to normalisation."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from eqcompile.arguments import found, whole_number
from eqcompile.errors import ArgumentError, DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import (
    ONE,
    ZERO,
    Real,
    Scalar,
    ScalarLike,
    conjugate,
    format_scalar,
    rational,
    real_part,
    scalar,
    square_root,
    times_power_of_i,
)
from eqcompile.exact.arithmetic.symbolic import entries_of, matrix_of, require_matrix
from eqcompile.exact.operators.matrices import qubits_of, require_few_qubits
from eqcompile.exact.operators.pauli import MAX_OPERATOR_QUBITS, PauliSum
from eqcompile.exact.states.kets import LETTERS, MAX_AMPLITUDES, num_superposed, peel, product_amplitudes
from eqcompile.exact.states.parse import Ket, parse_kets

if TYPE_CHECKING:
    import sympy

MAX_SHOWN_KETS = 16
"""Kets of a state that are shown. Beyond it, shortened: the rest is counted; the certificate has all."""

MAX_SHOWN_QUBITS = 40
"""Qubits of a ket that is shown. Beyond it, shortened: the middle is left out; the certificate has all."""


class ExactState:
    r"""A state :math:`\sum_b a_b |b\rangle` with exact amplitudes, not normalised.

    Basis states are integers whose bit q is the value of qubit q. Text is a sum of kets with qubit 0 first. If the
    state is a product of letters ``0 1 + - r l``, it is one ket with a letter for each qubit (``r`` and ``l`` are
    :math:`|0\rangle \pm i|1\rangle`). ``ExactState.parse(str(state), n) == state``.

    Args:
        num_qubits: size of the register.
        amplitudes: amplitude of each basis state; zeros are dropped.

    Raises:
        DimensionError: a basis state is outside the register.

    >>> ExactState.singlets(2, [(0, 1)])
    |01> - |10>
    """

    __slots__ = ("_amplitudes", "num_qubits")

    num_qubits: int

    def __init__(self, num_qubits: int, amplitudes: Mapping[int, ScalarLike]) -> None:
        if type(num_qubits) is not int or not 0 <= num_qubits <= MAX_OPERATOR_QUBITS:
            num_qubits = whole_number("num_qubits", num_qubits, least=0, most=MAX_OPERATOR_QUBITS)
        if not isinstance(amplitudes, Mapping) or not all(type(bits) is int for bits in amplitudes):
            raise ArgumentError(
                f"amplitudes: a mapping of basis states, as numbers, to amplitudes is needed; found {found(amplitudes)}"
            )
        self.num_qubits = num_qubits
        self._amplitudes = {bits: scalar(value) for bits, value in amplitudes.items() if value}
        if outside := [bits for bits in self._amplitudes if not 0 <= bits < 1 << num_qubits]:
            raise DimensionError(f"basis state {outside[0]} is not one of 0 to {(1 << num_qubits) - 1}")

    def __deepcopy__(self, memo: object) -> "ExactState":
        """The state itself: it never changes."""
        return self

    @classmethod
    def singlets(cls, num_qubits: int, pairs: Sequence[tuple[int, int]]) -> "ExactState":
        r"""Singlets :math:`|0_i 1_j\rangle - |1_i 0_j\rangle` on pairs (i, j), Eq. 4; other qubits in zero.

        Raises:
            DimensionError: a qubit is outside the register, or in two pairs.
            LimitError: there are more than ``MAX_AMPLITUDES`` amplitudes.
        """
        qubits = [q for pair in pairs for q in pair]
        if len(set(qubits)) < len(qubits) or any(not 0 <= q < num_qubits for q in qubits):
            raise DimensionError(
                f"singlet pairs {list(pairs)} must be disjoint, on qubits 0 to {num_qubits - 1}"
            )
        _check_size(len(pairs), "singlets")
        amplitudes = {0: ONE}
        for i, j in pairs:
            up = {bits | 1 << j: value for bits, value in amplitudes.items()}
            down = {bits | 1 << i: -value for bits, value in amplitudes.items()}
            amplitudes = up | down
        return cls(num_qubits, amplitudes)

    @classmethod
    def product(cls, letters: str) -> "ExactState":
        """One of ``0 1 + - r l`` for each qubit, qubit 0 first, with amplitudes 1, i, -1 and -i.

        Raises:
            DimensionError: a letter is unknown.
            LimitError: there are more than ``MAX_AMPLITUDES`` amplitudes.

        >>> ExactState.product("0-").norm_squared
        2
        """
        if unknown := [letter for letter in letters if letter not in LETTERS]:
            raise DimensionError(f"unknown letter {unknown[0]!r} of a ket; known: {', '.join(LETTERS)}")
        _check_size(num_superposed(letters), "letters + - r l")
        return cls(len(letters), product_amplitudes(letters))

    @classmethod
    def parse(cls, text: str, num_qubits: int | None = None) -> "ExactState":
        """Read a sum of kets, such as ``"|01> - i*|10>"`` or ``"|+-01>"``.

        Args:
            text: the kets, each with a number in front unless it is one.
            num_qubits: size of the register; by default the length of the first ket.

        Returns:
            The state, up to normalisation; the zero vector for ``"0"``, where ``num_qubits`` is needed.

        Raises:
            ExpressionError: the text is not a sum of kets, or a ket does not fit the register.
            LimitError: there are more than ``MAX_AMPLITUDES`` amplitudes.

        >>> ExactState.parse("|001> + |010> + |100>").num_qubits
        3
        """
        if text.strip() == "0" and num_qubits is not None:
            return cls(num_qubits, {})
        return superpose(parse_kets(text, num_qubits))

    @classmethod
    def from_sympy(cls, vector: "sympy.Matrix") -> "ExactState":
        """The state with the amplitudes of a column of SymPy, as :meth:`to_sympy` gives it.

        Args:
            vector: shape ``(2**n, 1)``, exact; index bit q is the value of qubit q.

        Raises:
            ArgumentError: not a matrix of SymPy, or an entry that is not an exact number.
            DimensionError: more than one column, or a length that is not a power of two.
            LimitError: the register is too large for matrices of SymPy.

        >>> import sympy
        >>> ExactState.from_sympy(sympy.Matrix([0, 1, -1, 0]))
        -|01> + |10>
        """
        require_matrix("vector", vector)
        rows, columns = vector.shape
        if columns != 1:
            raise DimensionError(f"the vector has {columns} columns; a state is one column")
        return cls(qubits_of(rows), {row: value for (row, _), value in entries_of(vector).items()})

    def to_sympy(self) -> "sympy.Matrix":
        """The amplitudes as a column of SymPy, exact and as they are, not normalised.

        Returns:
            Shape ``(2**n, 1)``; index bit q is the value of qubit q.

        Raises:
            LimitError: the register is too large for matrices of SymPy.
        """
        require_few_qubits(self.num_qubits)
        return matrix_of(1 << self.num_qubits, 1, {(bits, 0): a for bits, a in self._amplitudes.items()})

    @property
    def amplitudes(self) -> Mapping[int, Scalar]:
        """Read-only amplitudes of the basis states, without zeros."""
        return MappingProxyType(self._amplitudes)

    @property
    def norm_squared(self) -> Real:
        """Squared norm, an exact real number."""
        return sum((real_part(a * conjugate(a)) for a in self._amplitudes.values()), start=rational(0))

    def apply(self, op: PauliSum) -> "ExactState":
        """``op |state>``."""
        if op.num_qubits != self.num_qubits:
            raise DimensionError(f"operator on {op.num_qubits} qubits, state on {self.num_qubits}")
        out: dict[int, Scalar] = {}
        for (x, z), coefficient in op.terms.items():
            ys = (x & z).bit_count()
            for bits, value in self._amplitudes.items():
                phase = ys + 2 * (z & bits).bit_count()
                term = times_power_of_i(coefficient * value, phase)
                out[bits ^ x] = out.get(bits ^ x, ZERO) + term
        return ExactState(self.num_qubits, out)

    def relabel(self, images: Iterable[int]) -> "ExactState":
        """Move qubit q to ``images[q]``."""
        targets = tuple(images)
        moved = {
            sum(1 << target for q, target in enumerate(targets) if bits >> q & 1): value
            for bits, value in self._amplitudes.items()
        }
        return ExactState(self.num_qubits, moved)

    def split(self) -> "tuple[dict[int, str], ExactState]":
        """The qubits that stand alone, with their letters, and the state of the others, renumbered from 0.

        >>> ExactState.parse("|0+01> - |1+00>").split()
        ({1: '+', 2: '0'}, |01> - |10>)
        """
        amplitudes, letters = dict(self._amplitudes), {}
        for qubit in range(self.num_qubits):
            if amplitudes and (peeled := peel(amplitudes, qubit)) is not None:
                letters[qubit], amplitudes = peeled
        rest = [qubit for qubit in range(self.num_qubits) if qubit not in letters]
        renumbered = {
            sum((bits >> qubit & 1) << new for new, qubit in enumerate(rest)): value
            for bits, value in amplitudes.items()
        }
        return letters, ExactState(len(rest), renumbered)

    def eigenvalue_of(self, image: "ExactState") -> Scalar | None:
        """The number c with ``image == c * self``, or ``None`` if there is none.

        Raises:
            DimensionError: this is the zero vector, whose multiples are all zero.
        """
        if not self._amplitudes:
            raise DimensionError("the zero vector is not a state; give at least one amplitude")
        bits, amplitude = next(iter(sorted(self._amplitudes.items())))
        ratio = image._amplitudes.get(bits, ZERO) / amplitude
        return ratio if self.scaled(ratio) == image else None

    def scaled(self, factor: ScalarLike) -> "ExactState":
        """``factor * state``."""
        value = scalar(factor)
        return ExactState(self.num_qubits, {bits: a * value for bits, a in self._amplitudes.items()})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ExactState):
            return NotImplemented
        return self.num_qubits == other.num_qubits and self._amplitudes == other._amplitudes

    def __hash__(self) -> int:
        return hash((self.num_qubits, frozenset(self._amplitudes.items())))

    def __str__(self) -> str:
        """Kets list qubit 0 first."""
        return " + ".join(_format_amplitude(a) + ket for ket, a in self._kets()).replace("+ -", "- ") or "0"

    __repr__ = __str__

    def abbreviated(self) -> str:
        """The text for a person: long sums and long kets are cut, and their length is given.

        >>> ExactState.product("0" * 1000).abbreviated()
        '|0000000000000000...0000000000000000> (1000 qubits)'
        """
        kets = self._kets()
        shown = kets[:MAX_SHOWN_KETS]
        parts = [_format_amplitude(value) + _shortened(ket) for ket, value in shown]
        notes = [f"{len(kets)} kets"] if len(kets) > len(shown) else []
        notes += [f"{self.num_qubits} qubits"] if self.num_qubits > MAX_SHOWN_QUBITS else []
        parts += ["..."] if len(kets) > len(shown) else []
        text = " + ".join(parts).replace("+ -", "- ") or "0"
        return f"{text} ({', '.join(notes)})" if notes else text

    def _kets(self) -> list[tuple[str, Scalar]]:
        """One ket if the state is a product of letters, else the basis states in the order of their text."""
        if (product := self._as_product()) is not None:
            return [product]
        return sorted((_ket(bits, self.num_qubits), value) for bits, value in self._amplitudes.items())

    def _as_product(self) -> tuple[str, Scalar] | None:
        letters, amplitudes = "", dict(self._amplitudes)
        if not amplitudes:
            return None
        for qubit in range(self.num_qubits):
            if (peeled := peel(amplitudes, qubit)) is None:
                return None
            letters, amplitudes = letters + peeled[0], peeled[1]
        return f"|{letters}>", amplitudes[0]


def _check_size(power: int, what: str) -> None:
    if 1 << power > MAX_AMPLITUDES:
        most = MAX_AMPLITUDES.bit_length() - 1
        raise LimitError(f"{power} {what}; the limit is {most}, because all amplitudes are stored")


def _ket(bits: int, num_qubits: int) -> str:
    return "|" + "".join(str(bits >> q & 1) for q in range(num_qubits)) + ">"


def _shortened(ket: str) -> str:
    half = MAX_SHOWN_QUBITS // 2 - 3
    return ket if len(ket) - 2 <= MAX_SHOWN_QUBITS else f"{ket[:half]}...{ket[-half:]}"


def _format_amplitude(value: Scalar) -> str:
    return {ONE: "", -ONE: "-"}.get(value, f"{format_scalar(value)}*")


def superpose(kets: tuple[Ket, ...]) -> ExactState:
    r"""The sum of the kets, up to normalisation: each of the letters ``+ - r l`` stands for a factor 1/sqrt(2).

    The smallest power of 1/sqrt(2) is left out of all kets, so that a single ket has amplitudes 1, i, -1 and -i.

    Raises:
        LimitError: there are more than ``MAX_AMPLITUDES`` amplitudes.

    >>> superpose(parse_kets("|++> - |00>"))
    -1/2*|00> + 1/2*|01> + 1/2*|10> + 1/2*|11>
    """
    powers = [num_superposed(ket.letters) for ket in kets]
    if sum(1 << power for power in powers) > MAX_AMPLITUDES:
        raise LimitError(f"more than {MAX_AMPLITUDES} amplitudes, which is the limit; use fewer + - r l")
    total: dict[int, Scalar] = {}
    for ket, power in zip(kets, powers, strict=True):
        factor = ket.coefficient * scalar(square_root(Fraction(1, 1 << power - min(powers))))
        for bits, value in product_amplitudes(ket.letters).items():
            total[bits] = total.get(bits, ZERO) + value * factor
    return ExactState(len(kets[0].letters), total)
