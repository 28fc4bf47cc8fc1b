"""A study: one page of trainings, beside the numbers that a paper prints for them."""

from dataclasses import dataclass
from typing import Final

from siqml.reproduce.paper import PrintedRow


@dataclass(frozen=True)
class Row:
    """One model with one loss, trained from several seeds.

    Attributes:
        config: a shipped config.
        title: what it is called in the table.
        printed: the numbers it stands beside, if the paper has such a model.
        goal: the medians over the seeds of MSE(E) in eV^2 and MSE(F) in eV^2/angstrom^2 that we set ourselves, if any.
        relevant: whether only the relevant part of the test set counts, see `siqml.reproduce.relevant`.
    """

    config: str
    title: str
    printed: PrintedRow | None
    goal: tuple[float, float] | None
    relevant: bool = False


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
    """

    name: str
    figures: tuple[str, ...]
    title: str
    data_sets: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
    beyond: str | None = None
    floor: bool = False


TRAINING: Final = (
    "We train with Adam and then L-BFGS, and map the labels to a narrow window inside the spectrum of the "
    "observable; the paper uses 3000 steps of Adam and prints a range that the observable does not have."
)
"""How our training differs, for every study that trains as the first one did."""

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
