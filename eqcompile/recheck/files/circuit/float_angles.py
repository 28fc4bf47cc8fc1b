r"""What a rounded number in a circuit stands for, decided with fractions, against pi to sixty digits.

The rules are tried in this order:

- below 1e-14, an angle is zero;
- a binary fraction with denominator up to 1000 is itself;
- within rounding of :math:`q\pi`, with denominator of q up to 360 or a power of two up to 2^20, it is that;
- within four units in the last place of a fraction with denominator up to 1000, it is that;
- within rounding of the sum of a fraction and a multiple of pi, both with small denominators, it is that;
- a simple multiple of an earlier number of the circuit, with or without added quarter turns, is that multiple;
- anything else is the exact binary value.

Rounding is 1e-14, relative above one radian.
"""

from fractions import Fraction
from math import gcd, ulp
from typing import Any

from eqcompile.recheck.files.unread import UnreadError

PI = Fraction(3141592653589793238462643383279502884197169399375105820974944, 10**60)
TOLERANCE = Fraction(1, 10**14)
MAX_FOLD = 360
"""Denominator of a multiple of pi that is recognised in a float. Beyond it, weaker: only powers of two are
recognised; any other float is an independent number."""

MAX_BINARY = 1 << 20
"""Power of two as the denominator of a multiple of pi that is recognised in a float. Beyond it, weaker: the float is
an independent number."""

MAX_DENOMINATOR = 1000
"""Denominator of a decimal fraction that is recognised in a float. Beyond it, weaker: the float is an independent
number."""

MAX_ULPS = 4
"""Rounding errors, in units in the last place, that such a decimal fraction may carry. Beyond it, weaker: the float
is an independent number."""

MAX_MIXED = 20
"""Denominator of the radians added to a multiple of pi in a sum that is recognised in a float. Beyond it, weaker: the
float is an independent number."""

MAX_RADIANS = 20
"""Radians added to a multiple of pi in a sum that is recognised in a float. Beyond it, weaker: the float is an
independent number."""

MAX_RATIO = 64
"""Numerator and denominator of the ratio of two floats that are tied to each other. Beyond it, weaker: the float is
an independent number."""

MAX_QUARTERS = 16
"""Quarter turns between two floats that are tied to each other. Beyond it, weaker: the float is an independent
number."""

MAX_LITERALS = 2000
"""Floats of a circuit that are independent numbers. Beyond it, refused: use parameters or simple fractions of pi, or
recheck without `--circuit`."""

MIXED_FOLDS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24)
SHIFTED_RATIOS = (Fraction(1), Fraction(-1), Fraction(2), Fraction(-2), Fraction(1, 2), Fraction(-1, 2))

Parts = tuple[Fraction, Fraction]
"""A number of radians, and a multiple of pi."""


class FloatReader:
    """Reads the numbers of one circuit; remembers those that stand for nothing simple, to which later ones may be tied.

    Attributes:
        notes: what each number was read as, unless it is taken as it is.
    """

    def __init__(self) -> None:
        self._literals: list[Fraction] = []
        self._known: dict[Fraction, Parts] = {}
        self.notes: dict[str, None] = {}

    def angle(self, value: Any) -> Parts:
        """Read a number that is an angle by itself."""
        exact = exact_value(value)
        if exact and abs(exact) <= TOLERANCE:
            self._note(exact, "0")
            return Fraction(0), Fraction(0)
        return self.number(value)

    def number(self, value: Any) -> Parts:
        """Read a number anywhere."""
        exact = exact_value(value)
        if exact not in self._known:
            self._known[exact] = self._read(exact)
        return self._known[exact]

    def _read(self, v: Fraction) -> Parts:
        if v.denominator <= MAX_DENOMINATOR:
            return v, Fraction(0)
        if (q := multiple_of_pi(v)) is not None:
            if Fraction(float_of(q * PI)) != v:
                self._note(v, f"{q}*pi")
            return Fraction(0), q
        # A plain multiple of pi was tried first: few numbers are near one by chance. Sums of both come last, because
        # they fit more numbers than either alone.
        simple = v.limit_denominator(MAX_DENOMINATOR)
        if simple and abs(simple - v) <= MAX_ULPS * Fraction(ulp(float_of(v))):
            if Fraction(float_of(simple)) != v:
                self._note(v, str(simple))
            return simple, Fraction(0)
        found = _mixed(v) or self._tied(v)
        if found is not None and (found[1] or found[0] != v):
            self._note(v, f"{found[0]} + {found[1]}*pi")
        if found is not None:
            return found
        if len(self._literals) >= MAX_LITERALS:
            raise UnreadError(f"a circuit of more than {MAX_LITERALS} rounded numbers")
        self._literals.append(v)
        return v, Fraction(0)

    def _tied(self, v: Fraction) -> Parts | None:
        """A simple multiple of an earlier number, or one with added quarter turns."""
        room = rounding(v)
        for base in self._literals:
            ratio = (v / base).limit_denominator(MAX_RATIO)
            if ratio and abs(ratio.numerator) <= MAX_RATIO and abs(v - ratio * base) <= room:
                return ratio * base, Fraction(0)
        for base in self._literals:
            for ratio in SHIFTED_RATIOS:
                quarters = round((v - ratio * base) * 2 / PI)
                if 0 < abs(quarters) <= MAX_QUARTERS and abs(v - ratio * base - quarters * PI / 2) <= room:
                    return ratio * base, Fraction(quarters, 2)
        return None

    def _note(self, v: Fraction, form: str) -> None:
        self.notes[f"{float_of(v)!r} = {form}"] = None


def exact_value(value: Any) -> Fraction:
    """The exact binary value of a number given by Qiskit.

    Raises:
        UnreadError: the value is not finite, not real, or not a number.
    """
    number = getattr(value, "item", lambda: value)()
    if isinstance(number, complex) and not number.imag:
        number = number.real
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise UnreadError(f"the gate parameter {str(value)[:40]!r}")
    try:
        return Fraction(number)
    except (ValueError, OverflowError):
        raise UnreadError(f"the gate parameter {str(value)[:40]!r}") from None


def float_of(value: Fraction) -> Any:
    """The rounded number next to a fraction."""
    return value.numerator / value.denominator


def rounding(value: Fraction) -> Fraction:
    """The error that a number may carry; for a small number, never more than 1e-12 of it."""
    size = abs(value)
    return TOLERANCE * max(min(Fraction(1), 100 * size), size)


def multiple_of_pi(value: Fraction) -> Fraction | None:
    """The simple multiple of pi that a number equals up to rounding.

    >>> multiple_of_pi(Fraction(0.7853981633974483)), multiple_of_pi(Fraction(0.7853981633))
    (Fraction(1, 4), None)
    """
    quotient = value / PI
    for q in (quotient.limit_denominator(MAX_FOLD), Fraction(round(quotient * MAX_BINARY), MAX_BINARY)):
        if q and abs(q * PI - value) <= rounding(value):
            return q
    return None


def _mixed(value: Fraction) -> Parts | None:
    room = rounding(value)
    for fold in MIXED_FOLDS:
        for k in range(-4 * fold, 4 * fold + 1):
            if not k or gcd(k, fold) != 1:
                continue
            rest = value - k * PI / fold
            if abs(rest) > MAX_RADIANS:
                continue
            simple = rest.limit_denominator(MAX_MIXED)
            if simple and abs(rest - simple) <= room:
                return simple, Fraction(k, fold)
    return None
