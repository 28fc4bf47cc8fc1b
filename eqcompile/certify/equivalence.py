r"""Do two circuits prepare the same state? Decided exactly, for all values of their parameters.

What a transpiler returns is proven once it is shown to prepare, up to a phase, what the certified circuit prepares:
then every expectation value is the same, and so is every symmetry. All parameters are taken for independent, the
angles of a vector too, which is more than is needed and never too little. The amplitudes are polynomials in the
exponentials of the angles, compared at a random point of a prime field.
"""

from dataclasses import dataclass
from itertools import chain

from eqcompile.certify.equivariance import MAX_QUBITS, MAX_WORK
from eqcompile.certify.field_circuit import FieldPoint, Simulator, Vector
from eqcompile.certify.outcome import proportional
from eqcompile.circuit.general import GeneralCircuit


@dataclass(frozen=True)
class Equivalence:
    """What was found out.

    Attributes:
        holds: whether the states are equal up to a phase; ``None`` if this was not decided.
        method: how it was decided.
        exponent: the error probability is below 2 to the minus this.
        reason: why it was not decided.
    """

    holds: bool | None
    method: str = ""
    exponent: int = 0
    reason: str = ""


def same_state(found: GeneralCircuit, known: GeneralCircuit, seed: str) -> Equivalence:
    r"""Whether :math:`U(\theta)|0\rangle = \lambda\, U'(\theta)|0\rangle` for all :math:`\theta`.

    Args:
        found: the circuit in question; its ancillas must end in zero.
        known: the circuit to compare with, on as many qubits, ancillas aside.
        seed: fixes the field and the random point.

    Returns:
        The answer; not decided for gates without exact form, and for what is too large to evaluate.

    References:
        Schwartz, J. ACM 27, 701 (1980), on identity testing at random points.
    """
    for circuit in (found, known):
        if circuit.opaque:
            gate = circuit.opaque[0]
            return Equivalence(None, reason=f"{gate.name} has no exact form: {gate.reason}")
    size = max(found.num_qubits, known.num_qubits)
    count = len(found.operations) + len(known.operations)
    if size > MAX_QUBITS or count << size > MAX_WORK:
        return Equivalence(None, reason=f"{count} operations on {size} qubits are too many to evaluate")
    point = FieldPoint(chain(_widened(found, size), _widened(known, size)), (), seed)
    simulator = Simulator(point, size)
    zeros: Vector = [1] + [0] * ((1 << size) - 1)
    image, wanted = (simulator.run(_widened(circuit, size), zeros) for circuit in (found, known))
    holds = proportional(image, wanted, point.field.p)
    method = f"same state as the certified circuit, by identity over the field of {point.field.p} elements"
    return Equivalence(holds, method, point.exponent)


def _widened(circuit: GeneralCircuit, num_qubits: int) -> GeneralCircuit:
    """The circuit on a register with more qubits behind its own."""
    if circuit.num_qubits == num_qubits:
        return circuit
    return circuit.relabelled(range(circuit.num_qubits), num_qubits)
