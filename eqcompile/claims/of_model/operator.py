"""The claim that an operator commutes with the group: a generator of gates, or an observable."""

from dataclasses import replace

from eqcompile.claims.certificate import Counterexample, Finding
from eqcompile.claims.evidence import operator_evidence
from eqcompile.claims.table import EQUIVARIANT_GATE, INVARIANT_OBSERVABLE
from eqcompile.claims.witness import distinguishing_element, reproduce_change, reproduce_operator
from eqcompile.errors import LimitError
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.symmetry import Symmetry

EXACT_COMMUTATOR = "exact commutator with every group generator"


def check_generator(op: PauliSum, symmetry: Symmetry, subject: str) -> Finding:
    r"""``exp(-i theta G)`` is equivariant for every theta.

    G is Hermitian, :math:`[T_a, G] = 0` and :math:`R_s G R_s^\dagger = G`.
    """
    finding = _check_operator(EQUIVARIANT_GATE.name, op, symmetry, subject, "for every angle")
    return replace(finding, key="operator", evidence=operator_evidence(op))


def check_observable(op: PauliSum, symmetry: Symmetry, subject: str) -> Finding:
    """The observable is Hermitian and invariant; its exact spectrum is the range of the model."""
    finding = _check_operator(INVARIANT_OBSERVABLE.name, op, symmetry, subject, "")
    detail = f"spectrum {spectrum_text(op)}" if finding.proven else finding.detail
    return replace(finding, detail=detail, key="observable", evidence=operator_evidence(op))


def spectrum_text(op: PauliSum) -> str:
    """The distinct eigenvalues, or why they are not known exactly."""
    try:
        return ", ".join(str(value) for value in eigenvalues(op))
    except LimitError as error:
        return f"unknown: {error}"


def _check_operator(claim: str, op: PauliSum, symmetry: Symmetry, subject: str, detail: str) -> Finding:
    if not op.is_hermitian:
        example = Counterexample("the adjoint", shorthand(op), "the same operator", shorthand(op.adjoint()),
                                 f"op = {reproduce_operator(op)}; op == op.adjoint()")  # fmt: skip
        return Finding(claim, subject, "refused", EXACT_COMMUTATOR, "not Hermitian", example)
    for generator in symmetry.generators:
        if not leaves_invariant(generator, op):
            example = _operator_counterexample(op, generator)
            return Finding(
                claim, subject, "refused", EXACT_COMMUTATOR, f"changed by {generator.name}", example
            )
    return Finding(claim, subject, "proven", EXACT_COMMUTATOR, detail)


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
