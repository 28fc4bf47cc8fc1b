"""What a training minimises: the loss over all structures or a few, with a fixed or a fitted map to energies."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from siqml.field.force_field import EnergyFunction, energy_function
from siqml.field.kernel_value import KernelValue
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array, Structures
from siqml.training.config import Config
from siqml.training.losses.batch import Batch, Labels
from siqml.training.losses.devices import mesh_for
from siqml.training.losses.fitted_loss import ScalingOf, fitted_loss, fitted_scaling
from siqml.training.losses.kernel_energy_loss import kernel_energy_loss
from siqml.training.losses.loss import Loss, loss_over, mapped
from siqml.training.losses.terms import Energy, Terms, terms_of

if TYPE_CHECKING:
    from jax.sharding import Mesh

    import eqcompile as eq

AMPLITUDES_AT_ONCE: Final = 16384
"""Amplitudes up to which a batch is not cut: for 473 structures of water (7568 amplitudes) every cut is slower."""

AMPLITUDES_IN_CACHE: Final = 5120
"""Amplitudes of the parts of a larger batch. For 400 structures of two water molecules, a step took 228 ms instead of
772 with the energy loss, and 790 instead of 1452 with forces, while other work shared the caches of the processor."""


@dataclass(frozen=True, eq=False)
class Objective:
    """A model, a training set, and how they are compared.

    Attributes:
        value: expectation value of parameters and positions, differentiable in both.
        scaling: fixed map from values to energies, or ``None`` if it is fitted to the batch for each set of parameters.
        batch: the training set.
        terms: terms of the loss.
        amplitudes: amplitudes of all circuits for one structure; they decide how many structures go through them at
            once.
        mesh: devices among which every batch is divided, if there are several.
    """

    value: EnergyFunction
    scaling: Scaling | None
    batch: Batch
    terms: Terms
    amplitudes: int
    mesh: "Mesh | None" = None

    @classmethod
    def of(cls, config: Config, model: "eq.ProgramSum", frame: AnyFrame, data: Structures) -> "Objective":
        """What a config asks for.

        Raises:
            LabelError: the labels cannot be scaled.
            TrainError: the loss needs forces or a line, and there are none.
        """
        scaling = scaling_for(config, model, data.energies)
        by_kernel = config.backend == "kernel"
        value = KernelValue.of(model, frame) if by_kernel else energy_function(model, frame, IDENTITY)
        fixed = None if config.labels.map == "least_squares" else scaling
        amplitudes = sum(1 << term.program.num_qubits for term in model.terms)
        return cls(value, fixed, Batch.of(data), terms_of(config.loss, data), amplitudes, mesh_for(config))

    def with_labels(self, labels: Labels | None) -> "Objective":
        """The objective with the energies of one draw and their map, which may be traced; ``None`` changes nothing."""
        if labels is None:
            return self
        batch = replace(self.batch, energies=labels.energies)
        return replace(self, batch=batch, scaling=Scaling(*labels.scaling))

    def _chunk(self, batch: Batch) -> int | None:
        """Structures that go through the circuits at once: the kernel cuts a batch by itself."""
        if isinstance(self.value, KernelValue):
            return None
        return chunk_size(self.amplitudes, len(batch))

    @property
    def energy(self) -> EnergyFunction:
        """The energy by the fixed map, in eV."""
        assert self.scaling is not None
        return mapped(self.value, self.scaling)

    def loss(self, batch: Batch | None = None) -> Loss:
        """The loss over a batch, by default the training set."""
        batch = self.batch if batch is None else batch
        if isinstance(self.value, KernelValue) and all(isinstance(term, Energy) for term in self.terms):
            weight = sum(term.weight for term in self.terms)
            return kernel_energy_loss(self.value, batch, weight, self.scaling)
        chunk = self._chunk(batch)
        if self.scaling is None:
            return fitted_loss(self.value, batch, self.terms, chunk, self.mesh)
        return loss_over(self.energy, batch, self.terms, chunk, self.mesh)

    @property
    def scaling_of(self) -> ScalingOf:
        """The map at given parameters."""
        fixed, batch = self.scaling, self.batch
        if fixed is not None:
            return lambda params: fixed
        return fitted_scaling(self.value, batch, self.terms, self._chunk(batch), self.mesh)

    def loss_elsewhere(self, batch: Batch) -> Loss:
        """The loss over other structures, with the map of the training set; it must not be differentiated."""
        scaling_of = self.scaling_of
        chunk = self._chunk(batch)

        def loss(params: Any) -> Any:
            return loss_over(mapped(self.value, scaling_of(params)), batch, self.terms, chunk, self.mesh)(
                params
            )

        return loss


def scaling_for(config: Config, model: "eq.ProgramSum", energies: Array) -> Scaling:
    """The map of labels to the window that a config names.

    Raises:
        LabelError: the labels cannot be scaled.
    """
    first, last = config.labels.window
    return Scaling.fit(energies, model.value_range, (first, last))


def chunk_size(amplitudes: int, size: int) -> int | None:
    """How many structures of so many amplitudes go through the circuits at once; ``None``: all."""
    return None if size * amplitudes <= AMPLITUDES_AT_ONCE else max(AMPLITUDES_IN_CACHE // amplitudes, 1)
