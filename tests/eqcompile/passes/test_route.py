"""Routing: what it costs, where it ends, and what it refuses."""

from itertools import combinations

import networkx as nx
import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Swapped, VectorRotation
from eqcompile.errors import BackendError, MethodError
from eqcompile.passes.rewrite.schedule import two_qubit_gates
from eqcompile.passes.routing.coupling import Coupling
from eqcompile.passes.routing.region import RouteOnDevice, connected_parts
from eqcompile.passes.routing.route import Route


def pairs(qubits: int, *names: tuple[int, int]) -> Circuit:
    gates = [
        Evolve(eq.PauliSum.heisenberg(qubits, i, j), ExactAngle.parameter(f"w{k}"))
        for k, (i, j) in enumerate(names)
    ]
    return Circuit(qubits, tuple(gates))


def cost(circuit: Circuit) -> int:
    return sum(map(two_qubit_gates, circuit))


def test_a_swap_behind_an_exchange_is_free() -> None:
    triangle = pairs(3, (0, 1), (1, 2), (0, 2))
    routed = Route(Coupling.line(3)).run(triangle)
    assert cost(routed) == 9
    assert any(isinstance(operation, Swapped) and operation.gate is not None for operation in routed)


def test_an_order_that_a_line_likes_and_one_that_it_does_not() -> None:
    """All six pairs of four qubits as a line meets them if every gate swaps, and in another order."""
    assert cost(Route(Coupling.line(4)).run(pairs(4, (0, 1), (2, 3), (0, 3), (1, 3), (0, 2), (1, 2)))) == 18
    assert cost(Route(Coupling.line(4)).run(pairs(4, (0, 1), (2, 3), (0, 2), (1, 3), (0, 3), (1, 2)))) > 18


def test_the_parity_qubit_travels() -> None:
    encodings = tuple(VectorRotation.scaled(site, site, "alpha", parity=4) for site in range(4))
    routed = Route(Coupling.line(5)).run(Circuit(5, encodings))
    assert (
        cost(routed) == 2 + 3 + 3 + 2
    )  # neighbours on both sides first and last, a swap behind each in between


def test_what_is_refused() -> None:
    ring = pairs(4, (0, 1))
    with pytest.raises(BackendError, match=r"^the circuit has 4 qubits; the device has 3$"):
        Route(Coupling.line(3)).run(ring)
    with pytest.raises(BackendError, match="not connected"):
        Route(Coupling.of(4, [(0, 1), (2, 3)])).run(ring)
    with pytest.raises(BackendError, match="no connected part of the device is that large"):
        RouteOnDevice(Coupling.of(6, [(0, 1), (1, 2), (3, 4), (4, 5)])).run(ring)
    wide = Evolve(eq.PauliSum.parse("X0 X1 X2", 4), ExactAngle.parameter("w"))
    with pytest.raises(MethodError, match="acts on 3 qubits"):
        Route(Coupling.line(4)).run(Circuit(4, (wide,)))
    with pytest.raises(BackendError, match=r"the coupling \(1, 7\) is outside the 4 qubits"):
        Coupling.of(4, [(7, 1)])


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_connected_parts_are_all_found_once(size: int) -> None:
    graph = nx.grid_2d_graph(3, 3)
    graph = nx.convert_node_labels_to_integers(graph, ordering="sorted")
    found = list(connected_parts(graph, size))
    expected = {
        frozenset(part) for part in combinations(graph, size) if nx.is_connected(graph.subgraph(part))
    }
    assert len(found) == len(expected)
    assert set(found) == expected


def test_an_empty_circuit_and_a_single_qubit() -> None:
    assert Route(Coupling.line(1)).run(Circuit(1, ())).operations == ()
    assert RouteOnDevice(Coupling.line(5)).run(Circuit(1, ())).num_qubits == 5
