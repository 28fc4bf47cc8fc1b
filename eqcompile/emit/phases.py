"""Angles as numbers, and the global phase of a circuit summed before it becomes an expression of Qiskit.

The phases of one gate cancel or nearly do. Added one by one to ``circuit.global_phase`` they stay in an expression that
Qiskit takes exponentially long to simplify: eight layers of a model took seven seconds, and thirty would not finish.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from eqcompile.circuits.angle import ExactAngle, Monomial
from eqcompile.exact.arithmetic.scalars import Real, real, to_float
from eqcompile.passes.lowering.primitives import Angle


def linear_form(angle: Angle) -> tuple[dict[Monomial, float], float]:
    """Coefficients of the parameters, and the constant; products of fractions are rounded once.

    >>> linear_form(Angle(ExactAngle.parameter("w"), Fraction(1, 2)))
    ({('w',): 0.5}, 0.0)
    """
    base, factor = angle.base, angle.factor
    if isinstance(factor, Fraction):
        scaled = base * factor
        terms = {monomial: float(value) for monomial, value in scaled.terms}
        return terms, float(scaled.pi_multiple + angle.pi_multiple) * math.pi
    number = to_float(factor)
    constant = (number * float(base.pi_multiple) + float(angle.pi_multiple)) * math.pi
    return {monomial: number * float(value) for monomial, value in base.terms}, constant


@dataclass
class TotalPhase:
    """A sum of angles, exact as long as they are.

    Attributes:
        factors: factor of every exact angle.
        pi_multiple: the constant part.
        rounded: further factors that are known only as rounded numbers.
    """

    factors: dict[ExactAngle, Fraction | Real] = field(default_factory=dict)
    pi_multiple: Fraction = Fraction(0)
    rounded: dict[ExactAngle, float] = field(default_factory=dict)

    def copy(self) -> "TotalPhase":
        """Another sum with the same value."""
        return TotalPhase(dict(self.factors), self.pi_multiple, dict(self.rounded))

    def add(self, angle: Angle) -> None:
        """Add an exact angle; what cancels is forgotten."""
        self.pi_multiple = (self.pi_multiple + angle.pi_multiple) % 2
        before, factor = self.factors.pop(angle.base, Fraction(0)), angle.factor
        if isinstance(before, Fraction) and isinstance(factor, Fraction):
            total: Fraction | Real = before + factor
        else:
            total = _as_real(before) + _as_real(factor)
        if total:
            self.factors[angle.base] = total

    def add_rounded(self, angle: ExactAngle, factor: float) -> None:
        """Add a rounded multiple of an exact angle."""
        self.rounded[angle] = self.rounded.get(angle, 0.0) + factor

    def total(self) -> tuple[dict[Monomial, float], float]:
        """Coefficients of the parameters, and the constant."""
        terms: dict[Monomial, float] = {}
        constant = float(self.pi_multiple) * math.pi
        parts = [linear_form(Angle(base, factor)) for base, factor in self.factors.items()]
        for base, number in self.rounded.items():
            of_base, of_pi = linear_form(Angle(base))
            parts.append(({monomial: number * value for monomial, value in of_base.items()}, number * of_pi))
        for of_part, more in parts:
            constant += more
            for monomial, value in of_part.items():
                terms[monomial] = terms.get(monomial, 0.0) + value
        return {monomial: value for monomial, value in terms.items() if value}, constant


def _as_real(number: Fraction | Real) -> Real:
    return real(number) if isinstance(number, Fraction) else number
