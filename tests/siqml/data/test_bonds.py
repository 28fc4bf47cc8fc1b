"""Equal atoms in the order that the model means."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.reading.bonds import declared_permutations, refuse_other_order
from siqml.data.reading.named import read_named
from siqml.errors import DataError
from siqml.field.catalogue import find
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import InternalCoordinates
from siqml.molecule.structures import Structures
from siqml.training.config import load_config

PERMUTATIONS = [(0, 2, 1, 3, 4, 5), (0, 1, 2, 3, 5, 4), (3, 4, 5, 0, 1, 2)]
PLAIN = Frame(("O", "H", "H") * 2, (0, 1, 2, 3, 4, 5), (0, 3))
OWN = replace(PLAIN, own=((1, (0,)), (2, (0,)), (4, (3,)), (5, (3,))))


def dimers(name: str = "dimer_cool_train.extxyz") -> Structures:
    return read_named(name)


def reordered(found: Structures, order: list[int], rows: slice = slice(None)) -> Structures:
    positions = found.positions.copy()
    positions[rows] = positions[rows][:, order]
    return replace(found, positions=positions, forces=None)


@pytest.mark.parametrize(
    ("frame", "permutations"),
    [(PLAIN, PERMUTATIONS), (OWN, []), (OWN, PERMUTATIONS)],
    ids=["spec", "frame", "both"],
)
def test_a_file_sorted_by_element(frame: Frame, permutations: list[tuple[int, ...]]) -> None:
    wrong = reordered(dimers(), [0, 1, 4, 3, 2, 5])
    with pytest.raises(DataError) as error:
        refuse_other_order([wrong], frame, permutations)
    assert str(error.value) == (
        "SOURCE: structure 0 (counted from 0): atoms 0 (O) and 2 (H) should be bonded, according to the model, but "
        "are 2.91 angstrom apart; atom 2 is bonded to atom 3, at 0.96 (400 such structures); list "
        "equal atoms in the order of the model, O H H O H H, molecule by molecule"
    ).replace("SOURCE", wrong.source)


@pytest.mark.parametrize("order", [[0, 1, 4, 3, 2, 5], [3, 1, 2, 0, 4, 5], [0, 5, 2, 3, 4, 1]])
def test_one_structure_in_another_order_than_the_rest(order: list[int]) -> None:
    wrong = reordered(dimers(), order, slice(7, 8))
    with pytest.raises(DataError, match=r"structure 7 \(counted from 0\): atoms .* should be bonded"):
        refuse_other_order([wrong], PLAIN)
    match = r"structure 7 \(counted from 0\): atoms .* in SOURCE they are bonded: the two files list equal atoms in "
    with pytest.raises(DataError, match=match.replace("SOURCE", dimers().source)):
        refuse_other_order([dimers(), wrong], PLAIN)


def test_either_of_two_files_may_be_the_wrong_one() -> None:
    """Nothing in the model tells bonds: here the test file is right, and was once blamed."""
    train, test = replace(reordered(dimers(), [0, 1, 4, 3, 2, 5]), source="train.xyz"), dimers()
    test = replace(test, source="test.xyz")
    with pytest.raises(DataError) as error:
        refuse_other_order([train, test], PLAIN)
    assert str(error.value) == (
        "test.xyz: structure 0 (counted from 0): atoms 0 (O) and 4 (H) are 2.91 angstrom apart; atom 4 is bonded to "
        "atom 3, at 0.96 (400 such structures); in train.xyz they are bonded: the two files list equal atoms in "
        "different orders, and at least one of them is wrong; list equal atoms in the order of the model, "
        "O H H O H H, molecule by molecule, in both"
    )
    for model in ((OWN, []), (PLAIN, PERMUTATIONS)):  # where the model tells, the training file is named
        with pytest.raises(
            DataError, match=r"^train\.xyz: structure 0 .* should be bonded, according to the model, but are "
        ):
            refuse_other_order([train, test], *model)
        with pytest.raises(
            DataError, match=r"^train\.xyz: structure 0 .* should be bonded, according to the model, but are "
        ):
            refuse_other_order([test, train], *model)


@pytest.mark.parametrize("order", [[0, 2, 1, 3, 4, 5], [3, 4, 5, 0, 1, 2]])
def test_exchanging_whole_molecules_or_their_own_hydrogens_is_no_mistake(order: list[int]) -> None:
    refuse_other_order([dimers(), reordered(dimers(), order)], OWN, PERMUTATIONS)


def test_a_stretched_bond_and_a_proton_that_moved_are_chemistry() -> None:
    found = dimers()
    positions = found.positions.copy()
    positions[0, 1] = positions[0, 0] + [9.0, 0, 0]
    positions[1, 1] = positions[1, 3] + 0.97 * np.array([0.0, 0.6, 0.8])
    refuse_other_order([replace(found, positions=positions)], OWN, PERMUTATIONS)


def test_internal_coordinates_declare_no_bonds() -> None:
    refuse_other_order([dimers()], InternalCoordinates(("O", "H", "H") * 2, ((0, 1),)))


@pytest.mark.parametrize(
    "config", ["dimer_300K", "dimer_cool_bonds", "dimer_cut", "lih", "lih_generic", "water"]
)
def test_shipped_sets_are_in_order(config: str) -> None:
    path = find(config, "configs")
    found = load_config(path)
    program = eq.compile(eq.load(find(found.model, "models", path.parent)))
    assert program.spec.data is not None
    sets = [read_named(name, found.frame.atoms) for name in (found.data.train, found.data.test) if name]
    refuse_other_order(sets, found.frame.place(program.spec.data.sites), declared_permutations(program))


def test_the_permutations_of_a_spec() -> None:
    program = eq.compile(eq.load(find("water", "models", Path())))
    assert [list(images) for images in declared_permutations(program)] == [[1, 0]]
