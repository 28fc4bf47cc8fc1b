"""Which qubits carry which site, for when an entry is written anew."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Encode: TypeAlias = Mapping[str, Sequence[int]]
"""The qubits that carry each site."""
