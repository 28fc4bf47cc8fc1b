"""Mutations: one thing goes wrong in a right circuit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import TypeAlias

from campaign.catalogue import Entry
from campaign.disguises import commute, random_key
from campaign.right import TURN_DENOMINATORS
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Operation, PauliRotation, VectorRotation
from eqcompile.exact.operators.strings import letter, pauli_key

Mutation: TypeAlias = Callable[[list[Operation], Entry, Random], list[Operation] | None]
"""Changes a list of operations in one place; ``None`` where there is nothing to change."""


def sign(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """An angle changes its sign."""
    return _at_rotation(operations, source, lambda o: replace(o, angle=-o.angle))


def coefficient(size: Fraction) -> Mutation:
    """An angle changes by this relative amount."""

    def mutation(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
        return _at_rotation(operations, source, lambda o: replace(o, angle=o.angle * (1 + size)))

    return mutation


def pi_shift(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """A fraction of pi is added to an angle."""
    shift = ExactAngle.of_pi(Fraction(1, source.choice(TURN_DENOMINATORS)))
    return _at_rotation(operations, source, lambda o: replace(o, angle=o.angle + shift))


def term(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """An operation is left out."""
    place = source.randrange(len(operations))
    return [*operations[:place], *operations[place + 1 :]]


def extra(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """There is one rotation too many."""
    place = source.randrange(len(operations) + 1)
    angle = ExactAngle.parameter(source.choice(("p0", "p1", "fresh")))
    return [*operations[:place], PauliRotation(random_key(entry.qubits, source), angle), *operations[place:]]


def tie(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """A parameter has another name in one place."""
    places = [k for k, o in enumerate(operations) if any(n.startswith("p") for n in o.parameters)]
    if not places:
        return None
    place = source.choice(places)
    old = source.choice(sorted(n for n in operations[place].parameters if n.startswith("p")))
    new = source.choice([name for name in ("p0", "p1", "p2", "p3", "fresh", "fresh") if name != old])
    image = {old: ExactAngle.parameter(new)}
    changed = Circuit(entry.qubits, (operations[place],)).substituted(image).operations
    return [*operations[:place], *changed, *operations[place + 1 :]]


def qubit(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """Two qubits change places in one operation."""
    place = source.randrange(len(operations))
    a, b = source.sample(range(entry.qubits), 2)
    images = [{a: b, b: a}.get(q, q) for q in range(entry.qubits)]
    changed = Circuit(entry.qubits, (operations[place],)).relabelled(images).operations
    return [*operations[:place], *changed, *operations[place + 1 :]]


def axis(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """A letter of a string becomes another one."""

    def other(operation: PauliRotation) -> PauliRotation:
        chosen = source.choice(operation.support)
        letters = {q: letter(operation.key, q) for q in operation.support}
        letters[chosen] = source.choice([c for c in "XYZ" if c != letters[chosen]])
        return replace(operation, key=pauli_key(letters))

    return _at_rotation(operations, source, other)


def order(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """Two neighbours that do not commute change places."""
    places = [k for k, pair in enumerate(pairwise(operations)) if not commute(*pair)]
    if not places:
        return None
    k = source.choice(places)
    return [*operations[:k], operations[k + 1], operations[k], *operations[k + 2 :]]


def far_order(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """An operation moves to another place in the circuit."""
    source_place, target = source.randrange(len(operations)), source.randrange(len(operations))
    rest = [*operations[:source_place], *operations[source_place + 1 :]]
    return [*rest[:target], operations[source_place], *rest[target:]]


def data(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """A coordinate stands where another one should be."""
    coordinates = [f"{site}_{axis}" for site in entry.sites for axis in entry.axes]
    places = [k for k, o in enumerate(operations) if o.parameters & set(coordinates)]
    if not places or len(coordinates) < 2:
        return None
    place = source.choice(places)
    old = source.choice(sorted(operations[place].parameters & set(coordinates)))
    new = source.choice([name for name in coordinates if name != old])
    changed = Circuit(entry.qubits, (operations[place],)).substituted({old: ExactAngle.parameter(new)})
    return [*operations[:place], *changed.operations, *operations[place + 1 :]]


def vector(operations: list[Operation], entry: Entry, source: Random) -> list[Operation] | None:
    """A vector encoding turns by another scale, loses its parity qubit, or becomes a turn about z alone."""
    places = [k for k, o in enumerate(operations) if isinstance(o, VectorRotation)]
    if not places:
        return None
    place = source.choice(places)
    old = operations[place]
    assert isinstance(old, VectorRotation)
    key = pauli_key({old.qubit: "Z"} | ({} if old.parity is None else {old.parity: "X"}))
    changes: Sequence[Operation] = (
        replace(old, turn=old.turn * (1 + Fraction(1, 10**6))),
        replace(old, turn=-old.turn),
        replace(old, parity=None),
        PauliRotation(key, ExactAngle.parameter("fresh")),
    )
    changed = source.choice(changes)
    return [*operations[:place], changed, *operations[place + 1 :]]


MUTATIONS: dict[str, Mutation] = {
    "one sign": sign,
    "coefficient by 1e-6": coefficient(Fraction(1, 10**6)),
    "coefficient by 1e-9": coefficient(Fraction(1, 10**9)),
    "pi over n too much": pi_shift,
    "one term less": term,
    "one rotation too many": extra,
    "one tie": tie,
    "one qubit": qubit,
    "one letter": axis,
    "order of neighbours": order,
    "order of gates": far_order,
    "one coordinate": data,
    "one vector encoding": vector,
}

TINY = ("coefficient by 1e-6", "coefficient by 1e-9", "one vector encoding")
"""Mutations that are not transpiled with optimisation, which drops small angles."""


def mutated(circuit: Circuit, name: str, entry: Entry, source: Random) -> Circuit | None:
    """The circuit with one thing wrong; ``None`` if nothing in it can go wrong this way."""
    changed = MUTATIONS[name](list(circuit.operations), entry, source)
    return None if changed is None else replace(circuit, operations=tuple(changed), name="wrong")


def _at_rotation(
    operations: list[Operation], source: Random, change: Callable[[PauliRotation], PauliRotation]
) -> list[Operation] | None:
    places = [k for k, o in enumerate(operations) if isinstance(o, PauliRotation) and o.support]
    if not places:
        return None
    place = source.choice(places)
    found = operations[place]
    assert isinstance(found, PauliRotation)
    return [*operations[:place], change(found), *operations[place + 1 :]]
