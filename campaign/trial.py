"""One numbered trial: a disguised circuit that is right, or wrong in one thing, and what the engine says about it."""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any, Literal

import numpy as np
from qiskit import QuantumCircuit

import eqcompile as eq
from campaign.catalogue import CATALOGUE, Entry
from campaign.disguises import disguised
from campaign.in_qiskit import can_be_transpiled, can_be_written, transpiled, written
from campaign.mutations import MUTATIONS, TINY, mutated
from campaign.oracle import ZERO, defect
from campaign.right import right_circuit
from eqcompile.circuits.circuit import Circuit
from eqcompile.readers.circuit import general_circuit

Kind = Literal["right", "wrong"]
EXPECTED = {"right": "proven", "wrong": "refused"}

MAX_MUTANTS = 200

MAX_LENGTH = 150
"""Operations of a transpiled circuit. More would cost more than they are worth here."""

CRASHES = (
    eq.EqcompileError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)

BLUR, LEAST_WRONG = 1e-13, 1e-7
"""Defects between these are errors of Qiskit, whose resynthesis of fixed gates sometimes errs by 1e-12; large
mutations leave far larger defects."""


class CampaignError(Exception):
    """The campaign itself is at fault: its right circuit is not right."""


@dataclass(frozen=True)
class Task:
    """What a trial puts before the engine.

    Attributes:
        entry: the group.
        circuit: the circuit in exact form, before Qiskit.
        target: what is verified.
        mutation: name of the mutation; empty for a right circuit.
        disguise: names of all disguises.
        harmless: number of mutants, by mutation, that the oracle found to be right and that were thrown away.
        defect: the defect according to the oracle.
    """

    entry: Entry
    circuit: Circuit
    target: QuantumCircuit | Circuit
    mutation: str
    disguise: str
    harmless: dict[str, int]
    defect: float


@dataclass(frozen=True)
class Result:
    """The outcome of a trial, in plain values."""

    kind: Kind
    number: int
    group: str
    mutation: str
    disguise: str
    verdict: str
    rounded: bool
    harmless: dict[str, int]
    defect: float

    @property
    def failed(self) -> bool:
        """Whether the verdict is not what it must be. About rounded numbers it may be left open, but not be wrong."""
        if self.verdict == "not decided":
            return not self.rounded
        return self.verdict != EXPECTED[self.kind]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def make_task(kind: Kind, number: int, seed: int) -> Task:
    """The trial with this number; the same for the same seed, whatever ran before.

    Raises:
        CampaignError: the oracle finds the right circuit wrong.
    """
    source = Random(f"{seed}/{kind}/{number}")
    dice = np.random.default_rng([seed, number, kind == "wrong"])
    entry = CATALOGUE[number % len(CATALOGUE)]
    circuit = right_circuit(entry, source)
    mutation = ""
    harmless: dict[str, int] = {}
    size = defect(circuit, entry.elements, entry.sites, dice)
    if size > ZERO:
        raise CampaignError(
            f"{kind} {number}: {entry.name}: the circuit is not right, its defect is {size:.1e}"
        )
    if kind == "wrong":
        circuit, mutation, harmless, size = _wrong(circuit, entry, source, dice)
    circuit, disguise = disguised(circuit, entry, source)
    target, how = in_qiskit(circuit, entry, mutation in TINY, source, dice)
    worn = " + ".join(part for part in (disguise if disguise != "none" else "", how) if part) or "none"
    return Task(entry, circuit, target, mutation, worn, harmless, size)


def in_qiskit(
    circuit: Circuit, entry: Entry, tiny: bool, source: Random, dice: np.random.Generator
) -> tuple[QuantumCircuit | Circuit, str]:
    """Turn some of the circuits into Qiskit circuits, and transpile many of those; leave the rest as they are.

    Tiny mutations are not transpiled with optimisation, which drops small angles. Nor are they written where a gate
    would lose its exact form, because then only numbers could tell.
    """
    if not can_be_written(circuit) or source.random() < 0.6:
        return circuit, ""
    target = written(circuit, entry.sites, source)
    if tiny and _exact(target).opaque:
        return circuit, ""
    level = source.choice((None, 0, 0) if tiny else (None, 0, 1, 2)) if can_be_transpiled(circuit) else None
    if level is None:
        return target, "in Qiskit"
    out, how = transpiled(target, level, source)
    exact = _exact(out)
    if len(exact.operations) > MAX_LENGTH:
        return target, "in Qiskit"
    if not exact.opaque and not tiny and _blurred(exact, entry, dice):
        return target, "in Qiskit"
    return out, f"in Qiskit + {how}"


def _exact(target: QuantumCircuit | Circuit) -> Circuit:
    return general_circuit(target) if isinstance(target, QuantumCircuit) else target


def _blurred(circuit: Circuit, entry: Entry, dice: np.random.Generator) -> bool:
    """Whether the transpiler has lost more than rounding, so that the circuit is neither right nor wrong."""
    return BLUR < defect(circuit, entry.elements, entry.sites, dice) < LEAST_WRONG


def _wrong(
    right: Circuit, entry: Entry, source: Random, dice: np.random.Generator
) -> tuple[Circuit, str, dict[str, int], float]:
    """The first mutant that is wrong according to the oracle, sometimes of another circuit."""
    harmless: dict[str, int] = {}
    for attempt in range(MAX_MUTANTS):
        name = source.choice(list(MUTATIONS))
        circuit = mutated(right, name, entry, source)
        if circuit is None:
            continue
        size = defect(circuit, entry.elements, entry.sites, dice)
        if size > ZERO:
            return circuit, name, harmless, size
        harmless[name] = harmless.get(name, 0) + 1
        if attempt % 10 == 9:
            right = right_circuit(entry, source)
    raise CampaignError(f"{entry.name}: no mutant of {MAX_MUTANTS} is wrong")


def run_trial(kind: Kind, number: int, seed: int) -> Result:
    """Make the circuit and verify it."""
    return judged(make_task(kind, number, seed), kind, number)


def judged(task: Task, kind: Kind, number: int) -> Result:
    """What the engine says about a task; a crash counts as a verdict."""
    rounded = False
    try:
        exact = _exact(task.target)
        rounded = bool(exact.literals or exact.opaque)
        verdict = str(eq.verify(task.target, task.entry.group).verdict)
    except CRASHES as error:
        verdict = f"crash: {type(error).__name__}: {error}"
    return Result(
        kind,
        number,
        task.entry.name,
        task.mutation,
        task.disguise,
        verdict,
        rounded,
        task.harmless,
        task.defect,
    )
