"""The claim that a state is invariant."""

from dataclasses import replace

from eqcompile.claims.certificate import Counterexample, Finding
from eqcompile.claims.evidence import state_evidence
from eqcompile.claims.of_circuit.character import character_note
from eqcompile.claims.table import INVARIANT_STATE
from eqcompile.claims.witness import reproduce_state_change
from eqcompile.exact.arithmetic.scalars import format_scalar
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.symmetry import Symmetry

EXACT_ACTION = "exact action of every group generator"


def check_state(state: ExactState, symmetry: Symmetry, subject: str) -> Finding:
    """The state is invariant up to a phase: an eigenvector of every generator of the group.

    The phases form a one-dimensional character of the group, which is reported.
    """
    return replace(_check_state(state, symmetry, subject), key="state", evidence=state_evidence(state))


def _check_state(state: ExactState, symmetry: Symmetry, subject: str) -> Finding:
    characters = []
    for lie in symmetry.lie_generators:
        value = state.eigenvalue_of(state.apply(lie.operator))
        if value is None:
            return _refuse_state(state, subject, f"e^(-i phi {lie.name})", state.apply(lie.operator), lie)
        characters.append(format_scalar(value))
    for finite in symmetry.finite_generators:
        value = state.eigenvalue_of(finite.on_qubits.apply(state))
        if value is None:
            return _refuse_state(state, subject, finite.name, finite.on_qubits.apply(state), finite)
        characters.append(format_scalar(value))
    detail = character_note(symmetry.generators, characters) or "strictly"
    return Finding(INVARIANT_STATE.name, subject, "proven", EXACT_ACTION, detail, character=tuple(characters))


def _refuse_state(
    state: ExactState,
    subject: str,
    element: str,
    image: ExactState,
    generator: GroupGenerator,
) -> Finding:
    applied = "T |psi>" if isinstance(generator, LieGenerator) else "R |psi>"
    example = Counterexample(
        element,
        f"{applied} for |psi> = {state.abbreviated()}",
        "a multiple of |psi>",
        image.abbreviated(),
        reproduce_state_change(state, generator),
    )
    return Finding(INVARIANT_STATE.name, subject, "refused", EXACT_ACTION, f"changed by {element}", example)
