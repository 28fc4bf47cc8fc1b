"""A model on a device, compared with the same model without noise and shots, and with labels."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import eqcompile as eq
from siqml.device.force_field import HardwareField, Measured
from siqml.molecule.structures import Array, Structures
from siqml.molecule.units import MILLI
from siqml.progress import progress


@dataclass(frozen=True)
class Agreement:
    """How measured numbers compare with exact ones.

    Attributes:
        mse: mean square difference.
        error: root mean square of the standard errors; 0 where values are exact.
        rms_z: root mean square of difference over standard error; about 1 where shots are the only source of error.
        covered: share of the numbers within two standard errors; about 0.95 where shots are the only source of error.
    """

    mse: float
    error: float
    rms_z: float | None
    covered: float | None

    @classmethod
    def of(cls, found: Array, errors: Array, exact: Array) -> "Agreement":
        """Compare arrays of the same shape; numbers without an error count only in the first two."""
        difference, uncertain = found - exact, errors > 0
        mse, error = float(np.mean(difference**2)), float(np.sqrt(np.mean(errors**2)))
        if not uncertain.any():
            return cls(mse, error, None, None)
        z = difference[uncertain] / errors[uncertain]
        return cls(mse, error, float(np.sqrt(np.mean(z**2))), float(np.mean(np.abs(z) <= 2)))


@dataclass(frozen=True)
class HardwareEvaluation:
    """One model on one device for one set of structures.

    Attributes:
        source: the structures.
        structures: numbers of the structures that were measured, counted from 0.
        num_structures: number of structures in the set.
        backend, shots, seed: how they were measured.
        noise: whether there was any but that of shots.
        circuit: gate counts and depth on the device; of several terms, all gates and the largest depth.
        certificate: verdict about the transpiled circuit, and the group; of several circuits, each that differs.
        energies, energy_errors, exact_energies: ``(n,)`` in eV.
        energy: measured against exact energies, in eV^2 and eV.
        force: measured against exact force components, or ``None``.
        energy_label_mse, force_label_mse: mean square difference from labels.
    """

    source: str
    structures: tuple[int, ...]
    num_structures: int
    backend: str
    shots: int | None
    seed: int
    noise: bool
    circuit: dict[str, int]
    certificate: str
    energies: tuple[float, ...]
    energy_errors: tuple[float, ...]
    exact_energies: tuple[float, ...]
    energy: Agreement
    force: Agreement | None
    energy_label_mse: float
    force_label_mse: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


def spread(count: int, limit: int) -> list[int]:
    """Up to ``limit`` numbers below ``count``, evenly spread: sets are often sorted.

    >>> spread(81, 3), spread(2, 3)
    ([0, 40, 80], [0, 1])
    """
    return sorted({round(float(k)) for k in np.linspace(0, count - 1, min(limit, count))})


def oriented(positions: Array, seed: int) -> Array:
    """Structures ``(n, n_atoms, 3)``, each turned at random: on an axis, one would not see rotations about it."""
    from scipy.spatial.transform import Rotation

    turns = Rotation.random(len(positions), np.random.default_rng(seed)).as_matrix()
    turned: Array = np.einsum("nij,naj->nai", turns, positions)
    return turned


def evaluate_on_device(
    field: HardwareField, structures: Structures, limit: int, forces: bool, stream: TextIO
) -> HardwareEvaluation:
    """Measure structures of a set, and compare the results.

    Args:
        field: the model on a device.
        structures: labelled structures, in the atom order of the model.
        limit: largest number of structures that are measured, evenly spread over the set.
        forces: whether forces are measured, too.
        stream: takes the progress report.

    Returns:
        The comparison.
    """
    chosen = spread(len(structures), limit)
    part = structures.chosen(chosen)
    total = len(chosen) * field.values_per_structure(forces)
    with progress(f"values on {field.device.name}", total, stream) as advance:
        found = field.measure(part.positions, forces, advance)
    return _compared(field, part, found, chosen, len(structures))


def _compared(
    field: HardwareField, part: Structures, found: Measured, chosen: Sequence[int], count: int
) -> HardwareEvaluation:
    energies, exact_forces = field.force_field.predict(part.positions)
    force = label_mse = None
    if found.forces is not None and found.force_errors is not None:
        force = Agreement.of(found.forces, found.force_errors, exact_forces)
        if part.forces is not None:
            label_mse = float(np.mean((found.forces - part.forces) ** 2))
    is_noisy = any(expectation.is_noisy for expectation in field.expectations)
    certificates = (circuit.certificate for circuit in field.circuits)
    verdicts = dict.fromkeys(f"{found.verdict} for {found.symmetry_left}" for found in certificates)
    return HardwareEvaluation(
        part.source, tuple(chosen), count, field.device.name, field.shots, field.seed, is_noisy,
        _counted(field), "; ".join(verdicts),
        tuple(found.energies.tolist()), tuple(found.energy_errors.tolist()), tuple(energies.tolist()),
        Agreement.of(found.energies, found.energy_errors, energies), force,
        float(np.mean((found.energies - part.energies) ** 2)), label_mse,
    )  # fmt: skip


def _counted(field: HardwareField) -> dict[str, int]:
    """Gates of the circuits of all terms, and the largest depth: each is run on its own."""
    circuits = [term.circuit for term in field.terms]
    gates: Counter[str] = Counter()
    for circuit in circuits:
        gates.update(circuit.count_ops())
    return {**gates, "depth": max(circuit.depth() for circuit in circuits)}


def evaluation_table(found: HardwareEvaluation) -> list[str]:
    """Lines for the terminal: the circuit, every energy, and the agreement."""
    counts = ", ".join(f"{count} {name}" for name, count in found.circuit.items() if name != "depth")
    lines = [
        f"{Path(found.source).name}: {len(found.structures)} of {found.num_structures} structures on {found.backend}, "
        f"{_how(found)}",
        f"circuit: {counts}; depth {found.circuit['depth']}; {found.certificate}",
        f"{'structure':>10}{'energy, eV':>16}{'error, meV':>12}{'exact, eV':>16}{'off, meV':>12}{'z':>8}",
    ]
    rows = zip(found.structures, found.energies, found.energy_errors, found.exact_energies, strict=True)
    for number, energy, error, exact in rows:
        z = f"{(energy - exact) / error:8.2f}" if error else f"{'-':>8}"
        off = (energy - exact) / MILLI
        lines.append(f"{number:>10}{energy:>16.6f}{error / MILLI:>12.3f}{exact:>16.6f}{off:>12.3f}{z}")
    lines += _agreement_lines("energy", "eV", found.energy, found.energy_label_mse)
    if found.force is not None:
        lines += _agreement_lines("force components", "eV/A", found.force, found.force_label_mse)
    return lines


def _how(found: HardwareEvaluation) -> str:
    shots = "exact values" if found.shots is None else f"{found.shots} shots"
    return f"{shots}, {'with' if found.noise else 'without'} noise, seed {found.seed}"


def _agreement_lines(name: str, unit: str, found: Agreement, label_mse: float | None) -> list[str]:
    labels = "" if label_mse is None else f"; against labels {label_mse:.3e}"
    lines = [f"{name}: mean square against the exact model {found.mse:.3e} ({unit})^2{labels}"]
    if found.rms_z is not None and found.covered is not None:
        lines.append(
            f"  error bars {found.error:.3e} {unit}; rms z {found.rms_z:.2f}; "
            f"{100 * found.covered:.0f} % within two error bars"
        )
    return lines


def noise_table(found: Sequence["eq.Violation"], title: str) -> list[str]:
    """Lines for the terminal: what every generator of the group changes, in meV."""
    width = max(28, *(len(violation.generator) + 2 for violation in found)) if found else 28
    lines = [
        title,
        f"{'generator':<{width}}{'model':>10}{'change':>10}{'shots':>10}{'sigmas':>8}{'largest':>20}{'noiseless':>12}",
    ]
    for violation in found:
        sigmas = "-" if violation.significance is None else f"{violation.significance:.1f}"
        largest = f"{violation.largest:.3f}"
        if violation.largest_error:
            largest += f" +- {violation.largest_error:.3f}"
        kept = "invariant" if violation.kept else "broken"
        lines.append(
            f"{violation.generator:<{width}}{kept:>10}{violation.change:>10.3f}{violation.scatter:>10.3f}"
            f"{sigmas:>8}{largest:>20}{violation.exact:>12.1e}"
        )
    return lines
