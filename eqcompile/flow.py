"""The whole flow on one screen: spec, group, circuit, certificate, program."""

from eqcompile.certify.certificate import Certificate
from eqcompile.certify.claims import check_generator, check_observable, check_state
from eqcompile.certify.model import certificate_of, certify_model
from eqcompile.circuit.build import ansatz_of
from eqcompile.derivation.basis import GeneratorBasis
from eqcompile.derivation.methods import derive_basis
from eqcompile.derivation.resolve import resolve
from eqcompile.errors import DimensionError, ExpressionError, MethodError, SpecError
from eqcompile.exact.notation import shorthand
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.state import ExactState
from eqcompile.program import Program
from eqcompile.reps.symmetry import Symmetry
from eqcompile.spec.lift import spec_error, state_of, symmetry_of
from eqcompile.spec.model import Spec


def compile_spec(spec: Spec) -> Program:
    """Compile a declared symmetry and ansatz into a program that carries its certificate.

    Args:
        spec: from :func:`eqcompile.load`, with ``observable`` and ``ansatz``, and ``data`` if the model takes any.

    Returns:
        The program. Its certificate may be a refusal: ask ``bool(program.certificate)``.

    Raises:
        SpecError: the spec declares no observable or no ansatz, or leaves to the compiler a part that the symmetry
            does not allow.
    """
    spec = resolve(spec)
    if spec.observable is None:
        raise spec_error(spec, "the spec has no 'observable', which a model needs; add it", ())
    symmetry = symmetry_of(spec)
    ansatz = ansatz_of(spec)
    state = state_of(spec)
    certificate = certify_model(spec.name, symmetry, ansatz, state, spec.observable, spec.source.sha256)
    return Program(spec, symmetry, ansatz, state, spec.observable, certificate)


def derive(spec: Spec | Symmetry, locality: int = 2, method: str = "nullspace") -> GeneratorBasis:
    """Gate generators on up to ``locality`` qubits that a symmetry allows.

    Args:
        spec: from :func:`eqcompile.load`, where ``symmetry`` is enough; or a symmetry built in Python.
        locality: largest number of qubits a term may act on.
        method: ``"nullspace"``, ``"twirl"`` or ``"choi"``.
    """
    symmetry = spec if isinstance(spec, Symmetry) else symmetry_of(spec)
    return derive_basis(symmetry, min(locality, symmetry.num_qubits), method)


def verify(
    target: Spec | Program | PauliSum | ExactState, spec: Spec | Symmetry | None = None
) -> Certificate:
    """Decide whether something respects a declared symmetry.

    Args:
        target: a spec or program (everything it declares), an operator (as gate generator or observable),
            or a state.
        spec: declares the group, or is one built in Python; needed for an operator or a state.

    Returns:
        A certificate: truthy when proven, with a counterexample when refused.

    Raises:
        DimensionError: the target has another number of qubits than the spec.
        MethodError: an operator or state without a spec, or a kind of target that is not known.
    """
    if isinstance(target, Program):
        if spec is not None and (isinstance(spec, Symmetry) or resolve(spec) != target.spec):
            raise MethodError("a program is verified against the spec it was compiled from; give no other")
        return target.certificate
    if isinstance(target, Spec):
        if spec not in (None, target):
            raise MethodError("a spec is verified against the group it declares itself; give no other")
        return _verify_spec(target)
    if spec is None or not isinstance(target, PauliSum | ExactState):
        known = "a Spec, a Program, or a PauliSum or ExactState together with a spec"
        raise MethodError(f"cannot verify {type(target).__name__}; give {known}")
    symmetry = spec if isinstance(spec, Symmetry) else symmetry_of(spec)
    if target.num_qubits != symmetry.num_qubits:
        raise DimensionError(f"the target has {target.num_qubits} qubits, the spec {symmetry.num_qubits}")
    if isinstance(target, PauliSum):
        finding = check_generator(target, symmetry, f"operator: {shorthand(target)}")
    else:
        finding = check_state(target, symmetry, f"state {target.abbreviated()}")
    sha256 = "" if isinstance(spec, Symmetry) else spec.source.sha256
    return certificate_of(finding.subject, symmetry, (finding,), sha256)


def declares_model(spec: Spec) -> bool:
    """Whether a spec declares a whole model, as opposed to a symmetry with a state or an observable at most."""
    return spec.ansatz is not None and _has_observable(spec)


def _has_observable(spec: Spec) -> bool:
    return spec.observable is not None or any("observable" in part.place for part in spec.derived)


def parse_operator(text: str, spec: Spec) -> PauliSum:
    """Read an operator for the spec's register, with the place of an error in the message."""
    try:
        return PauliSum.parse(text, spec.qubits)
    except ExpressionError as error:
        raise SpecError(str(error), "operator", 1, error.offset + 1) from None


def _verify_spec(spec: Spec) -> Certificate:
    spec = resolve(spec)
    if spec.ansatz is not None and spec.observable is not None:
        return compile_spec(spec).certificate
    symmetry = symmetry_of(spec)
    findings = []
    if spec.state is not None:
        state = state_of(spec)
        findings.append(check_state(state, symmetry, f"state {state.abbreviated()}"))
    if spec.observable is not None:
        findings.append(
            check_observable(spec.observable, symmetry, f"observable: {shorthand(spec.observable)}")
        )
    if not findings:
        raise spec_error(spec, "nothing to verify: declare a state, an observable or an ansatz", ())
    return certificate_of(spec.name, symmetry, tuple(findings), spec.source.sha256)
