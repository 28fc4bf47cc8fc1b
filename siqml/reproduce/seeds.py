"""The same training from several seeds, and what they have in common."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from siqml.errors import DataError
from siqml.field.catalogue import find
from siqml.training.config import load_config
from siqml.training.many import Wanted
from siqml.training.optimisers.plan import step_settings
from siqml.training.run_folder import RunFolder
from siqml.training.session import is_finished

QUICK_STEPS: Final = 20
"""Steps of each phase: enough to see that everything works, far too few for good figures."""


@dataclass(frozen=True)
class SeedResult:
    """What one seed reached.

    Attributes:
        seed: seed for the start values.
        folder: folder of the run.
        parameters: number of parameters of the model.
        steps: number of steps of both optimisers.
        seconds: wall time of the optimisation; ``None`` if it was interrupted and continued.
        train: MSE(E) in eV^2 and MSE(F) in eV^2/angstrom^2 on the training set. For a diatomic molecule F is
            the force along the bond, the stricter reading; on a cut it is the force along the cut.
        test: the same on the test set.
        structures: number of test structures.
    """

    seed: int
    folder: Path
    parameters: int
    steps: int
    seconds: float | None
    train: tuple[float, float]
    test: tuple[float, float]
    structures: int = 0


@dataclass(frozen=True)
class Runs:
    """Where the runs of all rows and seeds are, and how they are made.

    Attributes:
        root: folder of all runs.
        quick: whether to take `QUICK_STEPS` in each phase.
    """

    root: Path
    quick: bool

    def wanted(self, config: str, seed: int, title: str) -> Wanted:
        """The training of a shipped config from one seed, see `siqml.training.many.train_many`."""
        return Wanted(
            f"{title}, seed {seed}",
            find(config, "configs"),
            self._folder(config, seed),
            self._overrides(config, seed),
        )

    def result(self, config: str, seed: int) -> SeedResult:
        """What a finished training reached.

        Raises:
            DataError: the test set has no forces.
        """
        return read_result(self._folder(config, seed))

    def finished(self, config: str, seed: int) -> SeedResult | None:
        """The result of an earlier call, if it has finished."""
        folder = self._folder(config, seed)
        if not is_finished(find(config, "configs"), folder, self._overrides(config, seed)):
            return None
        return read_result(folder)

    def _folder(self, config: str, seed: int) -> RunFolder:
        return RunFolder(self.root / config / f"seed-{seed}")

    def _overrides(self, config: str, seed: int) -> tuple[str, ...]:
        if not self.quick:
            return (f"seed={seed}",)
        quick = step_settings(load_config(find(config, "configs")), [QUICK_STEPS])
        return (*quick, f"seed={seed}")


def read_result(folder: RunFolder) -> SeedResult:
    """The result of a finished run."""
    found = folder.read_metrics()
    seconds = None if found["resumed"] else found["seconds"]
    errors = [errors_of(found[part], folder) for part in ("train", "test")]
    train, test = errors
    return SeedResult(
        found["seed"],
        folder.root,
        found["num_parameters"],
        found["steps"],
        seconds,
        train,
        test,
        found["test"]["num_structures"],
    )


def middle(results: list[SeedResult]) -> SeedResult:
    """The seed whose energy error on the test set is the median; of two in the middle, the better one."""
    return sorted(results, key=lambda result: result.test[0])[(len(results) - 1) // 2]


def errors_of(part: dict[str, Any] | None, folder: RunFolder) -> tuple[float, float]:
    """MSE(E) and the MSE(F) that a table shows (see `SeedResult`), from an evaluation as run folders hold it.

    Raises:
        DataError: there is no such set, or it has no forces.
    """
    if part is None or part["force"] is None:
        raise DataError(f"{folder.root}: a table needs a test set, and forces on both sets")
    force = part["radial_force"] or part.get("line_force") or part["force"]
    return part["energy"]["mse"], force["mse"]
