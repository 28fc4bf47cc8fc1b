"""The certificate of a whole model: every part, and the model itself."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.claims.certificate import Certificate, Counterexample, Finding, Verdict, abbreviated
from eqcompile.claims.evidence import (
    group_evidence,
    model_evidence,
    model_target,
    operator_evidence,
    parts_target,
)
from eqcompile.claims.field.identity import ModelIdentity, why_not_applicable
from eqcompile.claims.of_circuit.character import strictly
from eqcompile.claims.of_model.breaking import Residue, check_breaking, residue_of
from eqcompile.claims.of_model.encoding import check_encoding
from eqcompile.claims.of_model.operator import check_generator, check_observable
from eqcompile.claims.of_model.state import check_state
from eqcompile.claims.table import INVARIANT_MODEL, INVARIANT_MODEL_WITHOUT_DATA, demanded_of
from eqcompile.claims.witness import reproduce_model_change
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.symmetry import Symmetry


def certify_model(
    target: str,
    symmetry: Symmetry,
    ansatz: ReuploadingAnsatz,
    state: ExactState,
    observable: PauliSum,
    spec_sha256: str = "",
) -> Certificate:
    """Check state, encoding, every trainable generator, observable, and the model as a whole.

    Args:
        target: name of the model.
        symmetry: the declared group on data and qubits.
        ansatz, state, observable: the model.
        spec_sha256: hash of the text the model was declared in.

    Returns:
        A certificate; truthy when every claim is proven. With a declared symmetry breaking, the model is
        certified for the group that the breaking gate leaves, and the certificate names it.
    """
    residue = residue_of(symmetry, ansatz.breaking or PauliSum.zero(symmetry.num_qubits))
    parts = tuple(_part_findings(symmetry, ansatz, state, observable))
    if not ansatz.site_names:
        model = _compose(
            parts, INVARIANT_MODEL_WITHOUT_DATA.subject.format(depth=ansatz.depth), "no data to vary"
        )
    elif objection := why_not_applicable(ansatz):
        model = _compose(parts, _model_subject(ansatz), objection)
    else:
        elements: tuple[GroupGenerator, ...] = (*residue.lie, *residue.tilted, *residue.finite)
        identity = ModelIdentity(ansatz, state, observable, spec_sha256 or target, elements)
        model = _check_model(residue, ansatz, identity)
    model = replace(model, key="model", evidence=model_evidence(ansatz))
    certificate = certificate_of(target, symmetry, (*parts, model), spec_sha256, model_target(ansatz))
    if not residue.broken:
        return certificate
    return replace(certificate, symmetry_left=residue.name, kept=residue.parts)


def certificate_of(
    target: str,
    symmetry: Symmetry,
    findings: tuple[Finding, ...],
    spec_sha256: str = "",
    target_data: Mapping[str, Any] | None = None,
) -> Certificate:
    """A certificate for the whole declared group.

    Args:
        target: name of what was checked.
        symmetry: the group.
        findings: with keys; each is completed by what its evidence is about.
        spec_sha256: hash of the spec's text.
        target_data: by default the parts that the findings are about.
    """
    group_data = group_evidence(symmetry)
    target_data = parts_target([f.key for f in findings]) if target_data is None else target_data
    return Certificate(
        target=target,
        group=str(symmetry),
        generators=symmetry.generator_names,
        symmetry_left=str(symmetry),
        findings=tuple(replace(f, evidence={"about": f.key, **f.evidence}) for f in findings),
        spec_sha256=spec_sha256,
        versions=software_versions(),
        demanded=tuple(demanded_of(target_data, group_data["generators"])),
        group_data=group_data,
        target_data=target_data,
        kept=tuple({"factor": place} for place in range(len(symmetry.factors))),
    )


def strict_certificate(certificate: Certificate, symmetry: Symmetry) -> Certificate:
    """The same certificate where phase 1 is asked for: what holds up to another phase only is refused.

    Args:
        certificate: of anything, for this group.
        symmetry: the declared group.
    """
    findings = []
    for place, finding in enumerate(certificate.findings):
        about = (
            symmetry.generators if finding.generator is None else (symmetry.generators[finding.generator],)
        )
        line = f"eq.verify(target, spec).findings[{place}].character"
        findings.append(strictly(finding, about, line))
    target = {**certificate.target_data, "strict": True}
    return replace(certificate, findings=tuple(findings), target_data=target)


def software_versions() -> dict[str, str]:
    """Versions of everything that took part in an exact check."""
    packages = ("eqcompile", "sympy", "python-flint")
    return {"python": platform.python_version()} | {name: _version(name) for name in packages}


@cache
def _version(name: str) -> str:
    """It is read from a file; a certificate must not cost more for it than for its claims."""
    return version(name)


def _part_findings(
    symmetry: Symmetry, ansatz: ReuploadingAnsatz, state: ExactState, observable: PauliSum
) -> Iterator[Finding]:
    yield replace(check_state(state, symmetry, f"state {state.abbreviated()}"), place=("state",))
    for scale in ansatz.scale_names:
        gates = [gate for gate in ansatz.encoding if gate.scale == scale]
        yield replace(check_encoding(gates, symmetry, scale), place=("data", "encode"))
    for k, generator in enumerate(ansatz.layer):
        finding = check_generator(generator, symmetry, f"layer[{k}]: {shorthand(generator)}")
        yield replace(finding, place=("ansatz", "layer", k), key=f"layer[{k}]")
    if ansatz.breaking is not None:
        broken = list(residue_of(symmetry, ansatz.breaking).broken)
        evidence = {**operator_evidence(ansatz.breaking), "broken": broken}
        finding = check_breaking(symmetry, ansatz.breaking)
        yield replace(finding, place=("ansatz", "symmetry_breaking"), key="breaking", evidence=evidence)
    finding = check_observable(observable, symmetry, f"observable: {shorthand(observable)}")
    yield replace(finding, place=("observable",))


def _model_subject(ansatz: ReuploadingAnsatz) -> str:
    return INVARIANT_MODEL.subject.format(depth=ansatz.depth, parameters=len(ansatz.parameter_names))


def _check_model(residue: Residue, ansatz: ReuploadingAnsatz, identity: ModelIdentity) -> Finding:
    r"""The expectation value obeys :math:`f(V_g x) = f(x)` for all parameters and all x."""
    subject = _model_subject(ansatz)
    elements: tuple[GroupGenerator, ...] = (*residue.lie, *residue.tilted, *residue.finite)
    if not elements:
        return Finding(INVARIANT_MODEL.name, subject, "proven", "nothing to check", "no group is left")
    method = f"polynomial identity at a random point of the field of {identity.field.p} elements"
    x = identity.random_input()
    value = identity.value(x)
    # The random angles of the one-parameter groups are independent, so one point decides them together. Fixed
    # elements are decided one by one: a change by one of them could undo the change by another.
    moves: list[tuple[GroupGenerator, ...]] = [(element,) for element in (*residue.tilted, *residue.finite)]
    moves += [residue.lie] if residue.lie else []
    for move in moves:
        if identity.value(identity.moved(x, move)) != value:
            return _refuse_model(subject, method, (*((e,) for e in elements), move), identity, ansatz)
    exponent = identity.field.p.bit_length() - 1 - (len(moves) * identity.degree).bit_length()
    detail = f"error probability below 2^-{exponent}"
    return Finding(INVARIANT_MODEL.name, subject, "proven", method, detail, error_exponent=exponent)


def _compose(parts: tuple[Finding, ...], subject: str, objection: str) -> Finding:
    """Invariant state, equivariant gates and invariant observable make an invariant model."""
    method = f"composition of the claims above ({objection})"
    verdict: Verdict = "proven" if all(part.proven for part in parts) else "refused"
    detail = "" if verdict == "proven" else "a part is refused"
    example = next((part.counterexample for part in parts if part.counterexample), None)
    return Finding(INVARIANT_MODEL.name, subject, verdict, method, detail, example)


def _refuse_model(
    subject: str,
    method: str,
    moves: tuple[tuple[GroupGenerator, ...], ...],
    identity: ModelIdentity,
    ansatz: ReuploadingAnsatz,
) -> Finding:
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
        reproduce_model_change(move, len(ansatz.parameter_names), len(ansatz.site_names)),
    )
    return Finding(INVARIANT_MODEL.name, subject, "refused", method, f"changed by {names}", example)
