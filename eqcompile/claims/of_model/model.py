"""The claim about a whole model: its expectation value is invariant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.claims.certificate import Counterexample, Finding, Verdict, abbreviated
from eqcompile.claims.claim import MODEL, MODEL_WITHOUT_DATA, Claim
from eqcompile.claims.evidence import Plain
from eqcompile.claims.field.identity import Input, ModelIdentity, why_not_applicable
from eqcompile.claims.of_model.breaking import Residue, residue_of
from eqcompile.claims.witness import reproduce_model_change
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator

Move: TypeAlias = tuple[GroupGenerator, ...]
"""Generators that move the data together, each by a random element if it is continuous."""


@dataclass(frozen=True)
class WholeModel(Claim):
    """A model as a whole.

    Attributes:
        ansatz: the circuit.
        parts: findings of the claims about its parts.
    """

    form = "model"
    fields = ("depth", "blocks", "encoding")

    ansatz: ReuploadingAnsatz
    parts: tuple[Finding, ...]

    def evidence(self) -> Plain:
        """How the parts make the model."""
        seen: dict[str, int] = {}
        order = []
        for gate in self.ansatz.encoding:
            number = seen.get(gate.scale, 0)
            order.append([gate.scale, number])
            seen[gate.scale] = number + 1
        return {"depth": self.ansatz.depth, "blocks": self.ansatz.blocks, "encoding": order}

    @property
    def subject(self) -> str:
        """How many layers and parameters."""
        ansatz = self.ansatz
        return self.sentence.format(depth=ansatz.depth, parameters=len(ansatz.parameter_names))

    def _composed(self, objection: str) -> Finding:
        """Invariant state, equivariant gates and invariant observable make an invariant model."""
        method = f"composition of the claims above ({objection})"
        if all(part.proven for part in self.parts):
            return self._found(Verdict.PROVEN, method)
        example = next((part.counterexample for part in self.parts if part.counterexample), None)
        return self._found(Verdict.REFUSED, method, "a part is refused", example)


@dataclass(frozen=True)
class InvariantModelWithoutData(WholeModel):
    """The circuit commutes with the group, and state and observable are invariant: there is nothing else to vary."""

    name = "invariant model"
    targets = (MODEL_WITHOUT_DATA,)
    sentence = "the circuit of {depth} layers commutes with the group"

    def decide(self) -> Finding:
        """From the claims about the parts."""
        return self._composed("no data to vary")


@dataclass(frozen=True)
class InvariantModel(WholeModel):
    r"""The expectation value obeys :math:`f(V_g x) = f(x)` for all parameters, x, and g that a breaking leaves.

    Attributes:
        state: the state that the model starts from.
        observable: O.
        seed: fixes the field and the random point.
    """

    name = "invariant model"
    targets = (MODEL,)
    sentence = "f(V x) = f(x) for {depth} layers, {parameters} parameters"
    exact = False

    state: ExactState
    observable: PauliSum
    seed: str

    def decide(self) -> Finding:
        """By the value at x and at V x, or from the parts where the identity test does not apply."""
        if objection := why_not_applicable(self.ansatz):
            return self._composed(objection)
        if not self._elements:
            return self._found(Verdict.PROVEN, "nothing to check", "no group is left")
        # The random angles of the one-parameter groups are independent, so one point decides them together. Fixed
        # elements are decided one by one: a change by one of them could undo the change by another.
        moves: list[Move] = [(element,) for element in (*self._residue.tilted, *self._residue.finite)]
        moves += [self._residue.lie] if self._residue.lie else []
        identity, points = self._drawn(moves)
        method = f"polynomial identity at a random point of the field of {identity.field.p} elements"
        value, *moved = identity.values(points)
        for number, move in enumerate(moves):
            if moved[number] != value:
                # The counterexample is drawn anew, as if nothing had been asked after the first failure.
                identity, _ = self._drawn(moves[: number + 1])
                return self._refuse(method, (*((e,) for e in self._elements), move), identity)
        exponent = identity.field.p.bit_length() - 1 - (len(moves) * identity.degree).bit_length()
        detail = f"error probability below 2^-{exponent}"
        return self._found(Verdict.PROVEN, method, detail, error_exponent=exponent)

    def _drawn(self, moves: Sequence[Move]) -> tuple[ModelIdentity, list[Input]]:
        """The model over its field, a random input, and the input after each of the moves."""
        identity = ModelIdentity(self.ansatz, self.state, self.observable, self.seed, self._elements)
        x = identity.random_input()
        return identity, [x, *(identity.moved(x, move) for move in moves)]

    @cached_property
    def _residue(self) -> Residue:
        return residue_of(self.symmetry, self.ansatz.breaking or PauliSum.zero(self.symmetry.num_qubits))

    @property
    def _elements(self) -> tuple[GroupGenerator, ...]:
        """What is left of the group."""
        return (*self._residue.lie, *self._residue.tilted, *self._residue.finite)

    def _refuse(self, method: str, moves: Sequence[Move], identity: ModelIdentity) -> Finding:
        """Name the first of the moves that changes the value: single generators before their products."""
        x = identity.random_input()
        value = identity.value(x)
        found = ((move, identity.value(identity.moved(x, move))) for move in moves)
        move, moved = next((move, moved) for move, moved in found if moved != value)
        names = " ".join(element.name for element in move)
        example = Counterexample(
            f"a random rotation by {names}" if isinstance(move[0], LieGenerator) else names,
            "f at a random point of the field, which the hash of the spec fixes",
            abbreviated(value),
            abbreviated(moved),
            reproduce_model_change(move, len(self.ansatz.parameter_names), len(self.ansatz.site_names)),
        )
        return self._found(Verdict.REFUSED, method, f"changed by {names}", example)
