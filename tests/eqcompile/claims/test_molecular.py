"""Spins that turn while sites are exchanged: counted, proven, refused, and decided again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from campaign.specs.dense import read
from campaign.specs.spaces import commutes, dimensions
from campaign.specs.text import operator
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import PauliRotation
from eqcompile.claims.of_circuit.causes import likely_cause
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.task import decisions
from eqcompile.claims.question import Question
from eqcompile.declaration.lift import symmetry_of
from eqcompile.derivation.compare import compare_methods
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.recheck.decide import recheck
from eqcompile.recheck.files.declaration.spec_text import read_spec_text
from eqcompile.recheck.files.read import read_files
from eqcompile.recheck.files.unread import UnreadError

EXAMPLE = Path(__file__).parents[3] / "examples" / "ammonia_modes.yaml"
TRIANGLE = '[1, 0, 0], ["-1/2", "sqrt(3)/2", 0], ["-1/2", "-sqrt(3)/2", 0]'
CORNERS = "[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]"
DIAGONAL = [
    "{motion: {axis: [1, 1, 1], turns: 1/3, cycles: (A B C)}}",
    "{motion: {axis: [0, 1, -1], turns: 1/2, improper: true, cycles: (B C)}}",
]

GOLDEN = {
    "C_3v about (1, 1, 1)": (3, ", ".join(DIAGONAL), [1, 1, 6, 4]),
    "C_3v with a site on its axis": (4, ", ".join(DIAGONAL), [1, 1, 11, 16, 15]),
    "C_3v by positions": (
        3,
        f"{{point_group: {{group: C3v, moves: [A, B, C], positions: [{TRIANGLE}]}}}}",
        [1, 1, 6, 4],
    ),
    "C_3v by positions, with a site on its axis": (
        4,
        f"{{point_group: {{group: C3v, moves: [A, B, C, D], positions: [{TRIANGLE}, [0, 0, 2]]}}}}",
        [1, 1, 11, 16, 15],
    ),
    "T": (4, f"{{point_group: {{group: T, moves: [A, B, C, D], positions: [{CORNERS}]}}}}", [1, 1, 6, 11, 9]),
    "T_d": (
        4,
        f"{{point_group: {{group: T_d, moves: [A, B, C, D], positions: [{CORNERS}]}}}}",
        [1, 0, 4, 4, 6],
    ),
}
"""Dimensions from the characters of the groups, worked out independently of this code."""


def text(qubits: int, entries: str, rest: str = "") -> str:
    sites = "ABCD"[:qubits]
    encode = ", ".join(f"{site}: [{q}]" for q, site in enumerate(sites))
    data = f"{{sites: [{', '.join(sites)}], encode: {{{encode}}}}}"
    return f"{{name: molecule, qubits: {qubits}, data: {data}, symmetry: [{entries}]{rest}}}"


@pytest.mark.parametrize("name", GOLDEN)
def test_all_methods_and_an_oracle_count_the_known_dimensions(name: str) -> None:
    qubits, entries, known = GOLDEN[name]
    written = text(qubits, entries)
    compared = compare_methods(symmetry_of(eq.loads(written)), qubits)
    by_weight = dict(enumerate(known))
    assert compared
    assert [(o.method, o.by_weight) for o in compared.outcomes] == [
        (method, by_weight) for method in ("nullspace", "twirl", "choi", "characters")
    ]
    declared = read(written)
    assert dimensions(declared, qubits) == by_weight
    assert all(commutes(declared, operator(str(op), qubits)) for op in compared.basis)


def run(line: str) -> Any:
    """The value of a line that a certificate gives."""
    *before, last = line.split("; ")
    names: dict[str, Any] = {"eq": eq}
    exec("\n".join(before), names)  # noqa: S102 - the certificate's own line
    return eval(last, names)  # noqa: S307 - the certificate's own line


OPERATORS = {
    "Z0 + Z1 + Z2": "permutations",
    "X0 + Y0 + Z0": "rotations",
    "X0 + Y1 + Z2": "both at once",
    "Z0 Z1 + Z1 Z2": "nothing",
}


@pytest.mark.parametrize(("op", "kept_by"), OPERATORS.items())
def test_negative_control_neither_alone_is_the_joint_symmetry(op: str, kept_by: str) -> None:
    groups = {
        "permutations": "{permutation: (A B C)}",
        "rotations": "{rotation: {group: C_3, axis: [1, 1, 1]}}",
        "both at once": DIAGONAL[0],
    }
    for name, entry in groups.items():
        written = text(3, entry)
        certificate = eq.verify(eq.PauliSum.parse(op, 3), eq.loads(written))
        assert certificate.verdict == ("proven" if name == kept_by else "refused")
        assert commutes(read(written), operator(op, 3)) is bool(certificate)
        assert recheck(certificate.to_json(), 1).confirmed
        example = certificate.counterexample
        if example is not None:
            assert run(example.python)


def test_the_lines_that_reproduce_a_refusal_do() -> None:
    spec = eq.loads(text(3, ", ".join(DIAGONAL), ", state: zeros, observable: Z0"))
    changed = [f.counterexample for f in eq.verify(spec).findings if f.counterexample is not None]
    assert len(changed) == 2
    state, op = (run(example.python) for example in changed)
    assert ".relabel(" in changed[0].python
    assert eq.ExactState.parse("|000>", 3).eigenvalue_of(state) is None
    assert op


def test_the_example_is_proven_as_spec_and_as_circuit_and_decided_again() -> None:
    spec = eq.load(EXAMPLE)
    program = eq.compile(spec)
    certificate = eq.verify(spec)
    assert certificate
    written = certificate.to_json()
    assert recheck(written, 1, reading=read_files(written, EXAMPLE)).confirmed
    circuit = eq.verify(program.to_qiskit(prepare=False), spec)
    assert circuit
    written = circuit.to_json()
    assert recheck(written, 1, reading=read_files(written, EXAMPLE)).confirmed
    # The same circuit under the wrong exchange.
    wrong = EXAMPLE.read_text().replace("moves: [H1, H2, H3]", "moves: [H1, H3, H2]")
    assert eq.verify(program.to_qiskit(prepare=False), eq.loads(wrong)).verdict == "refused"


def test_circuits_with_an_ancilla_are_decided() -> None:
    symmetry = symmetry_of(eq.loads(text(3, DIAGONAL[0])))
    turns = [PauliRotation(pauli_key({q: c, 3: "Z"}), ExactAngle.parameter("a")) for q, c in enumerate("XYZ")]
    for gates, holds in (
        (turns, True),
        (turns[:2], False),
        ([*turns[:2], replace(turns[2], key=(0, 1))], False),
    ):
        test = CircuitTest(Circuit(4, tuple(gates), num_ancillas=1), Question(symmetry), "seed")
        (decision,) = decisions(test)
        assert decision.holds is holds
        if not holds:
            likely_cause(test, decision)


def test_the_value_of_the_model_does_not_change_and_does_under_either_part() -> None:
    model = eq.compile(eq.load(EXAMPLE)).to_jax()
    dice = np.random.default_rng(5)
    weights, x = dice.normal(size=9), dice.normal(size=(1, 3, 3))
    third = np.array([[-0.5, -(3**0.5) / 2, 0], [3**0.5 / 2, -0.5, 0], [0, 0, 1]])
    turned, exchanged = x @ third.T, x[:, [2, 0, 1]]
    value = float(model(weights, x)[0])
    assert float(model(weights, turned[:, [2, 0, 1]])[0]) == pytest.approx(value, abs=1e-5)
    for other in (turned, exchanged, turned[:, [1, 2, 0]]):
        assert abs(float(model(weights, other)[0]) - value) > 1e-3


@pytest.mark.parametrize(
    ("entry", "op"),
    [
        ("{permutation: (A B C)}", "Z0 + Z1 + Z2"),
        ("{rotation: {group: C_3, axis: [1, 1, 1]}}", "X0 + Y0 + Z0"),
        ("{motion: {axis: [1, 1, 1], turns: 1/3, cycles: (A C B)}}", "X0 + Z1 + Y2"),
        ("{motion: {axis: [1, 1, 1], turns: 2/3, cycles: (A B C)}}", "X0 + Z1 + Y2"),
    ],
)
def test_a_proof_for_another_group_is_none_for_that_of_the_spec(entry: str, op: str, tmp_path: Path) -> None:
    certificate = eq.verify(eq.PauliSum.parse(op, 3), eq.loads(text(3, entry)))
    assert certificate.verdict == "proven"
    written = certificate.to_json()
    assert recheck(written, 1).confirmed
    other, own = tmp_path / "joint.yaml", tmp_path / "own.yaml"
    other.write_text(text(3, DIAGONAL[0]))
    own.write_text(text(3, entry))
    assert recheck(written, 1, reading=read_files(written, own)).confirmed
    assert not recheck(written, 1, reading=read_files(written, other)).confirmed


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{point_group: {group: C_i, moves: [A, B]}}", "moves without a position"),
        ("{point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0], [-2, 0, 0]]}}", "does not map"),
        (
            "{point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0], [1, 0, 0]]}}",
            "two at one position",
        ),
        ("{point_group: {group: C_i, moves: [A, B], positions: [[1, 0], [-1, 0, 0]]}}", "the position"),
        (
            "{point_group: {group: C_2, moves: [A, B], positions: [[1, 0, 0], [-1, 0, 0]], parity: 2}}",
            "parity",
        ),
        ("{point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0], [-1, 0, 0]], by: x}}", "by"),
        ("{motion: {turns: sqrt(2), cycles: (A B)}}", "the motion"),
        ("{motion: {turns: 1/2, cycles: (A B), parity: 2}}", "parity"),
        ("{motion: {turns: 1/2, cycles: (A D)}}", "the site"),
        ("{motion: {turns: 1/2, cycles: (A B), qubits: [0]}}", "do not turn"),
    ],
)
def test_the_rechecks_reader_refuses_what_it_does_not_understand(entry: str, message: str) -> None:
    with pytest.raises(UnreadError, match=message):
        read_spec_text(text(3, entry), Path())
