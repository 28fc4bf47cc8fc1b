"""What a claim is: one object that says who owes it, what its evidence is, and whether it holds.

Every kind of claim is a class of its own, in a file of its own under ``of_model/`` or ``of_circuit/``, and a row of
:mod:`eqcompile.claims.table`. An instance is the claim about one operator, state, gate or generator.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.evidence import Plain
from eqcompile.symmetry.symmetry import Symmetry

MODEL, MODEL_WITHOUT_DATA, PARTS = "model", "model without data", "parts"
CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL = "circuit", "prepared state", "circuit model"

CIRCUITS = {"circuit": CIRCUIT, "state": PREPARED_STATE, "model": CIRCUIT_MODEL}
"""Kind of target, by what is claimed of a circuit."""


def kind_of(target: Mapping[str, Any]) -> str:
    """Kind of a target section, as the table has it.

    >>> kind_of({"kind": "circuit", "claim": "state"})
    'prepared state'
    """
    if target["kind"] == "circuit":
        return CIRCUITS[target["claim"]]
    return MODEL_WITHOUT_DATA if target["kind"] == MODEL and not target["data"] else str(target["kind"])


@dataclass(frozen=True)
class Claim(ABC):
    """One claim, about one subject, for one group.

    Attributes:
        name: name of this kind of claim, such as ``"equivariant gate"``.
        form: form of the keys of its findings, such as ``"layer[{place}]"``.
        targets: kinds of target that demand it.
        fields: fields that the evidence needs besides ``about``.
        sentence: form of the text that says what a finding is about; its fields are those of the finding.
        exact: whether it is decided by exact equations, without any probability of error.
        characters: whether a proof names the phase by which the group acts: for one generator, or for all.
        symmetry: the group.
    """

    name: ClassVar[str]
    form: ClassVar[str]
    targets: ClassVar[tuple[str, ...]]
    fields: ClassVar[tuple[str, ...]] = ()
    sentence: ClassVar[str]
    exact: ClassVar[bool] = True
    characters: ClassVar[bool] = False

    symmetry: Symmetry

    @classmethod
    def demanded(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        """Keys of the claims of this kind that a target owes.

        Args:
            target: the target section of a certificate.
            num_generators: number of generators of the group.
        """
        kind = kind_of(target)
        if kind not in cls.targets or (kind == PARTS and cls.form not in target["parts"]):
            return []
        return cls._keys(target, num_generators)

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        """The keys for a target of a fitting kind: a single one, unless a claim says otherwise."""
        return [cls.form]

    @property
    def key(self) -> str:
        """Which of the demanded claims this is."""
        return self.form

    @property
    def place(self) -> tuple[str | int, ...]:
        """Path of the subject in the spec of a model; empty for the whole."""
        return ()

    @property
    def subject(self) -> str:
        """What the claim is about, in words made from the fields of its evidence."""
        return self.sentence.format(**self.evidence())

    @abstractmethod
    def evidence(self) -> Plain:
        """Plain data from which the claim can be decided again."""

    @abstractmethod
    def decide(self) -> Finding:
        """Whether the claim holds."""

    def _found(
        self,
        verdict: Verdict,
        method: str,
        detail: str = "",
        counterexample: Counterexample | None = None,
        error_exponent: int | None = None,
        generator: int | None = None,
        character: tuple[str | None, ...] = (),
    ) -> Finding:
        """A finding of this claim."""
        return Finding(
            self.name, self.subject, verdict, method, detail, counterexample, key=self.key, evidence=self.evidence(),
            error_exponent=error_exponent, generator=generator, character=character,
        )  # fmt: skip
