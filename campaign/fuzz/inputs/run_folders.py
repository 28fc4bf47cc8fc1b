"""Run folders: config, spec, model, checkpoint and records of a training, any of which may be damaged or forged."""

import json
import struct
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from campaign.fuzz.case import Case, Command, Reader, chosen_way
from campaign.fuzz.inputs.configs import CONFIG
from campaign.fuzz.inputs.mutate import edited_bytes, edited_text
from campaign.fuzz.inputs.seeds import TINY
from campaign.fuzz.inputs.trees import edited_tree

RUN = "run"

WAYS = {"model": 40, "checkpoint": 22, "records": 22, "finished": 8, "evaluate": 1, "resume": 3}

DATA = """\
2
Properties=species:S:1:pos:R:3 energy=-214.0
Li 0.0 0.0 0.0
H 0.0 0.0 1.6
2
Properties=species:S:1:pos:R:3 energy=-213.5
Li 0.0 0.0 0.0
H 0.0 0.0 2.1
2
Properties=species:S:1:pos:R:3 energy=-213.25
Li 0.0 0.0 0.0
H 0.0 0.0 2.6
"""


@cache
def run_files() -> dict[str, bytes]:
    """A finished run, written without training: it has its start parameters and a checkpoint before the first step."""
    import numpy as np

    import eqcompile as eq
    from siqml.data.reading.read import read_data
    from siqml.field.force_field import ForceField
    from siqml.field.model_file import here, save_model
    from siqml.field.scaling import Scaling
    from siqml.training.checkpoint import TrainState, save_checkpoint
    from siqml.training.config import load_config, to_yaml
    from siqml.training.run_folder import RunFolder
    from siqml.training.train import Progress, prepare

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "config.yaml").write_text(
            CONFIG.replace("lih_train", "data").replace("  test: lih_test.extxyz\n", "")
        )
        (root / "data.extxyz").write_text(DATA)
        folder = RunFolder(root / RUN)
        folder.root.mkdir()
        folder.spec.write_text(TINY)
        config = load_config(root / "config.yaml")
        program = eq.compile(eq.load(folder.spec))
        frame = config.frame.place(("Li", "H"))
        data = read_data(root / "data.extxyz", frame.species)
        # File names in the run are relative, so that they mean the same in every folder.
        inside = config.model_copy(
            update={
                "model": "spec.yaml",
                "data": config.data.model_copy(update={"train": "lih_train.extxyz"}),
            }
        )
        folder.config.write_text(to_yaml(inside))
        training = prepare(inside, program, frame, data)
        params = np.asarray(training.force_field.params)
        scaling = Scaling.fit(data.energies, (-3.0, 1.0))
        save_model(folder.model, ForceField(program, frame, scaling, params), here(1, to_yaml(inside)))
        state = TrainState(0, 0, params, training.phases[0].init(params))
        save_checkpoint(folder.checkpoint, state, training.fingerprint, training.objective.backend)
        folder.write_record(
            [Progress(k, "adam", 0.5 / k, 3.0 * k, 0.25 if k > 1 else None) for k in (1, 2, 3)]
        )
        folder.write_metrics(
            {
                "model": "tiny",
                "fingerprint": training.fingerprint,
                "train": {"energy_variance": 1.0},
                "test": None,
                "seconds": 1.5,
            }
        )
        files = {f"{RUN}/{path.name}": path.read_bytes() for path in sorted(folder.root.iterdir())}
    return files | {"data.extxyz": DATA.encode()}


def forged(content: bytes, source: Random) -> tuple[bytes, tuple[str, ...]]:
    """A sealed file whose facts or arrays are edited, with a digest that fits again."""
    import numpy as np
    from safetensors.numpy import load, save

    from siqml.field.sealed import KEY, _digest

    arrays = dict(sorted(load(content).items()))  # which come in no fixed order
    size = struct.unpack("<Q", content[:8])[0]
    facts = json.loads(json.loads(json.loads(content[8 : 8 + size])["__metadata__"][KEY])["content"])
    how: tuple[str, ...] = ()
    if source.random() < 0.75:
        facts, how = edited_tree(facts, source, (facts,))
    if source.random() < 0.4:
        name = source.choice(list(arrays))
        value = np.atleast_1d(arrays[name])
        arrays[name] = source.choice((
            value[:0], value.astype(np.float32), np.ones(value.shape, np.int64), np.zeros(10_000), value.reshape(-1, 1),
            np.full(value.shape, np.nan),
            np.full(value.shape, 1e300), np.array(0.5), value.astype(bool),
        ))  # fmt: skip
        how = (*how, "array changed")
        if source.random() < 0.3:
            del arrays[name]
    text = json.dumps(facts, sort_keys=True)
    digest = _digest(text.encode("utf-8", "replace").decode(), arrays)
    seal = json.dumps({"content": text, "sha256": digest})
    return save(arrays, {KEY: seal}), (*how, "sealed again")


def make(source: Random) -> Case:
    """Make a run folder."""
    files = dict(run_files())
    way = chosen_way(source, WAYS)
    main = f"{RUN}/" + {
        "model": "model.safetensors",
        "checkpoint": "checkpoint.safetensors",
        "records": source.choice(("metrics.csv", "metrics.json", "config.yaml")),
    }.get(
        way,
        source.choice(
            (
                "model.safetensors",
                "checkpoint.safetensors",
                "config.yaml",
                "spec.yaml",
                "metrics.csv",
                "metrics.json",
            )
        ),
    )
    content = files[main]
    choice = source.random()
    if choice < 0.08:
        how: tuple[str, ...] = (f"{main} missing",)
        del files[main]
        return Case(files, main, way, how)
    if main.endswith(".safetensors"):
        content, how = (
            forged(content, source)
            if choice < 0.6
            else edited_bytes(content, source, [files[f"{RUN}/model.safetensors"]])
        )
    elif main.endswith(".json") and choice < 0.6:
        tree, how = edited_tree(json.loads(content), source, ())
        content = json.dumps(tree).encode("utf-8", "surrogatepass")
    else:
        content, how = edited_text(content.decode(), source, (TINY, CONFIG))
    files[main] = content
    return Case(files, main, way, (*how, main))


def read(folder: Path, case: Case) -> str:
    """Read what the way of the case names."""
    import io

    from siqml.field.model_file import load_model, load_origin
    from siqml.training.checkpoint import has_checkpoint
    from siqml.training.config import load_config
    from siqml.training.run_folder import RunFolder
    from siqml.training.session import evaluate_files, is_finished, resume

    run = RunFolder(folder / RUN)
    if case.way == "model":
        field, origin = load_model(run.root), load_origin(run.root)
        return f"{field.model.num_parameters} parameters, seed {origin.seed}"
    if case.way == "checkpoint":
        return _position(run, folder)
    if case.way == "records":
        rows, metrics = run.read_record(), run.read_metrics()
        return f"{len(rows)} rows, {len(metrics)} metrics, seed {load_config(run.config).seed}"
    if case.way == "finished":
        return f"{is_finished(run.config, run, ())}, {has_checkpoint(run.checkpoint, 'x')}"
    if case.way == "evaluate":
        return f"{len(evaluate_files(run.root, [str(folder / 'data.extxyz')]))} evaluations"
    outcome = _resumed(run, resume, io.StringIO())
    return f"{outcome}"


def _position(run: Any, folder: Path) -> str:
    from siqml.errors import TrainError
    from siqml.training.checkpoint import read_position, restore

    fingerprint = json.loads(run_files()[f"{RUN}/metrics.json"])["fingerprint"]
    phase, step, arrays = read_position(run.checkpoint, fingerprint)
    try:
        restore(arrays, _like())
    except TrainError:
        return f"phase {phase}, step {step}; of another optimiser"
    return f"phase {phase}, step {step}, {len(arrays)} arrays"


@cache
def _like() -> Any:
    """The state of Adam at the four parameters of the model, for comparison."""
    import numpy as np

    return {"count": np.zeros((), np.int64), "mean": np.zeros(4), "square": np.zeros(4)}


def _resumed(run: Any, resume: Any, stream: Any) -> str:
    """Resume the training. What it writes does not matter here, so the files are put back."""
    before = {path: path.read_bytes() for path in run.root.iterdir()}
    try:
        return f"resumed after {resume(run, stream).seconds >= 0}"
    finally:
        for path in list(run.root.iterdir()):
            if path not in before:
                path.unlink()
        for path, content in before.items():
            path.write_bytes(content)


def command(case: Case, source: Random) -> Command:
    """The command that does the same."""
    if case.way in ("checkpoint", "resume"):
        return Command("siqml", ("train", "--resume", RUN), (RUN,))
    return Command(
        "siqml",
        source.choice((("evaluate", RUN, "data.extxyz"), ("evaluate", RUN, "data.extxyz", "--json"))),
    )


READER = Reader("run folders", make, read, command, 12)
