r"""Product formulas in which every factor keeps as much of the group as it can.

:math:`e^{-i\theta G}` is replaced by a product of :math:`e^{-i\theta c_k G_k}`, each of which is exact. An element of
the group that maps every :math:`G_k` to itself is kept exactly, at every angle and for any number of steps. Only the
rest of the group is approximate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, TypeAlias

from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Operation
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.passes.formula.colouring import coloured
from eqcompile.passes.formula.elements import Element, candidates, independent
from eqcompile.passes.formula.pieces import Located, Piece, local_pieces
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator
from eqcompile.symmetry.symmetry import Symmetry

MAX_FACTORS = 100_000
"""Factors of one product formula. Beyond it, refused: take fewer steps or a lower order."""

Factors: TypeAlias = tuple[tuple[PauliSum, Fraction], ...]


@dataclass(frozen=True)
class ProductFormula:
    r"""A product of exact exponentials: :math:`e^{-i\theta G} \approx \prod_k e^{-i\theta c_k G_k}`.

    Attributes:
        generator: G.
        exact: the summand that is not part of the approximation; it acts first, as a whole.
        factors: ``(G_k, c_k)`` in the order in which they act, the exact summand among them.
        order: the error of one step scales as its size to the power ``order + 1``.
        steps: repetitions of the same product.
        kept: names of group elements under which the product is invariant exactly: generators, and powers and
            products of generators that are not kept themselves.
        broken: names of generators that leave G invariant, but not the product.
    """

    generator: PauliSum
    exact: PauliSum
    factors: Factors
    order: int
    steps: int
    kept: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Whether all factors commute, so there is no error."""
        return len(_stages(self.factors)) <= 1

    def __str__(self) -> str:
        if self.is_exact:
            return "exact product"
        repeated = "1 step" if self.steps == 1 else f"{self.steps} steps"
        return f"product formula of order {self.order}, {repeated}"


def product_formula(
    generator: PauliSum, symmetry: Symmetry, order: int = 2, steps: int = 1, exact: PauliSum | None = None
) -> ProductFormula:
    r"""The product formula for :math:`e^{-i\theta G}` that keeps much of the group.

    G is split into local pieces that are invariant under the Lie part. These are coloured so that pieces of one colour
    commute and many elements of the finite part map each colour to itself. Order 1 is the product of the colours, and
    order 2 its symmetric form. Higher even orders repeat the order below with eight, 32, ... substeps forwards and one
    backwards; their coefficients are rational:
    :math:`S_4(\theta) = S_2(\theta/6)^4\, S_2(-\theta/3)\, S_2(\theta/6)^4`.

    Args:
        generator: Hermitian operator on the symmetry's qubits.
        symmetry: the group of which as much as possible is kept.
        order: 1, or an even number.
        steps: how often the product for ``theta / steps`` is repeated.
        exact: a summand of the generator, on qubits of its own, that is one factor; by default the identity part alone.

    Returns:
        The formula; it has one factor if all pieces commute.

    Raises:
        DimensionError: the two act on different numbers of qubits, or the generator is not Hermitian.
        MethodError: no such order or number of steps, or a part of the generator does not split.
        LimitError: more than ``MAX_FACTORS`` factors.

    References:
        Trotter, Proc. Am. Math. Soc. 10, 545 (1959); Strang, SIAM J. Numer. Anal. 5, 506 (1968); Suzuki, Phys. Lett. A
        146, 319 (1990), whose recursion with r substeps has :math:`p = 1/(r - r^{1/(2k-1)})`; here
        :math:`r = 2^{2k-1}`, the least for which p is rational.

    >>> from eqcompile.symmetry.make import SU2
    >>> ring = PauliSum.parse("H(0,1) + H(1,2) + H(2,3) + H(3,0)", 4)
    >>> formula = product_formula(ring, SU2(4), order=2, steps=3)
    >>> [str(c) for _, c in formula.factors], formula.kept
    (['1/6', '1/3', '1/3', '1/3', '1/3', '1/3', '1/6'], ('T_x', 'T_y', 'T_z'))
    """
    _require(generator, symmetry, order, steps)
    lie, finite = _symmetries(generator, symmetry)
    n = generator.num_qubits
    whole = PauliSum(n, {IDENTITY: generator.coefficient(IDENTITY)}) if exact is None else exact
    pieces = local_pieces(generator - whole, lie)
    elements = candidates(pieces, finite)
    parts = _in_order([_sum(n, (piece.operator for piece in c)) for c in coloured(pieces, elements)])
    if len(parts) > 1 and len(parts) * steps * _products(order) > MAX_FACTORS:
        raise LimitError(
            f"a product formula of order {order} with {steps} steps; the limit is {MAX_FACTORS} factors"
        )
    product = _repeated(parts, order, steps) if len(parts) > 1 else ((part, Fraction(1)) for part in parts)
    factors = _fused([(whole, Fraction(1)), *product])
    kept, broken = _judged(_stages(factors), lie, finite, elements)
    return ProductFormula(generator, whole, factors, order, steps, kept, broken)


def formula_for(
    generator: PauliSum, symmetry: Symmetry, order: int = 2, steps: int = 1
) -> ProductFormula | None:
    """The product formula in which everything that has an exact circuit is one factor; ``None`` if that is everything.

    Args and Raises: as for :func:`product_formula`.

    >>> chain = " + ".join(f"H({q},{q + 1})" for q in range(6))
    >>> formula = formula_for(PauliSum.parse(f"{chain} + Z7 + 2*I", 8), Symmetry(8))
    >>> formula.exact, len(formula.factors)
    (2*I + Z7, 4)
    """
    parts = [part for part in components(generator) if not Piece(part).is_lowerable]
    if not parts:
        return None
    exact = generator - _sum(generator.num_qubits, parts)
    return product_formula(generator, symmetry, order, steps, exact)


def approximated(gate: Evolve, symmetry: Symmetry, order: int = 2, steps: int = 1) -> tuple[Evolve, ...]:
    r"""Gates that are lowered exactly and whose product is the gate, or approximates it where it has no exact circuit.

    They act in this order; the one for :math:`(G_k, c_k)` has the gate's angle times :math:`c_k`.

    Args and Raises: as for :func:`product_formula`.

    >>> from eqcompile.circuits.angle import ExactAngle
    >>> chain = PauliSum.parse(" + ".join(f"H({q},{q + 1})" for q in range(6)), 7)
    >>> gates = approximated(Evolve(chain, ExactAngle.parameter("w")), Symmetry(7), order=1, steps=2)
    >>> [(str(gate.angle), gate.qubits) for gate in gates[:2]]
    [('1/2*w', (0, 1, 2, 3, 4, 5)), ('1/2*w', (1, 2, 3, 4, 5, 6))]
    """
    formula = formula_for(gate.generator, symmetry, order, steps)
    if formula is None:
        return (gate,)
    return tuple(Evolve(operator, gate.angle * weight) for operator, weight in formula.factors)


@dataclass(frozen=True)
class ProductFormulas:
    """Replace gates that have no exact circuit by product formulas that keep as much of the group as they can.

    The one pass that is not exact. It runs first, on the declared qubits.

    Attributes:
        symmetry: the group.
        order: 1, or an even number.
        steps: steps of every formula.
    """

    name: ClassVar[str] = "product-formulas"

    symmetry: Symmetry
    order: int = 2
    steps: int = 1

    def run(self, circuit: Circuit) -> Circuit:
        """Approximate every gate that needs it; the others stay as they are."""
        operations: list[Operation] = []
        for operation in circuit:
            if isinstance(operation, Evolve):
                operations += approximated(operation, self.symmetry, self.order, self.steps)
            else:
                operations.append(operation)
        return replace(circuit, operations=tuple(operations))


def _require(generator: PauliSum, symmetry: Symmetry, order: int, steps: int) -> None:
    if generator.num_qubits != symmetry.num_qubits:
        raise DimensionError(
            f"the generator acts on {generator.num_qubits} qubits, the group on {symmetry.num_qubits}"
        )
    if not generator.is_hermitian:
        raise DimensionError(f"{generator} is not Hermitian; only Hermitian operators generate gates")
    if not isinstance(order, int) or order < 1 or (order > 1 and order % 2):
        raise MethodError(f"no product formula of order {order}; known: 1, 2, 4, 6 and so on")
    if not isinstance(steps, int) or steps < 1:
        raise MethodError(
            f"a product formula with {steps} steps; it takes a whole number of them, at least one"
        )


def _symmetries(op: PauliSum, symmetry: Symmetry) -> tuple[list[LieGenerator], list[FiniteGenerator]]:
    """The generators of the group that leave an operator invariant."""
    lie = [g for g in symmetry.lie_generators if not Located(g.operator).commutator(op)]
    return lie, [g for g in symmetry.finite_generators if g.on_qubits.conjugate(op) == op]


def _sum(num_qubits: int, operators: Iterable[PauliSum]) -> PauliSum:
    """The sum of operators that share no string."""
    return PauliSum(num_qubits, {key: value for op in operators for key, value in op.terms.items()})


def _in_order(parts: list[PauliSum]) -> list[PauliSum]:
    """The parts, the two longest at the ends: a symmetric product fuses those and takes the others twice a step."""
    ranked = sorted(parts, key=len, reverse=True)
    return [*ranked[:1], *ranked[2:], *ranked[1:2]]


def _products(order: int) -> int:
    """Products of all parts in one step; above order 8 there are more than any formula may have."""
    if order <= 2:
        return order
    order = min(order, 10)
    return ((1 << order - 1) + 1) * _products(order - 2)


def _repeated(parts: list[PauliSum], order: int, steps: int) -> Iterator[tuple[PauliSum, Fraction]]:
    for _ in range(steps):
        yield from _step(parts, order, Fraction(1, steps))


def _step(parts: list[PauliSum], order: int, size: Fraction) -> Iterator[tuple[PauliSum, Fraction]]:
    if order == 1:
        yield from ((part, size) for part in parts)
    elif order == 2:
        *outer, inner = parts
        yield from ((part, size / 2) for part in outer)
        yield inner, size
        yield from ((part, size / 2) for part in reversed(outer))
    else:
        copies = 2 ** (order - 1)
        forwards = size / (copies - 2)
        for weight in [forwards] * (copies // 2) + [-2 * forwards] + [forwards] * (copies // 2):
            yield from _step(parts, order - 2, weight)


def _fused(factors: Iterable[tuple[PauliSum, Fraction]]) -> Factors:
    """Join equal neighbours; factors that add up to nothing are dropped."""
    out: list[tuple[PauliSum, Fraction]] = []
    for operator, weight in factors:
        if out and out[-1][0] == operator:
            weight += out.pop()[1]
        if weight and operator:
            out.append((operator, weight))
    return tuple(out)


def _stages(factors: Factors) -> tuple[PauliSum, ...]:
    """Weighted sums of neighbouring factors that commute; their order does not matter to the product."""
    known: dict[frozenset[PauliSum], bool] = {}

    def commute(left: PauliSum, right: PauliSum) -> bool:
        pair = frozenset((left, right))
        if pair not in known:
            known[pair] = not Located(left).commutator(right)
        return known[pair]

    stages: list[list[tuple[PauliSum, Fraction]]] = []
    for operator, weight in factors:
        if stages and all(commute(operator, other) for other, _ in stages[-1]):
            stages[-1].append((operator, weight))
        else:
            stages.append([(operator, weight)])
    return tuple(_weighted(stage) for stage in dict.fromkeys(map(tuple, stages)))


def _weighted(stage: Factors) -> PauliSum:
    (total, weight), *rest = stage
    if not rest:
        return total
    total = total.scaled(weight)
    for operator, weight in rest:
        total = total + operator.scaled(weight)
    return total


def _judged(
    stages: Sequence[PauliSum],
    lie: Iterable[LieGenerator],
    finite: Sequence[FiniteGenerator],
    elements: Iterable[Element],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the elements that leave every stage invariant, and of the generators that do not.

    Powers and products that follow from elements named before them are left out.
    """
    names: list[str] = []
    broken: list[str] = []
    for single in lie:
        changed = any(map(Located(single.operator).commutator, stages))
        (broken if changed else names).append(single.name)
    for generator in finite:
        changed = any(generator.on_qubits.conjugate(stage) != stage for stage in stages)
        (broken if changed else names).append(generator.name)
    kept = (e for e in elements if all(e.conjugate(stage) == stage for stage in stages))
    names += [element.name for element in independent(kept) if not element.is_generator]
    return tuple(names), tuple(broken)
