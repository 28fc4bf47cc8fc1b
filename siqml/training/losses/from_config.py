"""The objective and the labels that a config asks for."""

from typing import TYPE_CHECKING

from siqml.errors import TrainError
from siqml.field.backend import chosen_backend
from siqml.field.scaling import Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array, Structures
from siqml.training.config import Config
from siqml.training.losses.devices import mesh_for
from siqml.training.losses.kernel_objective import KernelObjective
from siqml.training.losses.objective import Labels, Objective
from siqml.training.losses.terms import terms_of

if TYPE_CHECKING:
    import eqcompile as eq


def objective_for(config: Config, model: "eq.ProgramSum", frame: AnyFrame, data: Structures) -> Objective:
    """What a config asks for.

    Args:
        config: configuration of the training.
        model: the model.
        frame: atoms to sites.
        data: the training set.

    Raises:
        TrainError: the loss needs forces or a line, and there are none; there are fewer devices than asked for.
        ModelError, BackendError, LimitError: see `siqml.field.backend.chosen_backend`.
    """
    terms = terms_of(config.loss, data)
    mesh = mesh_for(config)
    if mesh is None and chosen_backend(model, config.backend) == "kernel":
        return KernelObjective(model, frame, data, terms)
    if config.labels.map == "coefficients" and len(model.parameter_sets) > 1:
        raise TrainError(
            "labels.map: coefficients are fitted by the kernel alone (pip install 'eqcompile[fast]', and no "
            "`devices`); take map: least_squares, with one factor for all circuits"
        )
    from siqml.training.losses.jax_objective import JaxObjective  # it imports JAX

    return JaxObjective(model, frame, data, terms, mesh)


def labels_for(config: Config, model: "eq.ProgramSum", energies: Array) -> Labels:
    """Energies, and the map that a config names.

    Raises:
        LabelError: the labels cannot be scaled.
    """
    first, last = config.labels.window
    scaling = Scaling.fit(energies, model.value_range, (first, last))
    mixed = config.labels.map == "coefficients" and len(model.parameter_sets) > 1
    return Labels(energies, None if config.labels.map is not None else scaling, mixed)
