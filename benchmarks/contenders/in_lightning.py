"""The water model on PennyLane's ``lightning.qubit`` with its adjoint method, asked of the device directly.

Encodings are turned into the z axis and back, so that their one trainable gate is :math:`R_z(2\\alpha|x|)`. The chain
rule from angles to parameters is written by hand: automatic differentiation through 473 circuits takes minutes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pennylane as qml

from benchmarks.contenders.in_pennylane import CIRCUITS, observable

WATER = CIRCUITS["water"]
EXCHANGE = (qml.IsingXX, qml.IsingYY, qml.IsingZZ)


class Tape:
    """A circuit of one structure, and how its angles depend on the parameters.

    Attributes:
        operations: gates in their order.
        trainable: numbers of the gates with a trainable angle.
        slopes: number of the parameter and derivative of each such angle.
    """

    def __init__(self, params: Any, sites: Any, layers: Sequence[int]) -> None:
        depth, blocks = layers
        self.operations: list[Any] = []
        self.trainable: list[int] = []
        self.slopes: list[tuple[int, float]] = []
        self._angles = 0
        for first, second in WATER.singlets:
            self.operations += [
                qml.PauliX(first),
                qml.Hadamard(first),
                qml.PauliX(second),
                qml.CNOT((first, second)),
            ]
        weights = params[:-1].reshape(depth, blocks, -1)
        numbers = np.arange(weights.size).reshape(weights.shape)
        self._encode(params, sites)
        for d in range(depth):
            for b in range(blocks):
                for weight, number, pairs in zip(weights[d, b], numbers[d, b], WATER.layer, strict=True):
                    for pair in pairs:
                        for gate in EXCHANGE:
                            self._add(gate, 2 * weight, pair, (int(number), 2.0))
            self._encode(params, sites)

    def _encode(self, params: Any, sites: Any) -> None:
        for site, wires in zip(sites, WATER.sites, strict=True):
            length = float(np.linalg.norm(site))
            azimuth, polar = np.arctan2(site[1], site[0]), np.arccos(site[2] / length)
            for wire in wires:
                self._add(qml.RZ, -azimuth, wire)
                self._add(qml.RY, -polar, wire)
                self._add(qml.RZ, 2 * params[-1] * length, wire, (len(params) - 1, 2 * length))
                self._add(qml.RY, polar, wire)
                self._add(qml.RZ, azimuth, wire)

    def _add(self, gate: Any, angle: float, wires: Any, slope: tuple[int, float] | None = None) -> None:
        self.operations.append(gate(angle, wires=wires))
        if slope is not None:
            self.trainable.append(self._angles)
            self.slopes.append(slope)
        self._angles += 1


def step(task: str) -> Callable[[], dict[str, Any]]:
    """The energy loss and its gradient."""
    given = np.load(task)
    sites = np.einsum("sa,nac->nsc", given["frame"], given["positions"])
    energy, value, factor = given["map"]
    params, layers, measured = given["params"], given["layers"].tolist(), qml.expval(observable(WATER))
    device = qml.device("lightning.qubit", wires=WATER.wires)
    config = device.setup_execution_config(
        qml.devices.ExecutionConfig(gradient_method="adjoint", use_device_gradient=True)
    )

    def call() -> dict[str, Any]:
        made = [Tape(params, one, layers) for one in sites]
        tapes = [
            qml.tape.QuantumScript(tape.operations, [measured], trainable_params=tape.trainable)
            for tape in made
        ]
        results, slopes = device.execute_and_compute_derivatives(tapes, config)
        values, jacobians = np.asarray(results), np.asarray(slopes)
        off = energy + (values - value) / factor - given["energies"]
        gradient = np.zeros(len(params))
        for tape, difference, jacobian in zip(made, off, jacobians, strict=True):
            which, by_parameter = zip(*tape.slopes, strict=True)
            np.add.at(
                gradient,
                list(which),
                2 * difference / factor / len(sites) * jacobian * np.array(by_parameter),
            )
        return {"loss": float(np.mean(off**2)), "gradient": gradient.tolist()}

    return call
