"""What a spec of a sum says, as values. Nothing here reads files."""

from dataclasses import dataclass, field
from fractions import Fraction

from eqcompile.declaration.spec import Path, Source, Spec
from eqcompile.errors import SpecError
from eqcompile.exact.linear.combination import Combination
from eqcompile.groups.of_vectors import SiteSymmetry


@dataclass(frozen=True)
class TermSpec:
    r"""One copy of a circuit: :math:`c\, f(\theta_w, M x)`.

    Args:
        entry: number of the entry of ``terms`` that lists it.
        spec: the spec of f; other copies of the entry have the same.
        coefficient: c, not zero.
        weights: w, the name of the parameters, which terms with the same name share.
        sites: M, for each site of f the combination of the sites of the whole.
    """

    entry: int
    spec: Spec
    coefficient: Fraction
    weights: str
    sites: tuple[Combination, ...]


@dataclass(frozen=True)
class SumSpec:
    """A sum of circuits; equality ignores ``source``.

    Args:
        name: what the model is called.
        sites: names of the vectors in R^3 that the whole takes, in the order of its input.
        symmetry: the group that is claimed of the whole.
        terms: one for each copy of a circuit.
        source: the text it was read from.
        standalone: the same spec as one text that needs no other file of a circuit.
    """

    name: str
    sites: tuple[str, ...]
    symmetry: SiteSymmetry
    terms: tuple[TermSpec, ...]
    source: Source = field(compare=False, repr=False)
    standalone: str = field(compare=False, repr=False, default="")

    def __deepcopy__(self, memo: object) -> "SumSpec":
        """The spec itself: it never changes."""
        return self

    @property
    def num_sites(self) -> int:
        """Number of sites of the whole."""
        return len(self.sites)

    def error(self, message: str, path: Path) -> SpecError:
        """An error about one part of the spec, with its place in the file."""
        line, column = self.source.locate(path)
        return SpecError(message, self.source.path, line, column)
