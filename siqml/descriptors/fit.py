r"""Fitting a network to energies and forces on fixed descriptors.

.. math:: L(\theta) = w_E\, \mathrm{MSE}(E) + w_F\, \mathrm{MSE}(F) + \lambda\, L_0\, |\theta|^2, \qquad
    L_0 = w_E\, \mathrm{Var}(E) + w_F\, \langle F^2 \rangle

:math:`L_0` is the loss of a model that answers the mean energy and no force, so that lambda has no unit.
Descriptors and their derivatives are computed once. A step then costs a few products of small matrices, whatever the
circuit cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TextIO

import numpy as np

from siqml.errors import ConfigError, DivergedError, LabelError, TrainError
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.descriptors.descriptors import Descriptors
from siqml.field.descriptors.network import Network
from siqml.field.scaling import Scaling
from siqml.molecule.structures import Array, Structures
from siqml.progress import progress
from siqml.training.optimisers.lbfgs import lbfgs_start, lbfgs_step

MEMORY: Final = 100
"""Past steps that L-BFGS keeps, as the shipped trainings do."""

CONSTANT: Final = 1e-9
"""Standard deviation below which a descriptor counts as constant: values have size 1 and rounding errors of 1e-15, and
dividing by a smaller spread would make these inputs of size 1e-6 and more."""

STEPS_PER_REPORT: Final = 50
"""Steps between two looks at the progress."""


@dataclass(frozen=True)
class FitOrder:
    """What network is fitted, and how.

    Attributes:
        hidden: widths of the hidden layers; none for a linear map.
        steps: steps of L-BFGS.
        energy: w_E, the weight of MSE(E) in 1/eV^2.
        forces: w_F, the weight of MSE(F) in angstrom^2/eV^2; 0 for a fit of energies alone.
        decay: lambda, the weight of the sum of all squared weights and biases, as a share of :math:`L_0`.
        seed: seed for the start weights.

    Raises:
        ConfigError: a number is negative or not finite, or both weights are 0.
    """

    hidden: tuple[int, ...] = (16, 16)
    steps: int = 1000
    energy: float = 1.0
    forces: float = 1.0
    decay: float = 1e-6
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("energy", "forces", "decay"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise ConfigError(f"{name} is {value:g}; a finite number of at least 0 is needed")
        if not self.energy + self.forces > 0:
            raise ConfigError("the weights of energies and forces are both 0: nothing to fit")
        if self.steps < 0:
            raise ConfigError(f"steps is {self.steps}; at least 0 are needed")


def fit_descriptors(
    descriptors: Descriptors, data: Structures, order: FitOrder, stream: TextIO | None = None
) -> DescriptorField:
    """Fit a network on the descriptors of a training set.

    Args:
        descriptors: what the circuit computes.
        data: training set, atoms in the order of the circuit's frame.
        order: the network and how it is fitted; the same order gives the same bits.
        stream: takes the progress report.

    Returns:
        The force field. Inputs and energies are standardised by the training set.

    Raises:
        TrainError: forces are fitted, and the training set has none.
        LabelError: all training energies are equal.
        DivergedError: the loss is not a number.
        BackendError, LimitError: there is no kernel for this circuit.
    """
    values, slopes = descriptors.at(data.positions)
    return fit_at(descriptors, values, slopes, data, order, stream)


def fit_at(
    descriptors: Descriptors,
    values: Array,
    slopes: Array,
    data: Structures,
    order: FitOrder,
    stream: TextIO | None = None,
) -> DescriptorField:
    """As `fit_descriptors`, with what `Descriptors.at` gave for the training set."""
    if order.forces and data.forces is None:
        raise TrainError(f"{data.source}: it has no forces to fit; take --forces 0, or a set with forces")
    begun = _begun(descriptors, values, data, order)
    loss = _loss(begun, values, slopes, data, order)
    params = begun.network.weights
    state = lbfgs_start(params, MEMORY)
    with progress("fitting", order.steps, stream) if stream else _silent() as advance:
        for step in range(1, order.steps + 1):
            params, state, value = lbfgs_step(loss, params, state)
            if not np.isfinite(value):
                raise DivergedError(f"the loss is {value} at step {step}; take fewer or narrower layers")
            if step % STEPS_PER_REPORT == 0 or step == order.steps:
                advance(step, f"loss {float(state['value']):.2e}")
    return _with(begun, params)


def _begun(descriptors: Descriptors, values: Array, data: Structures, order: FitOrder) -> DescriptorField:
    """The force field before the first step."""
    energies = data.energies
    scatter = float(np.std(energies)) if len(energies) else 0.0
    if not scatter > 0:
        raise LabelError(
            f"{data.source}: all {len(energies)} training energies are equal: nothing to learn; "
            "give structures of different energy"
        )
    spread = np.std(values, axis=0)
    spread[spread < CONSTANT] = 1.0
    network = Network.random((values.shape[1], *order.hidden, 1), order.seed)
    scaling = Scaling(float(np.mean(energies)), 0.0, 1 / scatter)
    return DescriptorField(descriptors, np.mean(values, axis=0), spread, network, scaling)


def _with(field: DescriptorField, weights: Array) -> DescriptorField:
    network = Network(field.network.sizes, weights)
    return DescriptorField(field.descriptors, field.mean, field.spread, network, field.scaling)


def _loss(
    begun: DescriptorField, values: Array, slopes: Array, data: Structures, order: FitOrder
) -> Callable[[Array], tuple[float, Array]]:
    """The loss and its gradient as a function of the weights, ``(P,)``."""
    inputs, factor = begun.inputs(values), begun.scaling.factor
    # Derivatives of the inputs by positions, so that forces are -f'(z) @ turned / factor.
    turned = (slopes / begun.spread[:, None, None]).reshape(*slopes.shape[:2], -1)
    labels = None if data.forces is None else data.forces.reshape(len(data), -1)
    n = len(data)
    decay = order.decay * _of_no_model(data, order)

    def loss(weights: Array) -> tuple[float, Array]:
        network = Network(begun.network.sizes, weights)
        found, by_input = network.at(inputs)
        apart = begun.scaling.to_energy(found) - data.energies
        value = order.energy * float(np.mean(apart**2)) + decay * float(weights @ weights)
        by_value = 2 * order.energy * apart / (n * factor)
        directions = np.zeros_like(inputs)
        if order.forces and labels is not None:
            wrong = -np.matmul(by_input[:, None, :], turned)[:, 0] / factor - labels
            value += order.forces * float(np.mean(wrong**2))
            pull = -2 * order.forces / (wrong.size * factor) * wrong
            directions = np.matmul(turned, pull[:, :, None])[:, :, 0]
        return value, network.gradient(inputs, by_value, directions) + 2 * decay * weights

    return loss


def _of_no_model(data: Structures, order: FitOrder) -> float:
    """L_0."""
    forces = 0.0 if data.forces is None else float(np.mean(data.forces**2))
    return order.energy * float(np.var(data.energies)) + order.forces * forces


def _silent() -> "_Silent":
    return _Silent()


class _Silent:
    """A progress report that says nothing."""

    def __enter__(self) -> Callable[[int, str], None]:
        return lambda done, text: None

    def __exit__(self, *failure: object) -> None:
        return None
