"""Whole gates in elementary operations: the same unitary, and the same verdict as the emitted circuit gets."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.elementary import elementary, with_lengths
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
    assert with_lengths(circuit, ("A",)) is circuit


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


def test_lengths_move_with_their_sites() -> None:
    sites = ("A", "B")
    own = VectorRotation.scaled(0, 0, "alpha")
    field = PauliRotation(pauli_key({0: "Z"}), ExactAngle.parameter(length_of(1)))
    found = with_lengths(Circuit(2, (own, field)), sites).operations
    assert isinstance(found[0], VectorRotation)
    assert found[0].turn == ExactAngle.of({("A_turn", "alpha"): Fraction(2)})
    assert found[1] == replace(field, angle=ExactAngle.parameter("B_turn"))
    with pytest.raises(
        MethodError, match=r"^encode\(site 2, alpha\) on 0: the group has 2 sites, counted from 0$"
    ):
        with_lengths(Circuit(2, (VectorRotation.scaled(2, 0, "alpha"),)), sites)
    beyond = PauliRotation(pauli_key({0: "Z"}), ExactAngle.parameter(length_of(2)))
    with pytest.raises(MethodError, match=r"^\|x_2\| is the length of a site 2; the group has 2 sites$"):
        with_lengths(Circuit(2, (beyond,)), sites)
    turn = PauliRotation(pauli_key({0: "Z"}), ExactAngle.parameter("A_turn"))
    with pytest.raises(
        MethodError, match=r"^\|x_0\| and A_turn both stand for the length of A's vector; use one"
    ):
        with_lengths(Circuit(2, (own, turn)), sites)
    thrice = VectorRotation(0, 0, None, own.turn * Fraction(3, 2))
    assert own.has_scale
    assert not thrice.has_scale
    with pytest.raises(MethodError, match=r"which is not 2 alpha \|x\|$"):
        _ = thrice.scale


SWAPPED_SITES = eq.loads(
    "name: two\nqubits: 2\ndata: {sites: [A, B], encode: {A: [0], B: [1]}}\n"
    "symmetry: [{permutation: (A B)}]\n"
)


def scaled(*scales: str) -> tuple[VectorRotation, ...]:
    return tuple(VectorRotation.scaled(k, k, scale) for k, scale in enumerate(scales))


def by(name: str, site: int, qubit: int) -> VectorRotation:
    return VectorRotation(site, qubit, None, ExactAngle.parameter(name))


LENGTH_OF_A = ExactAngle.parameter(length_of(0))

RIGHT_AND_WRONG = {
    "one scale": (scaled("a", "a"), True),
    "two scales in one orbit": (scaled("a", "b"), False),
    "a scale that is a coordinate": (scaled("A_x", "A_x"), False),
    "a length of one site": ((Evolve(eq.PauliSum.parse("Z0 + Z1", 2), LENGTH_OF_A),), False),
    "the same beside encodings": (
        (*scaled("a", "a"), Evolve(eq.PauliSum.parse("Z0 + Z1", 2), LENGTH_OF_A)),
        False,
    ),
    "both lengths": (
        tuple(Evolve(eq.PauliSum.parse(f"Z{k}", 2), ExactAngle.parameter(length_of(k))) for k in (0, 1)),
        True,
    ),
    "one vector on both qubits": ((by("w", 0, 0), by("w", 0, 1)), False),
    "each vector on its qubit": ((by("w", 0, 0), by("w", 1, 1)), True),
    "a fixed turn": (
        tuple(VectorRotation(0, q, None, ExactAngle.of_pi(Fraction(1, 2))) for q in (0, 1)),
        False,
    ),
}


@pytest.mark.parametrize("name", RIGHT_AND_WRONG)
def test_vectors_and_lengths_under_an_exchange_of_sites(name: str) -> None:
    """Each was checked against dense matrices; those that are wrong were proven once."""
    operations, right = RIGHT_AND_WRONG[name]
    circuit = Circuit(2, operations)
    certificate = eq.verify(circuit, SWAPPED_SITES)
    assert bool(certificate) is right
    assert certificate.verdict == ("proven" if right else "refused")
    (generator,) = certificate.generators
    defect = eq.equivariance_defect(elementary(circuit), SWAPPED_SITES, generator)
    assert (defect.norm < 1e-9) is right


def test_a_vector_without_a_named_turn_is_equivariant_under_rotations() -> None:
    spec = eq.loads(
        "name: one\nqubits: 2\ndata: {sites: [A, B], encode: {A: [0], B: [1]}}\nsymmetry: [{rotation: SU(2)}]\n"
    )
    assert eq.verify(Circuit(2, (by("w", 0, 0),)), spec)
    assert not eq.verify(Circuit(2, (by("w", 0, 0), Evolve.by(eq.PauliSum.parse("Z1", 2), "a"))), spec)


def test_turns_that_are_parameters_name_their_assumption() -> None:
    """Of turns nobody can see that their factors are equal, so that is said."""
    program = eq.compile(
        eq.loads(
            "name: pair\nqubits: 2\ndata: {sites: [A, B], encode: {A: [0], B: [1]}}\n"
            "symmetry: [{rotation: SU(2)}, {permutation: (A B)}]\nstate: singlets [[0, 1]]\nobservable: H(0,1)\n"
            "ansatz: {depth: 1, blocks: 1, layer: ['H(0,1)']}\n"
        )
    )
    turns = "A_turn, B_turn are multiples of the lengths of their vectors, by equal factors where sites are exchanged"
    by_angles = eq.verify(program.to_qiskit("angles", prepare=False), SWAPPED_SITES)
    assert by_angles
    assert turns in by_angles.assumptions
    assert turns not in eq.verify(Circuit(2, scaled("a", "a")), SWAPPED_SITES).assumptions


def test_routing_composes_placements() -> None:
    gate = Evolve.by(eq.PauliSum.parse("Z0 Z1", 2), "w")
    placed = Circuit(2, (gate,), placement=Placement((0, 1), (1, 0)))
    group = eq.charge(2, eq.PauliSum.parse("Z0", 2))
    assert not eq.verify(placed, group)
    routed = Route(Coupling.line(2)).run(placed)
    assert not eq.verify(routed, group)
    assert Route(Coupling.line(3)).run(Route(Coupling.line(2)).run(Circuit(2, (gate,)))).placement is not None
    with pytest.raises(MethodError, match=r"^the circuit has ancillas, which routing does not follow"):
        Route(Coupling.line(2)).run(Circuit(2, (gate,), num_ancillas=1))
    with pytest.raises(MethodError, match=r"^a circuit with a start or a placement is not renumbered"):
        placed.relabelled((1, 0))


def test_a_preparation_and_an_opaque_gate_have_no_inverse() -> None:
    for gate in (Singlet(0, 1), OpaqueGate("strange", (0,), "it is strange", None)):
        with pytest.raises(MethodError):
            gate.inverse()
