"""Whole gates in elementary operations: the same unitary, and the same verdict as the emitted circuit gets."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.elementary import elementary, in_angles
from eqcompile.circuits.operations import (
    Evolve,
    FixedUnitary,
    OpaqueGate,
    Operation,
    PauliRotation,
    Singlet,
    Swapped,
    VectorRotation,
    length_of,
    undone,
)
from eqcompile.declaration.spec import ProductKet, Superposition
from eqcompile.errors import MethodError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.numeric.defect import unitary_of
from eqcompile.numeric.dense import amplitudes_of, matrix_of
from eqcompile.passes.routing.coupling import Coupling
from eqcompile.passes.routing.route import Route

W = ExactAngle.parameter("w")
EXCHANGE = eq.PauliSum.heisenberg(3, 0, 2)
SWAP = np.eye(4)[[0, 2, 1, 3]]


def unitary(*operations: Operation, num_qubits: int = 3, w: float = 0.7) -> np.ndarray:
    return np.asarray(unitary_of(elementary(Circuit(num_qubits, operations)), {"w": w, "t": 1.3}))


@pytest.mark.parametrize("text", ["H(0,2)", "Z0 + 2*Z1 Z2 - 1/3*I", "H(0,1) + X2", "-5/2*Y0 Y1 Y2"])
def test_an_evolution_is_the_product_of_its_strings(text: str) -> None:
    generator = eq.PauliSum.parse(text, 3)
    found = unitary(Evolve(generator, W * 3))
    assert np.allclose(found, expm(-2.1j * matrix_of(generator)), atol=1e-12)
    assert not np.allclose(found, expm(-2.2j * matrix_of(generator)), atol=1e-3)


def test_a_swap_acts_behind_its_gate() -> None:
    gate = Evolve(eq.PauliSum.parse("Z0", 2), W)
    expected = SWAP @ expm(-0.7j * matrix_of(eq.PauliSum.parse("Z0", 2)))
    assert np.allclose(unitary(Swapped(gate, (0, 1)), num_qubits=2), expected, atol=1e-12)
    assert np.allclose(unitary(Swapped(None, (1, 0)), num_qubits=2), SWAP)


@pytest.mark.parametrize(("first", "second"), [(0, 2), (2, 0)])
def test_a_singlet_is_prepared_up_to_a_phase(first: int, second: int) -> None:
    state = unitary(Singlet(first, second))[:, 0]
    expected = np.zeros(8)
    expected[1 << second], expected[1 << first] = 1, -1
    assert abs(np.vdot(expected, state)) ** 2 / 2 == pytest.approx(1, abs=1e-12)


def test_letters_are_prepared_where_their_qubits_start() -> None:

    letters = "01+-rl"
    circuit = Circuit(6, (), start=ProductKet(letters))
    state = unitary_of(elementary(circuit), {})[:, 0]
    expected = amplitudes_of(eq.ExactState.parse(f"|{letters}>", 6))
    assert abs(np.vdot(expected / np.linalg.norm(expected), state)) == pytest.approx(1, abs=1e-12)
    placed = replace(circuit, placement=Placement((5, 4, 3, 2, 1, 0), (5, 4, 3, 2, 1, 0)))
    assert [o.support for o in elementary(placed)] == [(4,), (3,), (2,), (1,), (0,)]


def test_inverses_and_relabelling_agree_with_matrices() -> None:
    gates: tuple[Operation, ...] = (
        Evolve(eq.PauliSum.parse("X0 Y2", 3), W),
        Swapped(Evolve(EXCHANGE, W), (0, 2)),
        Swapped(PauliRotation(pauli_key({1: "Z", 2: "Y"}), W), (1, 2)),
        Swapped(None, (0, 1)),
    )
    assert np.allclose(unitary(*gates, *undone(gates)), np.eye(8), atol=1e-12)
    assert not np.allclose(unitary(*gates, *undone(gates[::-1])), np.eye(8), atol=1e-2)
    images = (2, 0, 1)
    permuted = np.zeros((8, 8))
    for bits in range(8):
        permuted[sum((bits >> q & 1) << images[q] for q in range(3)), bits] = 1
    moved = unitary(*Circuit(3, gates).relabelled(images))
    assert np.allclose(moved, permuted @ unitary(*gates) @ permuted.T, atol=1e-12)


def test_an_elementary_circuit_is_left_as_it_is() -> None:
    circuit = Circuit(2, (PauliRotation((1, 0), W), FixedUnitary(eq.PauliSum.parse("Z1", 2))))
    assert elementary(circuit) is circuit
    assert in_angles(circuit, ("A",)) is circuit


def test_a_routed_circuit_is_proven_without_a_back_end_and_a_wrong_one_is_not() -> None:
    triangle = [Evolve.by(eq.PauliSum.heisenberg(3, i, j), f"J{i}{j}") for i, j in ((0, 1), (1, 2), (0, 2))]
    routed = Route(Coupling.line(3)).run(Circuit(3, tuple(triangle)))
    assert routed.placement is not None
    assert routed.final != routed.initial
    assert eq.verify(routed, eq.SU2(3))
    spoilt = replace(routed, operations=(*routed.operations, Evolve.by(eq.PauliSum.parse("X0", 3), "a")))
    refused = eq.verify(spoilt, eq.SU2(3))
    assert not refused
    assert "exp(-i (a) (X0))" in refused.findings[1].detail


def test_where_qubits_end_is_part_of_the_claim() -> None:
    """A field on qubit 0 and a swap: with the swap undone Z0 is kept, without it nothing is the same."""
    gates = (Evolve.by(eq.PauliSum.parse("Z0", 2), "a"), Swapped(None, (0, 1)))
    charge = eq.charge(2, eq.PauliSum.parse("Z0", 2))
    assert eq.verify(Circuit(2, gates, placement=Placement((0, 1), (1, 0))), charge)
    assert not eq.verify(Circuit(2, gates), charge)


def test_what_has_no_elementary_form_says_so() -> None:
    def refusal(*operations: Operation, **fields: object) -> str:
        with pytest.raises(MethodError) as caught:
            elementary(Circuit(3, operations, **fields))  # type: ignore[arg-type]
        return str(caught.value)

    assert refusal(Evolve.by(eq.PauliSum.parse("X0 + Z0", 3), "w")) == (
        "the strings of X0 + Z0 do not commute, so exp of their sum is not a product of rotations; emit the "
        "circuit, and verify that"
    )
    assert refusal(Evolve.by(eq.PauliSum.parse("sqrt(2)*X0", 3), "w")).endswith(
        "has an irrational coefficient; emit the circuit, and verify that"
    )

    assert refusal(start=Superposition(eq.ExactState.parse("|000> + |111>", 3))) == (
        "the start of the circuit is not a product of single qubits; emit it, and verify that"
    )


def test_lengths_are_never_taken_for_weights() -> None:
    sites = ("A", "B")
    own = VectorRotation.scaled(0, 0, "alpha")
    (found,) = in_angles(Circuit(2, (own,)), sites)
    assert isinstance(found, VectorRotation)
    assert found.turn == ExactAngle.parameter("A_turn")
    other = VectorRotation(1, 1, None, ExactAngle.of({("alpha", length_of(0)): Fraction(2)}))
    thrice = VectorRotation(0, 0, None, ExactAngle.of({("alpha", length_of(0)): Fraction(3)}))
    for wrong in (other, thrice):
        with pytest.raises(
            MethodError, match=r"a length may stand in angles only as 2 alpha \|x\| of its own site$"
        ):
            in_angles(Circuit(2, (own, wrong)), sites)
    with pytest.raises(MethodError, match=r"^site 0 is encoded with alpha and with beta$"):
        in_angles(Circuit(2, (own, VectorRotation.scaled(0, 1, "beta"))), sites)
    with pytest.raises(
        MethodError, match=r"^encode\(site 2, alpha\) on 0: the group has 2 sites, counted from 0$"
    ):
        in_angles(Circuit(2, (VectorRotation.scaled(2, 0, "alpha"),)), sites)
    assert not thrice.has_scale
    with pytest.raises(MethodError, match=r"which is not 2 alpha \|x\|$"):
        _ = thrice.scale


def test_a_preparation_and_an_opaque_gate_have_no_inverse() -> None:
    for gate in (Singlet(0, 1), OpaqueGate("strange", (0,), "it is strange", None)):
        with pytest.raises(MethodError):
            gate.inverse()
