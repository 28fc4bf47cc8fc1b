r"""Bring the qubits of every gate next to each other, with swaps that hide behind gates.

A swap behind an exchange is free: :math:`\mathrm{RH}(J)` and then SWAP is :math:`\mathrm{RH}(J + \pi/4)` up to a phase.
Behind an encoding on a parity qubit it costs one CX instead of three, so the parity qubit may travel. The search is a
beam over the cost: among all partial circuits of equal cost, those that have got farthest are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice, permutations
from typing import ClassVar, Final

from eqcompile.budgets import check
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.operations import Operation, Swapped
from eqcompile.errors import BackendError, MethodError
from eqcompile.passes.rewrite.schedule import dependencies, successors, two_qubit_gates
from eqcompile.passes.routing.coupling import Coupling

SWAP_COST: Final = 3
"""CX of a swap that stands alone."""

MAX_STARTS: Final = 6000
"""Placements that routing starts from: all of them up to seven qubits on seven. Beyond it, weaker: only the first
ones are tried; the circuit is right, and may have more swaps."""

HORIZON: Final = 9
"""Gates ahead that a placement is judged by."""

DISTANCE_WEIGHT: Final = 0.6
"""CX that a step between the qubits of a gate ahead is taken to cost: more than nothing, since not every swap hides
behind a gate, and less than a swap alone. Tried on the water models on lines and trees: 0.3 to 1 are equally good."""

FADING: Final = 0.7
"""Weight of each gate ahead, relative to the one before it."""


@dataclass(frozen=True)
class Route:
    """Place the qubits on a device and move them, so that every gate acts on neighbours.

    Attributes:
        coupling: coupling of the device, or of a part of it; it must be connected.
        width: least number of partial circuits kept at each cost. More is slower, and sometimes better.
        work: partial circuits times gates; short circuits keep more at each cost. The default takes a second or less.
    """

    coupling: Coupling
    width: int = 60
    work: int = 10_000

    name: ClassVar[str] = "route"

    def run(self, circuit: Circuit) -> Circuit:
        """The circuit on the coupling's qubits; ``initial`` and ``final`` say where each qubit starts and ends.

        Raises:
            BackendError: too few qubits, or no path between them.
            MethodError: a gate acts on more than two qubits; lower it first, or leave routing to Qiskit.
        """
        require_routable(circuit, self.coupling)
        if max(self.coupling.distances[0]) >= self.coupling.num_qubits > 1:
            raise BackendError("the qubits of the device are not connected; name a connected part")
        gates = sum(len(operation.qubits) == 2 for operation in circuit)
        return _Search(circuit, self.coupling, max(self.width, self.work // max(1, gates))).best()


def require_routable(circuit: Circuit, coupling: Coupling) -> None:
    """Check what every routing needs.

    Raises:
        BackendError: too few qubits.
        MethodError: a gate acts on more than two qubits, or there are ancillas.
    """
    if circuit.num_qubits > coupling.num_qubits:
        raise BackendError(
            f"the circuit has {circuit.num_qubits} qubits; the device has {coupling.num_qubits}"
        )
    if circuit.num_ancillas:
        raise MethodError(
            "the circuit has ancillas, which routing does not follow; route it before they are added"
        )
    widest = max((len(operation.qubits) for operation in circuit), default=0)
    if widest > 2:
        raise MethodError(f"a gate acts on {widest} qubits; routing takes gates on one or two")


@dataclass(frozen=True)
class _Step:
    """One move, and what came before: a gate (with a swap or not), or a swap of two places alone."""

    before: "_Step | None"
    gate: int | None
    swap: tuple[int, int] | None


@dataclass(frozen=True)
class _State:
    """A partial circuit.

    Attributes:
        places: where each qubit of the circuit is.
        done: bit mask of executed gates.
        ready: gates that wait for nothing.
        executed: cost of the executed gates, swaps not counted.
        step: how it was reached.
    """

    places: tuple[int, ...]
    done: int
    ready: tuple[int, ...]
    executed: int
    step: _Step | None


class _Search:
    """A search over two-qubit gates; the others follow at once after what they wait for."""

    def __init__(self, circuit: Circuit, coupling: Coupling, width: int) -> None:
        self._circuit, self._coupling, self._width = circuit, coupling, width
        operations = circuit.operations
        needed = self._needed = dependencies(operations)
        self._behind = successors(needed)
        self._gates = [k for k, operation in enumerate(operations) if len(operation.qubits) == 2]
        number = {k: n for n, k in enumerate(self._gates)}
        through: list[int] = []  # for every operation, two-qubit gates it waits for, as a mask
        for before in needed:
            mask = 0
            for k in before:
                mask |= 1 << number[k] if k in number else through[k]
            through.append(mask)
        self._waits = _reduced([through[k] for k in self._gates])
        self._followers = successors([_members(mask) for mask in self._waits])
        self._pairs = [operations[k].qubits for k in self._gates]
        self._costs = [two_qubit_gates(operations[k]) for k in self._gates]
        self._swapped = [
            two_qubit_gates(Swapped(operations[k], self._pairs[n]))  # type: ignore[arg-type]
            for n, k in enumerate(self._gates)
        ]

    def best(self) -> Circuit:
        """The cheapest complete circuit that the beam meets."""
        ready = tuple(n for n, mask in enumerate(self._waits) if not mask)
        start = [_State(places, 0, ready, 0, None) for places in self._placements()]
        buckets: dict[int, dict[tuple[tuple[int, ...], int], _State]] = {
            0: {(state.places, state.done): state for state in start}
        }
        finished = (1 << len(self._gates)) - 1
        while buckets:
            check()
            cost = min(buckets)
            for state in self._kept(buckets.pop(cost).values()):
                if state.done == finished:
                    return self._written(state)
                for price, following in self._moves(state):
                    bucket = buckets.setdefault(cost + price, {})
                    bucket.setdefault((following.places, following.done), following)
        raise AssertionError("every gate can be reached on a connected coupling")

    def _kept(self, states: Iterable[_State]) -> list[_State]:
        """The best ones, one of each score: those of equal score mostly differ by a symmetry of the circuit."""
        best: dict[float, _State] = {}
        for state in states:
            score = self._score(state)
            if score not in best or (state.places, state.done) < (best[score].places, best[score].done):
                best[score] = state
        return [best[score] for score in sorted(best)[: self._width]]

    def _placements(self) -> "islice[tuple[int, ...]]":
        """Ways to place the qubits; those that start well are found by their rank."""
        places = permutations(range(self._coupling.num_qubits), self._circuit.num_qubits)
        return islice(places, MAX_STARTS)

    def _score(self, state: _State) -> float:
        """Lower is better: what is left to execute, and how far apart the next gates are."""
        distances, places = self._coupling.distances, state.places
        ahead, seen, total, weight = list(state.ready), set(state.ready), 0.0, 1.0
        for n in islice(iter(ahead), HORIZON):  # the list grows while it is walked
            a, b = self._pairs[n]
            total += weight * (distances[places[a]][places[b]] - 1)
            weight *= FADING
            fresh = [k for k in self._followers[n] if k not in seen]
            seen.update(fresh)
            ahead += fresh
        return DISTANCE_WEIGHT * total - state.executed

    def _moves(self, state: _State) -> "list[tuple[int, _State]]":
        distances, out = self._coupling.distances, []
        swaps: set[tuple[int, int]] = set()
        for n in state.ready:
            a, b = (state.places[q] for q in self._pairs[n])
            if distances[a][b] == 1:
                out.append((self._costs[n], self._executed(state, n, None)))
                out.append((self._swapped[n], self._executed(state, n, (a, b))))
            else:
                for here, there in ((a, b), (b, a)):
                    steps = (
                        c
                        for c in self._coupling.neighbours[here]
                        if distances[c][there] < distances[here][there]
                    )
                    swaps.update((min(here, c), max(here, c)) for c in steps)
        for pair in sorted(swaps):
            step = _Step(state.step, None, pair)
            out.append((SWAP_COST, replace(state, places=_exchanged(state.places, pair), step=step)))
        return out

    def _executed(self, state: _State, n: int, swap: tuple[int, int] | None) -> _State:
        done = state.done | 1 << n
        fresh = [k for k in self._followers[n] if not self._waits[k] & ~done and not done >> k & 1]
        ready = tuple(sorted({*state.ready, *fresh} - {n}))
        places = state.places if swap is None else _exchanged(state.places, swap)
        return _State(places, done, ready, state.executed + self._costs[n], _Step(state.step, n, swap))

    def _written(self, state: _State) -> Circuit:
        """The circuit of the steps."""
        steps: list[_Step] = []
        places, step = state.places, state.step
        while step is not None:
            steps.append(step)
            places = places if step.swap is None else _exchanged(places, step.swap)
            step = step.before
        steps.reverse()
        return self._emitted(steps, initial=places)

    def _emitted(self, steps: list[_Step], initial: tuple[int, ...]) -> Circuit:
        """Gates as the search found them; those on one qubit come as soon as what they wait for has been done."""
        operations, size = self._circuit.operations, self._coupling.num_qubits
        waiting, two = [set(before) for before in self._needed], set(self._gates)
        out: list[Operation] = []
        places = initial
        free = [k for k, before in enumerate(waiting) if not before and k not in two]

        def follow(queue: list[int]) -> None:
            while queue:
                k = queue.pop(0)
                if k not in two:
                    out.append(operations[k].relabelled(places, size))
                for follower in self._behind[k]:
                    waiting[follower].discard(k)
                    if not waiting[follower] and follower not in two:
                        queue.append(follower)

        follow(free)
        for step in steps:
            gate = None if step.gate is None else operations[self._gates[step.gate]].relabelled(places, size)
            # The gate acts before the swap that hides behind it, and so at the old places.
            if step.swap is not None:
                out.append(Swapped(gate, step.swap))  # type: ignore[arg-type]  # circuits here hold no swaps yet
                places = _exchanged(places, step.swap)
            elif gate is not None:
                out.append(gate)
            if step.gate is not None:
                follow([self._gates[step.gate]])
        circuit = self._circuit
        placement = Placement(
            tuple(initial[q] for q in circuit.initial), tuple(places[q] for q in circuit.final)
        )
        return replace(self._circuit, num_qubits=size, operations=tuple(out), placement=placement)


def _reduced(waits: list[int]) -> list[int]:
    """Masks of earlier gates without those that others in the mask wait for anyway."""
    closures: list[int] = []
    out = []
    for mask in waits:
        behind = 0
        for n in _members(mask):
            behind |= closures[n]
        closures.append(behind | mask)
        out.append(mask & ~behind)
    return out


def _members(mask: int) -> set[int]:
    return {n for n in range(mask.bit_length()) if mask >> n & 1}


def _exchanged(places: tuple[int, ...], pair: tuple[int, int]) -> tuple[int, ...]:
    a, b = pair
    return tuple(b if place == a else a if place == b else place for place in places)
