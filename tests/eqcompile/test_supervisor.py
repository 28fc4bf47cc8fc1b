"""A command is ended even where no Python code runs, and Ctrl-C ends it with one line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eqcompile import supervisor
from eqcompile.errors import EqcompileError

BEGIN = """
import os, signal, sys
from eqcompile.budgets import Allowance
from eqcompile import supervisor
supervisor.GRACE = 0
def stuck():
    # A loop in C that keeps the interpreter's lock, as exact arithmetic does: no thread and no handler runs.
    print("stuck", flush=True)
    return sum(range(10**12))
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=False)


def test_the_exit_code_is_that_of_the_work() -> None:
    for code in (0, 1, 2, 130):
        assert run(f"sys.exit(supervisor.supervised(lambda: {code}, Allowance()))").returncode == code


def test_what_cannot_be_interrupted_is_ended_with_one_line() -> None:
    done = run("sys.exit(supervisor.supervised(stuck, Allowance(1, None)))")
    assert done.returncode == 2
    assert done.stderr == (
        "the budget of 1 s is used up, by a step that cannot be interrupted; allow more with --budget, "
        "such as --budget 10min,8GB\n"
    )


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the memory of another process is read on Linux only"
)
def test_memory_that_grows_in_one_step_is_bounded() -> None:
    done = run(
        "def grow():\n    held = bytearray(os.urandom(1)) * (400 << 20)\n    return stuck()\n"
        "sys.exit(supervisor.supervised(grow, Allowance(None, 200 << 20)))"
    )
    assert done.returncode == 2
    assert done.stderr.startswith("the budget of 200 MB is used up, by a step that cannot be interrupted; ")
    assert done.stderr.count("\n") == 1


def test_a_process_that_the_machine_ends_is_told_of() -> None:
    done = run("sys.exit(supervisor.supervised(lambda: os.kill(os.getpid(), signal.SIGKILL), Allowance()))")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "the process was ended by signal 9, as happens when the machine has no more memory; "
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_stuck_can_be_ended_from_outside(number: int) -> None:
    code = BEGIN + "sys.exit(supervisor.supervised(stuck, Allowance(600, None)))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stuck\n"
        process.send_signal(number)
        _, error = process.communicate()
    if number == signal.SIGINT:
        assert (process.returncode, error) == (130, "interrupted; nothing half-written is left\n")
    else:
        assert (process.returncode, error) == (143, "")


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="children of a process are seen on Linux only"
)
def test_ctrl_c_reaches_the_command_and_gives_one_line(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SLOW)
    command = [sys.executable, "-m", "eqcompile", "derive", "--locality", "5", "s.yaml"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not children.read_text():
            time.sleep(0.01)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        out, error = process.communicate()
    assert (process.returncode, out, error) == (130, "", "interrupted; nothing half-written is left\n")


SLOW = "name: t\nqubits: 5\nsymmetry: [{rotation: {group: C_12, axis: [1, 1, 1]}}, {clifford: CX 0 1}]\n"


def test_without_a_limit_the_work_is_done_here() -> None:
    assert supervisor.supervised(os.getpid, supervisor.Allowance(None, None)) == os.getpid()


@pytest.mark.parametrize(
    ("work", "allowed", "message"),
    [
        (5, supervisor.Allowance(), "work: a function without arguments is needed; found int 5"),
        (int, "60s", 'allowed: an allowance is needed, from eq.parse_budget; found str "60s"'),
    ],
)
def test_wrong_arguments_are_named(work, allowed, message: str) -> None:
    with pytest.raises(EqcompileError) as caught:
        supervisor.supervised(work, allowed)
    assert str(caught.value) == message


def test_without_fork_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(supervisor.os, "fork")
    assert supervisor.supervised(lambda: 7, supervisor.Allowance()) == 7
