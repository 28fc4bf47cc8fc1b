"""Exact numbers from text such as ``sqrt(3)/2`` or ``exp(2*pi*i/3)``; nothing is ever executed.

Python's parser reads the text, and a whitelist walks the tree: numbers, ``+ - * / **``, ``i``, ``sqrt`` of
rational numbers, and ``cos``, ``sin``, ``exp`` of rational multiples of ``pi``, which are cyclotomic numbers.
"""

import ast
import warnings
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from eqcompile.errors import DimensionError, ExpressionError, LimitError, quoted
from eqcompile.exact.arithmetic.cyclotomic import GaussianRational, root_of_unity
from eqcompile.exact.arithmetic.cyclotomic_field import MAX_ORDER
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    Scalar,
    cosine,
    is_real,
    real_part,
    scalar,
    sine,
    square_root,
    to_fraction,
)

MAX_LENGTH = 1000
"""Characters of a number as text, such as sqrt(3)/2. Beyond it, refused: simplify the number."""

MAX_NESTING = 30
"""Brackets within brackets of a number as text. Beyond it, refused: simplify the number."""

MAX_EXPONENT = 64
"""Size of an exponent in a number as text. Beyond it, refused: write the power out."""

MAX_BITS = 1024
"""Binary digits of a numerator or denominator, the range of a double. Beyond it, refused: round the number."""

MAX_ANGLE_DENOMINATOR = MAX_ORDER // 2
"""Denominator n of an angle pi/n in a number: cos(pi/n) is a cyclotomic number of order 2n or more. Beyond it,
refused: choose a group of lower order."""

FUNCTIONS = ("cos", "exp", "sin", "sqrt")
NAMES = ("I", "i", "pi")
_ALLOWED = f"digits, + - * / **, {', '.join(NAMES)}, {', '.join(FUNCTIONS)}"


def parse_scalar(value: str | int | Decimal) -> Scalar:
    """Read a number exactly.

    Args:
        value: an expression, or a number as the spec's reader delivers it (decimals as ``Decimal``,
            never as a rounded float).

    Returns:
        The number.

    Raises:
        ExpressionError: a name, function or piece of syntax that is not allowed, a division by zero, pi outside a
            function, or a number beyond the limits.

    >>> from eqcompile.exact.arithmetic.scalars import format_scalar
    >>> [format_scalar(parse_scalar(text)) for text in ("0.1", "sqrt(3)/2", "exp(i*pi/2)", "cos(pi/5)")]
    ['1/10', '1/2*sqrt(3)', 'i', '(1/4 + 1/4*sqrt(5))']
    """
    text = str(value)
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"expression of {len(text)} characters; the limit is {MAX_LENGTH}", 0)
    reader = _Reader(text)
    number = reader.read(tree := reader.parse(), 0)
    if number.pis and number.value:
        raise reader.error("pi is allowed only inside cos, sin and exp", tree)
    return number.value


@dataclass(frozen=True)
class _Number:
    """``value * pi ** pis``."""

    value: Scalar
    pis: int = 0


class _Reader:
    """Walks a syntax tree and computes; offsets are characters of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._indent = len(text) - len(text.lstrip())
        # The parser counts columns in bytes of UTF-8, from the first character that is not a space, and starts again on
        # each line: a number must be on one line, or its text would be read from the wrong place.
        self._bytes = text.strip().replace("\n", " ").replace("\r", " ").encode("utf-8", "replace")

    def parse(self) -> ast.expr:
        if not self._bytes:
            raise ExpressionError("the expression is empty; write a number such as 1/2", 0)
        if "#" in self._text:
            # Python would skip the rest as a comment, and the number would not be what it seems.
            raise ExpressionError(f"{quoted(self._text)} is not a number expression", self._text.index("#"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self._bytes.decode(), mode="eval").body
        except SyntaxError as error:
            offset = min(max((error.offset or 1) - 1, 0), len(self._bytes)) + self._indent
            raise ExpressionError(f"{quoted(self._text)} is not a number expression", offset) from None
        except (ValueError, RecursionError, MemoryError):
            # A null byte, or nesting beyond the parser's own stack.
            raise ExpressionError(f"{quoted(self._text)} is not a number expression", 0) from None

    def read(self, node: ast.expr, depth: int) -> _Number:
        if depth > MAX_NESTING:
            raise self.error(f"nested deeper than {MAX_NESTING} levels", node)
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            operand = self.read(node.operand, depth + 1)
            return _Number(-operand.value, operand.pis) if isinstance(node.op, ast.USub) else operand
        try:
            if isinstance(node, ast.BinOp):
                return self._limited(self._binary(node, depth + 1), node)
            if isinstance(node, ast.Call):
                return self._limited(self._call(node, depth + 1), node)
        except LimitError as error:
            raise self.error(str(error), node) from None
        raise self.error(f"{self._quoted(node)} is not allowed in a number; allowed: {_ALLOWED}", node)

    def _constant(self, node: ast.Constant) -> _Number:
        if type(node.value) is int:
            return self._limited(_Number(scalar(node.value)), node)
        if type(node.value) is float:
            return self._limited(_Number(scalar(Fraction(self._decimal(node)))), node)
        cure = "; write i for the imaginary unit" if type(node.value) is complex else ""
        raise self.error(f"{self._quoted(node)} is not an exact number{cure}", node)

    def _decimal(self, node: ast.Constant) -> Decimal:
        """The number as it is written; the exponent is limited before the fraction is formed."""
        try:
            digits = Decimal(self._text_of(node))
        except InvalidOperation:
            raise self._too_large(node) from None
        if abs(digits.adjusted()) > MAX_BITS // 3:
            raise self._too_large(node)
        return digits

    def _name(self, node: ast.Name) -> _Number:
        if node.id not in NAMES:
            raise self.error(f"name {node.id!r} is not allowed; allowed: {', '.join(NAMES)}", node)
        return _Number(ONE, 1) if node.id == "pi" else _Number(IMAGINARY_UNIT)

    def _binary(self, node: ast.BinOp, depth: int) -> _Number:
        left, right = self.read(node.left, depth), self.read(node.right, depth)
        if isinstance(node.op, ast.Add | ast.Sub):
            if left.value and right.value and left.pis != right.pis:
                raise self.error("a number and a multiple of pi cannot be added exactly", node)
            sign = 1 if isinstance(node.op, ast.Add) else -1
            return _Number(left.value + right.value * sign, left.pis if left.value else right.pis)
        if isinstance(node.op, ast.Mult):
            return _Number(left.value * right.value, left.pis + right.pis)
        if isinstance(node.op, ast.Div):
            if not right.value:
                raise self.error("division by zero", node.right)
            return _Number(left.value / right.value, left.pis - right.pis)
        if isinstance(node.op, ast.Pow):
            return self._power(left, right, node)
        raise self.error("only the operations + - * / ** are allowed", node)

    def _power(self, base: _Number, exponent: _Number, node: ast.BinOp) -> _Number:
        power = _as_fraction(exponent)
        if power is None or power.denominator > 2 or abs(power) > MAX_EXPONENT:
            raise self.error(
                f"an exponent here must be a whole or half number up to {MAX_EXPONENT}", node.right
            )
        if power < 0 and not base.value:
            raise self.error("division by zero", node.left)
        if num_bits(base.value) * abs(power) > MAX_BITS:
            raise self._too_large(node)
        if power.denominator == 2:
            base = self._root(base, node.left)
        out = ONE
        for _ in range(abs(power.numerator)):
            out = out * base.value
        return _Number(ONE / out if power < 0 else out, base.pis * power.numerator)

    def _root(self, base: _Number, node: ast.expr) -> _Number:
        number = _as_fraction(base)
        if number is None:
            raise self.error(
                "a root can be taken only of a rational number; write cos(pi/8) and the like", node
            )
        root = scalar(square_root(abs(number)))
        return _Number(root * IMAGINARY_UNIT if number < 0 else root)

    def _call(self, node: ast.Call, depth: int) -> _Number:
        name = self._text_of(node.func)
        if name not in FUNCTIONS:
            raise self.error(f"function {name!r} is not allowed; allowed: {', '.join(FUNCTIONS)}", node)
        if len(node.args) != 1 or node.keywords:
            raise self.error(f"{name} takes one number", node)
        argument = self.read(node.args[0], depth)
        if name == "sqrt":
            return self._root(argument, node.args[0])
        return _Number(self._circular(name, argument, node))

    def _circular(self, name: str, argument: _Number, node: ast.Call) -> Scalar:
        angle = _Number(argument.value / IMAGINARY_UNIT, argument.pis) if name == "exp" else argument
        turns = _as_fraction(_Number(angle.value, angle.pis - 1 if angle.value else 0))
        if turns is None or turns.denominator > MAX_ANGLE_DENOMINATOR:
            unit = "i*pi" if name == "exp" else "pi"
            limit = f"with denominator up to {MAX_ANGLE_DENOMINATOR}"
            raise self.error(f"{name} takes a rational multiple of {unit} {limit}", node.args[0])
        turns = turns / 2 % 1
        if name == "exp":
            return root_of_unity(turns.denominator, turns.numerator)
        return scalar(cosine(turns) if name == "cos" else sine(turns))

    def _limited(self, number: _Number, node: ast.expr) -> _Number:
        if num_bits(number.value) > MAX_BITS:
            raise self._too_large(node)
        return number

    def _too_large(self, node: ast.expr) -> ExpressionError:
        return self.error(f"a number beyond 2**{MAX_BITS}, or finer than its inverse", node)

    def error(self, message: str, node: ast.expr) -> ExpressionError:
        before = self._bytes[: node.col_offset].decode(errors="ignore")
        return ExpressionError(message, self._indent + len(before))

    def _text_of(self, node: ast.expr) -> str:
        return self._bytes[node.col_offset : node.end_col_offset].decode(errors="ignore")

    def _quoted(self, node: ast.expr) -> str:
        return quoted(self._text_of(node))


def _as_fraction(number: _Number) -> Fraction | None:
    if number.pis or not is_real(number.value):
        return None
    try:
        return to_fraction(real_part(number.value))
    except DimensionError:
        return None


def num_bits(value: Scalar) -> int:
    """Length of the longest numerator or denominator."""
    rationals = [value.x, value.y] if isinstance(value, GaussianRational) else value.polynomial.coeffs()
    return max(int(part).bit_length() for r in rationals for part in (r.numerator, r.denominator))
