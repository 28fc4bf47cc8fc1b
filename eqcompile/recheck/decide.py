"""Every claim of a certificate, decided again over random prime fields."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from math import lcm
from random import Random
from typing import Any

from eqcompile.errors import BudgetError, EqcompileError, one_line, quoted
from eqcompile.recheck.algebra.angles import rational
from eqcompile.recheck.algebra.field import order_of, random_field
from eqcompile.recheck.algebra.group import Group, group_of, objection
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.claims.character import is_trivial
from eqcompile.recheck.claims.circuit import circuit_of, decide_circuit, same_gates
from eqcompile.recheck.claims.claim import Case, Outcome
from eqcompile.recheck.claims.model import parts_fail
from eqcompile.recheck.claims.sectors import SECTORS, claim_of
from eqcompile.recheck.claims.table import demanded_of
from eqcompile.recheck.document import (
    Body,
    contradictions,
    load_document,
    misfit,
    misnumbered,
    undecided_claims,
)
from eqcompile.recheck.left import Left, left_of, whole_group
from eqcompile.recheck.reading import Reading
from eqcompile.recheck.sections import differences, sections_of, unlisted

NUM_FIELDS = 2

SECTIONS = ("group", "target")

MAX_NAMES = 8
"""Generators that the last line names. Beyond it, shortened: the rest is counted."""

MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""Exceptions that sections raise if they do not fit together; every value in them has the right type for its place."""

ILL_FITTING = "its parts do not fit together"


@dataclass(frozen=True)
class Check:
    """One claim, decided again.

    Attributes:
        key: key of the claim.
        subject: what it is about.
        verdict: verdict of the certificate.
        outcome: whether it was found again.
        reason: why it fails or was not rechecked; otherwise, how it was found again.
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
        verdict: verdict of the certificate.
        problems: where it contradicts itself, or the files with which it is compared.
        checks: one check for every finding.
        assumptions: how the certificate says that rounded numbers were read; what it rests on is not rechecked.
        seed: seed of all random choices; give it again to repeat them.
        left: names of the generators for which it is decided; with a declared breaking, those that it leaves.
        broken: whether a declared breaking breaks any generator.
        kind: kind of the target: ``"model"``, ``"parts"`` or ``"circuit"``.
        read: which of ``"group"`` and ``"target"`` were read from files; the others are the certificate's own.
        notes: what a reader of the files took for granted.
        claim: for a circuit, ``"circuit"``, ``"state"`` or ``"model"``; for sector weights alone, what they are.
    """

    target: str
    verdict: str
    problems: tuple[str, ...]
    checks: tuple[Check, ...]
    seed: int
    assumptions: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    broken: bool = False
    kind: str = ""
    read: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    claim: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether every claim was found again, whether proven or refused, and there are no contradictions."""
        return bool(self.checks) and not self.problems and all(c.outcome == "confirmed" for c in self.checks)

    def __bool__(self) -> bool:
        return self.confirmed and self.verdict == "proven"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"proven": bool(self), "confirmed": self.confirmed} | asdict(self)


def summary(result: Recheck) -> list[str]:
    """A line for every claim and every problem, and one line for the whole."""
    lines = [f"{c.outcome}: {one_line(c.key)}, {one_line(c.verdict)}: {c.reason}" for c in result.checks]
    lines += [f"assumed, not rechecked: {one_line(text)}" for text in result.assumptions]
    lines += [f"taken for granted: {one_line(text)}" for text in result.notes]
    lines += [f"PROBLEM: {one_line(problem)}" for problem in result.problems]
    target, seed = one_line(result.target), f"(seed {result.seed})"
    if not result.confirmed:
        return [*lines, f"NOT CONFIRMED: {target} {seed}"]
    return [*lines, f"CONFIRMED: {target} is {_verdict_words(result)}, {_scope(result)} {seed}"]


def _verdict_words(result: Recheck) -> str:
    claim = f", as a {result.claim}," if result.claim in ("state", "model", SECTORS) else ""
    if result.verdict == "proven" and not result.left:
        why = "the declared breaking leaves no generator" if result.broken else "the group has no generators"
        return f"proven{claim or ','} trivially: {why}"
    names = ", ".join(result.left[:MAX_NAMES])
    more = len(result.left) - MAX_NAMES
    under = f" under {names}" + (f" and {more} more" if more > 0 else "") if result.left else ""
    return one_line(f"{result.verdict}{claim}{under}")


def _scope(result: Recheck) -> str:
    """What it is confirmed for: files, or the content of the certificate, which anybody may have written."""
    if set(result.read) == set(SECTIONS):
        return "as the given files have it"
    if not result.read:
        files = "--spec and --circuit" if result.kind == "circuit" else "--spec"
        return f"as far as the content of the certificate goes; give {files} to hold it against the file"
    (other,) = set(SECTIONS) - set(result.read)
    words = {"group": "group", "target": "circuit" if result.kind == "circuit" else "target"}
    return f"for the {words[result.read[0]]} of the given file and the {words[other]} in the certificate"


def recheck(text: str, seed: int | None = None, *, reading: Reading | None = None) -> Recheck:
    """Decide every claim of a certificate again, from its evidence or from what was read in the files.

    Args:
        text: the certificate's JSON.
        seed: seed for the random fields and points; by default from the operating system, which nobody can predict.
        reading: what an independent reader found in the files. Claims are then decided about that, and a certificate
            that says something else is contradicted.

    Returns:
        What became of every claim.

    Raises:
        EqcompileError: not a certificate of this schema, or one that cannot be read.
    """
    body = load_document(text)
    seed = secrets.randbits(128) if seed is None else seed
    try:
        case = _Case(body, reading, seed)
        problems = [*contradictions(body), *case.problems()]
        checks = tuple(case.checks())
        left = tuple(g.name for g in case.left[0].generators) if case.left else ()
        assumptions = tuple(body["assumptions"])
    except MALFORMED:
        raise EqcompileError(f"the certificate cannot be read: {ILL_FITTING}") from None
    problems += [
        f"the claim {check.key!r} could not be found again"
        for check in checks
        if check.outcome == "CONTRADICTED"
    ]
    return Recheck(
        body["target"], body["verdict"], tuple(problems), checks, seed, assumptions, left,
        len(left) < len(case.groups[0].generators), body["target_data"]["kind"],
        case.sections.read, case.notes, claim_of(body["target_data"]),
    )  # fmt: skip


class _Case:
    """One certificate and what it is compared with, over random fields that contain every number of both."""

    def __init__(self, body: Body, reading: Reading | None, seed: int) -> None:
        self.body, self.sections = body, sections_of(body, reading)
        # A separate source: the fields must not depend on how many random numbers a claim takes.
        self._source = Random(seed + 1)
        sections, target = self.sections, self.sections.target
        # One field for both the certificate and the files; otherwise their numbers could not be compared.
        texts = [
            sections.group,
            sections.file_group,
            target,
            sections.parts,
            body["group_data"],
            body["target_data"],
            body["kept"],
        ]
        texts += [[f["evidence"], f["character"]] for f in body["findings"]]
        order = order_of(_texts(texts))
        own = body["target_data"]
        for operation in chain.from_iterable(
            t.get(key) or () for t in (target, own) for key in ("operations", "reference")
        ):
            if operation[0] != "unitary":
                # A turn by the angle a/b pi acts by exp(-i pi a/(2b)), which is a root of unity of order 4b.
                order = lcm(
                    order, 4 * rational(operation[2 if operation[0] == "rotation" else 3][1]).denominator
                )
        fields = [random_field(order, source) for source in [Random(seed)] for _ in range(NUM_FIELDS)]
        self.groups = [group_of(sections.group, field) for field in fields]
        self.demanded = demanded_of(target, len(sections.group["generators"]))
        self.file_groups = (
            [] if sections.file_group is None else [group_of(sections.file_group, f) for f in fields]
        )
        self._other_group, self._unlisted = (
            unlisted(self.groups[0], self.file_groups[0]) if self.file_groups else ("", ())
        )
        self.left: list[Left] = []
        self._objection = self._not_compared = ""
        # A wrong breaking is one problem among others. Claims that do not depend on it are decided all the same.
        try:
            self.left = [self._left(group) for group in self.groups]
        except BudgetError:
            raise
        except EqcompileError as error:
            self._objection = str(error)

    def problems(self) -> Iterator[str]:
        """Where the certificate contradicts what it is decided about."""
        group = self.groups[0]
        for generator in group.generators:
            if why := objection(generator, group):
                yield f"the generator {generator.name!r} is no symmetry operation: {why}"
        if self._objection:
            yield f"what is left of the group: {self._objection}"
        elif self.body["symmetry_left"] != self.left[0].name:
            yield f"what is left of the group is {quoted(self.left[0].name)}, and not what the certificate says"
        if self._other_group:
            yield f"the group section is not the group of the spec: {self._other_group}"
        if self.sections.read:
            yield from differences(self.body, self.sections, group)
            yield from undecided_claims(self.body, self.demanded)
            yield from self._other_gates()
        if "target" in self.sections.read and self.sections.target.get("unchanged"):
            yield (
                "the model is compared with that of a circuit which no file holds; without --circuit the comparison is "
                "rechecked as the certificate has it"
            )

    def _other_gates(self) -> Iterator[str]:
        """Claims are decided about the gates of the file; those that the certificate lists must be the same circuit."""
        own, target = self.body["target_data"].get("operations"), self.sections.target
        if target["kind"] != "circuit" or target["operations"] is None or target["operations"] == own:
            return
        if own is None:
            yield "the certificate lists no gates, and the file has some that can be read"
            return
        try:
            listed = [circuit_of({**target, "operations": own}, group) for group in self.groups]
        except BudgetError:
            raise
        except EqcompileError as error:
            yield f"the gates that the certificate lists cannot be read: {error}"
            return
        try:
            pairs = zip(listed, self.groups, strict=True)
            same = all(same_gates(target, other, group, self._source) for other, group in pairs)
        except BudgetError:
            raise
        except EqcompileError as error:
            self._not_compared = (
                f"the gates that the certificate lists were not held against the file: {error}"
            )
            return
        if not same:
            yield "the gates that the certificate lists are another circuit than the file"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken for granted."""
        return (*self.sections.notes, *([self._not_compared] if self._not_compared else []))

    def checks(self) -> Iterator[Check]:
        """One check for every finding."""
        parts: dict[str, str] = {}
        for finding in self.body["findings"]:
            outcome, reason = self._outcome(finding, parts)
            parts[finding["key"]] = finding["verdict"] if outcome == "confirmed" else ""
            yield Check(
                finding["key"],
                finding["subject"],
                finding["verdict"],
                outcome,
                one_line(reason),
            )
        for generator in self._unlisted:
            yield self._of_the_file(
                next(k for k, g in enumerate(self.file_groups[0].generators) if g is generator)
            )

    def _of_the_file(self, place: int) -> Check:
        """Decide everything for a generator of the file that the certificate does not list."""
        name, verdict = self.file_groups[0].generators[place].name, str(self.body["verdict"])
        try:
            reasons = [self._fails_under(place, number) for number in range(NUM_FIELDS)]
            why = next((reason for reason in reasons if reason), "")
            outcome: Outcome = "CONTRADICTED" if why and verdict == "proven" else "confirmed"
            why = why or "holds for this generator of the spec too"
        except BudgetError:
            raise
        except EqcompileError as error:
            outcome, why = "not rechecked", str(error)
        except MALFORMED:
            outcome, why = "not rechecked", f"the evidence cannot be read: {ILL_FITTING}"
        return Check(f"generator {name} of the spec", self.body["target"], verdict, outcome, one_line(why))

    def _fails_under(self, place: int, number: int) -> str:
        """Why something that the target owes fails under one generator of the file."""
        whole, target, parts = self.file_groups[number], self.sections.target, self.sections.parts
        if target["kind"] == "circuit":
            if target["operations"] is None:
                raise EqcompileError("the circuit has gates without exact form")
            rational = partial(_rational, self.sections.file_group or {})
            answer = decide_circuit(target, whole, place, self._source, rational)
            lie = whole.generators[place].lie is not None
            if target["strict"] and answer.character is not None and not is_trivial(answer.character, lie):
                return "it holds up to a phase only, and phase 1 is asked for"
            return answer.reason
        group = replace(whole, generators=(whole.generators[place],))
        if target["kind"] == "parts":
            reasons = (claim.moved_by(parts[key], group) for key, claim in self.demanded.items())
            return next((reason for reason in reasons if reason), "")
        # Every part is claimed to be left unchanged, and then so is the model, if no breaking is declared.
        return parts_fail(self._model, parts, group, group.generators)

    def _left(self, group: Group) -> Left:
        name, factors = self.body["group"], self.sections.group["factors"]
        if reason := misnumbered(factors, len(group.generators)):
            raise EqcompileError(reason)
        if not self.sections.target.get("breaking"):
            if self.body["kept"] != [{"factor": place} for place in range(len(factors))]:
                raise EqcompileError(
                    "without a declared breaking, nothing less than the whole group is proven"
                )
            return whole_group(group, name)
        gate = operator(self.sections.parts["breaking"]["operator"], group.num_qubits, group.field)
        return left_of(group, gate, self.body["kept"], factors, name)

    def _outcome(self, finding: Mapping[str, Any], parts: Mapping[str, str]) -> tuple[Outcome, str]:
        """Compare the verdict with what is found now.

        Args:
            finding: finding of the certificate.
            parts: verdicts of the earlier claims that were found again.
        """
        # The form comes first: a finding that does not have the form that its claim owes is contradicted, whatever else
        # it says.
        if reason := misfit(finding, self.body, self.demanded.get(finding["key"])):
            return "CONTRADICTED", reason
        if finding["verdict"] not in ("proven", "refused"):
            return "not rechecked", "the certificate does not decide it"
        claim = self.demanded[finding["key"]]
        try:
            if claim.shown_otherwise(finding["evidence"], self.groups[0]):
                return "CONTRADICTED", "the evidence is about something else than the finding shows"
            return claim.outcome([self._case(finding, number) for number in range(NUM_FIELDS)], parts)
        except BudgetError:
            raise
        except EqcompileError as error:
            return "not rechecked", str(error)
        except MALFORMED:
            return "not rechecked", f"the evidence cannot be read: {ILL_FITTING}"

    def _case(self, finding: Mapping[str, Any], number: int) -> Case:
        """A finding over one of the fields."""
        sections = self.sections
        return Case(
            finding, sections.target, sections.parts, self.groups[number], self._source,
            lambda: self._known_left()[number].generators, partial(_rational, sections.group),
        )  # fmt: skip

    @property
    def _model(self) -> dict[str, Any]:
        return {**self.sections.parts["model"], **self.sections.target}

    def _known_left(self) -> list[Left]:
        if not self.left:
            raise EqcompileError(f"what is left of the group is not known: {self._objection}")
        return self.left


def _rational(group: Mapping[str, Any], number: int, site: int) -> Any:
    """Matrix of a site under a generator, as rational numbers."""
    rows = group["generators"][number]["matrices"][site]
    if rows is not None and any("(" in value for row in rows for value in row):
        raise EqcompileError("the generator mixes coordinates with irrational factors")
    return rows or [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]


def _texts(data: Any) -> Iterator[str]:
    """All texts in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | tuple | Mapping):
        for value in data.values() if isinstance(data, Mapping) else data:
            yield from _texts(value)
