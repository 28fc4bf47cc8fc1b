"""A kind of symmetry that no method has heard of gets the answers of the kind that it really is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.loader import loads
from eqcompile.derivation.compare import compare_methods
from eqcompile.derivation.generators.choi import choi_basis
from eqcompile.derivation.generators.nullspace import nullspace_basis
from eqcompile.derivation.generators.twirl import (
    FASTER_AVERAGES,
    FASTER_KEEPING,
    average_over,
    keeps_elements,
    twirl,
    twirl_basis,
)
from eqcompile.derivation.witness.by_weight import count_by_weight
from eqcompile.derivation.witness.motions import FASTER_MOTIONS, motions_by_elements
from eqcompile.derivation.witness.whole_register import FASTER_OPERATORS, count_all, operators_of
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry import make
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator
from eqcompile.symmetry.projective import OWN_PHASES, phases_of_generators, projective_phases
from eqcompile.symmetry.subgroup import SubgroupFactor
from eqcompile.symmetry.symmetry import Symmetry

N = 3
HADAMARDS = ["sqrt(2)/2*(X0 + Z0)", "sqrt(2)/2*(X1 + Z1)"]

KINDS = {
    "SU(2)": make.SU2(N),
    "SU(2) of two": make.SU2(N, [0, 2]),
    "U(1)": make.U1(N),
    "U(1), tilted": make.U1(N, (1, 2, 2), [0, 1]),
    "U(1), irrational": make.U1(N, (1, 1, 0)),
    "charge": make.charge(N, "Z0 + Z1 - 2*Z2"),
    "charge on strings": make.charge(N, "X0 X1 + 1/2*Z0 Z1 + Z2 + 1"),
    "Pauli": make.pauli_symmetry(N, "X0 X1", "Z0 Z1", "Y0 Y1"),
    "permutations": make.permutations(N, [(0, 1, 2)], [(0, 1)]),
    "no permutation": make.permutations(N, []),
    "inversion": make.inversion(N, 2),
    "C_4": make.point_symmetry(N, "C_4"),
    "D_3": make.point_symmetry(N, "D_3", axis=(1, 1, 1), qubits=[0, 1]),
    "T": make.point_symmetry(N, "T"),
    "C_3v with parity": make.point_symmetry(N, "C3v", parity=2),
    "C_3v that moves": symmetry_of(
        loads(
            "{name: a, qubits: 3, symmetry: [{motion: {axis: [1, 1, 1], turns: 1/3, cycles: (0 1 2)}},"
            "{motion: {axis: [0, 1, -1], turns: 1/2, improper: true, cycles: (1 2)}}]}"
        )
    ),
    "mirror": make.mirror(N, (1, 1, 0)),
    "unitaries": make.unitaries(N, h=HADAMARDS, x="X2"),
    "CX": make.unitaries(N, cx="1/2*(1 + Z0 + X1 - Z0 X1)"),
}
kinds = pytest.mark.parametrize("name", KINDS)


@dataclass(frozen=True)
class Unheard(Factor):
    """Generators and nothing else: a kind that is in no table."""

    lie: tuple[LieGenerator, ...]
    finite: tuple[FiniteGenerator, ...]

    @property
    def name(self) -> str:
        return "something new"

    @property
    def is_local(self) -> bool:
        return False

    @property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        return self.lie

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        return self.finite

    def restricted(self, support: Sequence[int]) -> None:
        raise MethodError("known as a whole only")


def unheard(symmetry: Symmetry) -> Symmetry:
    factor = Unheard(symmetry.num_qubits, symmetry.lie_generators, symmetry.finite_generators)
    return Symmetry(symmetry.num_qubits, symmetry.site_names, (factor,))


def counted(symmetry: Symmetry) -> Any:
    """By weight where that is possible, otherwise all weights together."""
    try:
        return count_by_weight(symmetry, N)
    except MethodError:
        return count_all(symmetry)


@kinds
def test_every_method_serves_a_kind_that_it_does_not_know(name: str) -> None:
    known, other = KINDS[name], unheard(KINDS[name])
    basis = nullspace_basis(known, N)
    for method in (nullspace_basis, twirl_basis, choi_basis):
        assert method(other, N).spans_same(basis)
    assert counted(other) == counted(known)
    assert counted(known) in (basis.by_weight, basis.dim + 1)
    assert count_all(known) == count_all(other) == basis.dim + 1
    assert compare_methods(other, N)


@kinds
def test_faster_answers_are_the_general_ones(name: str) -> None:
    (factor,) = KINDS[name].factors
    kind = type(factor)
    letters = ["X0", "Z0 + Y1", "X0 X1 + Y0 Z2", "X0 Y1 Z2 + Z1 Z2"]
    for op in (PauliSum.parse(text, N) for text in letters):
        assert FASTER_AVERAGES.get(kind, average_over)(factor, op) == average_over(factor, op)
    if kind in FASTER_KEEPING:
        for other in KINDS.values():
            for move in (g.on_qubits for g in other.finite_generators):
                assert FASTER_KEEPING[kind](factor, move) == keeps_elements(factor, move)
    if kind in FASTER_MOTIONS:
        fast, general = FASTER_MOTIONS[kind](factor, 0), motions_by_elements(factor, 0)
        assert sorted(map(traces, fast)) == sorted(map(traces, general))
    if kind in FASTER_OPERATORS:
        assert {*map(up_to_phase, FASTER_OPERATORS[kind](factor))} == {
            *map(up_to_phase, operators_of(factor))
        }
    if kind in OWN_PHASES and factor.finite_generators:
        assert not list(phases_of_generators(factor)) or projective_phases(KINDS[name])


def traces(motion: Any) -> list[str]:
    """The motion of every qubit, as text."""
    turns = [motion.turns.get(q) for q in range(N)]
    one = motions_by_elements(KINDS["inversion"].factors[0], 0)[0].turns[2]
    return [str(one if turn is None else turn) for turn in turns] + [str(motion.images)]


def up_to_phase(op: PauliSum) -> PauliSum:
    return op / next(iter(op.terms.values()))


def test_every_faster_answer_is_held_against_the_general_one() -> None:
    tested = {type(symmetry.factors[0]) for symmetry in KINDS.values()}
    for table in (FASTER_AVERAGES, FASTER_KEEPING, FASTER_MOTIONS, FASTER_OPERATORS, OWN_PHASES):
        assert {*table} <= tested


def test_negative_control_what_is_dense_in_a_torus_is_not_listed() -> None:
    (dense,) = (g.irrational_turn() for g in make.U1(2).lie_generators)
    left = Symmetry(2, factors=(SubgroupFactor(2, "a dense one", (), (dense,)),))
    with pytest.raises(LimitError, match="more than"):
        twirl(PauliSum.parse("X0", 2), left)


def test_negative_control_a_finite_part_that_does_not_normalise_the_continuous_one() -> None:
    turn = make.point_symmetry(2, "C_3", axis="x").finite_generators
    mixed = Symmetry(2, factors=(Unheard(2, make.U1(2).lie_generators, turn),))
    for question in (lambda: twirl(PauliSum.parse("X0", 2), mixed), lambda: count_by_weight(mixed, 2)):
        with pytest.raises(MethodError, match="normalise"):
            question()


def test_a_continuous_part_that_is_left_of_a_group_counts_too() -> None:
    """It was once taken for nothing, which allowed all operators."""
    left = Symmetry(2, factors=(SubgroupFactor(2, "U(1)", make.U1(2).lie_generators),))
    assert count_by_weight(left, 2) == count_by_weight(make.U1(2), 2) == {0: 1, 1: 2, 2: 3}
    both = Unheard(2, make.U1(2).lie_generators, make.point_symmetry(2, "C_2", axis="x").finite_generators)
    mixed = Symmetry(2, factors=(both,))
    apart = make.U1(2) * make.point_symmetry(2, "C_2", axis="x")
    assert count_by_weight(mixed, 2) == count_by_weight(apart, 2) == nullspace_basis(apart, 2).by_weight
    assert count_all(mixed) == count_all(apart)
    assert twirl_basis(mixed, 2).spans_same(nullspace_basis(apart, 2))


def test_what_is_not_counted_says_so() -> None:
    two = Unheard(2, (*make.U1(2, qubits=[0]).lie_generators, *make.U1(2, qubits=[1]).lie_generators), ())
    with pytest.raises(MethodError, match="characters of something new are not known"):
        count_by_weight(Symmetry(2, factors=(two,)), 2)
