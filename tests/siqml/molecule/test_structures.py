import numpy as np
import pytest

from siqml.errors import DataError
from siqml.molecule.structures import Structures, composition, match_atoms, radial


def test_arrays_are_read_only_copies() -> None:
    positions = np.zeros((1, 2, 3))
    structures = Structures(("Li", "H"), positions, np.zeros(1), None, "here")
    positions[0, 0, 0] = 1.0
    assert structures.positions[0, 0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        structures.positions[0, 0, 0] = 1.0


def test_shapes_must_agree() -> None:
    with pytest.raises(DataError, match=r"array of shape \(1, 3, 3\); needed: \(1, 2, 3\)"):
        Structures(("Li", "H"), np.zeros((1, 3, 3)), np.zeros(1), None, "here")


@pytest.mark.parametrize(
    ("found", "needed", "order"),
    [
        (["Li", "H"], ["Li", "H"], [0, 1]),
        (["H", "Li"], ["Li", "H"], [1, 0]),
        (["H", "O", "H"], ["O", "H", "H"], [1, 0, 2]),
        (["O", "O"], ["O", "H"], None),
        (["O"], ["O", "H"], None),
        (["O", "H", "H"], ["O", "H"], None),
    ],
)
def test_atoms_are_matched_by_element(found: list[str], needed: list[str], order: list[int] | None) -> None:
    assert match_atoms(found, needed) == order


def test_radial_force_does_not_depend_on_orientation() -> None:
    rng = np.random.default_rng(0)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    bond = np.array([[[0, 0, 0.0], [0, 0, 1.7]]])
    force = np.array([[[0, 0, 2.5], [0, 0, -2.5]]])
    assert radial(bond @ rotation.T, force @ rotation.T) == pytest.approx([-2.5], abs=1e-12)


def test_composition_counts() -> None:
    assert composition(["O", "H", "H"]) == "O H2"
