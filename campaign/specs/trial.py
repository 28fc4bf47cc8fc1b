"""One numbered trial: a random spec, read by the compiler and by the oracle, and everything in which the two differ."""

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import eqcompile as eq
from campaign.specs import questions
from campaign.specs.dense import Declared, Refused, read
from campaign.specs.spaces import Unclear, commutes, dimensions, encodings, keeps, same_action, uploads
from campaign.specs.text import operator
from campaign.specs.write import Case, case
from campaign.trial import CRASHES
from eqcompile.declaration.lift import symmetry_of

SECONDS = 120
"""Seconds after which a trial is given up; the report says how many were."""

MAX_CHECKED = 40
"""Derived operators of one spec whose matrices are checked."""


class _TooSlow(Exception):
    """The time of a trial is over."""


@dataclass
class Result:
    """The outcome of a trial, in plain values.

    Attributes:
        number: number of the trial.
        kinds: kinds of the entries of its first text.
        qubits: size of the register.
        data: whether there are sites.
        outcome: ``agrees``, ``differs``, ``refused by both``, ``repeats an entry``, ``unclear`` to the oracle, or
            ``too slow``.
        differences: what differs; empty if nothing does.
        compared: how many things of every kind were compared.
    """

    number: int
    kinds: tuple[str, ...]
    qubits: int
    data: bool
    outcome: str = "agrees"
    differences: list[str] = field(default_factory=list)
    compared: dict[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether the two sides differ."""
        return self.outcome == "differs"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def run_trial(number: int, seed: int) -> Result:
    """Write the spec, ask both sides, and compare."""
    return judged(case(number, seed), number, seed)


def judged(written: Case, number: int, seed: int) -> Result:
    """The comparison of one case; a crash of the compiler counts as a difference."""
    first = Result(number, written.kinds, _qubits(written), "data:" in written.texts[0])
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in written.files.items():
            (folder / file).write_text(content)
        try:
            with _limited(SECONDS):
                trial = _Trial(folder, number, first, Random(f"{seed}/questions/{number}"))
                trial.run(written)
            first.compared = dict(trial.compared)
            if first.differences:
                first.outcome = "differs"
        except Unclear as error:
            first.outcome, first.differences = "unclear", [str(error)]
        except _TooSlow:
            first.outcome = "too slow"
        except CRASHES as error:
            first.outcome, first.differences = "differs", [f"crash: {type(error).__name__}: {error}"]
    return first


def _qubits(written: Case) -> int:
    return int(written.texts[0].split("qubits: ")[1].split()[0])


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """A limit on the time, where the platform has alarms."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(*_: object) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@dataclass
class _Trial:
    folder: Path
    number: int
    result: Result
    dice: Random
    compared: Counter[str] = field(default_factory=Counter)
    bases: "dict[int, eq.GeneratorBasis]" = field(default_factory=dict)
    counts: dict[int, dict[int, int]] = field(default_factory=dict)

    def run(self, written: Case) -> None:
        sides = [self.both(text, written.spoilt) for text in written.texts]
        known = [side for side in sides if side is not None]
        for _, spec, declared in known:
            self.spaces(spec, declared)
        if len(known) == 2:
            self.same(known[0], known[1])
        if known:
            text, spec, declared = known[0]
            derived = [str(op) for op in self.basis(spec)]
            if not self.resolved(spec, declared):
                return
            self.operators(spec, declared, derived)
            self.model(text, declared, derived)
            if self.number % 3 == 0:
                self.circuit(spec, declared, derived)

    def differ(self, what: str) -> None:
        self.result.differences.append(what)

    def both(self, text: str, spoilt: str) -> "tuple[str, eq.Spec, Declared] | None":
        """The spec as both sides read it; ``None`` if one of them refuses it."""
        path = self.folder / "spec.yaml"
        path.write_text(text)
        reason = spec = declared = None
        try:
            declared = read(text, self.folder)
        except Refused as error:
            reason = str(error)
        try:
            spec = eq.load(path)
            symmetry_of(spec)
        except eq.SpecError as error:
            if declared is not None and "this symmetry repeats" in str(error):
                self.repeats(text, declared)
            elif declared is not None:
                self.differ(f"refused by the compiler only: {str(error).removeprefix(str(path))}")
            else:
                self.result.outcome = "refused by both"
                self.compared["refusals"] += 1
            return None
        if declared is None:
            self.differ(f"refused by the oracle only: {reason}")
            return None
        if spoilt:
            self.differ(f"accepted by both, although {spoilt}")
        return text, spec, declared

    def repeats(self, text: str, declared: Declared) -> None:
        """Two entries that the compiler calls the same must be the same to the oracle."""
        places = range(max((e.entry for e in declared.elements), default=0) + 1)
        listed = [[e for e in declared.elements if e.entry == place] for place in places]
        if any(same_action(a, b) for k, a in enumerate(listed) for b in listed[:k]):
            self.result.outcome = "repeats an entry"
        else:
            self.differ(f"the compiler finds an entry twice in {text!r}")

    def basis(self, spec: "eq.Spec") -> "eq.GeneratorBasis":
        """What the compiler derives for a spec of this trial, computed once."""
        if id(spec) not in self.bases:
            self.bases[id(spec)] = eq.derive(spec, self.locality)
        return self.bases[id(spec)]

    def count(self, declared: Declared) -> dict[int, int]:
        """What the oracle counts for a spec, computed once."""
        if id(declared) not in self.counts:
            self.counts[id(declared)] = dimensions(declared, self.locality)
        return self.counts[id(declared)]

    @property
    def locality(self) -> int:
        return {4: 4 if self.number % 5 == 0 else 3, 5: 2, 6: 2}.get(self.result.qubits, self.result.qubits)

    def spaces(self, spec: "eq.Spec", declared: Declared) -> None:
        """Compare dimensions by weight, derived operators, and the dimension of encodings."""
        basis = self.basis(spec)
        expected = self.count(declared)
        self.compared["dimensions by weight"] += 1
        if basis.by_weight != expected:
            self.differ(f"dimensions {basis.by_weight} by the compiler, {expected} by the oracle")
        for op in list(basis)[:MAX_CHECKED]:
            self.compared["derived operators"] += 1
            if not commutes(declared, operator(str(op), declared.qubits)):
                self.differ(f"{op} is derived and does not commute")
        if declared.sites:
            locality = min(declared.qubits, 2) if declared.qubits <= 3 else 1
            found = eq.derive_encodings(symmetry_of(spec), locality).dim
            expected_encodings = encodings(declared, locality)
            self.compared["dimensions of encodings"] += 1
            if found != expected_encodings:
                self.differ(f"{found} encodings by the compiler, {expected_encodings} by the oracle")

    def same(self, one: "tuple[str, eq.Spec, Declared]", two: "tuple[str, eq.Spec, Declared]") -> None:
        """Compare the same group, declared in two ways, on each side."""
        self.compared["groups said in two ways"] += 1
        if self.count(one[2]) != self.count(two[2]):
            self.differ("the two ways are two groups to the oracle")
        if not self.basis(one[1]).spans_same(self.basis(two[1])):
            self.differ("the two ways are two groups to the compiler")

    def resolved(self, spec: "eq.Spec", declared: Declared) -> bool:
        """Whether the compiler places the sites where asked to. It must do so exactly if x.sigma is equivariant."""
        if not any(part.place == ("data", "encode") for part in spec.derived):
            return True
        right = uploads(declared, declared.sites)
        try:
            eq.resolve(spec)
            found = "proven"
        except eq.SpecError:
            found = "refused"
        self.verdict("derived encoding", found, right, "derived encodings")
        return found == "proven"

    def operators(self, spec: "eq.Spec", declared: Declared, derived: list[str]) -> None:
        """Compare verdicts on gate generators."""
        for text in questions.operators(declared, derived, self.dice):
            found = str(eq.verify(eq.PauliSum.parse(text, declared.qubits), spec).verdict)
            right = commutes(declared, operator(text, declared.qubits))
            self.verdict(f"operator {text}", found, right, "operators")

    def circuit(self, spec: "eq.Spec", declared: Declared, derived: list[str]) -> None:
        """Compare verdicts on a small Qiskit circuit."""
        gates = questions.circuit(declared, derived, self.dice)
        found = str(eq.verify(_in_qiskit(gates, declared.qubits), spec).verdict)
        self.verdict(
            f"circuit {gates}", found, questions.is_equivariant(declared, gates, self.dice), "circuits"
        )

    def model(self, text: str, declared: Declared, derived: list[str]) -> None:
        """Compare verdicts on the state, encodings, layer and observable of a model."""
        ops = questions.operators(declared, derived, self.dice)
        layer, observable = self.dice.sample(ops, 2), self.dice.choice(ops)
        if eq.PauliSum.parse(layer[0], declared.qubits) == eq.PauliSum.parse(layer[1], declared.qubits):
            layer = layer[:1]
        state = questions.state(declared.qubits, self.dice)
        path = self.folder / "model.yaml"
        path.write_text(
            f'{text}state: "{state}"\nobservable: "{observable}"\nansatz: {{depth: 1, layer: {layer}}}\n'
        )
        right = {"state": keeps(declared, questions.vector(state, declared.qubits))}
        right["observable"] = commutes(declared, operator(observable, declared.qubits))
        right |= {
            f"layer[{k}]": commutes(declared, operator(op, declared.qubits)) for k, op in enumerate(layer)
        }
        if "derive" not in text:
            right |= {f"encoding {name}": uploads(declared, s) for name, s in declared.scales.items() if s}
        program = eq.compile(eq.load(path))
        found = {finding.key: str(finding.verdict) for finding in program.certificate.findings}
        for key, value in right.items():
            self.verdict(
                f"{key} of {path.read_text()!r}", found.get(key, "missing"), value, "parts of models"
            )
        if found["model"] == "proven" and not declared.sites and not all(right.values()):
            self.differ(f"the model of {path.read_text()!r} is proven")

    def verdict(self, what: str, found: str, right: bool, kind: str) -> None:
        self.compared[f"{kind} {'proven' if right else 'refused'}"] += 1
        if found != ("proven" if right else "refused"):
            self.differ(f"{what}: {found} by the compiler, {'right' if right else 'wrong'} by the oracle")


def _in_qiskit(gates: "list[questions.Gate]", n: int) -> QuantumCircuit:
    circuit = QuantumCircuit(n)
    parameters: dict[str, Parameter] = {}
    for gate in gates:
        if gate.parameter:
            angle = gate.factor * parameters.setdefault(gate.parameter, Parameter(gate.parameter))
            getattr(circuit, gate.name)(angle, *gate.qubits)
        else:
            getattr(circuit, gate.name)(*gate.qubits)
    return circuit
