"""Is one circuit equivariant under one generator? By blocks, by the part that they leave open, or as a whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.operations import PauliRotation
from eqcompile.claims.evidence import numbered
from eqcompile.claims.field.outcome import Outcome, compared, on_register
from eqcompile.claims.of_circuit.character import trivial
from eqcompile.claims.of_circuit.cores import between, without_common_ends
from eqcompile.claims.of_circuit.equivariance import CircuitTest, fits
from eqcompile.claims.of_circuit.gathering import Block, Form, Signature, moved_blocks
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator
from eqcompile.symmetry.maps import QubitPermutation

MAX_WHOLE_FIRST = 100_000
"""Amplitudes times operations of a circuit that is tested on the whole register at once where only the verdict counts,
in search of a likely cause. Beyond it, weaker: blocks are tried before, which is slower where they prove nothing."""

BLOCK_SIZES, LARGE_BLOCKS = (2, 0, 1), (3, 4)
"""Qubits of the blocks that are tried one after the other; 0 is one block for every given gate. Large ones are tried
only where the whole register is too large; otherwise the whole register is the cheaper test."""

MAX_BLOCK_QUBITS = 8
"""Qubits of a gate that is tested as a block of its own. Beyond it, weaker: the gate is tested with the whole
register."""

MAX_UNION = 5
"""Qubits of two blocks together up to which they are tested for commuting; the cost doubles with each. Beyond it,
weaker: they count as not commuting, and the whole register decides."""

PART, WHOLE = "identity of the part that blocks leave open", "identity of the whole circuit"


ON_ZEROS = "identity of the whole circuit on zeros"


@dataclass(frozen=True)
class Decision:
    """What was found out about one generator of the group.

    Attributes:
        generator: generator of the group.
        holds: whether the circuit is equivariant under it; ``None`` if this was not decided.
        method: how it was decided.
        reason: why it was not decided, where it was not.
        phase: whether it holds only up to a global phase.
        blocks: blocks that fail on their own, where the circuit fails.
        difference: a basis state and its amplitude on both sides, as field elements, where they differ.
        character: where it holds, what the group multiplies the circuit or the state by, see
            :mod:`eqcompile.claims.of_circuit.character`; ``None`` for a phase without a name.
    """

    generator: GroupGenerator
    holds: bool | None
    method: str
    reason: str = ""
    phase: bool = False
    blocks: tuple[Block, ...] = ()
    difference: tuple[int, int, int] | None = None
    character: str | None = None


@dataclass(frozen=True)
class Task:
    """Decide about one generator.

    Attributes:
        test: test of the circuit, with the field and what is kept between generators.
        factor: factor of the group.
        place: place of the generator among those of the factor.
    """

    test: CircuitTest
    factor: Factor
    place: int

    @property
    def generator(self) -> GroupGenerator:
        """The generator."""
        return _generators(self.factor)[self.place]

    def decide(self) -> Decision:
        """The verdict, with the blocks at fault where it is a refusal."""
        decision = self._settle()
        return decision if decision.holds is not False else replace(decision, blocks=tuple(self.failing()))

    def holds(self, by_blocks_alone: bool = False) -> bool | None:
        """The verdict alone; ``None`` if it cannot be decided, or blocks do not decide it."""
        test, circuit = self.test, self.test.circuit
        if by_blocks_alone:
            return None if test.why_never(self.generator) or not self.by_blocks() else True
        work = len(circuit.operations) << circuit.num_qubits
        if work <= MAX_WHOLE_FIRST and not test.why_open(self.generator):
            return self.as_a_whole().holds
        return self._settle().holds

    def _settle(self) -> Decision:
        test, generator = self.test, self.generator
        if reason := test.why_never(generator):
            return Decision(generator, None, "", reason)
        if method := self.by_blocks():
            return Decision(generator, True, method, character=self._of_blocks())
        outcome, method = self.by_core(), PART
        if outcome is None:
            if reason := test.why_too_large():
                method = self.by_blocks(LARGE_BLOCKS)
                # Blocks count as equivariant only where they are so without a phase, and then so is the circuit.
                character = self._of_blocks()
                if method:
                    return Decision(generator, True, method, character=character)
                return Decision(generator, None, "", reason)
            outcome, method = self.as_a_whole(), WHOLE
        character = test.named(generator, outcome.character) if outcome.holds else None
        if method is PART and self._of_blocks() is None:
            character = None
        return Decision(
            generator, outcome.holds, method, "", outcome.phase, (), outcome.difference, character
        )

    def _of_blocks(self) -> str | None:
        """The character of a circuit whose blocks are all equivariant without a phase.

        Global phases are in no block. A phase that depends on the data changes when they move, by a factor without a
        name.
        """
        sites = self.test.symmetry.site_names
        moving = {*self.test.data, *(name for site in sites for name in angle_names(site))}
        phases = (
            op for op in self.test.circuit.operations if isinstance(op, PauliRotation) and not op.support
        )
        return None if any(moving & set(op.parameters) for op in phases) else trivial(self.generator)

    def by_blocks(self, sizes: Sequence[int] = BLOCK_SIZES) -> str:
        """How blocks of one of these sizes prove the claim; empty if they do not."""
        for size in sizes:
            blocks = self.test.blocks_of(size)
            if not _are_small(blocks):
                continue
            what = (
                "gate by gate" if size == 0 else f"in blocks of up to {size} qubit{'s' if size > 1 else ''}"
            )
            if self.factor.only_moves:
                if self._layers(blocks) == self._layers(self._permuted(blocks)):
                    return f"{what}, rearranged by commutations"
            elif self.factor.is_local and all(map(self._block_holds, blocks)):
                return what
        return ""

    def by_core(self) -> Outcome | None:
        """Decide on the part that blocks leave open; ``None`` if that part is too large, or proves nothing."""
        cores = [self._core(self.test.blocks_of(size)) for size in BLOCK_SIZES[:2]]
        core = min((core for core in cores if core), key=lambda core: len(core[0].qubits), default=None)
        if core is None or not fits(len(core[0].qubits), sum(len(block.operations) for block in core)):
            return None
        qubits, algebra, p = core[0].qubits, self.test.algebra, self.test.point.field.p
        simulator, probe = algebra.simulator(len(qubits)), algebra.probe(len(qubits))
        if self.factor.only_moves:
            left, right = (simulator.run(algebra.local(block, qubits), probe) for block in core)
            # Here R U(V^-1 x) R^-1 is compared with U(x), and not U(V x) R with R U(x): the phase is inverted.
            outcome = compared(right, left, p)
            if outcome.holds:
                outcome = replace(outcome, character=pow(outcome.character, -1, p))
        else:
            outcome = self._block_outcome(core[0])
        if not outcome.holds and self.test.circuit.num_qubits > self.test.symmetry.num_qubits:
            return None  # what fails on all states may hold where the ancillas are in zero
        return replace(outcome, difference=on_register(outcome.difference, qubits))

    def as_a_whole(self) -> Outcome:
        """Decide on the whole register."""
        return self.test.whole_outcome(self.generator)

    def failing(self) -> Iterator[Block]:
        """The smallest blocks that are at fault, as far as blocks can tell."""
        if self.factor.only_moves:
            for size in BLOCK_SIZES[:2]:
                blocks = self.test.blocks_of(size)
                if _are_small(blocks) and (wrong := self._misplaced(blocks)):
                    yield from wrong[:1]
                    return
        elif self.factor.is_local:
            for size in (2, 3, 4):
                wrong = [block for block in self.test.blocks_of(size) if not self._block_holds(block)]
                if wrong:
                    yield from wrong
                    return

    def _core(self, blocks: Sequence[Block]) -> tuple[Block, ...] | None:
        """One block that is equivariant if and only if the circuit is; or two on the same qubits that must be equal."""
        if not _are_small(blocks):
            return None
        # A permutation takes a block elsewhere, so that U and its image are compared block by block. A local factor
        # acts on a block where it stands, so that what is equivariant by itself can be left out.
        if self.factor.only_moves:
            parts = [*without_common_ends(blocks, self._permuted(blocks), self.test.algebra)]
        elif self.factor.is_local:
            holds = [self._block_holds(block) for block in blocks]
            parts = [between(blocks, [not h for h in holds])]
        else:
            return None
        qubits = tuple(sorted({q for part in parts for block in part for q in block.qubits}))
        return tuple(Block(qubits, tuple(o for block in part for o in block.operations)) for part in parts)

    def _block_holds(self, block: Block) -> bool:
        outcome = self._block_outcome(block)
        return outcome.holds and not outcome.phase

    def _block_outcome(self, block: Block) -> Outcome:
        """Whether the block alone is equivariant; the same for all blocks of one form on which the group acts alike."""
        algebra, size = self.test.algebra, len(block.qubits)
        number, local = self._on(block.qubits)
        key = (number, algebra.form(block))
        if key not in self._outcomes:
            operations, image = algebra.local(block, block.qubits), algebra.image(block)
            self._outcomes[key] = self.test.outcome(
                algebra.simulator(size), operations, self.generator, local, algebra.probe(size), image
            )
        return self._outcomes[key]

    def _on(self, qubits: tuple[int, ...]) -> tuple[int, GroupGenerator | None]:
        """What the generator does to these qubits, and a number that is equal where it does the same."""
        if qubits not in self._restricted:
            factor = self.factor.restricted(qubits)
            local = None if factor is None else _generators(factor)[self.place]
            number = self._actions.setdefault((len(qubits), local), len(self._actions))
            self._restricted[qubits] = (number, local)
        return self._restricted[qubits]

    @cached_property
    def _outcomes(self) -> dict[tuple[int, Form], Outcome]:
        return {}

    @cached_property
    def _restricted(self) -> dict[tuple[int, ...], tuple[int, GroupGenerator | None]]:
        return {}

    @cached_property
    def _actions(self) -> dict[tuple[int, GroupGenerator | None], int]:
        return {}

    def _misplaced(self, blocks: Sequence[Block]) -> list[Block]:
        """Blocks of the first layer in which the circuit and its image differ."""
        before = self._layers(blocks)
        after = self._layers(self._permuted(blocks))
        for one, other in zip(before, after, strict=False):
            if lost := one - other:
                return [block for block in blocks if self.test.algebra.signature(block) in lost]
        return []

    def _layers(self, blocks: Sequence[Block]) -> list[Counter[Signature]]:
        return list(self.test.algebra.normal_form(blocks, max_union=MAX_UNION))

    def _permuted(self, blocks: Sequence[Block]) -> list[Block]:
        """R U(V^-1 x) R^-1 in blocks: qubits move along, and the data with them."""
        generator, size = self.generator, self.test.circuit.num_qubits
        assert isinstance(generator, FiniteGenerator)
        assert isinstance(generator.on_qubits, QubitPermutation)
        images = [*generator.on_qubits.images, *range(self.test.symmetry.num_qubits, size)]
        return [
            Block(b.qubits, tuple(self.test.action.carried_back(generator, b.operations)))
            for b in moved_blocks(blocks, images, size)
        ]


def tasks(test: CircuitTest) -> dict[int, Task]:
    """One task for every generator of the group, by its number, factor by factor."""
    return {
        number: Task(test, factor, place)
        for factor, numbers in numbered(test.symmetry)
        for place, number in enumerate(numbers)
    }


def decisions(test: CircuitTest) -> Iterator[Decision]:
    """What is found out about every generator, factor by factor."""
    for task in tasks(test).values():
        yield task.decide()


def _generators(factor: Factor) -> list[GroupGenerator]:
    return [*factor.lie_generators, *factor.finite_generators]


def _are_small(blocks: Sequence[Block]) -> bool:
    return all(len(block.qubits) <= MAX_BLOCK_QUBITS for block in blocks)
