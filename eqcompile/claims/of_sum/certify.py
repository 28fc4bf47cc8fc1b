r"""The certificate of a sum of circuits.

.. math:: F(\theta, x) = \sum_t c_t\, f_{p(t)}(\theta_{w(t)}, M_t x)

The programs are certified by themselves, and their certificates are part of this one. What they prove makes the claim
about the whole, for every generator of its group:

- Rotations turn all combinations of sites alike, so every program must be proven under rotations of all its sites.
- Shifts of all sites drop out of combinations whose coefficients add up to zero.
- Permutations and the inversion must take every term to one of the same function, see
  :mod:`eqcompile.claims.of_sum.images`.

No number is rounded anywhere.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from eqcompile.claims.certificate import Certificate, Counterexample, Finding, Verdict
from eqcompile.claims.certify import software_versions
from eqcompile.claims.of_sum.images import TermImage, WithoutImage, matched
from eqcompile.claims.of_sum.parts import SumParts
from eqcompile.claims.of_sum.proven import ProvenMoves
from eqcompile.exact.linear.combination import combination_text, total
from eqcompile.groups.of_vectors import SiteGenerator, SiteSymmetry
from eqcompile.groups.permutation import inverse

PROGRAM_CLAIM, SUM_CLAIM = "certified program", "invariant sum"
"""The two kinds of claim; :mod:`eqcompile.recheck.sums` has them again."""

BY_CERTIFICATE, BY_COMPOSITION = "its own certificate", "composition of the certificates of the programs"
BY_MATCHING = "exact matching of terms, and the certificates of the programs"


def certify_sum(name: str, symmetry: SiteSymmetry, parts: SumParts, spec_sha256: str) -> Certificate:
    """Decide whether a sum of circuits has the symmetry that is declared for it.

    Args:
        name: name of the sum.
        symmetry: the group on the sites of the whole.
        parts: the terms and their certified programs.
        spec_sha256: hash of the spec.

    Returns:
        A certificate, truthy if every program is proven and every generator of the group leaves the sum as it is.

    Raises:
        LimitError: the group of a program is too large for its order to be found.
    """
    findings = (*_about_programs(parts), *_about_generators(symmetry, parts))
    return Certificate(
        target=name,
        group=str(symmetry),
        generators=tuple(generator.name for generator in symmetry.generators),
        symmetry_left=str(symmetry),
        findings=findings,
        spec_sha256=spec_sha256,
        versions=software_versions(),
        demanded=tuple(finding.key for finding in findings),
        group_data=symmetry.plain(),
        target_data=_target(parts),
        kept=tuple({"factor": number} for number in range(len(symmetry.factors))),
    )


def _target(parts: SumParts) -> dict[str, Any]:
    """The sum in plain data, with the certificates of its programs."""
    return {
        "kind": "sum",
        "programs": [json.loads(program.certificate.to_json()) for program in parts.programs],
        "terms": [
            {
                "entry": term.entry,
                "program": term.program,
                "coefficient": str(term.coefficient),
                "weights": term.weights,
                "sites": [[[site, str(value)] for site, value in row] for row in term.rows],
            }
            for term in parts.terms
        ],
    }


def _about_programs(parts: SumParts) -> Iterator[Finding]:
    for number, program in enumerate(parts.programs):
        certificate = program.certificate
        first = next(term for term in parts.terms if term.program == number)
        key = f"program {number}"
        yield Finding(
            PROGRAM_CLAIM,
            f"{key}: {program.name}",
            certificate.verdict,
            BY_CERTIFICATE,
            f"{len(certificate.findings)} claims, for {certificate.symmetry_left}",
            certificate.counterexample,
            ("terms", first.entry),
            key,
            evidence={"about": key, "spec_sha256": certificate.spec_sha256},
        )


def _about_generators(symmetry: SiteSymmetry, parts: SumParts) -> Iterator[Finding]:
    moves = [ProvenMoves(program) for program in parts.programs]
    entries = [entry for entry, factor in enumerate(symmetry.factors) for _ in factor.generators]
    for number, generator in enumerate(symmetry.generators):
        about = _About(number, generator, entries[number], parts)
        open_program = next((p for p in parts.programs if not p.certificate), None)
        if open_program is not None:
            yield about.finding(Verdict.NOT_DECIDED, BY_COMPOSITION, f"{open_program.name} is not proven")
        else:
            yield _decided(about, moves)


def _decided(about: "_About", moves: list[ProvenMoves]) -> Finding:
    generator, parts = about.generator, about.parts
    if generator.kind == "rotation":
        for number, term in enumerate(parts.terms):
            if not moves[term.program].turns:
                left = parts.programs[term.program].certificate.symmetry_left
                return about.refused(
                    BY_COMPOSITION, number, "a proof for all rotations of its sites", f"a proof for {left}"
                )
        return about.finding(Verdict.PROVEN, BY_COMPOSITION, "every program is proven to have it")
    if generator.kind == "translation":
        for number, term in enumerate(parts.terms):
            for row in term.rows:
                if total(row):
                    sites = combination_text(row, parts.sites)
                    found = f"{sites}, whose coefficients add up to {total(row)}"
                    return about.refused(BY_COMPOSITION, number, "combinations that no shift changes", found)
        return about.finding(Verdict.PROVEN, BY_COMPOSITION, "every combination of sites adds up to zero")
    sign = -1 if generator.kind == "inversion" else 1
    images = generator.images or tuple(range(len(parts.sites)))
    match = matched(parts, moves, images, sign)
    if isinstance(match, WithoutImage):
        return about.refused(BY_MATCHING, match.term, match.expected, match.reason)
    return about.finding(Verdict.PROVEN, BY_MATCHING, _exchanges(match), match)


def _exchanges(found: tuple[TermImage, ...]) -> str:
    moved = sum(image.term != number for number, image in enumerate(found))
    return f"{len(found) - moved} of {len(found)} terms keep their places, {moved} change them"


class _About:
    """What the findings about one generator have in common."""

    def __init__(self, number: int, generator: SiteGenerator, entry: int, parts: SumParts) -> None:
        self.number, self.generator, self.entry, self.parts = number, generator, entry, parts

    def finding(
        self,
        verdict: Verdict,
        method: str,
        detail: str,
        images: tuple[TermImage, ...] = (),
        counterexample: Counterexample | None = None,
    ) -> Finding:
        key = f"generator {self.number}"
        evidence: Mapping[str, Any] = {
            "about": key,
            "images": [[image.term, image.sign, list(image.images)] for image in images],
        }
        return Finding(
            SUM_CLAIM, f"the sum under {self.generator.name}", verdict, method, detail, counterexample,
            ("symmetry", self.entry), key, evidence=evidence, generator=self.number,
        )  # fmt: skip

    def refused(self, method: str, term: int, expected: str, found: str) -> Finding:
        """A refusal that names the term for which nothing proves the claim."""
        entry = f"terms[{self.parts.terms[term].entry}]"
        name = f"{entry}, {self.parts.name_of(term)}"
        example = Counterexample(self.generator.name, name, expected, found, self._python())
        return self.finding(Verdict.REFUSED, method, f"nothing proves it for {entry}", counterexample=example)

    def _python(self) -> str:
        """Python whose value is not zero if the sum sees the difference; it presupposes ``spec``."""
        moved = {
            "rotation": "x @ np.array([[3, -4, 0], [4, 3, 0], [0, 0, 5]]) / 5",
            "inversion": "-x",
            "translation": "x + 1",
        }.get(self.generator.kind) or f"x[:, {list(inverse(self.generator.images))}]"
        return (
            "import numpy as np; s = eq.compile(spec); f = s.to_jax(); r = np.random.default_rng(0); "
            f"p, x = r.normal(size=s.num_parameters), r.normal(size=(1, s.num_sites, 3)); f(p, x) - f(p, {moved})"
        )
