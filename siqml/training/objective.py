"""What a training minimises: the loss over all structures or a few, with a fixed or a fitted map to energies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from siqml.errors import TrainError
from siqml.field.force_field import EnergyFunction, energy_function
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures
from siqml.training.config import Config
from siqml.training.fitted_loss import ScalingOf, fitted_loss, fitted_scaling
from siqml.training.loss import Batch, Loss, Weights, batch_of, chunked_loss

if TYPE_CHECKING:
    import eqcompile as eq

AMPLITUDES_AT_ONCE: Final = 16384
"""Up to here a batch is not cut: for water in 473 structures (7568 amplitudes) every cut is slower."""

AMPLITUDES_IN_CACHE: Final = 5120
"""Beyond it, parts of this size: a step of two water molecules in 400 structures took 228 ms instead of 772 with the
energy loss, 790 instead of 1452 with forces, while other work shared the caches of the processor."""


@dataclass(frozen=True, eq=False)
class Objective:
    """A model, a training set, and how they are compared.

    Attributes:
        value: expectation value of parameters and positions, differentiable in both.
        scaling: fixed map from values to energies, or ``None`` if it is fitted to the batch for each set of parameters.
        batch: the training set.
        weights: w_E and w_F.
        line: of the forces, only the component along it counts.
        num_qubits: of the circuit, which decides how many structures go through it at once.
    """

    value: EnergyFunction
    scaling: Scaling | None
    batch: Batch
    weights: Weights
    line: Line | None
    num_qubits: int

    @classmethod
    def of(cls, config: Config, program: "eq.Program", frame: AnyFrame, data: Structures) -> "Objective":
        """What a config asks for.

        Raises:
            LabelError: the labels cannot be scaled.
            TrainError: the loss needs forces or a line, and there are none.
        """
        low, high = program.observable_range
        first, last = config.labels.window
        scaling = Scaling.fit(data.energies, (float(low), float(high)), (first, last))
        value = energy_function(program, frame, IDENTITY)
        weights = config.loss.energy, config.loss.forces
        fixed = None if config.labels.map == "least_squares" else scaling
        batch = batch_of(data, config.loss.forces)
        return cls(value, fixed, batch, weights, _line(config, data), program.num_qubits)

    def loss(self, batch: Batch | None = None, weights: Weights | None = None) -> Loss:
        """The loss over a batch, by default the training set, with these weights, by default the config's."""
        batch, weights = batch or self.batch, weights or self.weights
        chunk = chunk_size(self.num_qubits, len(batch[0]))
        if self.scaling is None:
            return fitted_loss(self.value, batch, weights, self.line, chunk)
        return chunked_loss(_mapped(self.value, self.scaling), batch, weights, self.line, chunk)

    def minibatch_loss(self, weights: Weights | None = None) -> Callable[[Any, Any], Any]:
        """``(params, indices of structures) -> loss``."""

        def loss(params: Any, indices: Any) -> Any:
            positions, energies, forces = (array[indices] for array in self.batch)
            return self.loss((positions, energies, forces), weights)(params)

        return loss

    @property
    def scaling_of(self) -> ScalingOf:
        """The map at given parameters."""
        fixed, batch = self.scaling, self.batch
        if fixed is not None:
            return lambda params: fixed
        return fitted_scaling(
            self.value, batch, self.weights, self.line, chunk_size(self.num_qubits, len(batch[0]))
        )

    def loss_elsewhere(self, batch: Batch) -> Loss:
        """The loss over other structures, with the map of the training set; not to be differentiated."""
        scaling_of = self.scaling_of
        chunk = chunk_size(self.num_qubits, len(batch[0]))

        def loss(params: Any) -> Any:
            energy = _mapped(self.value, scaling_of(params))
            return chunked_loss(energy, batch, self.weights, self.line, chunk)(params)

        return loss


def chunk_size(num_qubits: int, size: int) -> int | None:
    """How many structures go through the circuit at once; ``None``: all."""
    amplitudes = 1 << num_qubits
    return None if size * amplitudes <= AMPLITUDES_AT_ONCE else max(AMPLITUDES_IN_CACHE // amplitudes, 1)


def _mapped(value: EnergyFunction, scaling: Scaling) -> EnergyFunction:
    return lambda params, positions: scaling.to_energy(value(params, positions))


def _line(config: Config, data: Structures) -> Line | None:
    if config.loss.along is None:
        return None
    line = Line.through(data)
    if line is None:
        raise TrainError(f"{data.source}: its structures lie on no line; leave loss.along out")
    return line
