"""The certificate of a circuit that somebody else built: one claim for every generator of the group."""

from collections.abc import Iterator

from eqcompile.certify.causes import likely_cause
from eqcompile.certify.certificate import Counterexample, Finding
from eqcompile.certify.equivariance import CircuitTest, DataNames, Decision
from eqcompile.circuit.general import GeneralCircuit
from eqcompile.reps.generators import LieGenerator
from eqcompile.reps.symmetry import Symmetry

MAX_NAMED_GATES = 8
CLAIM = "equivariant circuit"


def check_circuit(
    circuit: GeneralCircuit, symmetry: Symmetry, data: DataNames, seed: str, reproduce: str = "circuit, spec"
) -> Iterator[Finding]:
    r"""Decide :math:`U(\theta, V_g x) = R_g U(\theta, x) R_g^\dagger` for every generator g, for all parameters.

    Args:
        circuit: exact, from :func:`eqcompile.backends.qiskit_reader.general_circuit` or built by hand.
        symmetry: on the circuit's qubits; qubits beyond it are ancillas, which start in |0>.
        data: parameters that are coordinates of the data.
        seed: fixes the field and the random point.
        reproduce: arguments of :func:`eqcompile.equivariance_defect` in the line of Python of a counterexample.

    Returns:
        One finding a generator: proven, refused or not decided.
    """
    test = CircuitTest(circuit, symmetry, data, seed)
    for decision in test.decisions():
        yield _finding(test, decision, reproduce)


def _finding(test: CircuitTest, decision: Decision, reproduce: str) -> Finding:
    circuit = test.circuit
    subject = f"{circuit.name} under {decision.generator.name}"
    if decision.holds is None:
        return Finding(CLAIM, subject, "not decided", "none", decision.reason)
    method = f"polynomial identity over the field of {test.point.field.p} elements: {decision.method}"
    if decision.holds:
        count = len(circuit.parameters)
        values = f"for all values of its {count} parameters, " if count else ""
        phase = "up to a constant phase, " if decision.phase else ""
        detail = f"{values}{phase}error probability below 2^-{test.exponent}"
        return Finding(CLAIM, subject, "proven", method, detail)
    cause = likely_cause(test, decision)
    fault = _fault_text(circuit, decision)
    detail = "; ".join(part for part in (fault, f"likely cause: {cause}" if cause else "") if part)
    return Finding(CLAIM, subject, "refused", method, detail, _counterexample(test, decision, reproduce))


def _fault_text(circuit: GeneralCircuit, decision: Decision) -> str:
    """The gates of the first block that fails."""
    if not decision.blocks:
        return ""
    block = decision.blocks[0]
    names = [
        f"{number}: {circuit.gate_names[number]}" if number < len(circuit.gate_names) else str(number)
        for number in block.origins
    ]
    shown = ", ".join(names[:MAX_NAMED_GATES]) + (", ..." if len(names) > MAX_NAMED_GATES else "")
    return (
        f"at fault on qubits {', '.join(map(str, block.qubits))}: gate{'s' if len(names) > 1 else ''} {shown}"
    )


def _counterexample(test: CircuitTest, decision: Decision, reproduce: str) -> Counterexample:
    generator = decision.generator
    assert decision.difference is not None
    bits, left, right = decision.difference
    ket = "|" + "".join(str(bits >> q & 1) for q in range(test.circuit.num_qubits)) + ">"
    continuous = isinstance(generator, LieGenerator)
    sides = "dU and -i [T, U]" if continuous else "U(V x) R and R U(x)"
    return Counterexample(
        f"e^(-i phi {generator.name})" if continuous else generator.name,
        f"amplitude of {ket} after {sides}, at the random point of the field that the certificate fixes",
        _abbreviated(left),
        _abbreviated(right),
        f'eq.equivariance_defect({reproduce}, "{generator.name}")',
    )


def _abbreviated(value: int) -> str:
    digits = str(value)
    return digits if len(digits) <= 16 else f"{digits[:6]}...{digits[-6:]}"
