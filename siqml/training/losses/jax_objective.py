"""Losses and their gradients by JAX: for accelerators, and for circuits beyond the kernel."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from siqml.field.backend import Backend
from siqml.field.engine import EnergyFunction, energies_and_forces, energy_function
from siqml.field.jax_cache import keep_what_jax_compiles
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.structures import Array, Structures
from siqml.training.losses.batch import Batch
from siqml.training.losses.devices import on_all, require_agreement
from siqml.training.losses.fitted_loss import fitted_loss, fitted_scaling
from siqml.training.losses.loss import Loss, loss_over, mapped
from siqml.training.losses.normal_equations import NormalEquations, parts_of
from siqml.training.losses.objective import Indices, Labels, Objective, part_of
from siqml.training.losses.terms import need_forces

if TYPE_CHECKING:
    from jax.sharding import Mesh

AMPLITUDES_AT_ONCE: Final = 16384
"""Amplitudes up to which a batch is not cut: for 473 structures of water (7568 amplitudes) every cut is slower."""

AMPLITUDES_IN_CACHE: Final = 5120
"""Amplitudes of the parts of a larger batch. For 400 structures of two water molecules, a step took 228 ms instead of
772 with the energy loss, and 790 instead of 1452 with forces, while other work shared the caches of the processor."""

Numbers = tuple[Any, Any, Any] | None
"""The map from values to energies as what a compiled function takes: its three numbers."""


@dataclass(frozen=True, eq=False)
class JaxObjective(Objective):
    """See `Objective`. Labels are arguments of what is compiled, so one compilation serves all draws and phases.

    Attributes:
        mesh: devices among which every batch is divided, if there are several.
    """

    mesh: "Mesh | None" = None

    @property
    def backend(self) -> Backend:
        """``"jax"``."""
        return "jax"

    def value_and_gradient(
        self, params: Array, labels: Labels, chosen: Indices | None = None
    ) -> tuple[float, Array]:
        """See `Objective.value_and_gradient`."""
        value, gradient = self._both(*self._placed(params, labels.scaling, self._batch(labels, chosen)))
        return float(value), np.array(gradient)

    def value(self, params: Array, labels: Labels) -> float:
        """See `Objective.value`."""
        return float(self._loss(*self._placed(params, labels.scaling, self._batch(labels, None))))

    def linearised(self, params: Array, labels: Labels) -> NormalEquations:
        """See `Objective.linearised`."""
        data, scaling = part_of(self.data, labels, None), self.scaling_at(params, labels)
        found = NormalEquations(self.terms, len(data), scaling)
        for part in parts_of(data, params.size):
            values, slopes, of_values, of_slopes = self._jacobian(params, part.positions)
            reached = [] if labels.scaling is not None else [(np.asarray(values), _array(slopes))]
            found.add(part, values, slopes, of_values, of_slopes, reached)
        return found

    def scaling_at(self, params: Array, labels: Labels) -> Scaling:
        """See `Objective.scaling_at`."""
        if labels.scaling is not None:
            return labels.scaling
        fitted = (
            self._fitted
        )  # first: it switches 64-bit mode on, without which arrays have half their digits
        where, _, batch = self._placed(params, None, self._batch(labels, None))
        return Scaling(*map(float, fitted(where, batch)))

    def energies(self, params: Array, scaling: Scaling, data: Structures) -> Array:
        """See `Objective.energies`."""
        return np.asarray(scaling.to_energy(np.asarray(self._values(params, data.positions))))

    def loss_over(self, params: Array, scaling: Scaling, data: Structures) -> float:
        """See `Objective.loss_over`."""
        return float(self._loss(*self._placed(params, scaling, Batch.of(data))))

    def require_agreement(self, fingerprint: str, position: list[int]) -> None:
        """See `Objective.require_agreement`."""
        if self.mesh is not None:
            require_agreement(fingerprint, position)

    def _placed(self, params: Array, scaling: Scaling | None, batch: Batch) -> tuple[Any, Numbers, Batch]:
        """What a compiled function takes, on every device."""
        _ = (
            self._value
        )  # it switches 64-bit mode on, without which arrays would be placed with half their digits
        placed: tuple[Any, Numbers, Batch] = on_all((params, _numbers(scaling), batch), self.mesh)
        return placed

    def _batch(self, labels: Labels, chosen: Indices | None) -> Batch:
        return Batch.of(part_of(self.data, labels, chosen))

    @cached_property
    def _value(self) -> EnergyFunction:
        keep_what_jax_compiles()
        return energy_function(self.model, self.frame, IDENTITY)

    @cached_property
    def _both(self) -> Callable[[Any, Numbers, Batch], Any]:
        value = self._value  # first: it switches 64-bit mode on
        import jax

        return jax.jit(
            lambda params, numbers, batch: jax.value_and_grad(self.loss(value, numbers, batch))(params)
        )

    @cached_property
    def _loss(self) -> Callable[[Any, Numbers, Batch], Any]:
        value = self._value
        import jax

        return jax.jit(lambda params, numbers, batch: self.loss(value, numbers, batch)(params))

    @cached_property
    def _jacobian(self) -> Callable[[Any, Any], Any]:
        """Values and slopes, and their derivatives by the parameters."""
        value, with_forces = self._value, need_forces(self.terms)
        import jax

        def seen(params: Any, positions: Any) -> tuple[Any, ...]:
            if with_forces:
                return energies_and_forces(value, params, positions)
            return (value(params, positions),)

        def both(params: Any, positions: Any) -> tuple[Any, ...]:
            found = seen(params, positions)
            slopes = jax.jacfwd(seen)(params, positions)
            return (*found, *slopes) if with_forces else (*found, None, *slopes, None)

        return jax.jit(both)

    @cached_property
    def _values(self) -> Callable[[Any, Any], Any]:
        value = self._value
        import jax

        return jax.jit(value)

    @cached_property
    def _fitted(self) -> Callable[[Any, Batch], Any]:
        value = self._value
        import jax

        def numbers(params: Any, batch: Batch) -> Any:
            found = fitted_scaling(value, batch, self.terms, self._chunk(batch), self.mesh)(params)
            return found.energy, found.value, found.factor

        return jax.jit(numbers)

    def loss(self, value: EnergyFunction, numbers: Numbers, batch: Batch) -> Loss:
        """The loss over a batch as a function of the parameters.

        Args:
            value: expectation value of parameters and positions.
            numbers: the map from values to energies; ``None`` if it is fitted.
            batch: the structures.
        """
        chunk = self._chunk(batch)
        if numbers is None:
            return fitted_loss(value, batch, self.terms, chunk, self.mesh)
        return loss_over(mapped(value, Scaling(*numbers)), batch, self.terms, chunk, self.mesh)

    def _chunk(self, batch: Batch) -> int | None:
        return chunk_size(sum(1 << term.program.num_qubits for term in self.model.terms), len(batch))


def chunk_size(amplitudes: int, size: int) -> int | None:
    """How many structures of so many amplitudes go through the circuits at once; ``None``: all."""
    return None if size * amplitudes <= AMPLITUDES_AT_ONCE else max(AMPLITUDES_IN_CACHE // amplitudes, 1)


def _numbers(scaling: Scaling | None) -> Numbers:
    return None if scaling is None else (scaling.energy, scaling.value, scaling.factor)


def _array(values: Any) -> Array | None:
    return None if values is None else np.asarray(values)
