r"""How the distances between two elements are distributed over a simulation of one free molecule or cluster.

In a liquid, a radial distribution function is divided by the density of the bulk and tends to 1. A free cluster has no
bulk and no density, so nothing is divided by one here. For elements A and B,

.. math:: n_{AB}(r) = \frac{1}{N_A} \Big\langle \sum_{a \in A} \sum_{b \in B, b \ne a} \delta(r - r_{ab}) \Big\rangle

is the number of B atoms per angstrom at a distance r from an A atom. Its integral is the number of B atoms that there
are, without the atom itself. :math:`\rho_{AB} = n_{AB} / (4 \pi r^2)` is their density around an A atom,
in 1/angstrom^3.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, Final

import numpy as np

import eqcompile as eq
from siqml.errors import MdError
from siqml.md.motion import Motion
from siqml.molecule.structures import Array

MAX_BINS: Final = 100_000
"""Bins of a distribution of distances. Beyond it, refused: take wider ones."""


@dataclass(frozen=True, eq=False)
class Distances:
    """The distribution for one pair of elements.

    Attributes:
        pair: the elements A and B.
        count: number of B atoms around an A atom, the integral of ``number``.
        shortest, mean, longest: over all pairs of atoms and all frames, in angstrom.
        number: ``(bins,)``, n(r) in 1/angstrom.
        density: ``(bins,)``, rho(r) in 1/angstrom^3.
    """

    pair: tuple[str, str]
    count: float
    shortest: float
    mean: float
    longest: float
    number: Array
    density: Array

    @property
    def name(self) -> str:
        """The pair, as ``O-H``."""
        return "-".join(self.pair)


def distances(motion: Motion, width: float) -> tuple[Array, list[Distances]]:
    """The distributions for all pairs of elements.

    Args:
        motion: the simulation.
        width: width of a bin in angstrom.

    Returns:
        The middle of each bin, ``(bins,)`` in angstrom, and the distributions, one for each pair of which there is one.

    Raises:
        MdError: there is a single atom, or there would be too many bins.
    """
    symbols = np.array(motion.symbols)
    pairs = np.array([(i, j) for i in range(len(symbols)) for j in range(i)]).reshape(-1, 2)
    if not len(pairs):
        raise MdError("a single atom has no distances")
    apart = np.linalg.norm(motion.positions[:, pairs[:, 0]] - motion.positions[:, pairs[:, 1]], axis=2)
    bins = int(apart.max() / width) + 1
    if bins > MAX_BINS:
        raise MdError(
            f"--width {width:g}: {bins} bins up to {apart.max():.3g} angstrom; the limit is {MAX_BINS}"
        )
    edges = width * np.arange(bins + 1)
    shells = 4 / 3 * np.pi * np.diff(edges**3)
    found = []
    for a, b in combinations_with_replacement(dict.fromkeys(motion.symbols), 2):
        chosen = np.array([{a, b} == {symbols[i], symbols[j]} for i, j in pairs])
        if not chosen.any():
            continue
        some = apart[:, chosen]
        # Each pair of equal atoms counts from both of its ends.
        weight = (2 if a == b else 1) / (len(some) * int((symbols == a).sum()))
        each = weight * np.histogram(some, edges)[0]
        spread = float(some.min()), float(some.mean()), float(some.max())
        found.append(Distances((a, b), float(each.sum()), *spread, each / width, each / shells))
    return (edges[1:] + edges[:-1]) / 2, found


def distance_lines(motion: Motion, found: Sequence[Distances]) -> list[str]:
    """A line for each pair of elements, and how the curves are to be read."""
    lines = [
        f"{len(motion.positions)} frames",
        f"{'pair':>8}{'count':>8}{'shortest':>11}{'mean':>9}{'longest':>10}  A",
    ]
    lines += [
        f"{one.name:>8}{one.count:>8g}{one.shortest:>11.3f}{one.mean:>9.3f}{one.longest:>10.3f}"
        for one in found
    ]
    return [*lines, "a free cluster has no bulk density: curves are atoms per angstrom, and do not tend to 1"]


def write_distances(path: Path, middles: Array, found: Sequence[Distances]) -> Path:
    """Write the curves as CSV and the picture beside it, each atomically.

    Args:
        path: the CSV file: r, then number and density of each pair.
        middles: middle of each bin, in angstrom.
        found: the distributions.

    Returns:
        The picture.
    """
    names = [f"{kind}_{one.name}" for one in found for kind in ("n", "rho")]
    rows = np.column_stack([middles, *(column for one in found for column in (one.number, one.density))])
    text = io.StringIO()
    np.savetxt(text, rows, fmt="%.8g", delimiter=",", header=",".join(["r", *names]), comments="")
    picture = path.with_suffix(".png")
    eq.write_atomically(path, text.getvalue())
    eq.write_atomically(picture, _picture(middles, found))
    return picture


def _picture(middles: Array, found: Sequence[Distances]) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes: Any = figure.subplots()
    for one in found:
        axes.step(middles, one.number, where="mid", lw=1.0, label=f"{one.name} ({one.count:g})")
    axes.set_xlim(0, middles[-1])
    axes.set_ylim(0, None)
    axes.set_xlabel("distance (angstrom)")
    axes.set_ylabel("atoms per angstrom")
    axes.legend(frameon=False, title="pair (area below)")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    return picture.getvalue()
