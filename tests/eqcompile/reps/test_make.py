"""Symmetries built in Python: the same as from a spec, and clear about wrong qubits."""

from pathlib import Path

import pytest

import eqcompile as eq

DIMER = Path(__file__).parents[3] / "siqml" / "models" / "water_dimer.yaml"


def test_the_dimer_from_python_and_from_its_spec() -> None:
    swaps = eq.permutations(7, [(1, 2)], [(4, 5)], [(0, 3), (1, 4), (2, 5)])
    symmetry = eq.SU2(7, range(6)) * swaps * eq.inversion(7, parity=6)
    ours, declared = eq.derive(symmetry, 2), eq.derive(eq.load(DIMER), 2)
    assert ours.dim == 6
    assert ours.spans_same(declared)
    without = eq.derive(eq.SU2(7, range(6)) * swaps, 2)
    assert not without.spans_same(declared)


def test_operators_and_states_are_verified_against_it() -> None:
    water = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])
    assert eq.verify(eq.PauliSum.parse("H(1,2) + H(0,3)", 4), water)
    refused = eq.verify(eq.PauliSum.parse("H(1,2)", 4), water)
    assert not refused
    assert refused.counterexample is not None
    assert eq.verify(eq.ExactState.singlets(4, [(0, 1), (2, 3)]), water)
    assert not eq.verify(eq.ExactState(4, {0: 1}), water)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: eq.SU2(4, [4]), "qubit 4 is outside the register; qubits are 0 to 3"),
        (lambda: eq.inversion(2, 2), "qubit 2 is outside the register; qubits are 0 to 1"),
        (lambda: eq.permutations(3, [(0, 3)]), "qubit 3 is outside the register; qubits are 0 to 2"),
        (lambda: eq.permutations(3), "permutations need at least one generator, such as [(0, 1)]"),
        (
            lambda: eq.permutations(3, [(0, 1), (1, 2)]),
            "the cycles [(0, 1), (1, 2)] name a qubit twice; cycles of one generator are disjoint",
        ),
    ],
)
def test_wrong_qubits(make, message) -> None:
    with pytest.raises(eq.EqcompileError) as caught:
        make()
    assert str(caught.value) == message
