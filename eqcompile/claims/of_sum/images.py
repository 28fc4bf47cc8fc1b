r"""Where an element of the group takes the terms of a sum.

An element takes x to V x, with :math:`(V x)_{\pi(s)} = \varepsilon x_s`. Term t has rows M. If for some term t' of the
same program, coefficient and weights, with rows M',

.. math:: M V = \pm S_\sigma M',

and the program is proven to be invariant under :math:`\pm S_\sigma`, then t at V x has the value of t' at x. If every
term has such an image, each one once, the sum at V x is the sum at x.

Being the image of one another up to proven elements is an equivalence. So it does not matter which of several possible
images a term takes: one after the other, each the first that is free, finds a matching if there is one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.budgets import check
from eqcompile.claims.of_sum.parts import SumParts, SumTerm
from eqcompile.claims.of_sum.proven import ProvenMoves
from eqcompile.exact.linear.combination import Combination, combination, combination_text, negated
from eqcompile.groups.permutation import Images, cycles_of, inverse


@dataclass(frozen=True)
class TermImage:
    r"""What takes the place of one term: :math:`M V = \pm S_\sigma M'`.

    Attributes:
        term: number of the term with rows M'.
        sign: 1 or -1.
        images: sigma, as images of the program's sites.
    """

    term: int
    sign: int
    images: Images


@dataclass(frozen=True)
class WithoutImage:
    """A term that nothing takes the place of.

    Attributes:
        term: its number.
        expected: what would have to be a term.
        reason: what is there instead.
    """

    term: int
    expected: str
    reason: str


def moved_rows(rows: Sequence[Combination], images: Images, sign: int) -> tuple[Combination, ...]:
    r"""M V: row c becomes the combination with :math:`c_{\pi(s)}` at s.

    >>> from fractions import Fraction
    >>> moved_rows([((0, Fraction(1)),)], (1, 2, 0), -1)
    (((2, Fraction(-1, 1)),),)
    """
    back = inverse(images)
    return tuple(combination({back[site]: sign * value for site, value in row}) for row in rows)


def matched(
    parts: SumParts, moves: Sequence[ProvenMoves], images: Images, sign: int
) -> tuple[TermImage, ...] | WithoutImage:
    """The image of every term, or the first term that has none.

    Args:
        parts: the sum.
        moves: what is proven of each program.
        images: where each site of the whole goes.
        sign: 1, or -1 with the inversion.

    Raises:
        LimitError: the group of a program is too large for its order to be found.
    """
    free: defaultdict[frozenset[Combination], list[int]] = defaultdict(list)
    for number, term in enumerate(parts.terms):
        free[frozenset(term.rows)].append(number)
    found = []
    for number, term in enumerate(parts.terms):
        check()
        rows = moved_rows(term.rows, images, sign)
        image = _image(parts, moves, term, rows, free)
        if image is None:
            return WithoutImage(number, _named(parts, term, rows), _reason(parts, term, rows))
        target = parts.terms[image.term]
        free[frozenset(target.rows)].remove(image.term)
        found.append(image)
    return tuple(found)


def _image(
    parts: SumParts,
    moves: Sequence[ProvenMoves],
    term: SumTerm,
    rows: tuple[Combination, ...],
    free: "defaultdict[frozenset[Combination], list[int]]",
) -> TermImage | None:
    for sign in (1, -1):
        wanted = rows if sign > 0 else tuple(map(negated, rows))
        for number in free.get(frozenset(wanted), ()):
            other = parts.terms[number]
            if not _same_function(term, other):
                continue
            sigma = tuple(wanted.index(row) for row in other.rows)
            if moves[term.program].holds(sigma, sign, other.rows):
                return TermImage(number, sign, sigma)
    return None


def _same_function(one: SumTerm, other: SumTerm) -> bool:
    return (one.program, one.coefficient, one.weights) == (other.program, other.coefficient, other.weights)


def _named(parts: SumParts, term: SumTerm, rows: Sequence[Combination]) -> str:
    on = ", ".join(combination_text(row, parts.sites) for row in rows)
    weights = f' with weights "{term.weights}"' if term.weights else ""
    return f"the term {term.coefficient} * {parts.programs[term.program].name} on [{on}]{weights}"


def _reason(parts: SumParts, term: SumTerm, rows: tuple[Combination, ...]) -> str:
    """The nearest thing that is there."""
    for sign in (1, -1):
        wanted = rows if sign > 0 else tuple(map(negated, rows))
        near = [other for other in parts.terms if frozenset(other.rows) == frozenset(wanted)]
        for other in near:
            if _same_function(term, other):
                sigma = tuple(wanted.index(row) for row in other.rows)
                names = parts.programs[term.program].kept.site_names
                cycles = "".join(f"({' '.join(names[k] for k in cycle)})" for cycle in cycles_of(sigma))
                move = " and ".join(filter(None, [cycles, "x -> -x" if sign < 0 else ""])) or "nothing"
                return f"one that differs by {move}, which its certificate does not prove, or a used one"
        for other in near:
            if other.program != term.program:
                return f"a term of another circuit, {parts.programs[other.program].name}"
            if other.coefficient != term.coefficient:
                return f"a term with the coefficient {other.coefficient}"
            return f'a term with the weights "{other.weights}"'
    return "no term there"
