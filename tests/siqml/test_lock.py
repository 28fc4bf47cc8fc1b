"""A lock keeps other processes out, names its holder, and ends with it."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from siqml import lock
from siqml.commands.main import main
from siqml.errors import MdError, TrainError
from siqml.lock import held, refuse_held
from siqml.md.files import MdFiles
from siqml.training.run_folder import RunFolder

HOLDER = """
import sys
from pathlib import Path
from siqml.errors import TrainError
from siqml.lock import held
with held(Path(sys.argv[1]), TrainError, "wait", sys.stderr):
    print("held", flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process that holds a lock until its standard input ends, or it is killed."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-c", HOLDER, str(path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    @property
    def name(self) -> str:
        return f"process {self.process.pid} on {socket.gethostname()}"

    def end(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def holders() -> Iterator[list[Holder]]:
    begun: list[Holder] = []
    yield begun
    for one in begun:
        one.kill()


def test_another_process_is_named_until_it_ends(tmp_path: Path, holders: list[Holder]) -> None:
    path = tmp_path / "new" / ".lock"
    holders.append(Holder(path))
    with (
        pytest.raises(TrainError) as error,
        held(path, TrainError, "wait for it", io.StringIO()),
    ):
        pytest.fail("two processes hold the lock")
    said = f"{path.parent}: {holders[0].name} is writing here; wait for it"
    assert str(error.value) == said
    with pytest.raises(TrainError) as error:
        refuse_held(path, TrainError, "wait for it")
    assert str(error.value) == said
    holders[0].end()
    assert not path.exists()
    refuse_held(path, TrainError, "wait for it")
    with held(path, TrainError, "wait for it", io.StringIO()):
        assert path.read_text() == f"process {os.getpid()} on {socket.gethostname()}\n"
    assert not path.exists()


def test_what_a_killed_process_leaves_locks_nothing(tmp_path: Path, holders: list[Holder]) -> None:
    path = tmp_path / ".lock"
    holders.append(Holder(path))
    holders[0].kill()
    assert path.read_text() == f"{holders[0].name}\n"
    refuse_held(path, TrainError, "")
    with held(path, TrainError, "", io.StringIO()):
        assert path.read_text().startswith(f"process {os.getpid()} ")
    assert not path.exists()


def test_a_mistake_inside_lets_go(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with pytest.raises(ValueError, match="inside"), held(path, TrainError, "", io.StringIO()):
        raise ValueError("inside")
    assert not path.exists()


def test_a_file_system_without_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_flock", lambda number: None)
    stream = io.StringIO()
    with held(tmp_path / ".lock", TrainError, "", stream):
        assert list(tmp_path.iterdir()) == []
    assert stream.getvalue() == (
        f"warning: {tmp_path}: this file system has no locks; let no other process write there\n"
    )


def test_a_run_folder_in_use_takes_no_second_training(
    tiny_config: Path, tmp_path: Path, holders: list[Holder], capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    short = ["--set", "adam.steps=1", "--set", "lbfgs.steps=1"]
    assert main(["train", str(tiny_config), "-o", str(run), *short]) == 0
    assert not RunFolder(run).lock.exists()
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    holders.append(Holder(RunFolder(run).lock))
    capsys.readouterr()
    cure = "wait for it or end it, or choose another folder with -o"
    for command in (
        ["train", str(tiny_config), "-o", str(run), *short],
        ["train", str(tiny_config), "-o", str(run), *short, "--overwrite"],
        ["train", "--resume", str(run)],
        ["train", "--resume", str(run), "--more", "3"],
        ["describe", str(tiny_config), "-o", str(run), "--overwrite"],
    ):
        assert main(command) == 2, command
        assert capsys.readouterr().err == f"{run}: {holders[0].name} is writing here; {cure}\n"
    holders[0].kill()
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.name != ".lock"} == before
    assert main(["train", "--resume", str(run)]) == 0


def test_a_folder_with_a_stale_lock_alone_is_empty(tmp_path: Path, holders: list[Holder]) -> None:
    folder = RunFolder(tmp_path / "run")
    holders.append(Holder(folder.lock))
    holders[0].kill()
    folder.begin(overwrite=False)
    (folder.root / "notes").write_text("mine")
    with pytest.raises(TrainError, match="is not empty"):
        folder.begin(overwrite=False)


def test_a_trajectory_in_use_takes_no_second_simulation(
    tmp_path: Path, holders: list[Holder], capsys: pytest.CaptureFixture[str]
) -> None:
    files = MdFiles(tmp_path / "t.extxyz")
    holders.append(Holder(tmp_path / "t.extxyz.lock"))
    with pytest.raises(MdError) as error, files.held(io.StringIO()):
        pytest.fail("two simulations write one trajectory")
    assert str(error.value) == (
        f"{tmp_path}: {holders[0].name} is writing here; wait until t.extxyz is finished, end the process, or choose "
        "another name with -o"
    )
    with MdFiles(tmp_path / "other.extxyz").held(io.StringIO()):
        pass
