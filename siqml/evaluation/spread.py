"""What several seeds have in common."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """Median, best and worst of the seeds.

    >>> Spread.of([3.0, 1.0, 2.0])
    Spread(median=2.0, best=1.0, worst=3.0)
    """

    median: float
    best: float
    worst: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """The spread of at least one value."""
        return cls(median(values), min(values), max(values))
