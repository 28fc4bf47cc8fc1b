"""Permutations by cycles and by name: the groups they generate, checked by an independent library."""

from collections.abc import Callable
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.combinatorics import Permutation as SympyPermutation
from sympy.combinatorics import PermutationGroup
from sympy.combinatorics.named_groups import (
    AlternatingGroup,
    CyclicGroup,
    DihedralGroup,
    SymmetricGroup,
)

from eqcompile.errors import ExpressionError
from eqcompile.spec import Permutation, Spec, loads
from eqcompile.spec.cycles import Member, parse_cycles
from eqcompile.spec.named_groups import Images, named_generators

Cycles = tuple[tuple[Member, ...], ...]


def outcome(text: str) -> tuple[Cycles, ExpressionError | None]:
    try:
        return parse_cycles(text), None
    except ExpressionError as error:
        return (), error


def group_of(generators: tuple[Images, ...], size: int) -> PermutationGroup:
    return PermutationGroup([SympyPermutation([list(c) for c in cycles], size=size) for cycles in generators])


@pytest.mark.parametrize(
    ("letter", "reference", "smallest"),
    [("S", SymmetricGroup, 2), ("A", AlternatingGroup, 3), ("C", CyclicGroup, 2), ("D", DihedralGroup, 3)],
)
@pytest.mark.parametrize("n", range(2, 9))
def test_named_groups(
    letter: str, reference: Callable[[int], PermutationGroup], smallest: int, n: int
) -> None:
    """The same subgroup of S_n as SymPy's, not only one of the same order."""
    if n < smallest:
        with pytest.raises(ExpressionError, match="too small"):
            named_generators(f"{letter}_{n}", n)
        return
    name, generators = named_generators(f"{letter}_{n}", n)
    ours, theirs = group_of(generators, n), reference(n)
    assert name == f"{letter}_{n}"
    assert ours.order() == theirs.order()
    assert ours.is_subgroup(theirs)


def test_a_missing_generator_is_noticed() -> None:
    """Control: one generator alone is a smaller group."""
    _, generators = named_generators("S_5", 5)
    assert group_of(generators, 5).order() == factorial(5)
    assert all(group_of((generator,), 5).order() < factorial(5) for generator in generators)


@pytest.mark.parametrize(
    ("name", "same"),
    [("S3", "S_3"), ("symmetric", "S_3"), ("alternating", "A_3"), ("cyclic", "C_3"), ("dihedral", "D_3")],
)
def test_other_spellings(name: str, same: str) -> None:
    assert named_generators(name, 3) == named_generators(same, 3)


def test_cycles_keep_names_and_places() -> None:
    cycles = parse_cycles(" (O1 O2)(H1a,H2a , H3a)")
    assert [[member.name for member in cycle] for cycle in cycles] == [["O1", "O2"], ["H1a", "H2a", "H3a"]]
    assert [[member.offset for member in cycle] for cycle in cycles] == [[2, 5], [9, 13, 19]]


@given(st.permutations(range(7)))
def test_cycle_notation_round_trip(images: list[int]) -> None:
    """SymPy writes the cycles, we read them, and get the same permutation."""
    written = SympyPermutation(images).cyclic_form
    if not written:
        return
    text = "".join(f"({' '.join(map(str, cycle))})" for cycle in written)
    read = [[int(member.name) for member in cycle] for cycle in parse_cycles(text)]
    assert SympyPermutation(read, size=7) == SympyPermutation(images)


@given(st.text(alphabet="() ,ab1", max_size=20))
def test_random_text_is_cycles_or_an_expression_error(text: str) -> None:
    cycles, error = outcome(text)
    if error is not None:
        assert 0 <= error.offset <= len(text)
        return
    members = [member.name for cycle in cycles for member in cycle]
    assert all(len(cycle) >= 2 for cycle in cycles)
    assert len(members) == len(set(members))
    assert all(text[m.offset :].startswith(m.name) for cycle in cycles for m in cycle)


def permutation_of(spec: Spec) -> Permutation:
    (entry,) = (entry for entry in spec.symmetry if isinstance(entry, Permutation))
    return entry


CYCLES = '["(H1 H2)"]'


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("{group: S_2, on: [H1, H2]}", Permutation(((("H1", "H2"),),), "sites", "S_2 on (H1, H2)")),
        ("{group: symmetric, on: [H2, H1]}", Permutation(((("H2", "H1"),),), "sites", "S_2 on (H2, H1)")),
        ('{cycles: "(0 1)(2 3)", on: qubits}', Permutation((((0, 1), (2, 3)),), "qubits", "(0 1)(2 3)")),
        (
            '{cycles: ["(0 1)", "(2 3)"], on: qubits}',
            Permutation((((0, 1),), ((2, 3),)), "qubits", "(0 1), (2 3)"),
        ),
        ("{group: C_3, on: [0, 1, 3]}", Permutation((((0, 1, 3),),), "qubits", "C_3 on (0, 1, 3)")),
        ("{group: D_3, on: [0, 1, 2]}", Permutation((((0, 1, 2),), ((1, 2),)), "qubits", "D_3 on (0, 1, 2)")),
    ],
)
def test_permutations_in_a_spec(
    accepted: Callable[[str, str], Spec], form: str, expected: Permutation
) -> None:
    assert permutation_of(accepted(CYCLES, form)) == expected


def test_without_data_cycles_are_on_qubits() -> None:
    spec = loads('{name: ring, qubits: 4, symmetry: [{permutation: ["(0 1 2 3)"]}]}')
    assert spec.symmetry == (Permutation((((0, 1, 2, 3),),), "qubits", "(0 1 2 3)"),)
