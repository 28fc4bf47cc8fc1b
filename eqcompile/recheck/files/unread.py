"""What these readers say when they do not read something."""

from eqcompile.errors import EqcompileError, one_line

MAX_WHAT = 120
"""Characters of a message that says what was not read. Beyond it, shortened: the text is cut and ends with dots."""


class UnreadError(EqcompileError):
    """Something that a recheck does not read itself: nothing is then confirmed against the file.

    >>> str(UnreadError("a gate of 12 qubits"))
    'recheck does not read a gate of 12 qubits itself'
    """

    def __init__(self, what: str) -> None:
        line = one_line(what)
        cut = line if len(line) <= MAX_WHAT else line[:MAX_WHAT] + "..."
        super().__init__(f"recheck does not read {cut} itself")
