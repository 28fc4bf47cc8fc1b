"""Read a graph from a file: GraphML through networkx, or a molecule through ASE with the species as colours."""

import hashlib
import os
import stat
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from eqcompile.declaration.members.graphml import check_graphml
from eqcompile.declaration.yaml.wording import MAX_FILE_BYTES, shown, unknown
from eqcompile.errors import MAX_REASON, ExpressionError, one_line

_UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, StopIteration, EOFError, RuntimeError,
    ImportError, SyntaxError, NameError, ArithmeticError, struct.error, zlib.error,
)  # fmt: skip
"""What libraries raise on damaged files, besides their own exceptions."""

BOND_REACH = 6 / 5
"""Atoms are bonded up to this multiple of the sum of their covalent radii. C-H in methane is at 1.02. No contact within
a molecule that is not a bond comes below about 1.4."""


@dataclass(frozen=True)
class GraphFile:
    """A graph as a file gives it.

    Args:
        nodes: names of the nodes in the order of the file; for a molecule the atoms, counted from 0.
        edges: (a, b, colour) with nodes counted from 0.
        colors: colour of each node.
        directed: whether edges have a direction.
        named: whether the names mean something; atoms are known only by their order.
    """

    nodes: tuple[str, ...]
    edges: tuple[tuple[int, int, Hashable], ...]
    colors: tuple[Hashable, ...]
    directed: bool
    named: bool


def read_graph_file(name: str, folder: str, color: str | None, edge_color: str | None) -> GraphFile:
    """Read a graph.

    Args:
        name: the file, relative to ``folder``; GraphML if its ending says so, else anything that ASE reads.
        folder: folder of the spec.
        color: GraphML attribute whose values colour the nodes.
        edge_color: GraphML attribute whose values colour the edges.

    Raises:
        ExpressionError: the file is missing, too large, damaged, or lacks an attribute.
    """
    path = os.path.join(folder, name)
    _check_file(path, name)
    if name.lower().endswith((".graphml", ".graphml.xml")):
        return _read_graphml(path, name, color, edge_color)
    if color is not None or edge_color is not None:
        raise ExpressionError(
            "color and edge_color name attributes of GraphML; a molecule is coloured by species", 0
        )
    return _read_molecule(path, name)


def graph_file_hash(name: str, folder: str) -> str:
    """SHA-256 of the content of a file that :func:`read_graph_file` has read."""
    with open(os.path.join(folder, name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _check_file(path: str, name: str) -> None:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise ExpressionError(f"no such file {shown(name)}; paths are relative to the spec", 0) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExpressionError(f"file {shown(name)} cannot be read: {reason}", 0) from None
    if not stat.S_ISREG(status.st_mode):
        raise ExpressionError(f"{shown(name)} is not a regular file", 0)
    if status.st_size > MAX_FILE_BYTES:
        raise ExpressionError(
            f"file {shown(name)} has {status.st_size} bytes; the limit is {MAX_FILE_BYTES}", 0
        )


def _read_graphml(path: str, name: str, color: str | None, edge_color: str | None) -> GraphFile:
    import networkx

    try:
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ExpressionError(f"file {shown(name)} cannot be read: {error.strerror or error}", 0) from None
    # The parser gets the text that is checked here. Given text, it ignores an encoding that the file names, and takes
    # nothing but zero bytes as a sign of UTF-16.
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ExpressionError(f"file {shown(name)} is not in UTF-8; save it in this encoding", 0)
    check_graphml(text, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what is not read, which was looked for above
            graph = networkx.parse_graphml(text)
    except (networkx.NetworkXError, *_UNREADABLE) as error:
        raise ExpressionError(f"file {shown(name)} is not readable GraphML: {_reason(error)}", 0) from None
    if graph.is_multigraph():
        raise ExpressionError(
            f"file {shown(name)} has parallel edges; merge them and give the edge a colour", 0
        )
    nodes = tuple(str(node) for node in graph.nodes)
    index = {node: number for number, node in enumerate(graph.nodes)}
    colors = _attribute([data for _, data in graph.nodes(data=True)], color, "nodes", name)
    edge_colors = _attribute([data for _, _, data in graph.edges(data=True)], edge_color, "edges", name)
    edges = ((index[a], index[b], c) for (a, b), c in zip(graph.edges, edge_colors, strict=True))
    return GraphFile(nodes, tuple(edges), colors, graph.is_directed(), True)


def _attribute(
    entries: list[dict[str, Hashable]], attribute: str | None, what: str, name: str
) -> tuple[Hashable, ...]:
    """One value per entry; entries that lack the attribute share a colour, but at least one entry must have it."""
    if attribute is None:
        return (None,) * len(entries)
    known = sorted({key for entry in entries for key in entry})
    if attribute not in known:
        raise ExpressionError(unknown("attribute", attribute, known, f" of the {what} of {shown(name)}"), 0)
    return tuple(entry.get(attribute) for entry in entries)


def _read_molecule(path: str, name: str) -> GraphFile:
    import sqlite3
    from xml.etree.ElementTree import ParseError as XMLError

    from ase import Atoms
    from ase.io import ParseError, read
    from ase.io.formats import UnknownFileTypeError
    from ase.neighborlist import natural_cutoffs, neighbor_list

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ASE's own warnings, about formats
            found = read(path, index=":", do_not_split_by_at_sign=True)
            atoms = found[0] if isinstance(found, list) and found else None
            if not isinstance(atoms, Atoms) or not len(atoms):
                raise ExpressionError(f"file {shown(name)} has no atoms", 0)
            _require_one(len(found), len(atoms), path, name)
            first, second = neighbor_list("ij", atoms, natural_cutoffs(atoms, mult=BOND_REACH))
    except (UnknownFileTypeError, ParseError, XMLError, sqlite3.Error, *_UNREADABLE) as error:
        raise ExpressionError(
            f"file {shown(name)} is neither GraphML nor a molecule that ASE reads: {_reason(error)}", 0
        ) from None
    # In a periodic cell two atoms may be joined several times; the number of times is the colour of the bond.
    bonds = Counter((int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b)
    symbols = tuple(atoms.get_chemical_symbols())
    nodes = tuple(str(number) for number in range(len(atoms)))
    return GraphFile(nodes, tuple((a, b, count) for (a, b), count in bonds.items()), symbols, False, False)


def _require_one(structures: int, atoms: int, path: str, name: str) -> None:
    """A graph is that of one molecule. ASE stops at a blank line and does not report what follows."""
    if structures > 1:
        raise ExpressionError(
            f"file {shown(name)} has {structures} structures; write one into a file of its own", 0
        )
    if name.lower().endswith((".xyz", ".extxyz")):
        with open(path, "rb") as file:
            rest = file.read(MAX_FILE_BYTES).splitlines()[atoms + 2 :]
        for number, line in enumerate(rest, atoms + 3):
            if line.strip():
                raise ExpressionError(
                    f"file {shown(name)}, line {number}: text after the last of {atoms} atoms", 0
                )


def _reason(error: BaseException) -> str:
    """What a library says, unless its words are meant for programmers."""
    if isinstance(error, LookupError | TypeError | AttributeError | AssertionError | NameError):
        return "it is damaged, or not of the format that its name says"
    lines = str(error).splitlines()
    text = one_line(lines[0]) if lines else type(error).__name__
    return text if len(text) <= MAX_REASON else f"{text[:MAX_REASON]}..."
