"""What a certificate says, in a form that is equal for equal statements: operators as sums, gates as a matrix.

Gates that commute are the same circuit in either order. The matrix is computed here, in floating point and at fixed
values of the parameters, without any code that recheck uses.
"""

import copy
import json
from random import Random
from typing import Any

import numpy as np

import eqcompile as eq
from campaign.forgery.edits import Body, statement
from eqcompile.numeric.dense import matrix_of

MAX_QUBITS = 6
"""Qubits up to which circuits are multiplied out; larger circuits are compared as texts."""


def meaning(body: Body) -> Any:
    """The statement of a certificate; a part that has no meaning is kept as it stands."""
    out = copy.deepcopy(statement(body))
    target = out.get("target_data")
    if isinstance(target, dict):
        for key in ("operations", "reference"):
            target[key] = _matrices(target, key)
        # Whether phase 1 was asked for is a question, not a statement: recheck answers the question that stands there.
        target.pop("strict", None)
        if out.get("demanded") == ["trivial"]:
            target.pop(
                "claim", None
            )  # a group without elements leaves every circuit, state and model unchanged
        if target.get("kind") == "parts" and body.get("target_sha256"):
            out.pop(
                "assumptions", None
            )  # a claim with one more assumption is weaker, and no file holds the target
    for finding in out.get("findings") or ():
        if isinstance(finding, dict) and isinstance(finding.get("evidence"), dict):
            _plain_operators(finding["evidence"], body)
            _plain_sectors(finding["evidence"])
            finding["subject"] = str(finding.get("subject")).partition(": ")[0]
    if isinstance(out.get("findings"), list):  # the order of claims has no meaning
        out["findings"].sort(key=lambda finding: json.dumps(finding, sort_keys=True, default=str))
    return out


def _matrices(target: Body, key: str) -> Any:
    try:
        n = target["num_qubits"]
        if not target[key] or n > MAX_QUBITS:
            return target[key]
        return [_rounded(_unitary(target[key], n, Random(place))) for place in (1, 2)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, eq.EqcompileError):
        return target.get(key)


def _unitary(operations: Any, num_qubits: int, source: Random) -> Any:
    angles = [op[2 if op[0] == "rotation" else 3] for op in operations if op[0] != "unitary"]
    names = sorted({name for terms, _ in angles for product, _ in terms for name in product})
    values = {name: source.uniform(-3, 3) for name in names}
    total = np.eye(1 << num_qubits, dtype=complex)
    for operation in operations:
        if operation[0] == "unitary":
            total = _operator(operation[1], num_qubits) @ total
        elif operation[0] == "rotation":
            half, string = _angle(operation[2], values) / 2, _operator(operation[1], num_qubits)
            total = np.cos(half) * total - 1j * np.sin(half) * (string @ total)
        else:
            raise ValueError(operation[0])
    return total


def _angle(data: Any, values: dict[str, float]) -> float:
    total = np.pi * float(_fraction(data[1]))
    for names, coefficient in data[0]:
        total += float(_fraction(coefficient)) * np.prod([values[name] for name in names])
    return float(total)


def _fraction(text: str) -> float:
    """``"1/3"`` as a float."""
    top, _, bottom = text.partition("/")
    return int(top) / int(bottom or 1)


def _operator(text: str, num_qubits: int) -> Any:
    return matrix_of(eq.PauliSum.parse(text, num_qubits))


def _rounded(matrix: Any) -> Any:
    flat = matrix.ravel()
    place = int(np.argmax(np.abs(flat) > 0.9 * np.abs(flat).max()))
    phase = flat[place] / abs(flat[place])
    return (np.round(matrix / phase, 7) + 0.0).tolist()


def _plain_operators(evidence: Body, body: Body) -> None:
    try:
        n = body["group_data"]["num_qubits"]
        evidence["operator"] = str(eq.PauliSum.parse(evidence["operator"], n))
    except (KeyError, TypeError, AttributeError, eq.EqcompileError):
        return
    evidence.pop("shown", None)


def _plain_sectors(evidence: Body) -> None:
    """Sort the sectors, and the generators of each spin: neither order has a meaning."""
    try:
        evidence["sectors"] = sorted(evidence["sectors"], key=json.dumps)
        evidence["labels"] = [[kind, sorted(numbers)] for kind, numbers in evidence["labels"]]
    except (KeyError, TypeError, ValueError):
        return
