"""From a YAML tree to a :class:`SumSpec`."""

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from eqcompile.declaration.entries.permutation import build_permutation
from eqcompile.declaration.members.members import cycle_text
from eqcompile.declaration.spec import DataSpec, Path, Source, Spec
from eqcompile.declaration.sum_schema import WORDS, SumEntrySchema, SumSchema, TermSchema
from eqcompile.declaration.sums.circuit_text import circuit_spec, circuit_text
from eqcompile.declaration.sums.expression import parse_combination
from eqcompile.declaration.sums.standalone import require_plain_model, standalone_text
from eqcompile.declaration.sums.sum_spec import SumSpec, TermSpec
from eqcompile.declaration.validate import validate_sum
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.tree import YamlDocument
from eqcompile.declaration.yaml.wording import label, shown, unknown
from eqcompile.errors import ExpressionError
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import is_rational, is_real, real_part, to_fraction
from eqcompile.exact.linear.combination import MAX_COEFFICIENT, Combination, combination_text, too_large
from eqcompile.groups.of_vectors import (
    INVERSION,
    ROTATION,
    TRANSLATION,
    SiteFactor,
    SiteGenerator,
    SiteSymmetry,
)
from eqcompile.groups.permutation import images_from_cycles

MAX_TERMS = 1000
"""Terms of a sum, every copy counted. Beyond it, refused: train a model of fewer fragments."""

MAX_POWER = 100
"""Power of ten of a coefficient of a sum, and of one over it. Beyond it, refused: choose other units."""


def is_sum(document: YamlDocument) -> bool:
    """Whether the document declares a sum: it has ``terms``."""
    return any(key.text == "terms" for key, _ in document.root.entries)


def build_sum(document: YamlDocument) -> SumSpec:
    """The sum that a document declares.

    Raises:
        SpecError: the first mistake, with its place.
    """
    schema = validate_sum(document)
    scope = _scope(schema.data.sites, document)
    symmetry = _symmetry(schema, scope)
    names = {site: number for number, site in enumerate(schema.data.sites)}
    terms: list[TermSpec] = []
    specs: dict[tuple[str, int | None], Spec] = {}
    files: dict[str, str] = {}
    for entry, term in enumerate(schema.terms):
        path: Path = ("terms", entry)
        text, name = circuit_text(term, path, document)
        if term.model is not None:
            require_plain_model(path, document)
            files[term.model] = text
        if (text, term.depth) not in specs:
            specs[text, term.depth] = circuit_spec(text, name, term.depth, path, document)
        terms += _copies(entry, term, specs[text, term.depth], names, document)
        if len(terms) > MAX_TERMS:
            raise document.error(f"more than {MAX_TERMS} terms in all", (*path, "on"))
    digests = tuple((name, hashlib.sha256(text.encode()).hexdigest()) for name, text in files.items())
    source = Source(document.path, document.text, MappingProxyType(document.positions()), digests)
    whole = standalone_text(document, files)
    return SumSpec(schema.name, tuple(schema.data.sites), symmetry, tuple(terms), source, whole)


def _scope(sites: list[str], document: YamlDocument) -> Scope:
    """Where permutations look up sites; that each has a qubit here only makes them equal."""
    for index, site in enumerate(sites):
        if site in sites[:index]:
            message = f"site {shown(site)} is declared twice; every site has a name of its own"
            raise document.error(message, ("data", "sites", index))
    data = DataSpec(tuple(sites), tuple((k,) for k in range(len(sites))), (("", tuple(sites)),))
    return Scope(len(sites), document, data)


def _symmetry(schema: SumSchema, scope: Scope) -> SiteSymmetry:
    factors: list[SiteFactor] = []
    for index, entry in enumerate(schema.symmetry):
        path: Path = ("symmetry", index)
        factor = _word(entry, path, scope) if isinstance(entry, str) else _factor(entry, path, scope)
        if factor in factors:
            raise scope.error(f"this symmetry repeats symmetry[{factors.index(factor)}]; remove one", path)
        factors.append(factor)
    return SiteSymmetry(tuple(schema.data.sites), tuple(factors))


def _word(word: str, path: Path, scope: Scope) -> SiteFactor:
    if word not in WORDS:
        raise scope.error(
            unknown("symmetry of a sum", word, [*WORDS, "rotation: SU(2)", "permutation: [...]"]), path
        )
    generator = INVERSION if word == "inversion" else TRANSLATION
    return SiteFactor(word, (generator,))


def _factor(entry: SumEntrySchema, path: Path, scope: Scope) -> SiteFactor:
    if len(entry.model_fields_set) != 1:
        number = "both" if entry.model_fields_set else "neither"
        raise scope.error(f"an entry of symmetry is a rotation or a permutation; found {number}", path)
    if entry.permutation is None:
        if entry.rotation != "SU(2)":
            message = f"of a sum, all rotations can be claimed: write rotation: SU(2); found {shown(entry.rotation)}"
            raise scope.error(message, (*path, "rotation"))
        return SiteFactor("SU(2)", (ROTATION,))
    found = build_permutation(entry.permutation, (*path, "permutation"), scope)
    if found.on != "sites":
        raise scope.error("a sum has sites and no qubits; write on: sites", (*path, "permutation", "on"))
    assert scope.data is not None
    index = {name: number for number, name in enumerate(scope.data.sites)}
    generators = tuple(
        SiteGenerator(
            "permutation",
            cycle_text(cycles),
            images_from_cycles([[index[str(site)] for site in cycle] for cycle in cycles], len(index)),
        )
        for cycles in found.cycles
        if cycles
    )
    return SiteFactor(found.label, generators)


def _copies(
    entry: int, term: TermSchema, spec: Spec, names: Mapping[str, int], document: YamlDocument
) -> list[TermSpec]:
    path: Path = ("terms", entry)
    coefficient = _coefficient(term.coefficient, (*path, "coefficient"), document)
    sites = spec.data.sites if spec.data else ()
    found = []
    for row, texts in enumerate(term.on):
        place: Path = (*path, "on", row)
        if len(texts) != len(sites):
            raise document.error(
                f"{spec.name} has the sites {', '.join(sites)}; found {len(texts)} combinations, not {len(sites)}",
                place,
            )
        rows: list[Combination] = []
        for column, text in enumerate(texts):
            try:
                vector = parse_combination(text, names)
            except ExpressionError as error:
                raise document.error(str(error), (*place, column), error.offset) from None
            if too_large(vector) is not None:
                raise document.error(
                    f"coefficients of sites are limited to numerators and denominators up to {MAX_COEFFICIENT}",
                    (*place, column),
                )
            if vector in rows:
                same = combination_text(vector, list(names))
                raise document.error(f"{same} is at two sites of one copy; name it once", (*place, column))
            rows.append(vector)
        found.append(TermSpec(entry, spec, coefficient, term.weights, tuple(rows)))
    return found


def _coefficient(value: Any, path: Path, document: YamlDocument) -> Fraction:
    try:
        number = parse_scalar(value)
    except ExpressionError as error:
        raise document.error(f"{label(path)}: {error}", path, error.offset) from None
    if not is_real(number) or not is_rational(real_part(number)) or not number:
        raise document.error(f"{label(path)}: a rational number other than 0 is needed; found {value}", path)
    found = to_fraction(real_part(number))
    if not 1 <= abs(found) * 10**MAX_POWER <= 10 ** (2 * MAX_POWER):
        raise document.error(f"{label(path)} is limited to sizes from 1e-{MAX_POWER} to 1e{MAX_POWER}", path)
    return found
