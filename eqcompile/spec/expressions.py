"""Exact numbers from text such as ``sqrt(3)/2`` or ``2*pi/3``; nothing is ever executed.

Python's parser reads the text, and a whitelist walks the tree: numbers, ``+ - * / **``, ``pi``, ``i`` and
the functions ``cos``, ``exp``, ``sin``, ``sqrt`` with arguments for which the result is an algebraic number.
"""

import ast
import warnings
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from eqcompile.errors import ExpressionError
from eqcompile.spec.wording import shown

MAX_LENGTH = 200
MAX_NESTING = 30
MAX_OPERATIONS = 100
MAX_EXPONENT = 64
MAX_EXPONENT_OF_RADICAL = 4
MAX_BITS = 1024
"""Numerators and denominators stay below 2^1024: nobody means an angle beyond a double's range."""
MAX_ANGLE_DENOMINATOR = 360
"""The degree of cos(pi/n) grows like n: a larger n would be right, but no later step could carry it."""

FUNCTIONS = ("cos", "exp", "sin", "sqrt")
NAMES = ("I", "i", "pi")
_ALLOWED = f"digits, + - * / **, {', '.join(NAMES)}, {', '.join(FUNCTIONS)}"

Number: TypeAlias = Any
"""An exact SymPy number."""


def parse_scalar(value: str | int | Decimal) -> Number:
    """Read a number exactly.

    Args:
        value: an expression, or a number as the spec's reader delivers it (decimals as ``Decimal``,
            never as a rounded float).

    Returns:
        A SymPy number: rational, algebraic, or with powers of pi.

    Raises:
        ExpressionError: a name, function or piece of syntax that is not allowed, a division by
            zero, or a number beyond the limits.

    >>> parse_scalar("0.1"), parse_scalar("sqrt(3)/2"), parse_scalar("exp(i*pi/2)")
    (1/10, sqrt(3)/2, I)
    """
    text = str(value)
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"expression of {len(text)} characters; the limit is {MAX_LENGTH}", 0)
    reader = _Reader(text)
    number = reader.read(reader.parse(), 0)
    return number


class _Reader:
    """Walks a syntax tree and computes; offsets are characters of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._indent = len(text) - len(text.lstrip())
        # The parser counts columns in bytes of UTF-8, from the first character that is not a space.
        self._bytes = text.strip().replace("\n", " ").encode("utf-8", "replace")

    def parse(self) -> ast.expr:
        if not self._bytes:
            raise ExpressionError("the expression is empty; write a number such as 1/2", 0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self._bytes.decode(), mode="eval").body
        except SyntaxError as error:
            offset = min(max((error.offset or 1) - 1, 0), len(self._bytes)) + self._indent
            raise ExpressionError(f"{shown(self._text)} is not a number expression", offset) from None
        except (ValueError, RecursionError, MemoryError):
            # A null byte, or nesting beyond what the parser's own stack holds.
            raise ExpressionError(f"{shown(self._text)} is not a number expression", 0) from None

    def read(self, node: ast.expr, depth: int) -> Number:
        if depth > MAX_NESTING:
            raise self._error(f"nested deeper than {MAX_NESTING} levels", node)
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            operand = self.read(node.operand, depth + 1)
            return -operand if isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.BinOp):
            return self._limited(self._binary(node, depth + 1), node)
        if isinstance(node, ast.Call):
            return self._limited(self._call(node, depth + 1), node)
        raise self._error(f"{self._quoted(node)} is not allowed in a number; allowed: {_ALLOWED}", node)

    def _constant(self, node: ast.Constant) -> Number:
        from sympy import Integer, Rational

        if type(node.value) is int:
            return self._limited(Integer(node.value), node)
        if type(node.value) is float:
            return self._limited(Rational(*self._decimal(node).as_integer_ratio()), node)
        cure = "; write i for the imaginary unit" if type(node.value) is complex else ""
        raise self._error(f"{self._quoted(node)} is not an exact number{cure}", node)

    def _decimal(self, node: ast.Constant) -> Decimal:
        """The number as written; the exponent is limited before the fraction is formed."""
        try:
            digits = Decimal(self._text_of(node))
        except InvalidOperation:
            raise self._too_large(node) from None
        if abs(digits.adjusted()) > MAX_BITS // 3:
            raise self._too_large(node)
        return digits

    def _name(self, node: ast.Name) -> Number:
        from sympy import I, pi

        if node.id not in NAMES:
            raise self._error(f"name {node.id!r} is not allowed; allowed: {', '.join(NAMES)}", node)
        return pi if node.id == "pi" else I

    def _binary(self, node: ast.BinOp, depth: int) -> Number:
        left, right = self.read(node.left, depth), self.read(node.right, depth)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            if _is_zero(right):
                raise self._error("division by zero", node.right)
            return left / right
        if isinstance(node.op, ast.Pow):
            return self._power(left, right, node)
        raise self._error("only the operations + - * / ** are allowed", node)

    def _power(self, base: Number, exponent: Number, node: ast.BinOp) -> Number:
        limit = MAX_EXPONENT if base.is_Rational else MAX_EXPONENT_OF_RADICAL
        if not exponent.is_Rational or max(abs(exponent.p), exponent.q) > limit:
            raise self._error(f"an exponent here is a rational number up to {limit}", node.right)
        if exponent < 0 and _is_zero(base):
            raise self._error("division by zero", node.left)
        if base.is_Rational and _bits(base) * abs(exponent) > MAX_BITS:
            raise self._too_large(node)
        return (base**exponent).expand() if exponent.is_Integer else self._root(base, exponent, node.left)

    def _root(self, base: Number, exponent: Number, node: ast.expr) -> Number:
        if not base.is_algebraic:
            raise self._error("a root is taken of an algebraic number only, not of pi", node)
        return base**exponent

    def _call(self, node: ast.Call, depth: int) -> Number:
        from sympy import Rational

        name = self._text_of(node.func)
        if name not in FUNCTIONS:
            raise self._error(f"function {name!r} is not allowed; allowed: {', '.join(FUNCTIONS)}", node)
        if len(node.args) != 1 or node.keywords:
            raise self._error(f"{name} takes one number", node)
        argument = self.read(node.args[0], depth)
        if name == "sqrt":
            return self._root(argument, Rational(1, 2), node.args[0])
        return self._circular(name, argument, node)

    def _circular(self, name: str, argument: Number, node: ast.Call) -> Number:
        from sympy import I, cos, pi, sin

        turns = argument / (I * pi if name == "exp" else pi)
        if not turns.is_Rational or turns.q > MAX_ANGLE_DENOMINATOR:
            unit = "i*pi" if name == "exp" else "pi"
            limit = f"with denominator up to {MAX_ANGLE_DENOMINATOR}"
            raise self._error(f"{name} takes a rational multiple of {unit} {limit}", node.args[0])
        angle = turns * pi
        return {"cos": cos(angle), "sin": sin(angle), "exp": cos(angle) + I * sin(angle)}[name]

    def _limited(self, number: Number, node: ast.expr) -> Number:
        from sympy import Rational

        if any(_bits(part) > MAX_BITS for part in number.atoms(Rational)):
            raise self._too_large(node)
        if number.count_ops() > MAX_OPERATIONS:
            raise self._error(f"a number of more than {MAX_OPERATIONS} operations; write a shorter one", node)
        return number

    def _too_large(self, node: ast.expr) -> ExpressionError:
        return self._error(f"a number beyond 2**{MAX_BITS}, or finer than its inverse", node)

    def _error(self, message: str, node: ast.expr) -> ExpressionError:
        before = self._bytes[: node.col_offset].decode(errors="ignore")
        return ExpressionError(message, self._indent + len(before))

    def _text_of(self, node: ast.expr) -> str:
        return self._bytes[node.col_offset : node.end_col_offset].decode(errors="ignore")

    def _quoted(self, node: ast.expr) -> str:
        return shown(self._text_of(node))


def _bits(number: Number) -> int:
    """Length of the longer one of numerator and denominator."""
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def _is_zero(number: Number) -> bool:
    """Whether a number is zero, or cannot be told from zero: neither may divide."""
    if number.is_zero is not None:
        return bool(number.is_zero)
    return number.equals(0) is not False
