"""One input of the fuzz campaign: files in a folder, and what a reader does with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Case:
    """Files, and how they are read.

    Attributes:
        files: contents by name; a name may contain a folder.
        main: the file that was edited.
        way: what is done with the file, one of the ways of its reader.
        how: the edits, in the order in which they were made.
        same_as: content of ``main`` that must give the same answer, if the edits do not change what the file says.
        words: further words of the command line.
    """

    files: Mapping[str, bytes]
    main: str
    way: str
    how: tuple[str, ...] = ()
    same_as: bytes | None = None
    words: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Total size of all files in bytes."""
        return sum(map(len, self.files.values()))


class SilentLoss(Exception):
    """A reader took a file and silently left out part of what it says."""


@dataclass(frozen=True)
class Command:
    """A command of the user that reads the input.

    Attributes:
        program: module of the command, such as ``eqcompile``.
        words: words of the command line.
        outputs: files and folders that the command may write.
        planted: files that exist before, and must survive whole if the command refuses.
    """

    program: str
    words: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    planted: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """A reader under test.

    Attributes:
        name: name in logs and tables, such as ``openqasm2``.
        make: makes an input from a source of randomness.
        read: reads the files in a folder and returns the answer in a line; raises what the reader raises.
        command: makes the command line that reads the same files.
        share: share of all inputs, relative to the other readers.
        computes: ways that do more than read, and have a budget for what they compute.
    """

    name: str
    make: Callable[[Random], Case]
    read: Callable[[Path, Case], str]
    command: Callable[[Case, Random], Command]
    share: int
    computes: frozenset[str] = frozenset()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a case."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def chosen_way(source: Random, ways: Mapping[str, int]) -> str:
    """One of the ways, drawn with their weights."""
    names: Sequence[str] = list(ways)
    return source.choices(names, [ways[name] for name in names])[0]
