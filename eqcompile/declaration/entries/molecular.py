"""Entries that turn spins and exchange sites at once: ``point_group`` with ``moves``, and single ``motion`` entries.

A point group says where its sites stand, and each element exchanges sites that it takes to one another. A motion states
directly what it exchanges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from eqcompile.declaration.entries.permutation import points_of, product_of_cycles, site_cycles
from eqcompile.declaration.entries.space import (
    Axis,
    Parity,
    Turning,
    read_axis,
    read_component,
    read_parity,
    sites_turned_by,
    turning_qubits,
)
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.members.members import (
    Members,
    cycle_text,
    default_kind,
    listed_members,
    require_exchangeable,
)
from eqcompile.declaration.spec import Cycle, Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import Number, Section
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree, axis_tree, number_tree, placed_tree, vector_tree
from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.arithmetic.scalars import is_rational, rational, real, to_fraction
from eqcompile.groups.permutation import cycles_of
from eqcompile.groups.point import MAX_AXIS_ORDER, PointGroup
from eqcompile.groups.rotation import Orthogonal, Vector, rotation
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS
from eqcompile.symmetry.molecular import JointMotion, MolecularFactor
from eqcompile.symmetry.point import motion_text

_Z = (rational(0), rational(0), rational(1))


Moves = Annotated[
    list[Any] | None,
    Field(
        examples=[["H1", "H2", "H3"]],
        description="Sites (or qubits, without data) that the motions also exchange.",
    ),
]
Positions = Annotated[
    list[list[Number]] | None,
    Field(
        examples=[[[1, 0, 0], ["-1/2", "sqrt(3)/2", 0], ["-1/2", "-sqrt(3)/2", 0]]],
        description="Positions of those that move, in their order, relative to the fixed point; in any unit.",
    ),
]


class MotionSchema(Section):
    """One motion: a rotation, optionally followed by x -> -x, together with a permutation."""

    axis: Axis | None = None
    turns: Annotated[Number, Field(examples=["1/3"], description="Angle of the rotation, in full turns.")] = 0
    improper: Annotated[
        bool, Field(examples=[True], description="Adds x -> -x; with half a turn that is a mirror.")
    ] = False
    cycles: Annotated[
        str | None,
        Field(examples=["(H1 H2 H3)"], description="Who is exchanged: sites, or qubits without data."),
    ] = None
    qubits: Turning = None
    parity: Parity = None


@dataclass(frozen=True)
class MolecularGroup(Symmetry):
    """A point group that exchanges sites (or qubits, without data) by their positions.

    Args:
        group: the point group, whose elements are the motions.
        moves: who is exchanged.
        positions: position of each, relative to the point that all motions fix.
        qubits: qubits that turn.
        parity: qubit that changes sign under reflections.
    """

    group: PointGroup
    moves: tuple[str | int, ...]
    positions: tuple[Vector, ...]
    qubits: tuple[int, ...]
    parity: int | None = None

    @property
    def parity_qubit(self) -> int | None:
        """The parity qubit of its reflections."""
        return self.parity

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The factor by which spins and sites turn and move."""
        cycles = [exchanged(motion, self.moves, self.positions) for motion in self.group.generators]
        label = f"{self.group.name} moving ({', '.join(map(str, self.moves))})"
        motions = tuple(zip(self.group.generators, cycles, strict=True))
        yield _factor(spec, place, label, motions, self.qubits, self.parity)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry by its symbol and the positions."""
        tree: dict[str, Tree] = {"group": self.group.name}
        if self.group.axis is not None and self.group.axis != UNIT_VECTORS[2]:
            tree["axis"] = axis_tree(self.group.axis)
        tree |= {"moves": list(self.moves), "positions": [vector_tree(point) for point in self.positions]}
        return {"point_group": tree | placed_tree(self.qubits, self.parity, turning)}


@dataclass(frozen=True)
class Motion(Symmetry):
    """A rotation, optionally followed by x -> -x, together with a permutation of sites (or of qubits, without data).

    Args:
        axis: axis of the rotation.
        turns: angle of the rotation, in full turns.
        improper: whether x -> -x follows.
        cycles: the permutation.
        qubits: qubits that turn.
        parity: qubit that changes sign under reflections.
    """

    axis: Vector
    turns: Fraction
    improper: bool
    cycles: tuple[Cycle, ...]
    qubits: tuple[int, ...]
    parity: int | None = None

    @property
    def parity_qubit(self) -> int | None:
        """The parity qubit of its reflections."""
        return self.parity

    @property
    def space(self) -> Orthogonal:
        """The motion of space."""
        return Orthogonal(rotation(self.axis, self.turns).turn, self.improper)

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The factor by which spins and sites turn and move."""
        exchange = f" with {cycle_text(self.cycles)}" if self.cycles else ""
        label = f"{motion_text(self.space)}{exchange}"
        yield _factor(spec, place, label, ((self.space, self.cycles),), self.qubits, self.parity)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry with everything that it says."""
        tree: dict[str, Tree] = {} if self.axis == _Z else {"axis": axis_tree(self.axis)}
        tree |= {"turns": number_tree(self.turns)} if self.turns else {}
        tree |= {"improper": True} if self.improper else {}
        tree |= {"cycles": cycle_text(self.cycles)} if self.cycles else {}
        return {"motion": tree | placed_tree(self.qubits, self.parity, turning)}


def build_molecular_group(
    moves: Sequence[Any] | None,
    positions: Sequence[Sequence[Any]] | None,
    group: PointGroup,
    qubits: tuple[int, ...],
    parity: int | None,
    path: Path,
    scope: Scope,
) -> MolecularGroup:
    """A point group with ``moves``.

    Raises:
        SpecError: members or positions that do not fit, a motion that takes one to a place where none stands, or
            members that do not turn or cannot be exchanged.
    """
    if not moves or positions is None or len(moves) != len(positions):
        message = (
            "moves and positions go together, one position for each that moves, such as moves: [H1, H2], "
        )
        raise scope.error(f"{message}positions: [[1, 0, 0], [-1, 0, 0]]", path)
    members = listed_members(moves, [(*path, "moves", k) for k in range(len(moves))], scope)
    if members.kind != default_kind(scope):
        raise scope.error("moves names sites where there are any; found qubits", (*path, "moves"))
    places = [(*path, "positions", k) for k in range(len(positions))]
    points = tuple(_position(p, place, scope) for p, place in zip(positions, places, strict=True))
    first: dict[Vector, str | int] = {}
    for name, point, spot in zip(members.names, points, places, strict=True):
        if first.setdefault(point, name) != name:
            raise scope.error(f"{first[point]} and {name} stand at the same position", spot)
    _require_turning(members, qubits, path, scope)
    for motion in group.generators:
        try:
            cycles = exchanged(motion, members.names, points)
        except DimensionError as error:
            raise scope.error(
                f"{error}; give positions that {group.name} maps onto one another", path
            ) from None
        for cycle in cycles if members.kind == "sites" else ():
            spots = [members.places[members.names.index(name)] for name in cycle]
            require_exchangeable([str(name) for name in cycle], spots, scope)
    return MolecularGroup(group, members.names, points, qubits, parity)


def build_motion(schema: MotionSchema, path: Path, scope: Scope) -> Motion:
    """A single motion with the permutation that it comes with.

    Raises:
        SpecError: an axis without direction, an angle that is not a fraction of a turn, a malformed cycle, members that
            do not turn or cannot be exchanged, or a parity qubit that nothing needs.
    """
    axis = read_axis(schema.axis, (*path, "axis"), scope)
    place: Path = (*path, "turns")
    number = read_component(schema.turns, place, scope)
    if not is_rational(number) or to_fraction(number).denominator > MAX_AXIS_ORDER:
        message = f"turns is a fraction of a full turn with a denominator up to {MAX_AXIS_ORDER}, such as 1/3"
        raise scope.error(f"{message}; found {shown(schema.turns)}", place)
    if schema.parity is not None and not schema.improper:
        raise scope.error("a rotation has no reflections; remove parity", (*path, "parity"), at_key=True)
    kind = default_kind(scope)
    cycles: tuple[Cycle, ...] = ()
    if schema.cycles is not None:
        cycles = product_of_cycles(schema.cycles, kind, (*path, "cycles"), scope)
    if not cycles and not schema.improper and to_fraction(number).denominator == 1:
        raise scope.error("this motion turns nothing and exchanges nothing; remove it", path)
    parity, qubits = read_parity(schema.parity, path, scope), turning_qubits(schema.qubits, path, scope)
    names = tuple(name for cycle in cycles for name in cycle)
    _require_turning(Members(names, kind, (((*path, "cycles"), 0),) * len(names)), qubits, path, scope)
    return Motion(axis, to_fraction(number), schema.improper, cycles, qubits, parity)


def exchanged(
    motion: Orthogonal, moves: Sequence[str | int], positions: Sequence[Vector]
) -> tuple[Cycle, ...]:
    """Who is exchanged by a motion: each goes to the one at the place where the motion takes it.

    Raises:
        DimensionError: nobody stands at such a place.

    >>> from eqcompile.groups.rotation import mirror
    >>> exchanged(mirror((1, 0, 0)), ("A", "B"), ((1, 2, 0), (-1, 2, 0)))
    (('A', 'B'),)
    """
    places = {tuple(map(real, position)): k for k, position in enumerate(positions)}
    images = []
    for name, position in zip(moves, places, strict=True):
        target = tuple(
            sum((real(m) * c for m, c in zip(row, position, strict=True)), start=rational(0))
            for row in motion.matrix
        )
        if target not in places:
            raise DimensionError(
                f"{motion_text(motion)} takes {name} to where none of those that move stands"
            )
        images.append(places[target])
    return tuple(tuple(moves[k] for k in cycle) for cycle in cycles_of(tuple(images)))


def molecular_entries(factor: MolecularFactor, encode: Encode) -> Iterator[Symmetry]:
    """One ``motion`` for each generator.

    Raises:
        MethodError: no exact vector with a rational squared length gives the axis of a motion.
    """
    for motion in factor.generators:
        axis, turns = _axis_and_turns(motion.space, factor)
        on_qubits = motion.images[: factor.num_qubits]
        cycles = site_cycles(on_qubits, encode) if encode else tuple(cycles_of(on_qubits))
        if cycles is None:
            raise MethodError(f"a spec cannot express {factor.name} with such an encoding")
        yield Motion(axis, turns, motion.space.improper, cycles, factor.qubits, factor.parity)


def _axis_and_turns(space: Orthogonal, factor: MolecularFactor) -> tuple[Vector, Fraction]:
    vector = space.turn.vector
    if not any(vector):
        return _Z, Fraction(0)
    largest = max(vector, key=abs)
    scale = largest * (1 / (largest * largest))
    x, y, z = (real(component * scale) for component in vector)
    for fold in range(2, MAX_AXIS_ORDER + 1):
        for part in range(1, fold):
            turns = Fraction(part, fold)
            try:
                if turns.denominator == fold and rotation((x, y, z), turns).turn in (space.turn, -space.turn):
                    return (x, y, z), turns
            except DimensionError:
                raise MethodError(f"a spec cannot express an axis of {factor.name}") from None
    raise MethodError(f"a spec cannot express a motion of {factor.name}")


def _factor(
    spec: Spec,
    place: Path,
    label: str,
    motions: Sequence[tuple[Orthogonal, tuple[Cycle, ...]]],
    qubits: tuple[int, ...],
    parity: int | None,
) -> MolecularFactor:
    names = spec.data.sites if spec.data else ()
    sites = sites_turned_by(spec, qubits, place)
    kind: Kind = "sites" if names else "qubits"
    joint = tuple(JointMotion(space, points_of(spec, kind, cycles, place)) for space, cycles in motions)
    return MolecularFactor(spec.qubits, label, joint, qubits, parity, sites, names)


def _position(components: Sequence[Any], path: Path, scope: Scope) -> Vector:
    if len(components) != 3:
        raise scope.error(
            f"a position has three components, such as [1, 0, 0]; found {len(components)}", path
        )
    x, y, z = (real(read_component(value, (*path, k), scope)) for k, value in enumerate(components))
    return x, y, z


def _require_turning(members: Members, qubits: Sequence[int], path: Path, scope: Scope) -> None:
    """What moves must turn: the spin and the vector of an exchanged site are expressed in another frame."""
    for name, place in zip(members.names, members.places, strict=True):
        own: Sequence[int] = (name,) if isinstance(name, int) else ()
        if scope.data is not None and isinstance(name, str):
            own = scope.data.encode[scope.data.sites.index(name)]
        if not set(own) <= set(qubits):
            raise scope.error(f"{name} moves and does not turn; name its qubits among qubits", *place)
