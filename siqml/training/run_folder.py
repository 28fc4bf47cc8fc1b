"""The folder of one training: what is in it, and when it may be written."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import eqcompile as eq
from siqml.errors import TrainError
from siqml.field.model_file import FILE_NAME
from siqml.lock import held, refuse_held
from siqml.training.checkpoint import is_of_this_version
from siqml.training.train import Progress

COLUMNS: Final = ("step", "phase", "loss", "rmse_mev", "validation_loss")

ELSEWHERE: Final = "wait for it or end it, or choose another folder with -o"
"""What the user can do where another process is at work."""


@dataclass(frozen=True)
class RunFolder:
    """Paths of one run.

    ``config.yaml`` (resolved) and ``spec.yaml`` say what is trained. The training continues from
    ``checkpoint.safetensors``, and ``metrics.csv`` records it. ``model.safetensors``, ``metrics.json`` and the pictures
    are the result.
    """

    root: Path

    @property
    def config(self) -> Path:
        """The resolved config."""
        return self.root / "config.yaml"

    @property
    def spec(self) -> Path:
        """A copy of the spec of the model."""
        return self.root / "spec.yaml"

    @property
    def checkpoint(self) -> Path:
        """The state to continue from."""
        return self.root / "checkpoint.safetensors"

    @property
    def record(self) -> Path:
        """One row per report: step, phase, loss, RMSE."""
        return self.root / "metrics.csv"

    @property
    def model(self) -> Path:
        """The trained model."""
        return self.root / FILE_NAME

    @property
    def metrics(self) -> Path:
        """Errors on the training and test sets."""
        return self.root / "metrics.json"

    @property
    def curve(self) -> Path:
        """Picture of energy and force along a bond or a cut, if the structures have one."""
        return self.root / "curve.png"

    @property
    def parity(self) -> Path:
        """Picture of predictions against labels."""
        return self.root / "parity.png"

    @property
    def learning(self) -> Path:
        """Picture of the record: loss and RMSE against step."""
        return self.root / "learning.png"

    @property
    def lock(self) -> Path:
        """What the process that writes here holds; see `siqml.lock`."""
        return self.root / ".lock"

    @contextmanager
    def held(self, stream: TextIO) -> Iterator[None]:
        """Keep other processes from writing here; the folder is made if missing.

        Args:
            stream: takes a warning where the file system has no locks.

        Raises:
            TrainError: another process is at work here; the line names it.
        """
        with held(self.lock, TrainError, ELSEWHERE, stream):
            yield

    def refuse_held(self) -> None:
        """Refuse a folder in which another process is at work, and write nothing.

        Raises:
            TrainError: there is one; the line names it.
        """
        refuse_held(self.lock, TrainError, ELSEWHERE)

    def begin(self, overwrite: bool) -> None:
        """Make the folder, empty of any earlier run.

        Args:
            overwrite: whether to remove the files of an earlier run; other files are never touched.

        Raises:
            TrainError: the folder is not empty and may not be overwritten, or is not a run folder.
        """
        self.refuse(overwrite)
        self.root.mkdir(parents=True, exist_ok=True)
        for path in self._files():
            eq.remove_file(path)

    def refuse(self, overwrite: bool) -> None:
        """Refuse what `begin` refuses, and write nothing."""
        if self.root.exists() and not self.root.is_dir():
            raise TrainError(f"{self.root} is a file; give a folder with -o")
        if self.root.is_dir() and any(path != self.lock for path in self.root.iterdir()):
            if not overwrite:
                raise TrainError(f"{self.root} {self._what_it_holds()}choose another folder with -o")
            if not self._holds_a_run():
                raise TrainError(f"{self.root} is not a run folder and is left alone; choose another with -o")
        self._refuse_folders()

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write the files of a run that was carried out elsewhere, those last that say that it is finished.

        Args:
            files: what `taken` gave there.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._files(), key=lambda path: (path != self.config, path == self.metrics)):
            if path.name in files:
                eq.write_atomically(path, files[path.name])

    def taken(self) -> dict[str, bytes]:
        """What `put` takes: every file of this run by its name."""
        return {path.name: path.read_bytes() for path in self._files() if path.is_file()}

    def refuse_to_hold_runs(self) -> None:
        """Keep runs out of a folder that is a run itself: its name would stand for that run.

        Raises:
            TrainError: the folder is a run.
        """
        if self.config.is_file():
            raise TrainError(f"{self.root} is a run itself; choose another folder with -o for several")

    def reopen(self) -> None:
        """Refuse to resume what was never begun.

        Raises:
            TrainError: there is no config in this folder, or there is a folder where a file of the run belongs.
        """
        if not self.config.is_file():
            raise TrainError(
                f"{self.root} is not a run folder: no config.yaml in it; start with: siqml train CONFIG"
            )
        self._refuse_folders()

    def _what_it_holds(self) -> str:
        """What the folder holds and what can be done about it: a run without a checkpoint cannot be continued."""
        if not self._holds_a_run():
            return "is not empty and holds no run; "
        if self.checkpoint.is_file() and not is_of_this_version(self.checkpoint):
            return "holds a run whose checkpoint cannot be continued: replace it with --overwrite, or "
        if self.checkpoint.is_file():
            return f"is not empty: continue it with --resume {self.root}, replace it with --overwrite, or "
        if self.model.is_file():
            return "holds a trained model without a checkpoint: replace it with --overwrite, or "
        return "holds a run that has reached no checkpoint: begin it again with --overwrite, or "

    def _holds_a_run(self) -> bool:
        """Whether config.yaml belongs to a run, and is not one that the user wrote and keeps here."""
        if not self.config.is_file():
            return False
        written = f"model: {self.spec.name}" in self.config.read_text("utf-8", "replace").splitlines()
        return written or self.checkpoint.is_file() or self.model.is_file()

    def _refuse_folders(self) -> None:
        """Refuse folders in the place of files, before anything is removed or trained."""
        for path in self._files():
            if path.is_dir():
                raise TrainError(f"{path} is a folder where a file of the run belongs; move it away")

    def write_record(self, rows: list[Progress]) -> None:
        """Replace ``metrics.csv``, with one row for each report."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            validation = "" if row.validation is None else repr(row.validation)
            writer.writerow([row.step, row.phase, repr(row.loss), repr(row.rmse_mev), validation])
        eq.write_atomically(self.record, text.getvalue())

    def read_record(self) -> list[Progress]:
        """Rows of ``metrics.csv``; empty if it is missing.

        Raises:
            TrainError: a line is not that of a record.
        """
        if not self.record.is_file():
            return []
        rows, line = [], 1
        try:
            with self.record.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                if "step" not in (reader.fieldnames or COLUMNS):
                    raise ValueError("no head of a record")
                for row in reader:
                    line = reader.line_num
                    rows.append(_progress(row))
                line = max(reader.line_num, 1)
        except (ValueError, TypeError, KeyError, csv.Error) as bad:
            raise TrainError(
                f"{self.record}:{line}: damaged, not a line of a record; remove the line, or the file: the "
                "training goes on without its record"
            ) from bad
        return rows

    def write_metrics(self, content: dict[str, Any]) -> None:
        """Replace ``metrics.json``."""
        eq.write_atomically(self.metrics, json.dumps(content, indent=2) + "\n")

    def read_metrics(self) -> dict[str, Any]:
        """Content of ``metrics.json``.

        Raises:
            TrainError: the file is missing or damaged.
        """
        try:
            content: dict[str, Any] = json.loads(self.metrics.read_text(encoding="utf-8"))
            complete = {"model", "num_parameters", "seed", "steps", "fingerprint"} <= content.keys()
            sound = complete and _is_evaluation(content["train"])
            sound = sound and (content["test"] is None or _is_evaluation(content["test"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            sound = False
        if not sound:
            raise TrainError(
                f"{self.metrics}: missing or damaged; remove it and write it again: siqml train --resume {self.root}"
            )
        return content

    def _files(self) -> tuple[Path, ...]:
        results = (self.record, self.model, self.metrics, self.curve, self.parity, self.learning)
        return (self.spec, self.checkpoint, *results, self.config)


def _is_evaluation(content: Any) -> bool:
    """Whether these are errors on a set, as `Evaluation.to_dict` gives them; a missing part raises an error."""
    parts = [content["energy"], *([content["force"]] if content["force"] is not None else [])]
    numbers = [content["energy_variance"], *(part["mse"] for part in parts)]
    return all(isinstance(found, float | int) for found in numbers)


def _progress(row: dict[str, str]) -> Progress:
    if set(row) - {*COLUMNS} or None in row.values():
        raise ValueError("columns of no record")
    validation = row.get("validation_loss")
    return Progress(
        int(row["step"]),
        row["phase"],
        float(row["loss"]),
        float(row["rmse_mev"]),
        float(validation) if validation else None,
    )
