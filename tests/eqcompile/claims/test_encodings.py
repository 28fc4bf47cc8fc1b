"""Encodings: Phi(V x) = R Phi(x) R^dagger, and every way to spoil it."""

from collections.abc import Callable
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.circuits.build import encoding_of
from eqcompile.circuits.operations import VectorRotation
from eqcompile.claims.of_model.encoding import EquivariantEncoding
from eqcompile.claims.witness import reproduce_intertwiner
from eqcompile.declaration.lift import symmetry_of
from eqcompile.groups.point import point_group
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

Specs = Callable[..., eq.Spec]


def gates_on(*qubits: tuple[int, ...], parity: int | None = None) -> list[VectorRotation]:
    """One tuple of qubits for each site."""
    return [VectorRotation.scaled(site, q, "alpha", parity) for site, row in enumerate(qubits) for q in row]


@pytest.mark.parametrize("name", ["lih", "water", "water_breaking", "water_dimer"])
def test_encodings_of_the_paper_are_proven(spec: Specs, name: str) -> None:
    declared = spec(name)
    assert declared.data is not None
    for scale, _ in declared.data.scales:
        gates = [gate for gate in encoding_of(declared) if gate.scale == scale]
        finding = EquivariantEncoding(symmetry_of(declared), tuple(gates), scale).decide()
        assert finding.proven
        assert finding.detail == f"for every x and every value of {scale}"


def test_other_wirings_that_respect_the_group_are_proven(spec: Specs) -> None:
    symmetry = symmetry_of(spec("water"))
    assert EquivariantEncoding(symmetry, tuple(gates_on((0, 3), (1, 2))), "alpha").decide().proven
    assert EquivariantEncoding(symmetry, tuple(gates_on((0,), (1,))), "alpha").decide().proven


WRONG = {
    "two qubits swapped": (gates_on((0, 1), (2, 3)), "broken by (H1 H2)"),
    "one gate dropped": (gates_on((0, 2), (1,)), "broken by (H1 H2)"),
    "one site dropped, as by a scale of its own": (gates_on((0, 2)), "broken by (H1 H2)"),
    "one gate too many": (gates_on((0, 2), (1,)) + gates_on((3,)), "broken by (H1 H2)"),
}


@pytest.mark.parametrize(("gates", "detail"), WRONG.values(), ids=WRONG)
def test_wrong_wirings_of_water_are_refused(
    spec: Specs, run_line: Callable[[str], Any], gates: list[VectorRotation], detail: str
) -> None:
    refuted(gates, symmetry_of(spec("water")), detail, run_line)


def refuted(
    gates: list[VectorRotation], symmetry: Symmetry, detail: str, run_line: Callable[[str], Any]
) -> Any:
    """The counterexample of a refused encoding, after checking that it is one."""
    finding = EquivariantEncoding(symmetry, tuple(gates), "alpha").decide()
    assert (finding.verdict, finding.detail) == ("refused", detail)
    example = finding.counterexample
    assert example is not None
    parsed = [eq.PauliSum.parse(text, symmetry.num_qubits) for text in (example.expected, example.found)]
    assert parsed[0] != parsed[1]
    assert run_line(example.python)
    return example


def test_a_qubit_that_does_not_rotate_is_refused(run_line: Callable[[str], Any]) -> None:
    rotation = RotationFactor(4, (0, 1, 2), sites=(0, 1), num_sites=2)
    symmetry = Symmetry(4, ("A", "B"), (rotation,))
    example = refuted(gates_on((0, 2), (1, 3)), symmetry, "broken by T_y", run_line)
    assert str(example) == (
        "under the rotation by pi/2 about y, R W(x) R^dagger against W(V x) for x = the unit vector x on B: "
        "expected -Z1 - Z3, found -Z1 + X3"
    )


def test_a_site_that_does_not_rotate_is_refused(run_line: Callable[[str], Any]) -> None:
    rotation = RotationFactor(2, (0, 1), sites=(0,), num_sites=2)
    refuted(gates_on((0,), (1,)), Symmetry(2, ("A", "B"), (rotation,)), "broken by T_y", run_line)


def test_inversion_without_its_parity_qubit_is_refused(spec: Specs, run_line: Callable[[str], Any]) -> None:
    """Spins are axial, positions polar: x.sigma alone cannot change its sign."""
    symmetry = symmetry_of(spec("water_dimer"))
    gates = [VectorRotation.scaled(g.site, g.qubit, "alpha") for g in encoding_of(spec("water_dimer"))]
    example = refuted(gates, symmetry, "broken by inversion (Z6)", run_line)
    assert (example.expected, example.found) == ("-X0", "X0")


def test_a_wrong_parity_qubit_is_refused(spec: Specs, run_line: Callable[[str], Any]) -> None:
    text = ("inversion: {parity: 6}", "inversion: {parity: 7}")
    symmetry = symmetry_of(spec("water_dimer", text, ("qubits: 7", "qubits: 8")))
    refuted(gates_on(*[(q,) for q in range(6)], parity=6), symmetry, "broken by inversion (Z7)", run_line)


def test_gates_that_do_not_commute_are_refused(spec: Specs, run_line: Callable[[str], Any]) -> None:
    finding = EquivariantEncoding(symmetry_of(spec("lih")), tuple(gates_on((0, 2), (1, 2))), "alpha").decide()
    assert not finding.proven
    example = finding.counterexample
    assert example is not None
    assert (example.input, example.found) == ("[X2, Y2]", "2*i*Z2")
    assert run_line(example.python)


def test_negative_control_the_line_shows_nothing_for_a_right_encoding(
    spec: Specs, run_line: Callable[[str], Any]
) -> None:
    symmetry = symmetry_of(spec("water"))
    x, y = eq.PauliSum.parse("X0 + X2", 4), eq.PauliSum.parse("Y0 + Y2", 4)
    rotation_z, exchange = symmetry.generators[2], symmetry.generators[3]
    assert not run_line(reproduce_intertwiner(x, y, rotation_z))
    assert run_line(reproduce_intertwiner(x, -y, rotation_z))
    assert not run_line(reproduce_intertwiner(x, eq.PauliSum.parse("X1 + X3", 4), exchange))


def point_symmetry_of(symbol: str, parity: int | None) -> Symmetry:
    """Two sites on qubits 0 and 1, and perhaps a parity qubit, which is 2."""
    factor = PointFactor(3, point_group(symbol), (0, 1), parity, sites=(0, 1), num_sites=2)
    return Symmetry(3, ("A", "B"), (factor,))


@pytest.mark.parametrize("symbol", ["C_3", "C_5v", "D_3h", "T_d", "I_h", "C_i"])
def test_point_groups_are_proven_with_a_parity_qubit(symbol: str) -> None:
    assert (
        EquivariantEncoding(point_symmetry_of(symbol, 2), tuple(gates_on((0,), (1,), parity=2)), "alpha")
        .decide()
        .proven
    )


@pytest.mark.parametrize(
    ("symbol", "parity", "gates", "detail"),
    [
        ("C_3v", None, gates_on((0,), (1,)), "broken by the mirror with normal y"),
        ("C_3v", 2, gates_on((0,), (1,)), "broken by the mirror with normal y (Z2)"),
        ("C_3v", None, gates_on((0,), (1,), parity=2), "broken by the mirror with normal y"),
        ("T_d", 2, gates_on((0,), (1,)), "broken by the rotation-inversion of order 4 about z (Z2)"),
        ("C_5", None, gates_on((0,), (2,)), "broken by the rotation of order 5 about z"),
    ],
)
def test_point_groups_that_do_not_fit_are_refused(
    run_line: Callable[[str], Any], symbol: str, parity: int | None, gates: list[VectorRotation], detail: str
) -> None:
    refuted(gates, point_symmetry_of(symbol, parity), detail, run_line)


def test_tilted_axes_are_proven_and_other_axes_refused(run_line: Callable[[str], Any]) -> None:
    tilted, other = (
        Symmetry(2, ("A", "B"), (AxialFactor(2, axis, (0, 1), sites=(0,), num_sites=2),))
        for axis in ((1, 1, 0), (1, 2, 2))
    )
    assert EquivariantEncoding(tilted, tuple(gates_on((0,))), "alpha").decide().proven
    refuted(gates_on((0,), (1,)), other, "broken by T_(1, 2, 2)", run_line)
