"""``eqcompile derive``: the gate generators that a symmetry allows."""

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from eqcompile.budgets import share, stage
from eqcompile.errors import BudgetError
from eqcompile.face.cli.exits import DONE, REFUSED
from eqcompile.face.cli.parser import Commands, add_budget, add_locality

if TYPE_CHECKING:
    from eqcompile.derivation.compare import Comparison


def add(commands: Commands) -> None:
    """Declare the command."""
    derive = commands.add_parser("derive", help="list the gate generators a symmetry allows")
    derive.add_argument("spec", metavar="SPEC", help="YAML file")
    add_locality(derive)
    derive.add_argument(
        "--method",
        default="all",
        choices=("nullspace", "twirl", "choi", "all"),
        help="default: all, compared",
    )
    derive.add_argument("--json", action="store_true", help="print JSON")
    derive.set_defaults(run=run)
    add_budget(derive)


def run(arguments: argparse.Namespace) -> int:
    """Derive by every method that applies, and compare."""
    from eqcompile.derivation.compare import METHODS, compare_methods
    from eqcompile.derivation.witness.by_weight import why_none
    from eqcompile.face.report import comparison_table, console
    from eqcompile.symmetry.projective import projective_phases
    from eqcompile.targets import declared_symmetry

    symmetry = declared_symmetry(arguments.spec)
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
    """A remark on an answer; nothing if it takes too long, because the answer must not be lost for its sake."""
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
