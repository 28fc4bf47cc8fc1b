"""Bases as values: membership, independence, limits and names of methods."""

from collections.abc import Callable

import pytest

from eqcompile.derivation.compare import derive_basis
from eqcompile.derivation.generators.basis import GeneratorBasis, independent_part, reduced
from eqcompile.derivation.generators.strings import full_strings
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.symmetry import Symmetry

Family = Callable[[str, int], Symmetry]


def op(text: str, n: int = 3) -> PauliSum:
    return PauliSum.parse(text, n)


def basis(*texts: str) -> GeneratorBasis:
    return GeneratorBasis(3, 2, "by hand", tuple(op(text) for text in texts))


def test_membership() -> None:
    pairs = basis("H(0,1)", "H(1,2) + H(0,2)")
    assert pairs.contains(op("2*H(0,1) - 1/3*H(1,2) - 1/3*H(0,2)"))
    assert pairs.contains(op("H(0,1) + 5*I"))
    assert not pairs.contains(op("H(1,2)"))
    assert not pairs.contains(op("i*H(0,1)"))
    assert not pairs.contains(op("X0 + i*H(0,1)"))
    with pytest.raises(DimensionError, match=r"^the operator has 2 qubits, the basis 3$"):
        pairs.contains(op("H(0,1)", 2))


def test_equal_spans_have_equal_values() -> None:
    assert basis("X0", "X1").spans_same(basis("X0 + X1", "X0 - X1"))
    assert not basis("X0", "X1").spans_same(basis("X0 + X1"))
    assert reduced([op("X0 + X1"), op("X0 - X1"), op("X0"), op("0")], 3) == (op("X0"), op("X1"))


def test_what_a_basis_leaves_out() -> None:
    used = basis("H(0,1)", "2*H(0,1) + I")
    assert independent_part([op("H(0,1)"), op("H(1,2)"), op("H(0,1) - H(1,2)")], used) == [op("H(1,2)")]
    assert independent_part([op("H(0,1) + 7*I")], used) == []


def test_a_basis_is_a_collection(family: Family) -> None:
    derived = derive_basis(family("S_n", 3), 2)
    assert len(derived) == derived.dim == len(list(derived)) == 9
    assert [element.locality for element in derived] == [1] * 3 + [2] * 6
    assert derived.by_weight == {0: 1, 1: 3, 2: 6}
    assert derived.method == "nullspace"


@pytest.mark.parametrize("method", ["nullspace", "twirl", "choi"])
def test_the_trivial_group_allows_everything(method: str) -> None:
    assert derive_basis(Symmetry(2), 2, method).dim == 15


def test_strings_on_every_qubit() -> None:
    strings = list(full_strings(3))
    assert len(strings) == len(set(strings)) == 27
    assert {(x | z) for x, z in strings} == {0b111}


@pytest.mark.parametrize("locality", [0, -1, 4])
def test_impossible_localities(locality: int) -> None:
    message = f"^locality {locality} is not between 1 and the 3 qubits of the register$"
    with pytest.raises(DimensionError, match=message):
        derive_basis(Symmetry(3), locality)


def test_limits_and_unknown_methods(family: Family) -> None:
    with pytest.raises(LimitError) as caught:
        derive_basis(Symmetry(1000), 3)
    assert str(caught.value) == (
        "166667500 sets of up to 3 of 1000 qubits; the limit is 2000000, so choose a smaller locality"
    )
    with pytest.raises(LimitError) as caught:
        full_strings(9)
    assert str(caught.value) == (
        "operators on 9 qubits at once; the limit is 8, so choose a smaller locality"
    )
    with pytest.raises(MethodError, match=r"^unknown method 'magic'; known: choi, nullspace, twirl$"):
        derive_basis(family("S_n", 2), 1, "magic")


def test_weights_of_a_basis_that_mixes_them_are_those_of_nested_spans() -> None:
    """X0 - Z0 acts on one qubit, although both elements act on two."""
    ops = (PauliSum.parse("X0 + X0 X1", 2), PauliSum.parse("Z0 + X0 X1", 2))
    assert GeneratorBasis(2, 2, "by hand", ops).by_weight == {0: 1, 1: 1, 2: 1}
    assert GeneratorBasis(2, 2, "by hand", ops[:1]).by_weight == {0: 1, 1: 0, 2: 1}
