"""``eqcompile recheck``: every claim of a certificate decided again, independently."""

import argparse
import json
from pathlib import Path

from eqcompile.budgets import check, stage
from eqcompile.errors import BudgetError, EqcompileError
from eqcompile.face.cli.exits import DONE, REFUSED
from eqcompile.face.cli.parser import Commands, add_budget, whole

MAX_CERTIFICATE = 256 << 20
"""Bytes of a certificate; a certificate of a hundred thousand gates has about twenty million. Beyond it, refused:
verify and recheck a part of the circuit."""

MAX_SEED = 2**128 - 1
"""Seed of `recheck`. Beyond it, refused: take a smaller one."""


def add(commands: Commands) -> None:
    """Declare the command."""
    recheck = commands.add_parser(
        "recheck", help="decide every claim of a certificate again, independently; exit 0 confirmed, 1 not"
    )
    recheck.add_argument("certificate", type=Path, metavar="CERT", help="JSON file")
    recheck.add_argument("--spec", type=Path, metavar="FILE", help="the spec that it should be about")
    recheck.add_argument("--circuit", type=Path, metavar="FILE", help="the circuit that it should be about")
    recheck.add_argument(
        "--seed",
        type=whole(0, MAX_SEED),
        metavar="N",
        help="seed for the random fields; default: unpredictable",
    )
    recheck.add_argument("--json", action="store_true", help="print JSON")
    add_budget(recheck)
    recheck.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Recheck, alone or against the files that the certificate should be about."""
    from eqcompile.face.comparison import confirmed_roles, recheck_files, with_roles
    from eqcompile.recheck.decide import summary

    text = certificate_text(arguments.certificate)
    for path in (arguments.spec, arguments.circuit):
        if path is not None and not path.is_file():
            raise EqcompileError(f"{path}: no such file, or not an ordinary one")
    try:
        with stage("the recheck"):
            result = recheck_files(text, arguments.seed, arguments.spec, arguments.circuit)
            check()  # a claim abandoned for lack of time looks like one that cannot be rechecked
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


def certificate_text(path: Path) -> str:
    """The text of a certificate.

    Raises:
        EqcompileError: the file is too large, or not text.
    """
    if path.is_file() and (size := path.stat().st_size) > MAX_CERTIFICATE:
        raise EqcompileError(
            f"{path}: the file has {size} bytes; the limit for a certificate is {MAX_CERTIFICATE}"
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise EqcompileError(f"{path}: not a certificate: the file is not text") from None
