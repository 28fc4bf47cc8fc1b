"""Motions of space that turn spins and exchange sites at once, as the point group of a molecule does with atoms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from eqcompile.errors import LimitError, MethodError
from eqcompile.groups.permutation import Images, PermutationGroup, compose, inverse
from eqcompile.groups.point import PointGroup
from eqcompile.groups.rotation import ONE_QUATERNION, Orthogonal
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.maps import MapSequence, SiteMap
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor


@dataclass(frozen=True)
class JointMotion:
    """A motion of space together with a permutation; in products the left one acts last.

    Attributes:
        space: the motion.
        images: images of the points: the qubits, then the sites.
    """

    space: Orthogonal
    images: Images

    def __mul__(self, other: "JointMotion") -> "JointMotion":
        return JointMotion(self.space * other.space, compose(other.images, self.images))

    @property
    def inverse(self) -> "JointMotion":
        """The motion back."""
        return JointMotion(self.space.inverse, inverse(self.images))


@dataclass(frozen=True)
class MolecularFactor(Factor):
    r"""A finite group of motions that turn all spins alike and exchange them, and do the same to the sites.

    .. math:: R = P_\pi \, u^{\otimes m}, \qquad V x_s = M x_{\pi^{-1}(s)}

    with u the spin rotation of the motion, and M its matrix. Both parts commute, because the permutation only exchanges
    qubits that turn. As in a point group, reflections are also Z on the parity qubit, if there is one.

    Attributes:
        label: name of the group in messages.
        generators: motions that generate the group.
        qubits: qubits that turn; those that move are among them.
        parity: qubit that changes sign under reflections, or ``None``.
        sites: sites that turn.
        site_names: all sites.
    """

    label: str
    generators: tuple[JointMotion, ...]
    qubits: tuple[int, ...]
    parity: int | None = None
    sites: tuple[int, ...] = ()
    site_names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The label of the group."""
        return self.label

    @property
    def order_text(self) -> str:
        """Number of elements on the qubits, up to phases."""
        try:
            return f"order {len(self.elements)} up to phases"
        except LimitError:
            return "of an order beyond the limits, up to phases"

    @property
    def is_local(self) -> bool:
        """False: qubits move."""
        return False

    @property
    def turning_qubits(self) -> tuple[int, ...]:
        """The qubits that it turns."""
        return self.qubits

    @property
    def parity_qubit(self) -> int | None:
        """The qubit that changes sign under reflections."""
        return self.parity

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The motions."""
        return tuple(map(self._element, self.generators))

    @property
    def full_turn(self) -> JointMotion:
        """The rotation by 360 degrees, which exchanges nothing."""
        return JointMotion(Orthogonal(-ONE_QUATERNION), tuple(range(self.num_qubits + len(self.site_names))))

    def joined(self, other: Factor) -> "MolecularFactor | None":
        """Motions of the same qubits and sites generate one group."""
        if not isinstance(other, MolecularFactor):
            return None
        if (self.qubits, self.parity, self.sites) != (other.qubits, other.parity, other.sites):
            return None
        generators = tuple(dict.fromkeys((*self.generators, *other.generators)))
        return replace(self, generators=generators, label=f"{self.label}, {other.label}")

    def restricted(self, support: Sequence[int]) -> None:
        """Not defined: qubits move out of a support."""
        raise MethodError(f"{self.name} moves qubits and cannot be restricted to {list(support)}")

    def _element(self, motion: JointMotion) -> FiniteGenerator:
        n, names = self.num_qubits, self.site_names
        group = PointGroup(self.label, (motion.space,))
        turn = PointFactor(n, group, self.qubits, self.parity, self.sites, len(names)).finite_generators[0]
        exchange = PermutationGroup(n + len(names), (motion.images,))
        move = PermutationFactor(n, exchange, self.label, names).finite_generators[0]
        moves = any(image != point for point, image in enumerate(motion.images))
        return FiniteGenerator(
            f"{turn.name} with {move.name}" if moves else turn.name,
            MapSequence((turn.on_qubits, move.on_qubits)),
            SiteMap(move.on_data.images, turn.on_data.matrices),
        )
