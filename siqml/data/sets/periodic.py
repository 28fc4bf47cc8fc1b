"""A diatomic curve continued to a periodic one, for circuits that know only periodic functions.

The generic model is a Fourier series in the bond length. Here the curve on [a, b] is followed by its mirror image. The
two gaps between them are bridged so that energy, force and curvature are continuous. Points beyond b are a device for
training, not a molecule.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siqml.data.labelling.tolerance import representable_length
from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.data.reading.shipped import shipped_file
from siqml.data.sets.diatomic import Diatomic
from siqml.molecule.structures import Array, Structures


@dataclass(frozen=True)
class Periodic:
    """The periodic continuation of a shipped curve.

    Attributes:
        name: name of the data set.
        curve: the curve that is continued, over ``curve.interval`` = [a, b].
        gap: width of each bridge in angstrom; the period is ``2 (b - a + gap)``.
        num_train_bridge: equally spaced training points in the bridges; the first half lies in the outer one.
        num_test_bridge: uniformly distributed test points in the bridges.
        seed: seed for these test points.
    """

    name: str
    curve: Diatomic
    gap: float
    num_train_bridge: int
    num_test_bridge: int
    seed: int

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of its files, without the name of the set."""
        return ("train", "test")

    @property
    def species(self) -> tuple[str, str]:
        """The two atoms, in file order."""
        return self.curve.species

    @property
    def num_train(self) -> int:
        """Size of the training set."""
        return 2 * self.curve.num_train + self.num_train_bridge

    @property
    def num_test(self) -> int:
        """Size of the test set."""
        return 2 * self.curve.num_test + self.num_test_bridge

    def build(self, seed: int) -> dict[str, Structures]:
        """Training and test set from the shipped curve, with rising bond lengths.

        Args:
            seed: seed for the test points in the bridges.
        """
        low, high = self.curve.interval
        sets = {
            part: read_structures(shipped_file(f"{self.curve.name}_{part}.extxyz")) for part in self.parts
        }
        outer, inner = _bridges(sets["train"], self.gap)
        half = self.num_train_bridge // 2
        offsets = {
            "train": (_inside(self.gap, half), _inside(self.gap, self.num_train_bridge - half)),
            "test": _random(self.gap, self.num_test_bridge, seed),
        }
        found = {}
        for part, structures in sets.items():
            pieces = [
                _lengths(structures),
                _mirrored(structures, high + self.gap / 2),
                _on_bridge(outer, high, self.gap, offsets[part][0]),
                _on_bridge(inner, 2 * high + self.gap - low, self.gap, offsets[part][1]),
            ]
            points = np.concatenate(pieces)
            found[part] = _molecules(points[points[:, 0].argsort()], self.species, f"{self.name}_{part}")
        return found


def make_periodic(recipe: Periodic, folder: Path, seed: int) -> tuple[list[Path], dict[str, Any]]:
    """Write the training and test sets; nothing here is slow.

    Args:
        recipe: what to write.
        folder: where to write; exists.
        seed: seed for the test points in the bridges.

    Returns:
        The files written, and what a provenance file says about them.
    """
    paths = []
    for part, structures in recipe.build(seed).items():
        paths.append(folder / f"{recipe.name}_{part}.extxyz")
        write_structures(paths[-1], structures)
    low, high = recipe.curve.interval
    period = 2 * (high - low + recipe.gap)
    return paths, {
        "method": f"periodic continuation of the shipped set {recipe.curve.name}; see its provenance",
        "basis": recipe.curve.basis,
        "sampling": (
            f"the curve on [{low:g}, {high:g}] angstrom, its mirror image at {high + recipe.gap / 2:g}, and two "
            f"bridges {recipe.gap:g} angstrom wide with energy, force and curvature continuous (even quartics); "
            f"period {period:g} angstrom; {recipe.num_train_bridge} training points (equally spaced) and "
            f"{recipe.num_test_bridge} test points (uniform) in the bridges. Physical: up to {high:g} angstrom"
        ),
        "forces": "those of the curve, mirrored; derivatives of the quartics",
    }


def _bridges(train: Structures, gap: float) -> tuple[Array, Array]:
    """Coefficients of the two quartics, beyond the outer and beyond the inner end of the curve."""
    from scipy.interpolate import CubicSpline

    points = _lengths(train)
    curvature = -CubicSpline(points[:, 0], points[:, 2])(points[[0, -1], 0], 1)
    ends = ((-1, -points[-1, 2], curvature[1]), (0, points[0, 2], curvature[0]))
    outer, inner = (quartic(points[row, 1], slope, bend, gap / 2) for row, slope, bend in ends)
    return outer, inner


def quartic(value: float, slope: float, bend: float, half: float) -> Array:
    r"""The even quartic :math:`c_0 + c_2 u^2 + c_4 u^4` that continues a curve at :math:`u = -h`.

    Args:
        value: value of the curve there.
        slope: first derivative there.
        bend: second derivative there.
        half: h.

    Returns:
        The coefficients, ``(3,)``.

    >>> quartic(2.0, -4.0, 12.0, 1.0).tolist()
    [1.0, 0.0, 1.0]
    """
    # f' = 2 c2 u + 4 c4 u^3 and f'' = 2 c2 + 12 c4 u^2 at u = -h
    fourth = (bend + slope / half) / (8 * half**2)
    second = (bend - 12 * fourth * half**2) / 2
    return np.array([value - second * half**2 - fourth * half**4, second, fourth])


def _lengths(structures: Structures) -> Array:
    """Bond length, energy and force along the bond, ``(n, 3)``."""
    forces = structures.radial_forces()
    if forces is None:
        raise ValueError("the shipped curve has forces")
    bonds = structures.positions[:, 1] - structures.positions[:, 0]
    return np.column_stack([np.linalg.norm(bonds, axis=1), structures.energies, forces])


def _mirrored(structures: Structures, centre: float) -> Array:
    return np.asarray(_lengths(structures) * [-1, 1, -1] + [2 * centre, 0, 0])


def _on_bridge(coefficients: Array, begin: float, gap: float, offsets: Array) -> Array:
    lengths = np.array([representable_length(begin + offset) for offset in offsets])
    u = lengths - begin - gap / 2
    constant, second, fourth = coefficients
    energies = constant + second * u**2 + fourth * u**4
    return np.column_stack([lengths, energies, -(2 * second * u + 4 * fourth * u**3)])


def _inside(gap: float, count: int) -> Array:
    return np.asarray(np.linspace(0, gap, count + 2)[1:-1])


def _random(gap: float, count: int, seed: int) -> tuple[Array, Array]:
    offsets = np.sort(np.random.default_rng(seed).uniform(0, 2 * gap, count))
    return offsets[offsets < gap], offsets[offsets >= gap] - gap


def _molecules(points: Array, species: tuple[str, str], source: str) -> Structures:
    along_z = np.array([[0.0, 0.0, -0.5], [0.0, 0.0, 0.5]])
    return Structures(
        species,
        along_z * points[:, 0, None, None],
        points[:, 1],
        2 * along_z * points[:, 2, None, None],
        source,
    )
