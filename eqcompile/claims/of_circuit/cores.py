r"""The part of a circuit that blocks leave open, which decides the whole.

If :math:`U = E_2\, C\, E_1` with equivariant :math:`E_1, E_2`, then U is equivariant if and only if C is. And
:math:`A B C = A B' C` if and only if :math:`B = B'`. So a fault in one gate is found on a few qubits, however long the
circuit and however large the register.
"""

from collections.abc import Sequence

from eqcompile.claims.of_circuit.gathering import Block, BlockAlgebra

MAX_CORE_UNION = 4
"""Qubits of two blocks together up to which they are tested for commuting, when the part that blocks leave open is
isolated. Beyond it, weaker: they count as not commuting, and more is left to the test on the whole register."""

MAX_AHEAD = 12
"""Blocks on one qubit across which another one may be moved. Beyond it, weaker: it stays, and more is left to the
test on the whole register."""


def between(blocks: Sequence[Block], failing: Sequence[bool]) -> list[Block]:
    """The blocks that stand between those that fail: after one, and before one, by chains of shared qubits.

    What fails is kept; all others can be brought before or behind the part that is returned.
    """
    after = _reached(blocks, failing)
    before = _reached(blocks[::-1], failing[::-1])[::-1]
    return [block for block, a, b in zip(blocks, after, before, strict=True) if a and b]


def _reached(blocks: Sequence[Block], failing: Sequence[bool]) -> list[bool]:
    qubits: set[int] = set()
    out = []
    for block, fails in zip(blocks, failing, strict=True):
        out.append(fails or not qubits.isdisjoint(block.qubits))
        if out[-1]:
            qubits.update(block.qubits)
    return out


def without_common_ends(
    first: Sequence[Block], second: Sequence[Block], algebra: BlockAlgebra
) -> tuple[list[Block], list[Block]]:
    """Two sequences of blocks without what both begin with, and without what both end with, up to commutations."""
    one, other = _without_common_start(first, second, algebra)
    one, other = _without_common_start(one[::-1], other[::-1], algebra)
    return one[::-1], other[::-1]


def _without_common_start(
    first: Sequence[Block], second: Sequence[Block], algebra: BlockAlgebra
) -> tuple[list[Block], list[Block]]:
    queue = _Queue(second, algebra)
    kept: list[Block] = []
    stuck: dict[int, list[Block]] = {}
    for block in first:
        ahead = [other for q in block.qubits for other in stuck.get(q, ())]
        if _passes(block, ahead, algebra) and queue.take(block):
            continue
        kept.append(block)
        for q in block.qubits:
            stuck.setdefault(q, []).append(block)
    return kept, queue.left


class _Queue:
    """Blocks, of which any that commutes with all before it can be taken."""

    def __init__(self, blocks: Sequence[Block], algebra: BlockAlgebra) -> None:
        self._algebra = algebra
        self._alive = dict(enumerate(blocks))
        self._on_qubit: dict[int, list[int]] = {}
        for number, block in self._alive.items():
            for q in block.qubits:
                self._on_qubit.setdefault(q, []).append(number)

    @property
    def left(self) -> list[Block]:
        return list(self._alive.values())

    def take(self, wanted: Block) -> bool:
        """Take out the first block that equals the wanted one, if it can be brought to the front."""
        signature = self._algebra.signature(wanted)
        for number in self._on_qubit.get(wanted.qubits[0], ())[:MAX_AHEAD]:
            block = self._alive[number]
            if self._algebra.signature(block) != signature:
                continue
            lines = [self._on_qubit[q] for q in block.qubits]
            ahead = [self._alive[k] for line in lines for k in line[: line.index(number)]]
            if not _passes(block, ahead, self._algebra):
                return False
            for line in lines:
                line.remove(number)
            del self._alive[number]
            return True
        return False


def _passes(block: Block, ahead: Sequence[Block], algebra: BlockAlgebra) -> bool:
    return len(ahead) <= MAX_AHEAD * len(block.qubits) and all(
        len({*block.qubits, *other.qubits}) <= MAX_CORE_UNION and algebra.commute(other, block)
        for other in ahead
    )
