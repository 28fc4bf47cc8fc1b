r"""Twirling: project onto the commutant by averaging over the group, exactly and without listing it.

Any factor is averaged from its definition alone. Its continuous part is averaged by the minimal polynomial of
:math:`\sum_a (-i\,\mathrm{ad}_{T_a})^2`, whose kernel is what all generators leave unchanged, and its finite part
element by element. Some kinds have a faster way (:data:`FASTER_AVERAGES`). Permutation groups are averaged along a
stabiliser chain, unitaries along a tree of elements, and SU(2) by its Casimir operator: on an operator that acts on m
spins, the adjoint action has total angular momentum 0 to m, and :math:`\prod_{l=1}^m (1 - C / l(l+1))` keeps the
invariant part and removes the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from eqcompile.budgets import check
from eqcompile.derivation.generators.basis import GeneratorBasis, reduced
from eqcompile.derivation.generators.strings import full_strings
from eqcompile.derivation.generators.whole_register import derive_elements, strings_up_to
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, real_part
from eqcompile.exact.linear.linalg import complex_null_space, rank
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, letter, pauli_key, support_of
from eqcompile.groups.permutation import Images, PermutationGroup
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS, RotationGenerator
from eqcompile.symmetry.maps import MapSequence, PauliUnitary, QubitMap, QubitPermutation
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor


def twirl(op: PauliSum, symmetry: Symmetry) -> PauliSum:
    r"""Average an operator over the group: the projection onto the commutant.

    .. math:: \mathcal{T}(A) = \int_G R(g)\, A\, R(g)^\dagger \, dg

    Args:
        op: operator on ``symmetry.num_qubits`` qubits.
        symmetry: a symmetry whose factors normalise one another.

    Returns:
        The equivariant part of ``op``; the zero sum if there is none.

    Raises:
        DimensionError: the two act on different numbers of qubits.
        MethodError: the factors do not normalise one another, so the averages do not commute.

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
    """Averages of all strings, whichever qubits they act on."""
    return _averages(symmetry, strings_up_to(symmetry.num_qubits, symmetry.num_qubits))


def _averages(symmetry: Symmetry, strings: Iterable[PauliKey]) -> tuple[PauliSum, ...]:
    n = symmetry.num_qubits
    flips = _pauli_elements(symmetry)
    found = []
    seen: set[PauliKey] = set()
    for key in strings:
        check()
        if key in seen or any(anticommute(key, flip) for flip in flips):
            continue
        seen.update(_orbit(key, symmetry.moves))
        found.append(_average(PauliSum(n, {key: ONE}), symmetry))
    return reduced(set(found), n)


def require_normalising(symmetry: Symmetry) -> None:
    """Check that averaging factor by factor is averaging over the group.

    It is if, of any two factors, one normalises the other: conjugation by its elements maps the other to itself.
    Inside a factor, the finite elements must move the continuous part onto itself.

    Raises:
        MethodError: neither of two factors normalises the other, or a factor's finite elements do not normalise its
            continuous part.
    """
    for factor in symmetry.factors:
        if not _keeps_algebra(factor, factor):
            raise MethodError(
                f"twirling needs finite elements that normalise the continuous ones; those of {factor.name} do not; "
                "use the null space method"
            )
    for first, second in combinations(symmetry.factors, 2):
        if not _normalises(first, second) and not _normalises(second, first):
            raise MethodError(
                f"twirling factor by factor needs factors that normalise one another; {first.name} and "
                f"{second.name} do not; use the null space method"
            )


def _normalises(first: Factor, second: Factor) -> bool:
    """Whether the first maps the second's Lie algebra and finite group onto themselves.

    A connected group that does so moves no element of a finite one, so their generators commute.
    """
    # ad(T) keeps the algebra, and so does every exp of it; a finite generator is tested by conjugation.
    algebra = [g.operator for g in second.lie_generators]
    if not all(_in_span(g.operator.derivation(t), algebra) for g in first.lie_generators for t in algebra):
        return False
    if not _keeps_algebra(first, second):
        return False
    elements = [g.on_qubits for g in second.finite_generators]
    if not all(b.conjugate(g.operator) == g.operator for b in elements for g in first.lie_generators):
        return False
    keeps = FASTER_KEEPING.get(type(second), keeps_elements)
    return all(keeps(second, g.on_qubits) for g in first.finite_generators)


def _keeps_algebra(first: Factor, second: Factor) -> bool:
    """Whether the finite generators of the first map the Lie algebra of the second onto itself."""
    algebra = [g.operator for g in second.lie_generators]
    moves = [g.on_qubits for g in first.finite_generators]
    return all(_in_span(move.conjugate(t), algebra) for move in moves for t in algebra)


def keeps_elements(factor: Factor, move: QubitMap) -> bool:
    """Whether an element a carries the finite generators b of a factor to elements c of it: a b = c a up to a phase.

    Raises:
        LimitError: the factor has too many elements to look for c among them.
    """
    for generator in factor.finite_generators:
        carried = _actions(MapSequence((generator.on_qubits, move)), factor.num_qubits)
        if carried == _actions(MapSequence((move, generator.on_qubits)), factor.num_qubits):
            continue
        elements = (MapSequence((move, element)) for element in factor.elements)
        if not any(carried == _actions(element, factor.num_qubits) for element in elements):
            return False
    return True


def _keeps_strings(factor: PauliFactor, move: QubitMap) -> bool:
    """Whether the group contains the images of its strings; each must be a product of generators, by elimination."""
    images = [move.conjugate(PauliSum(factor.num_qubits, {key: ONE})) for key in factor.keys]
    return all(len(image) == 1 and factor.holds(next(iter(image))) for image in images)


def _keeps_permutations(factor: PermutationFactor, move: QubitMap) -> bool:
    """The same for permutations. If the element takes qubits to qubits, the only c is read off and no group is listed.

    What cannot be shown within the limits counts as no. The twirl then does not apply, but the null space does.
    """
    n = factor.num_qubits
    places = [move.conjugate(PauliSum.string(n, {q: "X"})).support for q in range(n)]
    try:
        if any(len(place) != 1 for place in places):
            return keeps_elements(factor, move)
        return _holds_carried(factor, move, [place[0] for place in places])
    except LimitError:
        return False


def _holds_carried(factor: PermutationFactor, move: QubitMap, onto: Sequence[int]) -> bool:
    """Whether every generator is carried to the permutation that its qubits determine, and the group contains it."""
    n = factor.num_qubits
    moves = tuple(step for g in factor.finite_generators for step in g.on_qubits.steps(n))
    group = PermutationGroup(n, tuple(step for step in moves if not isinstance(step, PauliSum)))
    for images in group.generators:
        carried = tuple(onto[images[onto.index(q)]] for q in range(n))
        before = _actions(MapSequence((QubitPermutation(images), move)), n)
        if before != _actions(MapSequence((move, QubitPermutation(carried))), n):
            return False
        if carried not in group.generators and not group.holds(carried):
            return False
    return True


def _actions(element: QubitMap, num_qubits: int) -> list[PauliSum]:
    """The images under conjugation of X and Z of every qubit; these generate all operators."""
    letters = [PauliSum.string(num_qubits, {q: name}) for q in range(num_qubits) for name in "XZ"]
    return [element.conjugate(op) for op in letters]


def _in_span(op: PauliSum, ops: list[PauliSum]) -> bool:
    rows = [{key: real_part(value) for key, value in entry.terms.items()} for entry in [*ops, op]]
    columns = sorted({key for row in rows for key in row})
    return rank(rows, columns) == rank(rows[:-1], columns)


def _average(op: PauliSum, symmetry: Symmetry) -> PauliSum:
    for factor in symmetry.factors:
        op = FASTER_AVERAGES.get(type(factor), average_over)(factor, op)
    return op


def average_over(factor: Factor, op: PauliSum) -> PauliSum:
    """Average over one factor of any kind, from its generators and elements alone.

    The finite elements must normalise the continuous part; see :func:`require_normalising`.

    Raises:
        LimitError: the factor has too many elements.
    """
    op = commuting_part(op, [generator.operator for generator in factor.lie_generators])
    return _mean([element.conjugate(op) for element in factor.elements]) if factor.finite_generators else op


def _over_spins(factor: RotationFactor, op: PauliSum) -> PauliSum:
    qubits = set(factor.qubits)
    mask = sum(1 << q for q in qubits)
    most = max((((x | z) & mask).bit_count() for x, z in op.terms), default=0)
    for momentum in range(1, most + 1):
        casimir = PauliSum.zero(op.num_qubits)
        for generator in factor.lie_generators:
            casimir = casimir + generator.operator.commutator(generator.operator.commutator(op))
        op = op - casimir / (momentum * (momentum + 1))
    return op


def _over_permutations(factor: PermutationFactor, op: PauliSum) -> PauliSum:
    for transversal in reversed(factor.group.coset_chain):
        total = PauliSum.zero(op.num_qubits)
        for images in transversal:
            total = total + op.relabel(images[: factor.num_qubits])
        op = total / len(transversal)
    return op


def _over_unitaries(factor: UnitaryFactor, op: PauliSum) -> PauliSum:
    # An element acts as one generator applied to the image under an earlier element.
    images: list[PauliSum] = []
    for parent, generator in factor.tree:
        images.append(op if generator is None else generator.conjugate(images[parent]))
    return _mean(images)


def _over_strings(factor: PauliFactor, op: PauliSum) -> PauliSum:
    kept = {k: v for k, v in op.terms.items() if not any(anticommute(k, key) for key in factor.keys)}
    return PauliSum(op.num_qubits, kept)


FASTER_AVERAGES: Mapping[type[Factor], Callable[[Any, PauliSum], PauliSum]] = {
    RotationFactor: _over_spins,
    PermutationFactor: _over_permutations,
    UnitaryFactor: _over_unitaries,
    PauliFactor: _over_strings,
}
"""Kinds with a faster way to the same average; any other kind uses :func:`average_over`."""

FASTER_KEEPING: Mapping[type[Factor], Callable[[Any, QubitMap], bool]] = {
    PauliFactor: _keeps_strings,
    PermutationFactor: _keeps_permutations,
}
"""Kinds with a faster way to tell whether an element normalises them; any other kind uses :func:`keeps_elements`."""


def _mean(ops: Sequence[PauliSum]) -> PauliSum:
    total = PauliSum.zero(ops[0].num_qubits)
    for op in ops:
        total = total + op
    return total / len(ops)


def commuting_part(op: PauliSum, generators: Sequence[PauliSum]) -> PauliSum:
    r"""The part of an operator that commutes with all T_a: the projection onto the kernel of
    :math:`A = \sum_a (-i\mathrm{ad}_{T_a})^2`, a sum of negative operators, which vanishes exactly where each of them
    does.

    A is diagonalisable with distinct real roots in its minimal polynomial on ``op``,
    :math:`c_0 + c_1 A + \dots + A^m = 0`. If :math:`c_0 \ne 0`, nothing commutes; otherwise the part is
    :math:`\sum_{k \ge 1} c_k A^{k-1} \mathrm{op} / c_1`.

    >>> commuting_part(PauliSum.parse("X0 X1 + Z0", 2), [PauliSum.parse("Z0 + Z1", 2)])
    Z0 + 1/2*X0 X1 + 1/2*Y0 Y1
    """
    if not generators:
        return op
    if not op:
        return op
    powers = [op]
    while True:
        twice = [generator.derivation(generator.derivation(powers[-1])) for generator in generators]
        powers.append(sum(twice, start=PauliSum.zero(op.num_qubits)))
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


def _pauli_elements(symmetry: Symmetry) -> list[PauliKey]:
    """Elements that act as Pauli strings, so far as recognised; what anticommutes with one averages to zero."""
    strings = [g.on_qubits.key for g in symmetry.finite_generators if isinstance(g.on_qubits, PauliUnitary)]
    for generator in symmetry.lie_generators:
        if isinstance(generator, RotationGenerator) and tuple(generator.axis) in UNIT_VECTORS:
            # Half a turn about x, y or z.
            name = "XYZ"[UNIT_VECTORS.index(tuple(generator.axis))]
            strings.append(pauli_key(dict.fromkeys(generator.qubits, name)))
    return strings


def _orbit(key: PauliKey, moves: Sequence[Images]) -> set[PauliKey]:
    """Strings with the same average: the orbit under the permutations."""
    orbit, frontier = {key}, [key]
    while frontier:
        letters = frontier.pop()
        for images in moves:
            image = pauli_key({images[q]: letter(letters, q) for q in support_of(letters)})
            if image not in orbit:
                orbit.add(image)
                frontier.append(image)
    return orbit
