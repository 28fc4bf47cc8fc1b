r"""Is a circuit of any origin equivariant? Decided exactly, for all values of its parameters.

For a group element g with unitary R and action V on the data, :math:`U(\theta, V x) R = R\, U(\theta, x)`; for a
one-parameter group its derivative, :math:`\sum_j (L x)_j \partial_j U = -i [T, U]`. Both are polynomial identities in
the exponentials of the angles, tested at a random point of a prime field: first block by block, then on the whole
register.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import GeneralCircuit, Operation, PauliRotation
from eqcompile.claims.field.outcome import (
    Outcome,
    compared,
    first_difference,
    on_register,
    proportional,
    ratio,
)
from eqcompile.claims.field.simulator import FieldPoint, Simulator, Vector
from eqcompile.claims.of_circuit.character import phase_text, trivial, weight_text
from eqcompile.claims.of_circuit.cores import between, without_common_ends
from eqcompile.claims.of_circuit.data_action import DataAction, DataNames
from eqcompile.claims.of_circuit.gathering import Block, BlockAlgebra, Signature, blocks_of, moved_blocks
from eqcompile.claims.of_circuit.motion import Motion, all_powers, motion_of
from eqcompile.claims.of_circuit.recognise import leftover_angles, with_vectors
from eqcompile.exact.arithmetic.scalars import Scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator
from eqcompile.symmetry.maps import QubitPermutation
from eqcompile.symmetry.symmetry import Symmetry

MAX_WHOLE_QUBITS = 14
"""Qubits of a circuit that is tested on the whole register. Beyond it, weaker: a circuit is proven by its blocks, or
is not decided; verify a part of it."""

MAX_WHOLE_WORK = 40_000_000
"""Amplitudes times operations of a circuit that is tested on the whole register; a million take about a second.
Beyond it, weaker: a circuit is proven by its blocks, or is not decided; verify a part of it."""

MAX_WHOLE_FIRST = 100_000
"""Amplitudes times operations of a circuit that is tested on the whole register at once where only the verdict counts,
in search of a likely cause. Beyond it, weaker: blocks are tried before, which is slower where they prove nothing."""

BLOCK_SIZES, LARGE_BLOCKS = (2, 0, 1), (3, 4)
"""Qubits of the blocks that are tried one after the other; 0 is one block for every given gate. Large ones are tried
only where the whole register is too large, which is the cheaper test otherwise."""

MAX_BLOCK_QUBITS = 8
"""Qubits of a gate that is tested as a block of its own. Beyond it, weaker: the gate is tested with the whole
register."""

MAX_UNION = 5
"""Qubits of two blocks together up to which they are tested for commuting; the cost doubles with each. Beyond it,
weaker: they count as not commuting, and the whole register decides."""

PART, WHOLE = "identity of the part that blocks leave open", "identity of the whole circuit"


@dataclass(frozen=True)
class Decision:
    """What was found out about one generator of the group.

    Attributes:
        generator: of the group.
        holds: whether the circuit is equivariant under it; ``None`` if this was not decided.
        method: how it was decided.
        reason: why not, where it was not decided.
        phase: whether it holds only up to a global phase.
        blocks: those that fail on their own, where the circuit fails.
        difference: a basis state and its amplitude on both sides, as field elements, where they differ.
        character: where it holds, by what the group multiplies the circuit or the state, see
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


class CircuitTest:
    """Tests one circuit against the generators of one group, over one random field.

    Args:
        circuit: exact; opaque gates leave everything undecided.
        symmetry: on the circuit's qubits, ancillas aside.
        data: parameters that are coordinates of the data.
        seed: fixes the field and all random values.
        observable: whose expectation value will be tested, for a model.

    Raises:
        DimensionError: two parameters are the same coordinate, or one is an angle of a vector encoding.
    """

    def __init__(
        self,
        circuit: GeneralCircuit,
        symmetry: Symmetry,
        data: DataNames,
        seed: str,
        observable: PauliSum | None = None,
    ) -> None:
        self.circuit = with_vectors(circuit, symmetry.site_names, seed)
        circuit = self.circuit
        self.symmetry = symmetry
        self.data = data
        self.action = DataAction(symmetry, data, frozenset(circuit.parameters), circuit.multiplied)
        moved = [self.action.moved(g, circuit.operations) for g in symmetry.finite_generators]
        carried = [
            self.action.carried_back(g, circuit.operations)
            for g in symmetry.finite_generators
            if isinstance(g.on_qubits, QubitPermutation)
        ]
        sites = {site for site, _ in leftover_angles(circuit, symmetry.site_names)}
        self._loose = {site: angle_names(symmetry.site_names[site]) for site in sites}
        powers = [all_powers(names) for names in self._loose.values()]
        moved_parts = (part for part in moved if part is not None)
        operations = chain(circuit.operations, powers, *carried, *moved_parts)
        numbers = chain(_numbers(symmetry), observable.terms.values() if observable else ())
        self.point = FieldPoint(operations, numbers, seed)
        for site, names in self._loose.items():
            self.point.tie_direction(site, *names[:2])
        self.algebra = BlockAlgebra(self.point)
        self._blocks: dict[int, list[Block]] = {}
        self._motions: dict[LieGenerator, Motion] = {}

    @property
    def exponent(self) -> int:
        """The error probability of one decision is below 2 to the minus this."""
        return self.point.exponent

    def decisions(self) -> Iterator[Decision]:
        """One for every generator of the group."""
        for factor in self.symmetry.factors:
            for place, generator in enumerate(_generators(factor)):
                yield self._decide(factor, place, generator)

    def holds(self, generator: GroupGenerator, by_blocks_alone: bool = False) -> bool | None:
        """The verdict about one generator of the group alone; ``None`` if it cannot be decided, or blocks do not."""
        for factor in self.symmetry.factors:
            if generator in (found := _generators(factor)):
                place = found.index(generator)
                if by_blocks_alone:
                    never = self._why_never(generator) is not None
                    return (
                        None if never or not self._by_blocks(factor, place, generator, BLOCK_SIZES) else True
                    )
                work = len(self.circuit.operations) << self.circuit.num_qubits
                if work <= MAX_WHOLE_FIRST and self.why_open(generator) is None:
                    return self._as_a_whole(generator).holds
                return self._settle(factor, place, generator).holds
        return None

    def _decide(self, factor: Factor, place: int, generator: GroupGenerator) -> Decision:
        decision = self._settle(factor, place, generator)
        if decision.holds is not False:
            return decision
        return replace(decision, blocks=tuple(self._failing(factor, place, generator)))

    def _settle(self, factor: Factor, place: int, generator: GroupGenerator) -> Decision:
        if (undecided := self._why_never(generator)) is not None:
            return undecided
        if method := self._by_blocks(factor, place, generator, BLOCK_SIZES):
            return Decision(generator, True, method, character=self._of_blocks(generator))
        outcome, method = self._by_core(factor, place, generator), PART
        if outcome is None:
            if (undecided := self._why_too_large(generator)) is not None:
                method = self._by_blocks(factor, place, generator, LARGE_BLOCKS)
                # Blocks count as equivariant only where they are so without a phase, and then so is the circuit.
                character = self._of_blocks(generator)
                return Decision(generator, True, method, character=character) if method else undecided
            outcome, method = self._as_a_whole(generator), WHOLE
        character = self.named(generator, outcome.character) if outcome.holds else None
        if method is PART and self._of_blocks(generator) is None:
            character = None
        return Decision(
            generator, outcome.holds, method, "", outcome.phase, (), outcome.difference, character
        )

    def _of_blocks(self, generator: GroupGenerator) -> str | None:
        """The character of a circuit whose blocks are all equivariant without a phase.

        Global phases are in no block. One that depends on the data changes when they move, by nothing that has a name.
        """
        moving = {*self.data, *(name for site in self.symmetry.site_names for name in angle_names(site))}
        phases = (op for op in self.circuit.operations if isinstance(op, PauliRotation) and not op.support)
        return None if any(moving & set(op.parameters) for op in phases) else trivial(generator)

    def named(self, generator: GroupGenerator, character: int) -> str | None:
        """The text of a character that is given as a field element, if it has a name."""
        name = weight_text if isinstance(generator, LieGenerator) else phase_text
        return name(self.point.field, character)

    def why_open(self, generator: GroupGenerator) -> Decision | None:
        """Why the whole circuit cannot be tested under this generator; ``None`` if it can."""
        return self._why_never(generator) or self._why_too_large(generator)

    def moved(self, generator: FiniteGenerator) -> Sequence[Operation]:
        """The circuit at V x; :meth:`why_open` must have no objection."""
        moved = self.action.moved(generator, self.circuit.operations)
        assert moved is not None
        return moved

    def _why_never(self, generator: GroupGenerator) -> Decision | None:
        if self.circuit.opaque:
            gate = self.circuit.opaque[0]
            return Decision(generator, None, "", f"{gate.name} has no exact form: {gate.reason}")
        for site, angle in leftover_angles(self.circuit, self.symmetry.site_names):
            if not self.action.follows(generator, site):
                reason = f"{angle} stands outside of a vector encoding, so what moves it is not known"
                return Decision(generator, None, "", reason)
        if self.action.moved(generator, ()) is None:
            return Decision(generator, None, "", "it mixes coordinates with irrational factors inside angles")
        return None

    def _why_too_large(self, generator: GroupGenerator) -> Decision | None:
        n, count = self.circuit.num_qubits, len(self.circuit.operations)
        if _fits(n, count):
            return None
        reason = f"{count} operations on {n} qubits are too many to test as a whole, and blocks do not decide"
        return Decision(generator, None, "", reason)

    def _by_blocks(self, factor: Factor, place: int, generator: GroupGenerator, sizes: Sequence[int]) -> str:
        """How blocks of one of these sizes prove the claim; empty if they do not."""
        for size in sizes:
            blocks = self._blocks_of(size)
            if not _are_small(blocks):
                continue
            what = (
                "gate by gate" if size == 0 else f"in blocks of up to {size} qubit{'s' if size > 1 else ''}"
            )
            if factor.only_moves:
                if self._same_blocks(generator, blocks):
                    return f"{what}, rearranged by commutations"
            elif factor.is_local and all(self._block_holds(factor, place, generator, b) for b in blocks):
                return what
        return ""

    def _by_core(self, factor: Factor, place: int, generator: GroupGenerator) -> Outcome | None:
        """Decide on the part that blocks leave open; ``None`` if that part is too large, or proves nothing."""
        cores = [self._core(factor, place, generator, self._blocks_of(size)) for size in BLOCK_SIZES[:2]]
        core = min((core for core in cores if core), key=lambda core: len(core[0].qubits), default=None)
        if core is None or not _fits(len(core[0].qubits), sum(len(block.operations) for block in core)):
            return None
        qubits = core[0].qubits
        simulator, probe = self.algebra.simulator(len(qubits)), self.algebra.probe(len(qubits))
        if factor.only_moves:
            left, right = (simulator.run(self.algebra.local(block, qubits), probe) for block in core)
            # Here R U(V^-1 x) R^-1 is compared with U(x), and not U(V x) R with R U(x): the phase is inverted.
            outcome = compared(right, left, self.point.field.p)
            if outcome.holds:
                character = pow(outcome.character, -1, self.point.field.p)
                outcome = replace(outcome, character=character)
        else:
            outcome = self._block_outcome(factor, place, generator, core[0])
        if not outcome.holds and self.circuit.num_qubits > self.symmetry.num_qubits:
            return None  # what fails on all states may hold where the ancillas are in zero
        return replace(outcome, difference=on_register(outcome.difference, qubits))

    def _core(
        self, factor: Factor, place: int, generator: GroupGenerator, blocks: Sequence[Block]
    ) -> tuple[Block, ...] | None:
        """One block that is equivariant if and only if the circuit is; or two on the same qubits that must be equal."""
        if not _are_small(blocks):
            return None
        # A permutation takes a block elsewhere, so that U and its image are compared block by block. A local factor
        # acts on a block where it stands, so that what is equivariant by itself can be left out.
        if factor.only_moves:
            parts = [*without_common_ends(blocks, self._permuted(generator, blocks), self.algebra)]
        elif factor.is_local:
            holds = [self._block_holds(factor, place, generator, block) for block in blocks]
            parts = [between(blocks, [not h for h in holds])]
        else:
            return None
        qubits = tuple(sorted({q for part in parts for block in part for q in block.qubits}))
        return tuple(Block(qubits, tuple(o for block in part for o in block.operations)) for part in parts)

    def _blocks_of(self, size: int) -> list[Block]:
        if size not in self._blocks:
            self._blocks[size] = blocks_of(self.circuit.operations, size)
        return self._blocks[size]

    def _failing(self, factor: Factor, place: int, generator: GroupGenerator) -> Iterator[Block]:
        """The smallest blocks that are at fault, as far as blocks can tell."""
        if factor.only_moves:
            for size in BLOCK_SIZES[:2]:
                if not _are_small(self._blocks_of(size)):
                    continue
                if wrong := self._misplaced(generator, self._blocks_of(size)):
                    yield from wrong[:1]
                    return
        elif factor.is_local:
            for size in (2, 3, 4):
                wrong = [
                    b for b in self._blocks_of(size) if not self._block_holds(factor, place, generator, b)
                ]
                if wrong:
                    yield from wrong
                    return

    def _block_holds(self, factor: Factor, place: int, generator: GroupGenerator, block: Block) -> bool:
        outcome = self._block_outcome(factor, place, generator, block)
        return outcome.holds and not outcome.phase

    def _block_outcome(self, factor: Factor, place: int, generator: GroupGenerator, block: Block) -> Outcome:
        restricted = factor.restricted(block.qubits)
        local = None
        if restricted is not None:
            local = _generators(restricted)[place]
        operations = self.algebra.local(block, block.qubits)
        simulator = self.algebra.simulator(len(block.qubits))
        probe = self.algebra.probe(len(block.qubits))
        return self._outcome(simulator, operations, generator, local, probe)

    def _as_a_whole(self, generator: GroupGenerator) -> Outcome:
        operations = self.circuit.operations
        return self._outcome(self.simulator, operations, generator, generator, self._probe)

    @cached_property
    def simulator(self) -> Simulator:
        """For the whole register."""
        return Simulator(self.point, self.circuit.num_qubits)

    @cached_property
    def _probe(self) -> Vector:
        """A random state of the register, ancillas in zero."""
        ancillas = self.circuit.num_qubits - self.symmetry.num_qubits
        return self.point.random_vector(self.circuit.num_qubits, ancillas)

    @cached_property
    def _image_of_probe(self) -> Vector:
        return self.simulator.run(self.circuit.operations, self._probe)

    def _image(self, simulator: Simulator, operations: Sequence[Operation], vector: Vector) -> Vector:
        """U v; that of the whole circuit is the same for all generators."""
        whole = vector is self.__dict__.get(
            "_probe"
        )  # asked for by name, it would be formed for any register
        return self._image_of_probe if whole else simulator.run(operations, vector)

    def _outcome(
        self,
        simulator: Simulator,
        operations: Sequence[Operation],
        generator: GroupGenerator,
        on_qubits: GroupGenerator | None,
        vector: Vector,
    ) -> Outcome:
        """Whether the identity holds on a random vector."""
        if isinstance(generator, LieGenerator):
            assert on_qubits is None or isinstance(on_qubits, LieGenerator)
            return self._derivative(simulator, operations, generator, on_qubits, vector)
        moved = self.action.moved(generator, operations)
        assert moved is not None
        element = on_qubits.on_qubits if isinstance(on_qubits, FiniteGenerator) else None
        left = simulator.run(moved, simulator.move(element, vector) if element else vector)
        right = self._image(simulator, operations, vector)
        right = simulator.move(element, right) if element else right
        return compared(left, right, self.point.field.p)

    def _derivative(
        self,
        simulator: Simulator,
        operations: Sequence[Operation],
        generator: LieGenerator,
        on_qubits: LieGenerator | None,
        vector: Vector,
    ) -> Outcome:
        p = self.point.field.p
        op = on_qubits.operator if on_qubits else PauliSum.zero(simulator.num_qubits)
        if self.action.is_still(generator):
            image, derivative = self._image(simulator, operations, vector), [0] * len(vector)
        else:
            image, derivative = simulator.run_with_slope(operations, vector, self.motion(generator))
        after = simulator.operator(op, image)
        before = simulator.run(operations, simulator.operator(op, vector))
        minus_i = -self.point.field.i % p
        demanded = [minus_i * (a - b) % p for a, b in zip(after, before, strict=True)]
        if derivative == demanded:
            return Outcome(True)
        rest = [(a - b) % p for a, b in zip(derivative, demanded, strict=True)]
        if proportional(rest, image, p):
            # U moves along the group up to a factor, which is a phase: dU + i [T, U] = i lambda U.
            return Outcome(True, phase=True, character=minus_i * ratio(rest, image, p) % p)
        return Outcome(False, difference=first_difference(demanded, derivative))

    def motion(self, generator: LieGenerator) -> Motion:
        """How all parameters change along the one-parameter group."""
        if generator not in self._motions:
            self._motions[generator] = motion_of(self.action, self.point, generator, self._loose)
        return self._motions[generator]

    def _same_blocks(self, generator: GroupGenerator, blocks: Sequence[Block]) -> bool:
        return self._layers(blocks) == self._layers(self._permuted(generator, blocks))

    def _misplaced(self, generator: GroupGenerator, blocks: Sequence[Block]) -> list[Block]:
        """Blocks of the first layer in which the circuit and its image differ."""
        before = self._layers(blocks)
        after = self._layers(self._permuted(generator, blocks))
        for one, other in zip(before, after, strict=False):
            if lost := one - other:
                return [block for block in blocks if self.algebra.signature(block) in lost]
        return []

    def _layers(self, blocks: Sequence[Block]) -> list[Counter[Signature]]:
        return list(self.algebra.normal_form(blocks, max_union=MAX_UNION))

    def _permuted(self, generator: GroupGenerator, blocks: Sequence[Block]) -> list[Block]:
        """R U(V^-1 x) R^-1 in blocks: qubits move along, and the data with them."""
        assert isinstance(generator, FiniteGenerator)
        assert isinstance(generator.on_qubits, QubitPermutation)
        images = [*generator.on_qubits.images, *range(self.symmetry.num_qubits, self.circuit.num_qubits)]
        moved = moved_blocks(blocks, images, self.circuit.num_qubits)
        return [Block(b.qubits, tuple(self.action.carried_back(generator, b.operations))) for b in moved]


def _generators(factor: Factor) -> list[GroupGenerator]:
    return [*factor.lie_generators, *factor.finite_generators]


def _are_small(blocks: Sequence[Block]) -> bool:
    return all(len(block.qubits) <= MAX_BLOCK_QUBITS for block in blocks)


def _fits(num_qubits: int, num_operations: int) -> bool:
    return num_qubits <= MAX_WHOLE_QUBITS and num_operations << num_qubits <= MAX_WHOLE_WORK


def _numbers(symmetry: Symmetry) -> Iterator[Scalar]:
    """Every number in what the generators do."""
    for lie in symmetry.lie_generators:
        yield from lie.operator.terms.values()
        if isinstance(lie, RotationGenerator):
            yield from lie.axis
    for finite in symmetry.finite_generators:
        for step in finite.on_qubits.steps(symmetry.num_qubits):
            yield from step.terms.values() if isinstance(step, PauliSum) else ()
        yield from (value for matrix in finite.on_data.matrices for row in matrix for value in row)
