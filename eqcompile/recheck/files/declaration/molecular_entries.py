"""The entries ``point_group`` with ``moves`` and ``motion``: motions of space that exchange sites and their qubits."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.declaration import spatial_entries
from eqcompile.recheck.files.declaration.permutations import Images, read_cycles
from eqcompile.recheck.files.declaration.register import Register, only
from eqcompile.recheck.files.declaration.rotations import MAX_FOLD, Motion, group_motions, unit_vector
from eqcompile.recheck.files.declaration.spatial_entries import components, moving
from eqcompile.recheck.files.exact_text import number_text
from eqcompile.recheck.files.rational import factor, rational_of
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]

MAX_MOVING = 100
"""Sites of a spec that a point group exchanges by their positions, each compared with each. Beyond it, refused: write
single motions with their cycles, or recheck without `--spec`."""

_GROUP_KEYS = ("group", "axis", "qubits", "parity", "moves", "positions")
_MOTION_KEYS = ("axis", "turns", "improper", "cycles", "qubits", "parity")


def point_group_entry(entry: Any, register: Register) -> list[Plain]:
    """Generators of ``point_group``; with ``moves``, each exchanges members that it takes to one another."""
    if not isinstance(entry, dict) or not {"moves", "positions"} & set(entry):
        return spatial_entries.point_group_entry(entry, register)
    keys = only(entry, _GROUP_KEYS, "point_group")
    motions = group_motions(str(keys.get("group")), unit_vector(components(keys.get("axis"))))
    moves, positions = keys.get("moves"), keys.get("positions")
    if not isinstance(moves, list) or not isinstance(positions, list) or len(moves) != len(positions):
        raise UnreadError("moves without a position for each, or positions without moves")
    if len(moves) > MAX_MOVING:
        raise UnreadError(f"a point group that moves {len(moves)} sites")
    # Two at one position would leave open which goes where, and the group might not be the one that the text declares.
    members = [_member(name, register) for name in moves]
    points = [_position(position) for position in positions]
    if len(set(members)) != len(members) or any(
        _same(a, b) for k, a in enumerate(points) for b in points[:k]
    ):
        raise UnreadError("a member that moves twice, or two at one position")
    parity, qubits = keys.get("parity"), register.turning(keys.get("qubits"))
    if parity is not None and not any(motion.improper for motion in motions):
        raise UnreadError("the parity qubit of a group of rotations")
    return [_joint(m, dict(_exchanged(m, members, points)), qubits, parity, register) for m in motions]


def motion_entry(entry: Any, register: Register) -> list[Plain]:
    """The generator of ``motion``."""
    keys = only(entry, _MOTION_KEYS, "motion")
    turns = rational_of(number_text(keys.get("turns", 0)))
    improper, parity = keys.get("improper", False), keys.get("parity")
    if turns is None or turns.denominator > MAX_FOLD or not isinstance(improper, bool):
        raise UnreadError(f"the motion {quoted(str(dict(keys)))}")
    if parity is not None and not improper:
        raise UnreadError("the parity qubit of a rotation")
    axis = unit_vector(components(keys.get("axis")))
    motion = Motion(f"{turns} of a turn", axis, turns if turns % 2 else Fraction(0), improper)
    targets: dict[int, int] = {}
    for cycle in read_cycles(str(keys["cycles"])) if "cycles" in keys else ():
        members = [_named(name, register) for name in cycle]
        targets |= dict(zip(members, (*members[1:], members[0]), strict=True))
    return [_joint(motion, targets, register.turning(keys.get("qubits")), parity, register)]


def _member(name: Any, register: Register) -> int:
    """The number of a site or, without sites, of a qubit."""
    return register.site(name) if register.sites else register.qubit(name)


def _named(name: str, register: Register) -> int:
    if register.sites or not name.isdecimal() or len(name) > 9:
        return register.site(name)
    return register.qubit(int(name))


def _position(position: Any) -> list[str]:
    if not isinstance(position, list) or len(position) != 3:
        raise UnreadError(f"the position {quoted(str(position))}")
    return [factor(number_text(component)) for component in position]


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Compared over random fields, where two different numbers agree with a probability below 2^-100."""
    return all(rational_of(f"{a} - {b}") == 0 for a, b in zip(one, other, strict=True))


def _exchanged(
    motion: Motion, members: Sequence[int], points: Sequence[Sequence[str]]
) -> list[tuple[int, int]]:
    """Each member, and the one at the place where the motion takes it."""
    rows = [[factor(value) for value in row] for row in motion.matrix()]
    pairs = []
    for member, point in zip(members, points, strict=True):
        target = [factor(" + ".join(f"{m}*{c}" for m, c in zip(row, point, strict=True))) for row in rows]
        found = [other for other, place in zip(members, points, strict=True) if _same(target, place)]
        if len(found) != 1:
            raise UnreadError("positions that the group does not map onto one another")
        pairs.append((member, found[0]))
    return pairs


def _joint(
    motion: Motion, targets: dict[int, int], qubits: tuple[int, ...], parity: Any, register: Register
) -> Plain:
    """The motion on spins and sites, and then the exchange of sites with their qubits, or of qubits alone."""
    plain = moving(motion, qubits, parity, register)
    sites: Images = tuple(targets.get(site, site) for site in range(len(register.sites)))
    pairs = dict(targets)
    if register.sites:
        pairs = {}
        for site, target in targets.items():
            if len(register.carriers[site]) != len(register.carriers[target]):
                raise UnreadError("an exchange of sites with different numbers of qubits")
            pairs |= dict(zip(register.carriers[site], register.carriers[target], strict=True))
    if not set(pairs) <= set(qubits):
        raise UnreadError("an exchange of qubits that do not turn")
    images = [pairs.get(qubit, qubit) for qubit in range(register.num_qubits)]
    steps = [*plain["steps"], {"permutation": images}]
    return plain | {"name": f"{motion.name} with an exchange", "steps": steps, "sites": list(sites)}
