"""What was claimed, how it was checked, and, where it fails, a counterexample."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from eqcompile.errors import EqcompileError

SCHEMA = "eqcompile.certificate/1"

Verdict = Literal["proven", "refused", "not decided"]


@dataclass(frozen=True)
class Counterexample:
    """A concrete case in which two values that must agree do not.

    Attributes:
        element: the group element.
        input: what it acts on.
        expected: the value that the symmetry demands.
        found: the value that there is.
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
        claim: such as ``"commutes"``.
        subject: what it is about, such as ``"layer[2]: H(1,2) + H(0,3)"``.
        verdict: ``"proven"``, ``"refused"`` or ``"not decided"``; the detail then says why not.
        method: how it was decided.
        detail: what a reader wants to know beside the verdict.
        counterexample: given when refused.
        place: path of the subject in the spec, such as ``("ansatz", "layer", 2)``; empty for the whole.
    """

    claim: str
    subject: str
    verdict: Verdict
    method: str
    detail: str = ""
    counterexample: Counterexample | None = None
    place: tuple[str | int, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether the claim holds."""
        return self.verdict == "proven"


@dataclass(frozen=True)
class Certificate:
    """All findings about one target, for one group; truthy when there are claims and every one is proven.

    Attributes:
        target: name of what was checked.
        group: the declared group.
        generators: names of the group generators that were checked.
        symmetry_left: the group that is proven; smaller than ``group`` if breaking was declared.
        findings: the claims, in the order of checking.
        spec_sha256: hash of the spec's text.
        target_sha256: hash of what was checked, where it is not the spec itself.
        versions: versions of the software that took part.
    """

    target: str
    group: str
    generators: tuple[str, ...]
    symmetry_left: str
    findings: tuple[Finding, ...]
    spec_sha256: str = ""
    target_sha256: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.findings) and all(finding.proven for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """``"proven"`` when every claim is, ``"refused"`` when one is, else ``"not decided"``."""
        if self:
            return "proven"
        return "not decided" if self.findings and not self.refused else "refused"

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The claims that failed."""
        return tuple(finding for finding in self.findings if finding.verdict == "refused")

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """The claims that were not decided."""
        return tuple(finding for finding in self.findings if finding.verdict == "not decided")

    @property
    def counterexample(self) -> Counterexample | None:
        """The first counterexample, or ``None`` if everything is proven."""
        return next((finding.counterexample for finding in self.refused), None)

    def to_json(self) -> str:
        """JSON text; the same certificate always gives the same text."""
        body = {"schema": SCHEMA, "verdict": self.verdict} | asdict(self)
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Certificate":
        """Read back what :meth:`to_json` wrote.

        Raises:
            EqcompileError: not a certificate of this schema, or it contradicts itself: a verdict its findings
                do not bear out, or a counterexample to a proven claim.
        """
        body = _load_object(text)
        verdict = body.pop("verdict", None)
        try:
            findings = tuple(_finding(entry) for entry in body.pop("findings"))
            body["generators"] = tuple(body["generators"])
            certificate = cls(findings=findings, **body)
        except (AttributeError, KeyError, TypeError) as error:
            raise EqcompileError(f"the certificate is incomplete or has unknown fields: {error}") from None
        if certificate.verdict != verdict:
            raise EqcompileError(
                f"the certificate says {verdict!r}, its findings say {certificate.verdict!r}"
            )
        return certificate


def _load_object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        raise EqcompileError(f"not a certificate: {error}") from None
    if not isinstance(body, dict) or body.pop("schema", None) != SCHEMA:
        raise EqcompileError(f"not a certificate of schema {SCHEMA!r}")
    return body


def _finding(entry: dict[str, Any]) -> Finding:
    example = entry.pop("counterexample")
    place = tuple(entry.pop("place"))
    finding = Finding(counterexample=Counterexample(**example) if example else None, place=place, **entry)
    if finding.verdict not in get_args(Verdict):
        raise EqcompileError(f"the certificate has the verdict {finding.verdict!r}, which is not known")
    if finding.proven and finding.counterexample:
        raise EqcompileError(f"the certificate proves {finding.subject!r} and gives a counterexample")
    return finding
