"""How pictures show the initial state; the rest of a picture is for the eye."""

import pytest

import eqcompile as eq
from eqcompile.face.picture.canvas import state_labels

MODEL = """\
name: drawn
qubits: 3
data: {sites: [A], encode: {A: [0]}}
symmetry: [{permutation: {cycles: ["(1 2)"], on: qubits}}]
state: STATE
observable: H(0,1) + H(0,2)
ansatz: {depth: 1, layer: [X1 + X2]}
"""


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("singlets [[2, 1]]", {1: "S_0", 2: "S_0"}),
        ("'|1+r>'", {0: r"|1\rangle", 1: r"|{+}\rangle", 2: r"|{+}i\rangle"}),
        ("'|-01> + |-10>'", {0: r"|{-}\rangle", 1: r"|\psi\rangle", 2: r"|\psi\rangle"}),
    ],
)
def test_every_form_of_the_state_is_drawn(state: str, labels: dict[int, str]) -> None:
    program = eq.compile(eq.loads(MODEL.replace("STATE", state)))
    assert state_labels(program.spec.state) == labels
    assert eq.draw(program, "png").startswith(b"\x89PNG")


def test_no_state_has_no_labels_of_its_own() -> None:
    assert state_labels(None) == {}
