"""Six small molecules at 300 K, as anybody might bring them: one recipe each, for models that `siqml init` writes.

They cover what a first molecule can be: linear with and without a centre (CO2, HCN), planar (H2CO, formic acid), a
pyramid that keeps its shape (NH3), and a charged one that turns inside out at room temperature (H3O+).
"""

from typing import Final

from siqml.data.labelling.functional import Functional
from siqml.data.samplers.langevin import LangevinFrames
from siqml.data.samplers.normal_modes import NormalModes
from siqml.data.samplers.sampling import Sampling
from siqml.data.sets.dft_set import DftSet

_METHOD: Final = Functional("pbe", "def2-svp", radial=50, angular=434)

_CATION: Final = Functional("pbe", "def2-svp", radial=50, angular=434, charge=1)

_MODES: Final = NormalModes(300.0)

_WALK: Final = LangevinFrames(300.0, time_step=1.0, stride=5, friction=0.02)

_Place = tuple[float, float, float]


def _set(
    name: str,
    species: str,
    start: tuple[_Place, ...],
    sampling: Sampling = _MODES,
    functional: Functional = _METHOD,
    note: str = "",
) -> DftSet:
    """400 structures for training and 400 for testing."""
    return DftSet(name, tuple(species.split()), start, functional, sampling, 400, 400, seed=2026, note=note)


MOLECULES: Final = (
    _set("nh3", "N H H H", ((0, 0, 0.1), (0, 0.94, -0.27), (0.81, -0.47, -0.27), (-0.81, -0.47, -0.27))),
    _set("co2", "C O O", ((0, 0, 0), (0, 0, 1.17), (0, 0, -1.17))),
    _set("hcn", "C N H", ((0, 0, 0), (0, 0, 1.16), (0, 0, -1.08))),
    _set("h2co", "C O H H", ((0, 0, 0), (0, 0, 1.21), (0, 0.94, -0.59), (0, -0.94, -0.59))),
    _set(
        "h3o",
        "O H H H",
        ((0, 0, 0.1), (0, 0.94, -0.17), (0.81, -0.47, -0.17), (-0.81, -0.47, -0.17)),
        _WALK,
        _CATION,
        note=(
            "the cation H3O+; the walk is chaotic: another processor, or another library for linear algebra, agrees "
            "on the first frames and then takes others of the same distribution"
        ),
    ),
    _set(
        "hcooh",
        "C O O H H",
        ((-0.13, 0.40, 0), (-1.13, -0.27, 0), (1.12, -0.09, 0), (-0.10, 1.51, 0), (1.05, -1.06, 0)),
        note="the conformer whose O-H points to the other oxygen",
    ),
)
"""The recipes, by rising cost."""
