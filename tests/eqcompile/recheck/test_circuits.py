"""Rechecks of certificates for circuits built in Qiskit: proofs and refusals are found again, forgeries are not."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter

import eqcompile as eq
from eqcompile.recheck.decide import Recheck, recheck, summary

Forged = Callable[..., Recheck]
SEED = 7

RING = """\
name: ring
qubits: {n}
symmetry: [{{rotation: SU(2)}}, {{permutation: {{cycles: ["{cycle}"], on: qubits}}}}]
"""
PHASES = """\
name: phases
qubits: 4
data: {sites: [A, B], encode: {A: [0, 2], B: [1, 3]}}
symmetry: [{rotation: U(1)}, {permutation: ["(A B)"]}]
observable: Z0 + Z1
"""
FIFTHS = (
    "name: fifths\nqubits: 3\nsymmetry: [{point_group: C_5}, {pauli: Z0 Z1 Z2}, {charge: Z0 + Z1 + Z2}]\n"
)


def ring(cycle: str = "(0 2)(1 3)", n: int = 4) -> eq.Spec:
    return eq.loads(RING.format(n=n, cycle=cycle))


def heisenberg(n: int, names: str = "ab") -> QuantumCircuit:
    """Layers of even and odd bonds, with one parameter for each layer."""
    circuit = QuantumCircuit(n)
    for name in names:
        angle = Parameter(name)
        for start in (0, 1):
            for i in range(start, n, 2):
                for gate in (circuit.rxx, circuit.ryy, circuit.rzz):
                    gate(angle, i, (i + 1) % n)
    return circuit


def phases(extra: Callable[[QuantumCircuit], object] = lambda circuit: None) -> QuantumCircuit:
    """Rotations about z by a coordinate of each site, on the qubits that carry it."""
    circuit = QuantumCircuit(4)
    for name, qubits in (("A", (0, 2)), ("B", (1, 3))):
        for qubit in qubits:
            circuit.rz(angles(circuit, f"{name}_z"), qubit)
    extra(circuit)
    return circuit


def angles(circuit: QuantumCircuit, name: str) -> Parameter:
    """The parameter of that name, one object for all its places."""
    return next((p for p in circuit.parameters if p.name == name), Parameter(name))


def both(circuit: QuantumCircuit, spec: eq.Spec, **options: Any) -> tuple[eq.Certificate, Recheck]:
    certificate = eq.verify(circuit, spec, **options)
    return certificate, recheck(certificate.to_json(), SEED)


@pytest.mark.parametrize("transpiled", [False, True])
def test_invariant_circuits_are_confirmed(transpiled: bool) -> None:
    circuit = heisenberg(4)
    if transpiled:
        circuit = transpile(circuit, basis_gates=["rz", "sx", "x", "cx"], optimization_level=1)
    certificate, result = both(circuit, ring())
    assert certificate
    assert result, summary(result)
    assert all(finding.error_exponent and finding.error_exponent >= 100 for finding in certificate.findings)


def test_refusals_are_reproduced_and_forged_proofs_contradicted(forged: Forged) -> None:
    """A circuit with a billionth of a radian too much, and a cycle that exchanges even and odd bonds."""
    nudged = heisenberg(4)
    nudged.rz(Parameter("c") / 10**9, 0)
    for circuit, spec, wrong in (
        (nudged, ring(), {"generator 0", "generator 1", "generator 3"}),
        (heisenberg(4), ring("(0 1 2 3)"), {"generator 3"}),
    ):
        certificate, result = both(circuit, spec)
        assert result.confirmed
        assert not result
        assert {check.key for check in result.checks if check.verdict == "refused"} == wrong
        answer = forged(certificate.to_json(), prove)
        assert {check.key for check in answer.checks if check.outcome == "CONTRADICTED"} == wrong


def prove(body: dict[str, Any]) -> None:
    """Turn every refusal into a proof."""
    body["verdict"] = "proven"
    for finding in body["findings"]:
        finding.update(verdict="proven", counterexample=None)


def refuse_first(body: dict[str, Any]) -> None:
    body["verdict"] = body["findings"][0]["verdict"] = "refused"


def change_angle(body: dict[str, Any]) -> None:
    body["target_data"]["operations"][0][2][0][0][1] = "1000001/1000000"


def swap_findings(body: dict[str, Any]) -> None:
    one, two = body["findings"][2:4]
    one["evidence"], two["evidence"] = two["evidence"], one["evidence"]


def drop_generator(body: dict[str, Any]) -> None:
    for entries in (body["findings"], body["demanded"], body["group_data"]["generators"]):
        entries.pop()


@pytest.mark.parametrize("change", [refuse_first, change_angle, swap_findings, drop_generator])
def test_changes_are_noticed(change: Callable[[dict[str, Any]], None], forged: Forged) -> None:
    text = eq.verify(heisenberg(4), ring()).to_json()
    assert forged(text, lambda body: None)
    assert not forged(text, change)


def test_coordinates_as_angles() -> None:
    spec = eq.loads(PHASES)
    for what in ("circuit", "model", "state"):
        certificate, result = both(phases(), spec, what=what)
        assert certificate
        assert result, summary(result)
    for extra in (
        lambda c: c.rz(0.5 * angles(c, "A_z"), 1),
        lambda c: c.rx(angles(c, "A_x"), 0),
    ):
        certificate, result = both(phases(extra), spec)
        assert not certificate
        assert result.confirmed, summary(result)


@pytest.mark.parametrize("name", ["water", "water_dimer"])
@pytest.mark.parametrize("what", ["state", "model"])
def test_our_own_exports_in_angles_of_vectors(name: str, what: str, spec: Callable[..., eq.Spec]) -> None:
    """The engine recognises the vector encodings first; the recheck takes the angles as they are."""
    depth = ("depth: 11", "depth: 1") if name == "water" else ("depth: 30", "depth: 1")
    changes = [depth] if name == "water" else [depth, ("  symmetry_breaking: {generator: Z, start: 0.1}", "")]
    small = spec(name, *changes)
    circuit = eq.compile(small).to_qiskit(data="angles")
    certificate, result = both(circuit, small, what=what)
    assert certificate
    assert result, summary(result)
    circuit.rx(Parameter("c"), 0)
    certificate, result = both(circuit, small, what="state")
    assert not certificate
    assert result.confirmed, summary(result)


CHIRAL_PAIR = """
name: pair
qubits: 3
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{rotation: SU(2)}, {inversion: {parity: 2}}, {permutation: ["(A B)"]}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, layer: ["H(0,1)", Z2]}
"""


@pytest.mark.parametrize("seed", range(4))
def test_an_angle_that_stands_alone_under_the_inversion(seed: int) -> None:
    """Without one of its turns by the elevation the model is still invariant under x -> -x, and under no rotation.

    The direction of -x has two pairs of angles, which are two circuits now; the recheck took either.
    """
    spec = eq.loads(CHIRAL_PAIR)
    circuit = eq.compile(spec).to_qiskit(data="angles")
    alone = [k for k, gate in enumerate(circuit.data) if "A_elevation" in str(gate.operation.params)]
    found = []
    for place in alone:
        cut = circuit.copy()
        del cut.data[place]
        certificate = eq.verify(cut, spec, what="model")
        assert not certificate
        result = recheck(certificate.to_json(), seed)
        assert result.confirmed, summary(result)
        found += [finding.verdict for finding in certificate.findings]
    assert "proven" in found  # the inversion, where the recheck said otherwise


def test_fifths_of_a_turn_paulis_and_charges() -> None:
    spec = eq.loads(FIFTHS)
    circuit = QuantumCircuit(3)
    circuit.rz(Parameter("a"), 0)
    circuit.rzz(Parameter("b"), 0, 1)
    certificate, result = both(circuit, spec)
    assert certificate
    assert result, summary(result)
    circuit.rx(Parameter("c"), 2)
    certificate, result = both(circuit, spec)
    assert certificate.verdict == "refused"
    assert result.confirmed


def test_many_qubits_are_read_gate_by_gate(forged: Forged) -> None:
    """60 qubits: what commutes run by run is confirmed; where that does not decide, nothing is confirmed."""
    spec = eq.loads("name: chain\nqubits: 60\nsymmetry: [{rotation: SU(2)}]\n")
    text = eq.verify(heisenberg(60, "a"), spec).to_json()
    assert recheck(text, SEED)
    answer = forged(text, change_angle)
    assert {check.outcome for check in answer.checks} == {"confirmed", "not rechecked"}
    assert "60 qubits; vectors are evaluated for at most 12" in [check.reason for check in answer.checks]


def test_what_has_no_exact_form_is_not_rechecked(spec: Callable[..., eq.Spec]) -> None:
    water = spec("water", ("depth: 11", "depth: 1"))
    circuit = eq.compile(water).to_qiskit()
    circuit.unitary(np.exp(0.123j) * np.eye(2), 0)  # a phase that is nothing simple
    certificate, result = both(circuit, water, what="state")
    assert certificate.verdict == "not decided"
    assert not result.confirmed
    assert {check.reason for check in result.checks} == {"the certificate does not decide it"}
    assert json.loads(certificate.to_json())["target_data"]["operations"] is None


@pytest.mark.parametrize(
    ("target", "key"),
    [
        (eq.PauliSum.parse("H(0,1) + H(2,3)", 4), "operator"),
        (eq.ExactState.singlets(4, [(0, 1), (2, 3)]), "state"),
    ],
)
def test_operators_and_states_alone(target: Any, key: str, forged: Forged) -> None:
    text = eq.verify(target, ring()).to_json()
    assert recheck(text, SEED)
    assert json.loads(text)["demanded"] == [key]
    moved = recheck(eq.verify(target, ring("(0 1 2 3)")).to_json(), SEED)
    assert moved.confirmed
    assert not moved
    assert not forged(text, lambda body: body["findings"].clear())
    assert not forged(text, lambda body: [body[k].clear() for k in ("findings", "demanded")])
