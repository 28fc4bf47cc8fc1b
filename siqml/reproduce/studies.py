"""Which trainings stand behind which table and figure of the paper."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from siqml.errors import ConfigError
from siqml.reproduce.paper import (
    CUT_ENERGY,
    CUT_FORCES,
    DIMER,
    LIH_GENERIC,
    LIH_GENERIC_FULL,
    LIH_INVARIANT,
    WATER_BREAKING,
    WATER_GENERIC,
    WATER_PLAIN,
    PrintedRow,
)
from siqml.reproduce.relevant import RULE


@dataclass(frozen=True)
class Row:
    """One model with one loss, trained from several seeds.

    Attributes:
        config: a shipped config.
        title: what it is called in the table.
        printed: the figures it stands beside, if the paper has such a model.
        goal: MSE(E) in eV^2 and MSE(F) in eV^2/angstrom^2 that we set ourselves, medians over the seeds; if any.
        relevant: only the relevant part of the test set counts, see `siqml.reproduce.relevant`.
    """

    config: str
    title: str
    printed: PrintedRow | None
    goal: tuple[float, float] | None
    relevant: bool = False


@dataclass(frozen=True)
class Study:
    """One page: a table of the paper, with the figures that show the same models.

    Attributes:
        name: the table; also the name of the files.
        figures: figures on the same page.
        title: of the page.
        data_sets: the shipped sets whose labels are learnt.
        rows: what is trained.
        not_rebuilt: rows of the paper that we print beside ours without a model of our own.
        beyond: a shipped file of harder structures, on which the trained models are tried as well.
        remarks: where we differ, one sentence each.
        floor: print the part of the forces that each model cannot express.
    """

    name: str
    figures: tuple[str, ...]
    title: str
    data_sets: tuple[str, ...]
    rows: tuple[Row, ...]
    not_rebuilt: tuple[PrintedRow, ...]
    remarks: tuple[str, ...]
    beyond: str | None = None
    floor: bool = False


_TRAINING: Final = (
    "We train with Adam and then L-BFGS, and map the labels to a narrow window inside the spectrum of the "
    "observable; the paper uses 3000 steps of Adam and prints a range that the observable does not have."
)

_GENERIC: Final = (
    "The generic model of Ref. [10] is count-matched, not a reproduction: its exact gates could not be established "
    "from public material. Ours has as many parameters, on three qubits, and takes bond lengths and angles. It has no "
    "declared symmetry to certify: its energies are invariant because its coordinates are. It is trained as ours are."
)

TABLE_1: Final = Study(
    "table1",
    ("fig4",),
    "Table I and Fig. 4: lithium hydride",
    ("lih", "lih_periodic"),
    (
        Row("lih", "siVQLM, energy loss", LIH_INVARIANT, (5e-9, 5e-5)),
        Row("lih_generic", "generic, count-matched, full test set", LIH_GENERIC_FULL, None),
        Row("lih_generic", "generic, count-matched, relevant part", LIH_GENERIC, None, relevant=True),
    ),
    (),
    (
        "Our labels are made as the paper's: exact energies in STO-3G at 53 and 81 bond lengths from 0.9 to "
        "4.5 angstrom. Which bond lengths it took is not printed; ours are a grid to train on, random ones to test.",
        _TRAINING,
        "The generic model learns the curve continued to a periodic one (113 points) and is tested on 187, as in the "
        "paper; how ours is continued is in the provenance of `lih_periodic`. The paper leaves out outliers that it "
        "shows in a figure; our rule for the relevant part is " + RULE + ".",
        "MSE(F) is that of the force along the bond. Over all Cartesian components, four of which vanish, it "
        "would be a third of that; the paper does not say which one it prints.",
        _GENERIC,
    ),
)

TABLE_2: Final = Study(
    "table2",
    ("fig6",),
    "Table II and Fig. 6: one water molecule",
    ("water",),
    (
        Row("water", "no breaking, energy loss", WATER_PLAIN, (2e-7, 3e-4)),
        Row("water_breaking", "with breaking, energy loss", WATER_BREAKING, (1e-7, 1e-4)),
        Row("water_deep", "no breaking, D = 13, energy loss", None, (1e-7, 1e-4)),
        Row("water_forces", "no breaking, energy + force loss", None, (5e-8, 5e-5)),
        Row("water_generic", "generic, count-matched, energy loss", WATER_GENERIC, None),
    ),
    (),
    (
        "Our labels are PBE/def2-SVP of independent normal-mode samples at 300 K. The paper takes its labels "
        "from Ref. [54] and does not give their functional, temperature or spread: our figures and the printed "
        "ones are of different data, and an error means something only beside the spread of its labels.",
        _TRAINING,
        "MSE(F) averages over all Cartesian components of all atoms; the paper does not say how it averages.",
        "The rows take different numbers of steps, see every seed below: with breaking, convergence is slower.",
        "The model with breaking keeps rotations about z only. The test molecules are oriented at random, as "
        "those it was trained on.",
        _GENERIC,
    ),
    beyond="water_wide_test.extxyz",
)

_DIMER: Final = (
    "Our labels are PBE/def2-SVP; the paper's come from CPMD, with a functional, temperature and length of trajectory "
    "that it does not give. An error means something only beside the spread of its labels.",
    "With breaking, the model of the paper sees 12 of the 15 coordinates that are left after translation, and fewer "
    "where a geometry is symmetric; the forces along the others put a floor under MSE(F) that no training goes below. "
    "It is computed for each test set below.",
)

TABLE_3: Final = Study(
    "table3",
    ("fig7",),
    "Table III and Fig. 7: two water molecules",
    ("dimer_cool", "dimer_300K"),
    (
        Row("dimer_cool", "siVQLM, cool, energy loss", DIMER, None),
        Row("dimer_cool_forces", "siVQLM, cool, energy + force loss", None, None),
        Row("dimer_300K", "siVQLM, 300 K, energy loss", None, None),
        Row("dimer_300K_forces", "siVQLM, 300 K, energy + force loss", None, None),
        Row("dimer_cool_bonds", "siVQLM of bonds, cool, energy loss", DIMER, None),
        Row("dimer_cool_bonds_forces", "siVQLM of bonds, cool, energy + force loss", None, None),
        Row("dimer_300K_bonds", "siVQLM of bonds, 300 K, energy loss", None, None),
        Row("dimer_300K_bonds_forces", "siVQLM of bonds, 300 K, energy + force loss", None, None),
        Row("dimer_cool_linked", "siVQLM with O-H gates, cool, energy loss", DIMER, None),
        Row("dimer_cool_linked_forces", "siVQLM with O-H gates, cool, energy + force loss", None, None),
        Row("dimer_300K_linked", "siVQLM with O-H gates, 300 K, energy loss", None, None),
        Row("dimer_300K_linked_forces", "siVQLM with O-H gates, 300 K, energy + force loss", None, None),
    ),
    (),
    (
        "The rows *of bonds* are the same circuit with the same certificate, and another frame: hydrogens are vectors "
        "from their own oxygen, where the paper takes all positions from the middle of the two oxygens. The stiff "
        "stretching of a bond is then the length of a vector, and training finds it.",
        "The rows *with O-H gates* have these in place of the breaking angles, and the frame of bonds: every symmetry "
        "is kept, and every motion inside and between the molecules is seen.",
        "Frames at 300 K turn freely, and breaking, which distinguishes the z axis, fits what has no direction.",
        "A force error near the mean square of the labels means that nothing was learnt about forces. The scatter of "
        "the paper's labels is not printed.",
        "A test frame of the cool trajectory lies within a femtosecond of training frames: small errors mean little "
        "there. Frames at 300 K have forgotten one another.",
        "MSE(F) averages over all Cartesian components of all atoms; the paper does not say how it averages.",
        "We train with Adam on minibatches and then L-BFGS, and map values to energies by least squares at every step; "
        "the paper uses 3000 steps of Adam and prints a range that the observable does not have.",
        *_DIMER,
    ),
    floor=True,
)

TABLE_4: Final = Study(
    "table4",
    ("fig8",),
    "Table IV and Fig. 8: two water molecules, one hydrogen moves",
    ("dimer_cut",),
    (
        Row("dimer_cut", "siVQLM, energy loss", CUT_ENERGY, (1e-6, 4e-3)),
        Row("dimer_cut_forces", "siVQLM, energy + force loss", CUT_FORCES, (3e-7, 1e-4)),
    ),
    (),
    (
        "MSE(F) is that of the force along the cut, the only one that its energies determine, and the only one in the "
        "loss. Of the other components a model trained on a cut knows nothing.",
        _TRAINING,
        *_DIMER,
    ),
    floor=True,
)

NOISE: Final = "fig5"
"""The one page that is no table, see `siqml.reproduce.fig5`."""

STUDIES: Final = (TABLE_1, TABLE_2, TABLE_3, TABLE_4)


def choose(names: list[str]) -> list[Study]:
    """The studies behind names of tables and figures.

    Args:
        names: such as ``table2`` or ``fig6``; ``all`` for every study.

    Returns:
        Each study once, in the order of the paper; `NOISE` is known and none of them.

    Raises:
        ConfigError: no study shows a table or figure of this name.

    >>> [study.name for study in choose(["fig6", "table1", "table2"])]
    ['table1', 'table2']
    """
    known = [name for study in STUDIES for name in (study.name, *study.figures)] + [NOISE]
    for name in names:
        if name not in (*known, "all"):
            close = get_close_matches(name, known, 1)
            hint = f'did you mean "{close[0]}"? ' if close else ""
            raise ConfigError(f'cannot reproduce "{name}"; {hint}known: {", ".join(known)}, all')
    return [study for study in STUDIES if {"all", study.name, *study.figures} & set(names)]
