"""One numbered trial: a circuit that is right, or wrong in one thing, disguised, and what the engine says of it."""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any, Literal

import numpy as np

import eqcompile as eq
from campaign.catalogue import CATALOGUE, Entry
from campaign.disguises import disguised
from campaign.in_qiskit import can_be_written, transpiled, written
from campaign.mutations import MUTATIONS, TINY, mutated
from campaign.oracle import ZERO, defect
from campaign.right import right_circuit
from eqcompile.circuit.general import GeneralCircuit

Kind = Literal["right", "wrong"]
EXPECTED = {"right": "proven", "wrong": "refused"}

MAX_MUTANTS = 200


class CampaignError(Exception):
    """The campaign itself is at fault: its right circuit is not right."""


@dataclass(frozen=True)
class Task:
    """What a trial puts before the engine.

    Attributes:
        entry: the group.
        circuit: in exact form, before Qiskit.
        target: what is verified.
        mutation: empty for a right circuit.
        disguise: names of all disguises.
        harmless: mutants that the oracle found to be right, and that were thrown away, by mutation.
        defect: by the oracle.
    """

    entry: Entry
    circuit: GeneralCircuit
    target: Any
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
    harmless: dict[str, int]
    defect: float

    @property
    def failed(self) -> bool:
        """Whether the verdict is not what it must be."""
        return self.verdict != EXPECTED[self.kind]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def make_task(kind: Kind, number: int, seed: int) -> Task:
    """The trial of this number; the same for the same seed, whatever ran before.

    Raises:
        CampaignError: the oracle finds the right circuit wrong.
    """
    source = Random(f"{seed}/{kind}/{number}")
    dice = np.random.default_rng([seed, number, kind == "wrong"])
    entry = CATALOGUE[number % len(CATALOGUE)]
    circuit, mutation, harmless = right_circuit(entry, source), "", {}
    size = defect(circuit, entry.elements, entry.sites, dice)
    if size > ZERO:
        raise CampaignError(f"{kind} {number}: {entry.name}: the circuit is not right, its defect is {size:.1e}")
    if kind == "wrong":
        circuit, mutation, harmless, size = _wrong(circuit, entry, source, dice)
    circuit, disguise = disguised(circuit, entry, source)
    target: Any = circuit
    if can_be_written(circuit) and source.random() < 0.5:
        target = written(circuit, entry.sites, source)
        disguise += " + in Qiskit"
        level = source.choice((None, 0, 0) if mutation in TINY else (None, 0, 1, 2))
        if level is not None:
            target, how = transpiled(target, level, source)
            disguise += f" + {how}"
    return Task(entry, circuit, target, mutation, disguise, harmless, size)


def _wrong(
    right: GeneralCircuit, entry: Entry, source: Random, dice: np.random.Generator
) -> tuple[GeneralCircuit, str, dict[str, int], float]:
    """The first mutant that is wrong, as the oracle sees it; now and then of another circuit."""
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
    task = make_task(kind, number, seed)
    verdict = eq.verify(task.target, task.entry.group).verdict
    return Result(kind, number, task.entry.name, task.mutation, task.disguise, verdict, task.harmless, task.defect)
