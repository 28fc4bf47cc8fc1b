"""Which model ``siqml init`` takes: the smallest that has all symmetries and sees every motion."""

from collections.abc import Iterator
from typing import Final

import eqcompile as eq
from siqml.design.design import Choice, Design
from siqml.design.graph import MolecularGraph
from siqml.design.texts import spec_text
from siqml.design.visible import unseen
from siqml.errors import ModelError
from siqml.field.catalogue import compile_certified
from siqml.field.declared import circuit_spec
from siqml.molecule.structures import Structures

LEAST_SPINS: Final = 4
"""Spins of the smallest model. Two spins have one singlet and one observable, too few for an energy surface."""

MAX_SPINS: Final = 10
"""Spins of the largest model. Beyond it, refused: a training of such a circuit takes more than a night on two cores;
divide the molecule into fragments, see docs/training.md."""

NO_STATE: Final = "no invariant state"
"""How eqcompile says that a state cannot be derived."""

DEPTH: Final = 16
"""Layers, unless the user says otherwise."""


def choices(num_sites: int) -> Iterator[Choice]:
    """What is looked at, fewest spins first; the total number of spins is even, as a singlet needs."""
    found = [
        Choice(copies, spectators)
        for copies in (1, 2)
        for spectators in range(5)
        if (copies * num_sites + spectators) % 2 == 0
    ]
    found = [choice for choice in found if LEAST_SPINS <= choice.spins(num_sites) <= MAX_SPINS]
    return iter(sorted(found, key=lambda choice: (choice.spins(num_sites), choice.copies)))


def compiled(design: Design) -> eq.Program:
    """The certified program of a design.

    Raises:
        SpecError: no state has all symmetries.
        ModelError: its certificate is refused.
    """
    return compile_certified(circuit_spec(spec_text(design), f"{design.name}.yaml"))


def designed(structures: Structures, depth: int = DEPTH) -> Design:
    """The smallest model that has a state with all symmetries and sees every internal motion.

    Args:
        structures: the training set.
        depth: layers of the circuit.

    Returns:
        The design; it is compiled and certified once on the way.

    Raises:
        ModelError: there is no such model; the message says what each choice lacks.
    """
    graph = MolecularGraph.of(structures)
    if len(structures.species) < 2:
        raise ModelError(
            f"{structures.source}: a single atom has no internal motion, so there is nothing to learn"
        )
    refused: list[tuple[Choice, str]] = []
    for choice in choices(len(graph.seen)):
        design = Design(structures, graph, choice, depth, tuple(refused))
        reason = _against(design)
        if reason is None:
            return design
        refused.append((choice, reason))
    if not refused:
        raise ModelError(
            f"{structures.source}: {len(graph.seen)} sites need more than the {MAX_SPINS} spins that are trained in "
            "reasonable time; describe the molecule as a sum of circuits on fragments, see docs/training.md"
        )
    told = "; ".join(f"{_said(choice)}: {reason}" for choice, reason in refused)
    raise ModelError(
        f"{structures.source}: no model was found ({told}); write a spec by hand, or a sum of circuits on "
        "fragments, see docs/spec.md"
    )


def _against(design: Design) -> str | None:
    """What speaks against a design."""
    try:
        program = compiled(design)
    except eq.SpecError as error:
        if NO_STATE not in str(error):
            raise
        return NO_STATE
    try:
        found = unseen(program, design.frame, design.structures.positions, next(iter(design.scales.values())))
    except eq.LimitError:
        return "gates on too many qubits at once for the kernel"
    return None if found is None else str(found)


def _said(choice: Choice) -> str:
    return f"{choice.copies} {'copies' if choice.copies > 1 else 'copy'} and {choice.spectators} spins beside"
