r"""The fourth witness: how many invariants there are, from characters alone.

The operators of weight w are a representation of the group, and the number of invariants in it is the average of its
character. For an element that turns qubit q by the 3 x 3 matrix :math:`A_q` on X, Y, Z and moves it to
:math:`\pi(q)`, the characters of all weights are the coefficients of

.. math:: \prod_{\text{cycles } c \text{ of } \pi} \bigl(1 + t^{|c|} \operatorname{tr} \prod_{q \in c} A_q\bigr).

No operator is written down. Continuous factors are averaged as constant terms of Laurent polynomials, SU(2) with
Weyl's measure :math:`1 - z`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from eqcompile.derivation.generators.twirl import require_normalising
from eqcompile.derivation.witness.motions import (
    Torus,
    Turn,
    all_motions,
    composed,
    motions_of,
    multiplied,
    torus_of,
    trace,
)
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.laurent import Laurent, truncated_product
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, real_part, to_fraction
from eqcompile.groups.order import orbits, smallest_blocks
from eqcompile.groups.permutation import Images, compose
from eqcompile.symmetry.symmetry import Symmetry

MAX_PERMUTATIONS = 50_000
"""Permutations that are listed to average characters, which takes about a second; products of symmetric groups need
no list. Beyond it, weaker: the dimension is not checked by characters; the derivation does not need that."""

MAX_POINTS = 20_000_000
"""Permutations times qubits that are listed to average characters. Beyond it, weaker: the dimension is not checked by
characters; the derivation does not need that."""

MAX_PAIRS = 500_000
"""Elements that turn qubits times the cycle types of permutations that they meet. Beyond it, weaker: the dimension is
not checked by characters; the derivation does not need that."""

MAX_SOUGHT = 8
"""Locality up to which a first invariant operator is looked for, if there is none at the locality you asked for. Beyond
it, weaker: the message says up to which locality there is none."""

MAX_MONOMIALS = 200_000
"""Monomials of one polynomial in the angles of the continuous factors. Beyond it, weaker: the dimension is not
checked by characters; the derivation does not need that."""

Word: TypeAlias = tuple[int, ...]
"""The kinds of the qubits along a cycle."""


@dataclass(frozen=True)
class Cycle:
    r"""A cycle of qubits that a permutation moves: :math:`1 + t^l \chi`."""

    length: int
    character: Laurent

    def series(self, degree: int, one: Laurent) -> list[Laurent]:
        """Coefficients of powers of t."""
        return [one] + [Laurent({})] * (self.length - 1) + [self.character]


@dataclass(frozen=True)
class SymmetricOrbit:
    r"""The average over all permutations of m like qubits: :math:`\sum_{w \le m} t^w h_w`.

    .. math:: h_w = \frac1w \sum_{k=1}^w \chi(u^k)\, h_{w-k},

    the character of the w-th symmetric power.
    """

    size: int
    character: Laurent

    def series(self, degree: int, one: Laurent) -> list[Laurent]:
        """Coefficients of powers of t."""
        powers = power_traces(self.character, degree, one)
        out = [one]
        for w in range(1, min(self.size, degree) + 1):
            total = sum((powers[k - 1] * out[w - k] for k in range(1, w + 1)), start=Laurent({}))
            out.append(total.scaled(ONE / w))
        return out


Parts: TypeAlias = frozenset[tuple[Cycle | SymmetricOrbit, int]]
"""The parts of an element's character, and how often each occurs; equal for elements with equal characters."""


def why_none(symmetry: Symmetry, locality: int) -> str:
    """Why no operator on this few qubits is invariant, and what to change.

    >>> from eqcompile.symmetry.make import SU2
    >>> why_none(SU2(3), 1)
    'no operator on 1 qubit is invariant; the smallest locality that allows one is 2'
    """
    where = f"no operator on {'up to ' if locality > 1 else ''}{locality} qubit{'s' if locality > 1 else ''}"
    for larger in range(locality + 1, symmetry.num_qubits + 1):
        try:
            if larger > MAX_SOUGHT or count_by_weight(symmetry, larger)[larger]:
                found = "allow a larger locality"
                exact = f"the smallest locality that allows one is {larger}"
                return f"{where} is invariant; {found if larger > MAX_SOUGHT else exact}"
        except (LimitError, MethodError):
            return f"{where} is invariant; allow a larger locality"
    return f"{where} is invariant: the register is irreducible; use more qubits or a smaller group"


def count_by_weight(symmetry: Symmetry, locality: int) -> dict[int, int]:
    r"""Number of independent Hermitian invariants on exactly w qubits, for w up to the locality.

    .. math:: d_w = \int_G \chi_w(g) \, dg

    Args:
        symmetry: a symmetry whose factors turn or move single qubits, and normalise one another.
        locality: largest weight.

    Returns:
        The count for every weight, starting from 0 for the identity.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        MethodError: a factor entangles qubits, or two factors do not normalise one another.
        LimitError: too many elements to average over.

    References:
        Fulton and Harris, Representation Theory (1991), Secs. 2.2 and 26.2.

    >>> from eqcompile.symmetry.make import SU2, permutations
    >>> count_by_weight(SU2(4), 4), count_by_weight(SU2(4) * permutations(4, [(0, 1), (2, 3)]), 4)
    ({0: 1, 1: 0, 2: 6, 3: 4, 4: 3}, {0: 1, 1: 0, 2: 4, 3: 2, 4: 3})
    """
    n = symmetry.num_qubits
    if not 1 <= locality <= n:
        raise DimensionError(f"locality {locality} is not between 1 and the {n} qubits of the register")
    require_normalising(symmetry)
    torus = torus_of(symmetry)
    totals = [ZERO] * (locality + 1)
    elements = 0
    for parts, count in _classes(symmetry, torus, locality).items():
        elements += count
        for weight, value in enumerate(_integral(parts, locality, torus)):
            totals[weight] = totals[weight] + value * count
    return {weight: _whole(total / elements) for weight, total in enumerate(totals)}


def _whole(value: Scalar) -> int:
    count = to_fraction(real_part(value))
    assert count.denominator == 1, "an average of characters over a group is a whole number"
    return int(count)


def _classes(symmetry: Symmetry, torus: Torus, locality: int) -> Counter[Parts]:
    """How many elements have the same cycles with the same characters."""
    n = symmetry.num_qubits
    lists = motions_of(symmetry, torus)
    moves = symmetry.moves
    identity = tuple(range(n))
    elements = [composed(motions, torus, n) for motions in all_motions(lists)]
    kinds = _kinds([turns for turns, _ in elements])
    # If all permutations of every orbit are present, the average over them has a closed form, and none is listed.
    symmetric = _symmetric_orbits(moves, kinds, n)
    found: Counter[Parts] = Counter()
    if symmetric is not None and all(images == identity for _, images in elements):
        for turns, _ in elements:
            found[_orbit_parts(symmetric, turns)] += 1
        return found
    listed = _listed(moves, n)
    one = Laurent.constant(1, torus.num_variables)
    types: dict[Images, Counter[frozenset[tuple[Word, int]]]] = {}
    for turns, images in elements:
        if images not in types:
            # Cycles depend on where an element moves qubits, not on how it turns them, so they are counted once.
            types[images] = Counter(_words(compose(images, p), kinds, locality) for p in listed)
            _require_few(len(elements) * len(types[images]))
        characters = _Characters([turns[kinds.index(kind)] for kind in range(max(kinds) + 1)], one)
        for words, count in types[images].items():
            found[characters.parts(words)] += count
    return found


def _kinds(columns: Sequence[Sequence[Turn]]) -> list[int]:
    """Equal numbers for qubits that every element turns alike."""
    numbers: dict[tuple[Turn, ...], int] = {}
    return [numbers.setdefault(column, len(numbers)) for column in zip(*columns, strict=True)]


def _symmetric_orbits(
    moves: Sequence[Images], kinds: Sequence[int], num_qubits: int
) -> list[list[int]] | None:
    """The orbits, if the group has all permutations of each orbit and its qubits are alike; else ``None``.

    Transpositions among the generators, and all their images, generate the symmetric groups of what they connect.
    """
    parts = orbits(num_qubits, moves)
    pairs = [[q for q, image in enumerate(images) if q != image] for images in moves]
    blocks = smallest_blocks(num_qubits, [pair for pair in pairs if len(pair) == 2], moves)
    alike = all(len({kinds[q] for q in part}) == 1 for part in parts)
    same = sorted(map(sorted, blocks)) == sorted(map(sorted, parts))
    return parts if alike and same else None


def _orbit_parts(parts: Sequence[Sequence[int]], turns: Sequence[Turn]) -> Parts:
    return frozenset(Counter(SymmetricOrbit(len(part), trace(turns[part[0]])) for part in parts).items())


def _listed(moves: Sequence[Images], num_qubits: int) -> list[Images]:
    """Every permutation of the qubits that the generators bring about."""
    most = min(MAX_PERMUTATIONS, MAX_POINTS // num_qubits)
    identity = tuple(range(num_qubits))
    found = {identity}
    queue = [identity]
    for element in queue:  # grows while it is walked
        for move in moves:
            target = tuple([move[q] for q in element])
            if target not in found:
                found.add(target)
                queue.append(target)
                if len(found) > most:
                    raise LimitError(
                        f"the character average lists permutations that are not products of symmetric groups; on "
                        f"{num_qubits} qubits the limit is {most}"
                    )
    return queue


def _require_few(count: int) -> None:
    if count > MAX_PAIRS:
        raise LimitError(
            f"the character average runs over {count} pairs of a turn and a cycle type; the limit is {MAX_PAIRS}"
        )


def _words(images: Images, kinds: Sequence[int], longest: int) -> frozenset[tuple[Word, int]]:
    """The kinds along each cycle, in its smallest rotation; longer cycles only add higher weights."""
    seen = bytearray(len(images))
    words = []
    for start in range(len(images)):
        word = []
        point = start
        while not seen[point]:
            seen[point] = 1
            word.append(kinds[point])
            point = images[point]
        if 0 < len(word) <= longest:
            words.append(tuple(word) if len(set(word)) == 1 else min(_turned(word)))
    return frozenset(Counter(words).items())


def _turned(word: list[int]) -> Iterator[Word]:
    return (tuple(word[i:] + word[:i]) for i in range(len(word)))


class _Characters:
    """Characters of cycles, for one turn of every kind of qubit; each word is computed once."""

    def __init__(self, turns: Sequence[Turn], one: Laurent) -> None:
        self.turns, self.one = turns, one
        self.known: dict[Word, Laurent] = {}

    def parts(self, words: Iterable[tuple[Word, int]]) -> Parts:
        """The parts of one element; different words may have equal characters."""
        counts: Counter[Cycle | SymmetricOrbit] = Counter()
        for word, count in words:
            if word not in self.known:
                self.known[word] = self._character(word)
            counts[Cycle(len(word), self.known[word])] += count
        return frozenset(counts.items())

    def _character(self, word: Word) -> Laurent:
        if len(set(word)) == 1:
            return power_traces(trace(self.turns[word[0]]), len(word), self.one)[-1]
        total = self.turns[word[0]]
        for kind in word[1:]:
            total = multiplied(self.turns[kind], total)
        return trace(total)


def power_traces(character: Laurent, degree: int, one: Laurent) -> list[Laurent]:
    r"""Traces of the first powers of a rotation, from its own trace: :math:`1 + 2\cos k\theta` by angle addition."""
    double = character - one
    cosines = [one.scaled(ONE * 2), double]
    while len(cosines) <= degree:
        cosines.append(double * cosines[-1] - cosines[-2])
    return [one + cosine for cosine in cosines[1 : degree + 1]]


def _integral(parts: Parts, degree: int, torus: Torus) -> list[Scalar]:
    """The average of a product over the continuous factors, by weight: factor by factor if they share no variable."""
    one = Laurent.constant(1, torus.num_variables)
    total = [one]
    for variables, together in _connected(parts):
        series = [one]
        for part, count in together:
            series = truncated_product(series, _power(part.series(degree, one), count, degree), degree)
            _require_short(series)
        spins = sorted(variables & torus.spins)
        numbers = [Laurent.constant(_average(value, spins, torus), torus.num_variables) for value in series]
        total = truncated_product(total, numbers, degree)
    values = [value.coefficient((0,) * torus.num_variables) for value in total]
    return values + [ZERO] * (degree + 1 - len(values))


def _connected(parts: Parts) -> list[tuple[frozenset[int], list[tuple[Cycle | SymmetricOrbit, int]]]]:
    """Parts that share a variable, together with their variables."""
    groups: list[tuple[frozenset[int], list[tuple[Cycle | SymmetricOrbit, int]]]] = []
    for entry in parts:
        variables, together = entry[0].character.variables, [entry]
        for other, entries in [group for group in groups if group[0] & variables]:
            groups.remove((other, entries))
            variables, together = variables | other, together + entries
        groups.append((variables, together))
    return groups


def _power(series: list[Laurent], exponent: int, degree: int) -> list[Laurent]:
    out = series[:1]
    while exponent:
        if exponent & 1:
            out = truncated_product(out, series, degree)
        exponent >>= 1
        if exponent:
            series = truncated_product(series, series, degree)
            _require_short(series)
    return out


def _require_short(series: Sequence[Laurent]) -> None:
    count = max(len(value.terms) for value in series)
    if count > MAX_MONOMIALS:
        raise LimitError(
            f"the character average meets {count} monomials in the angles of the group; the limit is {MAX_MONOMIALS}, "
            "so choose a smaller locality"
        )


def _average(value: Laurent, spins: Sequence[int], torus: Torus) -> Scalar:
    """The constant term after multiplication by 1 - z for every SU(2)."""
    total = ZERO
    for size in range(len(spins) + 1):
        for chosen in combinations(spins, size):
            exponents = tuple(-int(i in chosen) for i in range(torus.num_variables))
            term = value.coefficient(exponents)
            total = total - term if size % 2 else total + term
    return total
