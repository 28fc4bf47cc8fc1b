"""Every cause that a refusal names, triggered, with its text; and no cause where the gates suggest none."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.certify.causes import generators_of
from eqcompile.certify.foreign import check_circuit
from eqcompile.circuit.angles import ExactAngle
from eqcompile.circuit.general import FixedUnitary, GeneralCircuit, PauliRotation
from eqcompile.exact.pauli import pauli_key
from eqcompile.reps.factors import InversionFactor
from eqcompile.reps.symmetry import Symmetry


def turn(letters: dict[int, str], name: str, factor: Fraction | int = 1, origin: int = 0) -> PauliRotation:
    return PauliRotation(pauli_key(letters), ExactAngle.parameter(name) * factor, origin)


def heisenberg(i: int, j: int, name: str, origin: int = 0) -> list[PauliRotation]:
    return [turn({i: c, j: c}, name, 1, origin) for c in "XYZ"]


def causes(
    operations: Sequence[Any],
    symmetry: Symmetry,
    data: dict[str, tuple[int, int]] | None = None,
    names: tuple[str, ...] = (),
) -> dict[str, str]:
    """What is said about every generator that is refused."""
    circuit = GeneralCircuit(symmetry.num_qubits, tuple(operations), names)
    found = check_circuit(circuit, symmetry, data or {}, "seed")
    return {f.subject.removeprefix("circuit under "): f.detail for f in found if f.verdict == "refused"}


PAIRS = eq.permutations(4, [(0, 1), (2, 3)])


def test_untied_weights() -> None:
    found = causes([*heisenberg(1, 2, "c", 0), *heisenberg(0, 3, "d", 1)], PAIRS)
    assert found == {
        "(0 1)(2 3)": "at fault on qubits 1, 2: gate 0; likely cause: untied weights: c and d act on exchanged qubits "
        "and must be one parameter"
    }
    assert causes([*heisenberg(1, 2, "c"), *heisenberg(0, 3, "c")], PAIRS) == {}


def test_a_missing_term() -> None:
    found = causes(heisenberg(1, 2, "c"), PAIRS)["(0 1)(2 3)"]
    assert found.endswith(
        "a term is missing from an orbit sum: c multiplies no Z0 Z3, the image of another term"
    ) or found.endswith("c multiplies no X0 X3, the image of another term")


def test_unequal_coefficients_along_an_orbit() -> None:
    found = causes([turn({0: "Z"}, "a"), turn({1: "Z"}, "a", Fraction(1000001, 1000000))], PAIRS)
    assert found["(0 1)(2 3)"].endswith("likely cause: coefficients of a differ along an orbit of qubits")


def test_unequal_coefficients_of_letters() -> None:
    operations = heisenberg(0, 1, "a")
    operations[0] = turn({0: "X", 1: "X"}, "a", 2)
    found = causes(operations, eq.SU2(2))
    assert set(found) == {"T_y", "T_z"}
    assert found["T_y"].endswith(
        "likely cause: a multiplies strings on qubits 0, 1 with unequal coefficients"
    )


def test_a_term_missing_for_a_continuous_group() -> None:
    found = causes(heisenberg(0, 1, "a")[:2], eq.SU2(2))
    assert set(found) == {"T_x", "T_y"}
    assert found["T_x"].endswith(
        "likely cause: a multiplies 1/2*X0 X1 + 1/2*Y0 Y1, which is not invariant: a term is missing or too much"
    )


def test_the_order_of_a_product_formula() -> None:
    ring = [(0, 1), (1, 2), (2, 3), (3, 0)]
    sorted_by_letter = [turn({i: c, j: c}, "t") for c in "XYZ" for i, j in ring]
    found = causes(sorted_by_letter, eq.SU2(4))
    assert set(found) == {"T_x", "T_y", "T_z"}
    assert all(
        text.endswith(
            "likely cause: the order of a product formula: the sum that t multiplies is invariant, but its terms do "
            "not commute, and one after the other they are not"
        )
        for text in found.values()
    )
    assert causes([o for i, j in ring for o in heisenberg(i, j, "t")], eq.SU2(4)) == {}


def test_a_parity_qubit_forgotten() -> None:
    symmetry = Symmetry(2, ("A",), (InversionFactor(2, 1, 1),))
    data = {"A_x": (0, 0)}
    found = causes([turn({0: "X"}, "A_x")], symmetry, data)
    assert found["inversion (Z1)"].endswith("likely cause: a parity qubit forgotten: no gate acts on qubit 1")
    assert causes([turn({0: "X", 1: "X"}, "A_x")], symmetry, data) == {}
    assert "forgotten" not in causes([turn({0: "X", 1: "Z"}, "A_x")], symmetry, data)["inversion (Z1)"]


def test_two_qubits_swapped() -> None:
    """Fixed gates have no parameter whose generator could be blamed; exchanging 0 and 3 makes it right."""
    operations = [FixedUnitary(eq.PauliSum.parse("(1 + i)/2 + (1 - i)/2*Z0 Z2", 4))]
    found = causes(operations, eq.permutations(4, [(0, 1)]))
    assert found["(0 1)"].endswith("likely cause: two qubits swapped: with 0 and 3 exchanged it holds")


def test_no_cause_is_made_up() -> None:
    operations = [FixedUnitary(eq.PauliSum.parse("sqrt(2)/2*X0 + sqrt(2)/2*Z0", 1))]
    found = causes(operations, eq.U1(1))
    assert found == {"T_z": "at fault on qubits 0: gate 0"}


def test_gates_are_named_and_long_lists_cut() -> None:
    names = tuple(f"rx(a) on {k}" for k in range(12))
    operations = [turn({0: "X"}, f"a{k}", 1, k) for k in range(12)]
    found = causes(operations, eq.U1(1), names=names)["T_z"]
    assert found.startswith("at fault on qubits 0: gates 0: rx(a) on 0, 1: rx(a) on 1, ")
    assert "7: rx(a) on 7, ..." in found
    assert "8: rx" not in found


def test_what_a_parameter_multiplies() -> None:
    circuit = GeneralCircuit(
        2,
        (
            turn({0: "X"}, "a"),
            turn({1: "Z"}, "a", 3),
            turn({}, "a"),
            turn({0: "X"}, "a"),
            replace(turn({0: "Z"}, "b"), angle=ExactAngle.of({("b", "c"): Fraction(1)})),
        ),
    )
    assert generators_of(circuit) == {"a": eq.PauliSum.parse("X0 + 3/2*Z1", 2)}


@pytest.mark.parametrize("place", [0, 1])
def test_the_line_of_python_names_the_generator_that_failed(place: int) -> None:
    """Two groups SU(2) have generators of the same names: the line counts them."""
    halves = [
        eq.loads(
            f"{{name: h, qubits: 4, symmetry: [{{rotation: {{group: SU(2), qubits: {list(q)}}}}}]}}", "h.yaml"
        )
        for q in ((0, 1), (2, 3))
    ]
    from eqcompile.spec.lift import symmetry_of

    symmetry = symmetry_of(halves[0]) * symmetry_of(halves[1])
    circuit = GeneralCircuit(4, (turn({2 * place: "Z"}, "a"),))
    found = [f for f in check_circuit(circuit, symmetry, {}, "s") if f.verdict == "refused"]
    lines = [f.counterexample.python for f in found if f.counterexample is not None]
    assert lines == [f"eq.equivariance_defect(circuit, spec, {3 * place + k})" for k in (0, 1)]
    for line in lines:
        assert eval(line, {"eq": eq, "circuit": circuit, "spec": symmetry}).norm > 0.01  # noqa: S307
    alone = [f for f in check_circuit(circuit, eq.SU2(4), {}, "s") if f.counterexample is not None]
    assert alone[0].counterexample is not None
    assert alone[0].counterexample.python == 'eq.equivariance_defect(circuit, spec, "T_x")'
