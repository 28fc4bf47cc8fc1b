"""Which part of a symmetry survives a gate that breaks it on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.certify.certificate import Finding
from eqcompile.certify.claims import leaves_invariant
from eqcompile.exact.linalg import null_space
from eqcompile.exact.notation import shorthand
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import Real, imaginary_part, rational
from eqcompile.groups.rotation import irrational_turn
from eqcompile.reps.factors import Factor, SubgroupFactor
from eqcompile.reps.generators import FiniteGenerator, LieGenerator, RotationGenerator, axis_text
from eqcompile.reps.symmetry import Symmetry


@dataclass(frozen=True)
class Residue:
    """What is left of a symmetry.

    Attributes:
        lie: Lie generators that commute with the breaking gate.
        tilted: for every other axis that survives, a rotation about it; its powers are dense in all of them.
        finite: finite generators that do.
        broken: names of the declared generators that do not.
        name: the group that ``lie`` and ``finite`` generate.
    """

    lie: tuple[LieGenerator, ...]
    tilted: tuple[FiniteGenerator, ...]
    finite: tuple[FiniteGenerator, ...]
    broken: tuple[str, ...]
    name: str


def residue_of(symmetry: Symmetry, breaking: PauliSum) -> Residue:
    """The declared generators, and linear combinations of the Lie ones, that commute with ``breaking``."""
    lie = tuple(g for g in symmetry.lie_generators if leaves_invariant(g, breaking))
    finite = tuple(g for g in symmetry.finite_generators if leaves_invariant(g, breaking))
    broken = tuple(g.name for g in symmetry.generators if not leaves_invariant(g, breaking))
    survivors = [
        _survivors(symmetry, factor, breaking) for factor in symmetry.factors if factor.lie_generators
    ]
    parts = [name for names, _ in survivors for name in names] + [g.name for g in finite]
    tilted = tuple(element for _, elements in survivors for element in elements)
    name = " x ".join(parts) or "nothing of the declared group"
    return Residue(lie, tilted, finite, broken, name)


def kept_symmetry(symmetry: Symmetry, breaking: PauliSum | None) -> Symmetry:
    """The group that a breaking gate leaves; all of it where there is none, or where it breaks nothing.

    >>> from eqcompile.reps.factors import RotationFactor
    >>> su2 = Symmetry(2, factors=(RotationFactor(2, (0, 1)),))
    >>> kept_symmetry(su2, PauliSum.parse("Z0 + Z1", 2)).generator_names
    ('T_z',)
    """
    residue = residue_of(symmetry, breaking or PauliSum.zero(symmetry.num_qubits))
    if not residue.broken:
        return symmetry
    left = SubgroupFactor(symmetry.num_qubits, residue.name, residue.lie, (*residue.tilted, *residue.finite))
    return Symmetry(symmetry.num_qubits, symmetry.site_names, (left,))


def check_breaking(symmetry: Symmetry, breaking: PauliSum) -> Finding:
    """The declared symmetry-breaking gate, and the group that it leaves."""
    residue = residue_of(symmetry, breaking)
    if not residue.broken:
        detail = "breaks nothing: the gate commutes with the whole group"
    else:
        detail = f"breaks {', '.join(residue.broken)}; leaves {residue.name}"
    subject = f"symmetry_breaking: {shorthand(breaking)}"
    return Finding(
        "declared breaking", subject, "proven", "exact commutator with every group generator", detail
    )


def _survivors(
    symmetry: Symmetry, factor: Factor, breaking: PauliSum
) -> tuple[list[str], list[FiniteGenerator]]:
    """Names of what survives of one factor, all of it or U(1) about an axis; and elements about tilted axes."""
    generators = [g for g in factor.lie_generators if isinstance(g, RotationGenerator)]
    if len(generators) < 2:
        survives = all(leaves_invariant(g, breaking) for g in factor.lie_generators)
        return [factor.name] if survives else [], []
    several = sum(bool(f.lie_generators) for f in symmetry.factors) > 1
    where = f" on qubits {', '.join(map(str, generators[0].qubits))}" if several else ""
    combinations = _commuting_combinations(generators, breaking)
    if len(combinations) == len(generators):
        return [factor.name + where], []
    names, elements = [], []
    for combination in combinations:
        axis = [combination.get(a, rational(0)) for a in range(3)]
        names.append(f"U(1) about {axis_text(axis)}{where}")
        if len(combination) > 1:
            turn = irrational_turn(axis)
            elements.append(generators[0].moved_by(turn, f"a rotation about {axis_text(axis)}{where}"))
    return names, elements


def _commuting_combinations(generators: Sequence[LieGenerator], breaking: PauliSum) -> list[dict[int, Real]]:
    """Basis of the combinations of Lie generators that commute with an operator."""
    commutators = [g.operator.commutator(breaking) for g in generators]
    keys = {key for commutator in commutators for key in commutator.terms}
    rows = [
        {i: imaginary_part(c.terms[key]) for i, c in enumerate(commutators) if key in c.terms} for key in keys
    ]
    return null_space(rows, range(len(generators)))
