"""A study as a page of Markdown, and its numbers as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from siqml.evaluation.floor import Floor, floor_text
from siqml.evaluation.spread import Spread
from siqml.provenance import Origin
from siqml.reproduce.breaking import Breaking
from siqml.reproduce.internal import InternalErrors
from siqml.reproduce.paper import PrintedRow
from siqml.reproduce.seeds import SeedResult
from siqml.reproduce.study import Row, Study

SEEDS_OF_A_GOAL: Final = 5
"""Least number of seeds: a goal is set for the median over them."""

QUICK: Final = "**QUICK: a few steps only, to see that everything works. These are not our results.**"


@dataclass(frozen=True)
class Found:
    """What one row reached.

    Attributes:
        row: what was trained.
        results: one result for each seed.
        picture: name of the picture beside the page.
        beyond: MSE(E) and MSE(F) of the middle seed on harder structures, if the study has any.
        floors: the part of the test forces that the model cannot express, if the study asks for it, each with a phrase
            about what was changed in the model.
        recipe: how it was trained, in a few words.
        breaking: what breaking does to the middle seed, if it has any.
        internal: errors of the forces of every seed in internal coordinates, if the study asks for them.
        scatter: variance of the test energies and mean square of the test forces, if the study asks for R^2.
    """

    row: Row
    results: tuple[SeedResult, ...]
    picture: str
    beyond: tuple[float, float] | None
    floors: tuple[tuple[str, Floor], ...] = ()
    recipe: str = ""
    breaking: Breaking | None = None
    internal: tuple[InternalErrors, ...] = ()
    scatter: tuple[float, float] | None = None

    @property
    def train(self) -> tuple[Spread, Spread]:
        """Both errors on the training set."""
        return Spread.of([r.train[0] for r in self.results]), Spread.of([r.train[1] for r in self.results])

    @property
    def energy(self) -> Spread:
        """MSE(E) on the test set, in eV^2."""
        return Spread.of([result.test[0] for result in self.results])

    @property
    def force(self) -> Spread:
        """MSE(F) on the test set, in eV^2/angstrom^2."""
        return Spread.of([result.test[1] for result in self.results])


def page(
    study: Study,
    found: Sequence[Found],
    spreads: Sequence[str],
    origin: Origin,
    quick: bool,
    together: str | None = None,
) -> list[str]:
    """The page.

    Args:
        study: what was reproduced.
        found: one entry for each row that has a result.
        spreads: one line about the labels of each file.
        origin: where the numbers come from.
        quick: whether to mark the page as a quick trial.
        together: name of the picture that shows several models on one axis, if there is one.

    Returns:
        Lines of Markdown.
    """
    banner = [QUICK, ""] if quick else []
    return [
        f"# {study.title}",
        "",
        *banner,
        "E in eV^2 and F in eV^2/A^2 are the mean square errors of energies and forces; ours are medians over the "
        "seeds, with best and worst in brackets. Points: structures of the test set.",
        "",
        "| | parameters | recipe | steps | seeds | train E | train F | points | test E | test F |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_printed(row) for row in _paper_rows(study)),
        *(_ours(part) for part in found),
        "",
        *(f"- {line}" for part in found for line in verdicts(part)),
        *_skills(study, found),
        *(f"- {row.title}: not run." for row in study.rows if row not in [part.row for part in found]),
        "",
        "## What the errors are measured against",
        "",
        *(f"- {line}" for line in spreads),
        *(f"- {remark}" for remark in study.remarks),
        *_floors(found),
        *_beyond(study, found),
        *(
            f"- {part.row.title}, the middle seed: {part.breaking.text}."
            for part in found
            if part.breaking is not None
        ),
        *_internal(found),
        "",
        "## Every seed",
        "",
        "Seconds are wall time of the optimisation in the last call, compilation of its loops included.",
        "",
        "| | seed | steps | seconds | train MSE(E) | train MSE(F) | test MSE(E) | test MSE(F) |",
        "|---|---|---|---|---|---|---|---|",
        *(_seed(part.row, result) for part in found for result in part.results),
        "",
        *([f"![models on one axis, the middle seeds]({together})"] if together else []),
        *(f"![{part.row.title}, the middle seed]({part.picture})" for part in found if part.row.part is None),
        "",
        "## Where it comes from",
        "",
        *origin.lines(),
    ]


def _skills(study: Study, found: Sequence[Found]) -> list[str]:
    """R^2 = 1 - MSE / scatter of every row, median over the seeds, against what the study asks of the forces."""
    lines = []
    for part in found:
        if part.scatter is not None and study.skill is not None:
            energy, force = (
                1 - spread.median / scatter
                for spread, scatter in zip((part.energy, part.force), part.scatter, strict=True)
            )
            worst = 1 - part.force.worst / part.scatter[1]
            met = "met" if force >= study.skill else "NOT met"
            lines.append(
                f"- {part.row.title}: R^2 of forces {force:.6f} (worst seed {worst:.6f}), of energies {energy:.6f}; "
                f"the goal of {study.skill:g} for forces is {met}{_few(part)}."
            )
    return lines


def verdicts(part: Found) -> list[str]:
    """Plain sentences that compare with the paper, and with the goal we set ourselves."""
    lines = []
    energy, force = part.energy.median, part.force.median
    if part.row.printed is not None:
        printed = part.row.printed
        energies, forces = _against(energy, printed.energy_mse), _against(force, printed.force_mse)
        lines.append(
            f"{part.row.title}: against {printed.source}, the median of MSE(E) is {energies}, of MSE(F) {forces}."
        )
    if part.row.goal is None:
        return lines
    goal_energy, goal_force = part.row.goal
    met = [
        "met" if ours <= goal else "NOT met" for ours, goal in ((energy, goal_energy), (force, goal_force))
    ]
    lines.append(
        f"{part.row.title}: our goal of {goal_energy:.0e} for MSE(E) is {met[0]}, "
        f"of {goal_force:.0e} for MSE(F) {met[1]}{_few(part)}."
    )
    return lines


def numbers(study: Study, found: Sequence[Found], origin: Origin, quick: bool) -> dict[str, Any]:
    """The content of the page, for JSON."""
    return {
        "study": study.name,
        "quick": quick,
        **origin.to_dict(),
        "paper": [asdict(row) for row in _paper_rows(study)],
        "rows": [
            {
                "config": part.row.config,
                "title": part.row.title,
                "part": part.row.part,
                "goal": part.row.goal,
                "recipe": part.recipe,
                "train_energy_mse": asdict(part.train[0]),
                "train_force_mse": asdict(part.train[1]),
                "test_energy_mse": asdict(part.energy),
                "test_force_mse": asdict(part.force),
                "breaking": None if part.breaking is None else asdict(part.breaking),
                "internal": [asdict(errors) for errors in part.internal],
                "beyond": part.beyond,
                "floors": [
                    {"model": f"as trained{changed}", **asdict(floor)} for changed, floor in part.floors
                ],
                "seeds": [_plain(result) for result in part.results],
            }
            for part in found
        ],
    }


def _few(part: Found) -> str:
    count = len(part.results)
    if count >= SEEDS_OF_A_GOAL:
        return ""
    return (
        f"; {count} of the {SEEDS_OF_A_GOAL} seeds that a goal asks for "
        + ("is" if count == 1 else "are")
        + " here"
    )


def _paper_rows(study: Study) -> list[PrintedRow]:
    printed = [row.printed for row in study.rows if row.printed is not None]
    return list(dict.fromkeys(printed))  # two of our rows may stand beside the same one


def _printed(row: PrintedRow) -> str:
    train = "| | |" if row.train is None else f"| {row.train[0]:.2e} | {row.train[1]:.2e} |"
    return (
        f"| paper: {row.model} | {row.parameters} | as printed | 3000 | {train} | {row.energy_mse:.2e} "
        f"| {row.force_mse:.2e} |"
    )


def _ours(part: Found) -> str:
    first, (energy, force) = part.results[0], part.train
    return (
        f"| **ours: {part.row.title}** | {first.parameters} | {part.recipe} | {first.steps} | {len(part.results)} "
        f"| {energy.median:.2e} | {force.median:.2e} | {first.structures} | {_shown(part.energy)} "
        f"| {_shown(part.force)} |"
    )


def _shown(spread: Spread) -> str:
    return f"**{spread.median:.2e}** ({spread.best:.2e} to {spread.worst:.2e})"


def _seed(row: Row, result: SeedResult) -> str:
    seconds = "interrupted" if result.seconds is None else f"{result.seconds:.0f}"
    errors = " | ".join(f"{value:.2e}" for value in (*result.train, *result.test))
    return f"| {row.title} | {result.seed} | {result.steps} | {seconds} | {errors} |"


def _against(ours: float, printed: float) -> str:
    if ours <= printed:
        return f"{printed / ours:.1f} times smaller"
    return f"{ours / printed:.1f} times LARGER"


def _beyond(study: Study, found: Sequence[Found]) -> list[str]:
    lines = [
        f'- On `{study.beyond}`, beyond anything in training, the middle seed of "{part.row.title}" has '
        f"MSE(E) {part.beyond[0]:.2e} and MSE(F) {part.beyond[1]:.2e}."
        for part in found
        if part.beyond is not None
    ]
    return lines


def _floors(found: Sequence[Found]) -> list[str]:
    """One line for all rows for which the same is true."""
    rows: dict[str, list[str]] = {}
    for part in found:
        for changed, floor in part.floors:
            rows.setdefault(f"{changed}: {floor_text(floor)}", []).append(part.row.title)
    return [
        f"- {' and '.join(titles)}{text}, over all components of the test forces."
        for text, titles in rows.items()
    ]


def _internal(found: Sequence[Found]) -> list[str]:
    """A table of errors in internal coordinates, medians over the seeds."""
    rows = [part for part in found if part.internal]
    if not rows:
        return []
    lines = [
        "",
        "Forces along internal coordinates on the test set: lengths in eV^2/A^2, angles in eV^2/rad^2, and the mean "
        "over all coordinates, with both units mixed. Medians over the seeds.",
        "",
        "| | lengths | angles | mean |",
        "|---|---|---|---|",
    ]
    for part in rows:
        lengths, mean = (
            Spread.of([getattr(e, name) for e in part.internal]).median for name in ("lengths", "mean")
        )
        angles = [errors.angles for errors in part.internal if errors.angles is not None]
        shown = f"{Spread.of(angles).median:.2e}" if angles else ""
        lines.append(f"| {part.row.title} | {lengths:.2e} | {shown} | {mean:.2e} |")
    return lines


def _plain(result: SeedResult) -> dict[str, Any]:
    return {name: value for name, value in asdict(result).items() if name != "folder"}
