"""Processes of one thread, which end with what started them."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import eqcompile as eq
from siqml.tasks.processes import processes


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
        "import os, time\nfrom siqml.tasks.processes import processes\nwith processes(1) as pool:\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n    time.sleep(3600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = Path("/proc") / parent.stdout.readline().strip() / "stat"
        assert worker.exists()
        parent.send_signal(signal.SIGKILL)
    while worker.exists() and worker.read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.05)


def test_an_error_ends_the_processes_of_the_pool_alone() -> None:
    """The caller may have children of its own."""
    own = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    own.start()
    try:
        with pytest.raises(ZeroDivisionError), processes(1) as pool:
            pool.submit(divmod, 1, 0).result()
        assert own.is_alive()
    finally:
        own.kill()
