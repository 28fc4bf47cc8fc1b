"""A training as plain data, so that another process or machine can carry it out and give back the files of its run."""

import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import eqcompile as eq
from siqml.field.declared import text_of
from siqml.field.model_file import FILE_NAME
from siqml.molecule.structures import Structures
from siqml.training.config import to_yaml, validate
from siqml.training.run_folder import RunFolder
from siqml.training.session import Inputs, Work, refuse_to_replace_the_start, what_is_left
from siqml.yaml_text import parse_yaml


@dataclass(frozen=True, eq=False)
class TrainingOrder:
    """What a training needs; no path in it has to exist where it is carried out.

    Attributes:
        config: the config as its run folder will hold it.
        spec: text of the spec.
        spec_path: where the spec was read, for messages.
        data: the training set.
        test: the test set, if there is one.
        start: the model file that the parameters start from, if there is one.
        begun: files of the run so far, to continue from.
    """

    config: str
    spec: str
    spec_path: str
    data: Structures
    test: Structures | None
    start: bytes | None
    begun: dict[str, bytes]

    @classmethod
    def of(cls, inputs: Inputs, folder: RunFolder, overwrite: bool) -> "TrainingOrder | None":
        """What is left of a training, going by its run folder.

        Args:
            inputs: what is trained.
            folder: where its files will be written.
            overwrite: whether a run of another training in this folder may be replaced.

        Returns:
            The order; ``None`` if the run is finished.

        Raises:
            TrainError: the folder cannot take the run.
        """
        left = what_is_left(inputs, folder, overwrite)
        if left == "nothing":
            return None
        begun = {}
        if left == "the rest":
            begun = {
                path.name: path.read_bytes() for path in (folder.checkpoint, folder.record) if path.is_file()
            }
        else:
            refuse_to_replace_the_start(inputs.config, folder)
            folder.refuse(overwrite=True)
        return cls(
            to_yaml(inputs.config_of_run(folder, left)),
            text_of(inputs.spec),
            inputs.spec.source.path,
            inputs.data,
            inputs.test,
            _start_of(inputs),
            begun,
        )


def _start_of(inputs: Inputs) -> bytes | None:
    if inputs.config.start.model is None:
        return None
    path = Path(inputs.config.start.model)
    return (path / FILE_NAME if path.is_dir() else path).read_bytes()


def carried_out(order: TrainingOrder) -> dict[str, bytes]:
    """The training from start to end, in a folder of its own that is removed.

    Args:
        order: what is trained.

    Returns:
        The files of the run by name, with the same bits as those of `siqml.training.session.train`; only
        ``metrics.json`` says how long it took.

    Raises:
        SiqmlError: see `siqml.training.session.train`.
        EqcompileError: the spec is refused.
    """
    with TemporaryDirectory() as scratch:
        folder = RunFolder(Path(scratch) / "run")
        folder.put(
            order.begun | {folder.config.name: order.config.encode(), folder.spec.name: order.spec.encode()}
        )
        start = None
        if order.start is not None:
            start = Path(scratch) / FILE_NAME
            start.write_bytes(order.start)
        config = validate(parse_yaml(order.config, folder.config.name))
        spec = eq.loads(order.spec, path=order.spec_path)
        work = Work.of(config, spec, (order.data, order.test), start)
        eq.write_atomically(folder.config, to_yaml(work.config))  # it names the back end now
        resume = folder.checkpoint.name in order.begun
        work.finish(folder, io.StringIO(), folder.read_record() if resume else [], resume)
        return folder.taken()
