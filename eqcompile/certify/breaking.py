"""Which part of a symmetry survives a gate that breaks it on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.certify.certificate import Finding
from eqcompile.certify.claims import leaves_invariant
from eqcompile.exact.linalg import null_space
from eqcompile.exact.notation import shorthand
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import Rational, imaginary_part
from eqcompile.groups.lie import AXES
from eqcompile.reps.factors import FiniteGenerator, LieGenerator
from eqcompile.reps.symmetry import Symmetry


@dataclass(frozen=True)
class Residue:
    """What is left of a symmetry.

    Attributes:
        lie: Lie generators that commute with the breaking gate.
        finite: finite generators that do.
        broken: names of the declared generators that do not.
        name: the group that ``lie`` and ``finite`` generate.
    """

    lie: tuple[LieGenerator, ...]
    finite: tuple[FiniteGenerator, ...]
    broken: tuple[str, ...]
    name: str


def residue_of(symmetry: Symmetry, breaking: PauliSum) -> Residue:
    """The declared generators, and linear combinations of the Lie ones, that commute with ``breaking``."""
    lie = tuple(g for g in symmetry.lie_generators if leaves_invariant(g, breaking))
    finite = tuple(g for g in symmetry.finite_generators if leaves_invariant(g, breaking))
    kept = {g.name for g in lie} | {g.name for g in finite}
    broken = tuple(name for name in symmetry.generator_names if name not in kept)
    parts = _lie_names(symmetry, breaking) + [g.name for g in finite]
    return Residue(lie, finite, broken, " x ".join(parts) or "nothing of the declared group")


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


def _lie_names(symmetry: Symmetry, breaking: PauliSum) -> list[str]:
    """Names of the maximal torus or algebra that survives: all of SU(2), or U(1) about an axis."""
    out = []
    for factor in symmetry.factors:
        generators = factor.lie_generators
        combinations = _commuting_combinations(generators, breaking)
        if generators and len(combinations) == len(generators):
            out.append(factor.name)
        else:
            out += [f"U(1) about {_axis_text(vector)}" for vector in combinations]
    return out


def _commuting_combinations(
    generators: Sequence[LieGenerator], breaking: PauliSum
) -> list[dict[int, Rational]]:
    """Basis of the combinations of Lie generators that commute with an operator."""
    commutators = [g.operator.commutator(breaking) for g in generators]
    keys = {key for commutator in commutators for key in commutator.terms}
    rows = [
        {i: imaginary_part(c.terms[key]) for i, c in enumerate(commutators) if key in c.terms} for key in keys
    ]
    return null_space(rows, range(len(generators)))


def _axis_text(vector: dict[int, Rational]) -> str:
    if len(vector) == 1:
        return AXES[next(iter(vector))]
    return "(" + ", ".join(str(vector.get(a, 0)) for a in range(3)) + ")"
