"""The certificate of a sum, decided again: those of its programs, and what they make of the whole."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eqcompile.errors import BudgetError, EqcompileError, one_line, quoted
from eqcompile.recheck.claims.claim import Outcome
from eqcompile.recheck.decide import MALFORMED, Check, Recheck, recheck
from eqcompile.recheck.files.declaration.membership import contains
from eqcompile.recheck.files.declaration.spec_text import SpecReading
from eqcompile.recheck.files.read import reading_for
from eqcompile.recheck.files.unread import UnreadError
from eqcompile.recheck.sums.form import contradictions, load_sum, misfit
from eqcompile.recheck.sums.moves import Proven, Term, can_match, terms_of, why_no_images
from eqcompile.recheck.sums.read_sum import SumReading, read_sum


def recheck_sum(text: str, seed: int | None = None, spec: Path | None = None) -> Recheck:
    """Decide every claim of the certificate of a sum again.

    Args:
        text: the certificate's JSON.
        seed: seed of the random fields in which the programs are decided; by default from the operating system.
        spec: the YAML file that it should be about. The programs are then decided about the circuits in it.

    Returns:
        What became of every claim.

    Raises:
        EqcompileError: not such a certificate, or a file that cannot be read.
    """
    body = load_sum(text)
    seed = secrets.randbits(128) if seed is None else seed
    problems = list(contradictions(body))
    reading: SumReading | None = None
    if spec is not None:
        try:
            reading = read_sum(spec)
            problems += _differences(body, reading, spec)
        except UnreadError as error:
            problems.append(f"nothing is confirmed against the files: {error}")
        except MALFORMED:
            raise EqcompileError("the certificate cannot be read: its parts do not fit together") from None
    try:
        case = _Case(body, reading, seed)
        checks = tuple(case.checks())
    except MALFORMED:
        raise EqcompileError("the certificate cannot be read: its parts do not fit together") from None
    problems += case.problems
    problems += [
        f"the claim {c.key!r} could not be found again" for c in checks if c.outcome == "CONTRADICTED"
    ]
    read = () if reading is None else ("group", "target")
    return Recheck(
        body["target"], body["verdict"], tuple(problems), checks, seed,
        left=tuple(body["generators"]), kind="sum", read=read, notes=tuple(dict.fromkeys(case.notes)),
    )  # fmt: skip


def _differences(body: dict[str, Any], reading: SumReading, path: Path) -> Iterator[str]:
    """Where the certificate and the spec disagree about the sum."""
    group = body["group_data"]
    if body["spec_sha256"] != reading.sha256:
        yield f"the certificate is about a spec other than {path}: the hashes differ"
    if body["target"] != reading.name:
        yield f"the certificate is about {quoted(body['target'])}, and the spec is called {quoted(reading.name)}"
    if group["sites"] != list(reading.sites):
        yield "the certificate has other sites than the spec"
        return
    kinds = [g["kind"] for g in group["generators"] if g["kind"] != "permutation"]
    claimed = [tuple(g["sites"]) for g in group["generators"] if g["kind"] == "permutation"]
    declared = list(reading.permutations)
    if sorted(kinds) != sorted(reading.kinds):
        yield "the certificate has other rotations, inversions or translations than the spec"
    if not (contains(claimed, declared) and contains(declared, claimed)):
        yield "the permutations of the certificate are not shown to generate the group of the spec"
    own = terms_of(body["target_data"], len(reading.sites))
    listed = [(t["entry"], term) for t, term in zip(body["target_data"]["terms"], own, strict=True)]
    found = [(entry, term.coefficient, term.weights, term.rows) for entry, term in listed]
    if found != [(t.entry, t.coefficient, t.weights, t.rows) for t in reading.terms]:
        yield "the certificate has other terms than the spec"
        return
    pairs = {(t.circuit, term.program) for t, term in zip(reading.terms, own, strict=True)}
    if len({circuit for circuit, _ in pairs}) != len(pairs):
        yield "one circuit of the spec stands for several programs of the certificate"


class _Case:
    """One certificate, and the spec with which it is compared."""

    def __init__(self, body: dict[str, Any], reading: SumReading | None, seed: int) -> None:
        self._body, self._reading, self._seed = body, reading, seed
        self._target, self._group = body["target_data"], body["group_data"]
        self._terms = terms_of(self._target, len(self._group["sites"]))
        self.problems: list[str] = []
        self.notes: list[str] = []

    def checks(self) -> Iterator[Check]:
        """One check for every finding."""
        found: dict[int, Outcome] = {}
        for finding in self._body["findings"]:
            kind, _, number = finding["key"].partition(" ")
            outcome, reason = self._decided(finding, kind, int(number), found)
            yield Check(finding["key"], finding["subject"], finding["verdict"], outcome, one_line(reason))

    def _decided(
        self, finding: dict[str, Any], kind: str, number: int, programs: dict[int, Outcome]
    ) -> tuple[Outcome, str]:
        if why := misfit(finding, self._body):
            return "CONTRADICTED", why
        if kind != "program":
            return self._generator(finding, programs)
        programs[number], reason = self._program(number, finding)
        return programs[number], reason

    def _program(self, number: int, finding: dict[str, Any]) -> tuple[Outcome, str]:
        """The certificate of a program, decided again; with a spec, about every circuit that it stands for."""
        program = self._target["programs"][number]
        target = program["target_data"]
        if (
            finding["verdict"] != program["verdict"]
            or finding["evidence"]["spec_sha256"] != program["spec_sha256"]
        ):
            return "CONTRADICTED", "its own certificate says something else"
        if target["kind"] != "model" or not target["data"]:
            return "CONTRADICTED", "its own certificate is not about a model of vectors"
        for circuit in self._circuits(number):
            outcome, reason = self._against(program, number, circuit)
            if outcome != "confirmed":
                return outcome, reason
        return "confirmed", reason

    def _circuits(self, number: int) -> list[SpecReading | None]:
        """The circuits of the spec that a program stands for; without a spec, its own certificate has to do."""
        if self._reading is None or len(self._reading.terms) != len(self._terms):
            return [None]
        pairs = zip(self._reading.terms, self._terms, strict=True)
        places = {read.circuit for read, term in pairs if term.program == number}
        return [self._reading.circuits[place] for place in sorted(places)]

    def _against(
        self, program: dict[str, Any], number: int, circuit: SpecReading | None
    ) -> tuple[Outcome, str]:
        text = json.dumps(program)
        try:
            reading = None if circuit is None else reading_for(text, circuit)
            result = recheck(text, self._seed + number, reading=reading)
        except BudgetError:
            raise
        except EqcompileError as error:
            return "not rechecked", str(error)
        if circuit is not None:
            self.notes += circuit.notes
            if circuit.name != program["target"]:
                return "CONTRADICTED", f"the circuit of the spec is called {quoted(circuit.name)}"
            if circuit.sha256 and circuit.sha256 != program["spec_sha256"]:
                return "CONTRADICTED", "its own certificate is about another spec: the hashes differ"
        if not result.confirmed:
            worst = next((c for c in result.checks if c.outcome != "confirmed"), None)
            why = result.problems[0] if result.problems else f"{worst.key}: {worst.reason}" if worst else ""
            open_claim = worst is not None and worst.outcome == "not rechecked" and not result.problems
            return ("not rechecked" if open_claim else "CONTRADICTED"), why
        return "confirmed", f"{len(result.checks)} claims of its own certificate are confirmed"

    def _generator(self, finding: dict[str, Any], programs: dict[int, Outcome]) -> tuple[Outcome, str]:
        """What the programs make of one generator of the whole."""
        verdict, generator = finding["verdict"], self._group["generators"][finding["generator"]]
        if any(programs.get(k) != "confirmed" for k in range(len(self._target["programs"]))):
            return "not rechecked", "a program is not confirmed"
        open_program = any(p["verdict"] != "proven" for p in self._target["programs"])
        if open_program:
            fits = verdict == "not decided"
            return ("confirmed" if fits else "CONTRADICTED"), "a program is not proven"
        if verdict == "not decided":
            return "CONTRADICTED", "all programs are proven, and so it can be decided"
        proven = [Proven(program) for program in self._target["programs"]]
        why = self._fails(finding, generator, proven)
        if (verdict == "proven") == (not why):
            return "confirmed", why or "follows from the certificates of the programs, in exact arithmetic"
        return "CONTRADICTED", why or "it holds, as far as this check can tell"

    def _fails(self, finding: dict[str, Any], generator: dict[str, Any], proven: list[Proven]) -> str:
        kind, listed, terms = generator["kind"], finding["evidence"]["images"], self._terms
        if kind in ("rotation", "translation"):
            if listed:
                return "it lists images of terms, which this kind of element does not have"
            test = _turns if kind == "rotation" else _shifts
            return next((why for t in terms if (why := test(t, proven))), "")
        images = tuple(generator["sites"] or range(len(self._group["sites"])))
        sign = -1 if kind == "inversion" else 1
        if finding["verdict"] == "proven":
            return why_no_images(listed, terms, proven, images, sign)
        return (
            "" if can_match(terms, proven, images, sign) else "the terms cannot be matched with their images"
        )


def _turns(term: Term, proven: list[Proven]) -> str:
    if proven[term.program].turns:
        return ""
    return f"program {term.program} is not proven for all rotations of its sites together"


def _shifts(term: Term, proven: list[Proven]) -> str:
    return "" if not any(map(sum, term.rows)) else "a combination of sites does not add up to zero"
