"""Everything a compiled program leaves behind in a folder."""

from io import BytesIO
from pathlib import Path

from eqcompile.files import write_atomically
from eqcompile.picture import save_picture
from eqcompile.program import Program


def save_program(program: Program, folder: Path) -> list[Path]:
    """Write the circuit (OpenQASM 3, QPY, picture) and the certificate.

    The OpenQASM file takes gate angles as inputs, because OpenQASM has no functions for the angles of a vector;
    the QPY file takes positions. See :func:`eqcompile.backends.binding.circuit_values`.

    Args:
        program: what to write.
        folder: made if it does not exist; files of the same name are replaced, each at once.

    Returns:
        The files.
    """
    from qiskit import qasm3, qpy

    name = program.spec.name
    binary = BytesIO()
    qpy.dump(program.to_qiskit(), binary)
    paths = [folder / f"{name}{ending}" for ending in (".qasm", ".qpy", ".png", ".certificate.json")]
    write_atomically(paths[0], qasm3.dumps(program.to_qiskit(data="angles")))
    write_atomically(paths[1], binary.getvalue())
    save_picture(program, paths[2])
    write_atomically(paths[3], program.certificate.to_json())
    return paths
