"""The command line: ``siqml data | train | learn | evaluate | noise | md | reproduce | demo | models | configs``."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Final

import eqcompile as eq
from siqml.commands.data import add_data
from siqml.commands.device import add_device_options, add_noise, evaluate_on_backend, refuse_device_options
from siqml.commands.ensemble import evaluate_many, train_over_seeds
from siqml.commands.learn import add_learn
from siqml.commands.md import add_md
from siqml.commands.options import (
    add_budget,
    add_units,
    declared_units,
    distinct_settings,
    file_settings,
    label_keys,
    refuse_settings,
    seed,
)
from siqml.commands.reproduce import add_reproduce
from siqml.errors import SiqmlError, TrainError

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

EVALUATION_BUDGET: Final = "10min,8GB"
"""Of ``evaluate``, which compiles the model for JAX: shipped dimers take a minute and a gigabyte, ensembles more."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> None:  # type: ignore[override]  # it never returns, as its parent
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")

    def refuse_empty(self, words: Sequence[str]) -> None:
        """An empty word is a variable of the shell that is not set; as a path it would be this folder."""
        if "" in words:
            before = f' after "{words[place - 1]}"' if (place := [*words].index("")) else ""
            self.error(f"an argument{before} is empty; give a value, or leave it out")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: arguments without the program's name; default: those of the process.

    Returns:
        0 on success, 2 for anything the user can cure, 130 after Ctrl-C.
    """
    parser = _parser()
    parser.refuse_empty(sys.argv[1:] if argv is None else argv)
    args = parser.parse_args(argv)
    try:
        allowed = _allowance(args)
    except eq.EqcompileError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    # The process of a command is our own; that of a caller in Python is not, and is not forked.
    if argv is None and allowed is not None:
        return eq.supervised(lambda: _answered(args, allowed), allowed)
    return _answered(args, allowed)


def _allowance(args: argparse.Namespace) -> "eq.Allowance | None":
    """Time and memory of a command that has ``--budget``, unless it runs on a device, which takes long by nature."""
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
            args.command(args)
            sys.stdout.flush()
    except (SiqmlError, eq.EqcompileError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return BAD_INPUT
    except MemoryError:
        print("not enough memory; take fewer structures, or a smaller model", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError as error:
        if error.filename is not None:  # of a FIFO given with -o
            print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        else:
            sys.stderr.close()  # whoever read the output, such as `head`, has seen enough
        return BAD_INPUT
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(args.interrupted(args), file=sys.stderr)
        return INTERRUPTED
    return 0


def _parser() -> _Parser:
    parser = _Parser(prog="siqml", description="Symmetry-invariant quantum force fields.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('eqcompile')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    parser.set_defaults(interrupted=lambda args: "interrupted")
    add_data(commands)
    _add_train(commands)
    add_learn(commands)
    _add_evaluate(commands)
    add_noise(commands)
    add_md(commands)
    add_reproduce(commands)
    demo = commands.add_parser("demo", help="compile all shipped models, train LiH, print Table I's row")
    demo.add_argument("-o", "--output", type=Path, default=Path("demo"), metavar="DIR", help="default: demo")
    demo.set_defaults(command=_demo)
    models = commands.add_parser("models", help="list the shipped models")
    models.set_defaults(command=_models)
    configs = commands.add_parser("configs", help="list the shipped trainings")
    configs.set_defaults(command=_configs)
    return parser


def _add_train(commands: "argparse._SubParsersAction[_Parser]") -> None:
    train = commands.add_parser("train", help="train a force field")
    train.add_argument("config", nargs="?", help="a config, or the name of a shipped one: lih")
    train.add_argument("-o", "--output", type=Path, metavar="RUN", help="run folder (default: runs/NAME)")
    train.add_argument("--seed", type=seed, metavar="N", help="same as --set seed=N")
    train.add_argument("--seeds", metavar="N,N", help="an ensemble: one run per seed, in RUN/seed-N")
    train.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="such as adam.steps=100"
    )
    add_units(train)
    train.add_argument("--resume", type=Path, metavar="RUN", help="continue the run in this folder")
    train.add_argument("--overwrite", action="store_true", help="replace an earlier run in the folder")
    train.set_defaults(command=_train, interrupted=_train_interrupted)


def _add_evaluate(commands: "argparse._SubParsersAction[_Parser]") -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="errors of a trained model, or an ensemble; with --backend, energies and forces on a device",
    )
    evaluate.add_argument("model", type=Path, help="model file or run folder, or a folder of runs")
    evaluate.add_argument(
        "data",
        nargs="*",
        metavar="MODEL | DATA",
        help="more models; your files (default: the data the model was trained with)",
    )
    add_units(evaluate)
    add_device_options(evaluate)
    evaluate.add_argument(
        "--forces", action=argparse.BooleanOptionalAction, help="on a device: by the parameter-shift rule"
    )
    add_budget(evaluate, EVALUATION_BUDGET, f"{EVALUATION_BUDGET}; on a device none")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.set_defaults(command=_evaluate)


def _train(args: argparse.Namespace) -> None:
    from siqml.commands.report import outcome_lines
    from siqml.field.catalogue import find
    from siqml.training.config import refuse_idle
    from siqml.training.run_folder import RunFolder
    from siqml.training.session import resume, train

    args.set = [*args.set, *file_settings(args)]
    distinct_settings(args.set)
    if args.resume is not None:
        seeded = args.seed is not None or args.seeds is not None
        if args.config or args.set or args.output or args.overwrite or seeded:
            raise TrainError(
                "--resume RUN takes everything from the run folder; leave the other arguments out"
            )
        outcome = resume(RunFolder(args.resume), sys.stderr)
    elif args.config is None:
        raise TrainError("which training? give a config, such as: siqml train lih; or --resume RUN")
    elif args.seeds is not None:
        refuse_idle(find(args.config, "configs"))
        train_over_seeds(args, _run_folder(args))
        return
    else:
        if args.seed is not None:
            refuse_settings(args.set, {"seed": "--seed says the seed"})
        refuse_idle(find(args.config, "configs"))
        overrides = args.set if args.seed is None else [*args.set, f"seed={args.seed}"]
        folder = RunFolder(_run_folder(args))
        outcome = train(find(args.config, "configs"), folder, sys.stderr, overrides, args.overwrite)
    print("\n".join(outcome_lines(outcome)))


def _run_folder(args: argparse.Namespace) -> Path:
    if args.output is not None:
        return Path(args.output)
    return Path("runs") / Path(args.config).stem


def _train_interrupted(args: argparse.Namespace) -> str:
    from siqml.training.run_folder import RunFolder

    if args.seeds is not None:
        return "interrupted; the same command continues"
    folder = args.resume or _run_folder(args)
    if not RunFolder(folder).checkpoint.exists():
        return "interrupted before the first checkpoint; start again with --overwrite"
    return f"interrupted; continue with: siqml train --resume {folder}"


def _evaluate(args: argparse.Namespace) -> None:
    import json

    from siqml.commands.report import evaluation_lines
    from siqml.field.ensemble import expanded, is_model
    from siqml.training.session import evaluate_files

    more = [name for name in args.data if is_model(Path(name))]
    models = expanded([args.model, *map(Path, more)])
    args.model, args.data = models[0], [name for name in args.data if name not in more]
    if args.backend is not None:
        if len(models) > 1:
            raise SiqmlError(f"--backend {args.backend} takes one model; found {len(models)}")
        evaluate_on_backend(args)
        return
    refuse_device_options(args)
    if len(models) > 1:
        evaluate_many(models, args.data, declared_units(args), label_keys(args), args.json)
        return
    evaluations = evaluate_files(args.model, args.data, declared_units(args), label_keys(args), sys.stderr)
    if args.json:
        print(json.dumps([found.to_dict() for found in evaluations], indent=2))
    else:
        print("\n".join(evaluation_lines(evaluations)))


def _demo(args: argparse.Namespace) -> None:
    from siqml.commands.demo import demo

    demo(args.output, sys.stdout, sys.stderr)


def _models(args: argparse.Namespace) -> None:
    from siqml.field.catalogue import shipped_models

    print(f"{'model':<16}{'qubits':>8}{'parameters':>12}")
    for model in shipped_models():
        print(f"{model.name:<16}{model.num_qubits:>8}{model.num_parameters:>12}")


def _configs(args: argparse.Namespace) -> None:
    from siqml.field.catalogue import find, shipped_names
    from siqml.training.config import load_config

    print(f"{'config':<26}{'model':<20}{'training data':<30}loss")
    for name in shipped_names("configs"):
        config = load_config(find(name, "configs"))
        loss = "energies and forces" if config.loss.forces else "energies"
        print(f"{name:<26}{config.model:<20}{config.data.train:<30}{loss}")


if __name__ == "__main__":
    sys.exit(main())
