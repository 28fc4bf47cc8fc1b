r"""Energies and forces on quantum devices: shots, noise, and the parameter-shift rule.

Every encoding gate of the circuit has angles of its own. The derivative of the energy along a coordinate of a site is
the sum over the gates that upload the site, each by the two-term rule of `siqml.device.quaternions`; the chain rule
through scale, frame and scaling makes forces of it. Values with shots are independent, so their variances add.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.device.quaternions import gate_angles, shifted
from siqml.errors import ModelError
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Array


@dataclass(frozen=True, eq=False)
class Measured:
    """What a device finds for ``n`` structures, with standard errors; errors are zero where values are exact.

    Attributes:
        energies: ``(n,)`` in eV.
        energy_errors: ``(n,)`` in eV.
        forces: ``(n, n_atoms, 3)`` in eV/angstrom, or ``None`` if they were not asked for.
        force_errors: standard errors of the same shape.
    """

    energies: Array
    energy_errors: Array
    forces: Array | None
    force_errors: Array | None


@dataclass(frozen=True, eq=False)
class HardwareField:
    """A force field on a device.

    Attributes:
        force_field: the trained model.
        device: the device that it runs on.
        shots: shots for every group of Pauli strings of every value; ``None`` for exact values.
        seed: seed for the transpiler and for the shots.
        noise: whether a simulated device has its noise.
    """

    force_field: ForceField
    device: "eq.Device"
    shots: int | None = None
    seed: int = 0
    noise: bool = True

    @cached_property
    def circuit(self) -> Any:
        """The model's circuit on the device, with ``.certificate``; every encoding gate has its own angles.

        Raises:
            EqcompileError: the device cannot run the model.
            ModelError: the transpiled circuit is refused.
        """
        program = self.force_field.program
        circuit = program.to_qiskit("gates", backend=self.device, seed=self.seed)
        if circuit.certificate.refused:
            raise ModelError(
                f"{self.device.name}: the transpiled circuit is refused: {circuit.certificate.counterexample}"
            )
        return circuit

    @cached_property
    def expectation(self) -> "eq.Expectation":
        """The circuit's expectation value on the device."""
        return eq.Expectation(self.circuit, self.device, self.shots, self.seed, self.noise)

    def values_per_structure(self, forces: bool = True) -> int:
        """Expectation values that one structure takes."""
        return 1 + 6 * len(self._occurrences) if forces else 1

    def measure(
        self,
        positions: Array,
        forces: bool = True,
        advance: Callable[[int, str], None] = lambda done, text: None,
    ) -> Measured:
        """Energies, and forces by the parameter-shift rule.

        Args:
            positions: ``(n, n_atoms, 3)`` in angstrom, atoms in the order of the frame.
            forces: whether forces are wanted; each encoding gate takes six values more.
            advance: called with the number of expectation values that are done, and where.

        Returns:
            What was found; empty arrays for n = 0.

        Raises:
            ModelError: the shape is another one, or a position is not a finite number.
            EqcompileError: the device cannot do it, or fails.
        """
        positions = self.force_field.checked(positions)
        energies, errors = np.zeros(len(positions)), np.zeros(len(positions))
        found, deviations = np.zeros_like(positions), np.zeros_like(positions)
        for number, sites in enumerate(self.force_field.frame.sites_of(positions)):
            table, factors = self._table(sites, forces)
            before, place = number * len(table), f"structure {number + 1} of {len(positions)}"
            values, sigmas = self.expectation(table, partial(_shown, advance, before, place))
            energies[number] = self.force_field.scaling.to_energy(values[0])
            errors[number] = sigmas[0] / abs(self.force_field.scaling.factor)
            if forces:
                found[number], deviations[number] = self._forces(
                    positions[number], values[1:], sigmas[1:], factors
                )
        return Measured(energies, errors, found if forces else None, deviations if forces else None)

    def _table(self, sites: Array, forces: bool) -> tuple[Array, Array]:
        """Parameters of every value: the structure itself, and two for each derivative; and factors ``(gates, 3)``."""
        program = self.force_field.program
        base = program.values_for(self.circuit, sites, self.force_field.params, "gates")
        if not forces:
            return base[None], np.zeros((0, 3))
        gates = self._occurrences
        scales = np.array([scale for _, scale, _ in gates])
        vectors = scales[:, None] * sites[[site for site, _, _ in gates]]
        quaternions, factors = shifted(vectors)
        angles = gate_angles(quaternions)
        table = np.repeat(base[None], 1 + angles[..., 0].size, axis=0)
        rows = iter(range(1, len(table)))
        for (_, _, columns), of_gate in zip(gates, angles.reshape(len(gates), 6, 3), strict=True):
            for triple in of_gate:
                table[next(rows), columns] = triple
        return table, factors * scales[:, None]

    def _forces(self, positions: Array, values: Array, sigmas: Array, factors: Array) -> tuple[Array, Array]:
        """F = -J^T dE/dx with J = dx/dr of one structure, and its standard errors."""
        field = self.force_field
        upper, lower = np.moveaxis(values.reshape(-1, 3, 2), -1, 0)
        spread = np.sum(sigmas.reshape(-1, 3, 2) ** 2, axis=-1)
        slopes = factors / field.scaling.factor
        sites = np.array([site for site, _, _ in self._occurrences])
        jacobian = field.frame.jacobian(positions)
        gradient, variance = np.zeros((2, len(jacobian) // 3, 3))
        np.add.at(gradient, sites, slopes * (upper - lower))
        np.add.at(variance, sites, slopes**2 * spread)
        found = -jacobian.T @ gradient.ravel(), np.sqrt((jacobian.T**2) @ variance.ravel())
        return found[0].reshape(positions.shape), found[1].reshape(positions.shape)

    @cached_property
    def _occurrences(self) -> list[tuple[int, float, list[int]]]:
        """For every encoding gate of the circuit its site, its scale, and the columns of its three angles."""
        program = self.force_field.program
        column = {parameter.name: k for k, parameter in enumerate(self.circuit.parameters)}
        scales = dict(zip(program.parameter_names, self.force_field.params.tolist(), strict=True))
        return [
            (gate.site, scales[gate.scale], [column[name] for name in names])
            for gate, names in program.encoding_gates()
        ]


def _shown(advance: Callable[[int, str], None], before: int, text: str, done: int) -> None:
    advance(before + done, text)
