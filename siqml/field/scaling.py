r"""From energies in eV to expectation values and back, by one affine map.

.. math:: v(E) = v_{low} + (E - E_{min})\, s, \qquad s = \frac{v_{high} - v_{low}}{E_{max} - E_{min}}

A quantum model can only answer inside the spectrum of its observable, and a label at an edge of the spectrum forces a
zero gradient there. By default, labels are therefore mapped to a narrow window, low inside the spectrum; if that is
asked for, to the whole of it, or to a window that falls. Forces scale by the same factor.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from siqml.errors import LabelError
from siqml.molecule.structures import Array

DEFAULT_WINDOW: Final = (0.05, 0.25)
"""The window as fractions of the range. For a Heisenberg pair, with range [-3, 1], the labels then fill [-2.8, -2]."""


@dataclass(frozen=True)
class Scaling:
    """The affine map.

    Attributes:
        energy: E_min in eV, which maps to ``value``.
        value: v_low, dimensionless.
        factor: s in 1/eV.
    """

    energy: float
    value: float
    factor: float

    @classmethod
    def fit(
        cls,
        energies: Array,
        observable_range: tuple[float, float],
        window: tuple[float, float] = DEFAULT_WINDOW,
    ) -> "Scaling":
        """Map the interval of ``energies`` to a window of the observable's range.

        Args:
            energies: training labels, ``(n,)`` in eV.
            observable_range: lowest and highest eigenvalue of the observable.
            window: where the lowest and the highest label go, as fractions of that range; the first may be larger.

        Returns:
            The map.

        Raises:
            LabelError: all energies are equal, or the window is not within [0, 1], or has no width.

        >>> scaling = Scaling.fit(np.array([-214.0, -210.0]), (-3.0, 1.0))
        >>> [round(float(v), 12) for v in scaling.to_value(np.array([-214.0, -210.0]))]
        [-2.8, -2.0]
        """
        low, high = window
        if not (0 <= low <= 1 and 0 <= high <= 1 and low != high):
            raise LabelError(
                f"window [{low:g}, {high:g}] must be two different fractions of the observable's range, from 0 to 1"
            )
        lowest, highest = float(np.min(energies)), float(np.max(energies))
        if not highest > lowest:
            raise LabelError(
                f"all {len(energies)} training energies equal {lowest:.6f} eV: nothing to learn; "
                "give structures of different energy"
            )
        bottom, top = observable_range
        width = top - bottom
        return cls(lowest, bottom + low * width, (high - low) * width / (highest - lowest))

    def to_value(self, energy: Any) -> Any:
        """Expectation value that stands for ``energy`` in eV, of any shape."""
        return self.value + (energy - self.energy) * self.factor

    def to_energy(self, value: Any) -> Any:
        """Energy in eV that an expectation value, of any shape, stands for."""
        return self.energy + (value - self.value) / self.factor

    def to_dict(self) -> dict[str, float]:
        """Plain numbers, for a model file."""
        return asdict(self)


@dataclass(frozen=True)
class MixedScaling(Scaling):
    """The map of a sum whose circuits have one factor for each name of weights.

    Attributes:
        energy, value, factor: those of the sum with these factors.
        factors: in eV, by name of weights.
    """

    factors: Mapping[str, float] = field(default_factory=dict)

    @property
    def plain(self) -> Scaling:
        """The map of the weighted sum."""
        return Scaling(self.energy, self.value, self.factor)


IDENTITY: Final = Scaling(0.0, 0.0, 1.0)
"""The map that leaves values as they are."""
