"""Which qubits carry which site, where an entry is written anew."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Encode: TypeAlias = Mapping[str, Sequence[int]]
"""For every site the qubits that carry it."""
