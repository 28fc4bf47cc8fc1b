r"""Expectation values on a device, exact or sampled, with the statistical error of each.

The observable is split into groups of strings that are measured together, qubit by qubit. Groups are sampled
independently, and each group's outcome is one number per shot, so that

.. math:: \langle O \rangle \approx \sum_g \bar o_g, \qquad
          \sigma^2 = \sum_g \frac{s_g^2}{N}

with the mean and the variance of the outcomes of N shots, covariances within a group included.
"""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.primitives import StatevectorEstimator

from eqcompile.arguments import found, require_truth, seed_number, whole_number
from eqcompile.devices.devices import Device, package, require_executable
from eqcompile.devices.measurement_groups import REGISTER, Group, active_qubits, constant_of, measured_groups
from eqcompile.devices.noise import DeviceNoise, device_noise
from eqcompile.errors import BackendError, DimensionError, one_line

Array: TypeAlias = NDArray[np.float64]

MAX_DENSITY_QUBITS: Final = 12
"""Qubits of a circuit with noise and without shots, which needs a density matrix: 12 qubits take 270 MB. Beyond it,
refused: give a number of shots."""

MAX_SHOTS: Final = 10_000_000
"""Shots of one value. Beyond it, refused: average several runs."""

ROWS: Final = 64
SHOTS_TOGETHER: Final = 2_000_000
"""Parameter sets that are simulated together, and shots of all of them; these bound the memory that they take."""


class Expectation:
    """The expectation value of one circuit's observable as a function of the circuit's parameters.

    Args:
        circuit: circuit with ``.observable``, on the device's qubits; see :meth:`eqcompile.program.Program.to_qiskit`.
        device: device on which it runs.
        shots: number of shots for every group of strings and every set of parameters; ``None`` for exact values.
        seed: seed for the shots; every call draws new shots.
        noise: whether a simulated device has its noise.

    Attributes:
        is_noisy: whether there is any noise other than that of shots.

    Raises:
        BackendError: what is asked for is not possible on the device.
    """

    def __init__(
        self,
        circuit: QuantumCircuit,
        device: Device,
        shots: int | None = None,
        seed: int | None = None,
        noise: bool = True,
    ) -> None:
        if not isinstance(circuit, QuantumCircuit):
            raise BackendError(
                f"a QuantumCircuit is needed, such as program.to_qiskit returns; found {found(circuit)}"
            )
        if not isinstance(device, Device):
            raise BackendError(f"a device is needed, such as eq.find_backend returns; found {found(device)}")
        shots = None if shots is None else whole_number("shots", shots)
        seed = None if seed is None else seed_number("seed", seed)
        noise = require_truth("noise", noise)
        if shots is not None and not 2 <= shots <= MAX_SHOTS:
            raise BackendError(
                f"{shots} shots; an error bar needs at least two, and the limit is {MAX_SHOTS}"
            )
        if getattr(circuit, "observable", None) is None:
            raise BackendError(
                "the circuit has no observable; make it with program.to_qiskit, or set .observable"
            )
        require_executable(circuit, device)
        self.circuit, self.device, self.shots, self.noise = circuit, device, shots, noise
        self.is_noisy = device.kind == "remote"
        self._source = np.random.default_rng(seed)
        self._values: Callable[[Array], tuple[Array, Array]] = self._method()

    def __call__(
        self, values: Array, advance: Callable[[int], None] = lambda done: None
    ) -> tuple[Array, Array]:
        """Expectation values and their standard errors.

        Args:
            values: ``(n, len(circuit.parameters))``, in the order of the circuit's parameters.
            advance: called now and then with the number of values that are done.

        Returns:
            Two arrays ``(n,)``; the errors are zero where values are exact. Empty for n = 0.

        Raises:
            BackendError: the device fails.
            DimensionError: the values have another shape.
        """
        values = np.asarray(values, float)
        if values.ndim != 2 or values.shape[1] != self.circuit.num_parameters:
            raise DimensionError(
                f"values have shape {values.shape}; the circuit needs (n, {self.circuit.num_parameters})"
            )
        means, errors = np.zeros(len(values)), np.zeros(len(values))
        together = ROWS if self.shots is None else max(1, min(ROWS, SHOTS_TOGETHER // self.shots))
        for start in range(0, len(values), together):
            rows = slice(start, start + together)
            try:
                means[rows], errors[rows] = self._values(values[rows])
            except QiskitError as error:
                raise BackendError(f"{self.device.name} fails: {one_line(str(error))}") from None
            advance(min(rows.stop, len(values)))
        return means, errors

    def _method(self) -> Callable[[Array], tuple[Array, Array]]:
        device, shots = self.device, self.shots
        if device.kind == "statevector":
            if shots is not None:
                raise BackendError(
                    "the back end statevector is exact and takes no shots; for shots, name aer"
                )
            return partial(self._estimated, StatevectorEstimator())
        if device.kind == "remote":
            if not self.noise or shots is None:
                raise BackendError(f"{device.name} is a device: it needs a number of shots, and it has noise")
            return partial(self._estimated, _runtime_estimator()(mode=device.backend))
        return self._on_aer()

    def _on_aer(self) -> Callable[[Array], tuple[Array, Array]]:
        active = active_qubits(self.circuit)
        noise = device_noise(self.device, active) if self.noise else None
        self.is_noisy = noise is not None
        primitives = package("qiskit_aer.primitives")
        if noise is None and self.shots is None:
            options = {"backend_options": {"method": "statevector"}, "default_precision": 0.0}
            return partial(self._estimated, primitives.EstimatorV2(options=options))
        if self.shots is None and len(active) > MAX_DENSITY_QUBITS:
            raise BackendError(
                f"exact values with noise of {len(active)} qubits; the limit is {MAX_DENSITY_QUBITS}: "
                "give a number of shots"
            )
        dense = noise is not None and len(active) <= MAX_DENSITY_QUBITS
        options = {
            "method": "density_matrix" if dense else "statevector",
            "noise_model": None if noise is None else noise.model,
        }
        groups = measured_groups(self.circuit, self.device)
        if self.shots is not None:
            return partial(self._sampled, options, groups)
        assert noise is not None
        return partial(self._exact, package("qiskit_aer").AerSimulator(**options), noise, groups)

    def _estimated(self, estimator: Any, values: Array) -> tuple[Array, Array]:
        """By an Estimator V2."""
        precision = None if self.shots is None else self.shots**-0.5
        pub = (self.circuit, self.circuit.observable, values)
        data = estimator.run([pub], precision=precision).result()[0].data
        errors = np.zeros(len(values)) if self.shots is None else np.asarray(data.stds, float)
        return np.asarray(data.evs, float), errors

    def _exact(
        self, simulator: Any, noise: DeviceNoise, groups: Sequence[Group], values: Array
    ) -> tuple[Array, Array]:
        """By the probabilities of all outcomes, misreadings included: the limit of infinitely many shots."""
        means = np.full(len(values), constant_of(self.circuit))
        for group in groups:
            circuit = group.rotated.copy()
            circuit.save_probabilities(list(group.qubits), label=REGISTER)
            binds = dict(zip(circuit.parameters, values.T.tolist(), strict=True))
            result = simulator.run(circuit, parameter_binds=[binds], shots=1).result()
            probabilities = np.array([result.data(k)[REGISTER] for k in range(len(values))])
            means += noise.misread(probabilities, group.qubits) @ group.outcomes
        return means, np.zeros(len(values))

    def _sampled(
        self, options: dict[str, Any], groups: Sequence[Group], values: Array
    ) -> tuple[Array, Array]:
        """By a Sampler V2, group by group."""
        sampler = package("qiskit_aer.primitives").SamplerV2(
            default_shots=self.shots,
            seed=int(self._source.integers(2**31)),
            options={"backend_options": options},
        )
        means, variances = np.full(len(values), constant_of(self.circuit)), np.zeros(len(values))
        if not groups:
            return means, variances
        results = sampler.run([(group.measured, values) for group in groups]).result()
        for result, group in zip(results, groups, strict=True):
            bits = getattr(result.data, REGISTER).to_bool_array(order="little")
            found = group.outcomes[bits @ (1 << np.arange(len(group.qubits)))]
            means += found.mean(axis=-1)
            variances += _variance_of_mean(found, float(np.abs(group.coefficients).sum()))
        return means, np.sqrt(variances)


def _runtime_estimator() -> Any:
    """The service's Estimator V2; newer versions of its package have one that works on the client's side."""
    runtime = package("qiskit_ibm_runtime")
    if find_spec("qiskit_ibm_runtime.executor_estimator") is None:
        return runtime.EstimatorV2
    return package("qiskit_ibm_runtime.executor_estimator").Estimator


def _variance_of_mean(outcomes: Array, scale: float) -> Array:
    """Along the last axis; never zero, as an outcome that N shots do not show may still have a probability of 1/N."""
    shots = outcomes.shape[-1]
    return np.asarray(np.maximum(outcomes.var(axis=-1, ddof=1), scale**2 / shots) / shots)
