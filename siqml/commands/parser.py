"""The parser of the command line."""

import argparse
from collections.abc import Sequence
from typing import Final, TypeAlias

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> None:  # type: ignore[override]  # it never returns, as its parent
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")

    def refuse_empty(self, words: Sequence[str]) -> None:
        """An empty word is a variable of the shell that is not set; as a path it would be this folder."""
        if "" in words:
            before = f' after "{words[place - 1]}"' if (place := [*words].index("")) else ""
            self.error(f"an argument{before} is empty; give a value, or leave it out")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
"""What a command adds itself to."""
