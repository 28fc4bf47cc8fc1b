"""Which part of a symmetry survives a gate that breaks it on purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eqcompile.claims.certificate import Finding, Verdict
from eqcompile.claims.claim import MODEL, MODEL_WITHOUT_DATA, Claim
from eqcompile.claims.evidence import Plain, operator_evidence
from eqcompile.claims.of_model.operator import EXACT_COMMUTATOR, leaves_invariant
from eqcompile.exact.arithmetic.scalars import Real, imaginary_part, rational
from eqcompile.exact.linear.linalg import null_space
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.rotation import irrational_turn
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator, RotationGenerator, axis_text, text_of
from eqcompile.symmetry.subgroup import SubgroupFactor
from eqcompile.symmetry.symmetry import Symmetry

NOTHING_LEFT = "nothing of the declared group"


@dataclass(frozen=True)
class Residue:
    """What is left of a symmetry.

    Attributes:
        lie: Lie generators that commute with the breaking gate.
        tilted: for every other axis that survives, a rotation about it; its powers are dense in all rotations about it.
        finite: finite generators that commute with it.
        broken: numbers of the declared generators that do not commute with it.
        name: the group that ``lie`` and ``finite`` generate.
        parts: what the name is made of, in plain data: ``{"factor": 0}`` for all of a factor, ``{"generator": 3}``
            for a generator, ``{"combination": [[0, "3/4"], [2, "1"]]}`` for a sum of Lie generators; by number.
    """

    lie: tuple[LieGenerator, ...]
    tilted: tuple[FiniteGenerator, ...]
    finite: tuple[FiniteGenerator, ...]
    broken: tuple[int, ...]
    name: str
    parts: tuple[dict[str, Any], ...] = field(default=(), hash=False)


def residue_of(symmetry: Symmetry, breaking: PauliSum) -> Residue:
    """The declared generators, and linear combinations of the Lie ones, that commute with ``breaking``."""
    invariant = [leaves_invariant(g, breaking) for g in symmetry.generators]
    split = len(symmetry.lie_generators)
    lie = tuple(g for g, kept in zip(symmetry.lie_generators, invariant, strict=False) if kept)
    finite = tuple(g for g, kept in zip(symmetry.finite_generators, invariant[split:], strict=True) if kept)
    broken = tuple(number for number, kept in enumerate(invariant) if not kept)
    # More of a Lie algebra may be left than the declared generators that commute: a combination such as T_x + T_y may
    # commute where neither does. Of a finite factor, only the generators are tried, not their products.
    names, parts, tilted, first = [], [], [], 0
    for place, factor in enumerate(symmetry.factors):
        if factor.lie_generators:
            survivors = _survivors(symmetry, place, first, breaking)
            names += [survivor.name for survivor in survivors]
            parts += [survivor.part for survivor in survivors]
            tilted += [survivor.element for survivor in survivors if survivor.element is not None]
            first += len(factor.lie_generators)
    for number, generator in enumerate(symmetry.finite_generators, start=split):
        if invariant[number]:
            names.append(generator.name)
            parts.append({"generator": number})
    name = " x ".join(names) or NOTHING_LEFT
    return Residue(lie, tuple(tilted), finite, broken, name, tuple(parts))


def kept_symmetry(symmetry: Symmetry, breaking: PauliSum | None) -> Symmetry:
    """The group that a breaking gate leaves; all of it where there is none, or where it breaks nothing.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> su2 = Symmetry(2, factors=(RotationFactor(2, (0, 1)),))
    >>> kept_symmetry(su2, PauliSum.parse("Z0 + Z1", 2)).generator_names
    ('T_z',)
    """
    residue = residue_of(symmetry, breaking or PauliSum.zero(symmetry.num_qubits))
    if not residue.broken:
        return symmetry
    left = SubgroupFactor(symmetry.num_qubits, residue.name, residue.lie, (*residue.tilted, *residue.finite))
    return Symmetry(symmetry.num_qubits, symmetry.site_names, (left,))


@dataclass(frozen=True)
class DeclaredBreaking(Claim):
    """The declared symmetry-breaking gate, and the group that it leaves.

    Attributes:
        breaking: the generator of the gate.
    """

    name = "declared breaking"
    form = "breaking"
    targets = (MODEL, MODEL_WITHOUT_DATA)
    fields = ("operator", "shown", "broken")
    sentence = "symmetry_breaking: {shown}"
    place = ("ansatz", "symmetry_breaking")

    breaking: PauliSum

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        return [cls.form] if target["breaking"] else []

    def evidence(self) -> Plain:
        """The operator, and the numbers of the generators that it breaks."""
        return {
            **operator_evidence(self.breaking),
            "broken": list(residue_of(self.symmetry, self.breaking).broken),
        }

    def decide(self) -> Finding:
        """What it breaks and what it leaves; there is nothing to refuse."""
        residue = residue_of(self.symmetry, self.breaking)
        detail = "breaks nothing: the gate commutes with the whole group"
        if residue.broken:
            broken = ", ".join(self.symmetry.generator_names[number] for number in residue.broken)
            detail = f"breaks {broken}; leaves {residue.name}"
        return self._found(Verdict.PROVEN, EXACT_COMMUTATOR, detail)


@dataclass(frozen=True)
class _Survivor:
    """A part of a factor: its name, what it is in plain data, and an element that is not a power of a generator's."""

    name: str
    part: dict[str, Any]
    element: FiniteGenerator | None = None


def _survivors(symmetry: Symmetry, place: int, first: int, breaking: PauliSum) -> list[_Survivor]:
    """What survives of one factor: all of it, or U(1) about an axis.

    Args:
        symmetry: the declared group.
        place: place of the factor among all factors.
        first: number of its first Lie generator among those of all factors.
        breaking: the generator of the gate.
    """
    factor = symmetry.factors[place]
    generators = [g for g in factor.lie_generators if isinstance(g, RotationGenerator)]
    if len(generators) < 2:
        survives = all(leaves_invariant(g, breaking) for g in factor.lie_generators)
        return [_Survivor(factor.name, {"factor": place})] if survives else []
    several = sum(bool(f.lie_generators) for f in symmetry.factors) > 1
    where = f" on qubits {', '.join(map(str, sorted(generators[0].qubits)))}" if several else ""
    # A subalgebra of so(3) has dimension 0, 1 or 3: short of all, at most one axis is left.
    combinations = _commuting_combinations(generators, breaking)
    if len(combinations) == len(generators):
        return [_Survivor(factor.name + where, {"factor": place})]
    found = []
    for combination in combinations:
        axis = [combination.get(a, rational(0)) for a in range(3)]
        name = f"U(1) about {axis_text(axis)}{where}"
        if len(combination) == 1:
            found.append(_Survivor(name, {"generator": first + next(iter(combination))}))
        else:
            # No declared generator spans this axis. An element whose powers are dense in its U(1) stands for it.
            terms = [[first + a, text_of(value)] for a, value in sorted(combination.items())]
            element = generators[0].moved_by(
                irrational_turn(axis), f"a rotation about {axis_text(axis)}{where}"
            )
            found.append(_Survivor(name, {"combination": terms}, element))
    return found


def _commuting_combinations(generators: Sequence[LieGenerator], breaking: PauliSum) -> list[dict[int, Real]]:
    """Basis of the combinations of Lie generators that commute with an operator."""
    commutators = [g.operator.commutator(breaking) for g in generators]
    keys = {key for commutator in commutators for key in commutator.terms}
    rows = [
        {i: imaginary_part(c.terms[key]) for i, c in enumerate(commutators) if key in c.terms} for key in keys
    ]
    return null_space(rows, range(len(generators)))
