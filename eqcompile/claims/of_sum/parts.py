"""What the proof about a sum is made from: the certified programs, and the terms in which they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from eqcompile.claims.certificate import Certificate
from eqcompile.exact.linear.combination import Combination, combination_text
from eqcompile.symmetry.symmetry import Symmetry


@dataclass(frozen=True)
class SumProgram:
    """One program of a sum.

    Attributes:
        name: name of its spec.
        certificate: what is proven of it.
        kept: the group for which it is: the declared one, or what a declared breaking leaves.
    """

    name: str
    certificate: Certificate
    kept: Symmetry

    @property
    def num_sites(self) -> int:
        """Number of the vectors that it takes."""
        return len(self.kept.site_names)


@dataclass(frozen=True)
class SumTerm:
    r"""One term :math:`c\, f_p(\theta_w, M x)`.

    Attributes:
        entry: number of the entry of the spec that lists it.
        program: p, the number of its program.
        coefficient: c.
        weights: w, the name of its parameters.
        rows: M, the combination of the sites of the whole at each site of the program.
    """

    entry: int
    program: int
    coefficient: Fraction
    weights: str
    rows: tuple[Combination, ...]

    def text(self, programs: Sequence[SumProgram], names: Sequence[str]) -> str:
        """The term as messages name it."""
        on = ", ".join(combination_text(row, names) for row in self.rows)
        return f"{programs[self.program].name} on [{on}]"


@dataclass(frozen=True)
class SumParts:
    """A sum of certified programs.

    Attributes:
        sites: names of the sites of the whole.
        programs: the different programs.
        terms: the terms, one for each copy of a circuit.
    """

    sites: tuple[str, ...]
    programs: tuple[SumProgram, ...]
    terms: tuple[SumTerm, ...]

    def name_of(self, number: int) -> str:
        """The term with this number, as messages name it."""
        return self.terms[number].text(self.programs, self.sites)
