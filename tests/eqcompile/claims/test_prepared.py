"""States and models of circuits from elsewhere: only what comes out counts."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, PauliRotation
from eqcompile.claims.certify import circuit_findings
from eqcompile.claims.of_circuit.circuit_model import InvariantCircuitModel
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.prepared import InvariantPreparedState
from eqcompile.claims.of_circuit.task import decisions
from eqcompile.claims.question import Question
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.readers.circuit import general_circuit
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.rotation import AxialFactor
from eqcompile.symmetry.symmetry import Symmetry

named = ExactAngle.parameter


def turn(letters: dict[int, str], angle: ExactAngle | str) -> PauliRotation:
    return PauliRotation(pauli_key(letters), named(angle) if isinstance(angle, str) else angle)


def fixed(text: str, n: int) -> FixedUnitary:
    return FixedUnitary(eq.PauliSum.parse(text, n))


SINGLET = (
    fixed("X0", 2),
    fixed("X1", 2),
    fixed("sqrt(2)/2*X0 + sqrt(2)/2*Z0", 2),
    fixed("1/2 + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1", 2),
)


def states(operations: Any, symmetry: Symmetry, data: Any = None) -> list[bool | None]:
    circuit = Circuit(symmetry.num_qubits, tuple(operations))
    test = CircuitTest(circuit, Question(symmetry, data or {}, "state"), "seed")
    return [claim.decision().holds for claim in InvariantPreparedState.all_of(test, "")]


def models(operations: Any, symmetry: Symmetry, observable: str, data: Any = None) -> list[bool | None]:
    op = eq.PauliSum.parse(observable, symmetry.num_qubits)
    circuit = Circuit(symmetry.num_qubits, tuple(operations))
    test = CircuitTest(circuit, Question(symmetry, data or {}, "model", op), "seed")
    return [claim.decision().holds for claim in InvariantCircuitModel.all_of(test, "")]


def test_a_singlet_is_invariant_though_its_circuit_is_not_equivariant() -> None:
    group = eq.SU2(2) * eq.permutations(2, [(0, 1)])
    assert states(SINGLET, group) == [True] * 4
    exchange = [turn({0: c, 1: c}, "a") for c in "XYZ"]
    assert states([*SINGLET, *exchange], group) == [True] * 4
    assert states([*SINGLET, *exchange[1:]], group) == [True] * 4  # a singlet has a sharp value of every XX
    assert states([*SINGLET, turn({0: "Z"}, "a")], group) == [False, False, True, False]
    assert states(SINGLET[1:], group) == [False, False, True, True]  # a triplet
    circuit = Circuit(2, SINGLET)
    assert False in [d.holds for d in decisions(CircuitTest(circuit, Question(group), "seed"))]


def test_states_may_have_a_character() -> None:
    assert states([fixed("X0", 2)], eq.U1(2)) == [True]
    assert states([turn({0: "X"}, "a")], eq.U1(2)) == [False]
    assert states([fixed("X0", 1)], eq.pauli_symmetry(1, "Z0")) == [True]


DATA = {"A_x": (0, 0), "A_y": (0, 1), "A_z": (0, 2)}
INVERSION = Symmetry(1, ("A",), (InversionFactor(1, 0, 1),))
AXIAL = Symmetry(1, ("A",), (AxialFactor(1, (0, 0, 1), (0,), (0,), 1),))


def test_states_move_with_the_data() -> None:
    assert states([turn({0: "X"}, "A_x")], INVERSION, DATA) == [True]
    assert states([turn({0: "X"}, "A_x"), turn({0: "Z"}, "A_x")], INVERSION, DATA) == [False]
    assert states([turn({0: "Z"}, "A_x")], AXIAL, DATA) == [True]  # a phase of |0>
    assert states([turn({0: "X"}, "A_x")], AXIAL, DATA) == [False]
    assert states([turn({0: "X"}, "A_z")], AXIAL, DATA) == [False]


@pytest.mark.parametrize(
    ("observable", "inversion", "axial"),
    [
        ("Z0", True, False),
        ("Y0", False, False),
        ("sqrt(2)*Z0", True, False),
        ("sqrt(2)*Y0", False, False),
        ("sqrt(3)*Z0 + cos(2*pi/5)*Y0", False, False),
        ("X0", True, True),
        ("1", True, True),
    ],
)
def test_models_with_data(observable: str, inversion: bool, axial: bool) -> None:
    """Values for cos(x) |0> - i sin(x) |1>: <Z> = cos x, <Y> = -sin x, <X> = 0."""
    operations = [turn({0: "X"}, "A_x")]
    assert models(operations, INVERSION, observable, DATA) == [inversion]
    assert models(operations, AXIAL, observable, DATA) == [axial]


def test_models_see_lengths_only() -> None:
    squares = ExactAngle.of({("A_x", "A_x"): Fraction(1), ("A_y", "A_y"): Fraction(1)})
    assert models([turn({0: "X"}, squares)], AXIAL, "Z0", DATA) == [True]
    uneven = ExactAngle.of({("A_x", "A_x"): Fraction(1), ("A_y", "A_y"): Fraction(1000001, 1000000)})
    assert models([turn({0: "X"}, uneven)], AXIAL, "Z0", DATA) == [False]
    assert models([turn({0: "X"}, uneven)], INVERSION, "Z0", DATA) == [True]


@pytest.mark.parametrize("name", ["water", "water_dimer"])
def test_our_models_are_invariant_and_with_another_observable_they_are_not(
    shallow: Callable[[str], eq.Program], name: str
) -> None:
    model = shallow(name)
    circuit = general_circuit(model.to_qiskit(data="angles"))
    for observable, verdicts in (
        (model.observable, {"proven"}),
        (eq.PauliSum.parse("Z0", model.num_qubits), None),
    ):
        findings = list(circuit_findings(circuit, Question(model.symmetry, {}, "model", observable), "s"))
        if verdicts is not None:
            assert {finding.verdict for finding in findings} == verdicts
            continue
        refused = [finding for finding in findings if finding.verdict == "refused"]
        assert {"T_x", "T_y"} <= {finding.subject.rpartition(" under ")[2] for finding in refused}
        assert all(finding.counterexample is not None for finding in refused)


def test_opaque_gates_leave_it_open() -> None:
    gate = OpaqueGate("strange", (0,), "it is strange", None)
    assert states([gate], INVERSION) == [None]
    assert models([gate], INVERSION, "Z0") == [None]


def test_what_a_model_needs() -> None:
    circuit = Circuit(1, (turn({0: "X"}, "A_x"),))
    with pytest.raises(
        MethodError, match="a model needs an observable; declare one in the spec, or give one"
    ):
        list(circuit_findings(circuit, Question(INVERSION, DATA, "model"), "s"))
    two = eq.PauliSum.parse("Z1", 2)
    with pytest.raises(DimensionError, match=r"^the observable acts on 2 qubits, the group on 1$"):
        Question(INVERSION, DATA, "model", two)


def characters(operations: Any, symmetry: Symmetry, data: Any = None) -> list[str | None]:
    circuit = Circuit(symmetry.num_qubits, tuple(operations))
    test = CircuitTest(circuit, Question(symmetry, data or {}, "state"), "seed")
    return [claim.decision().character for claim in InvariantPreparedState.all_of(test, "")]


def test_the_character_of_a_state_is_reported() -> None:
    group = eq.SU2(2) * eq.permutations(2, [(0, 1)])
    assert characters(SINGLET, group) == ["0", "0", "0", "-1"]
    zeros = Symmetry(2, (), (AxialFactor(2, (0, 0, 1), (0, 1), (), 0),))
    assert characters([], zeros) == ["1"]
    assert characters([fixed("X0", 2)], zeros) == ["0"]
    assert characters([fixed("X0", 2), fixed("X1", 2)], zeros) == ["-1"]
    assert characters([turn({0: "X"}, "a")], zeros) == [None]  # not invariant at all


def test_a_phase_that_depends_on_the_data_is_no_character() -> None:
    symmetry = Symmetry(1, ("A",), (InversionFactor(1, 0, 1),))
    assert characters([turn({}, "A_x")], symmetry, {"A_x": (0, 0)}) == [None]
    circuit = Circuit(1, (turn({}, "A_x"),))
    (finding,) = circuit_findings(circuit, Question(symmetry, {"A_x": (0, 0)}, "state"), "s")
    assert finding.proven
    assert finding.character == (None,)
    assert "inversion (Z0) -> another phase, which may depend on the data, error" in finding.detail


def test_the_character_stands_in_the_certificate() -> None:
    group = eq.SU2(2) * eq.permutations(2, [(0, 1)])
    finding = eq.verify(Circuit(2, SINGLET), group, what="state").findings[-1]
    assert finding.detail.startswith("up to the character (0 1) -> -1, error probability below 2^-")
