"""Do the generators of a certificate generate the group of a file? Permutations as a group, all others one by one.

Two elements are the same if they move all operators, sites and vectors alike; they then differ by a phase at most.
Where phases are asked for, they must also have the same phase.
"""

from collections.abc import Hashable, Mapping
from random import SystemRandom
from typing import Any

from eqcompile.recheck.algebra.field import order_of, random_field
from eqcompile.recheck.algebra.group import ONE, Generator, Group, group_of, image_of, moved_state
from eqcompile.recheck.files.declaration.membership import contains


def same_group(read: Mapping[str, Any], claimed: Mapping[str, Any], strict: bool) -> bool:
    """Whether the two group sections mean the same group.

    Args:
        read: group section of the file.
        claimed: group section of the certificate.
        strict: whether elements with different phases are different.
    """
    if (read["num_qubits"], list(read["sites"])) != (claimed["num_qubits"], list(claimed["sites"])):
        return False
    field = random_field(order_of([*_texts(read), *_texts(claimed)]), SystemRandom())
    one, other = group_of(read, field), group_of(claimed, field)
    mine, theirs = [_split(group, strict) for group in (one, other)]
    if mine[1] != theirs[1]:
        return False
    return contains(theirs[0], mine[0]) and contains(mine[0], theirs[0])


def _split(group: Group, strict: bool) -> tuple[list[tuple[int, ...]], set[Hashable]]:
    """Permutations of qubits and sites together; and the action of every other generator."""
    permutations, others = [], set()
    for g in group.generators:
        if (images := _permutation(g, group)) is not None:
            permutations.append(images)
        else:
            others.add(_action(g, group, strict))
    return permutations, others


def _permutation(g: Generator, group: Group) -> tuple[int, ...] | None:
    steps = [step for step in g.steps if isinstance(step, tuple)]
    if g.lie is not None or not g.steps or len(steps) < len(g.steps) or any(m != ONE for m in g.matrices):
        return None
    images = tuple(range(group.num_qubits))
    for step in steps:
        images = tuple(step[image] for image in images)
    return (*images, *(group.num_qubits + site for site in g.images))


def _action(g: Generator, group: Group, strict: bool) -> Hashable:
    p = group.field.p
    if g.lie is not None:
        return frozenset(g.lie.terms.items()), g.matrices
    letters = [{key: 1} for q in range(group.num_qubits) for key in ((1 << q, 0), (0, 1 << q))]
    moved = tuple(frozenset(image_of(g, letter, p).items()) for letter in letters)
    phase = frozenset(moved_state(g, {0: 1}, p).items()) if strict else None
    return moved, g.images, g.matrices, phase


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    values = data.values() if isinstance(data, Mapping) else data if isinstance(data, list | tuple) else ()
    return [text for value in values for text in _texts(value)]
