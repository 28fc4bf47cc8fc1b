r"""Laurent polynomials with exact coefficients: functions on a torus, whose Haar average is the constant term."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, final

from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, ScalarLike, scalar

Exponents: TypeAlias = tuple[int, ...]
"""One exponent for each variable."""


@final
class Laurent:
    r"""A sum :math:`\sum_e c_e \, z_1^{e_1} \cdots z_m^{e_m}` with integer exponents of either sign.

    Args:
        terms: coefficient of each monomial; zeros are dropped.

    >>> z = Laurent({(1,): ONE}) + Laurent({(-1,): ONE})
    >>> (z * z).coefficient((0,))
    QQ_I(2, 0)
    """

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Exponents, Scalar]) -> None:
        self.terms: dict[Exponents, Scalar] = {key: value for key, value in terms.items() if value}
        self._hash: int | None = None

    @classmethod
    def constant(cls, value: ScalarLike, num_variables: int) -> "Laurent":
        """A number as a constant polynomial."""
        return cls({(0,) * num_variables: scalar(value)})

    def coefficient(self, exponents: Exponents) -> Scalar:
        """Coefficient of one monomial; zero if absent."""
        return self.terms.get(exponents, ZERO)

    def scaled(self, factor: Scalar) -> "Laurent":
        """``factor * self``."""
        return Laurent({key: value * factor for key, value in self.terms.items()})

    @property
    def variables(self) -> frozenset[int]:
        """Numbers of the variables that occur."""
        return frozenset(index for key in self.terms for index, power in enumerate(key) if power)

    def __add__(self, other: "Laurent") -> "Laurent":
        out = dict(self.terms)
        for key, value in other.terms.items():
            out[key] = out[key] + value if key in out else value
        return Laurent(out)

    def __sub__(self, other: "Laurent") -> "Laurent":
        return self + other.scaled(-ONE)

    def __mul__(self, other: "Laurent") -> "Laurent":
        out: dict[Exponents, Scalar] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                key = tuple([i + j for i, j in zip(left, right, strict=True)])
                out[key] = out[key] + a * b if key in out else a * b
        return Laurent(out)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Laurent):
            return NotImplemented
        return self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __repr__(self) -> str:
        return f"Laurent({self.terms})"


def truncated_product(left: Sequence[Laurent], right: Sequence[Laurent], degree: int) -> list[Laurent]:
    """Product of two power series in t with Laurent coefficients, up to a degree.

    >>> one = Laurent.constant(1, 0)
    >>> truncated_product([one, one], [one, one], 1) == [one, one + one]
    True
    """
    out = [Laurent({}) for _ in range(min(degree, len(left) + len(right) - 2) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            if a and b and i + j < len(out):
                out[i + j] = out[i + j] + a * b
    return out
