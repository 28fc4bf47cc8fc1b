"""From a symmetry built in Python back to the entries of a spec: the inverse of :mod:`eqcompile.declaration.lift`."""

from collections.abc import Iterator, Mapping, Sequence

from eqcompile.declaration import spec as model
from eqcompile.declaration.entries.members import cycle_text
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, cycles_of
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import lift_site_permutation
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor

Encode = Mapping[str, Sequence[int]]
"""For every site the qubits that carry it."""


def entries_of(symmetry: Symmetry, encode: Encode) -> tuple[model.Symmetry, ...]:
    """What a spec would declare for this symmetry to come out.

    Args:
        symmetry: its factors' action on the qubits counts; that on sites follows from where they are uploaded.
        encode: the qubits of each site; empty without sites, or where the compiler places them.

    Returns:
        One entry for each factor, in the order in which they were combined, without repetitions, and one for each of
        several unitaries.
        Permutations that move whole sites are written on sites. Without sites an inversion is Z on its parity qubit.

    Raises:
        MethodError: a factor that a spec has no word for.

    >>> from eqcompile.symmetry.make import SU2, permutations
    >>> pairs = SU2(4) * permutations(4, [(0, 1), (2, 3)])
    >>> entries_of(pairs, {"A": [0, 2], "B": [1, 3]})[1].cycles
    ((('A', 'B'),),)
    """
    return tuple(dict.fromkeys(entry for factor in symmetry.declared for entry in _entries(factor, encode)))


def _entries(factor: Factor, encode: Encode) -> Iterator[model.Symmetry]:
    if isinstance(factor, RotationFactor):
        yield model.Rotation("SU(2)", factor.qubits)
    elif isinstance(factor, AxialFactor):
        yield model.Rotation("U(1)", factor.qubits, factor.axis)
    elif isinstance(factor, PointFactor):
        yield model.PointSymmetry(factor.group, factor.qubits, factor.parity)
    elif isinstance(factor, PermutationFactor):
        yield _permutation(factor, encode)
    elif isinstance(factor, InversionFactor):
        parity = PauliSum.string(factor.num_qubits, {factor.parity: "Z"})
        yield model.Inversion(factor.parity) if encode else model.Pauli((parity,))
    elif isinstance(factor, PauliFactor):
        strings = (PauliSum(factor.num_qubits, {key: ONE}) for key in dict.fromkeys(factor.keys))
        yield model.Pauli(tuple(strings))
    elif isinstance(factor, ChargeFactor):
        yield model.Charge(factor.charge)
    elif isinstance(factor, UnitaryFactor):
        for name, unitary in factor.generators:
            yield model.Unitary(name, unitary.factors)
    else:
        raise MethodError(f"a spec has no word for {factor.name}; build it with the functions of eqcompile")


def _permutation(factor: PermutationFactor, encode: Encode) -> model.Permutation:
    generators = [images[: factor.num_qubits] for images in factor.group.generators]
    on_qubits = tuple(tuple(cycles_of(images)) for images in generators)
    on_sites = [_on_sites(images, encode) for images in generators]
    moved = tuple(cycles for cycles in on_sites if cycles is not None)
    named = factor.label != ", ".join(map(cycle_text, on_qubits))
    if moved and len(moved) == len(on_qubits):
        return model.Permutation(moved, "sites", factor.label if named else ", ".join(map(cycle_text, moved)))
    return model.Permutation(on_qubits, "qubits", factor.label)


def _on_sites(images: Images, encode: Encode) -> tuple[model.Cycle, ...] | None:
    """The permutation of sites that moves their copies in this way, or ``None`` if there is none."""
    if not encode:
        return None
    names = list(encode)
    site_of = {qubit: site for site, name in enumerate(names) for qubit in encode[name][:1]}
    targets = {site: site_of.get(images[qubit]) for qubit, site in site_of.items() if qubit < len(images)}
    moves = {site: target for site, target in targets.items() if target is not None}
    if sorted(moves.values()) != list(range(len(names))):
        return None
    try:
        lifted = lift_site_permutation(moves, [encode[name] for name in names], len(images))
    except (DimensionError, IndexError):
        return None
    if lifted != images:
        return None
    return tuple(
        tuple(names[s] for s in cycle) for cycle in cycles_of(tuple(moves[s] for s in range(len(names))))
    )
