r"""One term of a model on a device: its values at a structure, and their slopes by the parameter-shift rule.

Every encoding gate of the circuit has angles of its own. The derivative of the value along a coordinate of a site is
the sum over the gates that upload the site, each by the two-term rule of `siqml.device.quaternions`; the chain rule
through scale and frame makes derivatives along atoms of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.device.quaternions import gate_angles, shifted
from siqml.molecule.combined import CombinedSites
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array


@dataclass(frozen=True, eq=False)
class Slopes:
    """What one term contributes to one structure, its coefficient included.

    Attributes:
        value: expectation value times coefficient.
        variance: variance of the value; 0 where it is exact.
        gradient: derivatives of it along the atoms, ``(3 n_atoms,)`` in 1/angstrom; zeros if not asked for.
        gradient_variance: variances of these derivatives.
    """

    value: float
    variance: float
    gradient: Array
    gradient_variance: Array


@dataclass(frozen=True, eq=False)
class HardwareTerm:
    """A term on a device.

    Attributes:
        term: a term of the model.
        frame: map from atoms to the sites of the term.
        params: parameters of the term.
        circuit: its circuit on the device, with angles for each encoding gate.
        expectation: the circuit's expectation value on the device.
    """

    term: "eq.Term"
    frame: AnyFrame | CombinedSites
    params: Array
    circuit: Any
    expectation: "eq.Expectation"

    def num_values(self, forces: bool) -> int:
        """Expectation values that one structure takes."""
        return 1 + 6 * len(self.occurrences) if forces else 1

    def measure(self, positions: Array, forces: bool, advance: Callable[[int], None]) -> Slopes:
        """Value, and slopes if forces are wanted, of one structure ``(n_atoms, 3)`` in angstrom."""
        table, factors = self._table(self.frame.sites_of(positions[None])[0], forces)
        values, sigmas = self.expectation(table, advance)
        c = self.term.coefficient
        gradient, variance = np.zeros((2, positions.size))
        if forces:
            gradient, variance = self._gradient(positions, values[1:], sigmas[1:], c * factors)
        return Slopes(float(c * values[0]), float((c * sigmas[0]) ** 2), gradient, variance)

    def _table(self, sites: Array, forces: bool) -> tuple[Array, Array]:
        """Parameters of every value: the structure itself, and two for each derivative; and factors ``(gates, 3)``."""
        base = self.term.program.values_for(self.circuit, sites, self.params, "gates")
        if not forces:
            return base[None], np.zeros((0, 3))
        gates = self.occurrences
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

    def _gradient(self, positions: Array, values: Array, sigmas: Array, slopes: Array) -> tuple[Array, Array]:
        """J^T df/dx with J = dx/dr of one structure, and its variance."""
        upper, lower = np.moveaxis(values.reshape(-1, 3, 2), -1, 0)
        spread = np.sum(sigmas.reshape(-1, 3, 2) ** 2, axis=-1)
        sites = np.array([site for site, _, _ in self.occurrences], dtype=np.int64)
        jacobian = self.frame.jacobian(positions)
        gradient, variance = np.zeros((2, len(jacobian) // 3, 3))
        np.add.at(gradient, sites, slopes * (upper - lower))
        np.add.at(variance, sites, slopes**2 * spread)
        return jacobian.T @ gradient.ravel(), (jacobian.T**2) @ variance.ravel()

    @cached_property
    def occurrences(self) -> list[tuple[int, float, list[int]]]:
        """For every encoding gate of the circuit its site, its scale, and the columns of its three angles."""
        program = self.term.program
        column = {parameter.name: k for k, parameter in enumerate(self.circuit.parameters)}
        scales = dict(zip(program.parameter_names, self.params.tolist(), strict=True))
        return [
            (gate.site, scales[gate.scale], [column[name] for name in names])
            for gate, names in program.encoding_gates()
        ]
