"""The form of the certificate of a sum: every field with its type, and what the numbers in it point at."""

from collections.abc import Iterator, Mapping
from typing import Any

from eqcompile.errors import EqcompileError
from eqcompile.recheck.document import Body, digest_of, parsed
from eqcompile.recheck.form import (
    CERTIFICATE,
    COUNTEREXAMPLE,
    FACTOR,
    HASH,
    RATIONAL,
    VERDICT,
    loose_ends,
)
from eqcompile.recheck.shapes import (
    NUMBER,
    TEXT,
    ByField,
    Fields,
    Listing,
    Maybe,
    MisshapenError,
    Names,
    Row,
    TextOrWhole,
    Whole,
    Word,
)

SUM_SCHEMA = "eqcompile.sum/1"

PROGRAM_CLAIM, SUM_CLAIM = "certified program", "invariant sum"
KINDS = ("rotation", "inversion", "translation", "permutation")

GENERATOR = Fields({"name": TEXT, "kind": Word(KINDS), "sites": Maybe(Listing(NUMBER))})
GROUP = Fields({"sites": Listing(TEXT), "factors": Listing(FACTOR), "generators": Listing(GENERATOR)})
TERM = Fields(
    {
        "entry": NUMBER,
        "program": NUMBER,
        "coefficient": RATIONAL,
        "weights": TEXT,
        "sites": Listing(Listing(Row((NUMBER, RATIONAL)))),
    }
)
TARGET = Fields({"kind": Word(("sum",)), "programs": Listing(CERTIFICATE), "terms": Listing(TERM)})
EVIDENCE = ByField(
    {
        "spec_sha256": Fields({"about": TEXT, "spec_sha256": HASH}),
        "images": Fields({"about": TEXT, "images": Listing(Row((NUMBER, Whole(-1, 1), Listing(NUMBER))))}),
    }
)
FINDING = Fields(
    {
        "claim": Word((PROGRAM_CLAIM, SUM_CLAIM)),
        "subject": TEXT,
        "verdict": VERDICT,
        "method": TEXT,
        "detail": TEXT,
        "counterexample": Maybe(COUNTEREXAMPLE),
        "place": Listing(TextOrWhole(TEXT, NUMBER)),
        "key": TEXT,
        "error_exponent": Maybe(NUMBER),
        "evidence": EVIDENCE,
        "generator": Maybe(NUMBER),
        "character": Listing(Maybe(TEXT)),
    }
)
SUM_CERTIFICATE = Fields(
    {
        "schema": Word((SUM_SCHEMA,)),
        "verdict": VERDICT,
        "target": TEXT,
        "group": TEXT,
        "generators": Listing(TEXT),
        "symmetry_left": TEXT,
        "findings": Listing(FINDING),
        "spec_sha256": HASH,
        "target_sha256": HASH,
        "versions": Names(TEXT),
        "demanded": Listing(TEXT),
        "group_data": GROUP,
        "target_data": TARGET,
        "assumptions": Listing(TEXT),
        "kept": Listing(Fields({"factor": NUMBER})),
        "digest": TEXT,
    }
)
"""The whole document."""


def is_sum(text: str) -> bool:
    """Whether a text is the certificate of a sum, going by its schema.

    Raises:
        EqcompileError: the text is not JSON.
    """
    body = parsed(text)
    return isinstance(body, dict) and body.get("schema") == SUM_SCHEMA


def load_sum(text: str) -> Body:
    """The certificate of a sum as plain data, with every value of the right type for its place.

    Raises:
        EqcompileError: not JSON, or not such a certificate; one line that says where.
    """
    body = parsed(text)
    if not isinstance(body, dict) or body.get("schema") != SUM_SCHEMA:
        raise EqcompileError(f"not a certificate of schema {SUM_SCHEMA!r}")
    try:
        SUM_CERTIFICATE.check(body)
    except MisshapenError as error:
        raise EqcompileError(f"not the certificate of a sum: {error}") from None
    for place, reason in _loose_ends(body):
        raise EqcompileError(f"not the certificate of a sum: {place}: {reason}")
    return dict(body)


def sum_schema() -> dict[str, Any]:
    """The form as JSON Schema; it cannot express what numbers point at."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The certificate of a sum, {SUM_SCHEMA}",
    } | SUM_CERTIFICATE.schema()


def _loose_ends(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    group, target = body["group_data"], body["target_data"]
    count, programs = len(group["sites"]), target["programs"]
    for k, program in enumerate(programs):
        for place, reason in loose_ends(program):
            yield f"target_data.programs[{k}].{place}", reason
    for k, generator in enumerate(group["generators"]):
        images = generator["sites"]
        if (images is None) == (generator["kind"] == "permutation"):
            yield f"group_data.generators[{k}].sites", "images belong to a permutation, and to nothing else"
        if images is not None and sorted(images) != list(range(count)):
            yield f"group_data.generators[{k}].sites", f"not a permutation of {count} sites"
    for k, term in enumerate(target["terms"]):
        place = f"target_data.terms[{k}]"
        if term["program"] >= len(programs):
            yield f"{place}.program", f"there is no program {term['program']}"
            continue
        own = len(programs[term["program"]]["group_data"]["sites"])
        if len(term["sites"]) != own:
            yield f"{place}.sites", f"{len(term['sites'])} combinations for a program of {own} sites"
        for row in term["sites"]:
            named = [site for site, _ in row]
            if named != sorted(set(named)) or (named and named[-1] >= count):
                yield f"{place}.sites", "sites that do not exist, or not each once and in their order"
    if not target["terms"]:
        yield "target_data.terms", "no term at all"


def contradictions(body: Body) -> Iterator[str]:
    """Where the certificate does not agree with itself, so far as this can be seen without any arithmetic."""
    group, target, findings = body["group_data"], body["target_data"], body["findings"]
    if body["digest"] != digest_of(body):
        yield "the digest does not fit the text: the certificate was altered after it was written"
    if body["generators"] != [generator["name"] for generator in group["generators"]]:
        yield "the group section holds other generators than the list of generators"
    numbers = [number for factor in group["factors"] for number in factor["generators"]]
    if numbers != list(range(len(group["generators"]))):
        yield "the factors do not share out the generators in their order"
    name = " x ".join(factor["name"] for factor in group["factors"]) or "trivial group"
    if not body["group"] == body["symmetry_left"] == name:
        yield f"the group is called {body['group']!r}, which is not what its factors are called"
    if body["kept"] != [{"factor": k} for k in range(len(group["factors"]))]:
        yield "it names another part of the group as kept than all of it"
    if body["assumptions"] or body["target_sha256"]:
        yield "it names assumptions or a file of a circuit, and a spec needs none"
    for generator in group["generators"]:
        if generator["name"] != _name(generator, group["sites"]):
            yield f"the generator {generator['name']!r} is called otherwise than what it does"
    wanted = [f"program {k}" for k in range(len(target["programs"]))]
    wanted += [f"generator {k}" for k in range(len(group["generators"]))]
    if body["demanded"] != wanted:
        yield "the list of demanded claims is not what its group and target demand"
    if [finding["key"] for finding in findings] != wanted:
        yield "the claims that are demanded are not decided each once, in their order"
    verdicts = {finding["verdict"] for finding in findings}
    whole = "refused" if "refused" in verdicts else "proven" if verdicts == {"proven"} else "not decided"
    if body["verdict"] != whole:
        yield f"the certificate says {body['verdict']!r}, its findings say {whole!r}"
    used = {term["program"] for term in target["terms"]}
    if used != set(range(len(target["programs"]))):
        yield "it holds a program that is in no term"


def misfit(finding: Mapping[str, Any], body: Body) -> str:
    """Why a finding is not what its claim owes; empty if it is."""
    kind, _, number = finding["key"].partition(" ")
    k, group, target = int(number), body["group_data"], body["target_data"]
    if kind == "program":
        first = next((t for t in target["terms"] if t["program"] == k), {"entry": None})
        claim, about, place = PROGRAM_CLAIM, None, ["terms", first["entry"]]
        subject, field = f"program {k}: {target['programs'][k]['target']}", "spec_sha256"
    else:
        entries = [e for e, factor in enumerate(group["factors"]) for _ in factor["generators"]]
        claim, about, place = SUM_CLAIM, k, ["symmetry", entries[k]]
        subject, field = f"the sum under {group['generators'][k]['name']}", "images"
    owed = (claim, about, place, subject, finding["key"])
    found = (finding["claim"], finding["generator"], finding["place"], finding["subject"])
    if (*found, finding["evidence"]["about"]) != owed or field not in finding["evidence"]:
        return "the evidence is about something else than the finding names"
    if (finding["counterexample"] is None) != (finding["verdict"] != "refused"):
        return "a refusal has a counterexample, and nothing else has one"
    if finding["error_exponent"] is not None or finding["character"]:
        return "it has the error exponent or the character of another kind of claim"
    return ""


def _name(generator: Mapping[str, Any], sites: list[str]) -> str:
    """What a generator is called: by what it does."""
    if generator["kind"] != "permutation":
        return {"rotation": "rotations", "inversion": "x -> -x", "translation": "translations"}[
            generator["kind"]
        ]
    images, text, seen = generator["sites"], "", set[int]()
    for start in range(len(images)):
        cycle, point = [], start
        while point not in seen:
            seen.add(point)
            cycle.append(sites[point])
            point = images[point]
        text += f"({' '.join(cycle)})" if len(cycle) > 1 else ""
    return text
