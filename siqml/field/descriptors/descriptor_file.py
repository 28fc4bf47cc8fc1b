"""The model file of a network on descriptors: as that of a circuit, with the observables and the network as well."""

from pathlib import Path
from typing import Any

import numpy as np

from siqml.errors import ModelError
from siqml.field.descriptors.descriptor_field import DescriptorField, made
from siqml.field.descriptors.network import Network
from siqml.field.force_field import ForceField
from siqml.field.model_file import (
    KIND_OF_DESCRIPTORS,
    Origin,
    arrays_of,
    facts_of,
    file_in,
    force_field_of,
    read_model,
)
from siqml.field.sealed import write_sealed

ARRAYS = ("mean", "spread", "weights")
"""What the file holds besides the parameters of the circuit."""


def save_descriptors(path: Path, field: DescriptorField, origin: Origin) -> None:
    """Write a model to one file, atomically.

    Args:
        path: the ``.safetensors`` file.
        field: the model.
        origin: kept in the file for people to read.
    """
    circuit = field.descriptors.circuit
    scaled = ForceField(circuit.model, circuit.frame, field.scaling, circuit.params, circuit.domain)
    facts = facts_of(scaled, origin) | {
        "descriptors": list(field.operator_texts),
        "sizes": list(field.network.sizes),
    }
    arrays = arrays_of(circuit) | {
        "mean": field.mean,
        "spread": field.spread,
        "weights": field.network.weights,
    }
    write_sealed(path, KIND_OF_DESCRIPTORS, facts, arrays)


def load_descriptors(path: Path) -> DescriptorField:
    """Read a model, compile its spec again, and prove again that every observable is invariant.

    Args:
        path: the file, or a folder that holds ``model.safetensors``.

    Returns:
        The force field, with the same bits as the one that was saved.

    Raises:
        ModelError: no such file, damaged, not a network on descriptors, or its spec no longer compiles to it.
    """
    path = file_in(path)
    content, arrays = read_model(path)
    if content["kind"] != KIND_OF_DESCRIPTORS:
        raise ModelError(f"{path}: not a network on descriptors, such as `siqml describe` makes")
    texts, sizes = content["descriptors"], content["sizes"]
    sound = all(isinstance(text, str) for text in texts) and all(type(size) is int for size in sizes)
    if not sound or not sizes or not all(_is_sound(arrays.get(name)) for name in ARRAYS):
        raise ModelError(f"{path}: its network is not of a siqml model; make it again: siqml describe")
    circuit = force_field_of(content, arrays, path)
    try:
        network = Network(tuple(sizes), arrays["weights"])
        return made(circuit, texts, arrays["mean"], arrays["spread"], network, circuit.scaling)
    except ModelError as wrong:
        raise ModelError(f"{path}: {wrong}; make it again: siqml describe") from wrong


def _is_sound(array: Any) -> bool:
    return (
        array is not None and array.dtype == np.float64 and array.ndim == 1 and bool(np.isfinite(array).all())
    )
