"""Parameter expressions of Qiskit as polynomials, by walking the tree of the SymPy expression that Qiskit gives.

The angles of a vector are not polynomials in its coordinates. Where an expression is one of the three that occur in a
circuit in positions (azimuth, elevation, length), a symbol stands for it. These three are written out here once more.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.algebra.angles import Angle, Monomial
from eqcompile.recheck.files.circuit.float_angles import PI as PI_DIGITS
from eqcompile.recheck.files.circuit.float_angles import FloatReader, float_of
from eqcompile.recheck.files.unread import UnreadError

Polynomial: TypeAlias = dict[tuple[Monomial, int], Fraction]
"""Coefficient of every product of parameters and power of pi."""

MAX_TERMS = 1000
"""Terms of an angle as a polynomial in the parameters, and the exponents in it. Beyond it, refused: introduce a
parameter for a part of it, or recheck without `--circuit`."""

MAX_LEVELS = 60
"""Expressions within expressions in an angle. Beyond it, refused: simplify the angle, or recheck without
`--circuit`."""

LARGE = 10**100
"""Coordinates are in units of 1e-100 angstrom. The term that keeps a denominator away from zero is 1 in these units."""


class ExpressionReader:
    """Reads the angles of one circuit.

    Args:
        vectors: for every site, the names of its three coordinates and of the symbols for azimuth, elevation and
            length.

    Attributes:
        floats: reads the rounded numbers.
        met: sites whose expressions were found.
    """

    def __init__(self, vectors: Mapping[str, tuple[tuple[str, str, str], tuple[str, str, str]]]) -> None:
        self.floats = FloatReader()
        self.met: set[str] = set()
        self._forms: dict[Any, tuple[str, str]] = {}
        self._parameters: dict[str, Any] = {}
        for site, (coordinates, symbols) in vectors.items():
            for form, symbol in zip(_vector_forms(*coordinates), symbols, strict=True):
                self._forms[form] = site, symbol

    def angle(self, value: Any) -> Angle:
        """The exact form of a gate parameter.

        Raises:
            UnreadError: the angle is not a polynomial in the parameters.
        """
        if not getattr(value, "parameters", None):
            number = value.numeric() if hasattr(value, "numeric") else value
            radians, turns = self.floats.angle(number)
            return Angle({(): radians} if radians else {}, turns)
        for parameter in value.parameters:
            if self._parameters.setdefault(parameter.name, parameter) != parameter:
                raise UnreadError(f"two parameters that are both called {quoted(parameter.name)}")
        polynomial = self._read(value.sympify(), 0)
        constant = polynomial.get(((), 0), Fraction(0))
        if constant and not any(self.floats.angle(float_of(constant))):
            # This is a residue where a transpiler adds and subtracts.
            polynomial = {key: value for key, value in polynomial.items() if key != ((), 0)}
        return _angle(polynomial)

    def _read(self, node: Any, level: int) -> Polynomial:
        if level > MAX_LEVELS:
            raise UnreadError(f"the angle {quoted(str(node))}")
        # An expression for the azimuth, elevation or length of a site is one symbol, and is not opened any further.
        if node in self._forms:
            site, symbol = self._forms[node]
            self.met.add(site)
            return {((symbol,), 0): Fraction(1)}
        kind = type(node).__name__
        if node.is_Symbol:
            return {((str(node.name),), 0): Fraction(1)}
        if kind == "Pi":
            return {((), 1): Fraction(1)}
        if node.is_Rational:
            return _kept({((), 0): Fraction(int(node.p), int(node.q))})
        if node.is_Float:
            radians, turns = self.floats.number(_float(node))
            return _kept({((), 0): radians, ((), 1): turns})
        if node.is_Add:
            total: Polynomial = {}
            for part in node.args:
                for key, value in self._read(part, level + 1).items():
                    total[key] = total.get(key, Fraction(0)) + value
            return _kept(total)
        if node.is_Mul:
            return self._product(node, level)
        if node.is_Pow:
            return self._power(node, level)
        raise UnreadError(f"the angle {quoted(str(node))}")

    def _product(self, node: Any, level: int) -> Polynomial:
        """A product; one of the forms may consist of some of its factors."""
        factors = list(node.args)
        out: Polynomial = {((), 0): Fraction(1)}
        for form, (site, symbol) in self._forms.items():
            parts = form.args if form.is_Mul else ()
            left = list(factors)
            sign = _without(left, parts)
            if parts and sign:
                self.met.add(site)
                out = _times(out, {((symbol,), 0): Fraction(sign)})
                factors = left
        for factor in factors:
            out = _times(out, self._read(factor, level + 1))
        return out

    def _power(self, node: Any, level: int) -> Polynomial:
        base, exponent = node.args
        whole = self._read(exponent, level + 1)
        power = whole.get(((), 0), Fraction(0))
        if set(whole) - {((), 0)} or power.denominator != 1 or abs(power) > MAX_TERMS:
            raise UnreadError(f"the angle {quoted(str(node))}")
        inside = self._read(base, level + 1)
        if power < 0:
            if len(inside) != 1 or next(iter(inside))[0]:
                raise UnreadError(f"the angle {quoted(str(node))}")
            (((_, pis), value),) = inside.items()
            inside, power = {((), -pis): 1 / value}, -power
        out: Polynomial = {((), 0): Fraction(1)}
        for _ in range(int(power)):
            out = _times(out, inside)
        return out


def _without(factors: list[Any], parts: tuple[Any, ...]) -> int:
    """Take the parts out of the factors; return the sign with which they occur, 1 or -1, or 0 if they do not occur."""
    sign = 1
    for part in parts:
        if part in factors:
            factors.remove(part)
        elif (opposite := -part) in factors or (opposite := (-part).expand()) in factors:
            factors.remove(opposite)
            sign = -sign
        else:
            return 0
    return sign


def _vector_forms(x: str, y: str, z: str) -> tuple[Any, Any, Any]:
    """Azimuth, elevation and length of a vector, as circuits in positions compute them with arctan alone.

    With y' = y + 1: azimuth = sign(y') (pi/2 - arctan(x/|y'|)), elevation = arctan(z / sqrt(x^2 + y^2 + 1)).
    """
    from qiskit.circuit import Parameter

    a, b, c = (Parameter(name) for name in (x, y, z))
    u, v, w = (float_of(Fraction(LARGE)) * p for p in (a, b, c))
    half, one = float_of(Fraction(1, 2)), float_of(Fraction(1))
    shifted = v + one
    size = (shifted * shifted) ** half
    azimuth = shifted / size * (float_of(PI_DIGITS / 2) - (u / size).arctan())
    elevation = (w / (u * u + v * v + one) ** half).arctan()
    length = (a * a + b * b + c * c) ** half
    return azimuth.sympify(), elevation.sympify(), length.sympify()


def _float(node: Any) -> Any:
    """The rounded number of a SymPy float."""
    from sympy import Rational

    exact = Rational(node)
    return float_of(Fraction(int(exact.p), int(exact.q)))


def _kept(polynomial: Polynomial) -> Polynomial:
    return {key: value for key, value in polynomial.items() if value}


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > MAX_TERMS:
        raise UnreadError(f"an angle of more than {MAX_TERMS} terms")
    out: Polynomial = {}
    for (a, k), v in left.items():
        for (b, m), w in right.items():
            key = tuple(sorted((*a, *b))), k + m
            out[key] = out.get(key, Fraction(0)) + v * w
    return _kept(out)


def _angle(polynomial: Polynomial) -> Angle:
    """The angle. A multiple of pi stays one where it stands alone; next to a parameter it is a number."""
    rounded_pi = Fraction(float_of(PI_DIGITS))
    terms: dict[Monomial, Fraction] = {}
    for (monomial, pis), value in polynomial.items():
        if (monomial, pis) != ((), 1):
            terms[monomial] = terms.get(monomial, Fraction(0)) + value * rounded_pi**pis
    turns = polynomial.get(((), 1), Fraction(0))
    return Angle({key: value for key, value in terms.items() if value}, turns)
