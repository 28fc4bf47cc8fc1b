"""Gate generators and observables: right ones are proven, and every spoilt one is refused with a reason."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.claims.of_model.gate import EquivariantOperator
from eqcompile.claims.of_model.observable import InvariantObservableClaim
from eqcompile.claims.witness import reproduce_change
from eqcompile.declaration.lift import symmetry_of
from eqcompile.derivation.generators.twirl import twirl
from eqcompile.symmetry.make import (
    U1,
    charge,
    mirror,
    pauli_symmetry,
    permutations,
    point_symmetry,
    unitaries,
)
from eqcompile.symmetry.symmetry import Symmetry

Specs = Callable[..., eq.Spec]

PROVEN = [
    ("water", "H(0,1)"),
    ("water", "H(2,3)"),
    ("water", "H(1,2) + H(0,3)"),
    ("water", "2*I"),
    ("water", "H(0,1) H(2,3)"),
    ("lih", "H(1,2)"),
    ("water_dimer", "Z6"),
    ("water_dimer", "H(0,3) Z6"),
    ("water_dimer", "H(1,2) + H(4,5)"),
    ("water_dimer", "H(0,1) + H(0,2) + H(3,4) + H(3,5)"),
]

REFUSED = [
    (
        "water",
        "H(1,2)",
        "(H1 H2)",
        "under (H1 H2), R G R^dagger for G = H(1,2): expected H(1,2), found H(0,3)",
    ),
    ("water", "H(1,2) - H(0,3)", "(H1 H2)", None),
    ("water", "2*H(1,2) + H(0,3)", "(H1 H2)", None),
    ("water", "X0 X1 + Y0 Y1 - Z0 Z1", "T_x", None),
    (
        "water",
        "X0 X1 + Y0 Y1",
        "T_x",
        "under the rotation by pi/2 about x, R G R^dagger for G = X0 X1 + Y0 Y1: "
        "expected X0 X1 + Y0 Y1, found X0 X1 + Z0 Z1",
    ),
    ("water", "X0 + X1 + X2 + X3", "T_y", None),
    ("water", "X0", "T_y", None),
    ("lih", "H(0,1) + 1/1000*Z3", "T_x", None),
    (
        "water_dimer",
        "X6",
        "inversion (Z6)",
        "under inversion (Z6), R G R^dagger for G = X6: expected X6, found -X6",
    ),
    ("water_dimer", "H(0,3) Y6", "inversion (Z6)", None),
    ("water_dimer", "H(1,2)", "(O1 O2)(H1a H2a)(H1b H2b)", None),
    ("water_dimer", "H(0,1) + H(3,4)", "(H1a H1b)", None),
    ("water_dimer", "H(0,1) + H(0,2) + H(3,4)", "(H2a H2b)", None),
]


@pytest.mark.parametrize(("name", "text"), PROVEN)
def test_right_operators_are_proven(spec: Specs, name: str, text: str) -> None:
    declared = spec(name)
    certificate = eq.verify(eq.PauliSum.parse(text, declared.qubits), declared)
    assert certificate
    assert certificate.counterexample is None
    assert certificate.findings[0].detail == "for every angle"


@pytest.mark.parametrize(("name", "text", "element", "sentence"), REFUSED)
def test_wrong_operators_are_refused_with_a_counterexample(
    spec: Specs, run_line: Callable[[str], Any], name: str, text: str, element: str, sentence: str | None
) -> None:
    declared = spec(name)
    op = eq.PauliSum.parse(text, declared.qubits)
    certificate = eq.verify(op, declared)
    assert not certificate
    assert certificate.findings[0].detail == f"changed by {element}"
    example = certificate.counterexample
    assert example is not None
    assert sentence is None or str(example) == sentence
    assert eq.PauliSum.parse(example.expected, declared.qubits) == op
    assert eq.PauliSum.parse(example.found, declared.qubits) != op
    assert run_line(example.python)


def test_a_cubic_operator_needs_an_irrational_angle(run_line: Callable[[str], Any]) -> None:
    """XXXX + YYYY + ZZZZ has the symmetry of a cube: quarter turns leave it alone, other rotations do not."""
    declared = eq.loads("{name: cubic, qubits: 4, symmetry: [{rotation: SU(2)}]}")
    op = eq.PauliSum.parse("X0 X1 X2 X3 + Y0 Y1 Y2 Y3 + Z0 Z1 Z2 Z3", 4)
    example = eq.verify(op, declared).counterexample
    assert example is not None
    assert example.element == "the rotation by arccos(-7/25) about x"
    assert eq.PauliSum.parse(example.found, 4) != op
    assert run_line(example.python)


def test_operators_that_are_not_hermitian_are_refused(spec: Specs, run_line: Callable[[str], Any]) -> None:
    certificate = eq.verify(eq.PauliSum.parse("i*H(0,1)", 4), spec("water"))
    assert [finding.detail for finding in certificate.refused] == ["not Hermitian"]
    example = certificate.counterexample
    assert example is not None
    assert (example.expected, example.found) == ("the same operator", "-i*H(0,1)")
    assert run_line(example.python) is False


@pytest.mark.parametrize("text", ["Z0", "H(1,2)", "X0 X1 + Y0 Y1"])
def test_observables_that_are_not_invariant(spec: Specs, run_line: Callable[[str], Any], text: str) -> None:
    finding = InvariantObservableClaim(symmetry_of(spec("water")), eq.PauliSum.parse(text, 4)).decide()
    assert not finding.proven
    assert finding.claim == "invariant observable"
    assert finding.counterexample is not None
    assert run_line(finding.counterexample.python)


def test_observables_report_their_exact_spectrum(spec: Specs) -> None:
    symmetry = symmetry_of(spec("water_dimer"))
    finding = InvariantObservableClaim(symmetry, eq.PauliSum.parse("H(0,3) Z6", 7)).decide()
    assert (finding.verdict, finding.detail) == ("proven", "spectrum -3, -1, 1, 3")


def test_gate_and_observable_are_the_same_condition(spec: Specs) -> None:
    symmetry = symmetry_of(spec("water"))
    for text in ("H(0,1)", "H(1,2)", "Z0", "i*Z0"):
        op = eq.PauliSum.parse(text, 4)
        gate, observable = (
            claim(symmetry, op).decide() for claim in (EquivariantOperator, InvariantObservableClaim)
        )
        assert gate.proven == observable.proven
        assert gate.counterexample == observable.counterexample


H0 = "sqrt(2)/2*X0 + sqrt(2)/2*Z0"

CATALOGUE = [
    (point_symmetry(2, "C_3", "x"), "X0 Y1 + 2*Z0", "the rotation of order 3 about x"),
    (point_symmetry(2, "C_5", (1, 1, 0)), "Z0", "the rotation of order 5 about (1, 1, 0)"),
    (point_symmetry(2, "C_7"), "X1", "the rotation of order 7 about z"),
    (point_symmetry(3, "C3v", parity=2), "Z0 Z2", "the mirror with normal y (Z2)"),
    (point_symmetry(3, "Ci", parity=2), "X0 X2", "the inversion (Z2)"),
    (mirror(2, "x"), "Z0", "the mirror with normal x"),
    (mirror(3, (1, 1, 0), parity=0), "X0 + X1 + Y1", "the mirror with normal (1, 1, 0) (Z0)"),
    (U1(2, (1, 1, 0)), "X0", "T_(1, 1, 0)"),
    (U1(2, (3, -1, 2), qubits=[1]), "H(0,1)", "T_(3, -1, 2)"),
    (charge(3, "1/2*Z0 + 1/3*Z1"), "X0 X2", "Q"),
    (charge(3, "Z0 Z1 + Z1 Z2"), "X1", "Q"),
    (charge(2, "2*Z0"), "X0", "Q"),
    (pauli_symmetry(3, "X0 X1", "Z1 Z2"), "Y2 + X2", "Z1 Z2"),
    (unitaries(2, hadamards=[H0, H0.replace("0", "1")]), "Z0 + X1", "hadamards"),
    (unitaries(2, cx="1/2*(1 + Z0 + X1 - Z0 X1)"), "X0", "cx"),
    (unitaries(2, t="(1/2 + 1/2*exp(i*pi/4))*I + (1/2 - 1/2*exp(i*pi/4))*Z1"), "X1 + Z0", "t"),
    (unitaries(1, third="cos(2*pi/7)*I - i*sin(2*pi/7)*Z0"), "Y0", "third"),
    (permutations(3, [(0, 1, 2)]), "X0", "(0 1 2)"),
]


@pytest.mark.parametrize(("symmetry", "text", "element"), CATALOGUE, ids=[e for _, _, e in CATALOGUE])
def test_every_kind_of_element_has_a_line_that_shows_the_change(
    dense: Callable[[eq.PauliSum], Any],
    run_line: Callable[[str], Any],
    symmetry: Symmetry,
    text: str,
    element: str,
) -> None:
    """For a finite element, the line's value is the change that the certificate states; in any case, it is not zero."""
    op = eq.PauliSum.parse(text, symmetry.num_qubits)
    certificate = eq.verify(op, symmetry)
    assert certificate.findings[0].detail == f"changed by {element}"
    example = certificate.counterexample
    assert example is not None
    expected, found = (
        eq.PauliSum.parse(side, symmetry.num_qubits) for side in (example.expected, example.found)
    )
    assert expected == op != found
    change = run_line(example.python)
    assert change
    if symmetry.finite_generators:
        assert change == found - op
    else:
        (generator,) = symmetry.lie_generators
        matrices = dense(op), dense(generator.operator)
        assert np.allclose(dense(change), matrices[0] @ matrices[1] - matrices[1] @ matrices[0])


@pytest.mark.parametrize(("symmetry", "text", "element"), CATALOGUE, ids=[e for _, _, e in CATALOGUE])
def test_negative_control_what_is_averaged_is_proven_and_has_no_line(
    run_line: Callable[[str], Any], symmetry: Symmetry, text: str, element: str
) -> None:
    op = twirl(eq.PauliSum.parse(text, symmetry.num_qubits), symmetry)
    assert eq.verify(op, symmetry)
    for generator in symmetry.generators:
        assert not run_line(reproduce_change(op, generator))
