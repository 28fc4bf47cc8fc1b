"""Every cause that a refusal names is triggered, with its text; no cause is named where the gates suggest none."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, PauliRotation
from eqcompile.claims.certify import circuit_findings
from eqcompile.claims.of_circuit.causes import generators_of
from eqcompile.claims.question import Question
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.symmetry import Symmetry


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
    """What is said about each generator that is refused."""
    circuit = Circuit(symmetry.num_qubits, tuple(operations), names)
    found = circuit_findings(circuit, Question(symmetry, data or {}), "seed")
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
        "likely cause: a term is missing: a multiplies 1/2*X0 X1 + 1/2*Y0 Y1, and no Z0 Z1"
    )


def test_a_term_too_much_for_a_continuous_group() -> None:
    found = causes([*heisenberg(0, 1, "a"), turn({0: "X", 1: "Z"}, "a")], eq.SU2(2))
    assert set(found) == {"T_x", "T_y", "T_z"}
    assert found["T_x"].endswith("likely cause: a term is too much: a multiplies X0 Z1 besides others")


def test_angles_that_differ_by_a_constant() -> None:
    """The case of the issue: what t multiplies is symmetric, and there is no product formula."""
    later = PauliRotation(
        pauli_key({1: "Z"}), ExactAngle.parameter("t") + ExactAngle.of({(): Fraction(1, 1000)}), 1
    )
    found = causes(
        [turn({0: "Z"}, "t"), later], eq.permutations(2, [(0, 1)]), names=("rz(t)", "rz(t + 0.001)")
    )
    assert found["(0 1)"].endswith(
        "likely cause: angles on exchanged qubits differ by a constant: gates 0: rz(t) and 1: rz(t + 0.001)"
    )


def test_what_moves_in_no_pair_of_qubits_has_no_cause() -> None:
    """One term, or terms that all commute, are not a product formula; nothing that is tried makes these pass."""
    cx = FixedUnitary(eq.PauliSum.parse("1/2 + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1", 2), 1)
    h = FixedUnitary(eq.PauliSum.parse("sqrt(2)/2*X0 + sqrt(2)/2*Z0", 2), 1)
    assert not any("cause" in text for text in causes([turn({0: "X"}, "t"), cx], eq.SU2(2)).values())
    assert not any("cause" in text for text in causes([turn({0: "Z"}, "t"), h], eq.U1(2)).values())


def test_a_cause_that_is_undone_and_does_not_help_is_not_named() -> None:
    """Untied weights, and also a Hadamard on one of the qubits: tying alone does not make it pass."""
    h = FixedUnitary(eq.PauliSum.parse("sqrt(2)/2*X2 + sqrt(2)/2*Z2", 4), 2)
    gates = [*heisenberg(1, 2, "c", 0), *heisenberg(0, 3, "d", 1)]
    assert "likely cause: untied" in causes(gates, PAIRS)["(0 1)(2 3)"]
    assert "cause" not in causes([*gates, h], PAIRS)["(0 1)(2 3)"]
    product = [turn({i: c, j: c}, "t") for c in "XYZ" for i, j in [(0, 1), (1, 2), (2, 3), (3, 0)]]
    assert "cause: the order" in causes(product, eq.SU2(4))["T_x"]
    assert "cause" not in causes([*product, h], eq.SU2(4))["T_x"]


def test_several_faults_of_one_kind_are_one_cause() -> None:
    gates = [turn({q: "Z"}, name) for q, name in enumerate("abcd")]
    found = causes(gates, PAIRS)["(0 1)(2 3)"]
    assert found.endswith("untied weights: a and b act on exchanged qubits and must be one parameter (and 1 more of "
                          "this kind)")  # fmt: skip


def test_a_cycle_of_untied_weights() -> None:
    found = causes([turn({q: "Z"}, name) for q, name in enumerate("abc")], eq.permutations(3, [(0, 1, 2)]))
    assert found["(0 1 2)"].endswith(
        "untied weights: a, b and c act on exchanged qubits and must be one parameter"
    )


def test_a_swap_at_the_end() -> None:
    """Equivariant under rotations of qubit 0 alone, except for the last exchange."""
    swap = FixedUnitary(eq.PauliSum.parse("1/2 + 1/2*H(0,1)", 2), 1)
    found = causes([turn({0: "Z", 1: "X"}, "a"), swap], eq.U1(2, qubits=[0]))
    assert found["T_z"].endswith("two qubits come out exchanged: with a swap of 0 and 1 at the end it holds")


def test_coordinates_are_not_tied() -> None:
    """They move along with the sites: what is wrong here is the sign, not that there are two."""
    symmetry = eq.loads(
        "{name: p, qubits: 2, data: {sites: [A, B], encode: {A: [0], B: [1]}}, symmetry: [permutation: ['(A B)']]}"
    )
    from eqcompile.declaration.lift import symmetry_of

    data = {"A_x": (0, 0), "B_x": (1, 0)}
    found = causes([turn({0: "X"}, "A_x"), turn({1: "X"}, "B_x", 2)], symmetry_of(symmetry), data)
    assert len(found) == 1
    assert "untied" not in next(iter(found.values()))


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
    circuit = Circuit(
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
    """Two SU(2) groups have generators with the same names: the line counts them."""
    halves = [
        eq.loads(
            f"{{name: h, qubits: 4, symmetry: [{{rotation: {{group: SU(2), qubits: {list(q)}}}}}]}}", "h.yaml"
        )
        for q in ((0, 1), (2, 3))
    ]
    from eqcompile.declaration.lift import symmetry_of

    symmetry = symmetry_of(halves[0]) * symmetry_of(halves[1])
    circuit = Circuit(4, (turn({2 * place: "Z"}, "a"),))
    found = [f for f in circuit_findings(circuit, Question(symmetry), "s") if f.verdict == "refused"]
    lines = [f.counterexample.python for f in found if f.counterexample is not None]
    assert lines == [f"eq.equivariance_defect(circuit, spec, {3 * place + k})" for k in (0, 1)]
    for line in lines:
        assert eval(line, {"eq": eq, "circuit": circuit, "spec": symmetry}).norm > 0.01  # noqa: S307
    alone = [f for f in circuit_findings(circuit, Question(eq.SU2(4)), "s") if f.counterexample is not None]
    assert alone[0].counterexample is not None
    assert alone[0].counterexample.python == 'eq.equivariance_defect(circuit, spec, "T_x")'
