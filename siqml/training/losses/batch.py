"""The arrays that a loss compares a model with."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from siqml.field.scaling import Scaling
from siqml.molecule.structures import Array, Structures


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


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class Labels:
    """Energies of one draw and the map to them, which a training takes in place of its own; a pytree of JAX.

    As arguments of a compiled loop they cost no compilation of their own. They also leave the compiler less to
    simplify: the last bits differ from those with the same labels as constants.

    Attributes:
        energies: ``(n,)`` in eV.
        scaling: E_min, v_low and s of `Scaling`.
    """

    energies: Any
    scaling: tuple[Any, Any, Any]

    @classmethod
    def of(cls, energies: Array, scaling: Scaling) -> "Labels":
        """Labels of a training with a fixed map."""
        return cls(jnp.asarray(energies), (scaling.energy, scaling.value, scaling.factor))
