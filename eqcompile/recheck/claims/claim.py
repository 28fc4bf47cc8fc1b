"""What the recheck knows about a claim: who owes it, what its evidence is, and how it is decided again.

Written down again, not imported: :mod:`eqcompile.claims` has classes of the same names, and shares no code with these.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Literal

from eqcompile.errors import EqcompileError
from eqcompile.recheck.algebra.group import Generator, Group
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.claims.character import is_trivial, misnamed
from eqcompile.recheck.shapes import Shape

MODEL, MODEL_WITHOUT_DATA, PARTS = "model", "model without data", "parts"
CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL = "circuit", "prepared state", "circuit model"

CIRCUITS = {"circuit": CIRCUIT, "state": PREPARED_STATE, "model": CIRCUIT_MODEL}
"""Kind of target, keyed by what is claimed about a circuit."""

Outcome = Literal["confirmed", "CONTRADICTED", "not rechecked"]

Plain = Mapping[str, Any]

Evidence = Mapping[str, Shape]


def kind_of(target: Plain) -> str:
    """Kind of a target section, as named in the table.

    Raises:
        EqcompileError: the kind is unknown.
    """
    if target["kind"] == "circuit":
        return CIRCUITS[target["claim"]]
    if target["kind"] == MODEL:
        return MODEL if target["data"] else MODEL_WITHOUT_DATA
    if target["kind"] != PARTS:
        raise EqcompileError(f"an unknown kind of target: {target['kind']}")
    return PARTS


@dataclass(frozen=True)
class Case:
    """One finding over one field.

    Attributes:
        finding: finding of the certificate.
        target: what it is decided about, as a target section.
        parts: what it is decided about, as the evidence of every claim, by key.
        group: the group section over the field.
        source: source of randomness.
        left: gives the generators that a declared breaking leaves.
        rational: gives the matrix of a site under a generator, as rational numbers.
    """

    finding: Plain
    target: Plain
    parts: Mapping[str, Plain]
    group: Group
    source: Random
    left: Callable[[], Sequence[Generator]]
    rational: Callable[[int, int], Any]

    @property
    def evidence(self) -> Plain:
        """Evidence of the claim itself."""
        return self.parts[self.finding["key"]]

    def characters_fail(self, values: Sequence[int]) -> str:
        """Why phases are not what the finding says, or not what is asked for; empty if they are."""
        number, group = self.finding["generator"], self.group
        about = group.generators if number is None else [group.generators[number]]
        pairs = [(g.lie is not None, value) for g, value in zip(about, values, strict=False)]
        if self.target["strict"] and not all(is_trivial(value, lie) for lie, value in pairs):
            return "it holds up to a phase only, and phase 1 is asked for"
        if self.finding["verdict"] != "proven":
            return ""
        names = self.finding["character"]
        if len(names) != len(pairs):
            return f"it names {len(names)} characters, and {len(pairs)} were found"
        reasons = (misnamed(name, value, lie, group.field)
                   for name, (lie, value) in zip(names, pairs, strict=True))  # fmt: skip
        return next((reason for reason in reasons if reason), "")


class Claim(ABC):
    """One row of the table.

    Attributes:
        name: name of the claim, such as ``"equivariant gate"``.
        form: form of the keys of its findings, such as ``"layer[{place}]"``.
        targets: kinds of target that demand it.
        evidence: fields that the evidence owes besides ``about``, with their shapes.
        told_by: the field that distinguishes this evidence from others.
        sentence: form of the text that says what a finding is about, filled in from its fields.
        exact: whether it is decided by exact equations, without any probability of error.
        characters: whether a proof names the phase by which the group acts: for one generator, or for all.
    """

    name: ClassVar[str]
    form: ClassVar[str]
    targets: ClassVar[tuple[str, ...]]
    evidence: ClassVar[Evidence] = {}
    told_by: ClassVar[str] = ""
    sentence: ClassVar[str]
    exact: ClassVar[bool] = True
    characters: ClassVar[bool] = False

    def demanded(self, target: Plain, num_generators: int) -> list[str]:
        """Keys of the claims of this kind that a target owes."""
        kind = kind_of(target)
        if kind not in self.targets or (kind == PARTS and self.form not in target["parts"]):
            return []
        return self.keys(target, num_generators)

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """The keys, given that the kind of the target fits."""
        return [self.form]

    def place(self, key: str) -> list[Any]:
        """Path of the subject in the spec of a model."""
        return []

    def words(self, finding: Plain, body: Plain) -> dict[str, Any]:
        """Words of the sentence besides the evidence and the target's name.

        Args:
            finding: the finding, with its key and evidence.
            body: the certificate.
        """
        return {}

    def subject(self, finding: Plain, body: Plain) -> str:
        """The text that says what a finding is about, from its fields."""
        fields = {"target": body["target"], **finding["evidence"], **self.words(finding, body)}
        return self.sentence.format(**fields)

    def shown_otherwise(self, evidence: Plain, group: Group) -> bool:
        """Whether the evidence differs from the part of it that is shown."""
        return False

    def moved_by(self, evidence: Plain, group: Group) -> str:
        """Why a group changes what the claim is about; empty if it does not, or if no such claim is made."""
        return ""

    @abstractmethod
    def fails(self, case: Case) -> str:
        """Why the claim fails over one of the fields; empty if it holds.

        Raises:
            EqcompileError: the claim is beyond the means of this check.
        """

    def outcome(self, cases: Sequence[Case], found: Mapping[str, str]) -> tuple[Outcome, str]:
        """Compare the verdict with what is found now.

        Args:
            cases: the finding over every field.
            found: verdicts of the earlier claims that were found again, by key.
        """
        # A field is an image of the exact numbers, so what fails over one field fails for the numbers. What holds over
        # all fields is an identity, but for the tiny probability that the random points are roots.
        reasons = [self.fails(case) for case in cases]
        why = next((reason for reason in reasons if reason), "")
        if (cases[0].finding["verdict"] == "proven") == (not why):
            return "confirmed", why or f"holds over {len(cases)} random prime fields of 160 bits"
        return "CONTRADICTED", why or "it holds, as far as this check can tell"


def shown_operator_differs(evidence: Plain, group: Group) -> bool:
    """Whether the operator shown differs from the one in the evidence."""
    shown, whole = (operator(evidence[key], group.num_qubits, group.field) for key in ("shown", "operator"))
    return shown != whole
