"""The model behind a socket, as i-PI would drive it: ASE's own server on a unix socket."""

import os
import runpy
import threading
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.socketio import SocketClient, SocketIOCalculator, actualunixsocketname
from ase.md.verlet import VelocityVerlet

from siqml.field.calculator import PropertyError, SiqmlCalculator
from siqml.field.force_field import ForceField

EXAMPLE = Path(__file__).parents[3] / "examples" / "ipi_client.py"
POSITIONS = np.array([[0.0, 0.0, 0.0], [0.3, 0.2, 1.8]])
WAIT = 60
"""Seconds after which a test gives up; nothing is measured."""


def test_dynamics_through_a_socket_are_those_of_the_calculator(bound_field: ForceField) -> None:
    """The server also sends a cell, which means nothing to a free molecule."""
    name = f"siqml_test_{os.getpid()}"
    direct = Atoms("HLi", POSITIONS, calculator=SiqmlCalculator(bound_field))
    driven = Atoms("HLi", POSITIONS, cell=[9, 9, 9])
    behind = Atoms("HLi", 0 * POSITIONS, calculator=SiqmlCalculator(bound_field))
    with SocketIOCalculator(unixsocket=name, timeout=WAIT) as server:
        driven.calc = server
        client = threading.Thread(
            target=lambda: SocketClient(unixsocket=name, timeout=WAIT).run(behind, use_stress=False)
        )
        client.start()
        for atoms in (direct, driven):
            VelocityVerlet(atoms, timestep=0.05).run(20)
        assert driven.get_potential_energy() == pytest.approx(direct.get_potential_energy(), abs=1e-10)
        np.testing.assert_allclose(driven.get_forces(), direct.get_forces(), atol=1e-9)
    client.join(WAIT)
    assert not client.is_alive()
    assert not Path(actualunixsocketname(name)).exists()
    np.testing.assert_allclose(behind.cell.lengths(), [9, 9, 9])
    np.testing.assert_allclose(driven.positions, direct.positions, atol=1e-10)
    assert np.abs(driven.positions - POSITIONS).max() > 1e-3


def test_a_client_that_is_asked_for_stress_refuses(bound_field: ForceField) -> None:
    """Negative control: i-PI at constant pressure would need a virial, which a free molecule does not have."""
    atoms = Atoms("HLi", POSITIONS, calculator=SiqmlCalculator(bound_field))
    with pytest.raises(PropertyError, match="which has no cell to strain"):
        SocketClient.calculate(_Alone(), atoms, use_stress=True)  # type: ignore[arg-type]
    energy, _, virial = SocketClient.calculate(_Alone(), atoms, use_stress=False)  # type: ignore[arg-type]
    assert energy == atoms.get_potential_energy()
    assert not virial.any()


class _Alone:
    """As much of a client as its calculation needs: no other process takes part."""

    class comm:  # its name in ASE
        @staticmethod
        def broadcast(array: object, rank: int) -> None:
            """Nobody listens."""


def test_the_example_finds_the_same_minimum(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLE))["demonstrate"](tmp_path)
    one, other = capsys.readouterr().out.splitlines()[-2:]
    assert one.startswith("minimum by the socket: ")
    assert one.split()[-2] == other.split()[-2]
