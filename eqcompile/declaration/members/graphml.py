"""GraphML, checked before it is read as a graph: whatever a graph of nodes and edges cannot express is refused."""

from collections.abc import Mapping
from types import MappingProxyType
from xml.parsers import expat

from eqcompile.declaration.yaml.wording import shown, unknown
from eqcompile.errors import ExpressionError

_GRAPHML = "http://graphml.graphdrawing.org/xmlns"

_CHILDREN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": ("graphml",),
        "graphml": ("key", "graph", "data", "desc"),
        "key": ("default", "desc"),
        "graph": ("node", "edge", "hyperedge", "data", "desc"),
        "node": ("data", "port", "graph", "desc"),
        "edge": ("data", "graph", "desc"),
    }
)
"""Which elements may stand in which; the others hold text, or private content of a program."""

_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"node": ("id",), "edge": ("source", "target"), "key": ("id",), "data": ("key",)}
)

_BEYOND: Mapping[str, str] = MappingProxyType(
    {
        "hyperedge": "joins more than two nodes; write edges",
        "port": "is a place on a node, and edges are not distinguished by it; remove it",
    }
)


def check_graphml(text: str, name: str) -> None:
    """Refuse what would be left out, or expanded without end, when the file is read.

    Args:
        text: text of the file; what it says about its encoding is ignored.
        name: name of the file, for messages.

    Raises:
        ExpressionError: not XML; a document type declaration, whose entities can make a short file expand without end;
            several graphs, or graphs within nodes; hyperedges, ports, elements that GraphML does not know, text between
            elements; a node that appears twice; a node, an edge or a key without its name.

    References:
        The GraphML file format, http://graphml.graphdrawing.org/specification.html.
    """
    _Look(name).through(text)


class _Look:
    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[str] = []
        self._nodes: set[str] = set()
        self._graphs = 0
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def through(self, text: str) -> None:
        try:
            self._parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise self._unreadable(f"{expat.errors.messages[error.code]}, {place}") from None

    def _unreadable(self, why: str) -> ExpressionError:
        return ExpressionError(f"file {shown(self._name)} is not readable GraphML: {why}", 0)

    def _error(self, what: str) -> ExpressionError:
        return ExpressionError(f"file {shown(self._name)}, line {self._parser.CurrentLineNumber}: {what}", 0)

    def _doctype(self, *_: object) -> None:
        raise ExpressionError(f"file {shown(self._name)} has a document type declaration; remove it", 0)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, element = tag.rpartition(" ")
        parent = self._open[-1] if self._open else ""
        # What stands below an element of another program, or within data, belongs to that program.
        known = _CHILDREN.get(parent) if namespace in ("", _GRAPHML) else None
        self._open.append(element if known is not None or not parent else "data")
        if known is None:
            if not parent:
                raise self._error(f"the root is {shown(element)}; GraphML begins with <graphml>")
            return
        if element not in known:
            where = f" in <{parent}>" if parent else ""
            raise self._error(unknown("element", element, sorted(known), where))
        if element in _BEYOND:
            raise self._error(f"<{element}> {_BEYOND[element]}")
        for attribute in _NEEDED.get(element, ()):
            if attribute not in attributes:
                raise self._error(f"<{element}> without {attribute}")
        if element == "graph":
            self._graph(parent)
        if element == "node":
            self._node(attributes["id"])

    def _graph(self, parent: str) -> None:
        self._graphs += 1
        if parent != "graphml":
            raise self._error(f"a graph within a <{parent}>; write one graph")
        if self._graphs > 1:
            raise self._error("a second graph; write each into a file of its own")

    def _node(self, node: str) -> None:
        if node in self._nodes:
            raise self._error(f"the node {shown(node)} appears twice")
        self._nodes.add(node)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open and self._open[-1] in _CHILDREN and text.strip():
            raise self._error(f"{shown(text.strip())} between elements; remove it")
