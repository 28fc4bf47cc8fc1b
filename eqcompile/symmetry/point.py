"""Factors that move space: rotations about one axis, and point groups on sites and spins together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from eqcompile.exact.arithmetic.scalars import real
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.groups.point import PointGroup
from eqcompile.groups.rotation import ONE_QUATERNION, Orthogonal
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, axis_text, site_map
from eqcompile.symmetry.maps import MapSequence, PauliUnitary, QubitMap, QubitRotation, UnitaryMap


@dataclass(frozen=True)
class PointFactor(Factor):
    """A point group: O(3) matrices on sites, spin 1/2 on the qubits they carry, Z on a parity qubit if there is one.

    A spin is an axial vector: the inversion leaves it unchanged. Without a parity qubit, a reflection acts on the
    qubits as its rotation alone.

    Attributes:
        group: the motions of space.
        qubits: qubits that turn.
        parity: qubit that changes sign under reflections, or ``None``.
        sites: sites that move.
        num_sites: number of all sites.
    """

    group: PointGroup
    qubits: tuple[int, ...]
    parity: int | None = None
    sites: tuple[int, ...] = ()
    num_sites: int = 0

    @property
    def name(self) -> str:
        """Schoenflies symbol."""
        return self.group.name

    @property
    def order_text(self) -> str:
        """Number of motions of space."""
        return f"order {self.group.order}"

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The generators of the group."""
        return tuple(self.element(generator) for generator in self.group.generators)

    @cached_property
    def elements(self) -> tuple[QubitMap, ...]:
        """Every motion of space on the qubits."""
        return tuple(self._on_qubits(element) for element in self.group.elements)

    @property
    def turning_qubits(self) -> tuple[int, ...]:
        """The qubits that it turns."""
        return self.qubits

    @property
    def parity_qubit(self) -> int | None:
        """The qubit that changes sign under reflections."""
        return self.parity

    def joined(self, other: Factor) -> "PointFactor | None":
        """Point groups on the same qubits and sites generate one group."""
        if not isinstance(other, PointFactor):
            return None
        if (self.qubits, self.parity, self.sites) != (other.qubits, other.parity, other.sites):
            return None
        generators = tuple(dict.fromkeys((*self.group.generators, *other.group.generators)))
        return replace(self, group=PointGroup(f"{self.group.name}, {other.group.name}", generators))

    def element(self, motion: Orthogonal) -> FiniteGenerator:
        """The action of one motion of space."""
        on_data = site_map(motion.matrix, self.sites, self.num_sites)
        return FiniteGenerator(self._describe(motion), self._on_qubits(motion), on_data)

    def restricted(self, support: Sequence[int]) -> "PointFactor | None":
        """The action on those qubits of the support that turn, and on the parity qubit."""
        inside = _positions(support, self._inside)
        parity = tuple(support).index(self.parity) if self.parity in support else None
        if not inside and (parity is None or self.group.is_proper):
            return None
        return PointFactor(len(support), self.group, inside, parity)

    @cached_property
    def _inside(self) -> frozenset[int]:
        return frozenset(self.qubits)

    def _on_qubits(self, motion: Orthogonal) -> QubitMap:
        maps: list[QubitMap] = []
        if self.qubits and motion.turn != ONE_QUATERNION:
            maps.append(QubitRotation(motion.turn, self.qubits))
        if motion.improper and self.parity is not None:
            maps.append(PauliUnitary(self.num_qubits, pauli_key({self.parity: "Z"})))
        if not maps:
            return UnitaryMap(self.num_qubits, ())
        return maps[0] if len(maps) == 1 else MapSequence(tuple(maps))

    def _describe(self, motion: Orthogonal) -> str:
        on_parity = f" (Z{self.parity})" if motion.improper and self.parity is not None else ""
        return f"{motion_text(motion)}{on_parity}"


def motion_text(motion: Orthogonal) -> str:
    """A motion of space in words: its order and axis, or the normal of its plane.

    >>> from eqcompile.groups.rotation import mirror
    >>> motion_text(mirror((0, 0, 1)))
    'the mirror with normal z'
    """
    turn = motion.turn
    if not any(turn.vector):
        return "the inversion" if motion.improper else "the identity"
    largest = max(turn.vector, key=abs)
    factor = largest * (
        1 / (largest * largest)
    )  # the square lies in a smaller field, where inverses are cheap
    axis = axis_text([real(component * factor) for component in turn.vector])
    if motion.improper and not turn.w:
        return f"the mirror with normal {axis}"
    kind = "the rotation-inversion" if motion.improper else "the rotation"
    return f"{kind} of order {_order(motion)} about {axis}"


def _order(motion: Orthogonal) -> int:
    """The least power n that is the identity of space: sin(n a) = 0, where w = cos(a); n is even after a reflection."""
    previous, current, count = real(0), real(1), 1  # sin(n a) / sin(a), by Chebyshev's recurrence
    while current or (motion.improper and count % 2):
        previous, current, count = current, 2 * motion.turn.w * current - previous, count + 1
    return count


def _positions(support: Sequence[int], inside: frozenset[int]) -> tuple[int, ...]:
    return tuple(i for i, q in enumerate(support) if q in inside)
