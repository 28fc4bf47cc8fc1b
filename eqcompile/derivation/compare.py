"""Choose a derivation method by name, and compare methods with each other and with the count by characters."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter_ns

from eqcompile.budgets import share, stage
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.generators.choi import choi_basis
from eqcompile.derivation.generators.nullspace import nullspace_basis
from eqcompile.derivation.generators.twirl import twirl_basis
from eqcompile.derivation.witness.by_weight import count_by_weight
from eqcompile.derivation.witness.whole_register import count_all
from eqcompile.errors import BudgetError, LimitError, MethodError
from eqcompile.symmetry.symmetry import Symmetry

METHODS: dict[str, Callable[[Symmetry, int], GeneratorBasis]] = {
    "nullspace": nullspace_basis,
    "twirl": twirl_basis,
    "choi": choi_basis,
}

STAGES = {"nullspace": "the null space", "twirl": "the twirl", "choi": "the Choi method"}
_CURE = (
    "choose a smaller --locality, fewer qubits or another --method, or allow more, such as --budget 10min,8GB"
)

WITNESS = "characters"
"""Name of the route that counts generators without deriving them."""


@dataclass(frozen=True)
class Outcome:
    """What one route gave, and what it cost.

    Attributes:
        method: name of the route.
        nanoseconds: wall time.
        dimension: number of independent invariants, the identity included; ``None`` if the route does not apply.
        by_weight: how many invariants act on exactly that many qubits, weight 0 being the identity; ``None`` if the
            route does not apply, or counts all weights together.
        basis: the generators; ``None`` also for the count by characters.
        reason: why the route does not apply, or was given up; empty if it gave an answer.
        finished: false if the route was given up for lack of time.
    """

    method: str
    nanoseconds: int
    dimension: int | None = None
    by_weight: dict[int, int] | None = None
    basis: GeneratorBasis | None = None
    reason: str = ""
    finished: bool = True


@dataclass(frozen=True)
class Comparison:
    """One symmetry by several routes.

    Attributes:
        basis: the basis from the first method that applies.
        outcomes: the outcome of every route, in the order in which they were tried.
    """

    basis: GeneratorBasis
    outcomes: tuple[Outcome, ...]

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """Routes whose span, or whose count by weight, is not that of the basis."""
        return tuple(outcome.method for outcome in self.outcomes if not self._agrees(outcome))

    def __bool__(self) -> bool:
        """Whether every route that applies gives the same."""
        return not self.differing

    def _agrees(self, outcome: Outcome) -> bool:
        if outcome.dimension is None:
            return True
        same_count = outcome.dimension == self.basis.dim + 1
        same_weights = outcome.by_weight is None or outcome.by_weight == self.basis.by_weight
        return same_count and same_weights and (outcome.basis is None or outcome.basis.spans_same(self.basis))


def derive_basis(symmetry: Symmetry, locality: int, method: str = "nullspace") -> GeneratorBasis:
    """Gate generators on up to ``locality`` qubits that commute with the symmetry.

    Args:
        symmetry: the group and its action on the qubits.
        locality: largest number of qubits a term may act on.
        method: ``"nullspace"``, ``"twirl"`` or ``"choi"``.

    Raises:
        MethodError: the method is unknown, or does not apply to this group.
        LimitError: too many Pauli strings.
    """
    if method not in METHODS:
        raise MethodError(f"unknown method {method!r}; known: {', '.join(sorted(METHODS))}")
    with stage(STAGES[method], _CURE):
        return METHODS[method](symmetry, locality)


def compare_methods(symmetry: Symmetry, locality: int, methods: Sequence[str] = tuple(METHODS)) -> Comparison:
    """Derive by every method, and count by characters; a route that does not apply says why and stops no other.

    Within a time budget the first method may take three fifths of it, and the others share the rest. A method that
    does not finish does not affect the answers of the others.

    Args:
        symmetry: the group and its action on the qubits.
        locality: largest number of qubits a term may act on.
        methods: names of the methods; with a single method nothing is compared, and characters are left out.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        MethodError: no method applies to this group.
        LimitError: the first method is beyond its limits, and no other applies.
        BudgetError: the first method took too long, and no other applies or finished.

    >>> from eqcompile.symmetry.make import SU2
    >>> [(outcome.method, outcome.by_weight) for outcome in compare_methods(SU2(2), 2, ["choi", "twirl"]).outcomes]
    [('choi', {0: 1, 1: 0, 2: 1}), ('twirl', {0: 1, 1: 0, 2: 1}), ('characters', {0: 1, 1: 0, 2: 1})]
    """
    outcomes = []
    failures: list[MethodError | LimitError | BudgetError] = []
    alone = len(methods) == 1
    for number, method in enumerate(methods):
        start = perf_counter_ns()
        parts, of = _parts(number, len(methods))
        try:
            with nullcontext() if alone else share(parts, of):
                basis = derive_basis(symmetry, locality, method)
            spent = perf_counter_ns() - start
            outcomes.append(Outcome(method, spent, basis.dim + 1, basis.by_weight, basis))
        except (MethodError, LimitError, BudgetError) as error:
            failures.append(error)
            outcomes.append(_unanswered(method, start, error))
    # A method that ran out of time says more than one that never applied: given more time, it has an answer.
    derived = [outcome.basis for outcome in outcomes if outcome.basis is not None]
    if not derived:
        given_up = "; ".join(f"{o.method}: {o.reason}" for o in outcomes if not o.finished)
        if given_up and not alone:
            raise BudgetError(
                f"no method gave an answer within the budget ({given_up}); {_CURE}", "the budget"
            )
        raise failures[0]
    if len(methods) > 1:
        outcomes.append(_counted(symmetry, locality))
    return Comparison(derived[0], tuple(outcomes))


def _parts(number: int, count: int) -> tuple[int, int]:
    """Shares of the remaining time: three fifths for the first method, equal parts for the others and characters.

    One more part remains for the comparison.
    """
    return (3, 5) if number == 0 else (1, count - number + 2)


def _unanswered(method: str, start: int, error: MethodError | LimitError | BudgetError) -> Outcome:
    spent = perf_counter_ns() - start
    if isinstance(error, BudgetError):
        return Outcome(method, spent, reason=f"takes more than {error.what}", finished=False)
    return Outcome(method, spent, reason=str(error))


def _counted(symmetry: Symmetry, locality: int) -> Outcome:
    start = perf_counter_ns()
    try:
        with share(1, 2), stage("the count by characters"):
            return _count(symmetry, locality)
    except BudgetError as error:
        return _unanswered(WITNESS, start, error)


def _count(symmetry: Symmetry, locality: int) -> Outcome:
    """The count by characters: by weight if the group acts qubit by qubit or moves qubits, otherwise as a whole."""
    start = perf_counter_ns()
    try:
        by_weight = count_by_weight(symmetry, locality)
        return Outcome(WITNESS, perf_counter_ns() - start, sum(by_weight.values()), by_weight)
    except (MethodError, LimitError) as error:
        reason = str(error)
    if locality == symmetry.num_qubits:
        try:
            return Outcome(WITNESS, perf_counter_ns() - start, count_all(symmetry))
        except (MethodError, LimitError) as error:
            reason = str(error)
    return Outcome(WITNESS, perf_counter_ns() - start, reason=reason)
