"""The parser of the command line, and the options that several commands share."""

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeAlias

from eqcompile.arguments import MAX_REGISTER
from eqcompile.errors import quoted
from eqcompile.face.cli.exits import BAD_INPUT


class Parser(argparse.ArgumentParser):
    """Reports a wrong command line in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see `{self.prog} --help`\n")

    def refuse_empty(self, words: Sequence[str]) -> None:
        """Refuse an empty word: it is an unset variable of the shell, and as a path it would mean this folder."""
        if "" in words:
            before = f' after "{words[place - 1]}"' if (place := [*words].index("")) else ""
            self.error(f"an argument{before} is empty; give a value, or leave it out")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
"""The object to which a command adds itself."""


def whole(least: int | None, most: int) -> Callable[[str], int]:
    """A reader of whole numbers; without ``least``, the command says what is too small."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:  # not a number, or one of thousands of digits
            value = None
        if value is None or value > most or value < (-most if least is None else least):
            bounds = f"up to {most}" if least is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"found {quoted(text)}; needed: a whole number {bounds}")
        return value

    return read


def add_budget(parser: argparse.ArgumentParser) -> None:
    """Add the option of every command that may take long."""
    parser.add_argument(
        "--budget",
        default="60s,2GB",
        metavar="TIME,MEMORY",
        help="give up beyond this, such as 10min,8GB; or none (default 60s,2GB)",
    )


def add_locality(parser: argparse.ArgumentParser) -> None:
    """How many qubits a term may act on."""
    parser.add_argument(
        "--locality",
        type=whole(None, MAX_REGISTER),
        default=2,
        metavar="K",
        help="most qubits a term acts on (default 2)",
    )
