"""Table IV and Fig. 8: two water molecules, one hydrogen moves."""

from typing import Final

from siqml.reproduce.paper import CUT_ENERGY, CUT_FORCES
from siqml.reproduce.study import DIMER_LABELS, TRAINING, Row, Study

TABLE_4: Final = Study(
    "table4",
    ("fig8",),
    "Table IV and Fig. 8: two water molecules, one hydrogen moves",
    ("dimer_cut",),
    (
        Row("dimer_cut_paper", "siVQLM, energy loss, the paper's recipe", CUT_ENERGY, None),
        Row("dimer_cut_forces_paper", "siVQLM, energy + force loss, the paper's recipe", CUT_FORCES, None),
        Row("dimer_cut", "siVQLM, energy loss", CUT_ENERGY, (1e-6, 4e-3)),
        Row("dimer_cut_forces", "siVQLM, energy + force loss", CUT_FORCES, (3e-7, 1e-4)),
    ),
    (
        "MSE(F) is that of the force along the cut, the only one that its energies determine, and the only one in the "
        "loss. Of the other components a model trained on a cut knows nothing.",
        TRAINING,
        *DIMER_LABELS,
    ),
    floor=True,
    together=("dimer_cut", "dimer_cut_forces"),
)
