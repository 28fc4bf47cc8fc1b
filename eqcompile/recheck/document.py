"""A certificate as a document: its digest, what it owes, and whether it agrees with itself."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.claims.claim import Claim
from eqcompile.recheck.claims.table import demanded_of
from eqcompile.recheck.form import SCHEMA, require_form

OLD_SCHEMAS = {
    "eqcompile.certificate/1": "holds no evidence that could be rechecked",
    "eqcompile.certificate/2": "says in sentences what is compared as fields now",
}

Body = dict[str, Any]


def load_document(text: str) -> Body:
    """The certificate as plain data, with every value of the right type for its place.

    Raises:
        EqcompileError: not JSON, or not a certificate of this schema.
    """
    body = parsed(text)
    schema = body.get("schema") if isinstance(body, dict) else None
    if isinstance(schema, str) and schema in OLD_SCHEMAS:
        raise EqcompileError(
            f"a certificate of schema {schema!r} {OLD_SCHEMAS[schema]}; verify again to get one of schema {SCHEMA!r}"
        )
    if schema != SCHEMA:
        raise EqcompileError(f"not a certificate of schema {SCHEMA!r}")
    require_form(body)
    return dict(body)


def parsed(text: str) -> Any:
    """The value of a JSON text in which no name stands twice in one object.

    Raises:
        EqcompileError: another text.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise EqcompileError(
            f"not a certificate: {error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno})"
        ) from None
    except (ValueError, RecursionError):  # digits without end, brackets without end
        raise EqcompileError("not a certificate: a number is too long, or it is nested too deeply") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> Body:
    """Refuse repeated names: readers of JSON differ in which of two entries of the same name they take."""
    body = dict(pairs)
    if len(body) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise EqcompileError(f"not a certificate: {quoted(twice)} stands twice in one object")
    return body


def digest_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of everything but the digest."""
    rest = {key: value for key, value in body.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def contradictions(body: Body) -> Iterator[str]:
    """Where the certificate does not agree with itself, so far as this can be seen without any algebra."""
    if body["digest"] != digest_of(body):
        yield "the digest does not fit the text: the certificate was altered after it was written"
    yield from _at_odds(body)
    generators = body["group_data"]["generators"]
    if body["generators"] != [generator["name"] for generator in generators]:
        yield "the group section holds other generators than the list of generators"
    if reason := misnumbered(body["group_data"]["factors"], len(generators)):
        yield reason
    if body["group"] != group_name(body["group_data"]["factors"]):
        yield f"the group is called {quoted(body['group'])}, which is not what its factors are called"
    demanded = demanded_of(body["target_data"], len(generators))
    if body["demanded"] != list(demanded):
        yield "the list of demanded claims is not what its group and target demand"
    if not demanded:
        yield "nothing is demanded, and so nothing is proven"
    yield from undecided_claims(body, demanded)
    verdicts = {finding["verdict"] for finding in body["findings"]}
    whole = "refused" if "refused" in verdicts else "proven" if verdicts == {"proven"} else "not decided"
    if body["verdict"] != whole:
        yield f"the certificate says {quoted(body['verdict'])}, its findings say {quoted(whole)}"


def _at_odds(body: Body) -> Iterator[str]:
    """Fields of the target that do not fit together."""
    target = body["target_data"]
    for key in ("parts", "scales"):
        if len(set(target.get(key, ()))) != len(target.get(key, ())):
            yield f"{quoted(key)} of its target holds an entry twice"
    if target["kind"] != "circuit":
        if body["assumptions"] and not body["target_sha256"]:
            yield "it names assumptions, and a spec has no numbers that were read with one"
        if body["target_sha256"] and body["findings"] and body["target"] != body["findings"][0]["subject"]:
            yield "its target is called otherwise than what the finding is about"
        return
    if not target["unchanged"] and target["reference"] is not None:
        yield "it has a circuit to compare with, and no claim that compares"
    if target["claim"] != "model" and not target["unchanged"] and target["observable"] is not None:
        yield "it has an observable, and no claim about one"


def undecided_claims(body: Body, demanded: Mapping[str, Claim]) -> Iterator[str]:
    """Claims that are demanded and not decided by exactly one finding."""
    keys = [finding["key"] for finding in body["findings"]]
    for key in demanded:
        if keys.count(key) != 1:
            yield f"the claim {key!r} is demanded and decided {keys.count(key)} times"


def misnumbered(factors: list[Any], num_generators: int) -> str:
    """Why the factors do not share out the generators; empty if they do."""
    numbers = sorted(number for factor in factors for number in factor["generators"])
    return "" if numbers == list(range(num_generators)) else "the factors do not share out the generators"


def group_name(factors: list[Any]) -> str:
    """The name of the group."""
    return " x ".join(factor["name"] for factor in factors) or "trivial group"


def misfit(finding: Mapping[str, Any], body: Body, row: Claim | None) -> str:
    """Why a finding is not what its row in the table of claims owes; empty if it is."""
    if row is None:
        return "the claim is not demanded"
    if finding["claim"] != row.name:
        return f"the claim {finding['key']!r} is called {quoted(finding['claim'])}"
    if reason := _wrong_fields(finding, row):
        return reason
    if finding["evidence"]["about"] != finding["key"]:
        return f"the evidence is about {quoted(finding['evidence']['about'])}"
    number = int(finding["key"].removeprefix("generator ")) if row.form == "generator {number}" else None
    if finding["generator"] != number:
        about = "no generator" if finding["generator"] is None else f"generator {finding['generator']}"
        return f"it is about {about} and stands under another key"
    # Only a model has parts with places in a spec; an operator, state or circuit is the whole target.
    if finding["place"] != (row.place(finding["key"]) if body["target_data"]["kind"] == "model" else []):
        return "it names another place in the spec"
    # A proof owes a phase for every generator that it is about; what is refused or open has none.
    count = (1 if number is not None else len(body["generators"])) if row.characters else 0
    if len(finding["character"]) != (count if finding["verdict"] == "proven" else 0):
        return f"it names {len(finding['character'])} characters"
    # Phase 1 is written "1" for a single element and "0" for a one-parameter group; the decision finds which of the two
    # is owed.
    if body["target_data"]["strict"] and set(finding["character"]) - {"0", "1"}:
        return "it is a proof up to a phase, where phase 1 is asked for"
    if finding["subject"] != row.subject(finding, body):
        return "the evidence is about something else than the finding names"
    return ""


def _wrong_fields(finding: Mapping[str, Any], row: Claim) -> str:
    """What is wrong with fields that do not fit together; empty if they do."""
    if set(finding["evidence"]) != {"about", *row.evidence}:
        return "it has not the fields that its claim owes"
    exponent, example = finding["error_exponent"], finding["counterexample"]
    if exponent is not None and row.exact:
        return f"it has the error exponent {exponent!r}, which its method cannot have"
    if exponent is None and not row.exact and row.form != "model" and finding["verdict"] == "proven":
        return "it is a proof by an identity, and has no error exponent"
    if (example is None) != (finding["verdict"] != "refused"):
        return "a refusal has a counterexample, and nothing else has one"
    return ""
