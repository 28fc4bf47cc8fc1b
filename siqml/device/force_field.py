r"""Energies and forces on quantum devices: shots, noise, and the parameter-shift rule.

The terms of a model are measured one after the other, each with its own circuit, see `siqml.device.term`. Their values
add up with the coefficients of the model, and the scaling makes energies and forces of the sum. Values with shots are
independent, so their variances add.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.device.term import HardwareTerm
from siqml.errors import ModelError
from siqml.field.force_field import ForceField
from siqml.molecule.combined import frame_of_term
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
    def circuits(self) -> tuple[Any, ...]:
        """The circuit of each different program on the device, with ``.certificate``; every encoding gate has its own
        angles.

        Raises:
            EqcompileError: the device cannot run the model.
            ModelError: a transpiled circuit is refused.
        """
        found = []
        for program in self.force_field.model.programs:
            circuit = program.to_qiskit("gates", backend=self.device, seed=self.seed)
            if circuit.certificate.refused:
                raise ModelError(
                    f"{self.device.name}: the transpiled circuit is refused: {circuit.certificate.counterexample}"
                )
            found.append(circuit)
        return tuple(found)

    @property
    def circuit(self) -> Any:
        """The circuit, where all terms of the model have one program.

        Raises:
            ModelError: there are several.
        """
        self._require_one_program()
        return self.circuits[0]

    @cached_property
    def expectations(self) -> tuple["eq.Expectation", ...]:
        """The expectation value of each circuit on the device; shots of different circuits are independent."""
        return tuple(
            eq.Expectation(circuit, self.device, self.shots, _seed(self.seed, number), self.noise)
            for number, circuit in enumerate(self.circuits)
        )

    @property
    def expectation(self) -> "eq.Expectation":
        """The expectation value of :attr:`circuit`; errors as there."""
        self._require_one_program()
        return self.expectations[0]

    def _require_one_program(self) -> None:
        model = self.force_field.model
        if len(model.programs) > 1:
            raise ModelError(
                f"this model has {len(model.programs)} different circuits ({model.name}), not one; they are in "
                ".circuits, and their expectation values in .expectations"
            )

    @cached_property
    def terms(self) -> tuple[HardwareTerm, ...]:
        """The terms of the model on the device. Terms of one program have one circuit, with other angles."""
        field, model = self.force_field, self.force_field.model
        return tuple(
            HardwareTerm(
                term, frame_of_term(field.frame, model, term), model.parameters_of(term, field.params),
                self.circuits[number], self.expectations[number],
            )
            for term, number in zip(model.terms, model.program_numbers, strict=True)
        )  # fmt: skip

    def values_per_structure(self, forces: bool = True) -> int:
        """Expectation values that one structure takes."""
        return sum(term.num_values(forces) for term in self.terms)

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
        scaling = self.force_field.scaling
        values, variances = np.zeros((2, len(positions)))
        gradients, spreads = np.zeros((2, len(positions), 3 * positions.shape[1]))
        before = 0
        for number, structure in enumerate(positions):
            place = f"structure {number + 1} of {len(positions)}"
            for term in self.terms:
                found = term.measure(structure, forces, partial(_shown, advance, before, place))
                before += term.num_values(forces)
                values[number] += found.value
                variances[number] += found.variance
                gradients[number] += found.gradient
                spreads[number] += found.gradient_variance
        energies, errors = scaling.to_energy(values), np.sqrt(variances) / abs(scaling.factor)
        if not forces:
            return Measured(energies, errors, None, None)
        found_forces = (-gradients / scaling.factor).reshape(positions.shape)
        force_errors = (np.sqrt(spreads) / abs(scaling.factor)).reshape(positions.shape)
        return Measured(energies, errors, found_forces, force_errors)


def _seed(seed: int, number: int) -> int:
    """Of the shots of one circuit: the given one for the first, others for the next."""
    return seed if not number else int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _shown(advance: Callable[[int, str], None], before: int, text: str, done: int) -> None:
    advance(before + done, text)
