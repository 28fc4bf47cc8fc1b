"""Graphs from files: GraphML through networkx, molecules through ASE with species as colours and bonds as edges."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqcompile.errors import one_line, quoted
from eqcompile.recheck.files.declaration.automorphisms import Graph
from eqcompile.recheck.files.unread import UnreadError

MAX_BYTES = 1_000_000
"""Bytes of the file of a graph or a molecule that a spec names. Beyond it, refused: leave out attributes and frames,
or recheck without `--spec`."""

REACH_NUMERATOR, REACH_DENOMINATOR = 6, 5
"""Atoms are bonded up to 6/5 of the sum of their covalent radii."""

MALFORMED = (
    OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, StopIteration, EOFError, RuntimeError,
    ImportError, SyntaxError,
)  # fmt: skip
"""What the parsers raise on files of a wrong form."""


@dataclass(frozen=True)
class NamedGraph:
    """A graph, and the names of its nodes in the file; empty for a molecule, whose atoms only have an order."""

    graph: Graph
    names: tuple[str, ...]


def read_graph(path: Path, color: str | None, edge_color: str | None) -> NamedGraph:
    """The graph in a file.

    Args:
        path: path of the file; GraphML if its ending says so, else whatever ASE reads.
        color, edge_color: attributes of GraphML that give colours.

    Raises:
        UnreadError: the file cannot be read.
    """
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise UnreadError(f"the file {quoted(path.name)}")
        if path.name.lower().endswith((".graphml", ".graphml.xml")):
            return _graphml(path, color, edge_color)
        return _molecule(path)
    except MALFORMED as error:
        raise UnreadError(f"the file {quoted(path.name)} ({one_line(str(error))[:60]})") from None


def _graphml(path: Path, color: str | None, edge_color: str | None) -> NamedGraph:
    import networkx
    from networkx import NetworkXError

    if b"<!DOCTYPE" in path.read_bytes():  # its entities could expand without end
        raise UnreadError(f"the document type in {quoted(path.name)}")
    try:
        read: Any = networkx.read_graphml(path)
    except NetworkXError as error:
        raise UnreadError(f"the file {quoted(path.name)} ({one_line(str(error))[:60]})") from None
    if read.is_multigraph():
        raise UnreadError(f"the parallel edges in {quoted(path.name)}")
    place = {node: k for k, node in enumerate(read.nodes)}
    colors = [_attribute(data, color) for _, data in read.nodes(data=True)]
    edges = [(place[a], place[b], _attribute(data, edge_color)) for a, b, data in read.edges(data=True)]
    if any(a == b for a, b, _ in edges):
        raise UnreadError(f"an edge from a node to itself in {quoted(path.name)}")
    return NamedGraph(Graph(colors, edges, read.is_directed()), tuple(str(node) for node in read.nodes))


def _attribute(data: dict[str, Hashable], name: str | None) -> Hashable:
    return None if name is None else data.get(name)


def _molecule(path: Path) -> NamedGraph:
    from ase import Atoms
    from ase.data import covalent_radii
    from ase.io import read
    from ase.neighborlist import neighbor_list

    atoms: Any = read(str(path), index=0, do_not_split_by_at_sign=True)
    if not isinstance(atoms, Atoms) or not len(atoms):
        raise UnreadError(f"the file {quoted(path.name)}, which has no atoms,")
    reach = [covalent_radii[z] * REACH_NUMERATOR / REACH_DENOMINATOR for z in atoms.numbers]
    first, second = neighbor_list("ij", atoms, reach)
    bonds = Counter((int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b)
    edges = [(a, b, count) for (a, b), count in bonds.items()]
    return NamedGraph(Graph(atoms.get_chemical_symbols(), edges), ())
