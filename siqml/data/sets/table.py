"""The data sets that siqml can make."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from siqml.data.labelling.functional import Functional
from siqml.data.samplers.classical_frames import ClassicalFrames
from siqml.data.samplers.normal_modes import NormalModes
from siqml.data.samplers.stretch import Stretch
from siqml.data.samplers.trajectory import Trajectory
from siqml.data.sets.dft_set import DftSet
from siqml.data.sets.diatomic import Diatomic
from siqml.data.sets.molecules import MOLECULES
from siqml.data.sets.periodic import Periodic
from siqml.errors import DataError

Recipe = Diatomic | DftSet | Periodic

LIH: Final = Diatomic("lih", ("Li", "H"), "sto-3g", (0.9, 4.5), num_train=53, num_test=81, seed=2023)
"""Sec. III A of arXiv 2311.11362: exact energies in STO-3G, r in [0.9, 4.5] angstrom, 53 and 81 points."""

H2: Final = Diatomic("h2", ("H", "H"), "cc-pvdz", (0.5, 3.0), num_train=40, num_test=60, seed=2026)
"""Not a set of the paper: exact energies of the smallest molecule, from its repulsive wall almost to two atoms."""

LIH_PERIODIC: Final = Periodic(
    "lih_periodic", LIH, gap=0.6, num_train_bridge=7, num_test_bridge=25, seed=2023
)
"""Sec. III A: 113 and 187 points for the generic model. The paper does not say how it made its data periodic."""

_MOLECULE: Final = ((0.0, 0.0, 0.0), (0.0, 0.76, 0.6), (0.0, -0.76, 0.6))

_PAIR: Final = (
    (-1.40, -0.05, 0.00), (-1.75, 0.85, 0.00), (-0.42, 0.08, 0.00),
    (1.40, 0.10, 0.00), (1.73, -0.37, -0.76), (1.73, -0.37, 0.76),
)  # fmt: skip

_ONE: Final = Functional("pbe", "def2-svp", radial=50, angular=434)

_TWO: Final = Functional("pbe", "def2-svp", radial=50, angular=302)
"""A pair turns little, or costs four times as much as one molecule, so it gets the default number of angular points."""

WATER: Final = DftSet(
    "water", ("O", "H", "H"), _MOLECULE, _ONE, NormalModes(300.0), num_train=473, num_test=474, seed=2023
)
"""Sec. III B: 473 and 474 configurations of one molecule."""

WATER_WIDE: Final = DftSet(
    "water_wide", ("O", "H", "H"), _MOLECULE, _ONE, NormalModes(1000.0), num_train=0, num_test=300, seed=2024
)
"""Configurations beyond what a model of `WATER` has seen."""

DIMER_COOL: Final = DftSet(
    "dimer_cool",
    ("O", "H", "H") * 2,
    _PAIR,
    _TWO,
    Trajectory(50.0, 0.5),
    num_train=400,
    num_test=400,
    seed=2023,
    note=(
        "the start is mirror symmetric and relaxes to a saddle point of this functional and basis, at least 26 meV "
        "above the minimum; the trajectory leaves it, and its kinetic energy is that of 78 K on average"
    ),
)
"""Sec. III C: 400 and 400 configurations from ab initio molecular dynamics."""

DIMER_300K: Final = DftSet(
    "dimer_300K",
    ("O", "H", "H") * 2,
    _PAIR,
    _TWO,
    ClassicalFrames(300.0, time_step=0.5, stride=400, friction=0.01, wall=3.8, spring=1.0),
    num_train=400,
    num_test=400,
    seed=2023,
    note=(
        "the walk of 160 ps is chaotic: another processor, or another library for linear algebra, agrees on the first "
        "frames and then takes others of the same distribution; the tolerance is that of labels at the shipped "
        "geometries"
    ),
)
"""The same number of frames, but decorrelated."""

DIMER_CUT: Final = DftSet(
    "dimer_cut",
    ("O", "H", "H") * 2,
    _PAIR,
    _TWO,
    Stretch(fixed=0, moved=2, interval=(0.85, 1.2), num_train=60),
    num_train=60,
    num_test=60,
    seed=2023,
    note="the stationary point is the mirror symmetric one, a saddle point 26 meV or more above the minimum",
)
"""Sec. III C, Fig. 8: one hydrogen, here the one in the hydrogen bond, moves in one direction."""

RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(
    {
        found.name: found
        for found in (LIH, LIH_PERIODIC, WATER, WATER_WIDE, DIMER_COOL, DIMER_300K, DIMER_CUT, H2, *MOLECULES)
    }
)
"""Every data set that ``siqml data make`` knows."""


def recipe(name: str) -> Recipe:
    """The recipe of this name.

    Args:
        name: name of a data set, such as ``lih``.

    Returns:
        The recipe.

    Raises:
        DataError: siqml has no such data set.

    >>> recipe("water").num_train
    473
    """
    if name not in RECIPES:
        close = get_close_matches(name, RECIPES, 1)
        hint = f'did you mean "{close[0]}"? ' if close else ""
        raise DataError(f'no data set "{name}"; {hint}known: {", ".join(RECIPES)}')
    return RECIPES[name]
