"""The table of claims: every claim that a certificate can make, what demands it, and what it owes.

Whoever writes a finding takes the claim from here. :mod:`eqcompile.recheck.claims.table` has the same rows, written
down again, and a test holds the two equal: a claim that one side alone knows cannot be written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MODEL, MODEL_WITHOUT_DATA, PARTS = "model", "model without data", "parts"
CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL = "circuit", "prepared state", "circuit model"

CIRCUITS = {"circuit": CIRCUIT, "state": PREPARED_STATE, "model": CIRCUIT_MODEL}
"""Kind of target by what is claimed of a circuit."""


@dataclass(frozen=True)
class Claim:
    """One row.

    Attributes:
        name: of the claim, such as ``"equivariant gate"``.
        key: form of the keys of its findings, such as ``"layer[{place}]"``.
        targets: kinds of target that demand it.
        evidence: fields that the evidence owes beside ``about``.
        subject: form of the text that says what a finding is about; its fields are those of the finding.
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


INVARIANT_STATE = Claim(
    "invariant state", "state", (MODEL, MODEL_WITHOUT_DATA, PARTS), ("state", "shown"), "state {shown}",
    characters=True,
)  # fmt: skip
EQUIVARIANT_ENCODING = Claim(
    "equivariant encoding", "encoding {scale}", (MODEL, MODEL_WITHOUT_DATA), ("gates", "qubits", "parity"),
    "encoding {scale}: {sites}",
)  # fmt: skip
EQUIVARIANT_GATE = Claim(
    "equivariant gate", "layer[{place}]", (MODEL, MODEL_WITHOUT_DATA), ("operator", "shown"),
    "layer[{place}]: {shown}",
)  # fmt: skip
EQUIVARIANT_OPERATOR = Claim(
    "equivariant gate", "operator", (PARTS,), ("operator", "shown"), "operator: {shown}"
)
DECLARED_BREAKING = Claim(
    "declared breaking", "breaking", (MODEL, MODEL_WITHOUT_DATA), ("operator", "shown", "broken"),
    "symmetry_breaking: {shown}",
)  # fmt: skip
INVARIANT_OBSERVABLE = Claim(
    "invariant observable", "observable", (MODEL, MODEL_WITHOUT_DATA, PARTS), ("operator", "shown"),
    "observable: {shown}",
)  # fmt: skip
INVARIANT_MODEL = Claim(
    "invariant model", "model", (MODEL,), ("depth", "blocks", "encoding"),
    "f(V x) = f(x) for {depth} layers, {parameters} parameters", exact=False,
)  # fmt: skip
INVARIANT_MODEL_WITHOUT_DATA = Claim(
    "invariant model", "model", (MODEL_WITHOUT_DATA,), ("depth", "blocks", "encoding"),
    "the circuit of {depth} layers commutes with the group",
)  # fmt: skip
EQUIVARIANT_CIRCUIT = Claim(
    "equivariant circuit", "generator {number}", (CIRCUIT,), (), "{target} under {generator}",
    exact=False, characters=True,
)  # fmt: skip
INVARIANT_PREPARED_STATE = Claim(
    "invariant prepared state", "generator {number}", (PREPARED_STATE,), (), "{target} under {generator}",
    exact=False, characters=True,
)  # fmt: skip
INVARIANT_CIRCUIT_MODEL = Claim(
    "invariant model", "generator {number}", (CIRCUIT_MODEL,), (), "{target} under {generator}", exact=False
)
UNCHANGED_MODEL = Claim(
    "unchanged model", "unchanged", (PREPARED_STATE, CIRCUIT_MODEL), (), "{target}", exact=False
)
TRIVIAL_GROUP = Claim("trivial group", "trivial", (CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL), (), "{target}")

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
    return MODEL_WITHOUT_DATA if target["kind"] == MODEL and not target["data"] else str(target["kind"])


def demanded_of(target: Mapping[str, Any], generators: Sequence[Any]) -> dict[str, Claim]:
    """The claims that a target owes, by key.

    Args:
        target: the target section of a certificate.
        generators: of the group.

    >>> list(demanded_of({"kind": "circuit", "claim": "circuit", "unchanged": False}, ["T_z"]))
    ['generator 0']
    >>> list(demanded_of({"kind": "circuit", "claim": "circuit", "unchanged": False}, []))
    ['trivial']
    """
    keys = list(_keys(target, generators))
    rows = [row for row in CLAIMS if kind_of(target) in row.targets]
    return {key: next(row for row in rows if key.startswith(row.key.partition("{")[0])) for key in keys}


def _keys(target: Mapping[str, Any], generators: Sequence[Any]) -> list[str]:
    if target["kind"] == "parts":
        return list(target["parts"])
    if target["kind"] == "model":
        keys = ["state", *(f"encoding {scale}" for scale in target["scales"])]
        keys += [f"layer[{place}]" for place in range(target["layers"])]
        return [*keys, *(["breaking"] if target["breaking"] else []), "observable", "model"]
    keys = ["unchanged"] if target["unchanged"] else []
    return [*keys, *(f"generator {number}" for number in range(len(generators)))] or ["trivial"]
