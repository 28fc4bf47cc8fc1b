"""H2: not a table of the paper."""

from typing import Final

from siqml.reproduce.study import Row, Study

H2: Final = Study(
    "h2",
    (),
    "H2: exact energies, a molecule that the paper does not have",
    ("h2",),
    (Row("h2", "siVQLM, D = 24, energy loss", None, None),),
    (
        "Labels are exact energies in cc-pVDZ at bond lengths from 0.5 to 3.0 angstrom: a grid to train on, random "
        "ones to test. At 0.4 angstrom the curve is so steep that a force by differences is refused as a label.",
        "Two qubits carry the two atoms. The value is a trigonometric polynomial in the bond length that is -3, "
        "the lowest possible, where the atoms meet. So it takes depth to follow the repulsive wall: with 12 layers "
        "all five starts that we tried ended at an MSE(E) of 3e-3 on the training set, or worse.",
        "MSE(F) is that of the force along the bond; forces are not learnt.",
    ),
)
