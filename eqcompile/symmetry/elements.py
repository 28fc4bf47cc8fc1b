"""The elements that unitaries generate, up to phases, listed one from another."""

from collections.abc import Sequence
from typing import TypeAlias

from eqcompile.budgets import check
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.maps import MapSequence, QubitMap

MAX_ELEMENTS = 2000
"""Elements of a group of unitaries, up to phases, that are listed to average over. Beyond it, refused: methods that
average do not apply; use the null space."""

MAX_TERMS = 50_000
"""Pauli strings of the images of X and Z under all elements together, which takes a few seconds; a Clifford element has
one for each, others up to 4^n. Beyond it, refused: methods that average do not apply; use the null space."""

Tree: TypeAlias = tuple[tuple[int, QubitMap | None], ...]
"""For each element, the number of an earlier one and the generator that acts after it; ``None`` for the identity."""


def listed_tree(name: str, generators: Sequence[QubitMap], num_qubits: int) -> Tree | str:
    """How each element of the generated group comes from an earlier one, or why there are too many elements.

    Two elements are the same if they conjugate X and Z of every qubit alike; they then differ by a phase (Schur).

    >>> from eqcompile.symmetry.maps import PauliUnitary
    >>> len(listed_tree("pair", [PauliUnitary(1, (1, 0)), PauliUnitary(1, (0, 1))], 1))
    4
    """
    probes = _probes(generators, num_qubits)
    found: dict[tuple[PauliSum, ...], tuple[int, QubitMap | None]] = {probes: (0, None)}
    frontier, terms = [probes], 0
    for number, images in enumerate(frontier):  # grows while it is walked
        check()
        for generator in generators:
            target = tuple(generator.conjugate(op) for op in images)
            if target not in found:
                found[target] = (number, generator)
                frontier.append(target)
                terms += sum(len(op) for op in target)
                if len(found) > MAX_ELEMENTS:
                    return f"{name} has more than {MAX_ELEMENTS} elements, which is the limit"
                if terms > MAX_TERMS:
                    return (
                        f"{name} has {len(found)} elements or more, which turn X and Z into more than "
                        f"{MAX_TERMS} Pauli strings, which is the limit"
                    )
    return tuple(found.values())


def elements_of(tree: Tree) -> tuple[QubitMap, ...]:
    """The elements, each as a product of generators."""
    words: list[tuple[QubitMap, ...]] = []
    for parent, generator in tree:
        words.append(() if generator is None else (*words[parent], generator))
    return tuple(MapSequence(word) for word in words)


def _probes(generators: Sequence[QubitMap], num_qubits: int) -> tuple[PauliSum, ...]:
    """X and Z of every qubit on which a generator acts: they generate all operators there."""
    letters = [[PauliSum.string(num_qubits, {qubit: name}) for name in "XZ"] for qubit in range(num_qubits)]
    return tuple(
        op for pair in letters if any(g.conjugate(op) != op for g in generators for op in pair) for op in pair
    )
