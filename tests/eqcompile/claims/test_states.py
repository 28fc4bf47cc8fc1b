"""Initial states: invariant up to a character, or refused."""

from collections.abc import Callable
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.claims.witness import reproduce_state_change
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, scalar
from eqcompile.symmetry.make import U1, charge, mirror, pauli_symmetry, point_symmetry, unitaries
from eqcompile.symmetry.symmetry import Symmetry

Specs = Callable[..., eq.Spec]

PROVEN = [
    ("water", [(0, 1), (2, 3)], "strictly"),
    ("water", [(0, 2), (1, 3)], "strictly"),
    ("water", [(0, 3), (2, 1)], "strictly"),
    (
        "water_dimer",
        [(1, 2), (4, 5), (3, 0)],
        "up to the character (H1a H1b) -> -1, (H2a H2b) -> -1, (O1 O2)(H1a H2a)(H1b H2b) -> -1",
    ),
]


@pytest.mark.parametrize(("name", "pairs", "detail"), PROVEN)
def test_singlets_are_invariant(spec: Specs, name: str, pairs: list[tuple[int, int]], detail: str) -> None:
    declared = spec(name)
    certificate = eq.verify(eq.ExactState.singlets(declared.qubits, pairs), declared)
    assert certificate
    assert certificate.findings[0].detail == detail


def shifted(pairs: list[tuple[int, int]], n: int, **amplitudes: object) -> eq.ExactState:
    state = eq.ExactState.singlets(n, pairs)
    return eq.ExactState(n, {**state.amplitudes, **{int(k[1:]): v for k, v in amplitudes.items()}})


REFUSED = [
    ("water", eq.ExactState(4, {0: ONE}), "e^(-i phi T_x)"),
    ("water", eq.ExactState.singlets(4, [(0, 1)]), "e^(-i phi T_x)"),
    ("water", shifted([(0, 1), (2, 3)], 4, b5=scalar(2)), "e^(-i phi T_x)"),
    ("water", shifted([(0, 1), (2, 3)], 4, b9=IMAGINARY_UNIT / scalar(2)), "e^(-i phi T_x)"),
    ("water_dimer", eq.ExactState.singlets(7, [(0, 1), (2, 3), (4, 5)]), "(H1a H1b)"),
    ("water_dimer", eq.ExactState.singlets(7, [(0, 3), (1, 4), (2, 5)]), "(H1a H1b)"),
    (
        "water_dimer",
        eq.ExactState.singlets(7, [(1, 2), (4, 5), (3, 0)]).apply(eq.PauliSum.parse("I + X6", 7)),
        "inversion (Z6)",
    ),
]


@pytest.mark.parametrize(("name", "state", "element"), REFUSED)
def test_other_states_are_refused_with_a_counterexample(
    spec: Specs, run_line: Callable[[str], Any], name: str, state: eq.ExactState, element: str
) -> None:
    certificate = eq.verify(state, spec(name))
    assert not certificate
    assert certificate.findings[0].detail == f"changed by {element}"
    example = certificate.counterexample
    assert example is not None
    assert (example.element, example.expected) == (element, "a multiple of |psi>")
    image = run_line(example.python)
    assert str(image) == example.found
    assert state.eigenvalue_of(image) is None


def test_two_singlets_in_a_difference_keep_their_character(spec: Specs) -> None:
    """The antisymmetric combination of the two exchanged pairings has the character -1."""
    first = eq.ExactState.singlets(4, [(0, 2), (1, 3)])
    second = eq.ExactState.singlets(4, [(0, 1), (2, 3)])
    text = ("(H1 H2)", "(H1 H2)")
    water = spec("water", text)
    total = {b: first.amplitudes.get(b, scalar(0)) + second.amplitudes.get(b, scalar(0)) for b in range(16)}
    assert eq.verify(eq.ExactState(4, total), water)


def test_the_zero_vector_is_no_state(spec: Specs) -> None:
    with pytest.raises(
        eq.EqcompileError, match=r"^the zero vector is not a state; give at least one amplitude$"
    ):
        eq.verify(eq.ExactState(4, {}), spec("water"))


H0 = "sqrt(2)/2*X0 + sqrt(2)/2*Z0"

CATALOGUE = [
    (point_symmetry(2, "C_3", "x"), "|00>", "the rotation of order 3 about x"),
    (point_symmetry(2, "C_5", (1, 1, 0)), "|01>", "the rotation of order 5 about (1, 1, 0)"),
    (point_symmetry(3, "C3v", parity=2), "|001> - |010>", "the rotation of order 3 about z"),
    (mirror(2, "x"), "|00>", "the mirror with normal x"),
    (mirror(2, "z", parity=1), "|00> + |01>", "the mirror with normal z (Z1)"),
    (U1(2, (1, 1, 0)), "|00>", "e^(-i phi T_(1, 1, 0))"),
    (charge(2, "1/2*Z0 + 1/3*Z1"), "|00> + |11>", "e^(-i phi Q)"),
    (pauli_symmetry(2, "X0 X1"), "|00> + |01>", "X0 X1"),
    (unitaries(2, hadamards=[H0, H0.replace("0", "1")]), "|00>", "hadamards"),
    (unitaries(1, seventh="cos(2*pi/7)*I - i*sin(2*pi/7)*X0"), "|0>", "seventh"),
]


@pytest.mark.parametrize(("symmetry", "text", "element"), CATALOGUE, ids=[e for _, _, e in CATALOGUE])
def test_every_kind_of_element_has_a_line_that_shows_the_change(
    run_line: Callable[[str], Any], symmetry: Symmetry, text: str, element: str
) -> None:
    state = eq.ExactState.parse(text, symmetry.num_qubits)
    certificate = eq.verify(state, symmetry)
    assert certificate.findings[0].detail == f"changed by {element}"
    assert certificate.counterexample is not None
    image = run_line(certificate.counterexample.python)
    assert state.eigenvalue_of(image) is None
    changed = [g for g in symmetry.finite_generators if g.name == element]
    assert all(image == g.on_qubits.apply(state) for g in changed)
    assert all(image == state.apply(g.operator) for g in symmetry.lie_generators)


def test_negative_control_invariant_states_give_a_multiple_of_themselves(
    run_line: Callable[[str], Any],
) -> None:
    singlet = eq.ExactState.singlets(2, [(0, 1)])
    up = eq.ExactState.parse("|00>", 2)
    for symmetry, state in [
        (point_symmetry(2, "T_d", (1, 1, 1)), singlet),
        (point_symmetry(2, "C_5"), up),
        (unitaries(2, hadamards=[H0, H0.replace("0", "1")]), singlet),
        (charge(2, "Z0 Z1 + 3*Z1"), up),
        (mirror(2, "z", parity=1), up),
    ]:
        assert eq.verify(state, symmetry)
        for generator in symmetry.generators:
            image = run_line(reproduce_state_change(state, generator))
            assert state.eigenvalue_of(image) is not None
