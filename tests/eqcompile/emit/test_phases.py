"""Global phases are summed exactly, so phases that cancel leave nothing for Qiskit to simplify."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import Evolve
from eqcompile.emit.phases import TotalPhase, linear_form
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.exact.arithmetic.scalars import square_root
from eqcompile.passes.lowering.primitives import Angle

W, V = ExactAngle.parameter("w"), ExactAngle.parameter("v")
TEXTS = ("H(0,1) + H(0,2)", "X0 + Z0 - 3*I", "sqrt(2)*H(1,2) + 1/2*I", "X0 X1 + Y0 Y1 + Z0 + 2*I", "2*I")


def test_sums_are_exact() -> None:
    total = TotalPhase()
    root = square_root(Fraction(2))
    for factor in (Fraction(-2), Fraction(1, 2), Fraction(3, 2), root, -root):
        total.add(Angle(W, factor))
    total.add(Angle.of_pi(Fraction(9, 4)))
    assert total.total() == ({}, np.pi / 4)
    total.add(Angle(V + ExactAngle.of_pi(1), Fraction(1, 3)))
    total.add_rounded(V, 0.5)
    assert total.total() == ({("v",): 1 / 3 + 0.5}, np.pi / 4 + np.pi / 3)


def test_linear_forms() -> None:
    angle = Angle(
        W * Fraction(1, 3) + ExactAngle.of_pi(Fraction(1, 2)), square_root(Fraction(2)), Fraction(1)
    )
    terms, constant = linear_form(angle)
    assert terms == {("w",): 2**0.5 * (1 / 3)}
    assert abs(constant - np.pi * (2**0.5 / 2 + 1)) < 1e-15


def test_the_phase_of_many_layers_is_a_number(spec: Callable[..., eq.Spec]) -> None:
    """Twelve layers of solvable sums: their phases cancel gate by gate."""
    program = eq.compile(spec("water_dimer_linked", ("depth: 30", "depth: 12")))
    assert isinstance(program.to_qiskit("angles").global_phase, float)


def test_phases_of_several_gates_add_up(dense: Callable[[eq.PauliSum], Any]) -> None:
    generators = [eq.PauliSum.parse(text, 3) for text in TEXTS]
    start = QuantumCircuit(3, global_phase=0.7)
    emitter = QiskitEmitter(start, ())
    values, expected = {}, np.exp(0.7j) * np.eye(8)
    for k, generator in enumerate((*generators, *generators)):
        emitter.gate(Evolve.by(generator, f"w{k % 7}"))
        values[f"w{k % 7}"] = 0.3 * (k % 7) - 0.8
        expected = expm(-1j * values[f"w{k % 7}"] * dense(generator)) @ expected
    found = Operator(emitter.circuit.assign_parameters(values)).data
    assert np.allclose(found, expected, rtol=0, atol=1e-12)
