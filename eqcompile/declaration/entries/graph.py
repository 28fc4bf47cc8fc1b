"""The entry ``graph``: the automorphisms of a graph on sites or qubits."""

import os
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from eqcompile.declaration.entries.lattice import members_of
from eqcompile.declaration.entries.permutation import MembersForm, Permutation, on_members
from eqcompile.declaration.members.graph_file import GraphFile, read_graph_file
from eqcompile.declaration.members.members import Members, listed_members
from eqcompile.declaration.spec import Path
from eqcompile.declaration.yaml.forms import Section
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import shown, unknown
from eqcompile.errors import DimensionError, ExpressionError, LimitError, one_line
from eqcompile.groups.graph import graph_automorphisms

_QUBIT = re.compile(r"[0-9]{1,9}")
_NEEDS = "write edges such as [[A, B], [B, C]], or a file such as benzene.xyz"


class GraphSchema(Section):
    """A graph by its edges or from a file; its automorphisms permute sites or qubits."""

    edges: Annotated[
        list[list[Any]] | None,
        Field(examples=[[["H1", "H2"]]], description="[a, b], or [a, b, color] for edges of several kinds."),
    ] = None
    file: Annotated[
        str | None,
        Field(examples=["benzene.xyz"], description="GraphML, or a molecule in any format that ASE reads."),
    ] = None
    on: MembersForm | None = None
    colors: Annotated[
        dict[str, Any] | None,
        Field(
            examples=[{"H1": "red"}],
            description="Nodes that are exchanged only with nodes of the same colour.",
        ),
    ] = None
    color: Annotated[
        str | None, Field(examples=["element"], description="GraphML: attribute that colours the nodes.")
    ] = None
    edge_color: Annotated[
        str | None, Field(examples=["weight"], description="GraphML: attribute that colours the edges.")
    ] = None


@dataclass(frozen=True)
class _Graph:
    """A graph on members, its nodes numbered in their order."""

    members: Members
    edges: tuple[tuple[int, int, Hashable], ...]
    colors: dict[int, Hashable]
    directed: bool
    label: str


def build_graph(schema: GraphSchema, path: Path, scope: Scope) -> Permutation:
    """The automorphism group of a graph; sites or qubits that are not nodes stay where they are.

    Args:
        schema: the entry, checked against the schema.
        path: where the entry stands.
        scope: register, sites and file.

    Raises:
        SpecError: neither edges nor a file, or both; a node that is not a site or qubit; a file that cannot be read
            or has a different number of nodes; a graph beyond the limits; sites that cannot be exchanged.
    """
    if (schema.edges is None) == (schema.file is None):
        found = "neither edges nor a file" if schema.edges is None else "both edges and a file"
        raise scope.error(f"a graph has {found}; {_NEEDS}", path)
    graph = _from_file(schema, path, scope) if schema.file is not None else _from_edges(schema, path, scope)
    graph = _with_colors(graph, schema.colors or {}, (*path, "colors"), scope)
    try:
        group = graph_automorphisms(graph.edges, len(graph.members.names), graph.colors, graph.directed)
    except (DimensionError, LimitError) as error:
        raise scope.error(str(error), path) from None
    return on_members(group, graph.members, graph.label, scope)


def _from_edges(schema: GraphSchema, path: Path, scope: Scope) -> _Graph:
    for key in ("on", "color", "edge_color"):
        if key in schema.model_fields_set:
            message = f"{key} goes with a file; edges name their nodes, and their colour as [a, b, color]"
            raise scope.error(message, (*path, key), at_key=True)
    path = (*path, "edges")
    if not schema.edges:
        raise scope.error(f"the graph has no edges; {_NEEDS}", path)
    places: dict[Any, Path] = {}
    for row, edge in enumerate(schema.edges):
        if len(edge) not in (2, 3):
            raise scope.error(f"an edge is [a, b] or [a, b, color]; found {len(edge)} entries", (*path, row))
        for column in (0, 1):
            if isinstance(edge[column], list | dict):
                raise scope.error(
                    f"a node is a site or a qubit; found {shown(edge[column])}", (*path, row, column)
                )
            places.setdefault(edge[column], (*path, row, column))
    members = listed_members(list(places), list(places.values()), scope)
    index = {name: number for number, name in enumerate(members.names)}
    edges = tuple(
        (index[e[0]], index[e[1]], *_edge_color(e, (*path, row), scope)) for row, e in enumerate(schema.edges)
    )
    _require_single(schema.edges, path, scope)
    return _Graph(members, edges, {}, False, f"automorphisms of a graph on {len(index)} {members.kind}")


def _edge_color(edge: Sequence[Any], path: Path, scope: Scope) -> tuple[Hashable]:
    return (None,) if len(edge) == 2 else (_color(edge[2], (*path, 2), scope),)


def _color(value: Any, path: Path, scope: Scope) -> Hashable:
    if isinstance(value, str | int | Decimal):
        return value
    raise scope.error(f"a colour is a word or a number; found {shown(value)}", path)


def _require_single(edges: Sequence[Sequence[Any]], path: Path, scope: Scope) -> None:
    seen: set[frozenset[Any]] = set()
    for row, (a, b, *_) in enumerate(edges):
        if a == b:
            raise scope.error(f"this edge joins {a} to itself; give {a} a colour instead", (*path, row))
        if frozenset((a, b)) in seen:
            raise scope.error(f"{a} and {b} are joined twice; give the edge a colour instead", (*path, row))
        seen.add(frozenset((a, b)))


def _from_file(schema: GraphSchema, path: Path, scope: Scope) -> _Graph:
    assert schema.file is not None
    place = (*path, "file")
    folder = os.path.dirname(scope.document.path)
    try:
        read = read_graph_file(schema.file, folder, schema.color, schema.edge_color)
    except ExpressionError as error:
        raise scope.error(one_line(str(error)), place) from None
    if read.named and schema.on is None:
        members = _by_name(read, place, scope)
    else:
        members = members_of(schema.on, path, scope)
        if len(members.names) != len(read.nodes):
            there = f"there are {len(members.names)} {members.kind}{members.note}"
            found = f"{shown(schema.file)} has {len(read.nodes)} nodes, and {there}"
            raise scope.error(
                f"{found}; use on to name those that are its nodes, in the order of the file", place
            )
    colors = dict(enumerate(read.colors))
    label = f"automorphisms of {one_line(os.path.basename(schema.file))}"
    return _Graph(members, read.edges, colors, read.directed, label)


def _by_name(read: GraphFile, place: Path, scope: Scope) -> Members:
    """The nodes by their names: qubits if all are numbers, else sites."""
    numbers = all(_QUBIT.fullmatch(node) for node in read.nodes)
    names: list[Any] = [int(node) for node in read.nodes] if numbers else list(read.nodes)
    if not names:
        raise scope.error("the graph in this file has no nodes", place)
    return listed_members(names, [place] * len(names), scope)


def _with_colors(graph: _Graph, colors: dict[str, Any], path: Path, scope: Scope) -> _Graph:
    """The declared colours, over those of the file."""
    index = {str(name): number for number, name in enumerate(graph.members.names)}
    own: dict[int, Hashable] = {}
    for node, color in colors.items():
        if node not in index:
            raise scope.error(unknown("node", node, index), (*path, node), at_key=True)
        own[index[node]] = _color(color, (*path, node), scope)
    both = {n: (graph.colors.get(n), own.get(n)) for n in index.values()}
    return replace(graph, colors=dict(both))
