"""The command line: ``siqml COMMAND``, with a module for each command."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.metadata import version

import eqcompile as eq
from siqml.commands import data, describe, evaluate, learn, md, noise, reproduce, shipped, sweep, train
from siqml.commands.learning import active
from siqml.commands.molecule import init, optimise, predict, rdf, vibrations
from siqml.commands.parser import BAD_INPUT, INTERRUPTED, Parser
from siqml.errors import SiqmlError

COMMANDS = (
    init,
    data,
    train,
    learn,
    sweep,
    active,
    describe,
    evaluate,
    predict,
    optimise,
    vibrations,
    noise,
    md,
    rdf,
    reproduce,
    shipped,
)
"""The commands in the order of the help; each module declares itself by ``add``, with the function that is called."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: arguments without the program's name; default: those of the process.

    Returns:
        0 on success, 1 if a command did all it could and says that this is not enough, 2 for anything that the user can
        cure, 130 after Ctrl-C.
    """
    parser = parser_of_all()
    parser.refuse_empty(sys.argv[1:] if argv is None else argv)
    args = parser.parse_args(argv)
    try:
        allowed = _allowance(args)
    except eq.EqcompileError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    # The process of a command is our own. That of a caller in Python is not ours, so it is not forked.
    if argv is None and allowed is not None:
        return eq.supervised(lambda: _answered(args, allowed), allowed)
    code = _answered(args, allowed)
    if argv is None and threading.current_thread() is threading.main_thread():
        # The command is done: while Python ends, an interrupt would abort it, and look like a crash.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code


def _allowance(args: argparse.Namespace) -> "eq.Allowance | None":
    """Time and memory of a command that has ``--budget``, unless it runs on a device, which is slow by nature."""
    if "budget" not in args:
        return None
    default = eq.parse_budget(args.budget_default)
    if args.budget is None:
        return default if getattr(args, "backend", None) is None else None
    return eq.parse_budget(args.budget, default)


def _answered(args: argparse.Namespace, allowed: "eq.Allowance | None") -> int:
    """Run a command within its budget; every mistake is one line."""
    try:
        with nullcontext() if allowed is None else eq.allowing(allowed):
            code = args.command(args)
            sys.stdout.flush()
    except (SiqmlError, eq.EqcompileError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return BAD_INPUT
    except MemoryError:
        print("not enough memory; take fewer structures, or a smaller model", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError as error:
        if error.filename is not None:  # a FIFO given with -o
            print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        else:
            sys.stderr.close()  # the reader of the output, such as `head`, has seen enough
        return BAD_INPUT
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(args.interrupted(args), file=sys.stderr)
        return INTERRUPTED
    return code or 0


def parser_of_all() -> Parser:
    """The parser, with every command."""
    parser = Parser(prog="siqml", description="Symmetry-invariant quantum force fields.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('eqcompile')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    parser.set_defaults(interrupted=lambda args: "interrupted")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
