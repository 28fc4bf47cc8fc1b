"""Blocks and normal forms: the product stays, equal circuits have equal forms, and others do not."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import PauliRotation
from eqcompile.claims.field.simulator import FieldPoint
from eqcompile.claims.of_circuit.cores import between, without_common_ends
from eqcompile.claims.of_circuit.gathering import Block, BlockAlgebra, blocks_of, moved_blocks
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.numeric.defect import unitary_of

NUM_QUBITS = 4
VALUES = {"a": 0.83, "b": -1.37, "c": 0.41}
few = settings(max_examples=25)


def turn(letters: dict[int, str], name: str, origin: int = 0, factor: Fraction | int = 1) -> PauliRotation:
    return PauliRotation(pauli_key(letters), ExactAngle.parameter(name) * factor, origin)


rotations = st.builds(
    turn,
    st.dictionaries(st.integers(0, NUM_QUBITS - 1), st.sampled_from("XYZ"), min_size=1, max_size=3),
    st.sampled_from(sorted(VALUES)),
    st.integers(0, 3),
)
circuits = st.lists(rotations, max_size=14)


def matrix(operations: Any) -> Any:
    return unitary_of(Circuit(NUM_QUBITS, tuple(operations)), VALUES)


def flat(blocks: list[Block]) -> list[Any]:
    return [operation for block in blocks for operation in block.operations]


def algebra(*circuits: Any) -> BlockAlgebra:
    return BlockAlgebra(FieldPoint([o for circuit in circuits for o in circuit], (), "seed"))


def form(field: BlockAlgebra, operations: Any, size: int = 2) -> Any:
    return field.normal_form(blocks_of(operations, size), max_union=4)


@few
@given(circuits, st.sampled_from([0, 1, 2, 3, 4]))
def test_blocks_multiply_to_the_circuit(operations: list[PauliRotation], size: int) -> None:
    blocks = blocks_of(operations, size)
    assert sorted(map(repr, flat(blocks))) == sorted(map(repr, operations))
    assert np.allclose(matrix(flat(blocks)), matrix(operations), atol=1e-12)
    for block in blocks:
        assert block.qubits == tuple(sorted({q for o in block.operations for q in o.support}))
        assert size == 0 or len(block.qubits) <= max(size, max(len(o.support) for o in block.operations))


def test_blocks_grow_while_nothing_stands_between() -> None:
    pair = [turn({0: c, 1: c}, "a", 0) for c in "XYZ"]
    other = [turn({2: c, 3: c}, "b", 1) for c in "XYZ"]
    bridge = [turn({1: "X", 2: "X"}, "c", 2)]
    mixed = [operation for both in zip(pair, other, strict=True) for operation in both]
    assert [block.qubits for block in blocks_of(mixed, 2)] == [(0, 1), (2, 3)]
    assert [block.qubits for block in blocks_of(mixed + bridge + pair, 2)] == [(0, 1), (2, 3), (1, 2), (0, 1)]
    assert [block.origins for block in blocks_of(pair + other + bridge, 0)] == [(0,), (1,), (2,)]
    assert [block.parameters for block in blocks_of(pair + other, 2)] == [{"a"}, {"b"}]


@few
@given(circuits, st.randoms(use_true_random=False))
def test_exchanging_what_commutes_keeps_the_form(operations: list[PauliRotation], source: Any) -> None:
    """Neighbours that commute are exchanged at random; gate by gate every such order has one form."""
    numbered = [replace(o, origin=k) for k, o in enumerate(operations)]
    field = algebra(numbered)
    shuffled = list(numbered)
    for _ in range(30 if len(shuffled) > 1 else 0):
        k = source.randrange(len(shuffled) - 1)
        first, second = (Block(o.support, (o,)) for o in shuffled[k : k + 2])
        if field.commute(first, second):
            shuffled[k], shuffled[k + 1] = shuffled[k + 1], shuffled[k]
    layers = field.normal_form(blocks_of(numbered, 0), max_union=6)
    assert layers == field.normal_form(blocks_of(shuffled, 0), max_union=6)


@few
@given(circuits, circuits)
def test_equal_forms_are_equal_unitaries(first: list[PauliRotation], second: list[PauliRotation]) -> None:
    field = algebra(first, second)
    if form(field, first) == form(field, second):
        assert np.allclose(matrix(first), matrix(second), atol=1e-12)


def test_forms_tell_order_angle_and_place() -> None:
    x, z, zz = turn({0: "X"}, "a"), turn({0: "Z"}, "b"), turn({0: "Z", 1: "Z"}, "c")
    field = algebra([x, z, zz, turn({0: "X"}, "a", 0, 2)])
    assert form(field, [z, zz, z], 0) == form(field, [zz, z, z], 0)
    assert form(field, [x, zz], 0) != form(field, [zz, x], 0)
    assert form(field, [x]) != form(field, [turn({0: "X"}, "a", 0, 2)])
    assert form(field, [x]) != form(field, [turn({1: "X"}, "a")])
    assert form(field, [x]) != form(field, [x, x])
    assert form(field, [x, x], 0) == form(field, [x, x], 0)
    assert form(field, [replace(x, origin=7)]) == form(field, [x])


def test_blocks_are_compared_whole() -> None:
    """Two orders of XX, YY, ZZ on one pair are one block; two orders of XX and ZI are not."""
    pair = [turn({0: c, 1: c}, "a") for c in "XYZ"]
    field = algebra(pair, [turn({0: "Z"}, "b")])
    one, other = blocks_of(pair, 2), blocks_of(pair[::-1], 2)
    assert field.signature(one[0]) == field.signature(other[0])
    assert field.signature(one[0]) != field.signature(blocks_of(pair[:2], 2)[0])
    assert field.commute(one[0], blocks_of([turn({2: "X"}, "b")], 2)[0])
    assert not field.commute(one[0], blocks_of([turn({0: "Z"}, "b")], 2)[0])


def test_blocks_that_are_too_large_together_count_as_not_commuting() -> None:
    ring = [turn({k: "Z", (k + 1) % 4: "Z"}, "a", k) for k in range(4)]
    field = algebra(ring)
    wide = field.normal_form(blocks_of(ring, 0), max_union=3)
    narrow = field.normal_form(blocks_of(ring, 0), max_union=2)
    assert (len(wide), len(narrow)) == (1, 4)


def test_moved_blocks(swap_matrix: Callable[[tuple[int, ...]], Any]) -> None:
    operations = [turn({0: "X", 1: "Y"}, "a"), turn({2: "Z"}, "b"), turn({1: "Z", 3: "X"}, "c")]
    images = (2, 0, 3, 1)
    swap = swap_matrix(images)
    moved = matrix(flat(moved_blocks(blocks_of(operations, 2), images, NUM_QUBITS)))
    assert np.allclose(moved, swap @ matrix(operations) @ swap.T, atol=1e-13)
    assert not np.allclose(moved, swap.T @ matrix(operations) @ swap, atol=1e-2)


@few
@given(circuits, st.lists(st.booleans(), min_size=14, max_size=14))
def test_what_is_not_between_failing_blocks_stands_outside(
    operations: list[PauliRotation], marks: list[bool]
) -> None:
    """U = E2 C E1, where C holds every failing block: the others come in front, or behind."""
    blocks = [replace_origin(block, k) for k, block in enumerate(blocks_of(operations, 2))]
    failing = marks[: len(blocks)]
    core = between(blocks, failing)
    assert all(block in core for block, fails in zip(blocks, failing, strict=True) if fails)
    reached: set[int] = set()
    front, behind = [], []
    for block in blocks:
        if block in core:
            reached.update(block.qubits)
        elif reached.isdisjoint(block.qubits):
            front.append(block)
        else:
            behind.append(block)
            reached.update(block.qubits)
    assert np.allclose(matrix(flat([*front, *core, *behind])), matrix(operations), atol=1e-12)


def replace_origin(block: Block, number: int) -> Block:
    return Block(block.qubits, tuple(replace(o, origin=number) for o in block.operations))


@few
@given(circuits, st.integers(0, 13), rotations)
def test_common_ends_are_cut_off(operations: list[PauliRotation], place: int, extra: PauliRotation) -> None:
    """What is left differs as the whole does: with W = S C P and W' = S C' P, the traces of (W W'^-1)^k stay."""
    changed = [*operations[:place], extra, *operations[place:]]
    field = algebra(operations, changed)
    one, other = without_common_ends(blocks_of(operations, 0), blocks_of(changed, 0), field)
    whole = matrix(operations) @ matrix(changed).conj().T
    rest = matrix(flat(one)) @ matrix(flat(other)).conj().T
    for power in (1, 2, 3):
        traces = [np.trace(np.linalg.matrix_power(m, power)) for m in (whole, rest)]
        assert np.allclose(*traces, atol=1e-9)
    assert len(one) <= len(operations)


def test_a_fault_in_the_middle_is_all_that_is_left() -> None:
    chain = [turn({k % 4: "X", (k + 1) % 4: "Y"}, "a", k) for k in range(20)]
    wrong = list(chain)
    wrong[9] = replace(wrong[9], angle=wrong[9].angle * 2)
    field = algebra(chain, wrong)
    one, other = without_common_ends(blocks_of(chain, 0), blocks_of(wrong, 0), field)
    assert (flat(one), flat(other)) == ([chain[9]], [wrong[9]])
    assert without_common_ends(blocks_of(chain, 0), blocks_of(chain, 0), field) == ([], [])
