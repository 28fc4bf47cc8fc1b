"""The exact numbers that rounded ones were read as: one note for every kind of reading, with examples."""

MAX_EXAMPLES = 3
"""Examples that a note gives for one kind of reading. Beyond it, shortened: the rest is counted."""


class Readings:
    """Collects what is assumed while something is read, in the order of occurrence.

    >>> readings = Readings()
    >>> readings.note("a float is a fraction up to rounding", "0.30000000000000004", "3/10")
    >>> readings.notes
    ('a float is a fraction up to rounding: 0.30000000000000004 = 3/10',)
    """

    def __init__(self) -> None:
        self._examples: dict[str, dict[str, None]] = {}

    def note(self, kind: str, value: str, form: str) -> None:
        """Note that a value of this kind was taken for an exact form."""
        self._examples.setdefault(kind, {})[f"{value} = {form}"] = None

    def say(self, text: str) -> None:
        """Note something else that is assumed, without examples."""
        self._examples.setdefault(text, {})

    @property
    def notes(self) -> tuple[str, ...]:
        """One line for each kind."""
        return tuple(_line(kind, list(examples)) for kind, examples in self._examples.items())


def _line(kind: str, examples: list[str]) -> str:
    if not examples:
        return kind
    rest = len(examples) - MAX_EXAMPLES
    return f"{kind}: {', '.join(examples[:MAX_EXAMPLES])}" + (f" and {rest} more" if rest > 0 else "")
