"""Spatial and internal symmetries as they are read: their values, their action, and the same groups from Python."""

import pytest

import eqcompile as eq
from eqcompile.declaration import Spec
from eqcompile.declaration.entries.charge import Charge
from eqcompile.declaration.entries.clifford import GATES, parse_clifford
from eqcompile.declaration.entries.element_order import order_up_to_phase
from eqcompile.declaration.entries.pauli import Pauli
from eqcompile.declaration.entries.point_group import PointSymmetry
from eqcompile.declaration.entries.rotation import Rotation
from eqcompile.declaration.entries.unitary import Unitary
from eqcompile.declaration.lift import symmetry_of
from eqcompile.exact.arithmetic.scalars import rational
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.point import point_group
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import UnitaryMap
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor

TURNED = "data: {sites: [A, B], encode: {A: [0, 2], B: [1, 3]}}, "


def read(entry: str, qubits: int = 5, data: str = "") -> Spec:
    return eq.loads(f"{{name: a, qubits: {qubits}, {data}symmetry: [{{{entry}}}]}}")


def group(entry: str, qubits: int = 5, data: str = "") -> Symmetry:
    return symmetry_of(read(entry, qubits, data))


def pauli(text: str) -> PauliSum:
    return PauliSum.parse(text, 5)


DIAGONAL = (rational(1), rational(1), rational(0))


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("rotation: {group: U(1), axis: [1, 1, 0]}", Rotation("U(1)", (0, 1, 2, 3, 4), DIAGONAL)),
        ("rotation: {group: U(1), axis: z, qubits: [2, 0]}", Rotation("U(1)", (0, 2))),
        ("rotation: {group: O(3), parity: 2}", Rotation("O(3)", (0, 1, 3, 4), parity=2)),
        ("rotation: C_4", PointSymmetry(point_group("C_4"), (0, 1, 2, 3, 4))),
        ("rotation: {group: D3, axis: x}", PointSymmetry(point_group("D_3", (1, 0, 0)), (0, 1, 2, 3, 4))),
        ("point_group: {group: Td, parity: 4}", PointSymmetry(point_group("T_d"), (0, 1, 2, 3), 4)),
        ("point_group: {group: C3v, qubits: [1]}", PointSymmetry(point_group("C3v"), (1,))),
        ("pauli: X0 Z1", Pauli((pauli("X0 Z1"),))),
        ("pauli: [X0 X1, Z0 Z1]", Pauli((pauli("X0 X1"), pauli("Z0 Z1")))),
        ("charge: Z0 - 2*Z3", Charge(pauli("Z0 - 2*Z3"))),
        ("clifford: X 0; CZ 0 1", Unitary("X 0; CZ 0 1", (pauli("X0"), pauli("(1 + Z0 + Z1 - Z0 Z1)/2")))),
        (
            "matrix: {qubits: [1], rows: [[0, -i], [i, 0]], name: flip}",
            Unitary("flip", (pauli("Y1"),)),
        ),
        (
            "matrix: {qubits: [1, 0], rows: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]}",
            Unitary("matrix on 1, 0", (pauli("(1 + Z1 + X0 - Z1 X0)/2"),)),
        ),
    ],
)
def test_values(entry: str, value: object) -> None:
    """The last two: rows and columns count in binary, with the first named qubit in front."""
    assert read(entry).symmetry == (value,)
    assert read("rotation: SU(2)").symmetry != (value,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rotation: C_4", "rotation: {group: C4, axis: [0, 0, 1]}"),
        ("rotation: C_4", "rotation: {group: C_4, axis: z, qubits: [4, 3, 2, 1, 0]}"),
        ("rotation: C_4", "point_group: C_4"),
        ("point_group: C3v", "point_group: C_3v"),
        ("mirror: {normal: x}", "mirror: {normal: [1, 0, 0]}"),
        (
            "rotation: {group: U(1), axis: [0, sqrt(3)/2, 0.5]}",
            "rotation: {group: U(1), axis: [0, cos(pi/6), 1/2]}",
        ),
        ("charge: Z0 + Z1", "charge: Z1 + Z0"),
        ("clifford: H 0 1", "clifford: ' H  0   1 '"),
    ],
)
def test_other_ways_to_say_the_same(one: str, other: str) -> None:
    assert read(one).symmetry == read(other).symmetry
    assert read(one).symmetry != read("pauli: Y4").symmetry


@pytest.mark.parametrize(
    ("entry", "built"),
    [
        ("rotation: {group: U(1), axis: [1, 1, 0]}", eq.U1(5, axis=(1, 1, 0))),
        ("rotation: {group: U(1), axis: x, qubits: [0, 1]}", eq.U1(5, axis="x", qubits=[0, 1])),
        ("rotation: {group: D_3, axis: [0, 3, 4]}", eq.point_symmetry(5, "D_3", axis=(0, 3, 4))),
        ("point_group: {group: C3v, parity: 4}", eq.point_symmetry(5, "C3v", parity=4)),
        ("point_group: {group: Th, qubits: [0, 1]}", eq.point_symmetry(5, "Th", qubits=[0, 1])),
        ("mirror: {normal: [1, 2, 2], parity: 0}", eq.mirror(5, (1, 2, 2), parity=0)),
        ("charge: Z0 + Z1 - 2*Z2", eq.charge(5, "Z0 + Z1 - 2*Z2")),
        ("pauli: [X0 X1, Z0 Z1]", eq.pauli_symmetry(5, "X0 X1", "Z0 Z1")),
        (
            "matrix: {qubits: [2], rows: [[1, 0], [0, i]], name: s}",
            eq.unitaries(5, s="(1 + i)/2 + (1 - i)/2*Z2"),
        ),
        ("rotation: {group: O(3), parity: 4}", eq.SU2(5, qubits=range(4)) * eq.inversion(5, parity=4)),
    ],
)
def test_the_same_group_from_python(entry: str, built: Symmetry) -> None:
    assert group(entry) == built
    assert group(entry) != built * eq.pauli_symmetry(5, "Y0")


def test_sites_move_with_their_qubits() -> None:
    turned = (0, 1, 2, 3)
    assert group("rotation: {group: U(1), axis: x}", 5, TURNED).factors == (
        AxialFactor(5, (rational(1), rational(0), rational(0)), turned, (0, 1), 2),
    )
    assert group("rotation: {group: O(3), parity: 4}", 5, TURNED).factors == (
        RotationFactor(5, turned, (0, 1), 2),
        InversionFactor(5, 4, 2),
    )
    half = group("point_group: {group: C3v, qubits: [1, 3], parity: 4}", 5, TURNED)
    assert half.factors == (PointFactor(5, point_group("C3v"), (1, 3), 4, (1,), 2),)


def test_internal_symmetries_leave_the_sites() -> None:
    for entry, kind in [
        ("pauli: X4", PauliFactor),
        ("charge: Z4", ChargeFactor),
        ("clifford: H 4", UnitaryFactor),
        ("matrix: {qubits: [4], rows: [[0, 1], [1, 0]]}", UnitaryFactor),
    ]:
        (factor,) = group(entry, 5, TURNED).factors
        assert isinstance(factor, kind)
        assert all(g.on_data.images == (0, 1) for g in factor.finite_generators)
        assert all(not g.data_image_of((0, 0)) for g in factor.lie_generators)


def test_parity_of_a_spec_is_that_of_any_reflection() -> None:
    assert read("mirror: {normal: x, parity: 3}").parity == 3
    assert read("rotation: {group: O(3), parity: 2}").parity == 2
    assert read("mirror: {normal: x}").parity is None


@pytest.mark.parametrize("name", GATES)
def test_every_gate_maps_pauli_strings_to_pauli_strings(name: str) -> None:
    """A gate is unitary and in the Clifford group; the T gate, its control, is not."""
    qubits = (1, 0) if "{1}" in GATES[name] else (1,)
    (gate,) = parse_clifford(f"{name.lower()} {' '.join(map(str, qubits))}", 2)
    clifford = UnitaryMap(2, (gate,))
    letters = [PauliSum.string(2, {q: letter}) for q in range(2) for letter in "XYZ"]
    assert all(len(clifford.conjugate(op)) == 1 for op in letters)
    t_gate = UnitaryMap(2, (PauliSum.parse("(1 + exp(i*pi/4))/2 + (1 - exp(i*pi/4))/2*Z1", 2),))
    assert any(len(t_gate.conjugate(op)) > 1 for op in letters)


@pytest.mark.parametrize(
    ("gate", "moved"),
    [
        ("H 0", {"X0": "Z0", "Z0": "X0"}),
        ("S 0", {"X0": "Y0", "Y0": "-X0"}),
        ("SDG 0", {"X0": "-Y0", "Y0": "X0"}),
        ("SX 0", {"Y0": "Z0", "Z0": "-Y0"}),
        ("CX 0 1", {"X0": "X0 X1", "Z1": "Z0 Z1", "X1": "X1", "Z0": "Z0"}),
        ("CX 1 0", {"X1": "X0 X1", "X0": "X0"}),
        ("CZ 0 1", {"X0": "X0 Z1", "X1": "Z0 X1"}),
        ("SWAP 0 1", {"X0": "X1", "Z1": "Z0"}),
        ("ISWAP 0 1", {"X0": "Z0 Y1", "Z0": "Z1"}),
        ("S 0; H 0", {"X0": "-Y0", "Y0": "-Z0"}),
    ],
)
def test_gates_do_what_their_names_say(gate: str, moved: dict[str, str]) -> None:
    """Textbook tables, S then H last: the first gate acts first."""
    clifford = UnitaryMap(2, parse_clifford(gate, 2))
    for before, after in moved.items():
        assert clifford.conjugate(PauliSum.parse(before, 2)) == PauliSum.parse(after, 2)


@pytest.mark.parametrize(
    ("gates", "order"),
    [
        ("H 0", 2),
        ("S 0", 4),
        ("S 0; H 0", 3),
        ("SX 0; S 1", 4),
        ("X 0; X 0", 1),
        ("SWAP 0 1; SWAP 1 2; S 3", 12),
        ("CX 0 1; CX 1 2; CX 2 3; CX 3 4; CX 4 0", None),
    ],
)
def test_order_of_a_product_of_gates(gates: str, order: int | None) -> None:
    """Compared with the list of all powers, which needs no tableau; the last one is only compared."""
    unitary = UnitaryMap(5, parse_clifford(gates, 5))
    listed = len(UnitaryFactor(5, (("g", unitary),)).elements)
    assert order_up_to_phase(unitary) == listed
    assert order in (None, listed)


def test_order_of_what_is_no_clifford() -> None:
    def turn(n: int) -> UnitaryMap:
        phase = f"exp(2*pi*i/{n})"
        return UnitaryMap(1, (PauliSum.parse(f"(1 + {phase})/2 + (1 - {phase})/2*Z0", 1),))

    assert [order_up_to_phase(turn(n)) for n in (3, 8, 30)] == [3, 8, 30]
    assert order_up_to_phase(turn(361)) is None


@pytest.mark.parametrize(
    "entry",
    [
        f"clifford: H {' '.join(map(str, range(1000)))}",
        f"clifford: {'; '.join(f'SWAP {q} {q + 1}' for q in range(300))}",
        f"charge: {' + '.join(f'Z{q}' for q in range(1000))}",
        f"pauli: {' '.join(f'X{q}' for q in range(1000))}",
        "rotation: {group: C_360}",
        "point_group: {group: D_360h, parity: 0}",
    ],
)
def test_a_thousand_qubits(entry: str) -> None:
    """Read and lifted without listing what the group holds."""
    assert len(group(entry, 1000).factors) == 1
