"""The certificate of a whole model: every part, and the model itself."""

import platform
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

from eqcompile.certify.breaking import Residue, check_breaking, residue_of
from eqcompile.certify.certificate import Certificate, Counterexample, Finding, Verdict
from eqcompile.certify.claims import check_encoding, check_generator, check_observable, check_state
from eqcompile.certify.identity import MAX_QUBITS, ModelIdentity
from eqcompile.circuit.ansatz import ReuploadingAnsatz
from eqcompile.exact.notation import shorthand
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.state import ExactState
from eqcompile.reps.factors import GroupGenerator, LieGenerator
from eqcompile.reps.symmetry import Symmetry


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
    identity = ModelIdentity(ansatz, state, observable, seed=spec_sha256 or target)
    findings = (*parts, _check_model(parts, residue, ansatz, identity))
    certificate = certificate_of(target, symmetry, findings, spec_sha256)
    return replace(certificate, symmetry_left=residue.name) if residue.broken else certificate


def certificate_of(
    target: str, symmetry: Symmetry, findings: tuple[Finding, ...], spec_sha256: str = ""
) -> Certificate:
    """A certificate for the whole declared group."""
    return Certificate(
        target=target,
        group=str(symmetry),
        generators=symmetry.generator_names,
        symmetry_left=str(symmetry),
        findings=findings,
        spec_sha256=spec_sha256,
        versions=software_versions(),
    )


def software_versions() -> dict[str, str]:
    """Versions of everything that took part in an exact check."""
    packages = ("eqcompile", "sympy", "python-flint")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def _part_findings(
    symmetry: Symmetry, ansatz: ReuploadingAnsatz, state: ExactState, observable: PauliSum
) -> Iterator[Finding]:
    yield check_state(state, symmetry, f"state {state}")
    for scale in ansatz.scale_names:
        gates = [gate for gate in ansatz.encoding if gate.scale == scale]
        yield check_encoding(gates, symmetry, scale)
    for k, generator in enumerate(ansatz.layer):
        yield check_generator(generator, symmetry, f"layer[{k}]: {shorthand(generator)}")
    if ansatz.breaking is not None:
        yield check_breaking(symmetry, ansatz.breaking)
    yield check_observable(observable, symmetry, f"observable: {shorthand(observable)}")


def _check_model(
    parts: tuple[Finding, ...], residue: Residue, ansatz: ReuploadingAnsatz, identity: ModelIdentity
) -> Finding:
    r"""The expectation value obeys :math:`f(V_g x) = f(x)` for all parameters and all x."""
    subject = f"f(V x) = f(x) for {ansatz.depth} layers, {len(ansatz.parameter_names)} parameters"
    elements: tuple[GroupGenerator, ...] = (*residue.lie, *residue.tilted, *residue.finite)
    if not elements:
        return Finding("invariant model", subject, "proven", "nothing to check", "no group is left")
    if not identity.applicable:
        return _compose(parts, subject)
    method = f"polynomial identity at a random point of the field of {identity.field.p} elements"
    x = identity.random_input()
    value = identity.value(x)
    # The random angles of the one-parameter groups are independent, so one point decides them together. Fixed
    # elements are decided one by one: a change by one of them could undo the change by another.
    moves: list[tuple[GroupGenerator, ...]] = [(element,) for element in (*residue.tilted, *residue.finite)]
    moves += [residue.lie] if residue.lie else []
    if all(identity.value(identity.moved(x, move)) == value for move in moves):
        exponent = identity.field.p.bit_length() - 1 - (len(moves) * identity.degree).bit_length()
        return Finding("invariant model", subject, "proven", method, f"error probability below 2^-{exponent}")
    return _refuse_model(subject, method, identity, elements)


def _compose(parts: tuple[Finding, ...], subject: str) -> Finding:
    """Invariant state, equivariant gates and invariant observable make an invariant model."""
    method = (
        "composition of the claims above (no identity test: "
        f"more than {MAX_QUBITS} qubits, or a generator with irrational eigenvalues)"
    )
    verdict: Verdict = "proven" if all(part.proven for part in parts) else "refused"
    detail = "" if verdict == "proven" else "a part is refused"
    example = next((part.counterexample for part in parts if part.counterexample), None)
    return Finding("invariant model", subject, verdict, method, detail, example)


def _refuse_model(
    subject: str, method: str, identity: ModelIdentity, elements: tuple[GroupGenerator, ...]
) -> Finding:
    """Name the first generator that changes the value."""
    for element in elements:
        x = identity.random_input()
        moved = identity.moved(x, [element])
        before, after = identity.value(x), identity.value(moved)
        if before != after:
            name = f"e^(-i phi {element.name})" if isinstance(element, LieGenerator) else element.name
            example = Counterexample(
                name,
                f"unit vectors {x.directions}, e^(-i alpha |x|) = {x.units}, modulo {identity.field.p}",
                str(before),
                str(after),
                "eq.compile(spec).to_jax() at x and at V x, for random parameters",
            )
            return Finding(
                "invariant model", subject, "refused", method, f"changed by {element.name}", example
            )
    return Finding("invariant model", subject, "refused", method, "changed by a product of the generators")
