"""The noise that a back end declares, on the qubits that a circuit uses."""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qiskit.transpiler import Target

from eqcompile.devices.devices import Device, package

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DeviceNoise:
    """Errors of gates and of readout.

    Attributes:
        model: Aer's model of both.
        readout: for each qubit that has it, the probabilities ``[true, found]``.
    """

    model: Any
    readout: dict[int, Array]

    def misread(self, probabilities: Array, qubits: Sequence[int]) -> Array:
        """Probabilities of what is found, from those of what is true.

        Args:
            probabilities: ``(n, 2**len(qubits))``; bit k of an outcome belongs to ``qubits[k]``.
            qubits: qubits that are read.

        Returns:
            The same shape.
        """
        size = len(qubits)
        tensor = probabilities.reshape(len(probabilities), *(2,) * size)
        for k, qubit in enumerate(qubits):
            if qubit in self.readout:
                axis = size - k
                tensor = np.moveaxis(np.moveaxis(tensor, axis, -1) @ self.readout[qubit], -1, axis)
        return tensor.reshape(probabilities.shape)


def device_noise(device: Device, qubits: Collection[int]) -> DeviceNoise | None:
    """Noise of the back end on some of its qubits; ``None`` where it declares none.

    A simulator brings its own model; other back ends declare error rates and relaxation times for every gate, from
    which Aer makes a model.
    """
    noise = package("qiskit_aer.noise")
    if isinstance(device.backend, package("qiskit_aer").AerSimulator):
        model = device.backend.options.noise_model
    else:
        model = _model(noise, device.target, qubits)
    if model is None or model.is_ideal():
        return None
    errors = [error for error in model.to_dict()["errors"] if error["type"] == "roerror"]
    readout = {
        qubit: np.array(error["probabilities"], float)
        for error in errors
        for (qubit,) in error.get("gate_qubits", [(q,) for q in qubits])
    }
    return DeviceNoise(model, readout)


def _model(noise: Any, target: Target, qubits: Collection[int]) -> Any:
    part = _part_of(target, qubits)
    model = noise.NoiseModel(basis_gates=list(target.operation_names))
    for places, error in noise.device.basic_device_readout_errors(target=part):
        model.add_readout_error(error, places)
    with warnings.catch_warnings():
        # Aer's own deprecated argument, which it sets itself.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="qiskit_aer.noise")
        errors = noise.device.basic_device_gate_errors(target=part)
    for name, places, error in errors:
        model.add_quantum_error(error, name, places)
    return model


def _part_of(target: Target, qubits: Collection[int]) -> Target:
    """The gates of a target between some of its qubits; building noise for all of a large device takes seconds."""
    kept = set(qubits)
    part = Target(num_qubits=target.num_qubits, dt=target.dt, qubit_properties=target.qubit_properties)
    for name in target.operation_names:
        places = {q: p for q, p in target[name].items() if q is not None and kept.issuperset(q)}
        if places:
            part.add_instruction(target.operation_from_name(name), places, name)
    return part
