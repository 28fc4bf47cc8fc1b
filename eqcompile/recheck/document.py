"""A certificate as a document: its digest, what it owes, and whether it agrees with itself."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from eqcompile.errors import EqcompileError, quoted

SCHEMA = "eqcompile.certificate/2"
OLD_SCHEMA = "eqcompile.certificate/1"

MAX_QUBITS = 100_000

CIRCUIT_CLAIMS = {
    "circuit": "equivariant circuit",
    "state": "invariant prepared state",
    "model": "invariant model",
}
PART_CLAIMS = {
    "state": "invariant state",
    "operator": "equivariant gate",
    "observable": "invariant observable",
    "breaking": "declared breaking",
    "model": "invariant model",
}

Body = dict[str, Any]


def load_document(text: str) -> Body:
    """The certificate as plain data.

    Raises:
        EqcompileError: no JSON, or no certificate of this schema.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EqcompileError(f"not a certificate: {error}") from None
    schema = body.get("schema") if isinstance(body, dict) else None
    if schema == OLD_SCHEMA:
        raise EqcompileError(
            f"a certificate of schema {OLD_SCHEMA!r} holds no evidence that could be rechecked; verify again "
            f"to get one of schema {SCHEMA!r}"
        )
    if schema != SCHEMA:
        raise EqcompileError(f"not a certificate of schema {SCHEMA!r}")
    wanted = {"findings": list, "group_data": dict, "target_data": dict, "demanded": list, "generators": list}
    for name, kind in wanted.items():
        if not isinstance(body.get(name), kind):
            raise EqcompileError(f"the certificate has no {name!r}, or not of the right form")
    size = body["group_data"].get("num_qubits")
    if type(size) is not int or not 0 < size <= MAX_QUBITS:
        raise EqcompileError(
            f"the certificate is about {quoted(str(size))} qubits; 1 to {MAX_QUBITS} are possible"
        )
    return dict(body)


def digest_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of everything but the digest."""
    rest = {key: value for key, value in body.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def demanded_claims(target: Mapping[str, Any], group: Mapping[str, Any]) -> dict[str, str]:
    """Every claim that the target owes, by key, with its name."""
    if target["kind"] == "circuit":
        claim = CIRCUIT_CLAIMS[target["claim"]]
        return {f"generator {k}": claim for k in range(len(group["generators"]))}
    if target["kind"] == "parts":
        return {key: PART_CLAIMS[key] for key in target["parts"]}
    if target["kind"] != "model":
        raise ValueError(target["kind"])
    claims = {"state": PART_CLAIMS["state"]}
    claims |= {f"encoding {scale}": "equivariant encoding" for scale in target["scales"]}
    claims |= {f"layer[{k}]": "equivariant gate" for k in range(target["layers"])}
    claims |= {"breaking": PART_CLAIMS["breaking"]} if target["breaking"] else {}
    return claims | {key: PART_CLAIMS[key] for key in ("observable", "model")}


def contradictions(body: Body) -> Iterator[str]:
    """Where the certificate does not agree with itself."""
    if body.get("digest") != digest_of(body):
        yield "the digest does not fit the text: the certificate was altered after it was written"
    names = [generator["name"] for generator in body["group_data"]["generators"]]
    if body["generators"] != names:
        yield "the group section holds other generators than the list of generators"
    demanded = demanded_claims(body["target_data"], body["group_data"])
    if body["demanded"] != list(demanded):
        yield "the list of demanded claims is not what its group and target demand"
    if not demanded:
        yield "nothing is demanded, and so nothing is proven"
    if not body["target_data"].get("breaking") and body["symmetry_left"] != body["group"]:
        yield "without a declared breaking, nothing less than the whole group is proven"
    if body["target_data"].get("breaking") and (part := _part_not_left(body)):
        yield f"what the breaking leaves is not shown to hold {quoted(part)}"
    keys = [finding["key"] for finding in body["findings"]]
    for key in demanded:
        if keys.count(key) != 1:
            yield f"the claim {key!r} is demanded and decided {keys.count(key)} times"
    verdicts = {finding["verdict"] for finding in body["findings"]}
    whole = "refused" if "refused" in verdicts else "proven" if verdicts == {"proven"} else "not decided"
    if body.get("verdict") != whole:
        yield f"the certificate says {quoted(str(body.get('verdict')))}, its findings say {quoted(whole)}"


def _part_not_left(body: Body) -> str:
    """A part of the group that is said to be left, but belongs to no generator that was kept; or nothing."""
    evidences = {finding["key"]: finding["evidence"] for finding in body["findings"]}
    if "breaking" not in evidences or "model" not in evidences:
        return ""
    broken = evidences["breaking"]["broken"]
    kept = {name for name in body["generators"] if name not in broken}
    kept |= {element["name"] for element in evidences["model"]["tilted"]}
    known = {*kept, "nothing of the declared group"}
    for name in kept:
        known |= {"U(1) about " + name.removeprefix(head) for head in ("T_", "a rotation about ")}
    if not broken:
        return "" if body["symmetry_left"] == body["group"] else str(body["symmetry_left"])
    continuous = [g["name"] for g in body["group_data"]["generators"] if "operator" in g]
    for part in body["symmetry_left"].split(" x "):
        charge = part.startswith("U(1) charge ") and "Q" in kept
        factor = " on qubits " in part or not set(continuous) & set(broken)
        if part not in known and not charge and not factor:
            return str(part)
    return ""


def misfit(finding: Mapping[str, Any], body: Body) -> str:
    """Why the evidence of a finding is not about its claim and subject; empty if it is."""
    key, evidence = finding["key"], finding["evidence"]
    claims = demanded_claims(body["target_data"], body["group_data"])
    if key not in claims:
        return "the claim is not demanded"
    if finding["claim"] != claims[key]:
        return f"the claim {key!r} is called {quoted(str(finding['claim']))}"
    about = evidence["about"]
    if about != key:
        return f"the evidence is about {quoted(str(about))}"
    if body["target_data"]["kind"] == "circuit":
        name = body["generators"][int(key.removeprefix("generator "))]
        return "" if finding["subject"].endswith(f" under {name}") else "the subject is another generator"
    return ""
