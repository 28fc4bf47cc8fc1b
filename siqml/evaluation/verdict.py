r"""Is a model of any use? Against the mean energy, against zero forces, and against a Gaussian process.

.. math:: \text{skill} = 1 - \frac{\mathrm{MSE}}{\mathrm{variance}}

is 1 for a perfect model and 0 for one that always answers the mean of the labels; for forces, zero takes the place of
the mean. Beside it stands the squared correlation r^2 of predictions and labels. It stays high where only the zero or
the unit is wrong.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from siqml.baseline.gaussian_process import GaussianProcess
from siqml.errors import DataError
from siqml.evaluation.evaluate import Evaluation, compared
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures

Word = Literal["useless", "weak", "good"]

USELESS: Final = 0.1
"""Skill up to which a model is useless: its root mean square error is still 95 % of the scatter of the labels."""

GOOD: Final = 0.99
"""Skill from which a model is good: its root mean square error is a tenth of the scatter of the labels."""


ROUND: Final = 20.0
"""Ratio from which decimals are left out."""


@dataclass(frozen=True)
class Skill:
    """How much better than the simplest answer.

    Attributes:
        word: the verdict.
        skill: 1 - MSE / variance.
        r_squared: squared correlation of predictions and labels; ``None`` if either is the same everywhere.
    """

    word: Word
    skill: float
    r_squared: float | None

    @classmethod
    def of(cls, mse: float, variance: float | None, r_squared: float | None) -> "Skill | None":
        """The skill of a mean square error; ``None`` for labels that do not vary.

        >>> Skill.of(1.0, 4.0, 0.8)
        Skill(word='weak', skill=0.75, r_squared=0.8)
        """
        if not variance:
            return None
        skill = 1 - mse / variance
        return cls("useless" if skill <= USELESS else "good" if skill >= GOOD else "weak", skill, r_squared)


@dataclass(frozen=True)
class Contender:
    """A Gaussian process on the training points, on the same structures as the model.

    Attributes:
        num_structures: structures that it is fitted to.
        num_given: structures of the training set.
        with_forces: whether it is fitted to forces, too.
        kernel, length, noise: as the likelihood of the training labels decides, see `GaussianProcess`.
        energy_mse: in eV^2.
        force_mse: in eV^2/angstrom^2; along the line of a cut, where the model's is.
    """

    num_structures: int
    num_given: int
    with_forces: bool
    kernel: str
    length: float
    noise: float
    energy_mse: float
    force_mse: float | None


@dataclass(frozen=True)
class Verdict:
    """What a model is worth on one set of structures.

    Attributes:
        source: the structures.
        energy, force: skills; ``None`` without labels, or if these do not vary. Where all structures lie on a line,
            force is the one along it.
        energy_mse, force_mse: of the model.
        contender: the Gaussian process, if it was asked for.
        no_contender: why there is none, if it was asked for.
    """

    source: str
    energy: Skill | None
    force: Skill | None
    energy_mse: float
    force_mse: float | None
    contender: Contender | None = None
    no_contender: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON, beside those of the evaluation, which names the structures."""
        return {name: value for name, value in asdict(self).items() if name != "source"}


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a Gaussian process learns from, so that it has what the model had.

    Attributes:
        data: the training set.
        permutations: exchanges of atoms under which the model is invariant; atom a goes to ``images[a]``.
        with_forces: whether the model saw forces.
        along_line: whether it saw only those along the line of a cut.
    """

    data: Structures
    permutations: Sequence[Sequence[int]]
    with_forces: bool
    along_line: bool = False

    def fit(self) -> GaussianProcess:
        """The Gaussian process; errors are those of `GaussianProcess.fit`."""
        line = Line.through(self.data) if self.along_line else None
        return GaussianProcess.fit(
            self.data, self.permutations, self.with_forces, None if line is None else line.direction
        )


def verdict(evaluation: Evaluation) -> Verdict:
    """What the errors of a model say about it."""
    energy, force = evaluation.energy, evaluation.line_force or evaluation.force
    force_mse = None if force is None else force.mse
    on_line = evaluation.line_force is not None
    variance = evaluation.line_force_variance if on_line else evaluation.force_variance
    return Verdict(
        evaluation.source,
        Skill.of(energy.mse, evaluation.energy_variance, evaluation.energy_r_squared),
        None if force_mse is None else Skill.of(force_mse, variance, evaluation.force_r_squared),
        energy.mse,
        force_mse,
    )


def with_contender(found: Sequence[Verdict], lesson: Lesson, sets: Sequence[Structures]) -> list[Verdict]:
    """Verdicts with a Gaussian process beside the model.

    Args:
        found: verdicts about a model.
        lesson: what the Gaussian process learns from.
        sets: the structures of each verdict. On structures that it was fitted to, the errors of a Gaussian process
            say nothing, and none are shown.

    Returns:
        The verdicts, each with the contender, or with the reason why there is none.
    """
    try:
        process = lesson.fit()
    except DataError as error:
        return [_replaced(one, None, str(error)) for one in found]
    return [_against(one, process, lesson, structures) for one, structures in zip(found, sets, strict=True)]


def _against(one: Verdict, process: GaussianProcess, lesson: Lesson, structures: Structures) -> Verdict:
    known = {one.tobytes() for one in lesson.data.positions}
    if all(one.tobytes() in known for one in structures.positions):
        return _replaced(one, None, "these are the points that a Gaussian process would be fitted to")
    errors = compared(*process.predict(structures.positions), structures)
    force = errors.line_force or errors.force
    contender = Contender(
        process.num_structures,
        process.num_given,
        process.with_forces,
        process.kernel,
        process.length,
        process.noise,
        errors.energy.mse,
        None if force is None else force.mse,
    )
    return _replaced(one, contender, None)


def _replaced(one: Verdict, contender: Contender | None, reason: str | None) -> Verdict:
    return Verdict(one.source, one.energy, one.force, one.energy_mse, one.force_mse, contender, reason)


def verdict_lines(found: Verdict) -> list[str]:
    """The verdict in words and numbers.

    >>> evaluation = Verdict("a.extxyz", Skill.of(1.1, 1.0, 0.01), None, 1.1, None)
    >>> print("\\n".join(verdict_lines(evaluation)))
    verdict on a.extxyz
      energies: useless, no better than the mean; skill -0.1000 (1 - MSE / variance), r^2 0.0100
    """
    lines = [
        f"verdict on {Path(found.source).name}",
        f"  energies: {_said(found.energy, 'the mean', 'variance')}",
    ]
    if found.force_mse is not None:
        lines.append(f"  forces: {_said(found.force, 'zero', 'mean square')}")
    if found.no_contender is not None:
        lines.append(f"  a Gaussian process: none, {found.no_contender}")
    if found.contender is not None:
        lines.append(f"  {_contender_line(found.contender, found)}")
    return lines


def _said(skill: Skill | None, simplest: str, variance: str) -> str:
    if skill is None:
        return "no verdict, the labels are the same everywhere"
    degree = (
        f", {'no' if skill.skill <= 0 else 'hardly'} better than {simplest}"
        if skill.word == "useless"
        else ""
    )
    r_squared = "" if skill.r_squared is None else f", r^2 {skill.r_squared:.4f}"
    return f"{skill.word}{degree}; skill {skill.skill:.4f} (1 - MSE / {variance}){r_squared}"


def _contender_line(contender: Contender, model: Verdict) -> str:
    count = f"{contender.num_structures}"
    if contender.num_structures < contender.num_given:
        count += f" of the {contender.num_given}"
    labels = "energies and forces" if contender.with_forces else "energies"
    text = f"a Gaussian process on the same points ({count} structures, {labels}): MSE(E) "
    text += f"{contender.energy_mse:.3e}{_times(contender.energy_mse, model.energy_mse)}"
    if contender.force_mse is not None and model.force_mse is not None:
        text += f", MSE(F) {contender.force_mse:.3e}{_times(contender.force_mse, model.force_mse)}"
    return text


def _times(contender: float, model: float) -> str:
    """How a Gaussian process compares with the model.

    >>> _times(1.0, 4200.0), _times(4.0, 1.0)
    (' (4,200 times lower)', ' (4.0 times higher)')
    """
    if not (contender > 0 and model > 0):
        return ""
    ratio = max(model / contender, contender / model)
    shown = f"{ratio:,.0f}" if ratio >= ROUND else f"{ratio:.1f}"
    return f" ({shown} times {'lower' if contender <= model else 'higher'})"
