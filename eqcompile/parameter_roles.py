"""Which parameters of a circuit are data, and which are weights: what is said about them, in words."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import chain
from typing import Any, TypedDict

from eqcompile.circuits.ansatz import angle_names, coordinate_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import VectorRotation
from eqcompile.claims.evidence import vectors_by_other_names
from eqcompile.claims.question import DataNames
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

MAX_LISTED = 12
"""Names of parameters that a message lists. Beyond it, shortened: the list ends with dots."""

LIKENESS = 0.75
"""How similar a name must be to that of a coordinate before this is suggested, as `difflib` measures it."""


def data_names(symmetry: Symmetry) -> dict[str, DataIndex]:
    """The parameters that are taken for data: ``H1_x``, ``H1_y``, ``H1_z`` for a site H1."""
    names = coordinate_names(symmetry.site_names)
    return {name: (site, axis) for site, triple in enumerate(names) for axis, name in enumerate(triple)}


class Roles(TypedDict):
    """What each data parameter is, by name, and the names of the weights."""

    data: dict[str, str]
    weights: list[str]


def taken_for_granted(circuit: Circuit, data: DataNames, symmetry: Symmetry) -> tuple[str, ...]:
    """What a certificate has to say about the names of the parameters: weights that may be data, vectors renamed.

    Args:
        circuit: the circuit that is verified.
        data: its parameters that are coordinates.
        symmetry: the group.
    """
    return (
        *weights_of_sites(circuit, data, symmetry),
        *renamed_vectors(circuit, data, symmetry),
        *equal_factors(circuit, symmetry),
    )


def equal_factors(circuit: Circuit, symmetry: Symmetry) -> tuple[str, ...]:
    """What to say of turns such as ``H1_turn``, which a group that exchanges sites exchanges with their vectors.

    A turn is a multiple of the length of its vector. That the factors of exchanged sites are equal is not in a circuit
    whose parameters are the turns themselves.

    Args:
        circuit: the circuit that is verified.
        symmetry: the group.
    """
    alone = {monomial[0] for angle in circuit.angles for monomial, _ in angle.terms if len(monomial) == 1}
    turns = [angle_names(site)[2] for site in symmetry.site_names]
    exchanged = {
        name
        for generator in symmetry.finite_generators
        for site, image in enumerate(generator.on_data.images)
        if image != site
        for name in (turns[site], turns[image])
    }
    found = [name for name in turns if name in alone & exchanged]
    if len(found) < 2:
        return ()
    return (
        f"{listed(found)} are multiples of the lengths of their vectors, by equal factors where sites are exchanged",
    )


def weights_of_sites(circuit: Circuit, data: DataNames, symmetry: Symmetry) -> tuple[str, ...]:
    """What to say when parameters that may be meant as coordinates count as weights.

    A circuit under a group that moves sites may depend on none of their coordinates. Then every parameter is a weight,
    and the claim says nothing about the data. The same holds for a single name such as ``Bx`` next to ``A_x``.

    Args:
        circuit: the circuit that is verified.
        data: its parameters that are coordinates.
        symmetry: the group.
    """
    used = circuit.parameters
    angles = {angle for site in symmetry.site_names for angle in angle_names(site)}
    weights = [name for name in used if name not in data and name not in angles]
    if not (symmetry.site_names and weights):
        return ()
    # If some data are read, a weight is suspicious only if its name is another spelling of a coordinate still free.
    taken = [data[name] for name in used if name in data]
    vectors = any(isinstance(operation, VectorRotation) for operation in circuit)
    if taken or vectors or angles & {*used}:
        return tuple(
            f"{name} is a free weight; {_advice(name, place, symmetry)}"
            for name in weights
            if (place := _written(name, symmetry)) is not None and place not in taken
        )
    # If none are, something is said in any case: about a name that spells a coordinate, else about one that resembles
    # it.
    guesses = ((w, find(w, symmetry)) for find in (_written, _alike) for w in weights)
    name, place = next(((w, place) for w, place in guesses if place is not None), (weights[0], (0, 0)))
    found = f"{listed(weights)} {'are free weights' if len(weights) > 1 else 'is a free weight'}"
    sites = listed(symmetry.site_names)
    return (f"no parameter is read as a coordinate of {sites}: {found}; {_advice(name, place, symmetry)}",)


def renamed_vectors(circuit: Circuit, data: DataNames, symmetry: Symmetry) -> tuple[str, ...]:
    """Which declared names were read as the vector of a site.

    Args:
        circuit: the circuit as it was read.
        data: the declared coordinates.
        symmetry: the group.
    """
    vectors = zip(symmetry.site_names, vectors_by_other_names(circuit, data, symmetry), strict=True)
    return tuple(
        f"{', '.join(names)} are the coordinates x, y, z of {site}" for site, names in vectors if names
    )


def _advice(name: str, place: DataIndex, symmetry: Symmetry) -> str:
    site, axis = symmetry.site_names[place[0]], "xyz"[place[1]]
    (own,) = coordinate_names((site,))
    return f"if {name} is {site}.{axis}, name it {own[place[1]]} or give --data {name}={site}.{axis}"


def _written(name: str, symmetry: Symmetry) -> DataIndex | None:
    """The coordinate that a name spells in another way: ``Ax``, ``xA``, ``x_A`` for the x of A."""
    plain = _plain(name)
    for site, axis in data_names(symmetry).values():
        own, letter = _plain(symmetry.site_names[site]), "xyz"[axis]
        if plain in (own + letter, letter + own):
            return site, axis
    return None


def _alike(name: str, symmetry: Symmetry) -> DataIndex | None:
    """The coordinate whose name is most like this one, if any is."""
    names = data_names(symmetry)
    found = get_close_matches(name, names, n=1, cutoff=LIKENESS)
    return names[found[0]] if found else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def listed(names: Iterable[str]) -> str:
    """Names separated by commas; only the first ones if there are many."""
    names = list(names)
    return ", ".join(names[:MAX_LISTED]) + (", ..." if len(names) > MAX_LISTED else "")


def roles(body: Mapping[str, Any]) -> Roles | None:
    """The parameters of a certificate's circuit: data, with what they are, and weights.

    Returns:
        ``{"data": {"theta": "A.x"}, "weights": ["a"]}``; ``None`` if the target is not a circuit, or if the
        certificate does not hold its gates.
    """
    target, sites = body["target_data"], body["group_data"]["sites"]
    if target.get("kind") != "circuit" or target.get("operations") is None:
        return None
    used = parameters_of(target)
    data = {name: f"{sites[site]}.{'xyz'[axis]}" for name, site, axis in target["data"] if name in used}
    for site, names in zip(sites, target["angles"], strict=True):
        parts = zip(names, ("azimuth", "elevation", "length"), strict=True)
        data |= {name: f"{site}.{part}" for name, part in parts if name in used}
    for site in sorted({operation[1] for operation in target["operations"] if operation[0] == "vector"}):
        own = target["vectors"][site] or coordinate_names(sites)[site]
        data |= {name: f"{sites[site]}.{axis}" for name, axis in zip(own, "xyz", strict=True)}
    return {"data": data, "weights": [name for name in used if name not in data]}


def parameters_of(target: Mapping[str, Any]) -> list[str]:
    """Names of the parameters in the gates that the target section of a certificate lists."""
    return sorted({*chain.from_iterable(map(_names_in, target["operations"] or ()))})


def _names_in(operation: list[Any]) -> Iterable[str]:
    if operation[0] == "unitary":
        return ()
    angle = operation[3 if operation[0] == "vector" else 2]
    return (name for monomial, _ in angle[0] for name in monomial)


def roles_line(found: Roles) -> str:
    """The roles in one line.

    >>> roles_line({"data": {"theta": "A.x"}, "weights": ["a", "b"]})
    'data: theta -> A.x; weights: a, b'
    """
    data = listed(f"{name} -> {place}" for name, place in found["data"].items())
    return f"data: {data or 'none'}; weights: {listed(found['weights']) or 'none'}"
