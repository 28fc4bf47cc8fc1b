"""Labelled structures of one composition, as arrays in one atom order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from siqml.errors import DataError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Structures:
    """``n`` structures of the same atoms. The arrays are read-only copies.

    Attributes:
        species: chemical symbols, ``n_atoms`` of them, the order of every array.
        positions: ``(n, n_atoms, 3)`` in angstrom.
        energies: ``(n,)`` in eV.
        forces: ``(n, n_atoms, 3)`` in eV/angstrom, or ``None`` if the source has none.
        source: where they come from, for messages.
        charges: the different total charges that the source names, if it names any.
        remarks: what a reader found that the user should hear of, one line each.
    """

    species: tuple[str, ...]
    positions: Array
    energies: Array
    forces: Array | None
    source: str
    charges: tuple[float, ...] = ()
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.energies), len(self.species), 3)
        object.__setattr__(self, "energies", _frozen(self.energies, shape[:1]))
        object.__setattr__(self, "positions", _frozen(self.positions, shape))
        if self.forces is not None:
            object.__setattr__(self, "forces", _frozen(self.forces, shape))

    def __len__(self) -> int:
        return len(self.energies)

    def chosen(self, numbers: Sequence[int]) -> "Structures":
        """The structures with these numbers, counted from 0, in this order."""
        rows = list(numbers)
        forces = None if self.forces is None else self.forces[rows]
        return replace(self, positions=self.positions[rows], energies=self.energies[rows], forces=forces)

    def radial_forces(self) -> Array | None:
        """``-dE/dr`` of each diatomic molecule, ``(n,)`` in eV/angstrom; ``None`` without forces."""
        return None if self.forces is None else radial(self.positions, self.forces)


def radial(positions: Array, forces: Array) -> Array:
    r"""Forces of diatomic molecules along the bond.

    .. math:: F_r = \tfrac12 (F_2 - F_1) \cdot \frac{r_2 - r_1}{|r_2 - r_1|} = -\frac{dE}{dr}

    Args:
        positions: ``(n, 2, 3)`` in angstrom.
        forces: ``(n, 2, 3)`` in eV/angstrom.

    Returns:
        ``(n,)`` in eV/angstrom, positive where the atoms repel; empty if there is no structure.

    >>> bond = np.array([[[0, 0, 0.0], [0, 0, 2.0]]])
    >>> radial(bond, np.array([[[0, 0, -3.0], [0, 0, 3.0]]]))
    array([3.])
    """
    bond = positions[:, 1] - positions[:, 0]
    unit = bond / np.linalg.norm(bond, axis=1, keepdims=True)
    return np.asarray(((forces[:, 1] - forces[:, 0]) * unit).sum(axis=1) / 2)


def match_atoms(found: Sequence[str], needed: Sequence[str]) -> list[int] | None:
    """Which atom of a file stands for each atom of the model: by element, first come first served.

    Args:
        found: chemical symbols in the order of the file.
        needed: chemical symbols in the order of the model.

    Returns:
        For each needed atom its index in ``found``; ``None`` if the compositions differ.

    >>> match_atoms(["H", "O", "H"], ["O", "H", "H"])
    [1, 0, 2]
    """
    if sorted(found) != sorted(needed):
        return None
    free = list(range(len(found)))
    order = []
    for symbol in needed:
        index = next(i for i in free if found[i] == symbol)
        free.remove(index)
        order.append(index)
    return order


def composition(species: Sequence[str]) -> str:
    """Short formula in order of first appearance, for messages.

    >>> composition(["O", "H", "H"])
    'O H2'
    """
    counts = {symbol: list(species).count(symbol) for symbol in species}
    formula = " ".join(symbol if count == 1 else f"{symbol}{count}" for symbol, count in counts.items())
    return formula or "without atoms"


def _frozen(values: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    array = np.array(values, dtype=np.float64)
    if array.shape != shape:
        raise DataError(
            f"array of shape {array.shape}; needed: {shape}: energies, positions and forces disagree"
        )
    array.setflags(write=False)
    return array
