"""The certificate of a circuit that somebody else built: one claim for every generator of the group."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from eqcompile.circuits.circuit import GeneralCircuit
from eqcompile.claims.certificate import Counterexample, Finding, abbreviated
from eqcompile.claims.of_circuit.causes import likely_cause
from eqcompile.claims.of_circuit.character import character_note
from eqcompile.claims.of_circuit.data_action import DataNames
from eqcompile.claims.of_circuit.equivariance import PART, CircuitTest, Decision
from eqcompile.claims.of_circuit.prepared import WholeTest
from eqcompile.claims.table import (
    EQUIVARIANT_CIRCUIT,
    INVARIANT_CIRCUIT_MODEL,
    INVARIANT_PREPARED_STATE,
    TRIVIAL_GROUP,
    Claim,
)
from eqcompile.errors import DimensionError, MethodError, one_line
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.generators import LieGenerator
from eqcompile.symmetry.symmetry import Symmetry

MAX_NAMED_GATES = 8
"""Gates at fault that a refusal names. Beyond it, shortened: the list ends in dots."""

What: TypeAlias = Literal["circuit", "state", "model"]
CLAIMS: dict[What, Claim] = {
    "circuit": EQUIVARIANT_CIRCUIT,
    "state": INVARIANT_PREPARED_STATE,
    "model": INVARIANT_CIRCUIT_MODEL,
}


def check_circuit(
    circuit: GeneralCircuit,
    symmetry: Symmetry,
    data: DataNames,
    seed: str,
    reproduce: str = "circuit, spec",
    what: What = "circuit",
    observable: PauliSum | None = None,
) -> Iterator[Finding]:
    r"""Decide a claim about a circuit for every generator g of a group, for all parameters.

    ``circuit``: :math:`U(\theta, V_g x) = R_g U(\theta, x) R_g^\dagger`; ``state``: :math:`R_g U(\theta, x)|0\rangle`
    is a multiple of :math:`U(\theta, V_g x)|0\rangle`; ``model``: :math:`\langle 0|U^\dagger O\, U|0\rangle` is the
    same at x and at :math:`V_g x`.

    Args:
        circuit: exact, from :func:`eqcompile.readers.circuit.general_circuit` or built by hand.
        symmetry: on the circuit's qubits; qubits beyond it are ancillas, which start in |0>.
        data: parameters that are coordinates of the data.
        seed: fixes the field and the random point.
        what: which of the three.
        observable: O, for a model.
        reproduce: arguments of :func:`eqcompile.equivariance_defect` in the line of Python of a counterexample.

    Returns:
        One finding a generator: proven, refused or not decided. For a group without generators one that says so.

    Raises:
        MethodError: a model without an observable.
        DimensionError: an observable on another register, or data that contradict one another.
    """
    if observable is not None and observable.num_qubits != symmetry.num_qubits:
        raise DimensionError(
            f"the observable acts on {observable.num_qubits} qubits, the group on {symmetry.num_qubits}"
        )
    if not symmetry.generators:
        yield trivial_finding(circuit.name)
        return
    test = CircuitTest(circuit, symmetry, data, seed, observable)
    open_ = list(enumerate(symmetry.generators))
    for decision in _decisions(test, what, observable):
        # Factor by factor or not, the place of the generator in the group's list is the key of the claim.
        found = next(pair for pair in open_ if pair[1] == decision.generator)
        open_.remove(found)
        line = f"eq.equivariance_defect({reproduce}, {reference(symmetry, found[0])}"
        finding = _finding(test, decision, line, what)
        yield replace(finding, key=f"generator {found[0]}", generator=found[0])


def trivial_finding(name: str) -> Finding:
    """The one claim there is for a group without generators, to which everything is equivariant."""
    detail = "the group has no generators, so that nothing is demanded"
    return Finding(TRIVIAL_GROUP.name, name, "proven", "nothing to check", detail, key=TRIVIAL_GROUP.key)


def _decisions(test: CircuitTest, what: What, observable: PauliSum | None) -> Iterator[Decision]:
    if what == "circuit":
        yield from test.decisions()
        return
    whole = WholeTest(test)
    for generator in test.symmetry.generators:
        if what == "state":
            yield whole.state(generator)
        elif observable is None:
            raise MethodError("a model needs an observable; declare one in the spec, or give one")
        else:
            yield whole.model(generator, observable)


def _finding(test: CircuitTest, decision: Decision, reproduce: str, what: What) -> Finding:
    circuit, claim = test.circuit, CLAIMS[what].name
    subject = f"{circuit.name} under {decision.generator.name}"
    if decision.holds is None:
        return Finding(claim, subject, "not decided", "none", decision.reason)
    method = f"polynomial identity over the field of {test.point.field.p} elements: {decision.method}"
    if decision.holds:
        count = len(circuit.parameters)
        values = f"for all values of its {count} parameters, " if count else ""
        characters = (decision.character,) if CLAIMS[what].characters else ()
        note = character_note((decision.generator,), characters) if characters else ""
        phase = f"{note}, " if note else ""
        detail = f"{values}{phase}error probability below 2^-{test.exponent}"
        return Finding(
            claim, subject, "proven", method, detail, error_exponent=test.exponent, character=characters
        )
    cause = likely_cause(test, decision) if what == "circuit" else ""
    fault = _fault_text(circuit, decision)
    # The cause names parameters, which a file may call whatever it likes; a detail is one line.
    detail = one_line("; ".join(part for part in (fault, f"likely cause: {cause}" if cause else "") if part))
    example = _counterexample(test, decision, reproduce, what)
    return Finding(claim, subject, "refused", method, detail, example)


_SIDES: dict[tuple[What, bool], str] = {
    ("circuit", True): "amplitude of {ket} after dU and -i [T, U]",
    ("circuit", False): "amplitude of {ket} after U(V x) R and R U(x)",
    ("state", True): "amplitude of {ket} in a multiple of U|0> and in its change",
    ("state", False): "amplitude of {ket} in a multiple of U(V x)|0> and in R U(x)|0>",
    ("model", True): "rate of change of f along the group",
    ("model", False): "f(x) and f(V x)",
}
"""What is compared, by claim and by whether the group is continuous."""


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


def _counterexample(test: CircuitTest, decision: Decision, reproduce: str, what: What) -> Counterexample:
    generator = decision.generator
    assert decision.difference is not None
    bits, left, right = decision.difference
    ket = "|" + "".join(str(bits >> q & 1) for q in range(test.circuit.num_qubits)) + ">"
    continuous = isinstance(generator, LieGenerator)
    sides = _SIDES[what, continuous]
    if decision.method == PART:
        sides += " for the part of the circuit that is open"
    last = "" if what == "circuit" else f', what="{what}"'
    return Counterexample(
        f"e^(-i phi {generator.name})" if continuous else generator.name,
        f"{sides.format(ket=ket)}, at the random point of the field that the certificate fixes",
        abbreviated(left),
        abbreviated(right),
        f"{reproduce}{last})",
    )


def reference(symmetry: Symmetry, place: int) -> str:
    """What names a generator in a line of Python: its name, or its place where another has the same name."""
    name = symmetry.generator_names[place]
    return f'"{name}"' if symmetry.generator_names.count(name) == 1 else str(place)
