"""A study: one page of trainings, beside the numbers that a paper prints for them."""

from dataclasses import dataclass
from typing import Final

from siqml.reproduce.paper import PrintedRow
from siqml.reproduce.relevant import Part


@dataclass(frozen=True)
class Row:
    """One model with one loss, trained from several seeds.

    Attributes:
        config: a shipped config.
        title: what it is called in the table.
        printed: the numbers it stands beside, if the paper has such a model.
        goal: the medians over the seeds of MSE(E) in eV^2 and MSE(F) in eV^2/angstrom^2 that we set ourselves, if any.
        part: part of the test set that counts, see `siqml.reproduce.relevant`; all of it by default.
    """

    config: str
    title: str
    printed: PrintedRow | None
    goal: tuple[float, float] | None
    part: Part | None = None


@dataclass(frozen=True)
class Study:
    """One page: a table of the paper, with the figures that show the same models, or another molecule.

    Attributes:
        name: the table or the molecule; also the name of the files.
        figures: figures of the paper on the same page.
        title: title of the page.
        data_sets: the shipped sets whose labels are learnt.
        rows: what is trained.
        beyond: a shipped file of harder structures, on which the trained models are tried as well.
        remarks: remarks on where we differ from the paper.
        floor: whether to print the part of the forces that each model cannot express.
        internal: internal coordinates in which errors of forces are shown as well, see `siqml.reproduce.internal`.
        skill: the R^2 of the forces that every row should have; ``None`` leaves R^2 out.
        together: configs whose middle seeds are drawn on one axis, for each figure, from the back to the front.
    """

    name: str
    figures: tuple[str, ...]
    title: str
    data_sets: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
    beyond: str | None = None
    floor: bool = False
    internal: tuple[tuple[int, ...], ...] = ()
    together: tuple[str, ...] = ()
    skill: float | None = None


TRAINING: Final = (
    "Rows called *the paper's recipe* are trained as it prints: 3000 steps of Adam on all structures, labels over the "
    "whole range of the observable, identity blocks at the start (Ref. 52). The rate of Adam and the start of alpha "
    "are not printed; [recipe.md](recipe.md) shows what others give. All other rows take Adam and then L-BFGS, and "
    "labels in a narrow part of the range: more steps of a better optimiser, so that a comparison of these rows with "
    "the printed figures compares recipes as well as models."
)
"""How our trainings differ from the paper's, for every study."""

GENERIC: Final = (
    "The generic model of Ref. [10] is count-matched, not a reproduction: its exact gates could not be established "
    "from public material. Ours has as many parameters, on three qubits, and takes bond lengths and angles. It has no "
    "declared symmetry to certify: its energies are invariant because its coordinates are. It is trained as ours are."
)
"""What the generic model is."""

DIMER_LABELS: Final = (
    "Our labels are PBE/def2-SVP; the paper's come from CPMD, with a functional, temperature and length of trajectory "
    "that it does not give. An error means something only beside the spread of its labels.",
    "With breaking, the model of the paper sees 12 of the 15 coordinates that are left after translation, and fewer "
    "where a geometry is symmetric; the forces along the others put a floor under MSE(F) that no training goes below. "
    "It is computed for each test set below.",
)
"""What holds for every study of two water molecules."""
