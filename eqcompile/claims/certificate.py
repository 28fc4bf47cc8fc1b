"""What was claimed, how it was checked, and, where it fails, a counterexample."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from eqcompile.errors import EqcompileError, quoted

LINE_WIDTH = 120
"""Data that fit into a line of JSON of this width stay on one line."""


class Verdict(StrEnum):
    """What became of a claim; as text it is what a certificate says.

    >>> Verdict.NOT_DECIDED == "not decided", str(Verdict("proven"))
    (True, 'proven')
    """

    PROVEN = "proven"
    REFUSED = "refused"
    NOT_DECIDED = "not decided"


MAX_VALUE_DIGITS = 16
"""Digits of a value in a counterexample. Beyond it, shortened: the middle is left out; the line under `reproduce`
gives the value anew."""


def abbreviated(value: int) -> str:
    """A number of a counterexample; if it is long, its first and last six digits.

    >>> abbreviated(12345), abbreviated(3**60)
    ('12345', '423911...433201')
    """
    digits = str(value)
    ends = MAX_VALUE_DIGITS // 2 - 2
    return digits if len(digits) <= MAX_VALUE_DIGITS else f"{digits[:ends]}...{digits[-ends:]}"


@dataclass(frozen=True)
class Counterexample:
    """A concrete case in which two values that must agree do not.

    Attributes:
        element: the group element.
        input: what it acts on.
        expected: the value that the symmetry demands.
        found: the value that was found.
        python: one line of Python that shows the difference.
    """

    element: str
    input: str
    expected: str
    found: str
    python: str

    def __str__(self) -> str:
        return f"under {self.element}, {self.input}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True)
class Finding:
    """One claim about one subject, decided.

    Attributes:
        claim: name in the table of claims (:mod:`eqcompile.claims.table`), such as ``"equivariant gate"``.
        subject: what it is about, such as ``"layer[2]: H(1,2) + H(0,3)"``.
        verdict: proven, refused or not decided; in the last case the detail says why.
        method: how it was decided.
        detail: what a reader wants to know besides the verdict.
        counterexample: given when refused.
        place: path of the subject in the spec, such as ``("ansatz", "layer", 2)``; empty for the whole.
        key: which of the demanded claims this is, such as ``"layer[2]"``.
        error_exponent: the error probability is below 2 to the power of minus this; ``None`` for an exact method.
        evidence: plain data from which the claim can be decided again.
        generator: number of the group's generator that the claim is about; ``None`` if it is about all.
        character: for a proven circuit or state, what the group multiplies it by, as exact text: one entry for the
            claim's generator, or one for every generator. For a single element g it is the phase chi of R U(x)
            R^dagger = chi U(V x), trivial if ``"1"``. For a one-parameter group it is the number lambda with
            chi = exp(-i phi lambda), trivial if ``"0"``. ``None`` stands for a phase that is not a root of unity of
            order up to 360, or a number that is not a small fraction; it may depend on the data.
    """

    claim: str
    subject: str
    verdict: Verdict
    method: str
    detail: str = ""
    counterexample: Counterexample | None = None
    place: tuple[str | int, ...] = ()
    key: str = ""
    error_exponent: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    generator: int | None = None
    character: tuple[str | None, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether the claim holds."""
        return self.verdict == Verdict.PROVEN


@dataclass(frozen=True)
class Certificate:
    """All findings about one target, for one group; truthy when there are claims and every one is proven.

    The digest in its JSON shows accidental changes. It is not a signature: anyone who changes a certificate on purpose
    can compute it anew. ``eqcompile recheck`` decides again what the claims rest on.

    Attributes:
        target: name of what was checked.
        group: the declared group.
        generators: names of the group generators that were checked.
        symmetry_left: the group that is proven; smaller than ``group`` if breaking was declared.
        findings: the claims, in the order of checking.
        spec_sha256: hash of the spec's text, and of the files that it names.
        target_sha256: hash of what was checked, where it is not the spec itself.
        versions: versions of the software that took part.
        demanded: keys of the claims that the target owes; each is decided by one finding.
        group_data: the generators of the group in plain data.
        target_data: what was checked, in plain data, as far as the claims do not hold it themselves.
        assumptions: how rounded numbers of the target were read; the claims are about these readings.
        kept: what ``symmetry_left`` is made of: numbers of factors and of generators, and combinations of them.
    """

    target: str
    group: str
    generators: tuple[str, ...]
    symmetry_left: str
    findings: tuple[Finding, ...]
    spec_sha256: str = ""
    target_sha256: str = ""
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)
    demanded: tuple[str, ...] = ()
    group_data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    target_data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    assumptions: tuple[str, ...] = ()
    kept: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)

    def __bool__(self) -> bool:
        return bool(self.findings) and not self.missing and all(finding.proven for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """Proven if every claim is, refused if one is, else not decided."""
        if self:
            return Verdict.PROVEN
        return Verdict.NOT_DECIDED if self.findings and not self.refused else Verdict.REFUSED

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The claims that failed."""
        return tuple(finding for finding in self.findings if finding.verdict == Verdict.REFUSED)

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """The claims that were not decided."""
        return tuple(finding for finding in self.findings if finding.verdict == Verdict.NOT_DECIDED)

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys of the demanded claims that are decided by no finding, or by more than one."""
        keys = [finding.key for finding in self.findings]
        return tuple(key for key in self.demanded if keys.count(key) != 1)

    @property
    def counterexample(self) -> Counterexample | None:
        """The first counterexample, or ``None`` if everything is proven."""
        return next((finding.counterexample for finding in self.refused), None)

    def to_json(self) -> str:
        """JSON text; the same certificate always gives the same text."""
        body = self._body()
        return _layout(body | {"digest": _digest(body)}) + "\n"

    def to_html(self) -> str:
        """A page of HTML that needs nothing else."""
        from eqcompile.claims.page import certificate_page

        return certificate_page(self._body())

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from eqcompile.claims.page import certificate_fragment

        return certificate_fragment(self._body())

    def _body(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        # Here: all of the recheck would be loaded with every command.
        from eqcompile.recheck.form import SCHEMA
        from eqcompile.recheck.sums.form import SUM_SCHEMA

        schema = SUM_SCHEMA if self.target_data.get("kind") == "sum" else SCHEMA
        return {"schema": schema, "verdict": self.verdict} | plain

    @classmethod
    def from_json(cls, text: str) -> "Certificate":
        """Read back what :meth:`to_json` wrote.

        Raises:
            EqcompileError: the text is not a certificate of this schema, with every field of the right type and no
                field twice. Or it contradicts itself, with a verdict that its findings do not bear out, a
                counterexample to a proven claim, a demanded claim that is missing, or a digest that does not fit.
        """
        from eqcompile.recheck.document import load_document
        from eqcompile.recheck.sums.form import is_sum, load_sum

        body = load_sum(text) if is_sum(text) else load_document(text)
        for program in body["target_data"].get("programs", ()):
            cls.from_json(json.dumps(program))
        digest, verdict = body.pop("digest"), body["verdict"]
        altered = digest != _digest(body)
        certificate = cls(**_as_values(body))
        for finding in certificate.findings:
            if finding.proven and finding.counterexample:
                raise EqcompileError(
                    f"the certificate proves {quoted(finding.subject)} and gives a counterexample"
                )
        if certificate.verdict != verdict:
            raise EqcompileError(
                f"the certificate says {quoted(str(verdict))}, its findings say {quoted(certificate.verdict)}"
            )
        if certificate.missing:
            raise EqcompileError(
                f"the certificate does not decide {quoted(certificate.missing[0])}, which is demanded"
            )
        if altered:
            raise EqcompileError(
                "the digest of the certificate does not fit: it was altered after it was written"
            )
        return certificate


def _as_values(body: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a certificate from plain data of the right form."""
    rest = {name: value for name, value in body.items() if name not in ("schema", "verdict")}
    return _with_tuples(rest) | {"findings": tuple(map(_finding, rest["findings"]))}


def _finding(data: Mapping[str, Any]) -> Finding:
    example = data["counterexample"]
    counterexample = None if example is None else Counterexample(**example)
    values = _with_tuples(data) | {"counterexample": counterexample, "verdict": Verdict(data["verdict"])}
    return Finding(**values)


def _with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def _digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _layout(value: Any, indent: str = "") -> str:
    """JSON with one line for whatever fits into one."""
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (len(indent) + len(short) <= LINE_WIDTH and indent):
        return short
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{json.dumps(k, ensure_ascii=False)}: {_layout(v, inner)}" for k, v in value.items()]
    else:
        lines = [_layout(v, inner) for v in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}{end}"
