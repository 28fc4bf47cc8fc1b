"""What can be verified, and every message about what cannot."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm2
from qiskit.circuit import Parameter
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector

import eqcompile as eq
from eqcompile.circuits.circuit import Circuit
from eqcompile.declaration.lift import symmetry_of
from eqcompile.errors import DimensionError, EqcompileError, MethodError
from eqcompile.parameter_roles import data_names
from eqcompile.recheck.decide import recheck
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.rotation import AxialFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.targets import checked_data, exact_observable, exact_target, target_hash


def heisenberg(n: int = 2, angle: Any = None) -> QuantumCircuit:
    circuit = QuantumCircuit(n, name="exchange")
    shared = Parameter("a") if angle is None else angle
    for gate in (circuit.rxx, circuit.ryy, circuit.rzz):
        gate(shared, 0, 1)
    return circuit


def test_every_kind_of_target_is_brought_into_exact_form(tmp_path: Path) -> None:
    path = tmp_path / "a.qasm"
    path.write_text(qasm2.dumps(heisenberg(angle=0.25)))
    for target in (str(path), path):
        found = exact_target(target)
        assert isinstance(found, Circuit)
        assert found.name == "a.qasm"
    circuit = exact_target(heisenberg())
    assert isinstance(circuit, Circuit)
    assert (circuit.name, circuit.parameters) == ("exchange", ("a",))
    assert exact_target(circuit) is circuit
    assert exact_target(SparsePauliOp("ZX")) == eq.PauliSum.parse("X0 Z1", 2)
    assert exact_target(Statevector([0, 1, 0, 0])) == eq.ExactState(2, {1: 1})


@pytest.mark.parametrize(
    ("target", "name"), [(3, "int"), (None, "NoneType"), (Operator(np.eye(2)), "Operator"), ([], "list")]
)
def test_other_kinds_are_refused(target: Any, name: str) -> None:
    with pytest.raises(MethodError) as caught:
        eq.verify(target, eq.SU2(1))
    assert str(caught.value) == (
        f"cannot verify {name}; give a Spec, a Program, or, together with a spec, a PauliSum, an ExactState, "
        "a Circuit, a QuantumCircuit, a SparsePauliOp, a Statevector, a matrix of SymPy, "
        "or the name of an OpenQASM or QPY file"
    )


def test_a_circuit_needs_a_spec() -> None:
    with pytest.raises(
        MethodError, match=r"^cannot verify QuantumCircuit alone; give a Spec, a Program, or, "
    ):
        eq.verify(heisenberg())


def test_registers_must_agree() -> None:
    with pytest.raises(DimensionError) as caught:
        eq.verify(heisenberg(), eq.SU2(3))
    assert str(caught.value) == "the target has 2 qubits, the spec 3"
    with_ancilla = Circuit(3, (), num_ancillas=1)
    with pytest.raises(DimensionError) as caught:
        eq.verify(with_ancilla, eq.SU2(3))
    assert str(caught.value) == "the target has 2 qubits and 1 ancillas, the spec 3"
    assert eq.verify(with_ancilla, eq.SU2(2))


INVERSION = Symmetry(1, ("A", "B"), (InversionFactor(1, 0, 2),))


def test_coordinates_by_name_and_as_declared() -> None:
    assert data_names(INVERSION)["B_y"] == (1, 1)
    assert checked_data(None, INVERSION) == data_names(INVERSION)
    assert checked_data({"t": ("B", "z")}, INVERSION) == {"t": (1, 2)}
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("t"), 0)
    assert eq.verify(circuit, INVERSION, {"t": ("A", "x")})
    assert not eq.verify(circuit, INVERSION)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"t": ("C", "x")}, "t: no coordinate 'x' of site 'C'; sites: A, B; axes: x, y, z"),
        ({"t": ("A", "w")}, "t: no coordinate 'w' of site 'A'; sites: A, B; axes: x, y, z"),
        (
            {"t": ("A", "x"), "u": ("A", "x")},
            "t and u are both declared to be A.x; make them one parameter",
        ),
        (
            {"A_azimuth": ("A", "x")},
            "A_azimuth is an angle of a vector encoding by its name, and no coordinate A.x; rename it",
        ),
    ],
)
def test_wrong_coordinates(data: dict[str, tuple[str, str]], message: str) -> None:
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("t"), 0)
    for call in (eq.verify, lambda *a: eq.equivariance_defect(*a[:2], "inversion (Z0)", a[2])):
        with pytest.raises(DimensionError) as caught:
            call(circuit, INVERSION, data)
        assert str(caught.value) == message
    with pytest.raises(DimensionError, match="sites: none; axes"):
        checked_data({"t": ("A", "x")}, eq.SU2(1))


def test_a_place_is_a_pair_or_a_text() -> None:
    symmetry = symmetry_of(EXCHANGE)
    texts = checked_data({"s": "A.x", "t": "B.z"}, symmetry)
    assert texts == checked_data({"s": ("A", "x"), "t": ("B", "z")}, symmetry) == {"s": (0, 0), "t": (1, 2)}


@pytest.mark.parametrize("data", [["t"], {"t": "Ax"}, {"t": ("A",)}, {"t": ("A", 0)}, {"t": 1}])
def test_data_of_another_form(data: Any) -> None:
    with pytest.raises(DimensionError) as caught:
        eq.verify(QuantumCircuit(1), INVERSION, data)
    assert (
        str(caught.value) == 'data names coordinates of sites: write them as {"theta": ("H1", "x")} or "H1.x"'
    )


@pytest.mark.parametrize("spec", [3, QuantumCircuit(2)])
def test_groups_of_another_kind(spec: Any) -> None:
    for call in (eq.verify, lambda *a: eq.equivariance_defect(*a, "T_x")):
        with pytest.raises(MethodError) as caught:
            call(heisenberg(), spec)
        assert str(caught.value) == (
            "the group is given by a Spec, such as eq.load returns, by the name of its file, or built in Python; "
            f"found {type(spec).__name__}"
        )


def test_observables() -> None:
    assert exact_observable(None) is None
    assert exact_observable(SparsePauliOp("Z")) == eq.PauliSum.parse("Z0", 1)
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("A_x"), 0)
    assert eq.verify(circuit, INVERSION, what="model", observable=SparsePauliOp("Z"))
    assert not eq.verify(circuit, INVERSION, what="model", observable=SparsePauliOp("Y"))
    for wrong, message in (
        (heisenberg(), "the observable is a QuantumCircuit; a PauliSum or SparsePauliOp is needed"),
        ("Z0", "the observable is a str; a PauliSum or SparsePauliOp is needed"),
        (
            SparsePauliOp(["Z"], [1j]),
            "the observable is not Hermitian; its expectation values would not be real",
        ),
        (SparsePauliOp("ZZ"), "the observable acts on 2 qubits, the group on 1"),
        (None, "a model needs an observable; declare one in the spec, or give one"),
    ):
        with pytest.raises(EqcompileError) as caught:
            eq.verify(circuit, INVERSION, what="model", observable=wrong)
        assert str(caught.value) == message


def test_unknown_claims() -> None:
    for call in (
        lambda: eq.verify(heisenberg(), eq.SU2(2), what="energy"),  # type: ignore[arg-type]
        lambda: eq.equivariance_defect(heisenberg(), eq.SU2(2), "T_x", what="energy"),  # type: ignore[arg-type]
    ):
        with pytest.raises(MethodError) as caught:
            call()
        assert str(caught.value) == "unknown claim 'energy'; known: circuit, state, model"


def test_defects_are_of_circuits() -> None:
    with pytest.raises(MethodError) as caught:
        eq.equivariance_defect(SparsePauliOp("Z"), eq.SU2(1), "T_x")
    assert str(caught.value) == (
        "the defect is defined for circuits; verify decides operators and states exactly"
    )


def test_hashes_tell_targets_apart(tmp_path: Path) -> None:
    one, other = exact_target(heisenberg(angle=0.25)), exact_target(heisenberg(angle=0.5))
    assert target_hash(None, one) == target_hash(None, exact_target(heisenberg(angle=0.25)))
    assert target_hash(None, one) != target_hash(None, other)
    path = tmp_path / "a.qasm"
    path.write_text(qasm2.dumps(heisenberg(angle=0.25)))
    before = target_hash(path, one)
    path.write_text(path.read_text() + "\n")
    assert target_hash(path, one) != before


def almost(angle: float, error: float) -> QuantumCircuit:
    """Rotations by numbers that are not simple, one of them slightly wrong."""
    circuit = QuantumCircuit(2, name="rounded")
    circuit.rxx(angle, 0, 1)
    circuit.ryy(angle + error, 0, 1)
    circuit.rzz(angle, 0, 1)
    return circuit


def test_rounded_numbers_do_not_refuse_and_wrong_ones_do() -> None:
    angle = 0.1234567890123
    assert eq.verify(almost(angle, 0.0), eq.SU2(2))
    rounded = eq.verify(almost(angle, 1e-13), eq.SU2(2))
    assert rounded.verdict == "not decided"
    open_ = [finding for finding in rounded.findings if finding.verdict == "not decided"]
    assert open_[0].detail.startswith(
        "within the rounding of the 2 numbers that the circuit holds (largest defect "
    )
    assert open_[0].counterexample is None
    assert eq.verify(almost(angle, 1e-9), eq.SU2(2)).verdict == "refused"


def test_rounding_is_measured_on_random_states_above_ten_qubits() -> None:
    circuits = []
    for error in (1e-13, 1e-9):
        circuit = QuantumCircuit(12)
        circuit.compose(almost(0.1234567890123, error), [0, 1], inplace=True)
        circuits.append(circuit)
    assert eq.verify(circuits[0], eq.SU2(12)).verdict == "not decided"
    assert eq.verify(circuits[1], eq.SU2(12)).verdict == "refused"


def rough(shift: float) -> QuantumCircuit:
    """An exchange as a matrix of rounded numbers, which has no exact form."""
    matrix = Operator(heisenberg(angle=0.2345678)).data
    circuit = QuantumCircuit(2, name="rough")
    circuit.append(UnitaryGate(matrix), [0, 1])
    circuit.rx(shift, 0)
    return circuit


def test_gates_without_exact_form_are_measured() -> None:
    good = eq.verify(rough(0.0), eq.SU2(2))
    assert good.verdict == "not decided"
    assert good.findings[0].method == "numeric sampling at 3 random points, in floating point"
    assert good.findings[0].detail.endswith("which is rounding, and no proof")
    bad = eq.verify(rough(0.25), eq.SU2(2))
    assert bad.verdict == "refused"
    refused = [finding for finding in bad.findings if finding.verdict == "refused"]
    assert {finding.subject for finding in refused} == {"rough under T_y", "rough under T_z"}
    line = refused[0].counterexample.python if refused[0].counterexample else ""
    scope = {"eq": eq, "circuit": rough(0.25), "spec": eq.SU2(2)}
    assert eval(line, scope).norm > 0.01  # noqa: S307 - the line under test


def test_reasons_are_short() -> None:
    """An expression of thousands of letters is cut."""
    x = Parameter("x")
    expression = x
    for k in range(40):
        expression = (expression * (k + 1.2345) + 1e99).sin()
    circuit = QuantumCircuit(1)
    circuit.rz(expression, 0)
    (finding, *_) = eq.verify(circuit, eq.SU2(1)).findings
    assert finding.verdict == "refused"
    assert len(finding.detail) < 400


@pytest.mark.parametrize(
    ("gate", "parameter", "data", "verdict"),
    [
        ("rz", "t", {"t": ("A", "z")}, "proven"),
        ("rz", "t", {"t": ("A", "x")}, "refused"),
        ("p", "A_x", None, "refused"),
        ("p", "A_z", None, "proven"),
        ("rx", "w", None, "refused"),
    ],
)
def test_the_independent_check_agrees(
    gate: str, parameter: str, data: dict[str, tuple[str, str]] | None, verdict: str
) -> None:
    """About coordinates that no parameter stands for, and about phases that change along a rotation of the data."""
    symmetry = Symmetry(1, ("A",), (AxialFactor(1, (0, 0, 1), (0,), (0,), 1),))
    circuit = QuantumCircuit(1, global_phase=Parameter("A_y"))
    getattr(circuit, gate)(Parameter(parameter), 0)
    certificate = eq.verify(circuit, symmetry, None if data is None else {**data, "A_y": ("A", "y")})
    assert certificate.verdict == verdict
    assert [check.outcome for check in recheck(certificate.to_json(), seed=1).checks] == ["confirmed"]


def turned(*names: str) -> QuantumCircuit:
    """One rotation about X by each parameter, qubit by qubit."""
    circuit = QuantumCircuit(len(names))
    shared = {name: Parameter(name) for name in names}
    for qubit, name in enumerate(names):
        circuit.rx(shared[name], qubit)
    return circuit


EXCHANGE = eq.loads(
    "{name: exchange, qubits: 2, data: {sites: [A, B], encode: {A: [0], B: [1]}}, symmetry: [permutation: ['(A B)']]}"
)


def test_a_misspelt_name_of_data_is_no_weight() -> None:
    """``theta`` on both qubits is symmetric as a weight, but not as the coordinate of one site."""
    circuit = turned("theta", "theta")
    assert eq.verify(circuit, EXCHANGE)
    assert not eq.verify(circuit, EXCHANGE, {"theta": ("A", "x")})
    for call in (eq.verify, lambda *a: eq.equivariance_defect(*a[:2], "(A B)", a[2])):
        with pytest.raises(DimensionError) as caught:
            call(circuit, EXCHANGE, {"thta": ("A", "x")})
        assert str(caught.value) == (
            'data: the circuit does not depend on "thta"; did you mean "theta"? parameters: theta'
        )
    with pytest.raises(DimensionError, match=r'^data: the circuit does not depend on "q"; parameters: none$'):
        eq.verify(QuantumCircuit(2), EXCHANGE, {"q": ("A", "x")})
    assert not eq.verify(circuit, EXCHANGE, {circuit.parameters[0]: ("A", "x")})  # type: ignore[dict-item]


def test_coordinates_by_name_are_not_left_out_in_silence() -> None:
    circuit = turned("A_x", "t")
    with pytest.raises(DimensionError) as caught:
        eq.verify(circuit, EXCHANGE, {"t": ("B", "x")})
    assert str(caught.value) == (
        "A_x is a coordinate by its name, and the data leave it out: add it, as A.x, or rename it if it is a weight"
    )
    assert eq.verify(circuit, EXCHANGE, {"t": ("B", "x"), "A_x": ("A", "x")})
    assert not eq.verify(circuit, EXCHANGE, {}), "no data at all is a declaration, too"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("a_x", "A_x"), ("A.x", "A_x"), ("A_X", "A_x"), ("A[0]", "A_x"), ("a_Azimuth", "A_azimuth")],
)
def test_names_almost_like_coordinates_are_refused(name: str, meant: str) -> None:
    with pytest.raises(DimensionError) as caught:
        eq.verify(turned(name, "B_x"), EXCHANGE)
    assert str(caught.value) == (
        f"the parameter {name} is named almost like {meant}, and would count as a weight: rename it to {meant} or to "
        "something else, or declare which parameters are data"
    )
    assert not eq.verify(turned("ax", "bx"), EXCHANGE), "a name without a separator is another name"


def test_vectors_as_whole_gates_take_their_coordinates() -> None:
    pair = eq.compile(Path(str(files("siqml") / "models" / "lih.yaml")))
    circuit = pair.to_qiskit("vectors")
    names = {parameter.name for parameter in circuit.parameters}
    sites = pair.symmetry.site_names
    data = {f"{site}_{axis}": (site, axis) for site in sites for axis in "xyz"}
    assert data.keys() <= names
    assert eq.verify(circuit, pair.spec, data, "model")
    with pytest.raises(DimensionError, match="does not depend on"):
        eq.verify(circuit, pair.spec, {"other" if k == "Li_x" else k: v for k, v in data.items()}, "model")


DECLARES = "is about a circuit; everything that a spec or program declares is verified; leave it out"
OPERATOR, STATE = eq.PauliSum.parse("H(0,1)", 2), eq.ExactState(2, {0: 1})
UNUSED: list[tuple[Any, dict[str, Any], str]] = [
    (OPERATOR, {"data": {}}, "data names parameters of a circuit, and an operator has none; leave it out"),
    (STATE, {"data": {}}, "data names parameters of a circuit, and a state has none; leave it out"),
    (OPERATOR, {"what": "state"}, 'what="state" is about a circuit; the target is an operator; leave it out'),
    (STATE, {"what": "state"}, 'what="state" is about a circuit; the target is a state; leave it out'),
    (QuantumCircuit(2), {"observable": OPERATOR}, 'an observable is about a model; add what="model", or leave it out'),
    (EXCHANGE, {"data": {}}, f"data {DECLARES}"),
    (EXCHANGE, {"what": "model"}, f"what {DECLARES}"),
    (EXCHANGE, {"observable": OPERATOR}, f"observable {DECLARES}"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "arguments", "message"), UNUSED)
def test_no_argument_is_without_effect(target: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(MethodError) as caught:
        eq.verify(target, None if target is EXCHANGE else eq.SU2(2), **arguments)
    assert str(caught.value) == message
