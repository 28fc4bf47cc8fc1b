"""The recheck's own table of claims: every claim that it can decide, what demands it, and what it owes.

Written down again, not imported: a test holds it equal to the table of those who write certificates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eqcompile.errors import EqcompileError

MODEL, MODEL_WITHOUT_DATA, PARTS = "model", "model without data", "parts"
CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL = "circuit", "prepared state", "circuit model"

CIRCUITS = {"circuit": CIRCUIT, "state": PREPARED_STATE, "model": CIRCUIT_MODEL}
"""Kind of target by what is claimed of a circuit."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        name: of the claim, such as ``"equivariant gate"``.
        key: form of the keys of its findings, such as ``"layer[{place}]"``.
        targets: kinds of target that demand it.
        evidence: fields that the evidence owes beside ``about``.
        subject: form of the text that says what a finding is about, filled in from its fields.
        exact: whether it is decided by exact equations, without any probability of error.
        characters: whether a proof names by what phase the group acts: for one generator, or for all.
    """

    name: str
    key: str
    targets: tuple[str, ...]
    evidence: tuple[str, ...]
    subject: str
    exact: bool = True
    characters: bool = False


INVARIANT_STATE = Row(
    "invariant state", "state", (MODEL, MODEL_WITHOUT_DATA, PARTS), ("state", "shown"), "state {shown}",
    characters=True,
)  # fmt: skip
EQUIVARIANT_ENCODING = Row(
    "equivariant encoding", "encoding {scale}", (MODEL, MODEL_WITHOUT_DATA), ("gates", "qubits", "parity"),
    "encoding {scale}: {sites}",
)  # fmt: skip
EQUIVARIANT_GATE = Row(
    "equivariant gate", "layer[{place}]", (MODEL, MODEL_WITHOUT_DATA), ("operator", "shown"),
    "layer[{place}]: {shown}",
)  # fmt: skip
EQUIVARIANT_OPERATOR = Row(
    "equivariant gate", "operator", (PARTS,), ("operator", "shown"), "operator: {shown}"
)
DECLARED_BREAKING = Row(
    "declared breaking", "breaking", (MODEL, MODEL_WITHOUT_DATA), ("operator", "shown", "broken"),
    "symmetry_breaking: {shown}",
)  # fmt: skip
INVARIANT_OBSERVABLE = Row(
    "invariant observable", "observable", (MODEL, MODEL_WITHOUT_DATA, PARTS), ("operator", "shown"),
    "observable: {shown}",
)  # fmt: skip
INVARIANT_MODEL = Row(
    "invariant model", "model", (MODEL,), ("depth", "blocks", "encoding"),
    "f(V x) = f(x) for {depth} layers, {parameters} parameters", exact=False,
)  # fmt: skip
INVARIANT_MODEL_WITHOUT_DATA = Row(
    "invariant model", "model", (MODEL_WITHOUT_DATA,), ("depth", "blocks", "encoding"),
    "the circuit of {depth} layers commutes with the group",
)  # fmt: skip
EQUIVARIANT_CIRCUIT = Row(
    "equivariant circuit", "generator {number}", (CIRCUIT,), (), "{target} under {generator}",
    exact=False, characters=True,
)  # fmt: skip
INVARIANT_PREPARED_STATE = Row(
    "invariant prepared state", "generator {number}", (PREPARED_STATE,), (), "{target} under {generator}",
    exact=False, characters=True,
)  # fmt: skip
INVARIANT_CIRCUIT_MODEL = Row(
    "invariant model", "generator {number}", (CIRCUIT_MODEL,), (), "{target} under {generator}", exact=False
)
UNCHANGED_MODEL = Row(
    "unchanged model", "unchanged", (PREPARED_STATE, CIRCUIT_MODEL), (), "{target}", exact=False
)
TRIVIAL_GROUP = Row("trivial group", "trivial", (CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL), (), "{target}")

CLAIMS = (
    INVARIANT_STATE, EQUIVARIANT_ENCODING, EQUIVARIANT_GATE, EQUIVARIANT_OPERATOR, DECLARED_BREAKING,
    INVARIANT_OBSERVABLE, INVARIANT_MODEL, INVARIANT_MODEL_WITHOUT_DATA, EQUIVARIANT_CIRCUIT,
    INVARIANT_PREPARED_STATE, INVARIANT_CIRCUIT_MODEL, UNCHANGED_MODEL, TRIVIAL_GROUP,
)  # fmt: skip
"""All of them."""


def kind_of(target: Mapping[str, Any]) -> str:
    """Kind of a target section, as the table has it."""
    if target["kind"] == "circuit":
        return CIRCUITS[target["claim"]]
    if target["kind"] == MODEL:
        return MODEL if target["data"] else MODEL_WITHOUT_DATA
    if target["kind"] != PARTS:
        raise EqcompileError(f"an unknown kind of target: {target['kind']}")
    return PARTS


def demanded_of(target: Mapping[str, Any], num_generators: int) -> dict[str, Row]:
    """Every claim that the target owes, by key."""
    kind = kind_of(target)
    if kind == PARTS:
        keys = list(target["parts"])
    elif kind in (MODEL, MODEL_WITHOUT_DATA):
        encodings = [f"encoding {scale}" for scale in target["scales"]]
        layers = [f"layer[{place}]" for place in range(target["layers"])]
        breaking = ["breaking"] if target["breaking"] else []
        keys = ["state", *encodings, *layers, *breaking, "observable", "model"]
    else:
        keys = ["unchanged"] if target["unchanged"] else []
        keys += [f"generator {number}" for number in range(num_generators)]
        keys = keys or ["trivial"]
    return {key: _row(key, kind) for key in keys}


def _row(key: str, kind: str) -> Row:
    for row in CLAIMS:
        head, brace, _ = row.key.partition("{")
        if kind in row.targets and (key.startswith(head) if brace else key == head):
            return row
    raise EqcompileError(f"a {kind} owes no claim {key!r}")
