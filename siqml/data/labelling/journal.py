"""What was computed stays computed: finished points, in a file that only grows.

The file has one line of JSON per point. A process that is killed loses at most the line it was writing.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.data.labelling.functional import Point
from siqml.molecule.structures import Array

Key = tuple[float, ...]


class Journal:
    """The points of one task, by geometry, in memory and on disk.

    Args:
        path: the file; its folder exists.
        task: what is computed, as JSON. Points of another task are of no use, and the file is begun anew.
    """

    def __init__(self, path: Path, task: dict[str, Any]) -> None:
        self._path = path
        self._points: dict[Key, Point] = {}
        head = json.dumps({"task": task}, sort_keys=True)
        lines = path.read_text().split("\n") if path.is_file() else []
        whole = lines[:-1]  # what follows the last newline is a line that was never finished
        if not whole or whole[0] != head:
            eq.write_atomically(path, head + "\n")
            return
        for line in whole[1:]:
            self._remember(json.loads(line))
        if lines[-1]:
            eq.write_atomically(path, "\n".join(whole) + "\n")

    def __len__(self) -> int:
        return len(self._points)

    def get(self, positions: Array) -> Point | None:
        """The point at exactly these positions; ``None`` if it is not there yet."""
        return self._points.get(_key(positions))

    def add(self, positions: Array, point: Point) -> None:
        """Keep a point, on disk first."""
        entry = {
            "positions": np.ravel(positions).tolist(),
            "energy": point.energy,
            "forces": np.ravel(point.forces).tolist(),
        }
        with self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
        self._remember(entry)

    def remove(self) -> None:
        """Delete the file: the task is done."""
        self._path.unlink(missing_ok=True)

    def _remember(self, entry: dict[str, Any]) -> None:
        forces = np.array(entry["forces"], dtype=np.float64).reshape(-1, 3)
        self._points[tuple(entry["positions"])] = Point(entry["energy"], forces)


def _key(positions: Array) -> Key:
    return tuple(np.ravel(positions).tolist())
