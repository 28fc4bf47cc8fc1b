"""Table I, lithium hydride: the row of the symmetry-invariant model."""

from siqml.errors import DataError
from siqml.evaluation.evaluate import Evaluation
from siqml.reproduce.paper import LIH_GENERIC, LIH_INVARIANT, PrintedRow


def table1(test: Evaluation, num_parameters: int) -> list[str]:
    """Our row beside the paper's, as lines of Markdown.

    The paper does not say whether its MSE(F) averages over the six Cartesian components of a molecule along
    an axis, four of which vanish, or over the force along the bond, which is three times larger. The stricter one,
    along the bond, decides here; both are shown.

    Args:
        test: errors of the trained model on the test set, with forces.
        num_parameters: of the trained model.

    Returns:
        The table and a sentence on whether the printed figures are met.

    Raises:
        DataError: the test set has no forces, or is not of a diatomic molecule.
    """
    if test.force is None or test.radial_force is None:
        raise DataError("Table I needs a test set of a diatomic molecule with forces")
    met = test.energy.mse <= LIH_INVARIANT.energy_mse and test.radial_force.mse <= LIH_INVARIANT.force_mse
    return [
        "| LiH, test set | parameters | MSE(E) eV^2 | MSE(F) eV^2/A^2 |",
        "|---|---|---|---|",
        _printed(LIH_GENERIC),
        _printed(LIH_INVARIANT),
        f"| siqml, force along the bond | {num_parameters} | {test.energy.mse:.2e} | {test.radial_force.mse:.2e} |",
        f"| siqml, force components | {num_parameters} | {test.energy.mse:.2e} | {test.force.mse:.2e} |",
        "",
        "Both printed figures of the siVQLM are met."
        if met
        else "The printed figures of the siVQLM are NOT met.",
    ]


def _printed(row: PrintedRow) -> str:
    return f"| paper, {row.model} | {row.parameters} | {row.energy_mse:.2e} | {row.force_mse:.2e} |"
