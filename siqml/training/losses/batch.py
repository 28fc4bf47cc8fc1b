"""The arrays that a loss compares a model with."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from siqml.molecule.structures import Structures


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class Batch:
    """Labelled structures as arrays; a pytree of JAX, with structures along the first axis of every leaf.

    Attributes:
        positions: ``(n, n_atoms, 3)`` in angstrom.
        energies: ``(n,)`` in eV.
        forces: ``(n, n_atoms, 3)`` in eV/angstrom; ``None`` where there are none.
    """

    positions: Any
    energies: Any
    forces: Any

    @classmethod
    def of(cls, data: Structures) -> "Batch":
        """The arrays of a set of structures."""
        forces = None if data.forces is None else jnp.asarray(data.forces)
        return cls(jnp.asarray(data.positions), jnp.asarray(data.energies), forces)

    # A class with a length and items would otherwise be iterable by position, structure by structure.
    __iter__ = None

    def __len__(self) -> int:
        """Number of structures."""
        return len(self.energies)

    def __getitem__(self, chosen: Any) -> "Batch":
        """The structures of a slice or of indices."""
        part: Batch = jax.tree_util.tree_map(lambda array: array[chosen], self)
        return part
