"""The Pauli strings that a local derivation starts from."""

from collections.abc import Iterator
from itertools import product

from eqcompile.errors import LimitError
from eqcompile.exact.operators.strings import PauliKey, pauli_key

MAX_WEIGHT = 8
"""Locality of a derivation: 3^8 = 6561 strings on one set of qubits; where no Clifford elements are in the group, the
exact elimination of more takes hours. Beyond it, refused: choose a smaller locality."""


def full_strings(num_qubits: int) -> Iterator[PauliKey]:
    """All strings that act on every one of the qubits.

    Raises:
        LimitError: more than ``MAX_WEIGHT`` qubits.

    >>> len(list(full_strings(2)))
    9
    """
    if num_qubits > MAX_WEIGHT:
        raise LimitError(
            f"operators on {num_qubits} qubits at once; the limit is {MAX_WEIGHT}, so choose a smaller locality"
        )
    return (pauli_key(dict(enumerate(letters))) for letters in product("XYZ", repeat=num_qubits))
