"""Everything once: compile and certify the paper's models, train LiH, print its row of Table I."""

import time
from pathlib import Path
from typing import TextIO

import eqcompile as eq
from siqml.errors import DataError, SiqmlError
from siqml.evaluation.evaluate import Evaluation
from siqml.field.catalogue import find, shipped_names
from siqml.reproduce.paper import LIH_GENERIC, LIH_INVARIANT, PrintedRow
from siqml.training.run_folder import RunFolder
from siqml.training.session import train


def demo(folder: Path, screen: TextIO, progress: TextIO) -> None:
    """Write circuits, certificates, pictures and a trained model into one folder.

    Args:
        folder: where everything goes; an earlier demo in it is replaced.
        screen: takes the results.
        progress: takes the progress report.

    Raises:
        SiqmlError: a certificate is refused, which would be a defect of this software.
    """
    start = time.perf_counter()
    for name in shipped_names("models"):
        program = eq.compile(eq.load(find(name, "models")))
        certificate = program.certificate
        if not certificate:
            raise SiqmlError(
                f"{name}: the certificate is refused; see: eqcompile verify {find(name, 'models')}"
            )
        eq.save(program, folder / "circuits")
        print(f"{name}: {program.num_parameters} parameters, {len(certificate.findings)} claims proven; "
              f"symmetry {certificate.symmetry_left}", file=screen)  # fmt: skip
    outcome = train(find("lih", "configs"), RunFolder(folder / "lih"), progress, overwrite=True)
    assert outcome.test is not None
    lines = _table_row(outcome.test, outcome.force_field.model.num_parameters)
    eq.write_atomically(folder / "table1.md", "\n".join(lines) + "\n")
    print("", *lines, "", sep="\n", file=screen)
    minutes, seconds = divmod(round(time.perf_counter() - start), 60)
    print(f"{minutes} min {seconds} s; circuits, certificates and pictures in {folder / 'circuits'}, "
          f"the trained model and its plots in {folder / 'lih'}", file=screen)  # fmt: skip


def _table_row(test: Evaluation, num_parameters: int) -> list[str]:
    """Our row beside the paper's, as lines of Markdown.

    The paper does not say how its MSE(F) averages. It may be over the six Cartesian components of a molecule along an
    axis, four of which vanish, or over the force along the bond, which is three times larger. The stricter one, along
    the bond, decides here; both are shown.

    Args:
        test: errors of the trained model on the test set, with forces.
        num_parameters: number of parameters of the trained model.

    Returns:
        The table and a sentence on whether the printed figures are met.

    Raises:
        DataError: the test set has no forces, or its molecule is not diatomic.
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
        "Our recipe: L-BFGS after Adam, more steps than the paper, a part of the range; see docs/claims.md.",
    ]


def _printed(row: PrintedRow) -> str:
    return f"| paper, {row.model} | {row.parameters} | {row.energy_mse:.2e} | {row.force_mse:.2e} |"
