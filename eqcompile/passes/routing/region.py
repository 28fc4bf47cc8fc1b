"""Which part of a device a small circuit should live on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import ClassVar, Final, TypeAlias

import networkx as nx

from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.errors import BackendError
from eqcompile.passes.rewrite.schedule import two_qubit_gates
from eqcompile.passes.routing.coupling import Coupling
from eqcompile.passes.routing.route import Route, require_routable

MAX_PARTS: Final = 4000
"""Connected parts of a device that are looked at; a heavy-hex device of 127 qubits has about as many of seven. Beyond
it, weaker: only the first ones are looked at; the circuit is right, and may have more swaps."""

MAX_SHAPES: Final = 8
"""Shapes of parts of a device on which a circuit is tried. Beyond it, weaker: those with the most couplings are
tried; the circuit is right, and may have more swaps."""

TRIAL: Final = 60
"""Gates with which the shapes are compared."""

TRIAL_WIDTH: Final = 12


@dataclass(frozen=True)
class RouteOnDevice:
    """Choose a connected part of a device and route there.

    A part of every shape is tried with the first gates. Which part of a given shape it is makes no difference here; a
    back end that knows its noise may move it.

    Attributes:
        coupling: coupling of the whole device.
        width: width of the search, see :class:`eqcompile.passes.routing.route.Route`.
    """

    coupling: Coupling
    width: int = 60

    name: ClassVar[str] = "route-on-device"

    def run(self, circuit: Circuit) -> Circuit:
        """The circuit on the device's qubits.

        Raises:
            BackendError: no connected part is large enough.
            MethodError: as for :class:`eqcompile.passes.routing.route.Route`.
        """
        require_routable(circuit, self.coupling)
        if self.coupling.is_full:
            return _placed(circuit, tuple(range(circuit.num_qubits)), self.coupling.num_qubits)
        shapes = self._shapes(circuit.num_qubits)
        if not shapes:
            raise BackendError(
                f"the circuit has {circuit.num_qubits} qubits, and no connected part of the device is that large"
            )
        trial = replace(circuit, operations=circuit.operations[:TRIAL])
        costs = [_cost(Route(part.coupling, TRIAL_WIDTH, work=0).run(trial)) for part in shapes]
        best = shapes[costs.index(min(costs))]
        return _placed(Route(best.coupling, self.width).run(circuit), best.qubits, self.coupling.num_qubits)

    def _shapes(self, size: int) -> list["_Part"]:
        """One part of the device for every shape, those with the most couplings first."""
        shapes: dict[_Shape, _Part] = {}
        for qubits in islice(connected_parts(self.coupling.graph, size), MAX_PARTS):
            part = _Part.of(self.coupling, qubits)
            shapes.setdefault(part.shape, part)
        return [shapes[key] for key in sorted(shapes)[:MAX_SHAPES]]


_Shape: TypeAlias = tuple[int, tuple[tuple[int, ...], ...]]
"""Minus the number of couplings, and the sorted distances: equal for parts that differ only in their numbering."""


@dataclass(frozen=True)
class _Part:
    """Qubits of a device, ascending, and their couplings as a device of its own."""

    qubits: tuple[int, ...]
    coupling: Coupling

    @property
    def shape(self) -> _Shape:
        """What parts of one shape share."""
        return -len(self.coupling.edges), tuple(sorted(tuple(sorted(row)) for row in self.coupling.distances))

    @classmethod
    def of(cls, device: Coupling, qubits: frozenset[int]) -> "_Part":
        order = tuple(sorted(qubits))
        number = {q: k for k, q in enumerate(order)}
        edges = ((number[a], number[b]) for a, b in device.graph.subgraph(qubits).edges)
        return cls(order, Coupling.of(len(order), edges))


def connected_parts(graph: nx.Graph, size: int) -> Iterator[frozenset[int]]:
    """All connected sets of that many nodes, each once.

    >>> sorted(map(sorted, connected_parts(nx.path_graph(4), 2)))
    [[0, 1], [1, 2], [2, 3]]

    References:
        S. Wernicke, IEEE/ACM Trans. Comput. Biol. Bioinform. 3, 347 (2006).
    """

    def grow(
        part: frozenset[int], border: frozenset[int], seen: frozenset[int], root: int
    ) -> Iterator[frozenset[int]]:
        if len(part) == size:
            yield part
            return
        rest = set(border)
        while rest:
            node = min(rest)
            rest.discard(node)
            fresh = {k for k in graph[node] if k > root and k not in seen}
            yield from grow(part | {node}, frozenset(rest | fresh), seen | fresh | {node}, root)

    for root in sorted(graph):
        border = frozenset(k for k in graph[root] if k > root)
        yield from grow(frozenset({root}), border, border | {root}, root)


def _placed(circuit: Circuit, places: tuple[int, ...], size: int) -> Circuit:
    """The circuit on some of the qubits of a larger register."""
    return replace(
        circuit,
        num_qubits=size,
        operations=tuple(operation.relabelled(places, size) for operation in circuit),
        placement=Placement(
            tuple(places[q] for q in circuit.initial), tuple(places[q] for q in circuit.final)
        ),
    )


def _cost(circuit: Circuit) -> int:
    return sum(map(two_qubit_gates, circuit))
