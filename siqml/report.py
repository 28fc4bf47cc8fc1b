"""Results as lines of text."""

from collections.abc import Sequence
from pathlib import Path

from siqml.evaluate import Errors, Evaluation
from siqml.floor import Floor
from siqml.session import Outcome

HEADER = f"{'':<26}{'mean square':>16}{'mean abs':>12}{'largest':>12}"


def evaluation_lines(evaluations: Sequence[Evaluation]) -> list[str]:
    """A table of errors; energies in eV, forces in eV/angstrom, mean squares in their squares."""
    lines = []
    for found in evaluations:
        lines.append(f"{Path(found.source).name}: {found.num_structures} structures")
        lines.append(HEADER)
        rows = (
            ("energy, eV", found.energy),
            ("force components, eV/A", found.force),
            ("force along bond, eV/A", found.radial_force),
            ("force along line, eV/A", found.line_force),
        )
        lines += [_row(name, errors) for name, errors in rows if errors is not None]
        forces = "" if found.force_variance is None else f"; forces {found.force_variance:.3e}, mean square"
        lines.append(f"  labels scatter by {found.energy_variance:.3e}, variance{forces}")
        lines += [] if found.floor is None else [f"  {floor_text(found.floor)}"]
    return lines


def floor_text(floor: Floor) -> str:
    """The forces that a model cannot express, in one sentence.

    >>> floor_text(Floor((12, 12), 15, 0.0125, 0.125))
    'this model sees 12 of 15 directions; forces along the others: 1.250e-02, 12.5 % of the mean square'
    """
    low, high = floor.seen
    seen = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"this model sees {seen} of {floor.directions} directions; forces along the others: {floor.mse:.3e}, "
        f"{100 * floor.share:.3g} % of the mean square"
    )


def outcome_lines(outcome: Outcome) -> list[str]:
    """What a finished training says: the errors, and where everything lies."""
    evaluations = [outcome.train] if outcome.test is None else [outcome.train, outcome.test]
    program = outcome.force_field.program
    return [
        *evaluation_lines(evaluations),
        f"{program.spec.name}: {program.num_parameters} parameters, {outcome.seconds:.1f} s; "
        f"see {outcome.folder.root}",
    ]


def _row(name: str, errors: Errors) -> str:
    return f"  {name:<24}{errors.mse:>16.3e}{errors.mae:>12.3e}{errors.max:>12.3e}"
