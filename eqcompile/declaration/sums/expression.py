"""Combinations of sites from text such as ``(O1 - O2)/2``; read by hand, nothing is executed.

The grammar has sums, products, quotients and brackets of exact decimal numbers and names of sites. A product has at
most one factor with sites in it; a divisor has none and is not zero.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from eqcompile.declaration.yaml.wording import shown, unknown
from eqcompile.errors import ExpressionError
from eqcompile.exact.linear.combination import Combination, combination

MAX_LENGTH = 500
"""Characters of a combination of sites, such as (O1 - O2)/2. Beyond it, refused: simplify the combination."""

MAX_NESTING = 30
"""Brackets within brackets of a combination of sites. Beyond it, refused: simplify the combination."""

EXAMPLE = "a combination of sites reads like H1 - O or (O1 - O2)/2"

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?(?![A-Za-z0-9_.]))|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign>[-+*/()]))",
    re.ASCII,
)


@dataclass(frozen=True)
class _Linear:
    """A number plus a combination of sites."""

    constant: Fraction
    sites: Mapping[int, Fraction]

    def plus(self, other: "_Linear", sign: int) -> "_Linear":
        found = dict(self.sites)
        for site, value in other.sites.items():
            found[site] = found.get(site, Fraction(0)) + sign * value
        return _Linear(self.constant + sign * other.constant, found)

    def times(self, factor: Fraction) -> "_Linear":
        return _Linear(factor * self.constant, {site: factor * value for site, value in self.sites.items()})


def parse_combination(text: str, names: Mapping[str, int]) -> Combination:
    """Read a combination of sites exactly.

    Args:
        text: such as ``"(O1 - O2)/2"``.
        names: the number of every site, by name.

    Returns:
        The combination; never zero.

    Raises:
        ExpressionError: something else, an unknown site, a product of sites, a number without a site, or zero.

    >>> [(site, str(value)) for site, value in parse_combination("(A - 3*B)/2", {"A": 0, "B": 1})]
    [(0, '1/2'), (1, '-3/2')]
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"{len(text)} characters; the limit for a combination is {MAX_LENGTH}", 0)
    found = _Reader(text, names).whole()
    if found.constant:
        raise ExpressionError(f"the number {found.constant} is added to sites; {EXAMPLE}", 0)
    vector = combination(found.sites)
    if not vector:
        raise ExpressionError(f"{shown(text)} is zero for all positions; {EXAMPLE}", 0)
    return vector


class _Reader:
    """Recursive descent: a sum of products of factors."""

    def __init__(self, text: str, names: Mapping[str, int]) -> None:
        self._text, self._names = text, names
        self._at = self._start = 0
        self._depth = 0
        self._kind = self._token = ""
        self._next()

    def whole(self) -> _Linear:
        found = self._sum()
        if self._kind:
            raise self._unexpected()
        return found

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            rest = self._text[self._at :]
            self._start = self._at + len(rest) - len(rest.lstrip())
            self._kind = "other" if rest.strip() else ""
            self._token = rest.strip()[:1]
            return
        self._kind = match.lastgroup or ""
        self._token, self._start, self._at = match[self._kind], match.start(self._kind), match.end()

    def _sum(self) -> _Linear:
        sign = -1 if self._token == "-" else 1
        if self._token in ("+", "-"):
            self._next()
        total = _Linear(Fraction(0), {}).plus(self._product(), sign)
        while self._token in ("+", "-"):
            sign = -1 if self._token == "-" else 1
            self._next()
            total = total.plus(self._product(), sign)
        return total

    def _product(self) -> _Linear:
        total = self._factor()
        while self._token in ("*", "/"):
            divides, at = self._token == "/", self._start
            self._next()
            factor = self._factor()
            if divides and factor.sites:
                raise ExpressionError(f"a division by sites; {EXAMPLE}", at)
            if divides and not factor.constant:
                raise ExpressionError(f"a division by zero; {EXAMPLE}", at)
            if total.sites and factor.sites:
                raise ExpressionError(f"a product of sites; {EXAMPLE}", at)
            if divides:
                total = total.times(1 / factor.constant)
            else:
                total = factor.times(total.constant) if factor.sites else total.times(factor.constant)
        return total

    def _factor(self) -> _Linear:
        kind, token, at = self._kind, self._token, self._start
        if kind == "number":
            self._next()
            return _Linear(Fraction(token), {})
        if kind == "name":
            if token not in self._names:
                raise ExpressionError(unknown("site", token, self._names), at)
            self._next()
            return _Linear(Fraction(0), {self._names[token]: Fraction(1)})
        if token != "(":
            raise self._unexpected()
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise ExpressionError(f"brackets nested deeper than {MAX_NESTING} levels", at)
        self._next()
        found = self._sum()
        if self._token != ")":
            raise ExpressionError(f'"(" is never closed; {EXAMPLE}', at)
        self._depth -= 1
        self._next()
        return found

    def _unexpected(self) -> ExpressionError:
        what = f"unexpected {shown(self._token)}" if self._kind else "the text ends too early"
        return ExpressionError(f"{what}; {EXAMPLE}", self._start)
