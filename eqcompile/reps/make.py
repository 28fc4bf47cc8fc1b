"""Symmetries of qubits without a spec: build them here and combine them with ``*``."""

from collections.abc import Iterable, Sequence

from eqcompile.errors import DimensionError
from eqcompile.groups.permutation import PermutationGroup, images_from_cycles
from eqcompile.reps.factors import InversionFactor, PermutationFactor, RotationFactor
from eqcompile.reps.symmetry import Symmetry


def SU2(num_qubits: int, qubits: Iterable[int] | None = None) -> Symmetry:
    """The same rotation of all qubits, or of the named ones.

    >>> str(SU2(4) * permutations(4, [(0, 1), (2, 3)]))
    'SU(2) x (0 1)(2 3)'
    """
    named = tuple(range(num_qubits)) if qubits is None else tuple(sorted(set(qubits)))
    _require_inside(num_qubits, named)
    return Symmetry(num_qubits, factors=(RotationFactor(num_qubits, named),))


def permutations(num_qubits: int, *generators: Sequence[Sequence[int]]) -> Symmetry:
    """The group that permutations of the qubits generate.

    Args:
        num_qubits: size of the register.
        generators: each a product of disjoint cycles, such as ``[(0, 1), (2, 3)]``.

    Raises:
        DimensionError: no generator, a qubit outside the register, or one that is named twice in a generator.

    >>> permutations(3, [(0, 1)], [(0, 1, 2)]).factors[0].group.order
    6
    """
    if not generators:
        raise DimensionError("permutations need at least one generator, such as [(0, 1)]")
    for cycles in generators:
        members = [q for cycle in cycles for q in cycle]
        _require_inside(num_qubits, members)
        if len(set(members)) < len(members):
            raise DimensionError(
                f"the cycles {list(cycles)} name a qubit twice; cycles of one generator are disjoint"
            )
    group = PermutationGroup(num_qubits, tuple(images_from_cycles(c, num_qubits) for c in generators))
    name = ", ".join(
        "".join("(" + " ".join(map(str, cycle)) + ")" for cycle in cycles) for cycles in generators
    )
    return Symmetry(num_qubits, factors=(PermutationFactor(num_qubits, group, name),))


def inversion(num_qubits: int, parity: int) -> Symmetry:
    """Z on the parity qubit.

    >>> inversion(7, parity=6).generator_names
    ('inversion (Z6)',)
    """
    _require_inside(num_qubits, (parity,))
    return Symmetry(num_qubits, factors=(InversionFactor(num_qubits, parity, 0),))


def _require_inside(num_qubits: int, qubits: Iterable[int]) -> None:
    for qubit in qubits:
        if not 0 <= qubit < num_qubits:
            raise DimensionError(f"qubit {qubit} is outside the register; qubits are 0 to {num_qubits - 1}")
