"""The only claim about a circuit and a group without generators, under which everything is equivariant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eqcompile.claims.certificate import Finding, Verdict
from eqcompile.claims.claim import CIRCUIT, CIRCUIT_MODEL, PREPARED_STATE, Claim
from eqcompile.claims.evidence import Plain


@dataclass(frozen=True)
class TrivialGroup(Claim):
    """Nothing is demanded.

    Attributes:
        target: name of the circuit.
    """

    name = "trivial group"
    form = "trivial"
    targets = (CIRCUIT, PREPARED_STATE, CIRCUIT_MODEL)
    sentence = "{target}"

    target: str

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        return [] if num_generators or target["unchanged"] else [cls.form]

    @property
    def subject(self) -> str:
        """The name of the circuit."""
        return self.sentence.format(target=self.target)

    def evidence(self) -> Plain:
        """Nothing."""
        return {}

    def decide(self) -> Finding:
        """It holds."""
        detail = "the group has no generators, so that nothing is demanded"
        return self._found(Verdict.PROVEN, "nothing to check", detail)
