"""Whole models for every kind of group that a spec declares: proven as derived, and refused with a spoilt layer."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import eqcompile as eq

WITH_DATA = [
    "rotation: {group: U(1), axis: [1, 1, 0]}",
    "rotation: C_4",
    "rotation: {group: O(3), parity: 4}",
    "rotation: {group: D_2, axis: [1, 2, 2]}",
    "rotation: I",
    "point_group: {group: C3v, parity: 4}",
    "point_group: {group: Td, parity: 4}",
    "mirror: {normal: [1, 2, 2], parity: 4}",
]
ON_QUBITS = [
    "rotation: {group: U(1), axis: x}",
    "point_group: D3h",
    "charge: Z0 + Z1 - Z2 - Z3",
    "pauli: [X0 X1 X2 X3, Z0 Z1 Z2 Z3]",
    "clifford: H 0 1; S 2",
    "matrix: {qubits: [0, 1], rows: [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, exp(2*pi*i/3)]]}",
]


def model(entry: str, layer: str = "{derive: {locality: 2}}") -> eq.Spec:
    data = "data:\n  sites: [A, B]\n  encode: derive\n" if entry in WITH_DATA else ""
    return eq.loads(
        f"name: model\nqubits: {5 if data else 4}\n{data}symmetry:\n  - {entry}\nstate: derive\nobservable: derive\n"
        f"ansatz:\n  depth: 2\n  layer: {layer}\n",
        "model.yaml",
    )


@pytest.mark.parametrize("entry", WITH_DATA + ON_QUBITS)
def test_a_derived_model_is_proven(entry: str) -> None:
    certificate = eq.verify(model(entry))
    assert certificate
    assert certificate.verdict == "proven"
    claims = [finding.claim for finding in certificate.findings]
    assert ("equivariant encoding" in claims) == (entry in WITH_DATA)
    assert claims[-1] == "invariant model"


@pytest.mark.parametrize("entry", WITH_DATA + ON_QUBITS)
def test_a_spoilt_layer_is_refused_with_a_line_that_shows_it(
    entry: str, run_line: Callable[..., Any]
) -> None:
    """X0 + 2*Y1 + 3*Z0 commutes with none of the groups; every line of Python shows a difference."""
    spec = model(entry, "[X0 + 2*Y1 + 3*Z0]")
    certificate = eq.verify(spec)
    assert certificate.verdict == "refused"
    refused = [finding for finding in certificate.findings if finding.verdict == "refused"]
    assert {finding.claim for finding in refused} == {"equivariant gate", "invariant model"}
    for finding in refused:
        assert finding.counterexample is not None
        value = run_line(finding.counterexample.python, spec=spec)
        if isinstance(value, eq.PauliSum):
            assert value
        else:
            assert np.abs(np.asarray(value)).max() > 1e-4
