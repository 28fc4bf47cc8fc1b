"""The claim that a state is invariant."""

from dataclasses import dataclass

from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.claim import MODEL, MODEL_WITHOUT_DATA, PARTS, Claim
from eqcompile.claims.evidence import Plain
from eqcompile.claims.of_circuit.character import character_note
from eqcompile.claims.witness import reproduce_state_change
from eqcompile.exact.arithmetic.scalars import format_scalar
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator

EXACT_ACTION = "exact action of every group generator"


@dataclass(frozen=True)
class InvariantState(Claim):
    """The state is invariant up to a phase: an eigenvector of every generator of the group.

    The phases form a one-dimensional character of the group, which is reported.

    Attributes:
        state: the state, not normalised.
    """

    name = "invariant state"
    form = "state"
    targets = (MODEL, MODEL_WITHOUT_DATA, PARTS)
    fields = ("state", "shown")
    sentence = "state {shown}"
    characters = True
    place = ("state",)

    state: ExactState

    def evidence(self) -> Plain:
        """The state, whole and as it is shown."""
        return {"state": str(self.state), "shown": self.state.abbreviated()}

    def decide(self) -> Finding:
        """Every generator multiplies the state by a number, or one of them changes it."""
        state, characters = self.state, []
        for lie in self.symmetry.lie_generators:
            value = state.eigenvalue_of(state.apply(lie.operator))
            if value is None:
                return self._refuse(f"e^(-i phi {lie.name})", state.apply(lie.operator), lie)
            characters.append(format_scalar(value))
        for finite in self.symmetry.finite_generators:
            value = state.eigenvalue_of(finite.on_qubits.apply(state))
            if value is None:
                return self._refuse(finite.name, finite.on_qubits.apply(state), finite)
            characters.append(format_scalar(value))
        detail = character_note(self.symmetry.generators, characters) or "strictly"
        return self._found(Verdict.PROVEN, EXACT_ACTION, detail, character=tuple(characters))

    def _refuse(self, element: str, image: ExactState, generator: GroupGenerator) -> Finding:
        applied = "T |psi>" if isinstance(generator, LieGenerator) else "R |psi>"
        example = Counterexample(
            element,
            f"{applied} for |psi> = {self.state.abbreviated()}",
            "a multiple of |psi>",
            image.abbreviated(),
            reproduce_state_change(self.state, generator),
        )
        return self._found(Verdict.REFUSED, EXACT_ACTION, f"changed by {element}", example)
