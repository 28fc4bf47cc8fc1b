r"""Is a circuit the same model as another one? Decided exactly, for all values of their parameters.

A circuit that a transpiler returns is proven once it is shown to prepare the state of the certified circuit, up to a
phase, or at least to give the same expectation value. Every symmetry is then the same. All parameters are taken to be
independent, even the angles of a vector, which asks for more than is needed. Both sides are polynomials in the
exponentials of the angles, compared at a random point of a prime field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.claim import CIRCUIT_MODEL, PREPARED_STATE, Claim
from eqcompile.claims.evidence import Plain
from eqcompile.claims.field.outcome import proportional
from eqcompile.claims.field.simulator import FieldPoint, Simulator, Vector
from eqcompile.claims.of_circuit.equivariance import MAX_WHOLE_QUBITS, MAX_WHOLE_WORK
from eqcompile.exact.operators.pauli import PauliSum


@dataclass(frozen=True)
class Equivalence:
    """What was found out.

    Attributes:
        holds: whether the models are the same; ``None`` if this was not decided.
        method: how it was decided.
        exponent: the error probability is below 2 to the power of minus this.
        reason: why it was not decided.
        values: the two expectation values, as field elements, where they differ.
    """

    holds: bool | None
    method: str = ""
    exponent: int = 0
    reason: str = ""
    values: tuple[int, int] | None = None


@dataclass(frozen=True)
class UnchangedModel(Claim):
    """A circuit is the same model as the certified one that it was made from.

    Attributes:
        target: name of the model.
        found: the circuit.
        known: the certified one.
        observable: the observable of the model.
        seed: fixes the field and the random point.
    """

    name = "unchanged model"
    form = "unchanged"
    targets = (PREPARED_STATE, CIRCUIT_MODEL)
    sentence = "{target}"
    exact = False

    target: str
    found: Circuit
    known: Circuit
    observable: PauliSum
    seed: str

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        return [cls.form] if target["unchanged"] else []

    @property
    def subject(self) -> str:
        """The name of the model."""
        return self.sentence.format(target=self.target)

    def evidence(self) -> Plain:
        """Nothing besides the two circuits, which stand in the target section."""
        return {}

    @cached_property
    def answer(self) -> Equivalence:
        """What the comparison finds."""
        return same_model(self.found, self.known, self.observable, self.seed)

    def decide(self) -> Finding:
        """By the states, or by the expectation values."""
        answer = self.answer
        if answer.holds:
            values = f"for all values of its {len(self.found.parameters)} parameters"
            detail = f"{values}, error probability below 2^-{answer.exponent}"
            return self._found(Verdict.PROVEN, answer.method, detail, error_exponent=answer.exponent)
        if answer.values is None:
            return self._found(Verdict.NOT_DECIDED, answer.method, answer.reason)
        expected, found = (str(number) for number in answer.values)
        example = Counterexample(
            "no group element: the circuits themselves differ",
            "expectation value at the random point of the field that the circuit fixes",
            expected,
            found,
            "program.recertify(circuit).counterexample",
        )
        return self._found(Verdict.REFUSED, answer.method, "other values than the certified circuit", example)


def same_model(found: Circuit, known: Circuit, observable: PauliSum, seed: str) -> Equivalence:
    r"""Whether :math:`\langle 0|U^\dagger O\, U|0\rangle` is that of another circuit, for all parameters.

    First the states are compared, :math:`U|0\rangle = \lambda\, U'|0\rangle`, which is enough; then the values.

    Args:
        found: the circuit in question; qubits behind those of ``known`` are ancillas.
        known: the circuit to compare with.
        observable: O, on the qubits of ``known``.
        seed: fixes the field and the random point.

    Returns:
        The answer; not decided for gates without an exact form, or for circuits that are too large to evaluate.

    References:
        Schwartz, J. ACM 27, 701 (1980), on identity testing at random points.
    """
    for circuit in (found, known):
        if circuit.opaque:
            gate = circuit.opaque[0]
            return Equivalence(None, reason=f"{gate.name} has no exact form: {gate.reason}")
    size = max(found.num_qubits, known.num_qubits)
    count = len(found.operations) + len(known.operations)
    if size > MAX_WHOLE_QUBITS or count << size > MAX_WHOLE_WORK:
        return Equivalence(None, reason=f"{count} operations on {size} qubits are too many to evaluate")
    sides = [_widened(circuit, size) for circuit in (found, known)]
    # Every gate counts twice: a value needs the circuit and its inverse.
    point = FieldPoint(chain(*sides, *sides), observable.terms.values(), seed)
    simulator, p = Simulator(point, size), point.field.p
    zeros: Vector = [1] + [0] * ((1 << size) - 1)
    states = [simulator.run(circuit, zeros) for circuit in sides]
    method = f"by identity over the field of {p} elements"
    if proportional(states[0], states[1], p):
        return Equivalence(True, f"same state as the certified circuit, {method}", point.exponent)
    value, other = (
        simulator.run(
            [o.inverse() for o in reversed(circuit.operations)], simulator.operator(observable, state)
        )[0]
        for circuit, state in zip(sides, states, strict=True)
    )
    method = f"same expectation value as the certified circuit, {method}"
    return Equivalence(
        value == other, method, point.exponent, values=None if value == other else (other, value)
    )


def _widened(circuit: Circuit, num_qubits: int) -> Circuit:
    """The circuit on a register with more qubits behind its own."""
    if circuit.num_qubits == num_qubits:
        return circuit
    return circuit.relabelled(range(circuit.num_qubits), num_qubits)
