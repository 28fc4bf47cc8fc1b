"""``eqcompile compile``: circuit, picture and certificate of a spec, for a device if one is named."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eqcompile.emit import BACK_ENDS
from eqcompile.errors import EqcompileError, quoted
from eqcompile.face.cli.exits import DONE, REFUSED
from eqcompile.face.cli.parser import Commands, add_budget, whole

if TYPE_CHECKING:
    from eqcompile.program import Program

MAX_DIGITS = 9
"""Digits of each number in `--trotter`, the order and the steps. Beyond it, refused: take fewer steps."""

MAX_SEED = 2**32 - 1
"""Seed of the transpiler. Beyond it, refused: take a smaller one."""


def add(commands: Commands) -> None:
    """Declare the command."""
    compile_ = commands.add_parser("compile", help="write circuit, picture and certificate")
    compile_.add_argument("specs", metavar="SPEC", nargs="+", help="YAML files")
    compile_.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the files"
    )
    compile_.add_argument(
        "--emit",
        choices=BACK_ENDS,
        default=BACK_ENDS[0],
        help=f"library that the circuit is written for (default {BACK_ENDS[0]})",
    )
    compile_.add_argument(
        "--backend",
        metavar="NAME",
        help="transpile too, and certify again: aer, generic_5, fake_lagos, ibm_NAME",
    )
    compile_.add_argument(
        "--level",
        type=int,
        choices=range(4),
        help="level of the transpiler; default: the highest that stays exact",
    )
    compile_.add_argument(
        "--seed", type=whole(0, MAX_SEED), metavar="N", help="seed of the transpiler (default 0)"
    )
    compile_.add_argument(
        "--trotter",
        metavar="ORDER,STEPS",
        help="product formulas for gates without an exact circuit, such as 2,4; what they break is measured",
    )
    compile_.set_defaults(run=run)
    add_budget(compile_)


def run(arguments: argparse.Namespace) -> int:
    """Compile all specs, and write nothing unless all are certified."""
    from eqcompile.compile_spec import compile
    from eqcompile.declaration.loader import load
    from eqcompile.declaration.sums.sum_spec import SumSpec
    from eqcompile.face.artifacts import CIRCUIT_FILES, save, save_lowering, save_transpiled
    from eqcompile.face.report import certificate_table, console, refusals, reproductions
    from eqcompile.program import Program
    from eqcompile.terms import ProgramSum

    trotter = _trotter(arguments.trotter)
    device = _device(arguments)  # a missing back end is reported before anything is computed
    if arguments.output.exists() and not arguments.output.is_dir():
        raise EqcompileError(f"{arguments.output} is not a folder; give a folder with -o")
    specs = [load(path) for path in arguments.specs]
    _require_different_names([spec.name for spec in specs], CIRCUIT_FILES[arguments.emit].stem)
    if device is not None and any(isinstance(spec, SumSpec) for spec in specs):
        raise EqcompileError(
            "--backend is about single circuits; compile the specs of the circuits of the sum with it"
        )
    models = [compile(spec) for spec in specs]
    certificates = [certificate for model in models if (certificate := model.certificate) is not None]
    screen = console()
    for certificate in certificates:
        screen.print(certificate_table(certificate))
        for line in reproductions(certificate):
            print(line)
    refused = [line for pair in zip(certificates, specs, strict=True) for line in refusals(*pair)]
    if refused:
        print(*refused, sep="\n", file=sys.stderr)
        return REFUSED
    for model in models:
        if isinstance(model, ProgramSum):
            for path in save(model, arguments.output, trotter, arguments.emit):
                print(path)
    programs = [model for model in models if isinstance(model, Program)]
    circuits = [] if device is None else [_transpiled(p, device, arguments, trotter) for p in programs]
    for program in programs:
        reports = () if trotter is None else program.lowering_reports(trotter)
        for report in reports:
            print(report)
        if trotter is not None and not reports:
            print(
                f"{program.spec.name}: every gate has an exact circuit; --trotter {arguments.trotter} changes nothing"
            )
        for path in save(program, arguments.output, trotter, arguments.emit):
            print(path)
        if reports:
            print(save_lowering(program.spec.name, reports, arguments.output))
    for program, circuit in zip(programs, circuits, strict=False):
        for path in save_transpiled(program.spec.name, circuit, device.name, arguments.output):
            print(path)
    return DONE if all(circuit.certificate for circuit in circuits) else REFUSED


def _device(arguments: argparse.Namespace) -> Any:
    """Where the circuits are to run, if a place is named."""
    if arguments.backend is None:
        for flag, value in (("--level", arguments.level), ("--seed", arguments.seed)):
            if value is not None:
                raise EqcompileError(f"{flag} is about a back end; name one, such as: --backend fake_lagos")
        return None
    from eqcompile.devices.devices import find_backend

    return find_backend(arguments.backend)


def _trotter(text: str | None) -> tuple[int, int] | None:
    """``ORDER,STEPS`` as numbers."""
    if text is None:
        return None
    order, comma, steps = text.partition(",")
    # Longer numbers exceed every limit, and Python refuses to read numbers of thousands of digits.
    if not (comma and all(part.strip().isdecimal() and len(part) <= MAX_DIGITS for part in (order, steps))):
        raise EqcompileError(f"--trotter {quoted(text)}: write ORDER,STEPS, such as 2,4")
    return int(order), int(steps)


def _transpiled(
    program: "Program", device: Any, arguments: argparse.Namespace, trotter: tuple[int, int] | None
) -> Any:
    """The circuit on the back end, and what is found about it."""
    from eqcompile.face.report import certificate_table, console, transpiled_line

    level, seed = arguments.level, arguments.seed or 0
    circuit = program.to_qiskit(backend=device, optimization_level=level, seed=seed, trotter=trotter)
    screen = console()
    screen.print(transpiled_line(circuit, device.name))
    screen.print(certificate_table(circuit.certificate))
    return circuit


def _require_different_names(names: list[str], stem: Callable[[str], str]) -> None:
    """Refuse specs if one of them would overwrite the files of another."""
    stems = [stem(name) for name in names]
    for name in names:
        if names.count(name) > 1:
            raise EqcompileError(f"two specs have the name {name!r}, which names their files; rename one")
        if stems.count(stem(name)) > 1:
            raise EqcompileError(f"two specs have the file {stem(name)!r}, one of them {name!r}; rename one")
