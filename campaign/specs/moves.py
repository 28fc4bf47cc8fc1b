"""Permutation groups according to docs/spec.md: cycles, named groups and their products, graphs, grids.

Every group is a list of permutations of its members, each a dict from a member to where it goes.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import permutations, product
from math import prod
from typing import Any, TypeAlias

Member: TypeAlias = Hashable
Move: TypeAlias = dict[Member, Member]

MAX_NODES = 7
"""Nodes up to which automorphisms are found: all permutations are tried."""


class Unfit(Exception):
    """The group does not fit its members."""


def cycles(text: str) -> Move:
    """Read ``(A B)(C D)``: each member goes to the next one in its cycle."""
    move: Move = {}
    for inside in re.findall(r"\(([^()]*)\)", text):
        members = re.split(r"[\s,]+", inside.strip())
        move.update(zip(members, [*members[1:], members[0]], strict=True))
    return move


def named(letter: str, members: Sequence[Member]) -> list[Move]:
    """Generators: neighbours for S_n, threes for A_n, the shift for C_n, the shift and the reversed order for D_n."""
    n = len(members)
    if n < {"S": 2, "A": 3, "C": 2, "D": 3}[letter]:
        raise Unfit(f"{letter}_{n} is too small")
    if letter == "S":
        return [{members[k]: members[k + 1], members[k + 1]: members[k]} for k in range(n - 1)]
    if letter == "A":
        return [dict(zip(members[k : k + 3], (members[k + 1], members[k + 2], members[k]), strict=True))
                for k in range(n - 2)]  # fmt: skip
    shift = dict(zip(members, [*members[1:], members[0]], strict=True))
    return [shift] if letter == "C" else [shift, dict(zip(members, members[::-1], strict=True))]


def _letter(name: str, count: int) -> str:
    match = re.fullmatch(r"([SACD])_(n|\d+)", name.strip())
    if match is None:
        raise Unfit(f"unknown group {name}")
    if match[2] != "n" and int(match[2]) != count:
        raise Unfit(f"{name} on {count} members")
    return match[1]


def wreath(
    name: str, blocks: Sequence[Sequence[Member]], carry: Sequence[Sequence[Member]] = ()
) -> list[Move]:
    """The first group acts inside every block. The second moves whole blocks, and with them what they carry."""
    inner, outer = name.split(" wr ")
    if len({len(block) for block in blocks}) != 1:
        raise Unfit("blocks of different sizes")
    moves = [move for block in blocks for move in named(_letter(inner, len(block)), block)]
    followers = carry or [[] for _ in blocks]
    whole = [(*block, *follower) for block, follower in zip(blocks, followers, strict=True)]
    for move in named(_letter(outer, len(blocks)), range(len(blocks))):
        pairs = ((whole[a], whole[b]) for a, b in move.items())  # type: ignore[index]
        moves.append({a: b for first, second in pairs for a, b in zip(first, second, strict=True)})
    return moves


def group(name: str, on: Sequence[Any], carry: Sequence[Sequence[Member]] = ()) -> list[Move]:
    """A named group on listed members: a flat list, blocks, or one list for each factor of a product."""
    parts = re.split(r"\s+x\s+", name)
    if len(parts) > 1:
        if len(parts) != len(on):
            raise Unfit("another number of lists than factors")
        return [move for part, members in zip(parts, on, strict=True) for move in group(part, members)]
    if " wr " in name:
        return wreath(name, on, carry)
    return named(_letter(name, len(on)), list(on))


def group_on_all(name: str, members: Sequence[Member]) -> list[Move]:
    """A named group on all members in their order; the first block, and the first factor, take the first members."""
    parts = re.split(r"\s+x\s+", name)
    if len(parts) == 1 and " wr " not in name:
        return named(_letter(name, len(members)), members)
    moves: list[Move] = []
    rest = list(members)
    for part in parts:
        sizes = [int(digits) for digits in re.findall(r"_(\d+)", part)]
        mine, rest = rest[: prod(sizes)], rest[prod(sizes) :]
        if len(mine) != prod(sizes):
            raise Unfit("too few members")
        moves += group(
            part, [mine[k : k + sizes[0]] for k in range(0, len(mine), sizes[0])] if " wr " in part else mine
        )
    if rest:
        raise Unfit("too many members")
    return moves


def automorphisms(
    edges: Iterable[tuple[Member, Member, Hashable]], nodes: Sequence[Member], colors: dict[Member, Hashable]
) -> list[Move]:
    """Generators of all permutations of the nodes that keep edges, their colours, and the colours of nodes."""
    if len(nodes) > MAX_NODES:
        raise Unfit("too many nodes to try all permutations")
    joined = {frozenset((a, b)): color for a, b, color in edges}
    kept: list[tuple[Member, ...]] = []
    closed: set[tuple[Member, ...]] = {tuple(nodes)}
    for image in permutations(nodes):
        move = dict(zip(nodes, image, strict=True))
        if image in closed or any(colors.get(a) != colors.get(b) for a, b in move.items()):
            continue
        if all(
            joined.get(frozenset(move[a] for a in pair), _ABSENT) == color for pair, color in joined.items()
        ):
            kept.append(image)
            closed = _closure(kept, nodes)
    return [dict(zip(nodes, image, strict=True)) for image in kept]


_ABSENT = object()


def _closure(generators: Sequence[tuple[Member, ...]], nodes: Sequence[Member]) -> set[tuple[Member, ...]]:
    place = {node: k for k, node in enumerate(nodes)}
    found = {tuple(nodes)}
    frontier = [tuple(nodes)]
    for element in frontier:
        for generator in generators:
            image = tuple(generator[place[node]] for node in element)
            if image not in found:
                found.add(image)
                frontier.append(image)
    return found


GRID: dict[str, tuple[Callable[[tuple[int, ...], Sequence[int]], tuple[int, ...]], ...]] = {
    "translations": (),
    "p1": (),
    "dihedral": (lambda x, s: (s[0] - 1 - x[0],),),
    "p2": (lambda x, s: (s[0] - 1 - x[0], s[1] - 1 - x[1]),),
    "pmm": (lambda x, s: (s[0] - 1 - x[0], x[1]), lambda x, s: (x[0], s[1] - 1 - x[1])),
    "p4": (lambda x, s: (x[1], s[0] - 1 - x[0]),),
    "p4m": (lambda x, s: (x[1], s[0] - 1 - x[0]), lambda x, s: (x[0], s[1] - 1 - x[1])),
}
"""Point symmetries about the middle of the grid; on a periodic grid, those about a point are translations of these."""


def lattice(shape: Sequence[int], name: str, periodic: bool, members: Sequence[Member]) -> list[Move]:
    """The symmetries of a grid whose points are listed row by row."""
    if prod(shape) != len(members):
        raise Unfit(f"{prod(shape)} points for {len(members)} members")
    points = list(product(*(range(length) for length in shape)))
    member_at = dict(zip(points, members, strict=True))
    images = [{x: move(x, shape) for x in points} for move in GRID[name]]
    images += [
        {x: tuple((c + (a == axis)) % shape[a] for a, c in enumerate(x)) for x in points}
        for axis in range(len(shape) if periodic else 0)
    ]
    return [{member_at[x]: member_at[y] for x, y in image.items()} for image in images]
