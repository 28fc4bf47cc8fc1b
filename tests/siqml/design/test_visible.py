"""A model that is blind to a motion is found out, and one that sees all is not."""

import numpy as np
import pytest

import eqcompile as eq
from siqml.design.visible import unseen
from siqml.field.catalogue import find
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Array, Structures
from tests.siqml.conftest import DIMER

LINEAR = np.array([[0, 0, 0], [0, 0, 1.16], [0, 0, -1.08]])
BENT = np.array([[0, 0, 0], [0, 0.76, 0.6], [0.1, -0.7, 0.6]])
FRAME = Frame(("C", "N", "H"), (1, 2), (0,))


def spec(qubits: int, encode: str, turning: list[int]) -> str:
    return f"""
name: two
qubits: {qubits}
data: {{sites: [N, H], encode: {encode}}}
symmetry: [{{rotation: {{group: SU(2), qubits: {turning}}}}}]
state: derive
observable: derive
ansatz: {{depth: 6, blocks: 1, layer: {{derive: {{locality: 2}}}}}}
"""


def near(structure: Array, size: float) -> Array:
    return structure + size * np.random.default_rng(0).normal(size=(5, *structure.shape))


@pytest.mark.parametrize("size", [0.0, 0.03])
def test_a_linear_molecule_on_a_total_spin_of_zero_has_one_bond_too_few(size: float) -> None:
    """All rotations are about one axis, and a common one does nothing: only the sum of both bonds is felt."""
    program = eq.compile(eq.loads(spec(4, "{N: [0, 2], H: [1, 3]}", [0, 1, 2, 3])))
    found = unseen(program, FRAME, near(LINEAR, size), 0.7)
    assert found is not None
    assert (found.where, found.seen, found.needed) == ("the linear structure next to one", 1, 2) or size == 0
    assert "1 of 2 motions" in str(found)


@pytest.mark.parametrize("size", [0.0, 0.03])
def test_a_spin_beside_them_sees_both(size: float) -> None:
    program = eq.compile(eq.loads(spec(4, "{N: [0], H: [1]}", [0, 1, 2, 3])))
    assert unseen(program, FRAME, near(LINEAR, size), 0.7) is None


def test_a_qubit_that_does_not_turn_is_no_such_spin() -> None:
    program = eq.compile(eq.loads(spec(6, "{N: [0, 2], H: [1, 3]}", [0, 1, 2, 3])))
    assert unseen(program, FRAME, near(LINEAR, 0.0), 0.7) is not None


def test_where_atoms_are_not_on_a_line_two_copies_are_enough() -> None:
    program = eq.compile(eq.loads(spec(4, "{N: [0, 2], H: [1, 3]}", [0, 1, 2, 3])))
    assert unseen(program, FRAME, near(BENT, 0.03), 0.7) is None


def test_the_dimer_of_the_paper_does_not_see_twelve(dimers: Structures) -> None:
    """Its gates join hydrogens with hydrogens and oxygen with oxygen alone."""
    text = find("water_dimer", "models").read_text(encoding="utf-8").replace("depth: 30", "depth: 6")
    program = eq.compile(eq.loads(text[: text.index("  # Eq. 15")]))  # without the breaking of rotations
    found = unseen(program, Frame(DIMER.species, DIMER.sites, (0, 3)), dimers.positions, 0.3)
    assert found is not None
    assert found.needed == 12
    assert found.seen == 7
