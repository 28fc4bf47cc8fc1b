"""Every claim of a certificate, decided again over random prime fields."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import lcm
from random import Random
from typing import Any, Literal

from eqcompile.errors import EqcompileError, one_line
from eqcompile.recheck.angles import rational
from eqcompile.recheck.circuits import circuit_fails
from eqcompile.recheck.document import Body, contradictions, load_document, misfit
from eqcompile.recheck.field import order_of, random_field
from eqcompile.recheck.group import Group, group_of, objection
from eqcompile.recheck.models import model_fails, parts_fail
from eqcompile.recheck.parts import breaking_fails, encoding_fails, operator_fails, state_fails
from eqcompile.recheck.pauli import parallel
from eqcompile.recheck.text import operator, state

NUM_FIELDS = 2

Outcome = Literal["confirmed", "CONTRADICTED", "not rechecked"]

MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What plain data of a wrong form raises when they are read."""


@dataclass(frozen=True)
class Check:
    """One claim, decided again.

    Attributes:
        key: of the claim.
        subject: what it is about.
        verdict: of the certificate.
        outcome: whether it was found again.
        reason: why it fails or was not rechecked; how it was found again otherwise.
    """

    key: str
    subject: str
    verdict: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Recheck:
    """A certificate, decided again; truthy when it proves its target and every demanded claim is confirmed.

    Attributes:
        target: name of what the certificate is about.
        verdict: of the certificate.
        problems: where it contradicts itself, or what it is compared with.
        checks: one for every finding.
        assumptions: how the certificate says that rounded numbers were read; what it rests on is not rechecked.
        seed: of all random choices; give it again to repeat them.
    """

    target: str
    verdict: str
    problems: tuple[str, ...]
    checks: tuple[Check, ...]
    seed: int
    assumptions: tuple[str, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether every claim was found again, be it proven or refused, and nothing contradicts anything."""
        return bool(self.checks) and not self.problems and all(c.outcome == "confirmed" for c in self.checks)

    def __bool__(self) -> bool:
        return self.confirmed and self.verdict == "proven"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"proven": bool(self), "confirmed": self.confirmed} | asdict(self)


def summary(result: Recheck) -> list[str]:
    """A line for every claim and every problem, and the whole in one line."""
    lines = [f"{c.outcome}: {one_line(c.key)}, {one_line(c.verdict)}: {c.reason}" for c in result.checks]
    lines += [f"taken as exact, not rechecked: {one_line(text)}" for text in result.assumptions]
    lines += [f"PROBLEM: {one_line(problem)}" for problem in result.problems]
    if result:
        return [*lines, f"CONFIRMED: {one_line(result.target)} is proven (seed {result.seed})"]
    if result.confirmed:
        return [
            *lines,
            f"CONFIRMED: {one_line(result.target)} is {one_line(result.verdict)} (seed {result.seed})",
        ]
    return [*lines, f"NOT CONFIRMED: {one_line(result.target)} (seed {result.seed})"]


def recheck(text: str, seed: int | None = None) -> Recheck:
    """Decide every claim of a certificate again, from its evidence alone.

    Args:
        text: the certificate's JSON.
        seed: of the random fields and points; by default from the operating system, which nobody can foresee.

    Returns:
        What became of every claim.

    Raises:
        EqcompileError: no certificate of this schema, or one that cannot be read.
    """
    body = load_document(text)
    seed = secrets.randbits(128) if seed is None else seed
    try:
        problems = list(contradictions(body))
        groups = _groups(body, Random(seed))
        for group in groups[:1]:
            reasons = ((g.name, objection(g, group)) for g in group.generators)
            problems += [
                f"the generator {name!r} is no symmetry operation: {why}" for name, why in reasons if why
            ]
        checks = tuple(_checks(body, groups, Random(seed + 1)))
        assumptions = tuple(str(text) for text in body.get("assumptions", ()))
    except MALFORMED as error:
        raise EqcompileError(f"the certificate cannot be read: {_words(error)}") from None
    problems += [
        f"the claim {check.key!r} could not be found again"
        for check in checks
        if check.outcome == "CONTRADICTED"
    ]
    target, verdict = str(body.get("target")), str(body.get("verdict"))
    return Recheck(target, verdict, tuple(problems), checks, seed, assumptions)


def _groups(body: Body, source: Random) -> list[Group]:
    """The group over random fields that hold every number of the certificate."""
    sections = [body["group_data"], body["target_data"], [f["evidence"] for f in body["findings"]]]
    order = order_of(_texts(sections))
    for operation in body["target_data"].get("operations") or ():
        if operation[0] != "unitary":
            order = lcm(order, 4 * rational(operation[2 if operation[0] == "rotation" else 3][1]).denominator)
    return [group_of(body["group_data"], random_field(order, source)) for _ in range(NUM_FIELDS)]


def _texts(data: Any) -> Iterator[str]:
    """All texts in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | dict):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts(value)


def _checks(body: Body, groups: list[Group], source: Random) -> Iterator[Check]:
    parts: dict[str, str] = {}
    for finding in body["findings"]:
        outcome, reason = _outcome(finding, body, groups, source, parts)
        parts[finding["key"]] = finding["verdict"] if outcome == "confirmed" else ""
        yield Check(
            str(finding["key"]), str(finding["subject"]), str(finding["verdict"]), outcome, one_line(reason)
        )


def _outcome(
    finding: Mapping[str, Any], body: Body, groups: list[Group], source: Random, parts: Mapping[str, str]
) -> tuple[Outcome, str]:
    """Compare the verdict with what is found now.

    Args:
        finding: of the certificate.
        body: the certificate.
        groups: over the fields.
        source: of randomness.
        parts: verdicts of the claims before that were found again.
    """
    if reason := misfit(finding, body):
        return "CONTRADICTED", reason
    if finding["verdict"] not in ("proven", "refused"):
        return "not rechecked", "the certificate does not decide it"
    try:
        if reason := _other_subject(finding, body, groups[0]):
            return "CONTRADICTED", reason
        if finding["key"] == "model" and body["target_data"].get("data") is False:
            return _composed(finding, body, groups, parts, "there are no data to vary")
        try:
            reasons = [_fails(finding, body, group, source) for group in groups]
        except EqcompileError as error:
            if finding["key"] != "model" or finding["verdict"] == "refused":
                raise
            return _composed(finding, body, groups, parts, str(error))
    except EqcompileError as error:
        return "not rechecked", str(error)
    except MALFORMED as error:
        return "not rechecked", f"the evidence cannot be read: {_words(error)}"
    why = next((reason for reason in reasons if reason), "")
    if (finding["verdict"] == "proven") == (not why):
        return "confirmed", why or f"holds over {len(groups)} random prime fields of 160 bits"
    return "CONTRADICTED", why or "it holds, as far as this check can tell"


def _composed(
    finding: Mapping[str, Any], body: Body, groups: list[Group], parts: Mapping[str, str], why: str
) -> tuple[Outcome, str]:
    """Invariant parts make an invariant model."""
    if finding["verdict"] == "refused":
        if "refused" in parts.values():
            return "confirmed", f"a part is refused ({why})"
        return "not rechecked", f"no part is found to be refused ({why})"
    model, evidences = finding["evidence"] | body["target_data"], _evidences(body)
    reason = next((r for group in groups if (r := parts_fail(model, evidences, group))), "")
    if reason:
        return "not rechecked", f"its parts do not decide it: {reason} ({why})"
    return "confirmed", f"its parts are invariant ({why})"


def _evidences(body: Body) -> dict[str, Mapping[str, Any]]:
    return {finding["key"]: finding["evidence"] for finding in body["findings"]}


def _fails(finding: Mapping[str, Any], body: Body, group: Group, source: Random) -> str:
    """Why a claim fails over one field; empty if it holds."""
    key, evidence, target = finding["key"], finding["evidence"], body["target_data"]
    if target["kind"] == "circuit":
        if target["operations"] is None:
            raise EqcompileError("the circuit has gates without exact form")

        def rational(number: int, site: int) -> Any:
            rows = body["group_data"]["generators"][number]["matrices"][site]
            if rows is not None and any("(" in value for row in rows for value in row):
                raise EqcompileError("the generator mixes coordinates with irrational factors")
            return rows or [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]

        return circuit_fails(target, group, int(key.removeprefix("generator ")), source, rational)
    if key == "model":
        return model_fails(evidence | target, _evidences(body), group, source)
    if key == "state":
        return state_fails(evidence, group)
    if key == "breaking":
        return breaking_fails(evidence, group)
    return encoding_fails(evidence, group) if key.startswith("encoding ") else operator_fails(evidence, group)


def _other_subject(finding: Mapping[str, Any], body: Body, group: Group) -> str:
    """How the evidence differs from what subject and detail name; empty if it does not, or they are abbreviated."""
    evidence, subject, key = finding["evidence"], finding["subject"], finding["key"]
    n, field = group.num_qubits, group.field
    same = True
    if "operator" in evidence:
        head, _, text = subject.partition(": ")
        same = operator(text, n, field) == operator(evidence["operator"], n, field)
        same = same and (head == key or not key.startswith("layer["))
    elif "state" in evidence and "..." not in subject:
        named = state(subject.removeprefix("state "), n, field)
        same = parallel(named, state(evidence["state"], n, field), field.p)
    elif "gates" in evidence:
        sites = [body["group_data"]["sites"][site] for site, _ in evidence["gates"]]
        same = sites == [part.partition(" -> ")[0] for part in subject.partition(": ")[2].split("; ")]
    elif key == "model":
        same = f" {evidence['depth']} layers" in subject and not evidence.keys() & body["target_data"].keys()
    if key == "breaking":
        broken = ", ".join(evidence["broken"])
        same = same and finding["detail"].startswith(
            f"breaks {broken}; leaves " if broken else "breaks nothing"
        )
    return "" if same else "the evidence is about something else than the finding names"


def _words(error: BaseException) -> str:
    text = f"no {error}" if isinstance(error, KeyError) else str(error)
    return one_line(text[:200]) or type(error).__name__
