"""Measured defects of product formulas: the slope is the order, and the norm is that of independent matrices."""

import json
from collections.abc import Callable
from itertools import pairwise
from math import log2
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm, norm

import eqcompile as eq
from eqcompile.circuits.operations import Evolve
from eqcompile.numeric.formula_defect import (
    MAX_FORMULA_NORM_QUBITS,
    exact_evolution,
    formula_evolution,
    lowering_report,
    lowering_reports,
)
from eqcompile.passes.formula.product_formula import product_formula

Dense = Callable[[eq.PauliSum], Any]


def ring(n: int) -> eq.PauliSum:
    return eq.PauliSum.parse(" + ".join(f"H({q},{(q + 1) % n})" for q in range(n)), n)


def symmetric(n: int) -> eq.Symmetry:
    return eq.SU2(n) * eq.permutations(n, [tuple(range(n))])


@pytest.mark.parametrize("order", [1, 2, 4])
def test_defect_and_error_fall_with_the_order(order: int) -> None:
    formula = product_formula(ring(5), symmetric(5), order)
    report = lowering_report(formula, symmetric(5), steps=(2, 4), angles=(0.1,))
    _, coarse, fine = report.rows
    assert abs(log2(coarse.error / fine.error) - order) < 0.2
    ((name, before),), ((_, after),) = coarse.defects, fine.defects
    assert name == "(0 1 2 3 4)"
    assert abs(log2(before / after) - order) < 0.2


def test_numbers_are_those_of_independent_matrices(dense: Dense, swap_matrix: Callable[..., Any]) -> None:
    generator, symmetry = ring(4) + eq.PauliSum.parse("2*I", 4), symmetric(4)
    formula = product_formula(generator, symmetry, order=1)
    (row,) = lowering_report(formula, symmetry, steps=(1,), angles=(0.4,)).rows
    image = np.eye(16, dtype=complex)
    for operator, weight in formula.factors:
        image = expm(-0.4j * float(weight) * dense(operator)) @ image
    shift = swap_matrix((1, 2, 3, 0))
    assert row.error == pytest.approx(norm(image - expm(-0.4j * dense(generator)), 2), abs=1e-12)
    assert row.defects[0][1] == pytest.approx(norm(shift @ image @ shift.T - image, 2), abs=1e-12)
    assert row.defects[0][1] > 0.1


def test_pieces_that_do_not_commute_inside(dense: Dense) -> None:
    generator = eq.PauliSum.parse("X0 X2 + Z0 + Z2 + X0 + Y1 Z3", 4)
    formula = product_formula(generator, eq.permutations(4, [(0, 2)]), order=2)
    states = np.eye(16, dtype=complex)
    image = states
    for operator, weight in formula.factors:
        image = expm(-0.6j * float(weight) * dense(operator)) @ image
    assert np.allclose(formula_evolution(formula, 0.6, states), image, atol=1e-13)


def test_few_states_evolve_as_the_matrix_does(dense: Dense) -> None:
    generator = ring(4) + eq.PauliSum.parse("1/3*X0 Y2 - I", 4)
    states = np.eye(16, 3, dtype=complex)
    expected = expm(-0.8j * dense(generator)) @ states
    assert np.allclose(exact_evolution(generator, 0.8, states), expected, atol=1e-12)


def test_larger_registers_are_measured_on_random_states() -> None:
    n = MAX_FORMULA_NORM_QUBITS + 2
    formula = product_formula(ring(n), symmetric(n))
    report = lowering_report(formula, symmetric(n), steps=(4, 8), angles=(0.2,))
    assert report.method == "norm on 2 random states, a lower bound, largest over the angles 0.2"
    _, coarse, fine = report.rows
    assert abs(log2(coarse.error / fine.error) - 2) < 0.2


def test_the_text_says_what_is_kept_and_how_far_the_rest_is() -> None:
    formula = product_formula(ring(4), symmetric(4), steps=2)
    report = lowering_report(formula, symmetric(4), subject="layer[0]", steps=(1,), angles=(0.2,))
    one, two = (f"{row.defects[0][1]:.1e}" for row in report.rows)
    assert [row.steps for row in report.rows] == [1, 2]
    assert str(report).startswith(
        "layer[0]: product formula of order 2, 2 steps; kept exactly: T_x, T_y, T_z, (0 1 2 3)^2; "
        f"defect of (0 1 2 3): {one} at 1 step, {two} at 2 steps; error: "
    )
    assert json.loads(report.to_json())["kept"] == ["T_x", "T_y", "T_z", "(0 1 2 3)^2"]


def test_exact_products_need_no_measurement_and_large_registers_get_none() -> None:
    exact = product_formula(eq.PauliSum.parse("H(0,1) + H(2,3)", 4), eq.SU2(4))
    assert str(lowering_report(exact, eq.SU2(4))) == (
        "H(0,1) + H(2,3): exact product; kept exactly: T_x, T_y, T_z"
    )
    large = lowering_report(product_formula(ring(16), symmetric(16)), symmetric(16))
    assert str(large).endswith(f"; defect of {large.broken[0]} not measured on 16 qubits; the limit is 14")
    assert large.rows == ()


def test_only_gates_without_an_exact_circuit_are_reported() -> None:
    symmetry = eq.SU2(7)
    chain = eq.PauliSum.parse(" + ".join(f"H({q},{q + 1})" for q in range(6)), 7)
    gates = [Evolve.by(eq.PauliSum.parse("H(0,1)", 7), "a"), *(Evolve.by(chain, w) for w in "bc")]
    (report,) = lowering_reports(gates, symmetry, order=2, steps=3)
    assert report.formula == "product formula of order 2, 3 steps"
    assert (report.kept, report.broken) == (("T_x", "T_y", "T_z"), ())
    assert [row.steps for row in report.rows] == [1, 2, 3, 4, 8]
    assert all(later.error < row.error for row, later in pairwise(report.rows))
