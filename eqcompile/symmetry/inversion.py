"""Inversion of space, which flips a parity qubit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eqcompile.exact.operators.strings import pauli_key
from eqcompile.groups.rotation import INVERSION_MATRIX
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.maps import PauliUnitary, SiteMap


@dataclass(frozen=True)
class InversionFactor(Factor):
    """x -> -x on every site, Z on the parity qubit."""

    parity: int
    num_sites: int

    @property
    def name(self) -> str:
        """Name of the group."""
        return "inversion"

    @property
    def order_text(self) -> str:
        """Two elements."""
        return "order 2"

    @property
    def parity_qubit(self) -> int:
        """The parity qubit, which it flips."""
        return self.parity

    def restricted(self, support: Sequence[int]) -> "InversionFactor | None":
        """Z on the parity qubit, if it is in the support."""
        if self.parity not in support:
            return None
        return InversionFactor(len(support), tuple(support).index(self.parity), 0)

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The inversion itself."""
        on_qubits = PauliUnitary(self.num_qubits, pauli_key({self.parity: "Z"}))
        on_data = SiteMap(tuple(range(self.num_sites)), (INVERSION_MATRIX,) * self.num_sites)
        return (FiniteGenerator(f"inversion (Z{self.parity})", on_qubits, on_data),)
