r"""The operations that circuits consist of: one language for models, for passes and for circuits of any origin.

A *whole* gate is one certified object: an evolution :math:`e^{-i\,\mathrm{angle}\,G}`, an upload of a vector, the
preparation of a singlet, or one of them followed by the exchange of its two qubits. An *elementary* operation is a
rotation about one Pauli string, a rotation about a vector, a fixed unitary, or an opaque gate, about which only numbers
can decide. Claims are decided on elementary operations. Angles are exact throughout.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, Self, TypeAlias

from eqcompile.circuits.angle import ExactAngle
from eqcompile.errors import ArgumentError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, letter, pauli_key, support_of
from eqcompile.groups.rotation import IDENTITY_MATRIX, Matrix
from eqcompile.names import renamed

KEPT_TERMS = 16
"""Strings of a fixed gate up to which its images on other qubits are kept: a circuit has the same few everywhere."""

Places: TypeAlias = Sequence[int] | Mapping[int, int]
"""Where each qubit goes."""


class _Operation(ABC):
    """What can be asked of every operation."""

    @property
    def exact_angle(self) -> ExactAngle | None:
        """The angle by which it turns; ``None`` if it has none."""
        return None

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters it depends on."""
        return frozenset() if self.exact_angle is None else self.exact_angle.parameters

    @abstractmethod
    def relabelled(self, places: Places, num_qubits: int) -> Self:
        """The operation with qubit q at ``places[q]``, on a register of ``num_qubits`` qubits."""

    def substituted(self, images: Mapping[str, ExactAngle]) -> Self:
        """The operation with parameters replaced by linear combinations of others."""
        return self

    @abstractmethod
    def inverse(self) -> "Operation":
        """The inverse operation.

        Raises:
            MethodError: it has none in this language.
        """

    def generators(self) -> tuple[PauliSum, ...] | None:
        """Operators that generate it, on the smallest register that holds them; ``None`` if it has none."""
        return None


@dataclass(frozen=True)
class PauliRotation(_Operation):
    r""":math:`e^{-i\,\mathrm{angle}\,P/2}` for a Pauli string P; the identity string is a global phase.

    Attributes:
        key: the string, as masks over the whole register.
        angle: exact angle.
        origin: number of the gate in the given circuit that it comes from.
    """

    key: PauliKey
    angle: ExactAngle
    origin: int = 0

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return support_of(self.key)

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return support_of(self.key)

    @property
    def exact_angle(self) -> ExactAngle:
        """The angle."""
        return self.angle

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters of the angle."""
        return self.angle.parameters

    def relabelled(self, places: Places, num_qubits: int) -> "PauliRotation":
        """The same rotation about the moved string."""
        return PauliRotation(_moved(self.key, places), self.angle, self.origin)

    def substituted(self, images: Mapping[str, ExactAngle]) -> "PauliRotation":
        """The rotation with another angle."""
        if self.parameters.isdisjoint(images):
            return self
        return replace(self, angle=self.angle.substituted(images))

    def inverse(self) -> "PauliRotation":
        """The rotation by the opposite angle."""
        return replace(self, angle=-self.angle)

    def generators(self) -> tuple[PauliSum, ...]:
        """The string."""
        return (PauliSum.string(_size(self), {q: letter(self.key, q) for q in self.qubits}),)

    def __str__(self) -> str:
        (string,) = self.generators()
        return f"exp(-i/2 ({self.angle}) ({string}))"


@dataclass(frozen=True)
class VectorRotation(_Operation):
    r""":math:`e^{-i\,\mathrm{turn}/2\; n \cdot \sigma}`, n the direction of a site's vector; times X on a parity qubit.

    A model uploads the vector x of a site as :math:`e^{-i \alpha\, x \cdot \sigma}`, with
    :math:`\mathrm{turn} = 2 \alpha |x|`; see :meth:`scaled`.

    Attributes:
        site: number of the site.
        qubit: the qubit that turns.
        parity: the parity qubit, or ``None``.
        turn: exact angle of the turn; in a model, twice the scale times the length of the vector.
        matrix: the matrix that acts on the vector first, by rows.
        origin: number of the gate in the given circuit that it comes from.

    References:
        The paper, Eqs. 8 and 9.
    """

    site: int
    qubit: int
    parity: int | None
    turn: ExactAngle
    matrix: Matrix = IDENTITY_MATRIX
    origin: int = 0

    @classmethod
    def scaled(cls, site: int, qubit: int, scale: str, parity: int | None = None) -> "VectorRotation":
        r"""The encoding gate :math:`e^{-i \alpha\, x_s \cdot \sigma^{(q)}}`.

        Args:
            site: index of the site whose vector is uploaded.
            qubit: the qubit that carries it.
            scale: name of the trainable factor alpha.
            parity: the parity qubit, or ``None``.

        >>> str(VectorRotation.scaled(0, 2, "alpha", parity=3))
        'encode(site 0, alpha) on 2 X3'
        """
        return cls(site, qubit, parity, ExactAngle.of({tuple(sorted((scale, length_of(site)))): Fraction(2)}))

    def at_site(self, site: int) -> "VectorRotation":
        """The encoding gate with the same factor alpha for the vector of another site.

        Raises:
            MethodError: the turn is not 2 alpha abs(x).
        """
        return replace(VectorRotation.scaled(site, self.qubit, self.scale, self.parity), matrix=self.matrix)

    @property
    def is_plain(self) -> bool:
        """Whether it turns one qubit about the vector itself, by 2 alpha |x|."""
        return self.parity is None and self.matrix == IDENTITY_MATRIX and self.has_scale

    @property
    def has_scale(self) -> bool:
        """Whether the turn is 2 alpha |x| with a parameter alpha."""
        return bool(self._factors)

    @property
    def scale(self) -> str:
        """Name of the factor alpha.

        Raises:
            MethodError: the turn is not 2 alpha abs(x).
        """
        if not self._factors:
            raise MethodError(f"{self} turns by {self.turn}, which is not 2 alpha |x|")
        return self._factors[0]

    @property
    def _factors(self) -> list[str]:
        """The one alpha of a turn by 2 alpha |x|; an empty list for any other turn."""
        length = length_of(self.site)
        if self.turn.pi_multiple or len(self.turn.terms) != 1:
            return []
        ((monomial, value),) = self.turn.terms
        others = [name for name in monomial if name != length]
        return others if value == 2 and len(monomial) == 2 and len(others) == 1 else []

    @property
    def qubits(self) -> tuple[int, ...]:
        """The qubit that turns, and the parity qubit."""
        return (self.qubit,) if self.parity is None else (self.qubit, self.parity)

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return tuple(sorted(self.qubits))

    @property
    def exact_angle(self) -> ExactAngle:
        """The turn."""
        return self.turn

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters of the turn."""
        return self.turn.parameters

    def string(self, axis: int) -> PauliKey:
        """The Pauli string that the component along ``axis`` multiplies."""
        return pauli_key({self.qubit: "XYZ"[axis]} | ({} if self.parity is None else {self.parity: "X"}))

    def generator(self, num_qubits: int, axis: int) -> PauliSum:
        """The same string as an operator."""
        return PauliSum.string(
            num_qubits, {self.qubit: "XYZ"[axis]} | ({} if self.parity is None else {self.parity: "X"})
        )

    def relabelled(self, places: Places, num_qubits: int) -> "VectorRotation":
        """The same rotation of other qubits."""
        parity = None if self.parity is None else places[self.parity]
        return replace(self, qubit=places[self.qubit], parity=parity)

    def substituted(self, images: Mapping[str, ExactAngle]) -> "VectorRotation":
        """The rotation with another turn."""
        if self.parameters.isdisjoint(images):
            return self
        return replace(self, turn=self.turn.substituted(images))

    def inverse(self) -> "VectorRotation":
        """The rotation by the opposite turn."""
        return replace(self, turn=-self.turn)

    def generators(self) -> tuple[PauliSum, ...]:
        """The strings of all three axes, since the direction is not known."""
        return tuple(self.generator(_size(self), axis) for axis in range(3))

    def __str__(self) -> str:
        parity = "" if self.parity is None else f" X{self.parity}"
        by = self.scale if self.has_scale else f"turn {self.turn}"
        by += "" if self.matrix == IDENTITY_MATRIX else ", turned"
        return f"encode(site {self.site}, {by}) on {self.qubit}{parity}"


@dataclass(frozen=True)
class Evolve(_Operation):
    r""":math:`e^{-i\,\mathrm{angle}\,G}` with a Hermitian generator G and an exact angle.

    Attributes:
        generator: G, on the whole register.
        angle: exact angle.
        origin: number of the gate in the given circuit that it comes from.
    """

    generator: PauliSum
    angle: ExactAngle
    origin: int = 0

    @classmethod
    def by(cls, generator: PauliSum, parameter: str) -> "Evolve":
        """The gate of a model, whose angle is one trainable parameter."""
        return cls(generator, ExactAngle.parameter(parameter))

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.generator.support

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return self.generator.support

    @property
    def exact_angle(self) -> ExactAngle:
        """The angle."""
        return self.angle

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters of the angle."""
        return self.angle.parameters

    def relabelled(self, places: Places, num_qubits: int) -> "Evolve":
        """The same evolution under the moved generator."""
        terms = {_moved(key, places): value for key, value in self.generator.terms.items()}
        return replace(self, generator=PauliSum(num_qubits, terms))

    def substituted(self, images: Mapping[str, ExactAngle]) -> "Evolve":
        """The evolution by another angle."""
        if self.parameters.isdisjoint(images):
            return self
        return replace(self, angle=self.angle.substituted(images))

    def inverse(self) -> "Evolve":
        """The evolution by the opposite angle."""
        return replace(self, angle=-self.angle)

    def generators(self) -> tuple[PauliSum, ...]:
        """G alone."""
        return (PauliSum(_size(self), self.generator.terms),)

    def __str__(self) -> str:
        return f"exp(-i ({self.angle}) ({self.generator}))"


@dataclass(frozen=True)
class Singlet(_Operation):
    r"""Prepares :math:`(|01\rangle - |10\rangle)/\sqrt 2` from zeros, with ``first`` as the left factor."""

    first: int
    second: int
    origin: int = 0

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.first, self.second

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return tuple(sorted(self.qubits))

    def relabelled(self, places: Places, num_qubits: int) -> "Singlet":
        """The singlet on other qubits."""
        return replace(self, first=places[self.first], second=places[self.second])

    def inverse(self) -> "Operation":
        """There is none: a preparation says only what becomes of zeros.

        Raises:
            MethodError: always.
        """
        raise MethodError(f"{self} is a preparation, which has no inverse")

    def __str__(self) -> str:
        return f"singlet({self.first}, {self.second})"


Plain: TypeAlias = PauliRotation | VectorRotation | Evolve | Singlet
"""Operations that have an exact lowering, and behind which routing may put a swap."""


@dataclass(frozen=True)
class Swapped(_Operation):
    """A gate on two qubits followed by their exchange; the exchange alone if there is no gate."""

    gate: Plain | None
    qubits: tuple[int, int]
    origin: int = 0

    def __post_init__(self) -> None:
        if self.gate is not None and not {*self.gate.qubits} <= {*self.qubits}:
            raise ArgumentError(
                f"{self.gate} does not act on the qubits {self.qubits} that are exchanged behind it"
            )

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return tuple(sorted(self.qubits))

    @property
    def exact_angle(self) -> ExactAngle | None:
        """The angle of the gate."""
        return None if self.gate is None else self.gate.exact_angle

    def relabelled(self, places: Places, num_qubits: int) -> "Swapped":
        """The same operation on other qubits."""
        gate = None if self.gate is None else self.gate.relabelled(places, num_qubits)
        return replace(self, gate=gate, qubits=(places[self.qubits[0]], places[self.qubits[1]]))

    def substituted(self, images: Mapping[str, ExactAngle]) -> "Swapped":
        """The operation with the gate substituted."""
        return self if self.gate is None else replace(self, gate=self.gate.substituted(images))

    def inverse(self) -> "Swapped":
        """The inverse gate with its qubits exchanged, and the exchange behind it."""
        if self.gate is None:
            return self
        back = self.gate.inverse()
        assert isinstance(back, PauliRotation | VectorRotation | Evolve)
        first, second = self.qubits
        size = back.generator.num_qubits if isinstance(back, Evolve) else 0
        return replace(self, gate=back.relabelled({first: second, second: first}, size))

    def __str__(self) -> str:
        return f"swap{self.qubits}" + ("" if self.gate is None else f" after {self.gate}")


@dataclass(frozen=True)
class FixedUnitary(_Operation):
    """A unitary with exact entries on a few qubits.

    Attributes:
        operator: the unitary, on the whole register.
        origin: number of the gate in the given circuit that it comes from.
    """

    operator: PauliSum
    origin: int = 0

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.operator.support

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return self.operator.support

    def relabelled(self, places: Places, num_qubits: int) -> "FixedUnitary":
        """The same unitary on other qubits."""
        images = tuple(places[q] for q in self.operator.support)
        move = _moved_operator if len(self.operator) > KEPT_TERMS else _kept_moved_operator
        return FixedUnitary(move(self.operator, images, num_qubits), self.origin)

    def inverse(self) -> "FixedUnitary":
        """The adjoint."""
        return replace(self, operator=self.operator.adjoint())

    def __str__(self) -> str:
        return f"unitary({self.operator})"


@dataclass(frozen=True)
class OpaqueGate(_Operation):
    """A gate without an exact form.

    Attributes:
        name: name of the gate as the user knows it.
        qubits: its qubits.
        reason: why it has no exact form.
        gate: what a numerical back end evaluates.
        names: parameters it depends on.
        origin: number of the gate in the given circuit.
    """

    name: str
    qubits: tuple[int, ...]
    reason: str
    gate: Any
    names: frozenset[str] = frozenset()
    origin: int = 0

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on, ascending."""
        return tuple(sorted(self.qubits))

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters it depends on."""
        return self.names

    def relabelled(self, places: Places, num_qubits: int) -> "OpaqueGate":
        """The same gate on other qubits."""
        return replace(self, qubits=tuple(places[q] for q in self.qubits))

    def inverse(self) -> "Operation":
        """Unknown.

        Raises:
            MethodError: always.
        """
        raise MethodError(f"{self.name} has no exact form: {self.reason}")

    def __str__(self) -> str:
        return f"{self.name} on {', '.join(map(str, self.qubits))}"


Operation: TypeAlias = PauliRotation | VectorRotation | Evolve | Singlet | Swapped | FixedUnitary | OpaqueGate


LENGTH = re.compile(r"\|x_(0|[1-9][0-9]*)\|")
"""Names of lengths, see :func:`length_of`."""


def length_of(site: int) -> str:
    """The name that stands for the length of a site's vector in angles; no parameter can have it.

    >>> length_of(0)
    '|x_0|'
    """
    return f"|x_{site}|"


Elementary: TypeAlias = PauliRotation | VectorRotation | FixedUnitary
"""Operations on which claims are decided exactly."""


def why_undecided(operation: Operation) -> str:
    """Why nothing exact can be said about an operation that is not elementary."""
    if isinstance(operation, OpaqueGate):
        return f"{operation.name} has no exact form: {operation.reason}"
    return f"{operation} is a whole gate of a model; claims are decided on elementary operations"


def undone(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """The inverse of a product.

    Raises:
        MethodError: one of them has no inverse in this language.

    >>> undone([PauliRotation((1, 0), ExactAngle.parameter("a"))])
    (PauliRotation(key=(1, 0), angle=-a, origin=0),)
    """
    return tuple(operation.inverse() for operation in reversed(operations))


def commute(left: Operation, right: Operation) -> bool:
    """Whether two operations on one register are sure to commute, for all angles and data.

    Operations on disjoint qubits do. Others do if every operator that generates one commutes with every operator that
    generates the other. Preparations and exchanges have no such operators and count as not commuting.

    >>> first, second = (VectorRotation.scaled(k, k, "alpha", parity=2) for k in (0, 1))
    >>> commute(first, second), commute(first, Singlet(0, 1))
    (True, False)
    """
    if set(left.qubits).isdisjoint(right.qubits):
        return True
    first, second = left.generators(), right.generators()
    return first is not None and second is not None and all_commute(first, second)


@lru_cache(maxsize=10_000)
def all_commute(first: tuple[PauliSum, ...], second: tuple[PauliSum, ...]) -> bool:
    """Whether every operator of one family commutes with every operator of the other."""
    return all(_commute(a, b) for a, b in product(first, second))


def _commute(left: PauliSum, right: PauliSum) -> bool:
    size = max(left.num_qubits, right.num_qubits)
    return PauliSum(size, left.terms).commutes_with(PauliSum(size, right.terms))


def _size(operation: Operation) -> int:
    """Size of the smallest register that holds it."""
    return max(operation.qubits, default=0) + 1


def _moved(key: PauliKey, places: Places) -> PauliKey:
    x, z = key
    moved_x = moved_z = 0
    for q in support_of(key):
        moved_x |= (x >> q & 1) << places[q]
        moved_z |= (z >> q & 1) << places[q]
    return moved_x, moved_z


def _moved_operator(operator: PauliSum, images: tuple[int, ...], num_qubits: int) -> PauliSum:
    """The operator with its support at other places."""
    places = dict(zip(operator.support, images, strict=True))
    return PauliSum(num_qubits, {_moved(key, places): value for key, value in operator.terms.items()})


_kept_moved_operator = lru_cache(maxsize=4096)(_moved_operator)


__getattr__ = renamed(__name__)
