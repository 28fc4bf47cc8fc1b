"""Measured defects, compared with dense matrices by the definition; right circuits have none, wrong ones do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, PauliRotation, VectorRotation
from eqcompile.claims.question import Question
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.groups.permutation import PermutationGroup
from eqcompile.numeric.defect import MAX_NORM_QUBITS, circuit_defect, is_measurable, unitary_of
from eqcompile.readers.circuit import general_circuit
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import AxialFactor
from eqcompile.symmetry.symmetry import Symmetry

ROUNDING = 1e-12
"""A few dozen gates of double precision."""


def turn(letters: dict[int, str], name: str) -> PauliRotation:
    return PauliRotation(pauli_key(letters), ExactAngle.parameter(name))


SCRAMBLE = Circuit(
    3,
    (
        turn({0: "X", 2: "Y"}, "a"),
        FixedUnitary(eq.PauliSum.parse("(1 + exp(i*pi/4))/2 + (1 - exp(i*pi/4))/2*X1", 3)),
        turn({1: "Z"}, "b"),
        turn({1: "Y", 2: "Z"}, "A_x"),
    ),
)


def best_phase_norm(left: Any, right: Any) -> float:
    overlap = np.vdot(right, left)
    return float(np.linalg.norm(left - overlap / abs(overlap) * right, 2))


def test_the_unitary_is_that_of_independent_matrices(unitary: Callable[..., Any]) -> None:
    values = {"a": 0.3, "b": -1.2, "A_x": 2.1}
    assert np.allclose(unitary_of(SCRAMBLE, values), unitary(SCRAMBLE, values), atol=1e-14)
    assert not np.allclose(unitary_of(SCRAMBLE, values), unitary(SCRAMBLE, values | {"b": -1.1}), atol=1e-3)


def test_the_defect_of_a_rotation_by_the_definition(
    unitary: Callable[..., Any], dense: Callable[[eq.PauliSum], Any]
) -> None:
    symmetry = Symmetry(3, ("A",), (AxialFactor(3, (1, 2, 2), (0, 2), (0,), 1),))
    data = {f"A_{axis}": (0, k) for k, axis in enumerate("xyz")}
    found = circuit_defect(SCRAMBLE, Question(symmetry, data), symmetry.generator_names[0], seed=3)
    generator = dense(eq.PauliSum.parse("1/2*X0 + Y0 + Z0 + 1/2*X2 + Y2 + Z2", 3))
    element = expm(-1j * found.angle * generator)
    axis = np.array([[0, -2, 2], [2, 0, -1], [-2, 1, 0]])
    x = [found.values[f"A_{c}"] for c in "xyz"]
    moved = dict(found.values) | dict(zip(("A_x", "A_y", "A_z"), expm(found.angle * axis) @ x, strict=True))
    left = element @ unitary(SCRAMBLE, dict(found.values)) @ element.conj().T
    assert found.norm == pytest.approx(best_phase_norm(left, unitary(SCRAMBLE, moved)), abs=1e-12)
    assert found.norm > 0.1


def test_the_defect_of_finite_elements_by_the_definition(
    unitary: Callable[..., Any], dense: Callable[[eq.PauliSum], Any], swap_matrix: Callable[..., Any]
) -> None:
    sites = ("A", "B")
    exchange = PermutationFactor(3, PermutationGroup(5, ((2, 1, 0, 4, 3),)), "exchange", sites)
    symmetry = Symmetry(3, sites, (exchange, InversionFactor(3, 1, 2)))
    data = {f"{s}_{c}": (i, k) for i, s in enumerate(sites) for k, c in enumerate("xyz")}
    for name, element, image in (
        ("(A B)", swap_matrix((2, 1, 0)), lambda v: v | {"A_x": v["B_x"]}),
        ("inversion (Z1)", dense(eq.PauliSum.parse("Z1", 3)), lambda v: v | {"A_x": -v["A_x"]}),
    ):
        found = circuit_defect(SCRAMBLE, Question(symmetry, data), name, seed=1)
        values = dict(found.values)
        left = element @ unitary(SCRAMBLE, values) @ element.conj().T
        assert found.norm == pytest.approx(best_phase_norm(left, unitary(SCRAMBLE, image(values))), abs=1e-12)
        assert found.norm > 0.1
        assert found.angle == 0
        assert str(found) == f"{name}: {found.norm:.2e}"


CHAIN = Circuit(3, tuple(turn({i: c, i + 1: c}, f"w{i}") for i in (0, 1) for c in "XYZ"))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_right_circuits_have_no_defect_and_wrong_ones_have(seed: int) -> None:
    for generator in ("T_x", "T_y", "T_z"):
        assert circuit_defect(CHAIN, Question(eq.SU2(3)), generator, seed).norm < ROUNDING
        broken = Circuit(3, CHAIN.operations[1:])
        assert (circuit_defect(broken, Question(eq.SU2(3)), generator, seed).norm < ROUNDING) == (
            generator == "T_x"
        )
    charge = eq.charge(3, "Z0 Z1 + 2*Z1 Z2")
    assert circuit_defect(Circuit(3, (turn({0: "Z"}, "a"),)), Question(charge), "Q", seed).norm < ROUNDING
    assert circuit_defect(Circuit(3, (turn({0: "X"}, "a"),)), Question(charge), "Q", seed).norm > 0.01


@pytest.mark.parametrize("name", ["water", "lih"])
@pytest.mark.parametrize("form", ["angles", "positions"])
def test_our_models_have_no_defect_as_models(
    program: Callable[[str], eq.Program], name: str, form: Any
) -> None:
    model = program(name)
    circuit = general_circuit(model.to_qiskit(data=form))
    data = {f"{s}_{c}": (i, k) for i, s in enumerate(model.ansatz.site_names) for k, c in enumerate("xyz")}
    for generator in model.symmetry.generator_names:
        question = Question(model.symmetry, data, "model", model.observable)
        norm = circuit_defect(circuit, question, generator, 5).norm
        assert norm < (1e-8 if form == "positions" else 1e-11)
    wrong = eq.PauliSum.parse("X0 + Y1 + Z1", model.num_qubits)
    assert circuit_defect(circuit, Question(model.symmetry, data, "model", wrong), "T_x", 5).norm > 1e-3


def test_states() -> None:
    singlet = Circuit(
        2,
        tuple(
            FixedUnitary(eq.PauliSum.parse(text, 2))
            for text in ("X0", "X1", "sqrt(2)/2*X0 + sqrt(2)/2*Z0", "1/2 + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1")
        ),
    )
    group = eq.SU2(2) * eq.permutations(2, [(0, 1)])
    assert all(
        circuit_defect(singlet, Question(group, {}, "state"), g, 1).norm < ROUNDING
        for g in group.generator_names
    )
    assert (
        circuit_defect(Circuit(2, singlet.operations[1:]), Question(group, {}, "state"), "T_x", 1).norm > 0.1
    )
    assert circuit_defect(singlet, Question(group), "T_x", 1).norm > 0.1


def test_above_ten_qubits_random_states_are_taken() -> None:
    n = 12
    chain = Circuit(n, tuple(turn({i: c, i + 1: c}, "w") for i in range(0, n, 2) for c in "XYZ"))
    symmetry = eq.SU2(n) * eq.permutations(n, [tuple(range(0, n, 2)), tuple(range(1, n, 2))])
    for generator in symmetry.generator_names:
        assert circuit_defect(chain, Question(symmetry), generator).norm < ROUNDING
    wrong = Circuit(n, chain.operations[1:])
    norms = [
        circuit_defect(wrong, Question(symmetry), generator).norm for generator in symmetry.generator_names
    ]
    assert norms[0] < ROUNDING
    assert min(norms[1:]) > 0.05


def test_random_states_show_what_the_norm_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = circuit_defect(SCRAMBLE, Question(eq.SU2(3)), "T_y", seed=4)
    monkeypatch.setattr("eqcompile.numeric.defect.MAX_NORM_QUBITS", 2)
    sampled = circuit_defect(SCRAMBLE, Question(eq.SU2(3)), "T_y", seed=4)
    assert 0.05 * exact.norm < sampled.norm <= 1.5 * exact.norm
    assert circuit_defect(CHAIN, Question(eq.SU2(3)), "T_y", seed=4).norm < ROUNDING


def test_opaque_gates_are_applied_to_their_qubits(unitary: Callable[..., Any]) -> None:
    """A fractional power has no exact form here; Qiskit's matrix of it is placed on qubits 2 and 0."""
    inner = QuantumCircuit(2)
    inner.rzx(0.7, 0, 1)
    gate = OpaqueGate("inner", (2, 0), "it is a test", inner.to_gate())
    direct = Circuit(
        3, (SCRAMBLE.operations[0], PauliRotation(pauli_key({2: "Z", 0: "X"}), ExactAngle.parameter("t")))
    )
    found = unitary_of(Circuit(3, (SCRAMBLE.operations[0], gate)), {"a": 0.3})
    assert np.allclose(found, unitary(direct, {"a": 0.3, "t": 0.7}), atol=1e-12)
    assert not np.allclose(found, unitary(direct, {"a": 0.3, "t": -0.7}), atol=1e-2)
    bound = QuantumCircuit(1)
    bound.rx(Parameter("u"), 0)
    free = OpaqueGate("free", (1,), "it is a test", bound.to_gate(), frozenset({"u"}))
    expected = unitary(Circuit(2, (turn({1: "X"}, "u"),)), {"u": 1.1})
    assert np.allclose(unitary_of(Circuit(2, (free,)), {"u": 1.1}), expected, atol=1e-12)


def test_coordinates_that_nobody_declared_move_too() -> None:
    symmetry = Symmetry(1, ("A",), (AxialFactor(1, (0, 0, 1), (0,), (0,), 1),))
    circuit = Circuit(1, (turn({0: "Z"}, "t"),))
    assert circuit_defect(circuit, Question(symmetry, {"t": (0, 0)}), "T_z", seed=2).norm > 1e-3
    assert circuit_defect(circuit, Question(symmetry, {"t": (0, 2)}), "T_z", seed=2).norm < ROUNDING


def test_ancillas_are_in_zero() -> None:
    differing = Circuit(2, (turn({0: "X"}, "a"), turn({0: "X", 1: "Z"}, "b")), num_ancillas=1)
    cancelling = Circuit(
        2,
        (turn({0: "X"}, "a"), PauliRotation(pauli_key({0: "X", 1: "Z"}), -ExactAngle.parameter("a"))),
        num_ancillas=1,
    )
    assert circuit_defect(cancelling, Question(eq.SU2(1)), "T_z").norm < ROUNDING
    assert circuit_defect(differing, Question(eq.SU2(1)), "T_z").norm > 1e-3


def test_what_can_be_measured() -> None:
    wide = OpaqueGate("wide", tuple(range(11)), "it is", Gate("wide", 11, []))
    assert is_measurable(SCRAMBLE)
    assert not is_measurable(Circuit(15, ()))
    assert not is_measurable(Circuit(12, (wide,)))
    assert MAX_NORM_QUBITS == 10


def test_messages() -> None:
    one = Circuit(1, (turn({0: "X"}, "a"),))
    with pytest.raises(DimensionError) as caught:
        circuit_defect(one, Question(eq.SU2(1)), "T_q")
    assert str(caught.value) == "the group has no generator 'T_q'; known: T_x, T_y, T_z"
    with pytest.raises(DimensionError, match="no generator 7"):
        circuit_defect(one, Question(eq.SU2(1)), 7)
    assert circuit_defect(one, Question(eq.SU2(1)), 1).generator == "T_y"
    with pytest.raises(MethodError, match="a model needs an observable"):
        circuit_defect(one, Question(eq.SU2(1), {}, "model"), "T_x")
    with pytest.raises(DimensionError, match=r"^the observable acts on 2 qubits, the group on 1$"):
        circuit_defect(one, Question(eq.SU2(1), {}, "model", eq.PauliSum.parse("Z1", 2)), "T_x", 0)
    with pytest.raises(LimitError, match=r"^the defect of 15 qubits; the limit is 14$"):
        circuit_defect(Circuit(15, ()), Question(eq.SU2(15)), "T_x")
    vector = Circuit(1, (VectorRotation(0, 0, None, ExactAngle.parameter("t")),))
    with pytest.raises(
        MethodError, match="rotations about vectors have a matrix only where the vectors have values"
    ):
        unitary_of(vector, {"t": 1.0})
