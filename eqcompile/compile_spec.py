"""The whole flow on one screen: spec, group, circuit, certificate, program; and the generators of a group."""

import os
from typing import overload

from eqcompile.arguments import require_text, whole_number
from eqcompile.budgets import stage
from eqcompile.circuits.build import ansatz_of
from eqcompile.claims.certify import certify_model
from eqcompile.declaration.lift import state_of, symmetry_of
from eqcompile.declaration.spec import Spec
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.derivation.compare import derive_basis
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.resolve import resolve
from eqcompile.program import Program
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.targets import declared_model, declared_symmetry
from eqcompile.terms import AnyProgram, ProgramSum, Term


@overload
def compile(spec: Spec) -> Program: ...
@overload
def compile(spec: SumSpec) -> ProgramSum: ...
@overload
def compile(spec: Spec | SumSpec | str | os.PathLike[str]) -> AnyProgram: ...
@stage(
    "compiling and certifying",
    "declare a smaller model, or allow more with --budget, such as --budget 10min,8GB",
)
def compile(spec: Spec | SumSpec | str | os.PathLike[str]) -> AnyProgram:
    """Compile a declared symmetry and ansatz into a program that carries its certificate.

    Args:
        spec: a spec from :func:`eqcompile.load`, with ``observable`` and ``ansatz``, and ``data`` if the model takes
            any; the spec of a sum of circuits; or the name of a spec's file.

    Returns:
        The program, or for a sum the sum of programs. Its certificate may be a refusal: check
        ``bool(program.certificate)``.

    Raises:
        SpecError: the spec declares no observable or no ansatz, or leaves to the compiler a part that the symmetry
            does not allow; or circuits of a sum that share weights have different parameters.
    """
    declared = declared_model(spec)
    return _compiled_sum(declared) if isinstance(declared, SumSpec) else _compiled(declared)


def _compiled_sum(spec: SumSpec) -> ProgramSum:
    programs: dict[str, Program] = {}
    terms: list[Term] = []
    for term in spec.terms:
        digest = term.spec.source.sha256
        if digest not in programs:
            programs[digest] = _compiled(term.spec)
        terms.append(Term(programs[digest], float(term.coefficient), term.sites, term.weights))
    _require_shared(spec, terms)
    return ProgramSum(tuple(terms), spec.num_sites, spec)


def _require_shared(spec: SumSpec, terms: list[Term]) -> None:
    """Refuse circuits with other parameters under one name of weights, with the place in the file."""
    first: dict[str, Program] = {}
    for declared, term in zip(spec.terms, terms, strict=True):
        one, other = first.setdefault(term.weights, term.program), term.program
        if (one.parameter_names, one.parameter_kinds) != (other.parameter_names, other.parameter_kinds):
            raise spec.error(
                f'{one.spec.name} and {other.spec.name} share the weights "{term.weights}", but their parameters '
                f"differ ({one.num_parameters} and {other.num_parameters}); give them different names",
                ("terms", declared.entry, "weights"),
            )


def _compiled(spec: Spec) -> Program:
    spec = resolve(spec)
    if spec.observable is None:
        raise spec.error("the spec has no 'observable', which a model needs; add it", ())
    symmetry = symmetry_of(spec)
    ansatz = ansatz_of(spec)
    state = state_of(spec)
    certificate = certify_model(spec.name, symmetry, ansatz, state, spec.observable, spec.source.sha256)
    return Program(spec, symmetry, ansatz, state, spec.observable, certificate)


def derive(
    spec: Spec | Symmetry | str | os.PathLike[str], locality: int = 2, method: str = "nullspace"
) -> GeneratorBasis:
    """Gate generators on up to ``locality`` qubits that a symmetry allows.

    Args:
        spec: a spec from :func:`eqcompile.load`, in which ``symmetry`` is enough; the name of a spec's file; or a
            symmetry built in Python.
        locality: largest number of qubits a term may act on; if there are fewer, all of them.
        method: ``"nullspace"``, ``"twirl"`` or ``"choi"``.

    Raises:
        ArgumentError: the locality is not a whole number of at least one.
        MethodError: the method is unknown, or does not apply to this group.
        LimitError: there are too many Pauli strings.
    """
    symmetry = declared_symmetry(spec)
    most = whole_number("locality", locality, least=1)
    require_text("method", method)
    return derive_basis(symmetry, min(most, symmetry.num_qubits), method)
