"""The ``eqcompile`` command. Exit code 0: done or proven; 1: refused; 2: bad input."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from eqcompile.budgets import MORE, Allowance, allowing, parse_budget
from eqcompile.errors import EqcompileError
from eqcompile.face.cli import compile, derive, explain, passes, recheck, schema, verify
from eqcompile.face.cli.exits import BAD_INPUT, INTERRUPTED
from eqcompile.face.cli.parser import Parser
from eqcompile.supervisor import supervised

COMMANDS = (derive, verify, recheck, compile, explain, passes, schema)
"""In the order of the help; each module declares itself with ``add`` and is run by ``run``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        parser = parser_of_all()
        parser.refuse_empty(sys.argv[1:] if argv is None else argv)
        arguments = parser.parse_args(argv)
        allowed = parse_budget(arguments.budget) if "budget" in arguments else Allowance(None, None)
    except EqcompileError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    # The process of a command is ours to fork. The process of a caller in Python is not.
    if argv is None:
        return supervised(lambda: _answered(arguments, allowed), allowed)
    return _answered(arguments, allowed)


def _answered(arguments: argparse.Namespace, allowed: Allowance) -> int:
    """Run a command within its budget; every mistake is one line."""
    try:
        with allowing(allowed):
            code: int = arguments.run(arguments)
            sys.stdout.flush()
    except EqcompileError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except MemoryError:
        print(f"not enough memory; use fewer qubits, or {MORE}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError as error:
        if error.filename is not None:  # such as a FIFO given with -o
            print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        else:
            sys.stderr.close()  # the reader of the output, such as `head`, has seen enough
        return BAD_INPUT
    except OSError as error:
        print(f"{error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted; nothing half-written is left", file=sys.stderr)
        return INTERRUPTED
    return code


def parser_of_all() -> Parser:
    """The parser, with every command."""
    parser = Parser(
        prog="eqcompile", description="Compile a declared symmetry into a quantum model that provably has it."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('eqcompile')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
