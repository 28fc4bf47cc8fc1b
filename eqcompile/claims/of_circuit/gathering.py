r"""Cut circuits into small blocks, and compare circuits block by block.

Blocks that commute with a group make a circuit that does. Under a permutation of the qubits, blocks change places. Two
sequences of blocks are the same unitary if they have the same normal form, where every block stands in the earliest
layer that its commutations allow (Cartier and Foata). This decides deep circuits and many qubits at little cost. It can
prove but not refuse, since a circuit may be symmetric though its blocks are not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from eqcompile.circuits.operations import Operation
from eqcompile.claims.field.fusing import fused
from eqcompile.claims.field.simulator import FieldPoint, Simulator, Vector

Signature: TypeAlias = int
"""A number for the qubits of a block and its action on a fixed random vector: equal for equal unitaries."""

Form: TypeAlias = int
"""A number for the operations of a block, whatever its qubits are called."""


@dataclass(frozen=True)
class Block:
    """Neighbouring operations on a few qubits.

    Attributes:
        qubits: ascending.
        operations: operations in the order in which they act.
    """

    qubits: tuple[int, ...]
    operations: tuple[Operation, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept, since blocks are looked up far more often than made."""
        return hash((self.qubits, self.operations))

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters it depends on."""
        return frozenset(name for operation in self.operations for name in operation.parameters)

    @property
    def origins(self) -> tuple[int, ...]:
        """Numbers of the gates it comes from, ascending."""
        return tuple(sorted({operation.origin for operation in self.operations}))


def blocks_of(operations: Iterable[Operation], size: int) -> list[Block]:
    """Fuse operations into blocks of at most ``size`` qubits, greedily, keeping their order on every qubit.

    With size 0 every given gate is a block of its own.
    """
    if size == 0:
        return _by_origin(operations)
    return [Block(qubits, members) for qubits, members in fused(operations, size)]


def _by_origin(operations: Iterable[Operation]) -> list[Block]:
    out: list[Block] = []
    for operation in operations:
        if not operation.support:
            continue
        qubits = tuple(sorted(operation.support))
        if out and out[-1].origins == (operation.origin,):
            before = out.pop()
            qubits = tuple(sorted({*before.qubits, *qubits}))
            out.append(Block(qubits, (*before.operations, operation)))
        else:
            out.append(Block(qubits, (operation,)))
    return out


class BlockAlgebra:
    """Compares blocks by their action on random vectors over one field; results are kept."""

    def __init__(self, point: FieldPoint) -> None:
        self._point = point
        self._probes: dict[int, Vector] = {}
        self._simulators: dict[int, Simulator] = {}
        self._forms: dict[Block, Form] = {}
        self._known: dict[tuple[int, tuple[Operation, ...]], Form] = {}
        self._images: dict[Form, Vector] = {}
        self._signatures: dict[Block, Signature] = {}
        self._actions: dict[tuple[tuple[int, ...], tuple[int, ...]], Signature] = {}
        self._commuting: dict[tuple[Signature, Signature], bool] = {}

    def simulator(self, num_qubits: int) -> Simulator:
        """The simulator for vectors of this size."""
        return self._simulators.setdefault(num_qubits, Simulator(self._point, num_qubits))

    def probe(self, num_qubits: int) -> Vector:
        """A fixed random vector of this size."""
        if num_qubits not in self._probes:
            self._probes[num_qubits] = self._point.random_vector(num_qubits)
        return self._probes[num_qubits]

    def local(self, block: Block, qubits: Sequence[int]) -> list[Operation]:
        """The block's operations on a register of the named qubits alone."""
        number = {q: i for i, q in enumerate(qubits)}
        return [operation.relabelled(number, len(qubits)) for operation in block.operations]

    def form(self, block: Block) -> Form:
        """A number that blocks share if they are of the same operations, on whichever qubits and of whichever gates."""
        if block not in self._forms:
            local = (replace(operation, origin=0) for operation in self.local(block, block.qubits))
            content = (len(block.qubits), tuple(local))
            self._forms[block] = self._known.setdefault(content, len(self._known))
        return self._forms[block]

    def image(self, block: Block) -> Vector:
        """What the block makes of the random vector."""
        form, size = self.form(block), len(block.qubits)
        if form not in self._images:
            self._images[form] = self.simulator(size).run(self.local(block, block.qubits), self.probe(size))
        return self._images[form]

    def signature(self, block: Block) -> Signature:
        """What tells the block from others: the number of its qubits and of what it makes of the random vector."""
        if block not in self._signatures:
            action = (block.qubits, tuple(self.image(block)))
            self._signatures[block] = self._actions.setdefault(action, len(self._actions))
        return self._signatures[block]

    def commute(self, first: Block, second: Block) -> bool:
        """Whether two blocks commute; at once where they share no qubit."""
        if not set(first.qubits) & set(second.qubits):
            return True
        key = (self.signature(first), self.signature(second))
        if key not in self._commuting:
            qubits = sorted({*first.qubits, *second.qubits})
            simulator, probe = self.simulator(len(qubits)), self.probe(len(qubits))
            a, b = self.local(first, qubits), self.local(second, qubits)
            self._commuting[key] = simulator.run(b, simulator.run(a, probe)) == simulator.run(
                a, simulator.run(b, probe)
            )
        return self._commuting[key]

    def normal_form(self, blocks: Sequence[Block], max_union: int) -> list[Counter[Signature]]:
        """Layers of blocks, each block in the earliest layer that its commutations allow.

        Args:
            blocks: blocks in the order in which they act.
            max_union: qubits of two blocks together up to which commutation is tested; else they count as not
                commuting.
        """
        layers: list[Counter[Signature]] = []
        on_qubit: dict[int, dict[int, list[Block]]] = {}
        for block in blocks:
            level = max(self._level_after(on_qubit.get(q, {}), block, max_union) for q in block.qubits)
            while len(layers) <= level:
                layers.append(Counter())
            layers[level][self.signature(block)] += 1
            for qubit in block.qubits:
                on_qubit.setdefault(qubit, {}).setdefault(level, []).append(block)
        return layers

    def _level_after(self, earlier: Mapping[int, list[Block]], block: Block, max_union: int) -> int:
        """One above the highest layer that holds a block which does not commute with this one."""
        for level in sorted(earlier, reverse=True):
            for other in earlier[level]:
                if len({*other.qubits, *block.qubits}) > max_union or not self.commute(other, block):
                    return level + 1
        return 0


def moved_blocks(
    blocks: Iterable[Block], images: Sequence[int] | Mapping[int, int], num_qubits: int
) -> list[Block]:
    """The blocks with qubit q moved to ``images[q]``."""
    return [
        Block(
            tuple(sorted(images[q] for q in block.qubits)),
            tuple(operation.relabelled(images, num_qubits) for operation in block.operations),
        )
        for block in blocks
    ]
