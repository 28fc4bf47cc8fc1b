"""The parser of the command line."""

import argparse
from collections.abc import Sequence
from typing import Final, TypeAlias

NOT_REACHED: Final = 1
"""Everything was done, and the result is not what was asked for."""

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


class Parser(argparse.ArgumentParser):
    """A parser whose errors are a single line."""

    def error(self, message: str) -> None:  # type: ignore[override]  # like its parent, it never returns
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")

    def refuse_empty(self, words: Sequence[str]) -> None:
        """Refuse an empty word: it comes from an unset shell variable, and as a path it would mean this folder."""
        if "" in words:
            before = f' after "{words[place - 1]}"' if (place := [*words].index("")) else ""
            self.error(f"an argument{before} is empty; give a value, or leave it out")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
"""The object that a command adds itself to."""
