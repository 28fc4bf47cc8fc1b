"""Training on several devices, here cores that are forced to be devices, and in two processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.errors import ConfigError, TrainError
from siqml.field.model_file import load_model
from siqml.training.config import load_config
from siqml.training.hosts import Hosts, written_once
from siqml.training.losses.devices import mesh_for
from siqml.training.run_folder import RunFolder
from tests.siqml.commands.test_cli import one_line

ROOT = Path(__file__).parents[3]
TOLERANCE = 1e-10
"""Another order of summation changes the last bits; a few steps of an optimiser enlarge that a little."""

COMPARED = """
import sys
from pathlib import Path
import jax, numpy as np
import eqcompile as eq
from siqml.training.config import load_config
from siqml.training.session import Inputs, Work

assert len(jax.devices()) == 4
config = Path(sys.argv[1])
for settings in (
    [], ["loss.forces=0.5"], ["labels.map=least_squares", "loss.forces=0.5"], ["adam.batch=10"],
    ["stop.validation=0.2"], ["data.train_size=3"],
):
    losses = []
    for devices in ("null", "1", "4", "3"):
        inputs = Inputs.read(config, [*settings, f"devices={devices}"])
        training = Work.of(inputs.config, inputs.spec, (inputs.data, inputs.test)).training
        objective = training.objective
        params = np.linspace(-0.4, 0.7, 4)
        assert objective.backend == ("kernel" if devices == "null" else "jax")
        labels = training.labels
        value, gradient = objective.value_and_gradient(params, labels)
        scaling = objective.scaling_at(params, labels)
        elsewhere = objective.loss_over(params, scaling, objective.data.chosen([0, 1]))
        losses.append(np.array([*gradient, value, elsewhere, *scaling.to_dict().values()]))
    for other in losses[1:]:
        assert np.allclose(other, losses[0], rtol=1e-11, atol=1e-12 * np.abs(losses[0][:4]).max()), (settings, losses)
print("agree")
"""


def forced(count: int) -> dict[str, str]:
    """The environment of a process with so many devices."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={count}"
    return os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)}


def siqml(count: int, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "siqml", *words],
        env=forced(count),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: "subprocess.Popen[str]") -> str:
    """What a process said, which has to end well."""
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return err


@pytest.mark.slow
def test_losses_and_gradients_agree(tiny_config: Path) -> None:
    """Also where structures are left over, and where there are fewer of them than devices."""
    words = [sys.executable, "-c", COMPARED, str(tiny_config)]
    ended = subprocess.run(words, env=forced(4), capture_output=True, text=True, timeout=600)
    assert (ended.returncode, ended.stdout) == (0, "agree\n"), ended.stderr


SHORT = ("--set=adam.steps=40", "--set=lbfgs.steps=10", "--set=checkpoint.every=20")


@pytest.mark.slow
def test_a_run_on_devices_is_that_on_one_and_resumes_to_the_same_bits(
    tiny_config: Path, tmp_path: Path
) -> None:
    assert main(["train", str(tiny_config), *SHORT, "-o", str(tmp_path / "one")]) == 0
    finished(siqml(3, "train", str(tiny_config), *SHORT, "--set=devices=3", "-o", str(tmp_path / "three")))
    one, three = (load_model(tmp_path / name) for name in ("one", "three"))
    assert np.abs(one.params - three.params).max() < TOLERANCE
    part = RunFolder(tmp_path / "part")
    stopped = (
        "import siqml.training.run_folder as f\nfrom siqml.commands.main import main\nimport sys\n"
        "write = f.RunFolder.write_record\n"
        "def stop(self, rows):\n    write(self, rows)\n    raise KeyboardInterrupt\n"
        "f.RunFolder.write_record = stop\nsys.exit(main(sys.argv[1:]))"
    )
    words = ["train", str(tiny_config), *SHORT, "--set=devices=3", "-o", str(part.root)]
    ended = subprocess.run(
        [sys.executable, "-c", stopped, *words], env=forced(3), capture_output=True, timeout=300
    )
    assert ended.returncode == 130
    finished(siqml(3, "train", "--resume", str(part.root)))
    for name in ("checkpoint", "model", "record"):
        assert getattr(part, name).read_bytes() == getattr(RunFolder(tmp_path / "three"), name).read_bytes()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_two_processes_share_a_training(tiny_config: Path, tmp_path: Path) -> None:
    assert main(["train", str(tiny_config), *SHORT, "-o", str(tmp_path / "one")]) == 0
    words = ["train", str(tiny_config), *SHORT, "--set=devices=2", "-o", str(tmp_path / "two")]
    address = f"127.0.0.1:{free_port()}"
    both = [siqml(1, *words, "--distributed", f"{address},2,{number}") for number in (0, 1)]
    first, second = map(finished, both)
    assert "training: 50/50" in first
    assert second == ""
    one, two = (load_model(tmp_path / name) for name in ("one", "two"))
    assert np.abs(one.params - two.params).max() < TOLERANCE


def test_fewer_devices_than_asked_for(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = one_line(
        capsys, "train", str(tiny_config), "--set", "devices=64", "-o", str(tiny_config.parent / "n")
    )
    assert line.startswith("devices: 64 are asked for, and JAX finds ")
    assert not (tiny_config.parent / "n").exists()


def test_the_kernel_has_no_devices(tiny_config: Path) -> None:
    with pytest.raises(TrainError, match=r"^devices: the kernel uses the cores"):
        mesh_for(load_config(tiny_config, ["backend=kernel", "devices=1"]))
    assert mesh_for(load_config(tiny_config, ["backend=kernel"])) is None


@pytest.mark.parametrize(
    "text", ["", "a", "a:1", "a:1,2", "a:1,2,2", "a:1,0,0", "a:1,2,-1", "a,2,0", "x" * 3000]
)
def test_what_does_not_name_the_processes(text: str) -> None:
    with pytest.raises(ConfigError, match="needed: COORDINATOR:PORT,NUM,ID, such as"):
        Hosts.parse(text)


def test_an_ensemble_is_not_shared(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", str(tiny_config), "--seeds", "0,1", "--distributed", "127.0.0.1:1,2,0"]
    assert one_line(capsys, *words) == (
        "--distributed shares one training; give a single --seed, or leave it out"
    )


def test_only_the_first_process_writes(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    with written_once(Hosts("a:1", 2, 0), run, sys.stderr, begun=False) as (folder, stream):
        assert (folder, stream) == (run, sys.stderr)
    run.root.mkdir()
    run.config.write_text("model: spec.yaml\n")
    with written_once(Hosts("a:1", 2, 1), run, sys.stderr, begun=True) as (folder, stream):
        assert folder.config.read_text() == "model: spec.yaml\n"
        assert stream is not sys.stderr
        folder.config.write_text("")
    assert run.config.read_text() == "model: spec.yaml\n"


def test_mistakes_are_said_before_others_are_waited_for(
    tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hosts, "join", lambda self, stream: pytest.fail("it waits"))
    others = ["--distributed", "127.0.0.1:1,2,0"]
    for words in (
        ["nosuchconfig"],
        [str(tiny_config), "--set", "adam.stps=3"],
        ["--resume", str(tmp_path / "none")],
    ):
        assert one_line(capsys, "train", *words, *others)
