"""``eqcompile verify``: what a spec declares, a circuit or an operator, proven or refused."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eqcompile.errors import EqcompileError
from eqcompile.face.cli.exits import DONE, REFUSED
from eqcompile.face.cli.parser import Commands, add_budget

if TYPE_CHECKING:
    from eqcompile.claims.certificate import Certificate
    from eqcompile.declaration.loader import AnySpec
    from eqcompile.declaration.sums.sum_spec import SumSpec


def add(commands: Commands) -> None:
    """Declare the command."""
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
        help="what to prove: that the circuit is equivariant (circuit, the default), that the state it prepares is "
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
    verify.add_argument(
        "--sectors",
        action="store_true",
        help="ask for the weights of the spec's state in the sectors of the group (spins, charges, irreps) instead",
    )
    verify.add_argument("--json", action="store_true", help="print the certificate as JSON")
    verify.add_argument("-o", "--output", type=Path, metavar="FILE", help="also save the certificate")
    verify.add_argument(
        "--html", type=Path, metavar="FILE", help="also save the certificate as a page of HTML"
    )
    add_budget(verify)
    verify.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify, show the certificate, and save it where asked."""
    from eqcompile.declaration.loader import load
    from eqcompile.declaration.sums.sum_spec import SumSpec
    from eqcompile.verification import better_claim, parse_operator, verify

    _require_for_circuits(arguments)
    _require_new_file(arguments)
    spec = load(arguments.spec)
    if isinstance(spec, SumSpec):
        return _of_sum(spec, arguments)
    target: Any = spec if arguments.operator is None else parse_operator(arguments.operator, spec)
    if arguments.circuit is not None:
        target = arguments.circuit
    coordinates = _coordinates(arguments.data)
    flags = {"strict": arguments.strict, "sectors": arguments.sectors}
    certificate = verify(target, spec, coordinates, arguments.what or "circuit", **flags)
    _show(certificate, spec, arguments)
    if not certificate:
        default = arguments.circuit is not None and arguments.what is None
        better = better_claim(arguments.circuit, spec, coordinates) if default else None
        if better is not None:
            print(_BETTER[better], file=sys.stderr)
    return DONE if certificate else REFUSED


def _of_sum(spec: "SumSpec", arguments: argparse.Namespace) -> int:
    """Verify the symmetry that a sum of circuits declares for the whole."""
    from eqcompile.targets import NEEDS_CIRCUIT
    from eqcompile.verification import verify

    if arguments.circuit is not None or arguments.operator is not None:
        raise EqcompileError(NEEDS_CIRCUIT.format(spec.name))
    certificate = verify(spec, strict=arguments.strict, sectors=arguments.sectors)
    _show(certificate, spec, arguments)
    return DONE if certificate else REFUSED


def _show(certificate: "Certificate", spec: "AnySpec", arguments: argparse.Namespace) -> None:
    """Show the certificate, save it where asked, and say why it is refused."""
    from eqcompile.face.report import certificate_table, console, refusals, reproductions
    from eqcompile.files import write_atomically

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


_BETTER = {
    "model": "what the circuit predicts is invariant, though its unitary is not equivariant: --as model proves that",
    "state": "the state that the circuit prepares is invariant, though its unitary is not equivariant: --as state "
    "proves that",
}
"""What to say where a refusal answers a question other than the user's, keyed by the claim that holds."""


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
    """Refuse to write a certificate over what it is about, or over its own page."""
    outputs = {name: path for name in ("output", "html") if (path := getattr(arguments, name)) is not None}
    for name, path in outputs.items():
        for given in (arguments.spec, arguments.circuit):
            if given is not None and path.exists() and Path(given).exists() and path.samefile(given):
                raise EqcompileError(f"--{name} {path}: this is the file to verify; name another one")
    if len({os.path.realpath(path) for path in outputs.values()}) < len(outputs):  # resolve() fails on a loop
        raise EqcompileError(f"--output and --html name the same file, {arguments.html}; name two")


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
