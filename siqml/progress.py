"""One progress report for everything slow: a bar on a terminal, a few plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Advance = Callable[[int, str], None]
"""Called with the number of steps done so far and a short text about the latest one."""

PLAIN_LINES = 10
"""How many lines a log file gets per task: enough to see life, few enough to read."""


@contextmanager
def progress(title: str, total: int, stream: TextIO, start: int = 0) -> Iterator[Advance]:
    """Report ``total`` steps on ``stream``: bar, text, time spent and time left.

    Args:
        title: what is being done.
        total: number of steps of the whole task.
        stream: usually ``sys.stderr``; results go to stdout.
        start: steps that were done before, in a resumed task.

    Yields:
        A function of ``(done, text)``.

    >>> import sys
    >>> with progress("labels", 2, sys.stdout) as advance:
    ...     advance(1, "r = 0.9")
    ...     advance(2, "r = 1.0")
    labels: 1/2 r = 0.9
    labels: 2/2 r = 1.0
    """
    with (
        _bar(title, total, stream, start)
        if stream.isatty()
        else _lines(title, total, stream, start) as advance
    ):
        yield advance


@contextmanager
def _bar(title: str, total: int, stream: TextIO, start: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.fields[text]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(file=stream)) as bar:
        task = bar.add_task(title, total=total, completed=start, text="")
        yield lambda done, text: bar.update(task, completed=done, text=text)


@contextmanager
def _lines(title: str, total: int, stream: TextIO, start: int) -> Iterator[Advance]:
    shown = start * PLAIN_LINES // max(total, 1)

    def advance(done: int, text: str) -> None:
        nonlocal shown
        share = done * PLAIN_LINES // max(total, 1)
        if share > shown:
            shown = share
            stream.write(f"{title}: {done}/{total} {text}".rstrip() + "\n")
            stream.flush()

    yield advance
