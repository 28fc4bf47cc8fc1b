import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siqml.errors import ModelError
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import frame_from_dict

WATER = Frame(("O", "H", "H"), (1, 2), (0,))
DIMER = Frame(("O", "H", "H", "O", "H", "H"), (0, 1, 2, 3, 4, 5), (0, 3))
BONDS = Frame(DIMER.species, DIMER.sites, DIMER.origin, ((1, (0,)), (2, (0,)), (4, (3,)), (5, (3,))))


@pytest.mark.parametrize("frame", [WATER, DIMER, BONDS, Frame(("Li", "H"), (0, 1), (0, 1))])
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


def test_hydrogens_seen_from_their_own_oxygen() -> None:
    positions = np.random.default_rng(3).normal(size=(6, 3))
    o1, h1, h2, o2, h3, h4 = positions
    expected = [(o1 - o2) / 2, h1 - o1, h2 - o1, (o2 - o1) / 2, h3 - o2, h4 - o2]
    np.testing.assert_allclose(BONDS.matrix @ positions, expected, atol=1e-15)
    own = {"c": [0], "d": [0], "e": [3], "f": [3]}
    sites = dict(zip("bcdaef", range(6), strict=True))
    assert Frame.named(BONDS.species, sites, [0, 3], "bcdaef", own) == BONDS
    assert frame_from_dict(json.loads(json.dumps(BONDS.to_dict()))) == BONDS
    assert "own" not in DIMER.to_dict()


@pytest.mark.parametrize("frame", [DIMER, BONDS])
@pytest.mark.parametrize("exchange", [(0, 2, 1, 3, 4, 5), (0, 1, 2, 3, 5, 4), (3, 4, 5, 0, 1, 2)])
def test_exchanging_atoms_of_the_dimer_exchanges_its_sites(frame: Frame, exchange: tuple[int, ...]) -> None:
    """Then what the symmetry of the circuit says about sites is true of atoms."""
    assert frame.follows(exchange)
    positions = np.random.default_rng(4).normal(size=(6, 3))
    moved = np.empty_like(positions)
    moved[list(exchange)] = positions
    np.testing.assert_allclose((frame.matrix @ moved)[list(exchange)], frame.matrix @ positions, atol=1e-15)


def test_negative_control_an_origin_on_one_molecule_only_is_no_symmetry() -> None:
    lopsided = Frame(DIMER.species, DIMER.sites, DIMER.origin, ((1, (0,)), (2, (0,))))
    assert lopsided.follows((0, 2, 1, 3, 4, 5))
    assert not lopsided.follows((3, 4, 5, 0, 1, 2))
    assert not DIMER.follows((0, 0, 1, 3, 4, 5))


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"H3": [0]}, "an origin is given for H3; the sites are H1, H2"),
        ({"H1": [7]}, "atom 7 does not exist: atoms are numbered 0 to 2 (O H H)"),
        ({"H1": []}, "a frame needs at least one atom and one origin atom"),
        ({"H1": [0, 0]}, "an origin atom is listed twice"),
        ({"H2": [2]}, "site 1 is its own origin, so it never moves; leave it out"),
    ],
)
def test_impossible_origins_are_refused(own: dict[str, list[int]], message: str) -> None:
    with pytest.raises(ModelError) as error:
        Frame.named(["O", "H", "H"], {"H1": 1, "H2": 2}, [0], ["H1", "H2"], own)
    assert str(error.value) == message


def test_lists_are_taken_as_tuples() -> None:
    """A frame is part of a key by which what is compiled is found again."""
    lists = Frame(["O", "H", "H"], [1, 2], [0], [(0, [0])])  # type: ignore[arg-type]
    assert lists == Frame(("O", "H", "H"), (1, 2), (0,), ((0, (0,)),))
    assert hash(lists) == hash(Frame(("O", "H", "H"), (1, 2), (0,), ((0, (0,)),)))
