"""Certificates as documents: the same text every time, read back, and not trusted if they contradict themselves."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.claims.certificate import Certificate, Counterexample, Finding
from eqcompile.recheck.document import OLD_SCHEMAS, digest_of
from eqcompile.recheck.form import SCHEMA

Specs = Callable[..., eq.Spec]

OLDEST, OLD = OLD_SCHEMAS

EXAMPLE = Counterexample("g", "x", "1", "2", "1 - 2")
EVIDENCE = {"about": "state", "state": "|0>", "shown": "|0>"}
GOOD = Finding("invariant state", "s", "proven", "m", evidence=EVIDENCE)
BAD = Finding("invariant state", "s", "refused", "m", "d", EXAMPLE, evidence=EVIDENCE)


def certificate(*findings: Finding) -> Certificate:
    group = {"num_qubits": 1, "sites": [], "factors": [], "generators": []}
    target = {"kind": "parts", "parts": ["state"], "strict": False}
    return Certificate(
        "t",
        "G",
        ("a", "b"),
        "G",
        findings,
        "0" * 64,
        versions={"python": "3"},
        group_data=group,
        target_data=target,
    )


@pytest.mark.parametrize("findings", [(GOOD,), (GOOD, BAD), (BAD, BAD)])
def test_round_trip(findings: tuple[Finding, ...]) -> None:
    written = certificate(*findings)
    text = written.to_json()
    assert Certificate.from_json(text) == written
    assert Certificate.from_json(text).to_json() == text
    assert json.loads(text)["schema"] == SCHEMA
    assert json.loads(text)["verdict"] == ("proven" if written else "refused")


def test_the_text_is_the_same_every_time(spec: Specs, program: Callable[[str], eq.Program]) -> None:
    again = eq.compile(spec("water")).certificate
    assert again.to_json() == program("water").certificate.to_json()
    assert again.spec_sha256 == spec("water").source.sha256
    assert set(again.versions) == {"python", "eqcompile", "sympy", "python-flint"}
    changed = eq.compile(spec("water", ("depth: 11", "depth: 12"))).certificate
    assert changed.to_json() != again.to_json()


def test_truth() -> None:
    assert certificate(GOOD, GOOD)
    assert certificate(GOOD).counterexample is None
    refused = certificate(GOOD, BAD)
    assert not refused
    assert refused.refused == (BAD,)
    assert refused.counterexample == EXAMPLE
    assert str(EXAMPLE) == "under g, x: expected 1, found 2"
    assert not certificate(), "a certificate that claims nothing proves nothing"


def edited(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    body = json.loads(text)
    change(body)
    return json.dumps(body)


TAMPERED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "verdict": (
        lambda b: b.update(verdict="proven"),
        'the certificate says "proven", its findings say "refused"',
    ),
    "finding": (
        lambda b: (b["findings"][1].update(verdict="proven"), b.update(verdict="proven")),
        'the certificate proves "s" and gives a counterexample',
    ),
    "no findings": (
        lambda b: b.update(findings=[], verdict="proven"),
        'the certificate says "proven", its findings say "refused"',
    ),
    "schema": (lambda b: b.update(schema="other/1"), f"not a certificate of schema '{SCHEMA}'"),
    "altered": (
        lambda b: b.update(spec_sha256="1" * 64),
        "the digest of the certificate does not fit: it was altered after it was written",
    ),
    "oldest schema": (
        lambda b: b.update(schema=OLDEST),
        f"a certificate of schema '{OLDEST}' holds no evidence that could be rechecked; verify again to get one of "
        f"schema '{SCHEMA}'",
    ),
    "old schema": (
        lambda b: b.update(schema=OLD),
        f"a certificate of schema '{OLD}' says in sentences what is compared as fields now; verify again to get one "
        f"of schema '{SCHEMA}'",
    ),
}


@pytest.mark.parametrize(("change", "message"), TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_noticed(change: Callable[[dict[str, Any]], object], message: str) -> None:
    with pytest.raises(eq.EqcompileError) as caught:
        Certificate.from_json(edited(certificate(GOOD, BAD).to_json(), change))
    assert str(caught.value) == message


MISSHAPEN: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "unknown verdict": (
        lambda b: b["findings"][1].update(verdict="maybe"),
        'findings[1].verdict: "proven", "refused" or "not decided" belongs here, not the string "maybe"',
    ),
    "missing": (lambda b: b.pop("generators"), 'the field "generators" is missing'),
    "no digest": (lambda b: b.pop("digest"), 'the field "digest" is missing'),
    "unknown field": (
        lambda b: b.update(extra=1),
        'the field "extra" is not known here; known: schema, verdict, target, group, generators, symmetry_left, '
        "findings, spec_sha256, target_sha256, versions, demanded, group_data, target_data, assumptions, kept, digest",
    ),
    "finding without a field": (
        lambda b: b["findings"][0].pop("subject"),
        'findings[0]: the field "subject" is missing',
    ),
    "findings of another kind": (
        lambda b: b.update(findings=["proven"]),
        'findings[0]: an object belongs here, not the string "proven"',
    ),
    "number for a string": (lambda b: b.update(group=1), "group: a string belongs here, not 1"),
    "string for a list": (
        lambda b: b.update(demanded="ab"),
        'demanded: a list belongs here, not the string "ab"',
    ),
    "list in a list of strings": (
        lambda b: b.update(generators=["a", ["b"]]),
        "generators[1]: a string belongs here, not a list",
    ),
    "number for an object": (lambda b: b.update(versions=3), "versions: an object belongs here, not 3"),
    "number of a version": (
        lambda b: b.update(versions={"python-flint": 3}),
        'versions["python-flint"]: a string belongs here, not 3',
    ),
    "truth for a number": (
        lambda b: b["findings"][0].update(error_exponent=True),
        "findings[0].error_exponent: a whole number from 1 to 1200 belongs here, not true",
    ),
    "place": (
        lambda b: b["findings"][0].update(place=[None]),
        "findings[0].place[0]: a string or a whole number belongs here, not null",
    ),
    "field of a finding": (
        lambda b: b["findings"][0].update(clam="x"),
        'findings[0]: the field "clam" is not known here; known: claim, subject, verdict, method, detail, '
        "counterexample, place, key, error_exponent, evidence, generator, character",
    ),
    "counterexample": (
        lambda b: b["findings"][1]["counterexample"].pop("input"),
        'findings[1].counterexample: the field "input" is missing',
    ),
    "a null character": (
        lambda b: b["findings"][0]["evidence"].update(state="a\0"),
        'findings[0].evidence.state: "a\\x00" holds a null character; leave it out',
    ),
    "half of a character": (
        lambda b: b["findings"][0]["evidence"].update(state="\ud800"),
        'findings[0].evidence.state: "\\ud800" holds half of a character; write whole ones',
    ),
    "group": (
        lambda b: b["group_data"].update(num_qubits=0),
        "group_data.num_qubits: a whole number from 1 to 100000 belongs here, not 0",
    ),
    "target": (
        lambda b: b["target_data"].update(parts=["stat"]),
        'target_data.parts[0]: "state", "operator", "observable" or "sectors" belongs here, not the string "stat"',
    ),
}


@pytest.mark.parametrize(("change", "message"), MISSHAPEN.values(), ids=MISSHAPEN)
def test_every_field_has_its_form(change: Callable[[dict[str, Any]], object], message: str) -> None:
    """Whatever can be read back can also be written and shown: no HTML page fails on it later."""
    with pytest.raises(eq.EqcompileError) as caught:
        Certificate.from_json(edited(certificate(GOOD, BAD).to_json(), change))
    assert str(caught.value) == f"not a certificate of schema 3: {message}"


def test_an_entry_that_stands_twice_is_refused() -> None:
    text = certificate(GOOD).to_json()
    twice = text.replace('"verdict": "proven",', '"verdict": "refused",\n  "verdict": "proven",', 1)
    assert digest_of(json.loads(twice)) == json.loads(text)["digest"], (
        "the last one counts for Python's reader"
    )
    with pytest.raises(eq.EqcompileError, match=r'^not a certificate: "verdict" stands twice in one object$'):
        Certificate.from_json(twice)


@pytest.mark.parametrize("text", ['{"a": ' + "9" * 5000 + "}", "[" * 100_000])
def test_numbers_and_brackets_without_end_are_refused(text: str) -> None:
    with pytest.raises(eq.EqcompileError, match=r"^not a certificate: a number is too long, or"):
        Certificate.from_json(text)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null"])
def test_other_documents_are_refused(text: str) -> None:
    with pytest.raises(eq.EqcompileError, match=r"^not a certificate"):
        Certificate.from_json(text)


def test_a_deleted_finding_is_missed(program: Callable[[str], eq.Program]) -> None:
    """What is demanded stands in the certificate, whatever happened to the findings."""
    whole = program("water").certificate
    assert whole.demanded == tuple(finding.key for finding in whole.findings)
    assert whole.missing == ()
    part = replace(whole, findings=whole.findings[1:])
    assert part.missing == ("state",)
    assert not part
    assert part.verdict == "not decided"
    with pytest.raises(eq.EqcompileError, match='does not decide "state", which is demanded'):
        Certificate.from_json(part.to_json())


def test_evidence_reads_back(program: Callable[[str], eq.Program]) -> None:
    for name in ("water_breaking", "water_dimer"):
        written = program(name).certificate
        assert Certificate.from_json(written.to_json()) == written
        assert all(finding.evidence["about"] == finding.key for finding in written.findings)
        assert written.findings[-1].error_exponent
        assert max(map(len, written.to_json().splitlines())) < 1000
