"""Table III and Fig. 7: two water molecules."""

from typing import Final

from siqml.reproduce.paper import DIMER
from siqml.reproduce.study import DIMER_LABELS, TRAINING, Row, Study

TABLE_3: Final = Study(
    "table3",
    ("fig7",),
    "Table III and Fig. 7: two water molecules",
    ("dimer_cool", "dimer_300K"),
    (
        Row("dimer_cool_paper", "siVQLM, cool, energy loss, the paper's recipe", DIMER, None),
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
        TRAINING,
        "Here, Adam takes minibatches, and values are mapped to energies by least squares at every step.",
        *DIMER_LABELS,
    ),
    floor=True,
)
