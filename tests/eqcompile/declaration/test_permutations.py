"""Permutations by cycles and by name: the groups they generate, checked by an independent library."""

from collections.abc import Callable
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.combinatorics import Permutation as SympyPermutation
from sympy.combinatorics import PermutationGroup as SympyGroup
from sympy.combinatorics.named_groups import AlternatingGroup, CyclicGroup, DihedralGroup, SymmetricGroup

from eqcompile.declaration import Permutation, Spec, loads
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.members.cycles import Member, parse_cycles
from eqcompile.declaration.members.named_groups import read_group_name
from eqcompile.errors import ExpressionError
from eqcompile.groups.named import direct_product, symmetric, wreath
from eqcompile.groups.permutation import PermutationGroup

Cycles = tuple[tuple[Member, ...], ...]


def outcome(text: str) -> tuple[Cycles, ExpressionError | None]:
    try:
        return parse_cycles(text), None
    except ExpressionError as error:
        return (), error


def sympy_group(group: PermutationGroup) -> SympyGroup:
    return SympyGroup([SympyPermutation(list(images)) for images in group.generators])


def named(name: str, num_members: int) -> tuple[str, PermutationGroup]:
    return read_group_name(name).on(num_members)


@pytest.mark.parametrize(
    ("letter", "reference", "smallest"),
    [("S", SymmetricGroup, 2), ("A", AlternatingGroup, 3), ("C", CyclicGroup, 2), ("D", DihedralGroup, 3)],
)
@pytest.mark.parametrize("n", range(2, 9))
def test_named_groups(letter: str, reference: Callable[[int], SympyGroup], smallest: int, n: int) -> None:
    """The same subgroup of S_n as SymPy's, not only one of the same order."""
    if n < smallest:
        with pytest.raises(ExpressionError, match="too small"):
            named(f"{letter}_{n}", n)
        return
    name, group = named(f"{letter}_{n}", n)
    ours, theirs = sympy_group(group), reference(n)
    assert name == f"{letter}_{n}"
    assert ours.order() == theirs.order()
    assert ours.is_subgroup(theirs)


def test_a_missing_generator_is_noticed() -> None:
    """Control: one generator alone is a smaller group."""
    _, group = named("S_5", 5)
    assert sympy_group(group).order() == factorial(5)
    for generator in group.generators:
        assert sympy_group(PermutationGroup(5, (generator,))).order() < factorial(5)


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("S3", "S_3"), ("S_n", "S_3"), ("Dn", "D_3"), ("symmetric", "S_3"), ("alternating", "A_3"),
        ("cyclic", "C_3"), ("dihedral", "D_3"),
    ],
)  # fmt: skip
def test_other_spellings(name: str, same: str) -> None:
    assert named(name, 3) == named(same, 3)


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


def qubit_group(num_qubits: int, form: str) -> PermutationGroup:
    spec = loads(f"{{name: x, qubits: {num_qubits}, symmetry: [{{permutation: {form}}}]}}")
    (factor,) = symmetry_of(spec).factors
    return factor.group


@pytest.mark.parametrize(
    ("num_qubits", "form", "expected", "order"),
    [
        (4, "{group: S_2 wr S_2, on: [[0, 1], [2, 3]]}", wreath(symmetric(2), symmetric(2)), 8),
        (6, "{group: S_2 wr S_n, on: [[0, 1], [2, 3], [4, 5]]}", wreath(symmetric(2), symmetric(3)), 48),
        (6, "{group: S_n wr S_2, on: [[0, 1, 2], [3, 4, 5]]}", wreath(symmetric(3), symmetric(2)), 72),
        (6, "{group: S_2 wr S_2, on: [[0, 1], [2, 3]], carry: [[4], [5]]}",
         wreath(symmetric(2), symmetric(2), carried=1), 8),
        (5, "{group: S_3 x S_2, on: [[0, 1, 2], [3, 4]]}", direct_product(symmetric(3), symmetric(2)), 12),
        (5, "{group: S_3 x S_2, on: all}", direct_product(symmetric(3), symmetric(2)), 12),
        (100, "{group: S_2 wr S_50, on: qubits}", wreath(symmetric(2), symmetric(50)), 2**50 * factorial(50)),
        (1000, "{group: S_n, on: all}", symmetric(1000), factorial(1000)),
    ],
)  # fmt: skip
def test_products_in_a_spec_are_those_of_python(
    num_qubits: int, form: str, expected: PermutationGroup, order: int
) -> None:
    group = qubit_group(num_qubits, form)
    assert group == expected
    assert group.order == order


def test_blocks_need_not_be_in_order() -> None:
    group = qubit_group(4, "{group: S_2 wr S_2, on: [[0, 2], [1, 3]]}")
    assert group.order == 8
    assert set(group.elements()) != set(wreath(symmetric(2), symmetric(2)).elements())


def test_a_product_of_a_wreath_product_and_a_group() -> None:
    assert qubit_group(7, "{group: S_2 wr S_2 x C_3, on: [[[0, 1], [2, 3]], [4, 5, 6]]}").order == 24


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("all", Permutation(((("H1", "H2"),),), "sites", "S_2 on all sites")),
        ("sites", Permutation(((("H1", "H2"),),), "sites", "S_2 on all sites")),
    ],
)
def test_every_site_by_one_word(
    accepted: Callable[[str, str], Spec], word: str, expected: Permutation
) -> None:
    assert permutation_of(accepted(CYCLES, f"{{group: S_n, on: {word}}}")) == expected


def test_with_sites_qubits_still_means_every_qubit(accepted: Callable[[str, str], Spec]) -> None:
    """Every qubit except the parity qubit 4."""
    assert permutation_of(accepted(CYCLES, "{group: C_n, on: qubits}")).cycles == (((0, 1, 2, 3),),)


def test_the_dimer_as_a_wreath_product_is_the_dimer_by_cycles() -> None:
    data = (
        "{sites: [O1, H1a, H1b, O2, H2a, H2b],"
        " encode: {O1: [0], H1a: [1], H1b: [2], O2: [3], H2a: [4], H2b: [5]}}"
    )
    wanted = "{group: S_2 wr S_2, on: [[H1a, H1b], [H2a, H2b]], carry: [[O1], [O2]]}"
    cycles = '["(H1a H1b)", "(H2a H2b)", "(O1 O2)(H1a H2a)(H1b H2b)"]'
    groups = []
    for form in (wanted, cycles, '["(H1a H1b)", "(H1a H2a)(H1b H2b)"]'):
        spec = loads(f"{{name: x, qubits: 6, data: {data}, symmetry: [{{permutation: {form}}}]}}")
        groups.append(set(symmetry_of(spec).factors[0].group.elements()))
    assert groups[0] == groups[1]
    assert len(groups[0]) == 8
    assert groups[0] != groups[2]  # control: the oxygens must follow
