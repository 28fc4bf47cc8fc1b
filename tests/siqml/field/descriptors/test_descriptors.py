"""Descriptors are what the circuit with that observable says, and only invariant observables are taken."""

import numpy as np
import pytest

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.descriptors import descriptors as room
from siqml.field.descriptors.descriptors import Descriptors, invariant_operators
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Structures


@pytest.mark.parametrize(("locality", "count"), [(2, 4), (3, 6), (4, 9), (9, 9)])
def test_how_many(water_program: "eq.Program", locality: int, count: int) -> None:
    """By hand: four spins have 14 invariants (Catalan); 10 are even under the exchange, and one is the identity."""
    assert len(invariant_operators(water_program, locality)) == count


def test_values_are_those_of_the_circuit_with_that_observable(
    described: Descriptors, waters: Structures
) -> None:
    values, slopes = described.at(waters.positions[:4])
    for k in (0, 4, 8):
        program = described.certified(k)
        assert program.certificate.verdict == "proven"
        alone = ForceField(
            program, described.circuit.frame, described.circuit.scaling, described.circuit.params
        )
        energies, forces = alone.predict(waters.positions[:4])
        np.testing.assert_allclose(values[:, k], energies, atol=1e-13)
        np.testing.assert_allclose(slopes[:, k], -forces, atol=1e-12)


def test_parts_of_a_large_set(
    described: Descriptors, waters: Structures, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = described.at(waters.positions)
    monkeypatch.setattr(room, "CHUNK", 7)
    for one, other in zip(whole, described.at(waters.positions), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-14)
    assert [array.shape for array in described.at(waters.positions[:0])] == [(0, 9), (0, 9, 3, 3)]


@pytest.mark.parametrize(
    ("operator", "said"),
    [("Z0", "changed by T_x"), ("H(0,2)", r"changed by \(H1 H2\)"), ("H(1,2)", "changed")],
)
def test_negative_control_what_is_not_invariant_is_refused(
    circuit: ForceField, operator: str, said: str
) -> None:
    good = eq.PauliSum.parse("H(0,1)", num_qubits=4)
    with pytest.raises(ModelError, match=rf"descriptor 1, .*, is not invariant: .*{said}"):
        Descriptors(circuit, (good, eq.PauliSum.parse(operator, num_qubits=4)))


def test_none_at_all(circuit: ForceField) -> None:
    with pytest.raises(ModelError, match="descriptors need one observable at least"):
        Descriptors(circuit, ())
    with pytest.raises(
        ModelError, match="water: no observable on up to 1 qubits is invariant; take a larger"
    ):
        invariant_operators(circuit.program, 1)


def test_too_many(circuit: ForceField, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_DESCRIPTORS", 5)
    with pytest.raises(ModelError, match="water: more than 5 invariant observables on up to 3 qubits"):
        invariant_operators(circuit.program, 3)


def test_a_sum_of_terms_is_refused(two_terms: ForceField) -> None:
    good = eq.PauliSum.parse("H(0,1)", num_qubits=4)
    with pytest.raises(
        ModelError, match="descriptors are those of a single circuit; this model is a sum of 2 terms"
    ):
        Descriptors(two_terms, (good,))


def test_another_shape_is_refused(described: Descriptors) -> None:
    with pytest.raises(ModelError, match=r"positions have shape \(2, 2, 3\); this model needs \(n, 3, 3\)"):
        described.at(np.zeros((2, 2, 3)))
