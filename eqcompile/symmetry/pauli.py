"""Pauli strings as symmetries."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eqcompile.exact.arithmetic.scalars import ONE
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, letter, pauli_key
from eqcompile.symmetry.factor import Factor, shortened
from eqcompile.symmetry.generators import FiniteGenerator, identity_map
from eqcompile.symmetry.maps import PauliUnitary


@dataclass(frozen=True)
class PauliFactor(Factor):
    """The group that Pauli strings generate; conjugation by one flips the sign of strings that anticommute with it."""

    keys: tuple[PauliKey, ...]
    num_sites: int = 0

    @property
    def name(self) -> str:
        """The group and its strings."""
        text = ", ".join(str(op) for op in self._strings)
        return f"Pauli group of {shortened(text)}"

    @property
    def order_text(self) -> str:
        """Number of strings, up to phases."""
        return f"order {2**self._rank} up to phases"

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The strings."""
        return tuple(
            FiniteGenerator(str(op), PauliUnitary(self.num_qubits, key), identity_map(self.num_sites))
            for op, key in zip(self._strings, self.keys, strict=True)
        )

    def restricted(self, support: Sequence[int]) -> "PauliFactor | None":
        """The restriction of each string to the support; identities stay, to keep the places comparable."""
        keys = tuple(pauli_key({i: letter(key, q) for i, q in enumerate(support)}) for key in self.keys)
        return PauliFactor(len(support), keys) if any(key != IDENTITY for key in keys) else None

    @property
    def _strings(self) -> list[PauliSum]:
        return [PauliSum(self.num_qubits, {key: ONE}) for key in self.keys]

    def holds(self, key: PauliKey) -> bool:
        """Whether a string is a product of the generators, up to a phase."""
        return not self._remainder(key, self._basis)

    @property
    def _rank(self) -> int:
        return len(self._basis)

    @cached_property
    def _basis(self) -> list[int]:
        """Independent strings as words of 2n bits, by elimination over two elements."""
        basis: list[int] = []
        for key in self.keys:
            if word := self._remainder(key, basis):
                basis.append(word)
        return basis

    def _remainder(self, key: PauliKey, basis: Sequence[int]) -> int:
        word = key[0] << self.num_qubits | key[1]
        for row in basis:
            word = min(word, word ^ row)
        return word
