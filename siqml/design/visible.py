r"""Does a model see every internal motion of a molecule?

A model may be blind to motions that no symmetry forbids. Two examples: spins that carry the two bonds of a linear
molecule, with a total spin of zero and no spin beside them, feel only the sum of the bond lengths, because rotations
about one axis commute and a common one does nothing. And circuits whose gates never join two parts see each part alone.

So the gradients of models with random parameters are compared with those of all distances between atoms, which see
everything. At one structure, both span a space of displacements; that of the models must have the same dimension. This
is asked at training structures and, where these are almost planar or almost linear, also at the planar or linear
structure next to them, where the gradients of an invariant have fewer dimensions: there a blindness is exact that is
only weakness elsewhere.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from siqml.field.kernel_model import KernelModel
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq

LOOKS: Final = 3
"""Training structures that are looked at; blindness is the same at all structures but those of another shape."""

FLAT: Final = 0.25
"""Extent out of a plane or off a line, relative to that of the molecule, up to which structures count as near
one."""

SMALL: Final = 1e-4
"""Singular value relative to the largest, below which a motion counts as unseen. Rounding leaves 1e-14, and what is
weaker than that is not learnt from forces with noise."""


@dataclass(frozen=True)
class Unseen:
    """A structure at which a model is blind.

    Attributes:
        where: ``"a training structure"``, ``"the planar structure next to one"`` or ``"the linear ..."``.
        seen: dimensions of the gradients of the model.
        needed: dimensions of those of all distances.
    """

    where: str
    seen: int
    needed: int

    def __str__(self) -> str:
        return f"at {self.where}, it sees {self.seen} of {self.needed} motions"


def unseen(
    model: "eq.AnyProgram", frame: AnyFrame, positions: Array, alpha: float, seed: int = 0
) -> Unseen | None:
    """The first structure at which a model does not see all that distances see.

    Args:
        model: the model.
        frame: atoms to sites.
        positions: training structures, ``(n, n_atoms, 3)`` in angstrom.
        alpha: the scale of all uploads, in 1/angstrom.
        seed: seed of the parameters.

    Returns:
        ``None`` if it sees everything.
    """
    import eqcompile as eq

    whole = eq.ProgramSum.of(model)
    kernel = KernelModel(whole, frame)
    picked = np.linspace(0, len(positions) - 1, min(LOOKS, len(positions))).astype(int)
    places = [("a training structure", positions[k]) for k in dict.fromkeys(picked.tolist())]
    places += list(_flattened(positions))
    for where, structure in places:
        needed = _dimensions(_of_distances(structure))
        dice = np.random.default_rng(seed)
        gradients = []
        for _ in range(needed + 4):
            params = dice.normal(size=whole.num_parameters)
            params[of_kind(whole, "scale")] = alpha
            gradients.append(kernel.sweep(params, structure[None]).by_positions()[0].ravel())
        seen = _dimensions(np.array(gradients))
        if seen < needed:
            return Unseen(where, seen, needed)
    return None


def _flattened(positions: Array) -> "list[tuple[str, Array]]":
    """The planar and the linear structure next to the flattest one, where there are such."""
    extents = _extents(positions)
    found = []
    for axes, name in ((2, "planar"), (1, "linear")):
        if positions.shape[1] <= axes + 1 or np.median(extents[:, axes]) > FLAT:
            continue
        flattest = positions[extents[:, axes].argmin()]
        left, lengths, right = np.linalg.svd(flattest - flattest.mean(axis=0), full_matrices=False)
        lengths[axes:] = 0
        found.append((f"the {name} structure next to one", (left * lengths) @ right))
    return found


def _extents(positions: Array) -> Array:
    """Extents along the three principal axes, relative to the first, ``(n, 3)``."""
    centred = positions - positions.mean(axis=1, keepdims=True)
    lengths = np.zeros((len(positions), 3))
    found = np.linalg.svd(centred, compute_uv=False)
    lengths[:, : found.shape[1]] = found
    return lengths / lengths[:, :1]


def _of_distances(structure: Array) -> Array:
    """Gradients of all distances, ``(pairs, 3 n_atoms)``."""
    rows = []
    for a in range(len(structure)):
        for b in range(a):
            row = np.zeros(structure.shape)
            row[a] = (structure[a] - structure[b]) / np.linalg.norm(structure[a] - structure[b])
            row[b] = -row[a]
            rows.append(row.ravel())
    return np.array(rows)


def _dimensions(gradients: Array) -> int:
    values = np.linalg.svd(gradients, compute_uv=False)
    return int((values > SMALL * values[0]).sum()) if values[0] > 0 else 0
