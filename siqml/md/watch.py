"""A simulation that leaves the domain of its training set says so, or ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TextIO

from siqml.data.reading.extxyz import read_structures
from siqml.errors import MdError
from siqml.field.domain import AnyDomain
from siqml.field.ensemble import AnyField
from siqml.md.files import MdFiles
from siqml.molecule.structures import Array, match_atoms

Outside = Literal["warn", "stop", "ignore"]
"""What is done when a frame lies outside the domain."""


class OutsideError(MdError):
    """A simulation has left the domain of the training set, and was told to stop there."""


@dataclass
class Watch:
    """Looks at every frame.

    Attributes:
        domain: where the model knows its way; ``None`` if it is unknown.
        order: the atom of the file for each atom of the model.
        what: what is done outside.
        stream: takes the warnings.
    """

    domain: AnyDomain | None
    order: list[int]
    what: Outside
    stream: TextIO
    _left: bool = field(default=False, repr=False)

    @classmethod
    def of(cls, model: AnyField, symbols: Sequence[str], what: Outside, stream: TextIO) -> "Watch":
        """For a model and atoms in the order of a file.

        Raises:
            MdError: a stop is wanted, and the model file does not hold the domain.
        """
        if what == "stop" and model.domain is None:
            raise MdError(
                "--outside stop: the model file does not hold the domain of its training set; train the model again, "
                "or take --outside ignore"
            )
        order = match_atoms(symbols, model.species) or []
        return cls(None if what == "ignore" else model.domain, order, what, stream)

    def look(self, step: int, positions: Array) -> str | None:
        """Look at a frame.

        Args:
            step: number of steps done.
            positions: ``(n_atoms, 3)`` in angstrom, in the order of the file.

        Returns:
            A line for an error if the simulation is to stop. A warning is printed whenever the molecule leaves.
        """
        if self.domain is None:
            return None
        distance = float(self.domain.distance(positions[self.order][None])[0])
        left, self._left = self._left, distance > 1
        if not self._left:
            return None
        where = f"step {step}: outside the domain of the training set, at {distance:.2f} times its reach"
        if self.what == "stop":
            return where
        if not left:
            print(f"warning: {where}; the model extrapolates", file=self.stream, flush=True)
        return None


def outside_lines(model: AnyField, files: MdFiles, what: Outside) -> list[str]:
    """A line about all frames of a trajectory, also those before an interruption; empty if nobody asked.

    Args:
        model: the model that moved the atoms.
        files: files of the trajectory.
        what: what was done outside.
    """
    if what == "ignore":
        return []
    if model.domain is None:
        return ["domain of the training set: unknown, the model file does not hold it"]
    frames = read_structures(files.trajectory, model.species)
    share = 100 * float(model.domain.outside(frames.positions).mean())
    return [f"{share:.1f} % of the frames lie outside the domain of the training set"]
