"""What certificates of programs prove of their sites, and which terms an element of the group exchanges.

Written again, not imported: :mod:`eqcompile.claims.of_sum` shares no line with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from eqcompile.recheck.files.declaration.membership import contains
from eqcompile.recheck.sums.combination_text import MAX_COEFFICIENT

Row: TypeAlias = tuple[Fraction, ...]
"""The coefficients of all sites of the whole in one site of a program."""

Images: TypeAlias = tuple[int, ...]

TURNS = (
    [["0", "0", "0"], ["0", "0", "-1"], ["0", "1", "0"]],
    [["0", "0", "1"], ["0", "0", "0"], ["-1", "0", "0"]],
    [["0", "-1", "0"], ["1", "0", "0"], ["0", "0", "0"]],
)
"""The rates of the rotations about x, y and z."""

MINUS = [["-1", "0", "0"], ["0", "-1", "0"], ["0", "0", "-1"]]


@dataclass(frozen=True)
class Term:
    """One term, with a full row of coefficients for each site of its program."""

    program: int
    coefficient: Fraction
    weights: str
    rows: tuple[Row, ...]


def terms_of(target: Mapping[str, Any], num_sites: int) -> list[Term]:
    """The terms of a target section."""
    return [
        Term(
            term["program"],
            _within(Fraction(term["coefficient"])),
            term["weights"],
            tuple(_full(row, num_sites) for row in term["sites"]),
        )
        for term in target["terms"]
    ]


def _full(pairs: Sequence[tuple[int, str]], num_sites: int) -> Row:
    found = [Fraction(0)] * num_sites
    for site, text in pairs:
        found[site] = _within(Fraction(text))
        if max(abs(found[site].numerator), found[site].denominator) > MAX_COEFFICIENT:
            raise ValueError(text)
    return tuple(found)


def _within(value: Fraction) -> Fraction:
    """A coefficient, which is never zero."""
    if not value:
        raise ValueError(value)
    return value


class Proven:
    """What the certificate of one program, once it is confirmed, proves of its sites.

    Args:
        body: the certificate.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        group = body["group_data"]
        self._n = len(group["sites"])
        broken = {number for finding in body["findings"] for number in finding["evidence"].get("broken", ())}
        kept = [g for number, g in enumerate(group["generators"]) if number not in broken]
        self.turns = all(self._turns(kept, rate) for rate in TURNS)
        self._moves = [move for g in kept if "steps" in g and (move := self._move(g)) is not None]

    def _turns(self, generators: Sequence[Mapping[str, Any]], rate: list[list[str]]) -> bool:
        """Whether all sites are turned at this rate together, by one generator or by several that share them out."""
        counts = [
            [int(matrix is not None) for matrix in g["matrices"]]
            for g in generators
            if "operator" in g and any(g["matrices"]) and all(m in (None, rate) for m in g["matrices"])
        ]
        everywhere = [1] * self._n
        return everywhere in counts or [sum(column) for column in zip(*counts, strict=True)] == everywhere

    def _move(self, generator: Mapping[str, Any]) -> Images | None:
        """Images of the sites and of their opposites."""
        n, plus = self._n, []
        for image, matrix in zip(generator["sites"], generator["matrices"], strict=True):
            if matrix not in (None, MINUS):
                return None
            plus.append(image if matrix is None else image + n)
        return (*plus, *((point + n) % (2 * n) for point in plus))

    def holds(self, images: Sequence[int], sign: int, rows: Sequence[Row]) -> bool:
        """Whether a permutation of all sites, with one sign, is shown to leave the values as they are."""
        n = self._n
        plus = [image if sign > 0 else image + n for image in images]
        wanted = (*plus, *((point + n) % (2 * n) for point in plus))
        moves = list(self._moves)
        if self.turns and _rank(rows) <= 2:
            # Vectors in a plane: the half turn about its normal is the inversion.
            moves.append((*range(n, 2 * n), *range(n)))
        return contains(moves, [wanted])


def _rank(rows: Sequence[Row]) -> int:
    left, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((k for k in range(rank, len(left)) if left[k][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for k in range(rank + 1, len(left)):
            factor = left[k][column] / left[rank][column]
            left[k] = [a - factor * b for a, b in zip(left[k], left[rank], strict=True)]
        rank += 1
    return rank


def moved(rows: Sequence[Row], images: Sequence[int], sign: int) -> tuple[Row, ...]:
    """M V: the content of site s moves to ``images[s]``, and changes its sign where sign is -1."""
    return tuple(tuple(sign * row[image] for image in images) for row in rows)


def why_no_images(
    listed: Sequence[Sequence[Any]],
    terms: Sequence[Term],
    proven: Sequence[Proven],
    images: Images,
    sign: int,
) -> str:
    """Why the listed images of the terms do not show that an element leaves the sum as it is; empty if they do."""
    if sorted(entry[0] for entry in listed) != list(range(len(terms))):
        return "its images of the terms are not each term once"
    for number, (term, (place, own_sign, sigma)) in enumerate(zip(terms, listed, strict=True)):
        other = terms[place]
        if (term.program, term.coefficient, term.weights) != (
            other.program,
            other.coefficient,
            other.weights,
        ):
            return f"the image of term {number} is another function"
        if own_sign not in (1, -1) or sorted(sigma) != list(range(len(other.rows))):
            return f"the image of term {number} is no permutation with a sign"
        rows = moved(term.rows, images, sign)
        if any(rows[sigma[k]] != tuple(own_sign * c for c in row) for k, row in enumerate(other.rows)):
            return f"the image of term {number} has other combinations of sites"
        if not proven[term.program].holds(sigma, own_sign, other.rows):
            return f"what changes inside the image of term {number} is not proven of its program"
    return ""


def can_match(terms: Sequence[Term], proven: Sequence[Proven], images: Images, sign: int) -> bool:
    """Whether every term has an image of its own: tried one term after the other, as images are an equivalence."""
    free = list(range(len(terms)))
    for term in terms:
        rows = moved(term.rows, images, sign)
        place = next((k for k in free if _is_image(term, rows, terms[k], proven)), None)
        if place is None:
            return False
        free.remove(place)
    return True


def _is_image(term: Term, rows: tuple[Row, ...], other: Term, proven: Sequence[Proven]) -> bool:
    if (term.program, term.coefficient, term.weights) != (other.program, other.coefficient, other.weights):
        return False
    return any(proven[term.program].holds(sigma, sign, other.rows) for sign, sigma in _fits(rows, other.rows))


def _fits(rows: tuple[Row, ...], others: tuple[Row, ...]) -> Iterator[tuple[int, Images]]:
    for sign in (1, -1):
        wanted = [tuple(sign * c for c in row) for row in others]
        if sorted(wanted) == sorted(rows):
            yield sign, tuple(rows.index(row) for row in wanted)
