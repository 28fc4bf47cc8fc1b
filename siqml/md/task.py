"""What a simulation is asked to do."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from siqml.errors import MdError
from siqml.limits import MAX_SEED

ENSEMBLES: Final = ("nve", "langevin")

FEMTO_PER_PICO: Final = 1000.0


@dataclass(frozen=True)
class MdOrder:
    """A simulation, except for its length.

    Attributes:
        ensemble: ``"nve"``, constant energy by velocity Verlet, or ``"langevin"``, a bath of constant temperature.
        timestep: timestep in fs.
        temperature: temperature of the start velocities and of the bath, in K.
        friction: friction of the bath in 1/ps; it has no meaning at constant energy.
        every: steps between two frames.
        seed: seed for the start velocities and for the bath.

    Raises:
        MdError: one of them is impossible.
    """

    ensemble: str = "nve"
    timestep: float = 0.5
    temperature: float = 300.0
    friction: float = 10.0
    every: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        if self.ensemble not in ENSEMBLES:
            raise MdError(f'--ensemble: found "{self.ensemble}"; known: {", ".join(ENSEMBLES)}')
        for name, value, limit in (
            ("--timestep", self.timestep, 10.0),
            ("--temperature", self.temperature, 1e5),
            ("--friction", self.friction, 1e4),
        ):
            if not 0 < value <= limit:
                raise MdError(f"{name}: found {value:g}; needed: above 0, up to {limit:g}")
        if self.every < 1:
            raise MdError(f"--every: found {self.every}; needed: at least 1 step between two frames")
        if not 0 <= self.seed <= MAX_SEED:
            raise MdError(f"--seed: found {self.seed}; needed: from 0 to {MAX_SEED}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a checkpoint."""
        return asdict(self)
