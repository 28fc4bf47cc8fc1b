"""Everything a compiled program leaves behind in a folder."""

from io import BytesIO
from pathlib import Path

from eqcompile.files import write_atomically
from eqcompile.picture.draw import draw
from eqcompile.program import Program


def save_program(program: Program, folder: Path) -> list[Path]:
    """Write the circuit (OpenQASM 3, QPY, pictures) and the certificate.

    The OpenQASM file takes gate angles as inputs, because OpenQASM has no functions for the angles of a vector;
    the QPY file takes positions. See :func:`eqcompile.backends.binding.circuit_values`. The picture comes as PNG, as
    text, and as LaTeX source.

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
    contents: dict[str, bytes | str] = {
        ".qasm": qasm3.dumps(program.to_qiskit(data="angles")),
        ".qpy": binary.getvalue(),
        ".png": draw(program, "png"),
        ".txt": draw(program, "text"),
        ".tex": draw(program, "latex"),
        ".certificate.json": program.certificate.to_json(),
    }
    paths = [folder / f"{name}{ending}" for ending in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_atomically(path, content)
    return paths
