"""The Pauli strings that a k-local derivation starts from."""

from collections.abc import Iterator
from itertools import combinations, product
from math import comb

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.pauli import PauliKey, pauli_key

MAX_STRINGS = 100_000


def pauli_strings(num_qubits: int, locality: int) -> Iterator[PauliKey]:
    """All strings on 1 to ``locality`` qubits, smallest weight first.

    Raises:
        DimensionError: the locality is not between 1 and ``num_qubits``.
        LimitError: more than ``MAX_STRINGS`` strings.

    >>> len(list(pauli_strings(3, 2)))
    36
    """
    if not 1 <= locality <= num_qubits:
        raise DimensionError(
            f"locality {locality} is not between 1 and the {num_qubits} qubits of the register"
        )
    count = sum(comb(num_qubits, weight) * 3**weight for weight in range(1, locality + 1))
    if count > MAX_STRINGS:
        raise LimitError(
            f"{count} Pauli strings on up to {locality} of {num_qubits} qubits; "
            f"the limit is {MAX_STRINGS}, so choose a smaller locality"
        )
    return (
        pauli_key(dict(zip(qubits, letters, strict=True)))
        for weight in range(1, locality + 1)
        for qubits in combinations(range(num_qubits), weight)
        for letters in product("XYZ", repeat=weight)
    )
