"""From a symmetry built in Python back to the entries of a spec: the inverse of :mod:`eqcompile.declaration.lift`."""

from collections.abc import Iterator

from eqcompile.declaration.entries.table import FACTORS
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Symmetry as Entry
from eqcompile.errors import MethodError
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.symmetry import Symmetry


def entries_of(symmetry: Symmetry, encode: Encode) -> tuple[Entry, ...]:
    """The entries by which a spec would declare this symmetry.

    Args:
        symmetry: a group built in Python. Only its action on the qubits counts; that on sites follows from where they
            are uploaded.
        encode: the qubits of each site; empty without sites, or where the compiler places them.

    Returns:
        One entry for each factor, in the order in which they were combined, without repetitions; several unitaries give
        one entry each. Permutations that move whole sites are written on sites. Without sites an inversion is Z on its
        parity qubit.

    Raises:
        MethodError: a spec cannot express a factor.

    >>> from eqcompile.symmetry.make import SU2, permutations
    >>> pairs = SU2(4) * permutations(4, [(0, 1), (2, 3)])
    >>> entries_of(pairs, {"A": [0, 2], "B": [1, 3]})[1].cycles
    ((('A', 'B'),),)
    """
    return tuple(dict.fromkeys(entry for factor in symmetry.declared for entry in _entries(factor, encode)))


def _entries(factor: Factor, encode: Encode) -> Iterator[Entry]:
    if type(factor) not in FACTORS:
        raise MethodError(f"a spec cannot express {factor.name}; build it with the functions of eqcompile")
    return FACTORS[type(factor)](factor, encode)
