r"""What Clifford elements of a group leave unchanged: sums over orbits of Pauli strings, with signs.

A Clifford unitary takes a string to a string or to minus one. So an operator is invariant under a group of them exactly
if its coefficients are equal along every orbit of strings, up to these signs. Where an orbit comes back to a string
with the other sign, the coefficients are zero. Permutations of qubits, Pauli strings and many turns are Clifford, and
with their orbits as unknowns only few equations are left.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from eqcompile.budgets import check
from eqcompile.derivation.generators.basis import ordered_keys
from eqcompile.exact.operators.clifford import Clifford, clifford, quarter_turns
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.symmetry import Symmetry

SignedOrbit: TypeAlias = Mapping[PauliKey, int]
"""Strings of an orbit with their signs; the first one in print order comes first and has sign 1."""


def clifford_of(element: QubitMap, num_qubits: int) -> Clifford | None:
    """The element as a Clifford unitary; ``None`` if it is not one."""
    letters = ((name, q) for name in "XZ" for q in range(num_qubits))
    images = [element.conjugate(PauliSum.string(num_qubits, {q: name})) for name, q in letters]
    return clifford(images[:num_qubits], images[num_qubits:])


def turns_of_generators(symmetry: Symmetry) -> list[Clifford]:
    """Elements of the continuous part that are Clifford, such as quarter turns of spins."""
    turns = [quarter_turns(generator.operator) for generator in symmetry.lie_generators]
    return [turn for turn in turns if turn is not None]


def signed_orbits(strings: Iterable[PauliKey], elements: Sequence[Clifford]) -> list[SignedOrbit]:
    """The orbits on which an invariant sum of these strings can be other than zero.

    Args:
        strings: the strings that a sum may contain.
        elements: generators of a finite group.

    Returns:
        Orbits in print order. Those that take a string to minus itself, or leave the given strings, are left out.

    >>> from eqcompile.symmetry.maps import QubitPermutation
    >>> swap = clifford_of(QubitPermutation((1, 0)), 2)
    >>> signed_orbits([(1, 0), (2, 0), (3, 0)], [swap])
    [{(1, 0): 1, (2, 0): 1}, {(3, 0): 1}]
    """
    ordered = ordered_keys(strings)
    allowed, seen = set(ordered), set[PauliKey]()
    found: list[SignedOrbit] = []
    for root in ordered:
        if root in seen:
            continue
        check()
        orbit, queue, consistent = {root: 1}, [root], True
        for key in queue:  # grows while it is walked
            for element in elements:
                image, sign = element.image(key)
                sign *= orbit[key]
                if image in orbit:
                    consistent = consistent and orbit[image] == sign
                elif image not in allowed or image in seen:
                    # The group is finite, so an orbit that is walked in one direction only is still complete. If it
                    # meets an earlier one, then that one had left the allowed strings, and so does this.
                    consistent = False
                else:
                    orbit[image] = sign
                    queue.append(image)
        seen.update(orbit)
        if consistent:
            found.append(orbit)
    return found
