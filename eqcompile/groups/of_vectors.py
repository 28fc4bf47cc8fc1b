"""Symmetries of named vectors as wholes: rotations, the inversion, shifts, permutations; nothing about qubits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from eqcompile.groups.permutation import Images

Kind: TypeAlias = Literal["rotation", "inversion", "translation", "permutation"]
"""What a generator does: all rotations of all sites at once, x -> -x, all shifts of all sites, or one permutation."""


@dataclass(frozen=True)
class SiteGenerator:
    """One generator: a permutation, the inversion, or all rotations or all shifts of all sites at once.

    Attributes:
        kind: which of these.
        name: name in messages.
        images: of a permutation, ``images[s]`` is the site to which the content of s moves; else empty.
    """

    kind: Kind
    name: str
    images: Images = ()


@dataclass(frozen=True)
class SiteFactor:
    """One declared part of the group, with its generators."""

    name: str
    generators: tuple[SiteGenerator, ...]


@dataclass(frozen=True)
class SiteSymmetry:
    """A group that acts on vectors, as a sum of circuits declares it.

    Attributes:
        sites: names of the vectors.
        factors: together they generate the group; each is one entry of the declaration.

    >>> exchange = SiteGenerator("permutation", "(A B)", (1, 0))
    >>> str(SiteSymmetry(("A", "B"), (SiteFactor("inversion", (INVERSION,)), SiteFactor("(A B)", (exchange,)))))
    'inversion x (A B)'
    """

    sites: tuple[str, ...]
    factors: tuple[SiteFactor, ...]

    @property
    def generators(self) -> tuple[SiteGenerator, ...]:
        """All generators, in the order of the factors."""
        return tuple(generator for factor in self.factors for generator in factor.generators)

    @property
    def permutations(self) -> tuple[Images, ...]:
        """The images of every permutation among the generators."""
        return tuple(g.images for g in self.generators if g.kind == "permutation")

    def holds(self, kind: Kind) -> bool:
        """Whether generators of this kind are declared."""
        return any(generator.kind == kind for generator in self.generators)

    def numbered(self) -> Iterator[tuple[SiteFactor, list[int]]]:
        """Every factor with the numbers of its generators."""
        first = 0
        for factor in self.factors:
            yield factor, list(range(first, first := first + len(factor.generators)))

    def plain(self) -> dict[str, Any]:
        """The group in plain data for JSON."""
        return {
            "sites": list(self.sites),
            "factors": [{"name": f.name, "generators": numbers} for f, numbers in self.numbered()],
            "generators": [
                {"name": g.name, "kind": g.kind, "sites": list(g.images) if g.kind == "permutation" else None}
                for g in self.generators
            ],
        }

    def __str__(self) -> str:
        return " x ".join(factor.name for factor in self.factors) or "trivial group"


ROTATION = SiteGenerator("rotation", "rotations")
INVERSION = SiteGenerator("inversion", "x -> -x")
TRANSLATION = SiteGenerator("translation", "translations")
