import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siqml.errors import ModelError
from siqml.frame import Frame

WATER = Frame(("O", "H", "H"), (1, 2), (0,))
DIMER = Frame(("O", "H", "H", "O", "H", "H"), (0, 1, 2, 3, 4, 5), (0, 3))


@pytest.mark.parametrize("frame", [WATER, DIMER, Frame(("Li", "H"), (0, 1), (0, 1))])
@given(shift=st.tuples(*[st.floats(-100, 100)] * 3))
def test_translation_moves_no_site(frame: Frame, shift: tuple[float, float, float]) -> None:
    positions = np.random.default_rng(1).normal(size=(len(frame.species), 3))
    moved = frame.matrix @ (positions + np.array(shift))
    np.testing.assert_allclose(moved, frame.matrix @ positions, atol=1e-12)


def test_oxygen_at_the_origin() -> None:
    positions = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0], [0.0, 2.0, 3.0]])
    np.testing.assert_array_equal(WATER.matrix @ positions, [[0, 0, 1], [-1, 0, 0]])


def test_sites_of_a_centred_diatomic_are_opposite() -> None:
    positions = np.random.default_rng(2).normal(size=(2, 3))
    first, second = Frame(("Li", "H"), (0, 1), (0, 1)).matrix @ positions
    np.testing.assert_allclose(first, -second, atol=1e-15)


def test_named_follows_the_order_of_the_spec() -> None:
    assert Frame.named(["O", "H", "H"], {"H2": 2, "H1": 1}, [0], ["H1", "H2"]) == WATER


@pytest.mark.parametrize(
    ("atoms", "sites", "origin", "message"),
    [
        (["O"], {"H1": 0}, [0], "the frame places the sites H1; the spec has H1, H2"),
        (
            ["O", "H"],
            {"H1": 1, "H2": 2},
            [0],
            "atom 2 does not exist: atoms are numbered 0 to 1 (O H)",
        ),
        (
            ["O", "H", "H"],
            {"H1": 1, "H2": 2},
            [-1],
            "atom -1 does not exist: atoms are numbered 0 to 2 (O H H)",
        ),
        (["O", "H", "H"], {"H1": 1, "H2": 2}, [0, 0], "an origin atom is listed twice"),
        (["O", "H", "H"], {"H1": 1, "H2": 2}, [], "a frame needs at least one atom and one origin atom"),
    ],
)
def test_impossible_frames_are_refused(
    atoms: list[str], sites: dict[str, int], origin: list[int], message: str
) -> None:
    with pytest.raises(ModelError) as error:
        Frame.named(atoms, sites, origin, ["H1", "H2"])
    assert str(error.value) == message
