"""Results as lines of text."""

from collections.abc import Sequence
from pathlib import Path

from siqml.descriptors.describe import Described
from siqml.evaluation.ensemble import EnsembleEvaluation
from siqml.evaluation.evaluate import Errors, Evaluation
from siqml.evaluation.floor import floor_text
from siqml.evaluation.spread import Spread
from siqml.evaluation.verdict import verdict, verdict_lines
from siqml.training.session import Outcome

HEADER = f"{'':<26}{'mean square':>16}{'mean abs':>12}{'largest':>12}"


def evaluation_lines(evaluations: Sequence[Evaluation]) -> list[str]:
    """A table of errors: energies in eV, forces in eV/angstrom, mean squares in the squares of these units."""
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
        lines.append(_outside(found))
    return lines


def ensemble_lines(evaluations: Sequence[EnsembleEvaluation]) -> list[str]:
    """For every set, mean square errors of each model and of their mean, and what the spread between models tells."""
    lines = []
    for found in evaluations:
        names = [*found.members, f"mean of {len(found.members)} models", "correlation of spread and error"]
        width = max(map(len, names)) + 4
        lines.append(f"{Path(found.mean.source).name}: {found.mean.num_structures} structures")
        lines.append(f"{'':<{width}}{'MSE(E) eV^2':>16}{'MSE(F) eV^2/A^2':>18}")
        rows = [(name, *_mean_squares(member)) for name, member in found.members.items()]
        rows.append((names[-2], *_mean_squares(found.mean)))
        forces = (None, None) if found.force is None else (found.force.spread, found.force.correlation)
        rows.append(("squared spread of the models", found.energy.spread, forces[0]))
        lines += [
            f"  {name:<{width - 2}}{_number(e, '.3e'):>16}{_number(f, '.3e'):>18}" for name, e, f in rows
        ]
        correlations = _number(found.energy.correlation, ".2f"), _number(forces[1], ".2f")
        lines.append(f"  {names[-1]:<{width - 2}}{correlations[0]:>16}{correlations[1]:>18}")
        lines += [_outside(found.mean), *verdict_lines(verdict(found.mean))]
    return lines


def seeds_lines(found: EnsembleEvaluation) -> list[str]:
    """Mean square errors: median, best and worst of the models, beside that of the mean of their predictions."""
    members = list(found.members.values())
    lines = [
        f"{Path(found.mean.source).name}: {found.mean.num_structures} structures, {len(members)} models",
        f"{'mean squares':<28}{'median':>11}{'best':>11}{'worst':>11}{'of the mean':>14}",
    ]
    for name, part in (
        ("energy, eV^2", "energy"),
        ("force components, eV^2/A^2", "force"),
        ("force along bond, eV^2/A^2", "radial_force"),
        ("force along line, eV^2/A^2", "line_force"),
    ):
        of_mean = getattr(found.mean, part)
        if of_mean is not None:
            spread = Spread.of([getattr(member, part).mse for member in members])
            values = f"{spread.median:>11.2e}{spread.best:>11.2e}{spread.worst:>11.2e}{of_mean.mse:>14.2e}"
            lines.append(f"  {name:<26}{values}")
    return [*lines, *verdict_lines(verdict(found.mean))]


def outcome_lines(outcome: Outcome) -> list[str]:
    """What a finished training reports: the errors, and where everything is."""
    evaluations = [outcome.train] if outcome.test is None else [outcome.train, outcome.test]
    model = outcome.force_field.model
    return [
        *evaluation_lines(evaluations),
        *verdict_lines(outcome.verdict),
        f"{model.name}: {model.num_parameters} parameters, {outcome.seconds:.1f} s; "
        f"see {outcome.folder.root}",
    ]


def described_lines(found: Described) -> list[str]:
    """What a fit on descriptors reports: what is proven, its errors, those of the circuit, where everything is."""
    field, certificate = found.field, found.field.descriptors.program.certificate
    count = len(field.descriptors.operators)
    evaluations = [found.train] if found.test is None else [found.train, found.test]
    lines = [
        f"{count} descriptors of {field.model.name}, each proven invariant under {certificate.symmetry_left}",
        *evaluation_lines(evaluations),
    ]
    if found.plain is not None:
        energy, force = _mean_squares(found.plain)
        name = Path(found.plain.source).name
        lines.append(
            f"the circuit alone on {name}, mean squares: energy {energy:.3e}, forces {_number(force, '.3e')}"
        )
    layers = "-".join(map(str, field.network.sizes))
    return [
        *lines,
        f"network {layers}: {field.network.weights.size} weights, {found.seconds:.1f} s; see {found.folder.root}",
    ]


def _outside(found: Evaluation) -> str:
    if found.outside is None:
        return "  domain of the training set: unknown, the model file does not hold it"
    return f"  outside the domain of the training set: {100 * found.outside:.1f} % of the structures"


def _mean_squares(found: Evaluation) -> tuple[float, float | None]:
    return found.energy.mse, None if found.force is None else found.force.mse


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _row(name: str, errors: Errors) -> str:
    return f"  {name:<24}{errors.mse:>16.3e}{errors.mae:>12.3e}{errors.max:>12.3e}"
