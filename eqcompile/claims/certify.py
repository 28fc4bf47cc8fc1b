"""From claims to certificates: for a model, for a circuit, or for parts alone."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.certificate import Certificate, Finding
from eqcompile.claims.claim import Claim
from eqcompile.claims.evidence import group_evidence, model_target, parts_target
from eqcompile.claims.of_circuit.character import strictly
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.trivial import TrivialGroup
from eqcompile.claims.of_model.breaking import DeclaredBreaking, residue_of
from eqcompile.claims.of_model.encoding import EquivariantEncoding
from eqcompile.claims.of_model.gate import EquivariantGate
from eqcompile.claims.of_model.model import InvariantModel, InvariantModelWithoutData
from eqcompile.claims.of_model.observable import InvariantObservableClaim
from eqcompile.claims.of_model.state import InvariantState
from eqcompile.claims.question import Question
from eqcompile.claims.table import OF_CIRCUITS, demanded_of
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
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
        ansatz, state, observable: the parts of the model.
        spec_sha256: hash of the text the model was declared in.

    Returns:
        A certificate; truthy when every claim is proven. With a declared symmetry breaking, the model is
        certified for the group that the breaking gate leaves, and the certificate names it.
    """
    claims = _claims_about_parts(symmetry, ansatz, state, observable)
    parts = tuple(replace(claim.decide(), place=claim.place) for claim in claims)
    whole: Claim = InvariantModelWithoutData(symmetry, ansatz, parts)
    if ansatz.site_names:
        whole = InvariantModel(symmetry, ansatz, parts, state, observable, spec_sha256 or target)
    findings = (*parts, whole.decide())
    certificate = certificate_of(target, symmetry, findings, spec_sha256, model_target(ansatz))
    residue = residue_of(symmetry, ansatz.breaking or PauliSum.zero(symmetry.num_qubits))
    if not residue.broken:
        return certificate
    return replace(certificate, symmetry_left=residue.name, kept=residue.parts)


def _claims_about_parts(
    symmetry: Symmetry, ansatz: ReuploadingAnsatz, state: ExactState, observable: PauliSum
) -> Iterator[Claim]:
    yield InvariantState(symmetry, state)
    for scale in ansatz.scale_names:
        gates = tuple(gate for gate in ansatz.encoding if gate.scale == scale)
        yield EquivariantEncoding(symmetry, gates, scale)
    for number, generator in enumerate(ansatz.layer):
        yield EquivariantGate(symmetry, generator, number)
    if ansatz.breaking is not None:
        yield DeclaredBreaking(symmetry, ansatz.breaking)
    yield InvariantObservableClaim(symmetry, observable)


def circuit_findings(
    circuit: Circuit, question: Question, seed: str, reproduce: str = "circuit, spec"
) -> Iterator[Finding]:
    """Decide what is asked of a circuit for every generator of a group, for all parameters.

    Args:
        circuit: exact, from :func:`eqcompile.readers.circuit.general_circuit` or built by hand.
        question: which claim, and under which group.
        seed: fixes the field and the random point.
        reproduce: arguments of :func:`eqcompile.equivariance_defect` in a counterexample's line of Python.

    Returns:
        One finding for each generator: proven, refused or not decided. For a group without generators, one finding that
        says so.

    Raises:
        MethodError: a model without an observable.
        DimensionError: data that contradict one another.
    """
    if not question.symmetry.generators:
        yield TrivialGroup(question.symmetry, circuit.name).decide()
        return
    test = CircuitTest(circuit, question, seed)
    for claim in OF_CIRCUITS[question.what].all_of(test, reproduce):
        yield claim.decide()


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
        findings: findings with keys; each is completed with what its evidence is about.
        spec_sha256: hash of the spec's text.
        target_data: what was checked, in plain data; by default the parts that the findings are about.
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
        demanded=tuple(demanded_of(target_data, len(symmetry.generators))),
        group_data=group_data,
        target_data=target_data,
        kept=tuple({"factor": place} for place in range(len(symmetry.factors))),
    )


def strict_certificate(certificate: Certificate, symmetry: Symmetry) -> Certificate:
    """The same certificate when phase 1 is asked for: claims that hold only up to another phase are refused.

    Args:
        certificate: certificate of any target, for this group.
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
    """Version of a package, kept: it is read from a file, which must not cost a certificate more than its claims."""
    return version(name)
