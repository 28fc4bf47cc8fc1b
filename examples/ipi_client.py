"""A trained model as the force of another program: i-PI, or whatever speaks its protocol, by ASE's socket client.

``python ipi_client.py serve MODEL START SOCKET`` answers a program that listens at a unix socket of this name, as i-PI
does. Without arguments, the script plays both parts: ASE's own server drives the model to its minimum.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ase import Atoms
from ase.calculators.socketio import SocketClient, SocketIOCalculator
from ase.io import read
from ase.optimize import BFGS

from siqml import SiqmlCalculator
from siqml.commands.main import main


def serve(model: str | Path, start: str | Path, socket: str) -> None:
    """Answer with energies and forces until the other program ends.

    Args:
        model: model file, run folder, or folder of runs.
        start: a structure; its atoms are in the order in which the other program has them.
        socket: name of the unix socket, as i-PI calls it.
    """
    atoms = read(start)
    atoms.pbc = False  # a free molecule: the cell that the other program sends means nothing
    atoms.calc = SiqmlCalculator.load(model)
    SocketClient(unixsocket=socket).run(atoms, use_stress=False)


def demonstrate(folder: Path) -> None:
    """Train for a moment, start a client in a process of its own, and optimise through the socket."""
    quick = ["--set", "adam.steps=50", "--set", "lbfgs.steps=100"]
    assert main(["train", "lih", "-o", str(folder / "lih"), *quick]) == 0
    atoms = Atoms("LiH", [[0, 0, 0], [0.2, 0.1, 1.9]])
    atoms.write(folder / "start.xyz")
    name = f"siqml_{folder.name}"
    with SocketIOCalculator(unixsocket=name, timeout=120) as server:
        client = subprocess.Popen(
            [sys.executable, __file__, "serve", folder / "lih", folder / "start.xyz", name]
        )
        atoms.calc = server
        BFGS(atoms, logfile=None).run(fmax=0.01)
        by_socket = atoms.get_potential_energy()
    client.wait()
    atoms.calc = SiqmlCalculator.load(folder / "lih")
    print(f"minimum by the socket: {atoms.get_distance(0, 1):.3f} angstrom, {by_socket:.6f} eV")
    print(f"the same by the calculator: {atoms.get_potential_energy():.6f} eV")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:5])
    else:
        with TemporaryDirectory() as scratch:
            demonstrate(Path(scratch))
