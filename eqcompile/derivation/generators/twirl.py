r"""Twirling: project onto the commutant by averaging over the group, exactly and without listing it.

Permutation groups are averaged along a stabiliser chain, small finite groups element by element, U(1) by its
minimal polynomial, SU(2) by its Casimir operator: on an operator that acts
on m spins the adjoint action has total angular momentum 0 to m, and
:math:`\prod_{l=1}^m (1 - C / l(l+1))` keeps the invariant part and removes the rest.
"""

from collections.abc import Iterable, Sequence
from functools import singledispatch
from itertools import combinations

from eqcompile.budgets import check
from eqcompile.derivation.generators.basis import GeneratorBasis, reduced
from eqcompile.derivation.generators.strings import full_strings
from eqcompile.derivation.generators.whole_register import derive_elements, strings_up_to
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, real_part
from eqcompile.exact.linear.linalg import complex_null_space, rank
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, pauli_key
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import MapSequence, QubitMap
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor


def twirl(op: PauliSum, symmetry: Symmetry) -> PauliSum:
    r"""Average an operator over the group: the projection onto the commutant.

    .. math:: \mathcal{T}(A) = \int_G R(g)\, A\, R(g)^\dagger \, dg

    Args:
        op: operator on ``symmetry.num_qubits`` qubits.
        symmetry: factors that normalise one another.

    Returns:
        The equivariant part of ``op``; the zero sum if there is none.

    Raises:
        DimensionError: the two act on different numbers of qubits.
        MethodError: the factors do not normalise one another, so that the averages do not commute.

    References:
        Meyer et al., PRX Quantum 4, 010328 (2023), Sec. III.

    >>> su2 = Symmetry(2, factors=(RotationFactor(2, (0, 1)),))
    >>> twirl(PauliSum.parse("X0 X1 + Z0", 2), su2)
    1/3*X0 X1 + 1/3*Y0 Y1 + 1/3*Z0 Z1
    """
    if op.num_qubits != symmetry.num_qubits:
        raise DimensionError(f"the operator has {op.num_qubits} qubits, the symmetry {symmetry.num_qubits}")
    require_normalising(symmetry)
    return _average(op, symmetry)


def twirl_basis(symmetry: Symmetry, locality: int) -> GeneratorBasis:
    """The span of the twirls of all Pauli strings on up to ``locality`` qubits.

    Raises:
        MethodError: the factors do not normalise one another; use the null space.
    """
    require_normalising(symmetry)
    elements = derive_elements(symmetry, locality, averages, all_averages)
    return GeneratorBasis(symmetry.num_qubits, locality, "twirl", elements)


def averages(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """Averages of all strings that act on every qubit, as a reduced echelon basis of their span."""
    return _averages(symmetry, full_strings(symmetry.num_qubits))


def all_averages(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """Averages of all strings, whatever qubits they act on."""
    return _averages(symmetry, strings_up_to(symmetry.num_qubits, symmetry.num_qubits))


def _averages(symmetry: Symmetry, strings: Iterable[PauliKey]) -> tuple[PauliSum, ...]:
    n = symmetry.num_qubits
    flips = [key for factor in symmetry.factors for key in _pauli_elements(factor)]
    found = []
    seen: set[PauliKey] = set()
    for key in strings:
        check()
        if key in seen or any(anticommute(key, flip) for flip in flips):
            continue
        seen.update(_orbit(key, symmetry))
        found.append(_average(PauliSum(n, {key: ONE}), symmetry))
    return reduced(set(found), n)


def require_normalising(symmetry: Symmetry) -> None:
    """Check that averaging factor by factor is averaging over the group.

    It is when of any two factors one normalises the other: its elements move those of the other among themselves.

    Raises:
        MethodError: two factors do not.
    """
    for first, second in combinations(symmetry.factors, 2):
        if not _normalises(first, second) and not _normalises(second, first):
            raise MethodError(
                f"twirling factor by factor needs factors that normalise one another; {first.name} and "
                f"{second.name} do not, use the null space method"
            )


def _normalises(first: Factor, second: Factor) -> bool:
    """Whether the first maps the second's Lie algebra and finite group onto themselves.

    A connected group that does so moves no element of a finite one, so that their generators commute.
    """
    # ad(T) keeps the algebra, and so does every exp of it; a finite generator is tested by conjugation.
    algebra = [g.operator for g in second.lie_generators]
    moves = [g.on_qubits for g in first.finite_generators]
    if not all(_in_span(g.operator.derivation(t), algebra) for g in first.lie_generators for t in algebra):
        return False
    if not all(_in_span(move.conjugate(t), algebra) for move in moves for t in algebra):
        return False
    elements = [g.on_qubits for g in second.finite_generators]
    if not all(b.conjugate(g.operator) == g.operator for b in elements for g in first.lie_generators):
        return False
    return all(_keeps(move, second) for move in moves)


def _keeps(move: QubitMap, factor: Factor) -> bool:
    """Whether an element carries the finite generators b of a factor to its elements c: a b = c a up to a phase."""
    if isinstance(factor, PauliFactor):
        images = [move.conjugate(PauliSum(factor.num_qubits, {key: ONE})) for key in factor.keys]
        return all(len(image) == 1 and factor.holds(next(iter(image))) for image in images)
    for generator in factor.finite_generators:
        carried = _actions(MapSequence((generator.on_qubits, move)), factor.num_qubits)
        if carried == _actions(MapSequence((move, generator.on_qubits)), factor.num_qubits):
            continue
        if not isinstance(factor, PointFactor | UnitaryFactor):
            return False
        elements = (MapSequence((move, element)) for element in factor.elements)
        if not any(carried == _actions(element, factor.num_qubits) for element in elements):
            return False
    return True


def _actions(element: QubitMap, num_qubits: int) -> list[PauliSum]:
    """What conjugation makes of X and Z of every qubit; they generate all operators."""
    letters = [PauliSum.string(num_qubits, {q: name}) for q in range(num_qubits) for name in "XZ"]
    return [element.conjugate(op) for op in letters]


def _in_span(op: PauliSum, ops: list[PauliSum]) -> bool:
    rows = [{key: real_part(value) for key, value in entry.terms.items()} for entry in [*ops, op]]
    columns = sorted({key for row in rows for key in row})
    return rank(rows, columns) == rank(rows[:-1], columns)


def _average(op: PauliSum, symmetry: Symmetry) -> PauliSum:
    for factor in symmetry.factors:
        op = _average_over(factor, op)
    return op


@singledispatch
def _average_over(factor: Factor, op: PauliSum) -> PauliSum:
    """Average over one factor."""
    raise MethodError(f"twirling over {factor.name} is not known; use the null space method")


@_average_over.register
def _(factor: RotationFactor, op: PauliSum) -> PauliSum:
    qubits = set(factor.qubits)
    mask = sum(1 << q for q in qubits)
    most = max((((x | z) & mask).bit_count() for x, z in op.terms), default=0)
    for momentum in range(1, most + 1):
        casimir = PauliSum.zero(op.num_qubits)
        for generator in factor.lie_generators:
            casimir = casimir + generator.operator.commutator(generator.operator.commutator(op))
        op = op - casimir / (momentum * (momentum + 1))
    return op


@_average_over.register
def _(factor: PermutationFactor, op: PauliSum) -> PauliSum:
    for transversal in reversed(factor.group.coset_chain):
        total = PauliSum.zero(op.num_qubits)
        for images in transversal:
            total = total + op.relabel(images[: factor.num_qubits])
        op = total / len(transversal)
    return op


@_average_over.register(AxialFactor)
@_average_over.register(ChargeFactor)
def _(factor: AxialFactor | ChargeFactor, op: PauliSum) -> PauliSum:
    (generator,) = factor.lie_generators
    return _commuting_part(op, generator.operator)


@_average_over.register
def _(factor: InversionFactor, op: PauliSum) -> PauliSum:
    return _mean([g.on_qubits.conjugate(op) for g in factor.finite_generators] + [op])


@_average_over.register
def _(factor: PointFactor, op: PauliSum) -> PauliSum:
    return _mean([element.conjugate(op) for element in factor.elements])


@_average_over.register
def _(factor: UnitaryFactor, op: PauliSum) -> PauliSum:
    # An element acts as one generator on what an earlier element made of the operator.
    images: list[PauliSum] = []
    for parent, generator in factor.tree:
        images.append(op if generator is None else generator.conjugate(images[parent]))
    return _mean(images)


@_average_over.register
def _(factor: PauliFactor, op: PauliSum) -> PauliSum:
    kept = {k: v for k, v in op.terms.items() if not any(anticommute(k, key) for key in factor.keys)}
    return PauliSum(op.num_qubits, kept)


def _mean(ops: Sequence[PauliSum]) -> PauliSum:
    total = PauliSum.zero(ops[0].num_qubits)
    for op in ops:
        total = total + op
    return total / len(ops)


def _commuting_part(op: PauliSum, generator: PauliSum) -> PauliSum:
    r"""The part of an operator that commutes with T: the projection onto the kernel of :math:`A = (-i\mathrm{ad}_T)^2`.

    A is diagonalisable with distinct real roots in its minimal polynomial on ``op``,
    :math:`c_0 + c_1 A + \dots + A^m = 0`. If :math:`c_0 \ne 0` nothing commutes; else the part is
    :math:`\sum_{k \ge 1} c_k A^{k-1} \mathrm{op} / c_1`.
    """
    if not op:
        return op
    powers = [op]
    while True:
        powers.append(generator.derivation(generator.derivation(powers[-1])))
        keys = {key for power in powers for key in power.terms}
        rows = [{k: power.terms[key] for k, power in enumerate(powers) if key in power.terms} for key in keys]
        if relations := complex_null_space(rows, range(len(powers))):
            (relation,) = relations
            break
    total = PauliSum.zero(op.num_qubits)
    if 0 not in relation:
        for k, value in relation.items():
            total = total + powers[k - 1].scaled(value / relation[1])
    return total


@singledispatch
def _pauli_elements(factor: Factor) -> list[PauliKey]:
    """Elements that act as Pauli strings; a string that anticommutes with one averages to zero."""
    return []


@_pauli_elements.register
def _(factor: RotationFactor) -> list[PauliKey]:
    return [pauli_key(dict.fromkeys(factor.qubits, name)) for name in "XYZ"]


@_pauli_elements.register
def _(factor: AxialFactor) -> list[PauliKey]:
    if factor.axis not in UNIT_VECTORS:
        return []
    return [pauli_key(dict.fromkeys(factor.qubits, "XYZ"[UNIT_VECTORS.index(factor.axis)]))]


@_pauli_elements.register
def _(factor: InversionFactor) -> list[PauliKey]:
    return [pauli_key({factor.parity: "Z"})]


@_pauli_elements.register
def _(factor: PauliFactor) -> list[PauliKey]:
    return list(factor.keys)


def _orbit(key: PauliKey, symmetry: Symmetry) -> set[PauliKey]:
    """Strings with the same average: the orbit under the permutations."""
    moves = [
        g.on_qubits for f in symmetry.factors if isinstance(f, PermutationFactor) for g in f.finite_generators
    ]
    orbit, frontier = {key}, [key]
    while frontier:
        string = PauliSum(symmetry.num_qubits, {frontier.pop(): ONE})
        for move in moves:
            (image,) = move.conjugate(string).terms
            if image not in orbit:
                orbit.add(image)
                frontier.append(image)
    return orbit
