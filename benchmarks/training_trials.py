"""The trials behind the defaults of docs/training.md: changes of a shipped config, with one seed and mostly few steps.

``python benchmarks/training_trials.py -o FOLDER`` trains what is not trained yet in ``FOLDER/runs`` and writes
``FOLDER/training_trials.md`` and ``.json``. It takes about an hour on one core.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import eqcompile as eq
from siqml.field.catalogue import find
from siqml.provenance import Origin
from siqml.reproduce.seeds import SeedResult, read_result
from siqml.training.run_folder import RunFolder
from siqml.training.session import train_or_continue


@dataclass(frozen=True)
class Question:
    """What one group of trials compares: settings of the same config, each with a short name."""

    title: str
    config: str
    common: tuple[str, ...]
    answers: dict[str, tuple[str, ...]]


QUESTIONS = (
    Question(
        "Map from values to energies",
        "water",
        ("adam.steps=300", "lbfgs.steps=300"),
        {"window": (), "least squares": ("labels.map=least_squares",)},
    ),
    Question(
        "Start of alpha, water",
        "water",
        ("adam.steps=500", "lbfgs.steps=1000"),
        {f"{alpha}/angstrom": (f"start.scales={alpha}",) for alpha in (0.3, 0.7, 1.2)},
    ),
    Question(
        "Optimisers, water",
        "water",
        ("adam.steps=500",),
        {f"{steps} steps of L-BFGS": (f"lbfgs.steps={steps}",) for steps in (0, 300, 3000)},
    ),
    Question(
        "Where the force loss begins, water",
        "water_forces",
        ("adam.steps=500",),
        {
            "with the first step": ("lbfgs={steps: 1500, memory: 100}",),
            "after 1500 steps on energies": ("lbfgs={energies_first: 1500, steps: 1000, memory: 100}",),
        },
    ),
    Question(
        "Steps with breaking, water",
        "water_breaking",
        ("adam.steps=500",),
        {f"{steps} steps of L-BFGS": (f"lbfgs.steps={steps}",) for steps in (2500, 4000)},
    ),
    Question(
        "Start of alpha, the dimer's cut",
        "dimer_cut",
        ("lbfgs.steps=0",),
        {f"{alpha}/angstrom": (f"start.scales={alpha}",) for alpha in (0.3, 0.6)},
    ),
    Question(
        "Frame of the dimer, 40 structures of the cool trajectory, both losses",
        "dimer_cool_forces",
        ("data.train_size=40", "adam.batch=~", "adam.steps=400", "lbfgs.steps=0"),
        {
            f"{frame}, alpha {alpha}": (*origins, f"start.scales={alpha}")
            for frame, origins in {
                "positions from the middle": (),
                "bonds": ("frame.origins={H1a: [0], H1b: [0], H2a: [3], H2b: [3]}",),
            }.items()
            for alpha in (0.3, 0.6)
        },
    ),
    Question(
        "Start of the O-H gates, 300 K, both losses",
        "dimer_300K_linked_forces",
        ("adam.steps=400", "lbfgs.steps=0"),
        {f"spread {spread}": (f"start.weights=[0.5, 0.5, 0.5, {spread}]",) for spread in (0.5, 0.05)},
    ),
    *(
        Question(
            f"Steps, {name} at 300 K, both losses",
            config,
            (),
            {
                "as in Table III": (),
                "six times the steps of Adam": ("adam.steps=6000", "lbfgs.steps=300"),
            },
        )
        for name, config in {
            "O-H gates": "dimer_300K_linked_forces",
            "bonds": "dimer_300K_bonds_forces",
        }.items()
    ),
)


def settings_of(question: Question, answer: str) -> list[str]:
    return [*question.common, *question.answers[answer]]


def lines_of(question: Question, results: dict[str, SeedResult]) -> list[str]:
    settings = "".join(f" --set '{setting}'" for setting in question.common)
    return [
        f"## {question.title}",
        "",
        f"`siqml train {question.config}{settings}` and",
        "",
        "| | | train MSE(E) | train MSE(F) | test MSE(E) | test MSE(F) |",
        "|---|---|---|---|---|---|",
        *(
            f"| {answer} | {' '.join(f'`{setting}`' for setting in question.answers[answer])} | "
            + " | ".join(f"{value:.1e}" for value in (*result.train, *result.test))
            + " |"
            for answer, result in results.items()
        ),
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("results"))
    folder = parser.parse_args().output
    found: list[tuple[Question, dict[str, SeedResult]]] = []
    for number, question in enumerate(QUESTIONS):
        results = {}
        for position, answer in enumerate(question.answers):
            print(f"{question.title}: {answer}", file=sys.stderr)
            run = RunFolder(folder / "runs" / f"trial-{number}-{position}")
            train_or_continue(
                find(question.config, "configs"), run, sys.stderr, settings_of(question, answer)
            )
            results[answer] = read_result(run)
        found.append((question, results))
    origin = Origin.here("python benchmarks/training_trials.py")
    page = [
        "# Trials behind the defaults of training",
        "",
        "One seed each, and few steps up to the last two questions: they show orders of magnitude, not what a model "
        "can reach. MSE(E) in eV^2, MSE(F) in eV^2/angstrom^2.",
        "",
        *(line for question, results in found for line in lines_of(question, results)),
        "## Where it comes from",
        "",
        *origin.lines(),
    ]
    numbers = {
        "trials": [
            {
                "question": question.title,
                "config": question.config,
                "answer": answer,
                "settings": settings_of(question, answer),
                **{name: value for name, value in asdict(result).items() if name != "folder"},
            }
            for question, results in found
            for answer, result in results.items()
        ],
        **origin.to_dict(),
    }
    eq.write_atomically(folder / "training_trials.json", json.dumps(numbers, indent=2) + "\n")
    eq.write_atomically(folder / "training_trials.md", "\n".join(page) + "\n")


if __name__ == "__main__":
    main()
