"""Readers with one fault each, which the fuzz must report, and a sound one; the same as commands."""

import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random

import eqcompile as eq
from campaign.fuzz.case import Case, Command, Reader, SilentLoss

MAIN = "input.txt"

HOARD = 900
"""Megabytes that `hoards` takes: more than the limit of the test."""


def sound(path: Path) -> str:
    """Answers."""
    return f"{path.stat().st_size} bytes"


def refuses(path: Path) -> str:
    """Refuses in a line."""
    raise eq.EqcompileError("input.txt: found nothing; write something")


def stumbles(path: Path) -> str:
    """Lets a Python exception escape."""
    return {}[path.name]


def hangs(path: Path) -> str:
    """Never comes back."""
    while True:
        time.sleep(0.05)


def hoards(path: Path) -> str:
    """Takes memory without end."""
    kept = [bytearray(1 << 20) for _ in range(HOARD)]
    return f"{len(kept)} megabytes"


def dies(path: Path) -> str:
    """Takes the process down."""
    os._exit(3)


def talks(path: Path) -> str:
    """Writes to the terminal without going through Python."""
    os.write(2, b"thread panicked\n")
    return "done"


def warns(path: Path) -> str:
    """Warns the user about something in a library."""
    warnings.warn("careful", UserWarning, stacklevel=1)
    return "done"


def removes(path: Path) -> str:
    """Loses the input."""
    path.unlink()
    return "done"


def litters(path: Path) -> str:
    """Leaves a file behind."""
    (path.parent / ".input.txt.half").write_text("half")
    return "done"


def rambles(path: Path) -> str:
    """Refuses in two lines."""
    raise eq.EqcompileError("found nothing\nwrite something")


def mumbles(path: Path) -> str:
    """Refuses in words of the interpreter."""
    raise eq.EqcompileError("input.txt: 'NoneType' object has no attribute 'name'")


def drops(path: Path) -> str:
    """Reads half of the structures."""
    raise SilentLoss("1 structure read; the file has 2")


def differs(path: Path) -> str:
    """Mistakes the look of a file for what it says."""
    return str(path.read_bytes())


FAULTS: dict[str, Callable[[Path], str]] = {
    function.__name__: function
    for function in (
        sound, refuses, stumbles, hangs, hoards, dies, talks, warns, removes, litters, rambles, mumbles, drops, differs,
    )
}  # fmt: skip


def _reader(name: str, fault: Callable[[Path], str]) -> Reader:
    def make(source: Random) -> Case:
        return Case({MAIN: b"x\r\n"}, MAIN, "read", ("planted",), b"x\n" if name == "differs" else None)

    def command(case: Case, source: Random) -> Command:
        return Command("campaign.fuzz.planted", (name, MAIN, "-o", "out"), ("out",), {"out": b"old"})

    return Reader(name, make, lambda folder, case: fault(folder / case.main), command, 1)


READERS = {name: _reader(name, fault) for name, fault in FAULTS.items()}


def warm_up() -> None:
    """Does nothing: no module is loaded late."""


def main(words: list[str]) -> int:
    """The command with the fault of this name; ``spoils`` and ``counts`` are faults that only a command can have."""
    name, path = words[0], Path(words[1])
    if name == "spoils":
        Path(words[3]).write_text("half")
        print("input.txt: found nothing; write something", file=sys.stderr)
        return 2
    if name == "counts":
        return 3
    try:
        print(FAULTS[name](path))
    except eq.EqcompileError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
