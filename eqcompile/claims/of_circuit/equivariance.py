r"""A circuit of any origin under a group, over a prime field: is it equivariant, for all values of its parameters?

For a group element g with unitary R and action V on the data, :math:`U(\theta, V x) R = R\, U(\theta, x)`; for a
one-parameter group its derivative, :math:`\sum_j (L x)_j \partial_j U = -i [T, U]`. Both are polynomial identities in
the exponentials of the angles, tested at a random point of a prime field. :mod:`eqcompile.claims.of_circuit.task` says
in which order blocks and the whole register are tried.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Operation, VectorRotation
from eqcompile.claims.field.outcome import Outcome, compared, first_difference, proportional, ratio
from eqcompile.claims.field.simulator import FieldPoint, Simulator, Vector
from eqcompile.claims.of_circuit.character import phase_text, weight_text
from eqcompile.claims.of_circuit.data_action import DataAction
from eqcompile.claims.of_circuit.gathering import Block, BlockAlgebra, blocks_of
from eqcompile.claims.of_circuit.motion import Motion, all_powers, motion_of
from eqcompile.claims.of_circuit.recognise import leftover_angles, with_vectors
from eqcompile.claims.question import Question
from eqcompile.exact.arithmetic.scalars import Number
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator
from eqcompile.symmetry.maps import QubitPermutation
from eqcompile.symmetry.symmetry import Symmetry

MAX_WHOLE_QUBITS = 14
"""Qubits of a circuit that is tested on the whole register. Beyond it, weaker: a circuit is proven by its blocks, or
is not decided; verify a part of it."""

MAX_WHOLE_WORK = 40_000_000
"""Amplitudes times operations of a circuit that is tested on the whole register; a million take up to a third of a
second. Beyond it, weaker: a circuit is proven by its blocks, or is not decided; verify a part of it."""


class CircuitTest:
    """One circuit at one random point of a field, and how a group acts on it: what every test of it shares.

    Args:
        circuit: an exact circuit; opaque gates leave everything undecided.
        question: the group, and what is asked.
        seed: fixes the field and all random values.

    Raises:
        DimensionError: two parameters are the same coordinate, or one is an angle of a vector encoding.
    """

    def __init__(self, circuit: Circuit, question: Question, seed: str) -> None:
        symmetry, observable = question.symmetry, question.observable
        self.circuit = with_vectors(circuit, symmetry.site_names, seed)
        circuit = self.circuit
        self.question, self.symmetry, self.data = question, symmetry, question.data
        vectors = any(isinstance(operation, VectorRotation) for operation in circuit)
        known = frozenset(circuit.parameters)
        self.action = DataAction(symmetry, self.data, known, circuit.multiplied, vectors)
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
        """The error probability of one decision is below 2 to the power of minus this."""
        return self.point.exponent

    def named(self, generator: GroupGenerator, character: int) -> str | None:
        """The text of a character that is given as a field element, if it has a name."""
        name = weight_text if isinstance(generator, LieGenerator) else phase_text
        return name(self.point.field, character)

    def why_open(self, generator: GroupGenerator) -> str:
        """Why the whole circuit cannot be tested under this generator; empty if it can."""
        return self.why_never(generator) or self.why_too_large()

    def why_never(self, generator: GroupGenerator) -> str:
        """Why no part of the circuit can be tested under this generator either; empty if it can."""
        if self.circuit.opaque:
            gate = self.circuit.opaque[0]
            return f"{gate.name} has no exact form: {gate.reason}"
        for site, angle in leftover_angles(self.circuit, self.symmetry.site_names):
            if not self.action.follows(generator, site):
                return f"{angle} stands outside of a vector encoding, so what moves it is not known"
        if self.action.moved(generator, ()) is None:
            return "it mixes coordinates with irrational factors inside angles"
        return ""

    def why_too_large(self) -> str:
        """Why the whole register is beyond the means of this test; empty if it is not."""
        n, count = self.circuit.num_qubits, len(self.circuit.operations)
        if fits(n, count):
            return ""
        return f"{count} operations on {n} qubits are too many to test as a whole, and blocks do not decide"

    def moved(self, generator: FiniteGenerator) -> Sequence[Operation]:
        """The circuit at V x; :meth:`why_open` must have no objection."""
        moved = self.action.moved(generator, self.circuit.operations)
        assert moved is not None
        return moved

    def blocks_of(self, size: int) -> list[Block]:
        """The circuit in blocks of at most ``size`` qubits; kept for later calls."""
        if size not in self._blocks:
            self._blocks[size] = blocks_of(self.circuit.operations, size)
        return self._blocks[size]

    def whole_outcome(self, generator: GroupGenerator) -> Outcome:
        """Whether the identity holds on a random vector of the whole register."""
        operations = self.circuit.operations
        return self.outcome(
            self.simulator, operations, generator, generator, self._probe, self._image_of_probe
        )

    @cached_property
    def simulator(self) -> Simulator:
        """The simulator for the whole register."""
        return Simulator(self.point, self.circuit.num_qubits)

    @cached_property
    def _probe(self) -> Vector:
        """A random state of the register, ancillas in zero."""
        ancillas = self.circuit.num_qubits - self.symmetry.num_qubits
        return self.point.random_vector(self.circuit.num_qubits, ancillas)

    @cached_property
    def _image_of_probe(self) -> Vector:
        return self.simulator.run(self.circuit.operations, self._probe)

    def outcome(
        self,
        simulator: Simulator,
        operations: Sequence[Operation],
        generator: GroupGenerator,
        on_qubits: GroupGenerator | None,
        vector: Vector,
        image: Vector,
    ) -> Outcome:
        """Whether the identity holds on a random vector.

        Args:
            simulator: a simulator for as many qubits as the vector has.
            operations: the circuit, or a part of it, on these qubits.
            generator: generator of the group, which moves the data.
            on_qubits: what it does to these qubits; ``None`` for nothing.
            vector: vector on which the two sides are compared.
            image: what the operations make of the vector.
        """
        if isinstance(generator, LieGenerator):
            assert on_qubits is None or isinstance(on_qubits, LieGenerator)
            return self._derivative(simulator, operations, generator, on_qubits, vector, image)
        moved = self.action.moved(generator, operations)
        assert moved is not None
        element = on_qubits.on_qubits if isinstance(on_qubits, FiniteGenerator) else None
        left = simulator.run(moved, simulator.move(element, vector) if element else vector)
        right = simulator.move(element, image) if element else image
        return compared(left, right, self.point.field.p)

    def _derivative(
        self,
        simulator: Simulator,
        operations: Sequence[Operation],
        generator: LieGenerator,
        on_qubits: LieGenerator | None,
        vector: Vector,
        image: Vector,
    ) -> Outcome:
        p = self.point.field.p
        op = on_qubits.operator if on_qubits else PauliSum.zero(simulator.num_qubits)
        derivative = [0] * len(vector)
        if not self.action.is_still(generator):
            _, derivative = simulator.run_with_slope(operations, vector, self.motion(generator))
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


def fits(num_qubits: int, num_operations: int) -> bool:
    """Whether so many operations on so many qubits can be evaluated on vectors."""
    return num_qubits <= MAX_WHOLE_QUBITS and num_operations << num_qubits <= MAX_WHOLE_WORK


def _numbers(symmetry: Symmetry) -> Iterator[Number]:
    """Every number in what the generators do."""
    for lie in symmetry.lie_generators:
        yield from lie.operator.terms.values()
        if isinstance(lie, RotationGenerator):
            yield from lie.axis
    for finite in symmetry.finite_generators:
        for step in finite.on_qubits.steps(symmetry.num_qubits):
            yield from step.terms.values() if isinstance(step, PauliSum) else ()
        yield from (value for matrix in finite.on_data.matrices for row in matrix for value in row)
