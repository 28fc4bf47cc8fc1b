"""What is claimed of an operator, as the generator of gates or as an observable: it commutes with the group."""

from dataclasses import dataclass

from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.claim import Claim
from eqcompile.claims.evidence import Plain, operator_evidence
from eqcompile.claims.witness import distinguishing_element, reproduce_change, reproduce_operator
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator

EXACT_COMMUTATOR = "exact commutator with every group generator"


@dataclass(frozen=True)
class InvariantOperator(Claim):
    r"""The operator G is Hermitian, :math:`[T_a, G] = 0` and :math:`R_s G R_s^\dagger = G`.

    Attributes:
        op: G.
    """

    fields = ("operator", "shown")

    op: PauliSum

    def evidence(self) -> Plain:
        """The operator, whole and as it is shown."""
        return operator_evidence(self.op)

    def decide(self) -> Finding:
        """No generator of the group moves the operator, or one of them does."""
        op = self.op
        if not op.is_hermitian:
            example = Counterexample("the adjoint", shorthand(op), "the same operator", shorthand(op.adjoint()),
                                     f"op = {reproduce_operator(op)}; op == op.adjoint()")  # fmt: skip
            return self._found(Verdict.REFUSED, EXACT_COMMUTATOR, "not Hermitian", example)
        for generator in self.symmetry.generators:
            if not leaves_invariant(generator, op):
                example = _operator_counterexample(op, generator)
                return self._found(Verdict.REFUSED, EXACT_COMMUTATOR, f"changed by {generator.name}", example)
        return self._found(Verdict.PROVEN, EXACT_COMMUTATOR, self._detail())

    def _detail(self) -> str:
        """What a reader wants to know of an operator that is invariant."""
        return "for every angle"


def leaves_invariant(generator: GroupGenerator, op: PauliSum) -> bool:
    """Whether conjugation by the element, or by the whole one-parameter group, leaves ``op`` as it is."""
    if isinstance(generator, LieGenerator):
        return generator.operator.commutes_with(op)
    return generator.on_qubits.conjugate(op) == op


def _operator_counterexample(op: PauliSum, generator: GroupGenerator) -> Counterexample:
    element = distinguishing_element(generator, op)
    found = element.on_qubits.conjugate(op)
    return Counterexample(
        element.name,
        f"R G R^dagger for G = {shorthand(op)}",
        shorthand(op),
        shorthand(found),
        reproduce_change(op, generator),
    )
