"""Commutant blocks: dimensions and multiplicities, compared with closed forms and the count by characters."""

from collections.abc import Callable

import pytest

from eqcompile.derivation.witness import commutant_blocks as blocks
from eqcompile.derivation.witness.by_weight import count_by_weight
from eqcompile.derivation.witness.commutant_blocks import Block, commutant_blocks
from eqcompile.errors import LimitError, MethodError
from eqcompile.symmetry.make import SU2, inversion, permutations, point_symmetry
from eqcompile.symmetry.symmetry import Symmetry


def symmetric(n: int) -> Symmetry:
    return permutations(n, [(0, 1)], [tuple(range(n))])


GROUPS = {
    "trivial": Symmetry(2),
    "S_4": symmetric(4),
    "C_5": permutations(5, [tuple(range(5))]),
    "wreath": permutations(4, [(0, 1)], [(0, 2), (1, 3)]),
    "inversion": inversion(3, parity=1),
    "O": point_symmetry(3, "O"),
    "I": point_symmetry(4, "I"),
    "T_d with parity": point_symmetry(4, "Td", parity=3),
    "C_3v and permutations": point_symmetry(4, "C3v", parity=3) * permutations(4, [(0, 1)]),
    "two point groups": point_symmetry(3, "C_4", qubits=[0]) * point_symmetry(3, "D_3", qubits=[1, 2]),
    "parity of two factors": point_symmetry(3, "C_i", parity=2) * inversion(3, parity=2),
}


@pytest.mark.parametrize("name", GROUPS)
def test_blocks_fill_the_register_and_the_commutant(name: str) -> None:
    symmetry = GROUPS[name]
    n = symmetry.num_qubits
    found = commutant_blocks(symmetry)
    assert sum(block.dimension * block.multiplicity for block in found) == 2**n
    assert sum(block.multiplicity**2 for block in found) == sum(count_by_weight(symmetry, n).values())


def test_spins_of_permuted_qubits() -> None:
    """Schur and Weyl: the multiplicity under S_n is the dimension of a spin."""
    assert commutant_blocks(symmetric(4)) == (Block(1, 5), Block(2, 1), Block(3, 3))
    assert commutant_blocks(symmetric(5)) == (Block(1, 6), Block(4, 4), Block(5, 2))


def test_one_spin_in_the_octahedral_double_group() -> None:
    """E_1/2 is irreducible, and E_1/2 x E_1/2 = A_1 + T_1."""
    assert commutant_blocks(point_symmetry(1, "O")) == (Block(2, 1),)
    assert commutant_blocks(point_symmetry(2, "O")) == (Block(1, 1), Block(3, 1))


def test_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the wrong trace of cycles, the blocks no longer fill the register."""
    monkeypatch.setattr(blocks, "_power_trace", lambda trace, power: trace)
    with pytest.raises(AssertionError, match="a multiplicity is a whole number"):
        commutant_blocks(permutations(3, [(0, 1)]) * permutations(3, [(0, 1, 2)]) * point_symmetry(3, "O"))


REFUSED: dict[str, tuple[Callable[[], Symmetry], type[Exception], str]] = {
    "continuous": (lambda: SU2(3), MethodError, "inversion; SU\\(2\\) is none of these"),
    "moved parity": (
        lambda: inversion(2, parity=0) * permutations(2, [(0, 1)]),
        MethodError,
        "factors that commute; those of inversion x \\(0 1\\) do not",
    ),
    "too large": (lambda: symmetric(6), LimitError, "a group of more than 500 elements"),
}


@pytest.mark.parametrize(("build", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(build: Callable[[], Symmetry], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        commutant_blocks(build())
