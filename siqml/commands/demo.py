"""The whole way once: compile and certify the paper's models, train LiH, print Table I's row."""

import time
from pathlib import Path
from typing import TextIO

import eqcompile as eq
from siqml.errors import SiqmlError
from siqml.field.catalogue import find, shipped_names
from siqml.reproduce.table1 import table1
from siqml.training.run_folder import RunFolder
from siqml.training.session import train


def demo(folder: Path, screen: TextIO, progress: TextIO) -> None:
    """Write circuits, certificates, pictures and a trained model to one folder.

    Args:
        folder: everything goes here; an earlier demo in it is replaced.
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
            raise SiqmlError(f"{name}: the certificate is refused: {certificate.counterexample}")
        eq.save(program, folder / "circuits")
        print(f"{name}: {program.num_parameters} parameters, {len(certificate.findings)} claims proven; "
              f"symmetry {certificate.symmetry_left}", file=screen)  # fmt: skip
    outcome = train(find("lih", "configs"), RunFolder(folder / "lih"), progress, overwrite=True)
    assert outcome.test is not None
    lines = table1(outcome.test, outcome.force_field.program.num_parameters)
    eq.write_atomically(folder / "table1.md", "\n".join(lines) + "\n")
    print("", *lines, "", sep="\n", file=screen)
    minutes, seconds = divmod(round(time.perf_counter() - start), 60)
    print(f"{minutes} min {seconds} s; circuits, certificates and pictures in {folder / 'circuits'}, "
          f"the trained model and its plots in {folder / 'lih'}", file=screen)  # fmt: skip
