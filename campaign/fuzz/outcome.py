"""What one input led to, in plain values, and what counts as a finding."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

SECONDS = 60.0
"""Seconds after which an input is stopped."""

REFUSAL_SECONDS = 10.0
"""Seconds within which a file must be refused, if it is refused."""

MEGABYTES = 2048
"""Memory that a process may take, including its libraries."""

MAX_LINE = 1000
"""Characters of a message."""

KINDS: Mapping[str, str] = {
    "crash": "an exception that is not one of the documented ones, or a traceback on the command line",
    "hung": "stopped after the limit of time",
    "died": "the process ended by itself",
    "memory": "more memory than the limit, or no memory left within it",
    "slow": "a refusal that took longer than a refusal may",
    "loss": "a file that was there is gone or changed, one is left behind, or part of an input is left out silently",
    "changed": "an edit that changes nothing but the look of a file changes the answer",
    "exit code": "none of 0, 1 and 2, or 0 and 1 where only 2 is right",
    "lines": "a refusal that is empty, has several lines, holds characters that no terminal shows, or is very long",
    "unclear": "a refusal in words of the interpreter instead of the user's",
    "warning": "a warning reaches the user",
    "noise": "a library writes to the terminal",
}
"""Every kind of finding, worst first."""

MINOR = ("unclear", "warning", "noise")

_INTERNAL = re.compile(
    r"object (?:has no attribute|is not (?:subscriptable|iterable|callable))|NoneType|positional argument"
    r"|keyword argument|(?:un)?supported operand|0x[0-9a-f]{8,}|<class '|<built-in|Traceback"
    r"|not enough values to unpack"
    r"|too many values to unpack|unhashable type|list index out of range|string index out of range|site-packages"
)


@dataclass(frozen=True)
class Problem:
    """One thing that must not happen.

    Attributes:
        kind: one of `KINDS`.
        text: what was seen.
        where: the innermost line of the project, or of the library if none is known.
        error: type of the exception, if there was one.
    """

    kind: str
    text: str
    where: str = ""
    error: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for what is probably the same fault."""
        text = "" if self.where else re.sub(r"[\d'\"]+|/\S*", "", self.text)[:60]
        return self.kind, self.error, self.where or text


@dataclass(frozen=True)
class Outcome:
    """The outcome of an input.

    Attributes:
        reader: reader that was given the input.
        number: number of the input.
        way: what was done with the input; it begins with ``$`` for the command line.
        how: the edits.
        answer: ``"answered"``, ``"refused"`` or, when the budget of a computation was used up, ``"given up"``; empty if
            there was none of them.
        text: the answer or the refusal, cut.
        problems: what must not happen and did.
        seconds: processor time that it took; wall time if it was stopped.
        megabytes: peak memory of the process meanwhile.
        size: size of the input in bytes.
    """

    reader: str
    number: int
    way: str
    how: tuple[str, ...]
    answer: str
    text: str
    problems: tuple[Problem, ...]
    seconds: float
    megabytes: float
    size: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Outcome":
        """The outcome that plain values from JSON describe."""
        problems = tuple(Problem(**problem) for problem in content["problems"])
        return cls(**{**content, "problems": problems, "how": tuple(content["how"])})


def refusal_problems(text: str) -> list[Problem]:
    """What is wrong with the wording of a refusal."""
    out = []
    if not text.strip():
        out.append(Problem("lines", "the message is empty"))
    elif len(text) > MAX_LINE:
        out.append(Problem("lines", f"{len(text)} characters: {text[:80]!r}"))
    elif any(not (char.isprintable()) for char in text):
        odd = next(char for char in text if not char.isprintable())
        out.append(Problem("lines", f"U+{ord(odd):04X} in the message {text[:120]!r}"))
    if (found := _INTERNAL.search(text)) is not None:
        start = max(0, found.start() - 60)
        out.append(Problem("unclear", text[start : found.end() + 60]))
    return out


def crash(error: BaseException) -> Problem:
    """The problem of an exception, with the place in the project that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    kind = "memory" if isinstance(error, MemoryError) else "crash"
    text = f"{type(error).__name__}: {str(error)[:200]}"
    return Problem(
        kind,
        text,
        innermost([(frame.filename, frame.lineno or 0, frame.name) for frame in frames]),
        type(error).__name__,
    )


def innermost(frames: list[tuple[str, int, str]]) -> str:
    """The last frame of the project, and the last one of all if that is in a library; frames are listed inwards.

    >>> innermost([("/x/lib/python3.11/site-packages/a/b.py", 3, "f")])
    'a/b.py:3 in f'
    """
    own = [frame for frame in frames if _in_project(frame[0])]
    if not own:
        return _place(*frames[-1]) if frames else ""
    return _place(*own[-1])


def _in_project(name: str) -> bool:
    path = Path(name)
    return any(path.is_relative_to(ROOT / folder) for folder in ("eqcompile", "siqml"))


def _place(name: str, line: int, function: str) -> str:
    path = Path(name)
    if path.is_relative_to(ROOT):
        path = path.relative_to(ROOT)
    elif "site-packages" in path.parts:
        path = Path(*path.parts[path.parts.index("site-packages") + 1 :])
    return f"{path}:{line} in {function}"
