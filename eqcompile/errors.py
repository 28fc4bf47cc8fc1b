"""Every exception a user can meet; ``str(error)`` is the one line that is shown."""

import re

MAX_SHOWN = 40
"""Characters of a user's text that a message repeats; it is read in a terminal, and a spec may contain anything. Beyond
it, shortened: the text is cut, and most messages show dots."""

MAX_REASON = 200
"""Characters that a message repeats of what a library says about a file. Beyond it, shortened: the text is cut."""


def quoted(text: str) -> str:
    r"""A text as it appears in a message: cut, in quotes, on one line.

    >>> quoted("a\nb")
    '"a\\nb"'
    """
    cut = text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
    return f'"{one_line(cut)}"'


def one_line(text: str) -> str:
    """The text with every character that could break the line, or the terminal, escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def without_classes(text: str) -> str:
    """A message of a library with ``int`` for ``<class 'int'>``.

    >>> without_classes("Invalid type <class 'qiskit.circuit.Gate'>")
    'Invalid type Gate'
    """
    return re.sub(r"<(?:class|function|enum) '?(?:\w+\.)*(\w+)'?(?: at 0x[0-9a-f]+)?>", r"\1", text)


MAX_MESSAGE = 900
"""Characters of a message. Beyond it, shortened: its middle, which repeats a file or an argument, is left out."""


def shortened(text: str) -> str:
    """A message without its middle, if it is long.

    >>> len(shortened("a" * 5000))
    900
    """
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 205]} ... {text[-200:]}"


class EqcompileError(Exception):
    """Base of all errors a user can cause and cure."""

    def __init__(self, message: str = "") -> None:
        super().__init__(shortened(message))


class SpecError(EqcompileError):
    """A spec file says something impossible; carries the place.

    Args:
        message: what was found, what is needed, what to do.
        path: the file, as the user named it.
        line: 1-based line, or ``None`` if the error has no place in the text.
        column: 1-based column, or ``None``.

    >>> str(SpecError('unknown group "SU(3)"', path="water.yaml", line=7, column=5))
    'water.yaml:7:5: unknown group "SU(3)"'
    """

    def __init__(
        self, message: str, path: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)
        self.message, self.path, self.line, self.column = message, path, line, column


class ExpressionError(EqcompileError):
    """An operator or number expression cannot be read.

    Args:
        message: what was found and what is allowed.
        offset: 0-based position in the text where reading stopped.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class ArgumentError(EqcompileError):
    """An argument of a function is of the wrong kind or out of range; the message names the argument."""


class LimitError(EqcompileError):
    """The request is larger than a stated limit; the message names the limit."""


class BudgetError(EqcompileError):
    """The allowed time or memory is used up; the message says by what, and what to do.

    Args:
        message: the whole line.
        what: what is used up, such as ``"60 s"``.
    """

    def __init__(self, message: str, what: str) -> None:
        super().__init__(message)
        self.what = what


class DimensionError(EqcompileError):
    """Two objects act on different numbers of qubits, or on qubits that do not exist."""


class MethodError(EqcompileError):
    """The chosen method does not apply to this group; the message names one that does."""


class BackendError(EqcompileError):
    """A circuit cannot be emitted to, or read back from, the chosen back end."""
