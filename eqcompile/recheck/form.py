"""The form of a certificate of schema 3: every field with its type, and what the numbers in it point at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eqcompile.errors import EqcompileError
from eqcompile.recheck.claims.claim import CIRCUITS, PARTS
from eqcompile.recheck.claims.table import CLAIMS
from eqcompile.recheck.shapes import (
    MAX_QUBITS,
    NUMBER,
    QUBIT,
    TEXT,
    ByField,
    ByWord,
    Fields,
    Listing,
    Maybe,
    MisshapenError,
    Names,
    Row,
    Text,
    TextOrWhole,
    Truth,
    Whole,
    Word,
)

SCHEMA = "eqcompile.certificate/3"

MAX_EXPONENT = 1200
"""Digits n of an error probability 2^-n that a finding may state; no claim is decided over a field with more binary
digits. Beyond it, refused: the finding is not confirmed; verify again."""

YES_OR_NO = Truth()
HASH = Text("(?:[0-9a-f]{64})?", "a SHA-256 in 64 hexadecimal digits, or nothing,")
VERDICT = Word(("proven", "refused", "not decided"))

MATRIX = Row((Row((TEXT,) * 3),) * 3)
MATRICES = Listing(Maybe(MATRIX))
FACTOR = Fields({"name": TEXT, "generators": Listing(NUMBER)})
STEP = ByField({"permutation": Fields({"permutation": Listing(QUBIT)}), "unitary": Fields({"unitary": TEXT})})
GENERATOR = ByField(
    {
        "operator": Fields({"name": TEXT, "operator": TEXT, "matrices": MATRICES}),
        "steps": Fields(
            {"name": TEXT, "steps": Listing(STEP), "sites": Listing(NUMBER), "matrices": MATRICES}
        ),
    }
)
GROUP = Fields(
    {
        "num_qubits": Whole(1, MAX_QUBITS),
        "sites": Listing(TEXT),
        "factors": Listing(FACTOR),
        "generators": Listing(GENERATOR),
    }
)
KEPT = ByField(
    {
        "factor": Fields({"factor": NUMBER}),
        "generator": Fields({"generator": NUMBER}),
        "combination": Fields({"combination": Listing(Row((NUMBER, TEXT)))}),
    }
)

COUNTEREXAMPLE = Fields(dict.fromkeys(("element", "input", "expected", "found", "python"), TEXT))


def _evidence() -> ByField:
    """What a claim owes; the table of claims says which of these it is."""
    kinds = {row.told_by: Fields({"about": TEXT, **row.evidence}) for row in CLAIMS if row.evidence}
    # One kind may have all fields of another, so the larger one is tested first.
    ranked = sorted(kinds, key=lambda name: -len(kinds[name].fields))
    return ByField({name: kinds[name] for name in ranked}, Fields({"about": TEXT}))


FINDING = Fields(
    {
        "claim": Word(tuple(dict.fromkeys(row.name for row in CLAIMS))),
        "subject": TEXT,
        "verdict": VERDICT,
        "method": TEXT,
        "detail": TEXT,
        "counterexample": Maybe(COUNTEREXAMPLE),
        "place": Listing(TextOrWhole(TEXT, NUMBER)),
        "key": TEXT,
        "error_exponent": Maybe(Whole(1, MAX_EXPONENT)),
        "evidence": _evidence(),
        "generator": Maybe(NUMBER),
        "character": Listing(Maybe(TEXT)),
    }
)

RATIONAL = Text("[-+]?[0-9]+(?:/[0-9]*[1-9][0-9]*)?", "a number such as 3/8")
ANGLE = Row((Listing(Row((Listing(TEXT), RATIONAL))), RATIONAL))
OPERATIONS = Listing(
    ByWord(
        0,
        {
            "unitary": Row((Word(("unitary",)), TEXT)),
            "rotation": Row((Word(("rotation",)), TEXT, ANGLE)),
            "vector": Row((Word(("vector",)), NUMBER, Row((TEXT,) * 3), ANGLE, MATRIX)),
        },
    )
)
TARGET = ByWord(
    "kind",
    {
        "model": Fields(
            {
                "kind": Word(("model",)),
                "layers": NUMBER,
                "scales": Listing(TEXT),
                "breaking": YES_OR_NO,
                "data": YES_OR_NO,
                "strict": YES_OR_NO,
            }
        ),
        "parts": Fields(
            {
                "kind": Word(("parts",)),
                "parts": Listing(Word(tuple(row.form for row in CLAIMS if PARTS in row.targets))),
                "strict": YES_OR_NO,
            }
        ),
        "circuit": Fields(
            {
                "kind": Word(("circuit",)),
                "claim": Word(tuple(CIRCUITS)),
                "num_qubits": Whole(1, MAX_QUBITS),
                "data": Listing(Row((TEXT, NUMBER, Whole(0, 2)))),
                "vectors": Listing(Maybe(Row((TEXT,) * 3))),
                "angles": Listing(Row((TEXT,) * 3)),
                "observable": Maybe(TEXT),
                "operations": Maybe(OPERATIONS),
                "unchanged": YES_OR_NO,
                "reference": Maybe(OPERATIONS),
                "strict": YES_OR_NO,
            }
        ),
    },
)

CERTIFICATE = Fields(
    {
        "schema": Word((SCHEMA,)),
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
        "kept": Listing(KEPT),
        "digest": TEXT,
    }
)
"""The whole document."""


def require_form(body: Any) -> None:
    """Check the whole certificate before anything is read out of it.

    Raises:
        EqcompileError: a field is missing, unknown or of another type, or a number in it points at nothing; one line
            that says where.
    """
    try:
        CERTIFICATE.check(body)
    except MisshapenError as error:
        raise _refused(str(error)) from None
    for place, reason in loose_ends(body):
        raise _refused(f"{place}: {reason}")


def json_schema() -> dict[str, Any]:
    """The form as JSON Schema; it cannot express what numbers point at."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A certificate, {SCHEMA}",
    } | CERTIFICATE.schema()


def _refused(reason: str) -> EqcompileError:
    return EqcompileError(f"not a certificate of schema {SCHEMA.rpartition('/')[2]}: {reason}")


def loose_ends(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Places of numbers that point at nothing, or of lists whose length differs from that of lists they belong with."""
    group, target = body["group_data"], body["target_data"]
    qubits, sites = group["num_qubits"], len(group["sites"])
    for k, generator in enumerate(group["generators"]):
        place = f"group_data.generators[{k}]"
        yield from _uneven(f"{place}.matrices", generator["matrices"], sites, "site")
        if "operator" in generator:
            continue
        yield from _uneven(f"{place}.sites", generator["sites"], sites, "site")
        yield from _beyond(f"{place}.sites", generator["sites"], sites, "site")
        for j, step in enumerate(generator["steps"]):
            if (images := step.get("permutation")) is not None:
                yield from _uneven(f"{place}.steps[{j}].permutation", images, qubits, "qubit")
                yield from _beyond(f"{place}.steps[{j}].permutation", images, qubits, "qubit")
    for k, finding in enumerate(body["findings"]):
        if (number := finding["generator"]) is not None:
            yield from _beyond(f"findings[{k}].generator", [number], len(body["generators"]), "generator")
        yield from _of_evidence(f"findings[{k}].evidence", finding["evidence"], qubits, sites)
        if "encoding" in finding["evidence"]:
            named = sorted(map(tuple, finding["evidence"]["encoding"]))
            if named != _encoding_gates(body["findings"]):
                yield f"findings[{k}].evidence.encoding", "not every gate of the encodings once"
    yield from _of_target(target, len(body["findings"]), qubits, sites)


def _encoding_gates(findings: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """All encoding gates, by scale and number."""
    counts = [
        (f["key"].removeprefix("encoding "), len(f["evidence"]["gates"]))
        for f in findings
        if "gates" in f["evidence"]
    ]
    return sorted((scale, number) for scale, count in counts for number in range(count))


def _of_evidence(
    place: str, evidence: Mapping[str, Any], qubits: int, sites: int
) -> Iterator[tuple[str, str]]:
    if "gates" in evidence:
        yield from _beyond(f"{place}.gates", [site for site, _ in evidence["gates"]], sites, "site")
        yield from _uneven(f"{place}.qubits", evidence["qubits"], len(evidence["gates"]), "gate")
        parity = [] if evidence["parity"] is None else [evidence["parity"]]
        yield from _beyond(f"{place}.qubits", [*evidence["qubits"], *parity], qubits, "qubit")


def _of_target(
    target: Mapping[str, Any], findings: int, qubits: int, sites: int
) -> Iterator[tuple[str, str]]:
    # A few digits must not make the check build more than the text could contain.
    if target["kind"] == "model" and target["layers"] > findings:
        yield "target_data.layers", f"{target['layers']} gates of a layer, and {findings} findings"
    if target["kind"] != "circuit":
        return
    if target["num_qubits"] < qubits:
        yield "target_data.num_qubits", f"{target['num_qubits']} qubits, and the group acts on {qubits}"
    yield from _uneven("target_data.angles", target["angles"], sites, "site")
    yield from _uneven("target_data.vectors", target["vectors"], sites, "site")
    yield from _beyond("target_data.data", [site for _, site, _ in target["data"]], sites, "site")
    # One parameter for one coordinate, and conversely: two for one would be moved as if they were independent.
    keys, places = ({repr(entry[part]) for entry in target["data"]} for part in (slice(1), slice(1, 3)))
    if min(len(keys), len(places)) < len(target["data"]):
        yield "target_data.data", "two entries for one parameter, or for one coordinate"
    # A name that is an angle and a coordinate would tie inputs that the claim lets vary freely.
    names = [name for triple in (*target["angles"], *filter(None, target["vectors"])) for name in triple]
    names += [name for name, _, _ in target["data"]]
    if len({*names}) < len(names):
        yield "target_data", "a name that stands for two things, angles or coordinates of sites"
    for key in ("operations", "reference"):
        vectors = [operation[1] for operation in target[key] or () if operation[0] == "vector"]
        yield from _beyond(f"target_data.{key}", vectors, sites, "site")


def _beyond(place: str, numbers: Sequence[int], count: int, what: str) -> Iterator[tuple[str, str]]:
    for number in numbers:
        if number >= count:
            yield place, f"there is no {what} {number}; the certificate has {count}, counted from 0"


def _uneven(place: str, entries: Sequence[Any], count: int, what: str) -> Iterator[tuple[str, str]]:
    if len(entries) != count:
        yield place, f"{len(entries)} entries, where one for every {what} belongs, that is {count}"
