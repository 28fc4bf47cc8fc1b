"""Pieces keep the Lie part: what must stay together for it stays together, and nothing else does."""

import pytest

import eqcompile as eq
from eqcompile.errors import MethodError
from eqcompile.passes.formula.pieces import Located, Piece, local_pieces


def texts(generator: str, symmetry: eq.Symmetry) -> list[str]:
    pieces = local_pieces(eq.PauliSum.parse(generator, symmetry.num_qubits), symmetry.lie_generators)
    return [str(piece.operator) for piece in pieces]


def test_a_bond_is_one_piece_and_single_strings_of_other_supports_are_others() -> None:
    assert texts("H(0,1) + Z1 Z2 + 2*I", eq.U1(3)) == ["X0 X1 + Y0 Y1 + Z0 Z1", "Z1 Z2"]


def test_strings_whose_commutators_cancel_are_merged() -> None:
    charge = eq.charge(2, "Z0 + Z0 Z1")
    (lie,) = charge.lie_generators
    generator = eq.PauliSum.parse("X0 - X0 Z1 + Z1", 2)
    assert lie.operator.commutes_with(generator)
    pieces = local_pieces(generator, charge.lie_generators)
    assert sorted(str(piece.operator) for piece in pieces) == ["X0 - X0 Z1", "Z1"]
    assert all(lie.operator.commutes_with(piece.operator) for piece in pieces)
    alone = local_pieces(generator, ())
    assert not all(lie.operator.commutes_with(piece.operator) for piece in alone)


def test_a_generator_that_the_whole_breaks_merges_nothing() -> None:
    assert texts("X0 + X1", eq.U1(2)) == ["X0", "X1"]


def test_pieces_of_one_colour_are_lowered_one_by_one() -> None:
    bond, next_bond, far = (Piece(eq.PauliSum.parse(t, 4)) for t in ("H(0,1)", "H(1,2)", "H(2,3)"))
    zz, xx, mixed = (Piece(eq.PauliSum.parse(t, 4)) for t in ("Z1 Z2", "X1 X2", "X0 X1 + Z0"))
    assert bond.goes_with(far)
    assert not bond.goes_with(next_bond)
    assert zz.goes_with(xx)
    assert not zz.goes_with(mixed)
    assert mixed.is_lowerable
    assert not mixed.is_commuting


def test_the_error_names_the_size() -> None:
    letters = [" ".join(f"{c}{q}" for q in range(7)) for c in "XYZ"]
    with pytest.raises(MethodError) as caught:
        texts(" + ".join(letters), eq.U1(7))
    assert str(caught.value) == (
        "no product formula: strings on the same 7 qubits do not commute, and one gate takes at most 6 qubits; "
        "split the generator into several"
    )


@pytest.mark.parametrize(("left", "right"), [("X0 + Y1 Z2 + 2*Z0", "Z0 X1 + Y0 - X2"), ("Z0 + Z1", "H(0,1)")])
def test_located_commutators_are_commutators(left: str, right: str) -> None:
    a, b = eq.PauliSum.parse(left, 3), eq.PauliSum.parse(right, 3)
    assert Located(a).commutator(b) == a.commutator(b)
