r"""Exact numbers as expressions of SymPy, and back; no digit is rounded, and no text is parsed.

Going there, a number has the form in which it prints: rational, with one square root, or a sum of cosines. SymPy may
write some cosines with nested roots, such as :math:`\cos\frac\pi8 = \sqrt{2 + \sqrt2}/2`. These are read back as well:
:math:`2 + 2\cos\theta = (2\cos\frac\theta2)^2`.

SymPy is loaded when it is first needed.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.arguments import found
from eqcompile.errors import ArgumentError, LimitError, quoted
from eqcompile.exact.arithmetic.cyclotomic import (
    Cyclotomic,
    Number,
    Rational,
    Real,
    RealCyclotomic,
    Scalar,
    root_of_unity,
)
from eqcompile.exact.arithmetic.parse import MAX_BITS, MAX_EXPONENT, num_bits
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    cosine,
    imaginary_part,
    is_real,
    rational,
    real_part,
    scalar,
    sine,
    square_root,
    to_fraction,
)

if TYPE_CHECKING:
    import sympy

MAX_DEPTH = 100
"""Levels of an expression of SymPy that is read as a number. Beyond it, refused: call `expand()` first."""

Entries: TypeAlias = Mapping[tuple[int, int], Number]
"""Entries of a matrix by row and column; what is absent is zero."""

ALLOWED = (
    "rational numbers, I, their square roots, powers of -1, cos, sin and exp of rational multiples of pi, "
    "and sums, products and whole powers of these"
)


def to_sympy(value: Number) -> "sympy.Expr":
    """An exact number as an expression of SymPy.

    >>> from eqcompile.exact.arithmetic.parse import parse_scalar
    >>> [to_sympy(parse_scalar(text)) for text in ("1/2 - 3*i", "sqrt(3)/2", "exp(i*pi/4)", "cos(pi/7)")]
    [1/2 - 3*I, sqrt(3)/2, sqrt(2)/2 + sqrt(2)*I/2, cos(pi/7)]
    """
    import sympy

    if isinstance(value, Rational | RealCyclotomic):
        return _real(value)
    if is_real(value):
        return _real(real_part(value))
    return _real(real_part(value)) + sympy.I * _real(imaginary_part(value))


def _real(value: Real) -> "sympy.Expr":
    """Rational, or with one square root, or a sum of cosines: the form of :func:`format_real`."""
    import sympy

    if isinstance(value, Rational):
        return sympy.Rational(int(value.numerator), int(value.denominator))
    offset = Rational(value.trace.numerator, value.trace.denominator)
    surd = value - offset
    if isinstance(square := surd * surd, Rational):
        root = _real(square) ** sympy.Rational(1, 2)
        return _real(offset) + (root if surd > 0 else -root)
    turn = 2 * sympy.pi / value.order
    terms = [_real(rational(c)) * sympy.cos(k * turn) for k, c in value.cosines.items()]
    return sympy.Add(*terms)


def from_sympy(expression: "sympy.Expr | int") -> Scalar:
    """Read an expression of SymPy as an exact number.

    Args:
        expression: a number: rational numbers, ``I``, square roots, roots of unity, and sums, products and whole
            powers of these.

    Raises:
        ArgumentError: a float, a symbol, or a number that is not known to be a sum of roots of unity.
        LimitError: the number needs roots of unity of too high an order, or the expression is too deep.

    >>> import sympy
    >>> from eqcompile.exact.arithmetic.scalars import format_scalar
    >>> [format_scalar(from_sympy(x)) for x in (sympy.sqrt(3) / 2, (1 + sympy.I) ** -1, sympy.cos(sympy.pi / 8) ** 2)]
    ['1/2*sqrt(3)', '(1/2 - 1/2*i)', '(1/2 + 1/4*sqrt(2))']
    """
    if type(expression) is int:
        return scalar(expression)
    return _read(expression, 0)


def _read(expression: Any, depth: int) -> Scalar:
    import sympy

    if depth > MAX_DEPTH:
        raise LimitError(f"an expression of more than {MAX_DEPTH} levels; expand() makes it flat")
    if isinstance(expression, sympy.Float):
        raise ArgumentError(
            f"{expression} has been rounded; write it exactly, such as Rational(1, 2) or sqrt(2)/2"
        )
    if isinstance(expression, sympy.Rational):
        return scalar(Rational(expression.p, expression.q))
    if expression is sympy.I:
        return IMAGINARY_UNIT
    if isinstance(expression, sympy.Add):
        return sum((_read(term, depth + 1) for term in expression.args), start=ZERO)
    if isinstance(expression, sympy.Mul):
        product = ONE
        for factor in expression.args:
            product = product * _read(factor, depth + 1)
        return product
    if isinstance(expression, sympy.Pow):
        return _power(expression, depth)
    if isinstance(expression, sympy.exp | sympy.cos | sympy.sin):
        return _circular(expression)
    if not isinstance(expression, sympy.Expr):
        raise ArgumentError(f"a number of SymPy is needed; found {found(expression)}")
    if names := sorted(map(str, expression.free_symbols)):
        raise ArgumentError(f"{quoted(names[0])} is a symbol; substitute numbers for symbols first")
    raise _unknown(expression)


def _power(power: "sympy.Pow", depth: int) -> Scalar:
    """Whole powers, powers of -1, and powers of square roots; the principal value, as SymPy means it."""
    import sympy

    base, exponent = power.args
    if not isinstance(exponent, sympy.Rational):
        raise _unknown(power)
    if base == -1:
        return root_of_unity(2 * exponent.q, exponent.p)
    if exponent.q > 2:
        raise _unknown(power)
    number, times = _read(base, depth + 1), exponent.p
    if abs(times) > MAX_EXPONENT or (abs(times) > 2 and num_bits(number) * abs(times) > MAX_BITS):
        raise LimitError(
            f"the power {quoted(str(power))} is too large; exponents are {MAX_EXPONENT} at most, "
            f"and numbers 2**{MAX_BITS}"
        )
    if exponent.q == 2:
        root = _root(number)
        if root is None:
            raise _unknown(power)
        number = root
    if not number and times < 0:
        raise _unknown(power)
    result: Scalar = number**times
    return result


def _root(number: Scalar) -> Scalar | None:
    r"""The principal square root of a real number: of q or of :math:`q (2 + 2 \cos\theta)`, q rational."""
    if not is_real(number):
        return None
    value = real_part(number)
    unit = ONE if value >= 0 else IMAGINARY_UNIT
    size = abs(value)
    if isinstance(size, Rational):
        return scalar(square_root(size)) * unit
    for k in range(1, size.order // 2):
        angle = to_fraction(Rational(k, size.order))
        half = scalar(cosine(angle)) * 2 + 2
        if not isinstance(half, Cyclotomic) or half.order != size.order:
            continue
        # The mean of the conjugates is linear over the rationals, and that of 2 + 2 cos is at least 1 here.
        factor = size.trace / half.trace
        if factor > 0 and half * factor == scalar(size):
            outer = square_root(Rational(factor.numerator, factor.denominator))
            return scalar(outer) * 2 * scalar(abs(cosine(angle / 2))) * unit
    return None


def _circular(function: Any) -> Scalar:
    """The value of cos, sin or exp."""
    import sympy

    unit = sympy.I * sympy.pi if isinstance(function, sympy.exp) else sympy.pi
    half_turns = (function.args[0] / unit).expand()
    if not isinstance(half_turns, sympy.Rational):
        raise _unknown(function)
    turns = to_fraction(Rational(half_turns.p, 2 * half_turns.q)) % 1
    if isinstance(function, sympy.exp):
        return root_of_unity(turns.denominator, turns.numerator)
    return scalar(cosine(turns) if isinstance(function, sympy.cos) else sine(turns))


def _unknown(expression: object) -> ArgumentError:
    return ArgumentError(
        f"{quoted(str(expression))} is not known to be a sum of roots of unity; allowed: {ALLOWED}"
    )


def matrix_of(rows: int, columns: int, entries: Entries) -> "sympy.Matrix":
    """A matrix of SymPy from its entries; equal numbers are converted once.

    >>> matrix_of(2, 2, {(0, 1): ONE, (1, 0): IMAGINARY_UNIT})
    Matrix([
    [0, 1],
    [I, 0]])
    """
    import sympy

    known: dict[Number, sympy.Expr] = {}
    converted = {}
    for place, value in entries.items():
        if value not in known:
            known[value] = to_sympy(value)
        converted[place] = known[value]
    return sympy.SparseMatrix(rows, columns, converted).as_mutable()


def entries_of(matrix: "sympy.Matrix") -> dict[tuple[int, int], Scalar]:
    """The entries of a matrix of SymPy that are not zero.

    Args:
        matrix: dense or sparse, mutable or not.

    Raises:
        ArgumentError: an entry is not an exact number; see :func:`from_sympy`.
        LimitError: an entry is beyond the limits of exact numbers.

    >>> import sympy
    >>> entries_of(sympy.Matrix([[0, 1], [sympy.I, 0]]))
    {(0, 1): QQ_I(1, 0), (1, 0): QQ_I(0, 1)}
    """
    known: dict[Any, Scalar] = {}
    entries = {}
    for (row, column), expression in matrix.todok().items():
        if expression not in known:
            try:
                known[expression] = from_sympy(expression)
            except (ArgumentError, LimitError) as error:
                raise type(error)(f"entry ({row}, {column}) of the matrix: {error}") from None
        if value := known[expression]:
            entries[int(row), int(column)] = value
    return entries


def require_matrix(name: str, value: object) -> None:
    """Refuse what is not an explicit matrix of SymPy.

    Raises:
        ArgumentError: it is something else.
    """
    import sympy

    if not isinstance(value, sympy.MatrixBase):
        cure = "; as_explicit() writes it out" if isinstance(value, sympy.MatrixExpr) else ""
        raise ArgumentError(
            f"{name}: a matrix of SymPy is needed, such as sympy.Matrix([[0, 1], [1, 0]]); found {found(value)}{cure}"
        )
