"""Whole models that start in states other than singlets: compiled, certified, refused."""

import pytest

import eqcompile as eq

MODEL = """\
name: square
qubits: 4
data: {sites: [A, B, C, D], encode: {A: [0], B: [1], C: [2], D: [3]}}
symmetry: [{permutation: {group: S_4, on: [A, B, C, D]}}]
state: STATE
observable: X0 + X1 + X2 + X3
ansatz: {depth: 2, layer: {derive: {locality: 2}}}
"""


def model(state: str) -> eq.Spec:
    return eq.loads(MODEL.replace("STATE", state), "square.yaml")


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        ('"|++++>"', "state |++++>"),
        ("plus", "state |++++>"),
        ('"|rrrr>"', "state |rrrr>"),
        ("zeros", "state |0000>"),
        ('"|0000> + |1111>"', "state |0000> + |1111>"),
        ('"|0001> + |0010> + |0100> + |1000>"', "state |0001> + |0010> + |0100> + |1000>"),
    ],
)
def test_invariant_states_are_certified(state: str, subject: str) -> None:
    certificate = eq.compile(model(state)).certificate
    assert certificate
    assert certificate.findings[0].subject == subject
    assert certificate.findings[0].claim == "invariant state"
    assert certificate.findings[-1].claim == "invariant model"


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        ('"|+++0>"', "state |+++0>"),
        ('"|+-++>"', "state |+-++>"),
        ("singlets [[0, 1], [2, 3]]", "state |0101> - |0110> - |1001> + |1010>"),
        ('"|0001> + |0010> + |0100> - |1000>"', "state |0001> + |0010> + |0100> - |1000>"),
    ],
)
def test_other_states_are_refused_with_a_counterexample(state: str, subject: str) -> None:
    certificate = eq.compile(model(state)).certificate
    assert not certificate
    finding = next(finding for finding in certificate.refused if finding.claim == "invariant state")
    assert (finding.subject, finding.place) == (subject, ("state",))
    assert finding.counterexample is not None
    image = eval(finding.counterexample.python, {"eq": eq})  # noqa: S307 - the certificate's own line
    assert str(image) == finding.counterexample.found
    state_alone = eq.ExactState.parse(subject.removeprefix("state "))
    assert state_alone.eigenvalue_of(image) is None


def test_the_counterexample_of_a_product_is_one_ket() -> None:
    spec = eq.loads(MODEL.replace("STATE", '"|+++0>"'), "square.yaml")
    (finding,) = eq.verify(eq.ExactState.product("+++0"), spec).refused
    assert finding.counterexample is not None
    assert "for |psi> = |+++0>" in str(finding.counterexample)
    assert finding.counterexample.python.startswith('eq.ExactState.parse("|+++0>", 4).relabel([')


@pytest.mark.parametrize(
    ("state", "holds"),
    [("'|++0>'", True), ("'|r0+>'", False), ("'|01+> - |10+>'", True), ("'|01+> + 2*|10+>'", False)],
)
def test_a_spec_with_nothing_but_a_state(state: str, holds: bool) -> None:
    swap = "permutation: {cycles: ['(0 1)'], on: qubits}"
    spec = eq.loads(f"{{name: pair, qubits: 3, symmetry: [{{{swap}}}], state: {state}}}")
    assert bool(eq.verify(spec)) == holds


def test_certificates_of_large_registers_stay_short() -> None:
    text = "{name: x, qubits: 1000, symmetry: [{permutation: {cycles: ['(0 1)'], on: qubits}}], state: zeros}"
    certificate = eq.verify(eq.loads(text))
    assert certificate
    assert certificate.findings[0].subject == "state |0000000000000000...0000000000000000> (1000 qubits)"
    assert len(certificate.to_json()) < 30 * 1000  # the evidence names every qubit a few times, and no more
