import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from siqml.data.labelling.labeller import Labeller, processes, representable

WATER = ("O", "H", "H")
MOLECULE = np.array([[0.0, 0, 0], [0, 0.8, 0.6], [0, -0.8, 0.6]])

Make = Callable[[tuple[str, ...]], Labeller]


def calls(label: Labeller) -> int:
    pool: Any = label.pool
    return int(pool.calls)


def test_nothing_is_computed_twice(springs_labeller: Make) -> None:
    label = springs_labeller(WATER)
    first = label(MOLECULE)
    assert calls(label) == 1
    assert label(MOLECULE + 1e-10).energy == first.energy  # the same eight decimals
    assert calls(label) == 1
    label(MOLECULE + np.array([[0, 0, 1e-6], [0, 0, 0], [0, 0, 0]]))
    assert calls(label) == 2


def test_known_points_come_first_and_all_come(springs_labeller: Make) -> None:
    label = springs_labeller(WATER)
    geometries = [MOLECULE * scale for scale in (1.0, 1.1, 1.2)]
    known = label(geometries[2])
    found = list(label.many(geometries))
    assert found[0][0] == 2
    assert found[0][1].energy == known.energy
    assert sorted(number for number, _ in found) == [0, 1, 2]
    assert calls(label) == 3


def test_labels_belong_to_rounded_positions(springs_labeller: Make) -> None:
    rough = MOLECULE + 0.123456789123
    assert springs_labeller(WATER).journal.get(representable(rough)) is None
    label = springs_labeller(WATER)
    label(rough)
    assert label.journal.get(representable(rough)) is not None
    assert label.journal.get(rough) is None


def test_processes_have_one_thread_and_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with processes(1) as pool:
        assert pool.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_a_used_up_budget_does_not_wait_for_a_point() -> None:
    """The process sleeps for an hour, unless it is ended."""
    with pytest.raises(eq.BudgetError):
        _give_up_while_a_point_is_computed()


def _give_up_while_a_point_is_computed() -> None:
    with processes(1) as pool:
        assert pool.submit(int, "1").result() == 1
        pool.submit(time.sleep, 3600)
        raise eq.BudgetError("the budget of 60 s is used up", "60 s")


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="the end of another's child is seen on Linux only"
)
def test_processes_end_with_their_parent() -> None:
    """Also if it is killed, like a command that does not come back from C."""
    code = (
        "import os, time\nfrom siqml.data.labelling.labeller import processes\nwith processes(1) as pool:\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n    time.sleep(3600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = Path("/proc") / parent.stdout.readline().strip() / "stat"
        assert worker.exists()
        parent.send_signal(signal.SIGKILL)
    while worker.exists() and worker.read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.05)
