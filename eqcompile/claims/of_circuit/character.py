r"""What a group multiplies a circuit or a state by: the character, as exact text.

For a single element g it is the phase :math:`\chi` of :math:`R_g U(x) R_g^\dagger = \chi\, U(V_g x)`; for a
one-parameter group it is the number :math:`\lambda` with :math:`\chi(\phi) = e^{-i\phi\lambda}`. Both are read off at a
random point of a prime field. That :math:`\chi` is a given constant is a polynomial identity: a named phase is that
phase for all parameters and data, with the error probability of the claim itself. A phase without a name may depend on
them.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.field.prime_field import Field
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.cyclotomic_field import prime_factors
from eqcompile.exact.arithmetic.scalars import format_scalar
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator

MAX_ORDER = 360
"""Order of a root of unity that has a name in a certificate. Beyond it, weaker: the phase has no name; the verdict is
the same."""

MAX_PART = 1 << 20
"""Numerator and denominator of a number that has a name in a certificate; a random element of the field is such a
fraction with probability below 2^-118. Beyond it, weaker: the rate of the phase has no name; the verdict is the
same."""

ANOTHER_PHASE = "another phase, which may depend on the data"
STRICT = "phase 1 is asked for"


def phase_text(field: Field, value: int) -> str | None:
    """The root of unity that a field element stands for, if it is one of a small order.

    >>> from random import Random
    >>> phase_text(Field(13, Random(1), 4), 12)
    '-1'
    """
    if pow(value, field.order, field.p) != 1:
        return None
    order = field.order
    for prime in prime_factors(order):
        while order % prime == 0 and pow(value, order // prime, field.p) == 1:
            order //= prime
    if order > MAX_ORDER:
        return None
    step, power = pow(field.root, field.order // order, field.p), 1
    for exponent in range(order):
        if power == value:
            return format_scalar(root_of_unity(order, exponent))
        power = power * step % field.p
    raise AssertionError("an element of this order is a power of the root")


def weight_text(field: Field, value: int) -> str | None:
    """The small fraction that a field element stands for, if it is one (Wang's reconstruction)."""
    a, b, u, v = field.p, value % field.p, 0, 1
    while b > MAX_PART:
        quotient = a // b
        a, b, u, v = b, a - quotient * b, v, u - quotient * v
    return str(Fraction(b, v)) if v and abs(v) <= MAX_PART else None


def trivial(generator: GroupGenerator) -> str:
    """The character that leaves everything as it is."""
    return "0" if isinstance(generator, LieGenerator) else "1"


def character_note(generators: Sequence[GroupGenerator], characters: Sequence[str | None]) -> str:
    """What a person reads: every character that is not trivial; empty if all are."""
    named = [
        f"{generator.name} -> {ANOTHER_PHASE if found is None else found}"
        for generator, found in zip(generators, characters, strict=True)
        if found != trivial(generator)
    ]
    return f"up to the character {', '.join(named)}" if named else ""


def strictly(finding: Finding, generators: Sequence[GroupGenerator], reproduce: str) -> Finding:
    """The same finding when phase 1 is asked for: refused if some character is not trivial.

    Args:
        finding: finding with the characters of these generators, if it is a proof that has any.
        generators: the generators that it is about.
        reproduce: a line of Python that gives the finding.
    """
    if not finding.proven or not finding.character:
        return finding
    for generator, found in zip(generators, finding.character, strict=True):
        if found != trivial(generator):
            lie = isinstance(generator, LieGenerator)
            shown = ANOTHER_PHASE if found is None else f"e^(-i phi {found})" if lie else found
            example = Counterexample(
                f"e^(-i phi {generator.name})" if lie else generator.name, "the phase by which it multiplies",
                "1", shown, reproduce,
            )  # fmt: skip
            detail = f"holds up to the character {generator.name} -> {found or ANOTHER_PHASE} only; {STRICT}"
            return replace(
                finding,
                verdict=Verdict.REFUSED,
                detail=detail,
                counterexample=example,
                character=(),
                error_exponent=None,
            )
    return finding
