r"""Is a circuit of any origin equivariant? Decided exactly, for all values of its parameters.

For a group element g with unitary R and action V on the data, :math:`U(\theta, V x) R = R\, U(\theta, x)`; for a
one-parameter group its derivative, :math:`\sum_j (L x)_j \partial_j U = -i [T, U]`. Both are polynomial identities in
the exponentials of the angles, tested at a random point of a prime field: first block by block, then on the whole
register.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

from eqcompile.certify.field_circuit import FieldPoint, Motion, Simulator, Vector
from eqcompile.certify.layers import Block, BlockAlgebra, Signature, blocks_of, moved_blocks
from eqcompile.certify.prime_field import Vector as FieldVector
from eqcompile.certify.recognise import leftover_angles, with_vectors
from eqcompile.circuit.angles import ExactAngle
from eqcompile.circuit.ansatz import angle_names
from eqcompile.circuit.general import GeneralCircuit, Operation, VectorRotation
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import Real, Scalar, is_rational, to_fraction
from eqcompile.groups.rotation import Matrix
from eqcompile.reps.factors import Factor, PermutationFactor
from eqcompile.reps.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator
from eqcompile.reps.maps import DataIndex, QubitPermutation
from eqcompile.reps.symmetry import Symmetry

MAX_QUBITS = 14
MAX_WORK = 40_000_000
"""Amplitudes times operations on the whole register; a million take about a second."""

BLOCK_SIZES = (2, 0, 1, 3, 4)
"""Qubits of the blocks that are tried one after the other; 0 is one block for every given gate."""

DataNames: TypeAlias = Mapping[str, DataIndex]
"""Which parameters are coordinates of which site."""


@dataclass(frozen=True)
class Decision:
    """What was found out about one generator of the group.

    Attributes:
        generator: of the group.
        holds: whether the circuit is equivariant under it; ``None`` if this was not decided.
        method: how it was decided.
        reason: why not, where it was not decided.
        phase: whether it holds only up to a constant phase.
        blocks: those that fail on their own, where the circuit fails.
        difference: a basis state and its amplitude on both sides, as field elements, where they differ.
    """

    generator: GroupGenerator
    holds: bool | None
    method: str
    reason: str = ""
    phase: bool = False
    blocks: tuple[Block, ...] = ()
    difference: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Outcome:
    """What one random vector shows."""

    holds: bool
    phase: bool = False
    difference: tuple[int, int, int] | None = None


class CircuitTest:
    """Tests one circuit against the generators of one group, over one random field.

    Args:
        circuit: exact; opaque gates leave everything undecided.
        symmetry: on the circuit's qubits, ancillas aside.
        data: parameters that are coordinates of the data.
        seed: fixes the field and all random values.
    """

    def __init__(self, circuit: GeneralCircuit, symmetry: Symmetry, data: DataNames, seed: str) -> None:
        self.circuit = with_vectors(circuit, symmetry.site_names, seed)
        circuit = self.circuit
        self.symmetry = symmetry
        self.data = {name: index for name, index in data.items() if name in circuit.parameters}
        self._names = {index: name for name, index in data.items()}
        moved = [self._moved(g, circuit.operations) for g in symmetry.finite_generators]
        operations = chain(circuit.operations, *(part for part in moved if part is not None))
        self.point = FieldPoint(operations, _numbers(symmetry), seed)
        self.algebra = BlockAlgebra(self.point)
        self._blocks: dict[int, list[Block]] = {}

    @property
    def exponent(self) -> int:
        """The error probability of one decision is below 2 to the minus this."""
        degree = 4 * self.point.degree(self.circuit.operations)
        return self.point.field.p.bit_length() - 1 - degree.bit_length()

    def decisions(self) -> Iterator[Decision]:
        """One for every generator of the group."""
        for factor in self.symmetry.factors:
            for place, generator in enumerate(_generators(factor)):
                yield self._decide(factor, place, generator)

    def _decide(self, factor: Factor, place: int, generator: GroupGenerator) -> Decision:
        if (undecided := self._why_never(generator)) is not None:
            return undecided
        if (method := self._by_blocks(factor, place, generator)) is not None:
            return Decision(generator, True, method)
        if (undecided := self._why_too_large(generator)) is not None:
            return undecided
        outcome = self._as_a_whole(generator)
        failing = () if outcome.holds else tuple(self._failing(factor, place, generator))
        method = "identity of the whole circuit"
        return Decision(generator, outcome.holds, method, "", outcome.phase, failing, outcome.difference)

    def why_open(self, generator: GroupGenerator) -> Decision | None:
        """Why the whole circuit cannot be tested under this generator; ``None`` if it can."""
        return self._why_never(generator) or self._why_too_large(generator)

    def moved(self, generator: FiniteGenerator) -> list[Operation]:
        """The circuit at V x; :meth:`why_open` must have no objection."""
        moved = self._moved(generator, self.circuit.operations)
        assert moved is not None
        return moved

    def _why_never(self, generator: GroupGenerator) -> Decision | None:
        if self.circuit.opaque:
            gate = self.circuit.opaque[0]
            return Decision(generator, None, "", f"{gate.name} has no exact form: {gate.reason}")
        if angles := leftover_angles(self.circuit, self.symmetry.site_names):
            reason = f"{angles[0]} stands outside of a vector encoding, so what moves it is not known"
            return Decision(generator, None, "", reason)
        if self.data and self._moved(generator, ()) is None:
            return Decision(generator, None, "", "it mixes coordinates with irrational factors inside angles")
        return None

    def _why_too_large(self, generator: GroupGenerator) -> Decision | None:
        n, count = self.circuit.num_qubits, len(self.circuit.operations)
        if n <= MAX_QUBITS and count << n <= MAX_WORK:
            return None
        reason = f"{count} operations on {n} qubits are too many to test as a whole, and blocks do not decide"
        return Decision(generator, None, "", reason)

    def _by_blocks(self, factor: Factor, place: int, generator: GroupGenerator) -> str | None:
        """How the blocks prove the claim, or ``None`` if they do not."""
        for size in BLOCK_SIZES:
            blocks = self._blocks_of(size)
            what = (
                "gate by gate" if size == 0 else f"in blocks of up to {size} qubit{'s' if size > 1 else ''}"
            )
            if isinstance(factor, PermutationFactor):
                if self._same_blocks(generator, blocks, size):
                    return f"{what}, rearranged by commutations"
            elif factor.is_local and all(self._block_holds(factor, place, generator, b) for b in blocks):
                return what
        return None

    def _blocks_of(self, size: int) -> list[Block]:
        if size not in self._blocks:
            self._blocks[size] = blocks_of(self.circuit.operations, size)
        return self._blocks[size]

    def _failing(self, factor: Factor, place: int, generator: GroupGenerator) -> Iterator[Block]:
        """The smallest blocks that are at fault, as far as blocks can tell."""
        if isinstance(factor, PermutationFactor):
            for size in BLOCK_SIZES[:2]:
                if wrong := self._misplaced(generator, self._blocks_of(size), size):
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
        restricted = factor.restricted(block.qubits)
        local = None
        if restricted is not None:
            local = _generators(restricted)[place]
        operations = self.algebra.local(block, block.qubits)
        simulator = self.algebra.simulator(len(block.qubits))
        outcome = self._outcome(simulator, operations, generator, local, 0)
        return outcome.holds and not outcome.phase

    def _as_a_whole(self, generator: GroupGenerator) -> Outcome:
        n, ancillas = self.circuit.num_qubits, self.circuit.num_qubits - self.symmetry.num_qubits
        simulator = Simulator(self.point, n)
        return self._outcome(simulator, self.circuit.operations, generator, generator, ancillas)

    def _outcome(
        self,
        simulator: Simulator,
        operations: Sequence[Operation],
        generator: GroupGenerator,
        on_qubits: GroupGenerator | None,
        num_zeros: int,
    ) -> Outcome:
        """Whether the identity holds on a random vector."""
        vector = self.point.random_vector(simulator.num_qubits, num_zeros)
        if isinstance(generator, LieGenerator):
            assert on_qubits is None or isinstance(on_qubits, LieGenerator)
            return self._derivative(simulator, operations, generator, on_qubits, vector)
        moved = self._moved(generator, operations)
        assert moved is not None
        element = on_qubits.on_qubits if isinstance(on_qubits, FiniteGenerator) else None
        left = simulator.run(moved, simulator.move(element, vector) if element else vector)
        right = simulator.run(operations, vector)
        right = simulator.move(element, right) if element else right
        if left == right:
            return Outcome(True)
        if _proportional(left, right, self.point.field.p):
            return Outcome(True, phase=True)
        return Outcome(False, difference=_first_difference(left, right))

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
        image, derivative = simulator.run_with_slope(operations, vector, self.motion(generator))
        after = simulator.operator(op, image)
        before = simulator.run(operations, simulator.operator(op, vector))
        minus_i = -self.point.field.i % p
        demanded = [minus_i * (a - b) % p for a, b in zip(after, before, strict=True)]
        if derivative == demanded:
            return Outcome(True)
        return Outcome(False, difference=_first_difference(demanded, derivative))

    def motion(self, generator: LieGenerator) -> Motion:
        """How angles and directions change along the one-parameter group."""
        velocity = self._velocity(generator)

        def direction(operation: VectorRotation) -> FieldVector:
            x = self.point.site_direction(operation.site)
            rate = [0, 0, 0]
            for axis in range(3):
                for (_, row), value in generator.data_image_of((operation.site, axis)).items():
                    rate[row] += self.point.field.real(value) * x[axis]
            return self.point.turned(operation.matrix, (rate[0], rate[1], rate[2]))

        return lambda angle: self.point.slope(angle, velocity), direction

    def _velocity(self, generator: LieGenerator) -> dict[str, dict[str, Real]]:
        """The rate of change of every data parameter, as a combination of data parameters: x' = L x."""
        rates: dict[str, dict[str, Real]] = {}
        for index, source in self._names.items():
            for target, value in generator.data_image_of(index).items():
                if (name := self._names.get(target)) in self.data and name is not None:
                    rates.setdefault(name, {})[source] = value
        return rates

    def _moved(self, generator: GroupGenerator, operations: Iterable[Operation]) -> list[Operation] | None:
        """The operations at V x, or ``None`` where V has irrational entries."""
        if isinstance(generator, LieGenerator):
            return list(operations)
        operations = [self._redirected(operation, generator) for operation in operations]
        if not self.data:
            return operations
        images: dict[str, ExactAngle] = {}
        for index, source in self._names.items():
            for target, value in generator.on_data.image_of(index).items():
                if (name := self._names.get(target)) not in self.data or name is None:
                    continue
                if not is_rational(value):
                    return None
                term = ExactAngle.of({(source,): to_fraction(value)})
                images[name] = images.get(name, ExactAngle()) + term
        for name in self.data:
            images.setdefault(name, ExactAngle())
        circuit = GeneralCircuit(self.circuit.num_qubits, tuple(operations)).substituted(images)
        return list(circuit.operations)

    def _redirected(self, operation: Operation, element: FiniteGenerator) -> Operation:
        """The operation at V x: its site t sees the vector of the site s that goes to t, times V's matrix."""
        if not isinstance(operation, VectorRotation):
            return operation
        source = element.on_data.images.index(operation.site)
        matrix = _product(operation.matrix, element.on_data.matrices[source])
        turned = self._renamed(operation, operation.site, source)
        return replace(turned, site=source, matrix=matrix)

    def _sent(self, operation: Operation, images: Sequence[int]) -> Operation:
        """The operation with the data of site s replaced by those of ``images[s]``."""
        if not isinstance(operation, VectorRotation):
            return operation
        target = images[operation.site]
        return replace(self._renamed(operation, operation.site, target), site=target)

    def _renamed(self, operation: VectorRotation, site: int, other: int) -> VectorRotation:
        """The turn of one site becomes that of the other: lengths move along with vectors."""
        names = [angle_names(name)[2] for name in self.symmetry.site_names]
        image = {names[site]: ExactAngle.parameter(names[other])}
        return replace(operation, turn=operation.turn.substituted(image))

    def _same_blocks(self, generator: GroupGenerator, blocks: Sequence[Block], size: int) -> bool:
        return self._layers(blocks, size) == self._layers(self._permuted(generator, blocks), size)

    def _misplaced(self, generator: GroupGenerator, blocks: Sequence[Block], size: int) -> list[Block]:
        """Blocks of the first layer in which the circuit and its image differ."""
        before = self._layers(blocks, size)
        after = self._layers(self._permuted(generator, blocks), size)
        for one, other in zip(before, after, strict=False):
            if lost := one - other:
                return [block for block in blocks if self.algebra.signature(block) in lost]
        return []

    def _layers(self, blocks: Sequence[Block], size: int) -> list[Counter[Signature]]:
        return list(self.algebra.normal_form(blocks, max_union=2 * max(size, 2)))

    def _permuted(self, generator: GroupGenerator, blocks: Sequence[Block]) -> list[Block]:
        """R U(V^-1 x) R^-1 in blocks: qubits move along, and the data with them."""
        assert isinstance(generator, FiniteGenerator)
        assert isinstance(generator.on_qubits, QubitPermutation)
        images = [*generator.on_qubits.images, *range(self.symmetry.num_qubits, self.circuit.num_qubits)]
        moved = moved_blocks(blocks, images, self.circuit.num_qubits)
        targets = generator.on_data.images
        moved = [
            Block(b.qubits, tuple(self._sent(operation, targets) for operation in b.operations))
            for b in moved
        ]
        if not self.data:
            return moved
        names = {
            self._names[index]: ExactAngle.parameter(
                self._names[(generator.on_data.images[index[0]], index[1])]
            )
            for index in self._names
            if (generator.on_data.images[index[0]], index[1]) in self._names
        }
        return [Block(b.qubits, GeneralCircuit(0, b.operations).substituted(names).operations) for b in moved]


def _product(a: Matrix, b: Matrix) -> Matrix:
    return tuple(tuple(sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)) for i in range(3))


def _generators(factor: Factor) -> list[GroupGenerator]:
    return [*factor.lie_generators, *factor.finite_generators]


def _proportional(left: Vector, right: Vector, p: int) -> bool:
    """Whether one vector is a multiple of the other."""
    place = next((i for i, value in enumerate(right) if value), None)
    if place is None:
        return False
    ratio = left[place] * pow(right[place], -1, p) % p
    return bool(ratio) and all((ratio * b - a) % p == 0 for a, b in zip(left, right, strict=True))


def _first_difference(left: Vector, right: Vector) -> tuple[int, int, int]:
    return next((i, a, b) for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)


def _numbers(symmetry: Symmetry) -> Iterator[Scalar]:
    """Every number in what the generators do."""
    for lie in symmetry.lie_generators:
        yield from lie.operator.terms.values()
        if isinstance(lie, RotationGenerator):
            yield from lie.axis
    for finite in symmetry.finite_generators:
        for unitary in finite.on_qubits.unitaries(symmetry.num_qubits) or ():
            yield from unitary.terms.values()
        yield from (value for matrix in finite.on_data.matrices for row in matrix for value in row)
