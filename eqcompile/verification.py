"""What `verify` decides: an operator, a state, a circuit of any origin, a spec or a program."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from eqcompile.arguments import require_truth, seed_number, whole_number
from eqcompile.budgets import stage
from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.certificate import Certificate, Finding
from eqcompile.claims.certify import certificate_of, circuit_findings, strict_certificate
from eqcompile.claims.claim import Claim
from eqcompile.claims.evidence import circuit_target
from eqcompile.claims.of_model.gate import EquivariantOperator
from eqcompile.claims.of_model.observable import InvariantObservableClaim
from eqcompile.claims.of_model.sectors import SectorWeights
from eqcompile.claims.of_model.state import InvariantState
from eqcompile.claims.question import WHATS, Question, What
from eqcompile.compile_spec import compile
from eqcompile.declaration.lift import state_of, symmetry_of
from eqcompile.declaration.spec import Spec
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.derivation.resolve import resolve
from eqcompile.errors import ExpressionError, MethodError, SpecError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.parameter_roles import taken_for_granted
from eqcompile.program import Program
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.targets import (
    KNOWN,
    Exact,
    Foreign,
    Places,
    checked_data,
    circuit_on_register,
    declared_circuit,
    declared_model,
    declared_symmetry,
    exact_observable,
    exact_target,
    naming,
    on_register,
    read_observable,
    read_target,
    require_known,
    target_hash,
    whole_vectors,
)
from eqcompile.terms import ProgramSum

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

    from eqcompile.numeric.defect import Defect


@stage("the proof")
def verify(
    target: "Spec | SumSpec | Program | ProgramSum | Exact | Foreign",
    spec: Spec | SumSpec | Symmetry | str | os.PathLike[str] | None = None,
    data: Places | None = None,
    what: What = "circuit",
    observable: "PauliSum | SparsePauliOp | None" = None,
    strict: bool = False,
    sectors: bool = False,
) -> Certificate:
    """Decide whether something respects a declared symmetry.

    Args:
        target: a spec or program (everything it declares), or the name of a spec's YAML file; a sum of circuits or its
            spec; an operator (as a gate generator or observable), a state, or a circuit, ours or Qiskit's; or the name
            of an OpenQASM 2 or 3 or QPY file.
        spec: the spec that declares the group, the name of a spec's file, or a group built in Python; needed for all
            but a spec or a program.
        data: circuit parameters that are coordinates of sites, such as ``{"theta": ("H1", "x")}`` or
            ``{"theta": "H1.x"}``; by default those named ``H1_x``, ``H1_y``, ``H1_z`` and so on.
        what: what is claimed of a circuit: ``"circuit"``, that it is equivariant; ``"state"``, that the state which it
            prepares from zeros is invariant up to a phase; ``"model"``, that the expectation value of the observable is
            invariant.
        observable: the observable of a model; by default the spec's.
        strict: whether to ask for phase 1 of circuits and states. Otherwise they may be multiplied by a phase under the
            group, which the certificate names. It matters where the circuit is controlled, and where sectors matter.
        sectors: whether to ask for the exact weights of a state (or of the state that a spec or program starts from) in
            every sector of the group, in place of whether it is invariant.

    Returns:
        A certificate: truthy when proven, with a counterexample when refused. Circuits are decided for all values of
        their parameters. A circuit with gates that have no exact form is measured at random points, where a large
        defect refuses it and a small one is no proof.

    Raises:
        DimensionError: the target and the spec differ in their number of qubits, or the target lacks a parameter that
            is named in ``data``.
        MethodError: an operator, state or circuit without a spec, a kind of target that is not known, or an argument
            that has no effect for this one.
        BackendError: a circuit or file cannot be read.
    """
    if not isinstance(what, str) or what not in WHATS:
        raise MethodError(f"unknown claim {what!r}; known: {', '.join(WHATS)}")
    if require_truth("sectors", sectors) and strict:
        raise MethodError(
            "strict is about the phases of what is invariant, and sectors are weights; leave one out"
        )
    if spec is None and _names_a_spec(target):
        target = declared_model(target)
    if isinstance(target, SumSpec | ProgramSum):
        _refuse_for_parts(data, what, observable)
        return _verify_sum(target, spec, strict, sectors)
    spec = None if spec is None else declared_circuit(spec)
    if isinstance(target, Program | Spec):
        _refuse_for_parts(data, what, observable)
    if sectors and isinstance(target, Program):
        target = target.spec
    if isinstance(target, Program):
        # What was decided when the program was compiled holds for the spec that it carries, and for no other.
        if spec is not None and (isinstance(spec, Symmetry) or resolve(spec) != target.spec):
            raise MethodError("a program is verified against the spec it was compiled from; give no other")
        return strict_certificate(target.certificate, target.symmetry) if strict else target.certificate
    if isinstance(target, Spec):
        if spec not in (None, target):
            raise MethodError("a spec is verified against the group it declares itself; give no other")
        found = _verify_spec(target, sectors)
        return strict_certificate(found, symmetry_of(resolve(target))) if strict else found
    if spec is None:
        raise MethodError(f"cannot verify {type(target).__name__} alone; give {KNOWN}")
    symmetry = declared_symmetry(spec)
    names = checked_data(data, symmetry)
    # For a site whose coordinates are all named, the reader may take azimuth, elevation and length for one vector.
    exact, notes = read_target(target, whole_vectors(names, symmetry))
    with naming(target):
        exact = on_register(exact, symmetry)
        require_known(data, exact, symmetry)
    if isinstance(exact, Circuit):
        notes = (
            *exact.notes,
            *taken_for_granted(exact, names, symmetry),
        )
    # Only what was read tells the kind of the target, and so which arguments would have no effect.
    _refuse_unused(exact, what, observable)
    if sectors and not isinstance(exact, ExactState):
        raise MethodError("sectors belong to a state, or to a spec that declares one; leave sectors out")
    if observable is None and isinstance(spec, Spec):
        observable = resolve(spec).observable
    measured_op, observable_notes = read_observable(observable)
    notes += observable_notes if what == "model" else ()
    with naming(target):
        question = Question(symmetry, names, what, measured_op)
        findings = tuple(_findings(target, exact, question, sectors))
    name = exact.name if isinstance(exact, Circuit) else findings[0].subject
    sha256 = "" if isinstance(spec, Symmetry) else spec.source.sha256
    if not isinstance(exact, Circuit):
        certificate = certificate_of(name, symmetry, findings, sha256)
    else:
        # The gates go into the certificate, so that it can be decided again without the file.
        plain = circuit_target(exact, question)
        certificate = certificate_of(name, symmetry, findings, sha256, plain)
    certificate = replace(certificate, target_sha256=target_hash(target, exact), assumptions=notes)
    return strict_certificate(certificate, symmetry) if strict else certificate


def _verify_sum(target: SumSpec | ProgramSum, spec: object, strict: bool, sectors: bool) -> Certificate:
    """The certificate of a sum, for the symmetry that its own spec declares."""
    if strict or sectors:
        flag = "strict" if strict else "sectors"
        raise MethodError(
            f"{flag} is about a circuit or a state; a sum of circuits has values only; leave it out"
        )
    if spec is not None and spec != (target if isinstance(target, SumSpec) else target.spec):
        raise MethodError("a sum is verified against the symmetry that it declares itself; give no other")
    model = compile(target) if isinstance(target, SumSpec) else target
    if model.certificate is None:
        raise MethodError(
            f"{model.name} declares no symmetry of the whole: write a spec with terms, and compile it; its terms have "
            "certificates of their own"
        )
    return model.certificate


def _names_a_spec(target: object) -> bool:
    return isinstance(target, str | os.PathLike) and os.fspath(target).endswith((".yaml", ".yml"))


def _refuse_for_parts(data: object, what: What, observable: object) -> None:
    """Refuse arguments that would have no effect."""
    for name, given in (
        ("data", data is not None),
        ("what", what != "circuit"),
        ("observable", observable is not None),
    ):
        if given:
            raise MethodError(
                f"{name} is about a circuit; everything that a spec or program declares is verified; leave it out"
            )


def _refuse_unused(exact: Exact, what: What, observable: object) -> None:
    if not isinstance(exact, Circuit) and what != "circuit":
        kind = "an operator" if isinstance(exact, PauliSum) else "a state"
        raise MethodError(f'what="{what}" is about a circuit; the target is {kind}; leave it out')
    if observable is not None and what != "model":
        raise MethodError('an observable is about a model; add what="model", or leave it out')


def better_claim(target: "Foreign", spec: Spec, data: Places | None = None) -> What | None:
    """What can be claimed of a circuit that is not equivariant: that the model, or the state, is invariant.

    Returns:
        ``"model"``, if the spec has an observable whose expectation value is; else ``"state"``, if the prepared state
        is; else ``None``.
    """
    claims: list[What] = ["model", "state"] if _has_observable(spec) else ["state"]
    return next((what for what in claims if verify(target, spec, data, what)), None)


def _findings(target: object, exact: Exact, question: Question, sectors: bool) -> Iterator[Finding]:
    if isinstance(exact, PauliSum):
        yield EquivariantOperator(question.symmetry, exact).decide()
    elif isinstance(exact, ExactState):
        yield (SectorWeights if sectors else InvariantState)(question.symmetry, exact).decide()
    else:
        from eqcompile.numeric.measured import second_opinion

        named = repr(os.fspath(target)) if isinstance(target, str | os.PathLike) else "circuit"
        seed = target_hash(target, exact)
        for finding in circuit_findings(exact, question, seed, f"{named}, spec"):
            yield second_opinion(finding, exact, question)


def equivariance_defect(
    target: "Exact | Foreign",
    spec: Spec | Symmetry | str | os.PathLike[str],
    generator: str | int,
    data: Places | None = None,
    seed: int = 0,
    what: What = "circuit",
    observable: "PauliSum | SparsePauliOp | None" = None,
) -> "Defect":
    """How far a circuit is from what is claimed, under one generator, at one random point, in floating point.

    Args:
        target: a circuit, or the name of a file.
        spec: the spec that declares the group.
        generator: name of the group's generator, such as ``T_x`` or ``(H1 H2)``, or its place in
            ``symmetry.generators``, for when several have the same name.
        data: as for :func:`verify`.
        seed: seed for the parameters, and for the angle if the generator is continuous.
        what: ``"circuit"``, ``"state"`` or ``"model"``, as for :func:`verify`.
        observable: the observable of a model; by default the spec's.

    Raises:
        MethodError: the target is not a circuit.
        DimensionError: the number of qubits differs, or there is no such generator.
        LimitError: there are too many qubits.
    """
    from eqcompile.numeric.defect import circuit_defect

    if not isinstance(what, str) or what not in WHATS:
        raise MethodError(f"unknown claim {what!r}; known: {', '.join(WHATS)}")
    spec = declared_circuit(spec)
    symmetry = declared_symmetry(spec)
    names = checked_data(data, symmetry)
    exact = exact_target(target, whole_vectors(names, symmetry))
    if not isinstance(exact, Circuit):
        raise MethodError("the defect is defined for circuits; verify decides operators and states exactly")
    with naming(target):
        circuit = circuit_on_register(exact, symmetry)
        require_known(data, circuit, symmetry)
    _refuse_unused(circuit, what, observable)
    seed = seed_number("seed", seed)
    if not isinstance(generator, str):
        generator = whole_number("generator", generator)
    if observable is None and isinstance(spec, Spec):
        observable = resolve(spec).observable
    question = Question(symmetry, names, what, exact_observable(observable))
    return circuit_defect(circuit, question, generator, seed)


def declares_model(spec: Spec) -> bool:
    """Whether a spec declares a whole model, as opposed to a symmetry with at most a state or an observable."""
    return spec.ansatz is not None and _has_observable(spec)


def _has_observable(spec: Spec) -> bool:
    return spec.observable is not None or any("observable" in part.place for part in spec.derived)


def parse_operator(text: str, spec: Spec) -> PauliSum:
    """Read an operator for the spec's register, with the place of an error in the message."""
    try:
        return PauliSum.parse(text, spec.qubits)
    except ExpressionError as error:
        raise SpecError(str(error), "operator", 1, error.offset + 1) from None


def _verify_spec(spec: Spec, sectors: bool = False) -> Certificate:
    spec = resolve(spec)
    if sectors and spec.state is None:
        raise spec.error("no sectors without a state: declare one", ())
    if not sectors and spec.ansatz is not None and spec.observable is not None:
        return compile(spec).certificate
    symmetry = symmetry_of(spec)
    claims: list[Claim] = []
    if spec.state is not None:
        claims.append((SectorWeights if sectors else InvariantState)(symmetry, state_of(spec)))
    if spec.observable is not None and not sectors:
        claims.append(InvariantObservableClaim(symmetry, spec.observable))
    if not claims:
        raise spec.error("nothing to verify: declare a state, an observable or an ansatz", ())
    findings = tuple(claim.decide() for claim in claims)
    return certificate_of(spec.name, symmetry, findings, spec.source.sha256)
