"""The ``eqcompile`` command. Exit code 0: done or proven; 1: refused; 2: bad input."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from eqcompile.arguments import MAX_REGISTER
from eqcompile.budgets import MORE, Allowance, allowing, check, parsed, share, stage
from eqcompile.errors import BudgetError, EqcompileError, quoted
from eqcompile.supervisor import supervised

if TYPE_CHECKING:
    from eqcompile.derivation.compare import Comparison
    from eqcompile.program import Program

DONE, REFUSED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

MAX_DIGITS = 9
"""Digits of the order and of the steps of `--trotter`. Beyond it, refused: take fewer steps."""

MAX_CERTIFICATE = 256 << 20
"""Bytes of a certificate; one of a hundred thousand gates has about twenty million. Beyond it, refused: verify and
recheck a part of the circuit."""


MAX_SEED = 2**32 - 1
"""Seeds of the transpiler. Beyond it, refused: take a smaller one."""

MAX_RECHECK_SEED = 2**128 - 1
"""Seeds of `recheck`. Beyond it, refused: take a smaller one."""


def _whole(least: int | None, most: int) -> Callable[[str], int]:
    """A reader of whole numbers; without ``least``, the command says what is too small."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:  # no number, or one of thousands of digits
            value = None
        if value is None or value > most or value < (-most if least is None else least):
            bounds = f"up to {most}" if least is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"found {quoted(text)}; needed: a whole number {bounds}")
        return value

    return read


class _Parser(argparse.ArgumentParser):
    """Reports a wrong command line in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see `{self.prog} --help`\n")

    def refuse_empty(self, words: Sequence[str]) -> None:
        """An empty word is a variable of the shell that is not set; as a path it would be this folder."""
        if "" in words:
            before = f' after "{words[place - 1]}"' if (place := [*words].index("")) else ""
            self.error(f"an argument{before} is empty; give a value, or leave it out")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        parser = _parser()
        parser.refuse_empty(sys.argv[1:] if argv is None else argv)
        arguments = parser.parse_args(argv)
        allowed = parsed(arguments.budget) if "budget" in arguments else Allowance(None, None)
    except EqcompileError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    # The process of a command is our own; that of a caller in Python is not, and is not forked.
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
        if error.filename is not None:  # of a FIFO given with -o
            print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        else:
            sys.stderr.close()  # whoever read the output, such as `head`, has seen enough
        return BAD_INPUT
    except OSError as error:
        print(f"{error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted; nothing half-written is left", file=sys.stderr)
        return INTERRUPTED
    return code


def _parser() -> _Parser:
    parser = _Parser(
        prog="eqcompile", description="Compile a declared symmetry into a quantum model that provably has it."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('eqcompile')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)
    derive = commands.add_parser("derive", help="list the gate generators a symmetry allows")
    derive.add_argument("spec", metavar="SPEC", help="YAML file")
    derive.add_argument(
        "--locality",
        type=_whole(None, MAX_REGISTER),
        default=2,
        metavar="K",
        help="most qubits a term acts on (default 2)",
    )
    derive.add_argument(
        "--method",
        default="all",
        choices=("nullspace", "twirl", "choi", "all"),
        help="default: all, compared",
    )
    derive.add_argument("--json", action="store_true", help="print JSON")
    derive.set_defaults(run=_derive)
    _add_verify(commands)
    _add_recheck(commands)
    compile_ = commands.add_parser("compile", help="write circuit, picture and certificate")
    compile_.add_argument("specs", metavar="SPEC", nargs="+", help="YAML files")
    compile_.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the files"
    )
    compile_.add_argument(
        "--backend",
        metavar="NAME",
        help="transpile too, and certify again: aer, generic_5, fake_lagos, ibm_NAME",
    )
    compile_.add_argument(
        "--level", type=int, choices=range(4), help="of the transpiler; default: the highest that stays exact"
    )
    compile_.add_argument(
        "--seed", type=_whole(0, MAX_SEED), metavar="N", help="of the transpiler (default 0)"
    )
    compile_.add_argument(
        "--trotter",
        metavar="ORDER,STEPS",
        help="product formulas for gates without exact circuit, such as 2,4; what they break is measured",
    )
    compile_.set_defaults(run=_compile)
    explain = commands.add_parser("explain", help="say what a spec declares, may use and leaves out")
    explain.add_argument("spec", metavar="SPEC", help="YAML file")
    explain.add_argument(
        "--locality",
        type=_whole(None, MAX_REGISTER),
        default=2,
        metavar="K",
        help="most qubits a term acts on (default 2)",
    )
    explain.set_defaults(run=_explain)
    passes = commands.add_parser("passes", help="show what each pass makes of a model's circuit")
    passes.add_argument("spec", metavar="SPEC", help="YAML file")
    passes.add_argument("--backend", metavar="NAME", help="route to this back end, such as fake_torino")
    passes.add_argument("--show", metavar="PASS", help="print the gates after this pass, or 'declared'")
    passes.set_defaults(run=_passes)
    for command in (derive, compile_, explain, passes):
        _add_budget(command)
    schema = commands.add_parser("schema", help="print the JSON Schema of specs, for editors")
    schema.set_defaults(run=_schema)
    return parser


def _add_budget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--budget",
        default="60s,2GB",
        metavar="TIME,MEMORY",
        help="give up beyond, such as 10min,8GB, or none (default 60s,2GB)",
    )


def _add_verify(commands: "argparse._SubParsersAction[_Parser]") -> None:
    verify = commands.add_parser(
        "verify", help="prove or refuse what a spec declares, or a circuit; exit 0 proven, 1 not"
    )
    verify.add_argument("spec", metavar="SPEC", help="YAML file")
    verify.add_argument(
        "--circuit", metavar="FILE", help="check this circuit instead: OpenQASM 2 or 3, or QPY"
    )
    verify.add_argument(
        "--as",
        dest="what",
        choices=["circuit", "state", "model"],
        help="what of the circuit: that it is equivariant (circuit, the default), that the state it prepares is "
        "invariant, or that the expectation value of the spec's observable is (model, such as out/water.qpy)",
    )
    verify.add_argument(
        "--data",
        metavar="NAME=SITE.AXIS",
        action="append",
        help="a circuit parameter that is a coordinate, such as theta=H1.x; default: those named H1_x and so on",
    )
    verify.add_argument(
        "--operator", metavar="EXPR", help="check this gate generator instead, such as 'H(0,1)'"
    )
    verify.add_argument(
        "--strict",
        action="store_true",
        help="ask for phase 1: refuse circuits and states that the group multiplies by another phase",
    )
    verify.add_argument("--json", action="store_true", help="print the certificate as JSON")
    verify.add_argument("-o", "--output", type=Path, metavar="FILE", help="also save the certificate")
    verify.add_argument(
        "--html", type=Path, metavar="FILE", help="also save the certificate as a page of HTML"
    )
    _add_budget(verify)
    verify.set_defaults(run=_verify)


def _add_recheck(commands: "argparse._SubParsersAction[_Parser]") -> None:
    recheck = commands.add_parser(
        "recheck", help="decide every claim of a certificate again, independently; exit 0 confirmed, 1 not"
    )
    recheck.add_argument("certificate", type=Path, metavar="CERT", help="JSON file")
    recheck.add_argument("--spec", type=Path, metavar="FILE", help="the spec that it should be about")
    recheck.add_argument("--circuit", type=Path, metavar="FILE", help="the circuit that it should be about")
    recheck.add_argument(
        "--seed",
        type=_whole(0, MAX_RECHECK_SEED),
        metavar="N",
        help="of the random fields; default: unforeseeable",
    )
    recheck.add_argument("--json", action="store_true", help="print JSON")
    _add_budget(recheck)
    recheck.set_defaults(run=_recheck)


def _derive(arguments: argparse.Namespace) -> int:
    from eqcompile.declaration.lift import symmetry_of
    from eqcompile.declaration.loader import load
    from eqcompile.derivation.compare import METHODS, compare_methods
    from eqcompile.derivation.witness.by_weight import why_none
    from eqcompile.face.report import comparison_table, console
    from eqcompile.symmetry.projective import projective_phases

    symmetry = symmetry_of(load(arguments.spec))
    locality = min(arguments.locality, symmetry.num_qubits)
    methods = tuple(METHODS) if arguments.method == "all" else (arguments.method,)
    with stage("the phases of the representation"):
        phases = [str(phase) for phase in projective_phases(symmetry)]
    comparison = compare_methods(symmetry, locality, methods)
    if arguments.json:
        answer = _comparison_json(comparison, str(symmetry)) | {"projective": phases}
        print(json.dumps(answer, indent=2))
    else:
        console().print(comparison_table(comparison, str(symmetry)))
        if not comparison.basis.dim and (why := _within_share(lambda: why_none(symmetry, locality))):
            print(why)
        for phase in phases:
            print(f"projective representation: {phase}; operators do not see it, states do")
    return DONE if comparison else REFUSED


def _within_share(write: Callable[[], str]) -> str:
    """A remark to an answer; nothing if it takes too long, because the answer is not to be lost for it."""
    try:
        with share(1, 2), stage("the remark"):
            return write()
    except BudgetError:
        return ""


def _comparison_json(comparison: "Comparison", group: str) -> dict[str, object]:
    basis = comparison.basis
    methods: dict[str, dict[str, object]] = {}
    for outcome in comparison.outcomes:
        if outcome.dimension is None:
            word = "not_applicable" if outcome.finished else "not_finished"
            methods[outcome.method] = {word: outcome.reason}
        else:
            methods[outcome.method] = {
                "agrees": outcome.method not in comparison.differing,
                "dimension": outcome.dimension,
                "by_weight": outcome.by_weight,
                "seconds": outcome.nanoseconds / 10**9,
            }
    return {
        "group": group,
        "num_qubits": basis.num_qubits,
        "locality": basis.locality,
        "methods": methods,
        "agree": bool(comparison),
        "by_weight": basis.by_weight,
        "generators": [str(element) for element in basis],
    }


def _verify(arguments: argparse.Namespace) -> int:
    from eqcompile.declaration.loader import load
    from eqcompile.face.report import certificate_table, console, refusals, reproductions
    from eqcompile.files import write_atomically
    from eqcompile.verification import better_claim, parse_operator, verify

    _require_for_circuits(arguments)
    _require_new_file(arguments)
    spec = load(arguments.spec)
    target: Any = spec if arguments.operator is None else parse_operator(arguments.operator, spec)
    if arguments.circuit is not None:
        target = arguments.circuit
    coordinates = _coordinates(arguments.data)
    certificate = verify(target, spec, coordinates, arguments.what or "circuit", strict=arguments.strict)
    if arguments.json:
        print(certificate.to_json(), end="")
    else:
        console().print(certificate_table(certificate))
        for line in reproductions(certificate):
            print(line)
    if arguments.output is not None:
        write_atomically(arguments.output, certificate.to_json())
    if arguments.html is not None:
        write_atomically(arguments.html, certificate.to_html())
    if not certificate:
        print(*refusals(certificate, spec), sep="\n", file=sys.stderr)
        default = arguments.circuit is not None and arguments.what is None
        better = better_claim(arguments.circuit, spec, coordinates) if default else None
        if better is not None:
            print(_BETTER[better], file=sys.stderr)
    return DONE if certificate else REFUSED


_BETTER = {
    "model": "what the circuit predicts is invariant, though its unitary is not equivariant: --as model proves that",
    "state": "the state that the circuit prepares is invariant, though its unitary is not equivariant: --as state "
    "proves that",
}
"""Where a refusal answers another question than the user's, by the claim that holds."""


def _require_for_circuits(arguments: argparse.Namespace) -> None:
    """Refuse options that have no effect for the target."""
    if arguments.circuit is not None:
        if arguments.operator is not None:
            raise EqcompileError("verify takes --circuit or --operator, not both")
        return
    target = "a spec" if arguments.operator is None else "an operator"
    for flag, value in (("--data", arguments.data), ("--as", arguments.what)):
        if value is not None:
            raise EqcompileError(
                f"{flag} is about a circuit, and {target} is verified; name one with --circuit"
            )


def _require_new_file(arguments: argparse.Namespace) -> None:
    """Refuse a certificate in place of what it is about, or of its own page."""
    outputs = {name: path for name in ("output", "html") if (path := getattr(arguments, name)) is not None}
    for name, path in outputs.items():
        for given in (arguments.spec, arguments.circuit):
            if given is not None and path.exists() and Path(given).exists() and path.samefile(given):
                raise EqcompileError(f"--{name} {path}: this is the file to verify; name another one")
    if len({os.path.realpath(path) for path in outputs.values()}) < len(outputs):  # resolve() fails on a loop
        raise EqcompileError(f"--output and --html name the same file, {arguments.html}; name two")


def _recheck(arguments: argparse.Namespace) -> int:
    from eqcompile.face.comparison import confirmed_roles, recheck_files, with_roles
    from eqcompile.recheck.decide import summary

    text = _certificate_text(arguments.certificate)
    for path in (arguments.spec, arguments.circuit):
        if path is not None and not path.is_file():
            raise EqcompileError(f"{path}: no such file, or no ordinary one")
    try:
        with stage("the recheck"):
            result = recheck_files(text, arguments.seed, arguments.spec, arguments.circuit)
            check()  # a claim that was given up for want of time looks like one that cannot be rechecked
    except BudgetError:
        raise
    except EqcompileError as error:
        known = str(error).startswith((str(arguments.spec), str(arguments.circuit)))
        raise EqcompileError(str(error) if known else f"{arguments.certificate}: {error}") from None
    roles = confirmed_roles(result, text)
    if arguments.json:
        print(json.dumps(result.as_dict() | {"parameters": roles}, indent=2))
    else:
        print(*with_roles(summary(result), roles), sep="\n")
    return DONE if result else REFUSED


def _certificate_text(path: Path) -> str:
    if path.is_file() and (size := path.stat().st_size) > MAX_CERTIFICATE:
        raise EqcompileError(
            f"{path}: the file has {size} bytes; the limit for a certificate is {MAX_CERTIFICATE}"
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise EqcompileError(f"{path}: not a certificate: the file is not text") from None


def _coordinates(texts: list[str] | None) -> dict[str, tuple[str, str]] | None:
    """``NAME=SITE.AXIS`` as a mapping."""
    if texts is None:
        return None
    found: dict[str, tuple[str, str]] = {}
    for text in texts:
        name, equals, place = text.partition("=")
        site, dot, axis = place.rpartition(".")
        if not (name and equals and site and dot):
            raise EqcompileError(f"--data {text}: write NAME=SITE.AXIS, such as theta=H1.x")
        if name in found:
            raise EqcompileError(
                f"--data {text}: {name} is {'.'.join(found[name])} already; give it one coordinate"
            )
        found[name] = (site, axis)
    return found


def _compile(arguments: argparse.Namespace) -> int:
    from eqcompile.compile_spec import compile_spec
    from eqcompile.declaration.loader import load
    from eqcompile.face.artifacts import save_lowering, save_program, save_transpiled
    from eqcompile.face.report import certificate_table, console, refusals, reproductions

    trotter = _trotter(arguments.trotter)
    device = _device(arguments)  # a back end that is not there is said before anything is computed
    if arguments.output.exists() and not arguments.output.is_dir():
        raise EqcompileError(f"{arguments.output} is not a folder; give a folder with -o")
    specs = [load(path) for path in arguments.specs]
    _require_different_names([spec.name for spec in specs])
    programs = [compile_spec(spec) for spec in specs]
    screen = console()
    for program in programs:
        screen.print(certificate_table(program.certificate))
        for line in reproductions(program.certificate):
            print(line)
    refused = [line for program in programs for line in refusals(program.certificate, program.spec)]
    if refused:
        print(*refused, sep="\n", file=sys.stderr)
        return REFUSED
    circuits = [] if device is None else [_transpiled(p, device, arguments, trotter) for p in programs]
    for program in programs:
        reports = () if trotter is None else program.lowering_reports(trotter)
        for report in reports:
            print(report)
        if trotter is not None and not reports:
            print(
                f"{program.spec.name}: every gate has an exact circuit; --trotter {arguments.trotter} changes nothing"
            )
        for path in save_program(program, arguments.output, trotter):
            print(path)
        if reports:
            print(save_lowering(program.spec.name, reports, arguments.output))
    for program, circuit in zip(programs, circuits, strict=False):
        for path in save_transpiled(program.spec.name, circuit, device.name, arguments.output):
            print(path)
    return DONE if all(circuit.certificate for circuit in circuits) else REFUSED


def _device(arguments: argparse.Namespace) -> Any:
    """Where the circuits are to run, if anywhere is named."""
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
    # Longer numbers are beyond every limit, and Python refuses to read those of thousands of digits.
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


def _require_different_names(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise EqcompileError(f"two specs have the name {name!r}, which names their files; rename one")


def _explain(arguments: argparse.Namespace) -> int:
    from eqcompile.compile_spec import compile_spec, derive
    from eqcompile.declaration.lift import symmetry_of
    from eqcompile.declaration.loader import load
    from eqcompile.face.explain import explanation
    from eqcompile.face.report import console
    from eqcompile.verification import declares_model

    spec = load(arguments.spec)
    program = compile_spec(spec) if declares_model(spec) else None
    basis = derive(spec, arguments.locality)
    console().print(explanation(spec.name, symmetry_of(spec), basis, program))
    return DONE


def _passes(arguments: argparse.Namespace) -> int:
    from eqcompile.compile_spec import compile_spec
    from eqcompile.declaration.loader import load
    from eqcompile.face.report import console, stages_table

    program = compile_spec(load(arguments.spec))
    stages = program.stages(arguments.backend)
    names = [stage.name for stage in stages]
    if arguments.show is not None:
        if arguments.show not in names:
            raise EqcompileError(f"--show {arguments.show}: no such pass; known: {', '.join(names)}")
        print(stages[names.index(arguments.show)].circuit)
        return DONE
    title = program.spec.name if arguments.backend is None else f"{program.spec.name} on {arguments.backend}"
    console().print(stages_table(stages, title))
    return DONE if all(stage.certificate for stage in stages) else REFUSED


def _schema(_: argparse.Namespace) -> int:
    from eqcompile.declaration.schema import json_schema

    print(json.dumps(json_schema(), indent=2))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
