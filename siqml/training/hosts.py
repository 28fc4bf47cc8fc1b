"""One training on several machines: every process runs the same command, and the first one writes the run."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TextIO

from siqml.errors import ConfigError, TrainError, cut
from siqml.training.run_folder import RunFolder

HOSTS: Final = re.compile(
    r"(?P<coordinator>[^\s,]+:\d{1,5}),(?P<count>\d{1,5}),(?P<number>\d{1,5})", re.ASCII
)


@dataclass(frozen=True)
class Hosts:
    """The processes that share a training.

    Attributes:
        coordinator: address of process 0, such as ``10.0.0.5:1234``.
        count: number of processes.
        number: which of them this one is, counted from 0.
    """

    coordinator: str
    count: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Hosts":
        """Read ``COORDINATOR:PORT,NUM,ID``.

        Raises:
            ConfigError: it is something else.

        >>> Hosts.parse("10.0.0.5:1234,2,0")
        Hosts(coordinator='10.0.0.5:1234', count=2, number=0)
        """
        found = HOSTS.fullmatch(text)
        if found is None or not 0 <= int(found["number"]) < int(found["count"]):
            raise ConfigError(
                f'--distributed: found "{cut(text)}"; needed: COORDINATOR:PORT,NUM,ID, such as 10.0.0.5:1234,2,0 for '
                "the first of two processes"
            )
        return cls(found["coordinator"], int(found["count"]), int(found["number"]))

    def join(self, stream: TextIO) -> None:
        """Connect to the other processes; it waits for all of them. Nothing may have used JAX before.

        Args:
            stream: takes the first process's line that says what it waits for.

        Raises:
            TrainError: they do not come together.
        """
        import jax

        if self.number == 0:
            print(f"waiting for {self.count} processes at {self.coordinator}", file=stream, flush=True)
        try:
            jax.distributed.initialize(self.coordinator, self.count, self.number)
        except (RuntimeError, ValueError) as wrong:
            reason = cut(str(wrong).splitlines()[0])
            raise TrainError(f"--distributed {self.coordinator}: {reason}") from wrong


@contextmanager
def written_once(
    hosts: Hosts | None, folder: RunFolder, stream: TextIO, begun: bool
) -> Iterator[tuple[RunFolder, TextIO]]:
    """Where this process writes and reports: the first one to the run folder, the others to nowhere.

    Args:
        hosts: the processes that share the training; ``None`` if there is one.
        folder: the run folder.
        stream: takes the progress report of the first process.
        begun: whether the run goes on from what is in the folder, which then every process has to see.

    Yields:
        The folder and the stream for this process.
    """
    if hosts is None or hosts.number == 0:
        yield folder, stream
        return
    with TemporaryDirectory() as scratch:
        own = RunFolder(Path(scratch) / "run")
        if begun:
            folder.reopen()
            own.put(folder.taken())
        yield own, io.StringIO()
