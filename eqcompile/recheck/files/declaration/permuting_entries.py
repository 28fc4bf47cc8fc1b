"""The entries ``permutation``, ``graph`` and ``lattice``: what is exchanged, and how that acts on qubits and sites."""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.declaration.automorphisms import Graph, automorphism_generators
from eqcompile.recheck.files.declaration.graph_files import read_graph
from eqcompile.recheck.files.declaration.permutations import (
    Images,
    grid_symmetries,
    named_group,
    placed,
    read_cycles,
    wreath_product,
)
from eqcompile.recheck.files.declaration.register import Register, only
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]

_DIGITS = re.compile(r"[0-9]{1,9}")


def permutation_entry(entry: Any, register: Register) -> list[Plain]:
    """Generators of ``permutation``, in the plain data of a certificate."""
    if isinstance(entry, str | list):
        return _by_cycles(entry, _kind(None, register), register)
    keys = only(entry, ("group", "cycles", "on", "carry", "name"), "permutation")
    if ("cycles" in keys) == ("group" in keys):
        raise UnreadError("a permutation with both or neither of cycles and group")
    if "cycles" in keys:
        if "carry" in keys:
            raise UnreadError("carry beside cycles")
        return _by_cycles(keys["cycles"], _kind(keys.get("on"), register), register)
    members, generators = _by_name(str(keys["group"]), keys.get("on"), keys.get("carry"), register)
    return [_moving(members, images, register) for images in generators]


def lattice_entry(entry: Any, register: Register) -> list[Plain]:
    """Generators of ``lattice``."""
    keys = only(entry, ("shape", "group", "on", "periodic"), "lattice")
    shape, periodic = keys.get("shape"), keys.get("periodic", True)
    if not isinstance(shape, list) or not shape or not all(type(n) is int and n > 0 for n in shape):
        raise UnreadError(f"the shape {quoted(str(shape))}")
    if not isinstance(periodic, bool):
        raise UnreadError(f"periodic: {quoted(str(periodic))}")
    members = _members(keys.get("on", "all"), register)
    generators = grid_symmetries(shape, str(keys.get("group", "translations")), periodic)
    if any(len(images) != len(members) for images in generators):
        raise UnreadError(f"a grid of {len(generators[0])} points on {len(members)} members")
    return [_moving(members, images, register) for images in generators]


def graph_entry(entry: Any, register: Register) -> list[Plain]:
    """Generators of ``graph``."""
    keys = only(entry, ("edges", "file", "on", "colors", "color", "edge_color"), "graph")
    if ("edges" in keys) == ("file" in keys):
        raise UnreadError("a graph with both or neither of edges and file")
    members, graph = _from_edges(keys, register) if "edges" in keys else _from_file(keys, register)
    own = keys.get("colors", {})
    if not isinstance(own, dict) or set(own) - {str(member) for member in members}:
        raise UnreadError(f"the colors {quoted(str(own))}")
    colors = [(color, own.get(str(m))) for color, m in zip(graph.colors, members, strict=True)]
    generators = automorphism_generators(Graph(colors, graph.edges, graph.directed))
    return [_moving(members, images, register) for images in generators]


def _from_edges(keys: Any, register: Register) -> tuple[list[Any], Graph]:
    edges = keys["edges"]
    if {"on", "color", "edge_color"} & set(keys) or not isinstance(edges, list) or not edges:
        raise UnreadError("a graph whose edges stand beside on or color")
    if not all(isinstance(e, list) and len(e) in (2, 3) for e in edges):
        raise UnreadError("an edge that is not [a, b] or [a, b, color]")
    members = _checked(list(dict.fromkeys(end for e in edges for end in e[:2])), register)
    place = {member: k for k, member in enumerate(members)}
    found = [(place[e[0]], place[e[1]], e[2] if len(e) == 3 else None) for e in edges]
    ends = {frozenset(edge[:2]) for edge in found}
    if len(ends) != len(found) or any(len(pair) < 2 for pair in ends):
        raise UnreadError("a graph with an edge that stands twice or joins a node to itself")
    return members, Graph([None] * len(members), found)


def _from_file(keys: Any, register: Register) -> tuple[list[Any], Graph]:
    color, edge_color = keys.get("color"), keys.get("edge_color")
    found = read_graph(register.folder / str(keys["file"]), color, edge_color)
    if not found.names and (color is not None or edge_color is not None):
        raise UnreadError("a color of a molecule that is not its species")
    if found.names and "on" not in keys:
        numbers = all(_DIGITS.fullmatch(name) for name in found.names)
        members = _checked([int(n) if numbers else n for n in found.names], register)
    else:
        members = _members(keys.get("on", "all"), register)
    if len(members) != len(found.graph.colors):
        raise UnreadError(f"a graph of {len(found.graph.colors)} nodes on {len(members)} members")
    return members, found.graph


def _by_cycles(cycles: Any, kind: str, register: Register) -> list[Plain]:
    texts = [cycles] if isinstance(cycles, str) else cycles
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UnreadError(f"the cycles {quoted(str(cycles))}")
    size = register.num_qubits if kind == "qubits" else len(register.sites)
    members: list[Any] = list(range(size)) if kind == "qubits" else list(register.sites)
    out = []
    for text in texts:
        images = list(range(size))
        for cycle in read_cycles(text):
            points = [_point(name, kind, register) for name in cycle]
            for here, there in zip(points, (*points[1:], points[0]), strict=True):
                images[here] = there
        out.append(_moving(members, tuple(images), register))
    return out


def _point(name: str, kind: str, register: Register) -> int:
    if kind == "sites":
        return register.site(name)
    if not _DIGITS.fullmatch(name):
        raise UnreadError(f"the qubit {quoted(name)}")
    return register.qubit(int(name))


def _kind(on: Any, register: Register) -> str:
    kind = ("sites" if register.sites else "qubits") if on is None else on
    if kind not in ("sites", "qubits") or (kind == "sites" and not register.sites):
        raise UnreadError(f"a permutation on {quoted(str(on))}")
    return str(kind)


def _by_name(name: str, on: Any, carry: Any, register: Register) -> tuple[list[Any], list[Images]]:
    """Members in the order of the points, and generators on the points, factor by factor."""
    factors = re.split(r"\s+x\s+", name.strip())
    if carry is not None and (len(factors) > 1 or not _is_wreath(factors[0])):
        raise UnreadError("carry without one wreath product")
    if isinstance(on, str):
        if carry is not None:
            raise UnreadError("carry without blocks")
        # With one word, members are assigned in their order. A lone group takes all of them; a product says how many.
        members = _members(on, register)
        sizes = [len(members)] if len(factors) == 1 and not _is_wreath(name) else list(map(_size, factors))
        parts: list[list[Any]] = []
        for size in sizes:
            parts.append(members[sum(map(len, parts)) :][:size])
        if sum(sizes) != len(members):
            raise UnreadError(f"{quoted(name)} on {len(members)} members")
        listed = [_in_blocks(f, part) for f, part in zip(factors, parts, strict=True)]
    else:
        if not isinstance(on, list) or not on or (len(factors) > 1 and len(on) != len(factors)):
            raise UnreadError(f"{quoted(name)} on {quoted(str(on))}")
        listed = [on] if len(factors) == 1 else on
    leaves: list[Any] = []
    built: list[tuple[int, list[Images]]] = []
    for factor, part in zip(factors, listed, strict=True):
        if not isinstance(part, list) or not part:
            raise UnreadError(f"{quoted(name)} on {quoted(str(on))}")
        if _is_wreath(factor):
            inner, outer = re.split(r"\s+wr\s+", factor)
            width, carried = _width(part), [] if carry is None else carry
            if carried and len(carried) != len(part):
                raise UnreadError("carry for another number of blocks")
            extra = _width(carried) if carried else 0
            built.append((len(leaves), wreath_product(inner, outer, len(part), width, extra)))
            leaves += [member for block in (*part, *carried) for member in block]
        else:
            built.append((len(leaves), named_group(factor, len(part))))
            leaves += part
    members = _checked(leaves, register)
    return members, [placed(g, first, len(members)) for first, generators in built for g in generators]


def _is_wreath(name: str) -> bool:
    return len(re.split(r"\s+wr\s+", name)) == 2


def _size(factor: str) -> int:
    """Members of a factor whose numbers are written, such as ``S_2 wr S_3``."""
    numbers = [re.fullmatch(r"[SACD]_?([0-9]{1,4})", part) for part in re.split(r"\s+wr\s+", factor)]
    total = 1
    for match in numbers:
        if match is None:
            raise UnreadError(f"the size of {quoted(factor)}")
        total *= int(match[1])
    return total


def _in_blocks(factor: str, members: list[Any]) -> list[Any]:
    """Members in their order, the first block first if the factor is a wreath product."""
    if not _is_wreath(factor):
        return members
    width = _size(re.split(r"\s+wr\s+", factor)[0])
    return [members[k : k + width] for k in range(0, len(members), width)]


def _width(blocks: Any) -> int:
    widths = {len(block) if isinstance(block, list) else 0 for block in blocks}
    if len(widths) != 1 or 0 in widths:
        raise UnreadError("blocks of different sizes")
    return widths.pop()


def _members(on: Any, register: Register) -> list[Any]:
    """All sites or qubits by one word, or those listed."""
    if isinstance(on, list):
        return _checked(on, register)
    if on not in ("all", "sites", "qubits"):
        raise UnreadError(f"a group on {quoted(str(on))}")
    if _kind(None if on == "all" else on, register) == "sites":
        return list(register.sites)
    return list(register.every_qubit)


def _checked(members: Sequence[Any], register: Register) -> list[Any]:
    """Different members that are all sites or all qubits."""
    if not members or len({repr(m) for m in members}) != len(members):
        raise UnreadError(f"the members {quoted(str(list(members)))}")
    if all(type(member) is int for member in members):
        return [register.qubit(member) for member in members]
    for member in members:
        register.site(member)
    return list(members)


def _moving(members: Sequence[Any], images: Images, register: Register) -> Plain:
    """A permutation of members, as its action on all qubits and all sites.

    If sites are exchanged, copy k of one goes to copy k of the other. If qubits are exchanged, the sites move along.
    """
    qubits, sites = list(range(register.num_qubits)), list(range(len(register.sites)))
    if all(type(member) is int for member in members):
        for member, image in zip(members, images, strict=True):
            qubits[member] = members[image]
        owner = {frozenset(carriers): site for site, carriers in enumerate(register.carriers)}
        for site, carriers in enumerate(register.carriers):
            moved = frozenset(qubits[q] for q in carriers)
            if moved not in owner:
                raise UnreadError(f"a permutation that tears the qubits {list(carriers)} of a site apart")
            sites[site] = owner[moved]
    else:
        for member, image in zip(members, images, strict=True):
            here, there = register.site(member), register.site(members[image])
            sites[here] = there
            if len(register.carriers[here]) != len(register.carriers[there]):
                raise UnreadError("an exchange of sites with different numbers of qubits")
            for source, target in zip(register.carriers[here], register.carriers[there], strict=True):
                qubits[source] = target
    return {"steps": [{"permutation": qubits}], "sites": sites, "matrices": [None] * len(sites)}
