r"""How far a device breaks each symmetry: :math:`f(V_g x) - f(x)` for every generator of the group.

An exact model on an exact device gives zero. Gate errors and misreadings single out axes and qubits, so a noisy device
does not. Shots scatter on top of that, with a known error.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qiskit.providers import BackendV2

from eqcompile.devices.devices import Device, find_backend
from eqcompile.devices.expectation import Expectation
from eqcompile.devices.on_device import circuit_on
from eqcompile.emit.binding import values_in_order
from eqcompile.emit.compiled import Compiled
from eqcompile.emit.jax.model import jax_model
from eqcompile.errors import DimensionError
from eqcompile.numeric.defect import moved_positions
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.symmetry import Symmetry

Array: TypeAlias = NDArray[np.float64]

ANGLES = 0.5, 3.0
"""Elements of one-parameter groups turn by random angles between these: far from the identity."""


@dataclass(frozen=True)
class Violation:
    """What one generator of the group does to the values of a device.

    Attributes:
        generator: its name; a one-parameter group is represented by random elements, one for each point.
        kept: whether the model itself is invariant under it; a declared breaking leaves less than was declared.
        change: root mean square of f(V x) - f(x) over the points.
        scatter: what shots alone would give; 0 where values are exact.
        largest: the largest change.
        largest_error: its standard error.
        exact: root mean square of the same change without noise and shots.
        num_points: how many points were compared.
    """

    generator: str
    kept: bool
    change: float
    scatter: float
    largest: float
    largest_error: float
    exact: float
    num_points: int

    @property
    def significance(self) -> float | None:
        r"""By how many standard deviations the mean square exceeds what shots alone give; ``None`` without shots.

        The mean of n squares of normal numbers has the relative standard deviation :math:`\sqrt{2/n}`.
        """
        if not self.scatter:
            return None
        ratio = (self.change / self.scatter) ** 2
        return float((ratio - 1) * np.sqrt(self.num_points / 2))

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return {**asdict(self), "significance": self.significance}

    def scaled(self, factor: float) -> "Violation":
        """The same violation in other units."""
        numbers = {k: v * factor for k, v in asdict(self).items() if isinstance(v, float)}
        return replace(self, **numbers)  # type: ignore[arg-type]  # every number is a float


def noise_report(
    program: Compiled,
    x: Any,
    params: Any,
    backend: str | BackendV2 | Device,
    shots: int | None = None,
    seed: int | None = 0,
    noise: bool = True,
    advance: Callable[[int], None] = lambda done: None,
) -> tuple[Violation, ...]:
    """How far a device breaks each symmetry that a program declares.

    Args, Returns and Raises: as for :meth:`eqcompile.program.Program.noise_report`.
    """
    points = measured_points(x, program.ansatz.site_names)
    device = find_backend(backend)
    circuit = circuit_on(program, "angles", backend=device)
    images = orbit_points(program.symmetry, points, seed)
    everything = [points, *(image for _, image in images)]
    values = values_in_order(program.ansatz, circuit, params, everything)
    shape = len(everything), len(points)
    table = values.reshape(-1, circuit.num_parameters)
    means, errors = Expectation(circuit, device, shots, seed, noise)(table, advance)
    model = jax_model(program.ansatz, program.state, program.observable)
    exact = [model(params, image) for image in everything]
    kept = program.kept_symmetry.generator_names
    generators = [generator for generator, _ in images]
    return violations(generators, kept, (means.reshape(shape), errors.reshape(shape)), exact)


def measured_points(x: Any, site_names: Sequence[str]) -> Array:
    """Positions as an array ``(n, num_sites, 3)``.

    Raises:
        DimensionError: another shape, no points, or a model without data.
    """
    if not site_names:
        raise DimensionError("the model takes no positions, so no group element moves any")
    points = np.asarray(x, float)
    if points.ndim != 3 or points.shape[1:] != (len(site_names), 3) or not len(points):
        raise DimensionError(
            f"positions have shape {points.shape}; the model needs (n, {len(site_names)}, 3) with n of at least 1"
        )
    return points


def orbit_points(symmetry: Symmetry, x: Array, seed: int | None) -> list[tuple[GroupGenerator, Array]]:
    """For every generator, the images of all points under its elements.

    Args:
        symmetry: the group.
        x: points, ``(n, num_sites, 3)`` in angstrom.
        seed: seed for the angles.

    Returns:
        Generators with arrays of the same shape as ``x``.
    """
    source = np.random.default_rng(seed)
    found = []
    for generator in symmetry.generators:
        angles = (
            source.uniform(*ANGLES, size=len(x)) if isinstance(generator, LieGenerator) else np.zeros(len(x))
        )
        images = [moved_positions(generator, float(a), p, symmetry) for a, p in zip(angles, x, strict=True)]
        found.append((generator, np.array(images).reshape(x.shape)))
    return found


def violations(
    generators: Sequence[GroupGenerator],
    kept: Sequence[str],
    values: tuple[Array, Array],
    exact: Sequence[Any],
) -> tuple[Violation, ...]:
    """Compare the values at the points with those at their images.

    Args:
        generators: generators of the group.
        kept: names of those under which the model is invariant.
        values: values found on the device, and their standard errors: ``(1 + len(generators), n)``, the points first.
        exact: the same values without noise.

    Returns:
        One entry for every generator.
    """
    (means, errors), reference = values, np.asarray(exact)
    out = []
    for number, generator in enumerate(generators, start=1):
        change, noiseless = means[number] - means[0], reference[number] - reference[0]
        error = np.hypot(errors[number], errors[0])
        worst = int(np.argmax(np.abs(change)))
        out.append(
            Violation(
                generator.name, generator.name in kept, _rms(change), _rms(error),
                float(change[worst]), float(error[worst]), _rms(noiseless), len(change),
            )
        )  # fmt: skip
    return tuple(out)


def _rms(values: Any) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
