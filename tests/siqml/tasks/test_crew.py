"""Tasks give the same results wherever they run, and a mistake is the same line."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import eqcompile as eq
from siqml.errors import CLUSTER_MISSING, ConfigError, SiqmlError, TaskError
from siqml.tasks.attempt import Refused, answered, attempted, versions_here
from siqml.tasks.crew import HERE, Crew, Workers, crew

distributed = pytest.importorskip("distributed", reason='Dask is not installed: pip install -e ".[cluster]"')


def square(number: int) -> int:
    return number**2


def refuse(number: int) -> int:
    if number == 2:
        raise ConfigError('unknown key "stepz"', "lih.yaml", 7, 3)
    return number


def refuse_as_the_compiler(number: int) -> int:
    raise eq.SpecError("no such group", "a.yaml", 1, 2)


def refuse_as_the_system(number: int) -> int:
    raise FileNotFoundError(2, "No such file or directory", "missing.yaml")


def die_once(item: tuple[str, int]) -> int:
    mark, number = item
    if number == 1 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def threads(number: int) -> list[str | None]:
    return [os.environ.get(name) for name in ("OMP_NUM_THREADS", "NPROC")]


@pytest.fixture(scope="module")
def crews() -> Iterator[dict[str, Crew]]:
    """This process, a process of its own, two Dask workers, and a scheduler with one worker that is named."""
    with ExitStack() as left:
        machine = distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
        )
        left.callback(machine.close)
        yield {
            name: left.enter_context(crew(workers))
            for name, workers in {
                "here": HERE,
                "process": Workers(jobs=1),
                "two": Workers(jobs=2),
                "address": Workers(scheduler=machine.scheduler_address),
            }.items()
        }


NAMES = ("here", "process", "two", "address")


@pytest.mark.parametrize("name", NAMES)
def test_every_item_has_its_result(crews: dict[str, Crew], name: str) -> None:
    assert sorted(crews[name].results(square, range(5))) == [(n, n**2) for n in range(5)]
    assert list(crews[name].results(square, [])) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("task", "kind", "line"),
    [
        (refuse, ConfigError, 'lih.yaml:7:3: unknown key "stepz"'),
        (refuse_as_the_compiler, eq.EqcompileError, "a.yaml:1:2: no such group"),
    ],
)
def test_a_mistake_is_the_same_line(
    crews: dict[str, Crew], name: str, task: object, kind: type[Exception], line: str
) -> None:
    with pytest.raises(kind) as found:
        list(crews[name].results(task, range(4)))
    assert str(found.value) == line
    assert sorted(crews[name].results(square, [3])) == [(0, 9)]  # the crew goes on


def test_what_the_system_refuses_is_one_line(crews: dict[str, Crew]) -> None:
    with pytest.raises(TaskError, match=r"^missing\.yaml: No such file or directory$"):
        list(crews["two"].results(refuse_as_the_system, [0]))


def test_a_lost_task_is_run_again(crews: dict[str, Crew], tmp_path: Path) -> None:
    mark = str(tmp_path / "died")
    found = crews["two"].results(die_once, [(mark, number) for number in range(4)])
    assert sorted(found) == [(number, number) for number in range(4)]
    assert Path(mark).exists()


@pytest.mark.slow
def test_a_task_that_kills_every_worker_is_given_up(crews: dict[str, Crew]) -> None:
    with pytest.raises(TaskError, match="one task was lost with several workers"):
        list(crews["two"].results(die, [0]))
    assert sorted(crews["two"].results(square, [3])) == [(0, 9)]


def test_a_process_that_is_lost_is_one_line() -> None:
    with crew(Workers(jobs=1)) as alone, pytest.raises(TaskError, match="a process was ended from outside"):
        list(alone.results(die, [0]))


@pytest.mark.parametrize("name", ["process", "two"])
def test_workers_of_this_machine_have_one_thread(crews: dict[str, Crew], name: str) -> None:
    assert next(crews[name].results(threads, [0]))[1] == ["1", "1"]


def test_a_worker_with_other_packages_refuses() -> None:
    found = attempted(square, 3, versions_here() | {"numpy": "0.1"})
    assert isinstance(found, Refused)
    with pytest.raises(
        TaskError, match=r"^a worker has numpy .*, and this process has 0\.1; install the same"
    ):
        answered(found)
    assert answered(attempted(square, 3, versions_here())) == 9


def test_every_error_of_siqml_comes_back_as_it_was() -> None:
    kinds = [SiqmlError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    for kind in kinds:
        with pytest.raises(kind, match=r"^what to do$"):
            answered(Refused(kind, "what to do"))


@pytest.mark.parametrize("address", ["foo", "foo://x:1", "10.0.0.5", "tcp://x", "a b:1", "x" * 5000])
def test_an_address_that_is_none(address: str) -> None:
    with (
        pytest.raises(TaskError, match=r"^--scheduler: found .*; needed: an address such as tcp://"),
        crew(Workers(scheduler=address)),
    ):
        pass


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siqml.tasks.cluster.SETTINGS", {"distributed.comm.timeouts.connect": "0.2s"})
    with (
        pytest.raises(
            TaskError, match=r"^--scheduler tcp://127\.0\.0\.1:9: nobody answers; start a scheduler"
        ),
        crew(Workers(scheduler="tcp://127.0.0.1:9")),
    ):
        pass


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siqml.tasks.crew.find_spec", lambda name: None)
    with pytest.raises(TaskError) as found, crew(Workers(scheduler="tcp://127.0.0.1:9")):
        pass
    assert str(found.value) == CLUSTER_MISSING
    with crew(Workers(jobs=2)) as two:
        assert sorted(two.results(square, range(3))) == [(0, 0), (1, 1), (2, 4)]


def test_no_process_without_a_task() -> None:
    assert Workers(jobs=8).for_tasks(3) == Workers(jobs=3)
    assert Workers(jobs=8).for_tasks(0) == HERE
    assert Workers(scheduler="x:1").for_tasks(3) == Workers(scheduler="x:1")


INTERRUPTED = """
import os, signal, sys, threading, time
from siqml.tasks.crew import Workers, crew

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    with crew(Workers(jobs=2)) as two:
        list(two.results(abs, [1]))
        threading.Timer(0.5, lambda: os.killpg(0, signal.SIGINT)).start()
        try:
            list(two.results(time.sleep, [3600, 3600]))
        except KeyboardInterrupt:
            print("interrupted")
            raise SystemExit(0)
"""


def test_ctrl_c_ends_the_workers(tmp_path: Path) -> None:
    """Also that of a terminal, which reaches all processes at once; nobody waits for a task of an hour."""
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED)
    ended = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        start_new_session=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "interrupted\n", "")


def test_dask_is_imported_only_when_it_is_used() -> None:
    code = "import siqml.tasks.crew, siqml.training.many, sys; assert 'dask' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
