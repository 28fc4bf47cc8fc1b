"""Claims that exact arithmetic leaves open, measured: a large defect refuses, a small one is no proof."""

from collections.abc import Mapping
from dataclasses import replace

from eqcompile.circuits.circuit import GeneralCircuit
from eqcompile.claims.certificate import Counterexample, Finding
from eqcompile.claims.of_circuit.circuit import What, reference
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.numeric.defect import MAX_ROUNDING, ROUNDING_OF_LITERALS, circuit_defect, is_measurable
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

NUM_SAMPLES = 3
"""Random points at which a circuit without exact form is measured."""


def spared(
    finding: Finding,
    circuit: GeneralCircuit,
    symmetry: Symmetry,
    data: Mapping[str, DataIndex],
    what: What = "circuit",
    observable: PauliSum | None = None,
) -> Finding:
    """A refusal that the rounding of given numbers may have caused is withdrawn: nothing is decided then.

    A bound circuit holds rounded numbers; taken at their exact values, they may break a symmetry by the last digit.
    """
    generator = finding.generator
    if (
        generator is None
        or finding.verdict != "refused"
        or not circuit.literals
        or not is_measurable(circuit)
    ):
        return finding
    defects = [
        circuit_defect(circuit, symmetry, data, generator, seed, what, observable).norm
        for seed in range(NUM_SAMPLES)
    ]
    if max(defects) > ROUNDING_OF_LITERALS:
        return finding
    detail = (
        f"within the rounding of the {len(circuit.literals)} numbers that the circuit holds (largest defect "
        f"{max(defects):.1e}), but not with these numbers exactly"
    )
    return replace(finding, verdict="not decided", detail=detail, counterexample=None)


def measured(
    finding: Finding,
    circuit: GeneralCircuit,
    symmetry: Symmetry,
    data: Mapping[str, DataIndex],
    what: What = "circuit",
    observable: PauliSum | None = None,
) -> Finding:
    """What was not decided exactly, with its defect at random points: a large one refuses, a small one is no proof."""
    generator = finding.generator
    if generator is None or not is_measurable(circuit):
        return finding
    defects = [
        circuit_defect(circuit, symmetry, data, generator, seed, what, observable)
        for seed in range(NUM_SAMPLES)
    ]
    worst = max(defects, key=lambda defect: defect.norm)
    method = f"numeric sampling at {NUM_SAMPLES} random points, in floating point"
    text = f"{finding.detail}; largest defect in operator norm {worst.norm:.2e}"
    if worst.norm <= MAX_ROUNDING:
        return replace(finding, method=method, detail=f"{text}, which is rounding, and no proof")
    example = Counterexample(
        str(worst), "random parameters", "defect 0", f"{worst.norm:.2e}",
        f"eq.equivariance_defect(circuit, spec, {reference(symmetry, generator)}, "
        f'seed={defects.index(worst)}, what="{what}")',
    )  # fmt: skip
    return replace(finding, verdict="refused", method=method, detail=text, counterexample=example)
