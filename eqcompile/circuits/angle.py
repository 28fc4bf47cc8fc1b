r"""Exact angles of gates: rational combinations of products of parameters, of pi, and of one radian.

Products of different parameters, pi and the number 1 are linearly independent over the rationals as functions. By the
Lindemann-Weierstrass theorem their exponentials are algebraically independent, except that :math:`e^{i\pi q}` is a root
of unity. A polynomial identity test may therefore draw each of them at random.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from eqcompile.errors import MethodError

Monomial: TypeAlias = tuple[str, ...]
"""A product of parameters, sorted by name; the empty product is the number 1, that is, one radian."""

ONE_RADIAN: Monomial = ()


@dataclass(frozen=True)
class ExactAngle:
    """``sum of coefficient * monomial + pi_multiple * pi``.

    Attributes:
        terms: monomials with their coefficients, sorted; no coefficient is zero.
        pi_multiple: the constant part, in units of pi.
    """

    terms: tuple[tuple[Monomial, Fraction], ...] = ()
    pi_multiple: Fraction = Fraction(0)

    @classmethod
    def of(cls, terms: Mapping[Monomial, Fraction], pi_multiple: Fraction = Fraction(0)) -> "ExactAngle":
        """The angle with these terms; zeros are dropped.

        >>> ExactAngle.of({("a",): Fraction(1, 2)}, Fraction(1))
        1/2*a + pi
        """
        kept = tuple(sorted((monomial, value) for monomial, value in terms.items() if value))
        return cls(kept, pi_multiple)

    @classmethod
    def parameter(cls, name: str) -> "ExactAngle":
        """The angle that is one parameter."""
        return cls.of({(name,): Fraction(1)})

    @classmethod
    def of_pi(cls, multiple: Fraction | int) -> "ExactAngle":
        """A multiple of pi."""
        return cls((), Fraction(multiple))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept, since angles are looked up far more often than made."""
        return hash((self.terms, self.pi_multiple))

    def __getstate__(self) -> dict[str, object]:
        # Another process has other hashes of names.
        return {"terms": self.terms, "pi_multiple": self.pi_multiple}

    @property
    def parameters(self) -> frozenset[str]:
        """Names of all parameters in it."""
        return frozenset(name for monomial, _ in self.terms for name in monomial)

    def __add__(self, other: "ExactAngle") -> "ExactAngle":
        terms = dict(self.terms)
        for monomial, value in other.terms:
            terms[monomial] = terms.get(monomial, Fraction(0)) + value
        return ExactAngle.of(terms, self.pi_multiple + other.pi_multiple)

    def __neg__(self) -> "ExactAngle":
        return self * Fraction(-1)

    def __sub__(self, other: "ExactAngle") -> "ExactAngle":
        return self + -other

    def __mul__(self, factor: Fraction | int) -> "ExactAngle":
        return ExactAngle.of({m: v * factor for m, v in self.terms}, self.pi_multiple * factor)

    def substituted(self, images: Mapping[str, "ExactAngle"]) -> "ExactAngle":
        """Replace parameters by angles that are linear in other parameters.

        Raises:
            MethodError: a parameter that stands in a product becomes a multiple of pi.

        >>> a, b = ExactAngle.parameter("a"), ExactAngle.parameter("b")
        >>> (a + b).substituted({"a": b, "b": ExactAngle.of_pi(1) - a})
        -a + b + pi
        """
        total = ExactAngle((), self.pi_multiple)
        for monomial, value in self.terms:
            factors = [images.get(name, ExactAngle.parameter(name)) for name in monomial]
            if len(factors) == 1:
                total = total + factors[0] * value
                continue
            product: dict[Monomial, Fraction] = {(): value}
            for factor in factors:
                if factor.pi_multiple:
                    raise MethodError(f"pi times {'*'.join(monomial)} is not an angle of this form")
                product = _expanded(product, factor)
            total = total + ExactAngle.of(product)
        return total

    def __repr__(self) -> str:
        parts = [_term(value, "*".join(monomial)) for monomial, value in self.terms]
        if self.pi_multiple:
            parts.append(_term(self.pi_multiple, "pi"))
        return " + ".join(parts).replace("+ -", "- ") or "0"


def _expanded(product: Mapping[Monomial, Fraction], factor: ExactAngle) -> dict[Monomial, Fraction]:
    out: dict[Monomial, Fraction] = {}
    for left, a in product.items():
        for right, b in factor.terms:
            key = tuple(sorted((*left, *right)))
            out[key] = out.get(key, Fraction(0)) + a * b
    return out


def _term(value: Fraction, symbol: str) -> str:
    if not symbol:
        return str(value)
    if abs(value) == 1:
        return symbol if value > 0 else f"-{symbol}"
    return f"{value}*{symbol}"
