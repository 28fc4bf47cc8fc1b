"""Why a circuit breaks a symmetry, in words: the likely causes that its own gates give away."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations

from eqcompile.certify.equivariance import CircuitTest, Decision
from eqcompile.certify.layers import Block
from eqcompile.circuit.general import GeneralCircuit, PauliRotation
from eqcompile.exact.pauli import PauliKey, PauliSum, letter, support_of
from eqcompile.reps.factors import InversionFactor
from eqcompile.reps.generators import FiniteGenerator, GroupGenerator, LieGenerator
from eqcompile.reps.maps import QubitPermutation
from eqcompile.reps.spatial import PointFactor
from eqcompile.reps.symmetry import Symmetry

MAX_SWAPPED_QUBITS, MAX_SWAPPED_GATES = 8, 300
"""Circuits for which every exchange of two qubits is tried."""


def likely_cause(test: CircuitTest, decision: Decision) -> str:
    """The first cause that the gates suggest; empty if none does."""
    return next(_causes(test, decision), "")


def _causes(test: CircuitTest, decision: Decision) -> Iterator[str]:
    generator = decision.generator
    sums = generators_of(test.circuit)
    if isinstance(generator, FiniteGenerator) and isinstance(generator.on_qubits, QubitPermutation):
        yield from _untied(sums, generator.on_qubits, decision)
    yield from _forgotten_parity(test.symmetry, test.circuit, generator)
    yield from _order(sums, generator, decision.blocks)
    yield from _unequal(sums, generator)
    yield from _swapped(test, decision)


def generators_of(circuit: GeneralCircuit) -> dict[str, PauliSum]:
    """For every parameter the sum of what it multiplies: half its coefficient, times the string."""
    sums: dict[str, dict[PauliKey, Fraction]] = {}
    for operation in circuit:
        if isinstance(operation, PauliRotation):
            for monomial, value in operation.angle.terms:
                if len(monomial) == 1 and operation.support:
                    terms = sums.setdefault(monomial[0], {})
                    terms[operation.key] = terms.get(operation.key, Fraction(0)) + value / 2
    return {name: PauliSum(circuit.num_qubits, terms) for name, terms in sums.items()}


def _untied(sums: Mapping[str, PauliSum], move: QubitPermutation, decision: Decision) -> Iterator[str]:
    """A parameter whose image is the generator of another one: the two must be tied. Or terms without image."""
    images = [*move.images]
    at_fault = {name for block in decision.blocks for name in block.parameters} & sums.keys()
    for name in sorted(at_fault or sums):
        op = sums[name]
        full = [*images, *range(len(images), op.num_qubits)]
        image = op.relabel(full)
        if image == op:
            continue
        other = next((o for o in sorted(sums) if o != name and sums[o] == image), None)
        if other is not None:
            yield f"untied weights: {name} and {other} act on exchanged qubits and must be one parameter"
        elif missing := [key for key in image if key not in op.terms]:
            string = PauliSum(op.num_qubits, {missing[0]: 1})
            yield f"a term is missing from an orbit sum: {name} multiplies no {string}, the image of another term"
        else:
            yield f"coefficients of {name} differ along an orbit of qubits"


def _forgotten_parity(
    symmetry: Symmetry, circuit: GeneralCircuit, generator: GroupGenerator
) -> Iterator[str]:
    for factor in symmetry.factors:
        parity = factor.parity if isinstance(factor, InversionFactor | PointFactor) else None
        if parity is not None and any(g.name == generator.name for g in factor.finite_generators):
            touched = {qubit for operation in circuit for qubit in operation.support}
            if parity not in touched:
                yield f"a parity qubit forgotten: no gate acts on qubit {parity}"


def _order(
    sums: Mapping[str, PauliSum], generator: GroupGenerator, blocks: tuple[Block, ...]
) -> Iterator[str]:
    """The sum of what a parameter multiplies is invariant, the product of its gates is not."""
    names = sorted({name for block in blocks for name in block.parameters} & sums.keys())
    if names and all(_invariant(generator, sums[name]) for name in names):
        clash = next((name for name in names if not _commuting(sums[name])), names[0])
        yield f"the order of a product formula: the sum that {clash} multiplies is invariant, but its terms do not " \
            "commute, and one after the other they are not"  # fmt: skip


def _unequal(sums: Mapping[str, PauliSum], generator: GroupGenerator) -> Iterator[str]:
    for name in sorted(sums):
        op = sums[name]
        if not _invariant(generator, op):
            values: dict[tuple[int, ...], set[str]] = {}
            for key, value in op.terms.items():
                values.setdefault(support_of(key), set()).add(str(value))
            for support, found in values.items():
                if len(found) > 1:
                    where = ", ".join(map(str, support))
                    yield f"{name} multiplies strings on qubits {where} with unequal coefficients"
            letters = {letter(key, q) for key in op.terms for q in support_of(key)}
            if isinstance(generator, LieGenerator) and len(letters) < 3:
                yield f"{name} multiplies {op}, which is not invariant: a term is missing or too much"


def _swapped(test: CircuitTest, decision: Decision) -> Iterator[str]:
    """Exchange two qubits of the circuit, and see whether it holds then."""
    n = test.circuit.num_qubits
    if (
        n != test.symmetry.num_qubits
        or n > MAX_SWAPPED_QUBITS
        or len(test.circuit.operations) > MAX_SWAPPED_GATES
    ):
        return
    for a, b in combinations(range(n), 2):
        images = list(range(n))
        images[a], images[b] = b, a
        other = CircuitTest(test.circuit.relabelled(images), test.symmetry, test.data, "two qubits exchanged")
        if other.holds(decision.generator):
            yield f"two qubits swapped: with {a} and {b} exchanged it holds"
            return


def _invariant(generator: GroupGenerator, op: PauliSum) -> bool:
    if isinstance(generator, LieGenerator):
        return generator.operator.num_qubits == op.num_qubits and generator.operator.commutes_with(op)
    return generator.on_qubits.conjugate(op) == op


def _commuting(op: PauliSum) -> bool:
    strings = [PauliSum(op.num_qubits, {key: 1}) for key in op]
    return all(a.commutes_with(b) for a, b in combinations(strings, 2))
