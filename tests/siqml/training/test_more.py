"""More steps for a finished run give the bits of a run that asked for them from the start."""

import io
from pathlib import Path

import pytest

from siqml.commands.main import main
from siqml.errors import TrainError
from siqml.training import more as more_module
from siqml.training.checkpoint import TrainState, read_position, save_checkpoint
from siqml.training.config import load_config
from siqml.training.run_folder import RunFolder
from siqml.training.session import resume, train


def trained(config: Path, folder: Path, *settings: str) -> RunFolder:
    run = RunFolder(folder)
    train(config, run, io.StringIO(), ("adam.steps=70", *settings))
    return run


def same_result(one: RunFolder, other: RunFolder) -> None:
    for name in ("model", "config", "checkpoint"):
        assert getattr(one, name).read_bytes() == getattr(other, name).read_bytes(), name
    assert one.read_metrics()["fingerprint"] == other.read_metrics()["fingerprint"]
    assert one.read_metrics()["test"] == other.read_metrics()["test"]


CASES = {
    "lbfgs": ("lbfgs.steps={}",),
    "lbfgs in a longer plan": ("loss.forces=1", "lbfgs.energies_first=10", "lbfgs.steps={}"),
    "adam": ("lbfgs.steps=0", "adam.schedule=constant", "adam.steps={}"),
    "adam, minibatches": ("lbfgs.steps=0", "adam.schedule=constant", "adam.batch=20", "adam.steps={}"),
    "fitted map": ("labels.map=least_squares", "lbfgs.steps={}"),
    "held out": ("stop={{validation: 0.2, patience: 1000}}", "lbfgs.steps={}"),
}


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_more_steps_are_those_of_a_longer_run(
    tiny_config: Path, tmp_path: Path, settings: tuple[str, ...]
) -> None:
    first, second = (100, 130)
    longer = trained(tiny_config, tmp_path / "longer", *(s.format(second) for s in settings))
    run = trained(tiny_config, tmp_path / "run", *(s.format(first) for s in settings))
    assert run.model.read_bytes() != longer.model.read_bytes()
    resume(run, io.StringIO(), more=second - first)
    same_result(run, longer)
    assert run.read_record() == longer.read_record()
    assert load_config(run.config) == load_config(longer.config)


def test_twice_and_in_the_middle_of_fifty(tiny_config: Path, tmp_path: Path) -> None:
    longer = trained(tiny_config, tmp_path / "longer", "lbfgs.steps=90")
    run = trained(tiny_config, tmp_path / "run", "lbfgs.steps=13")
    resume(run, io.StringIO(), more=20)
    resume(run, io.StringIO(), more=57)
    same_result(run, longer)
    assert [row.step for row in run.read_record()] == [50, 70, 83, 103, 120, 160]


def test_a_new_start_of_the_optimiser_would_be_noticed(tiny_config: Path, tmp_path: Path) -> None:
    """Negative control: the steps alone, without what L-BFGS remembers, lead elsewhere."""
    longer = trained(tiny_config, tmp_path / "longer", "lbfgs.steps=40")
    first = trained(tiny_config, tmp_path / "first", "lbfgs.steps=20")
    second = RunFolder(tmp_path / "second")
    settings = (f"start.model={first.model}", "adam.steps=0", "lbfgs.steps=20")
    train(tiny_config, second, io.StringIO(), settings)
    assert second.read_metrics()["train"] != longer.read_metrics()["train"]


def test_an_interrupted_longer_run_continues(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    longer = trained(tiny_config, tmp_path / "longer", "lbfgs.steps=160")
    run = trained(tiny_config, tmp_path / "run", "lbfgs.steps=10")
    write = RunFolder.write_record

    def stopped(self: RunFolder, rows: list) -> None:
        write(self, rows)
        if rows[-1].step == 170:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunFolder, "write_record", stopped)
    assert main(["train", "--resume", str(run.root), "--more", "150"]) == 130
    assert capsys.readouterr().err.endswith(f"interrupted; continue with: siqml train --resume {run.root}\n")
    monkeypatch.undo()
    assert main(["train", "--resume", str(run.root)]) == 0
    same_result(run, longer)


def test_killed_between_checkpoint_and_config_the_same_command_goes_on(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = trained(tiny_config, tmp_path / "longer", "lbfgs.steps=40")
    run = trained(tiny_config, tmp_path / "run", "lbfgs.steps=20")

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(more_module.eq, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        resume(run, io.StringIO(), more=20)
    monkeypatch.undo()
    resume(run, io.StringIO(), more=20)
    same_result(run, longer)


def refusal(run: RunFolder) -> str:
    before = {path.name: path.read_bytes() for path in run.root.iterdir()}
    with pytest.raises(TrainError) as error:
        resume(run, io.StringIO(), more=20)
    assert {path.name: path.read_bytes() for path in run.root.iterdir()} == before
    return str(error.value)


def test_what_would_be_another_training_is_refused(tiny_config: Path, tmp_path: Path) -> None:
    falling = trained(tiny_config, tmp_path / "falling", "lbfgs.steps=0")
    otherwise = f"train on from its model: siqml train CONFIG --set start.model={falling.root} -o NEW"
    assert refusal(falling) == (
        f"--more: the last phase of {falling.root} is Adam, whose rate falls over all of its steps: with more of them "
        f"every step is another one; {otherwise}"
    )
    idle = trained(tiny_config, tmp_path / "idle", "lbfgs.steps=0", "adam.steps=0")
    assert refusal(idle).startswith(f"--more: the training of {idle.root} takes no steps; train on from")
    early = trained(
        tiny_config, tmp_path / "early", "stop={validation: 0.2, patience: 50}", "adam.learning_rate=2",
        "adam.schedule=constant", "adam.steps=1000", "lbfgs.steps=0",
    )  # fmt: skip
    assert "stopped early, as `stop` asks, and would do so again" in refusal(early)
    looked = trained(
        tiny_config, tmp_path / "looked", "stop={validation: 0.2, patience: 1000}", "lbfgs.steps=20"
    )
    assert "every 50 steps, and " in refusal(looked)


def test_a_checkpoint_without_its_optimiser_is_refused(tiny_config: Path, tmp_path: Path) -> None:
    """As 0.2.0 left it at the end of a run."""
    run = trained(tiny_config, tmp_path / "run", "lbfgs.steps=20")
    mark, backend = (run.read_metrics()[name] for name in ("fingerprint", "backend"))
    _, _, arrays = read_position(run.checkpoint, mark)
    save_checkpoint(run.checkpoint, TrainState(2, 0, arrays["params"], {}), mark, backend)
    assert "is without the state of its last optimiser" in refusal(run)
    (run.root / "checkpoint.safetensors").unlink()
    assert "no checkpoint to continue from" in refusal(run)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["lih", "--more", "5"],
            "--more adds steps to a run; name it: siqml train --resume RUN --more STEPS",
        ),
        (["--resume", "r", "--more", "5", "--distributed", "h:1,2,0"], "take --more on one machine first"),
        (
            ["--resume", "r", "--more", "5", "--set", "lbfgs.steps=9"],
            "--resume RUN takes everything from the run",
        ),
    ],
)
def test_mistakes_on_the_command_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
