"""A claim about a circuit, for one generator of the group: what the three claims of this kind have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from eqcompile.claims.certificate import Counterexample, Finding, Verdict, abbreviated
from eqcompile.claims.claim import Claim
from eqcompile.claims.evidence import Plain
from eqcompile.claims.of_circuit.character import character_note
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.task import PART, Decision
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator


@dataclass(frozen=True)
class ClaimByGenerator(Claim):
    """Something about a circuit under one generator, for all values of its parameters.

    Attributes:
        sides: what is compared, for a single element and for a one-parameter group.
        test: the test of the circuit.
        number: number of the generator.
        reproduce: arguments of :func:`eqcompile.equivariance_defect` in a counterexample's line of Python.
    """

    form = "generator {number}"
    sentence = "{target} under {generator}"
    exact = False
    sides: ClassVar[tuple[str, str]]

    test: CircuitTest
    number: int
    reproduce: str

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        return [cls.form.format(number=number) for number in range(num_generators)]

    @classmethod
    def all_of(cls, test: CircuitTest, reproduce: str) -> list[Self]:
        """The claim for every generator, in the order of the findings."""
        return [cls(test.symmetry, test, number, reproduce) for number in cls._order(test)]

    @classmethod
    def _order(cls, test: CircuitTest) -> Iterable[int]:
        return range(len(test.symmetry.generators))

    @property
    def generator(self) -> GroupGenerator:
        """The generator."""
        return self.symmetry.generators[self.number]

    @property
    def key(self) -> str:
        """The key with the number of the generator."""
        return self.form.format(number=self.number)

    @property
    def subject(self) -> str:
        """The circuit and the generator."""
        return self.sentence.format(target=self.test.circuit.name, generator=self.generator.name)

    def evidence(self) -> Plain:
        """Nothing besides the gates, which stand in the target section."""
        return {}

    @abstractmethod
    def decision(self) -> Decision:
        """What the test finds."""

    def decide(self) -> Finding:
        """The decision in words."""
        decision = self.decision()
        if decision.holds is None:
            return self._found(Verdict.NOT_DECIDED, "none", decision.reason, generator=self.number)
        method = (
            f"polynomial identity over the field of {self.test.point.field.p} elements: {decision.method}"
        )
        if not decision.holds:
            detail, example = self._fault(decision), self._counterexample(decision)
            return self._found(Verdict.REFUSED, method, detail, example, generator=self.number)
        count = len(self.test.circuit.parameters)
        values = f"for all values of its {count} parameters, " if count else ""
        characters = (decision.character,) if self.characters else ()
        note = character_note((self.generator,), characters) if characters else ""
        detail = f"{values}{note}{', ' if note else ''}error probability below 2^-{self.test.exponent}"
        return self._found(
            Verdict.PROVEN, method, detail, error_exponent=self.test.exponent, generator=self.number,
            character=characters,
        )  # fmt: skip

    def _fault(self, decision: Decision) -> str:
        """What is known of the cause of a refusal."""
        return ""

    def _counterexample(self, decision: Decision) -> Counterexample:
        assert decision.difference is not None
        bits, left, right = decision.difference
        ket = "|" + "".join(str(bits >> q & 1) for q in range(self.test.circuit.num_qubits)) + ">"
        continuous = isinstance(self.generator, LieGenerator)
        sides = self.sides[continuous].format(ket=ket)
        if decision.method == PART:
            sides += " for the part of the circuit that is open"
        what = self.test.question.what
        last = "" if what == "circuit" else f', what="{what}"'
        line = f"eq.equivariance_defect({self.reproduce}, {self.test.question.reference(self.number)}{last})"
        return Counterexample(
            f"e^(-i phi {self.generator.name})" if continuous else self.generator.name,
            f"{sides}, at the random point of the field that the certificate fixes",
            abbreviated(left),
            abbreviated(right),
            line,
        )
