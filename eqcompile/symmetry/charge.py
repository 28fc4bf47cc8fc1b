"""Charges: an internal U(1), which leaves the data unchanged."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.arithmetic.scalars import Scalar, is_rational
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, anticommute, letter, pauli_key
from eqcompile.symmetry.factor import Factor, shortened
from eqcompile.symmetry.generators import ChargeGenerator, LieGenerator


@dataclass(frozen=True)
class ChargeFactor(Factor):
    r"""An internal U(1): :math:`e^{-i\phi Q}` for a sum Q of commuting Pauli strings.

    Raises:
        DimensionError: Q is not Hermitian, its strings do not commute, or a coefficient is irrational.
    """

    charge: PauliSum
    num_sites: int = 0

    def __post_init__(self) -> None:
        if not self.charge.is_hermitian or not all(is_rational(v) for v in self.charge.terms.values()):
            raise DimensionError("a charge has real rational coefficients; multiply it by a common factor")
        if any(anticommute(a, b) for a, b in combinations(self.charge.terms, 2)):
            raise DimensionError("the strings of a charge commute with one another; these do not")

    @property
    def name(self) -> str:
        """The group and its generator."""
        text = shorthand(self.charge)
        return f"U(1) charge {shortened(text)}"

    @property
    def is_local(self) -> bool:
        """Whether no string acts on two qubits."""
        return self.charge.locality <= 1

    @cached_property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """The charge."""
        return (ChargeGenerator("Q", self.charge, self.num_sites),)

    def restricted(self, support: Sequence[int]) -> "ChargeFactor | None":
        """The strings inside the support."""
        if not self.is_local:
            raise MethodError(f"{self.name} does not act qubit by qubit")
        letters = self._letters
        terms = {pauli_key({i: letters[q][0]}): letters[q][1] for i, q in enumerate(support) if q in letters}
        return ChargeFactor(len(support), PauliSum(len(support), terms)) if terms else None

    @cached_property
    def _letters(self) -> dict[int, tuple[str, Scalar]]:
        return {
            (key[0] | key[1]).bit_length() - 1: (letter(key, (key[0] | key[1]).bit_length() - 1), value)
            for key, value in self.charge.terms.items()
            if key != IDENTITY
        }
