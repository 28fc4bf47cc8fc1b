"""Claims that exact arithmetic leaves open, measured: a large defect refuses, a small one is not a proof."""

from dataclasses import replace

from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.certificate import Counterexample, Finding, Verdict
from eqcompile.claims.question import Question
from eqcompile.numeric.defect import MAX_ROUNDING, ROUNDING_OF_LITERALS, circuit_defect, is_measurable

NUM_SAMPLES = 3
"""Random points at which a circuit without an exact form is measured."""


def spared(finding: Finding, circuit: Circuit, question: Question) -> Finding:
    """Withdraw a refusal that the rounding of given numbers may have caused: nothing is then decided.

    A bound circuit has rounded numbers. Taken at their exact values, they may break a symmetry in the last digit.
    """
    generator = finding.generator
    if (
        generator is None
        or finding.verdict != Verdict.REFUSED
        or not circuit.literals
        or not is_measurable(circuit)
    ):
        return finding
    defects = [circuit_defect(circuit, question, generator, seed).norm for seed in range(NUM_SAMPLES)]
    if max(defects) > ROUNDING_OF_LITERALS:
        return finding
    detail = (
        f"within the rounding of the {len(circuit.literals)} numbers that the circuit holds (largest defect "
        f"{max(defects):.1e}), but not with these numbers exactly"
    )
    return replace(finding, verdict=Verdict.NOT_DECIDED, detail=detail, counterexample=None)


def measured(finding: Finding, circuit: Circuit, question: Question) -> Finding:
    """A finding left undecided, with its defect at random points: a large one refuses, a small one is no proof."""
    generator = finding.generator
    if generator is None or not is_measurable(circuit):
        return finding
    defects = [circuit_defect(circuit, question, generator, seed) for seed in range(NUM_SAMPLES)]
    worst = max(defects, key=lambda defect: defect.norm)
    method = f"numeric sampling at {NUM_SAMPLES} random points, in floating point"
    text = f"{finding.detail}; largest defect in operator norm {worst.norm:.2e}"
    if worst.norm <= MAX_ROUNDING:
        return replace(finding, method=method, detail=f"{text}, which is rounding, and no proof")
    example = Counterexample(
        str(worst), "random parameters", "defect 0", f"{worst.norm:.2e}",
        f"eq.equivariance_defect(circuit, spec, {question.reference(generator)}, "
        f'seed={defects.index(worst)}, what="{question.what}")',
    )  # fmt: skip
    return replace(finding, verdict=Verdict.REFUSED, method=method, detail=text, counterexample=example)


def second_opinion(finding: Finding, circuit: Circuit, question: Question) -> Finding:
    """The finding after a measurement in floating point, if exact arithmetic leaves it open or may be too strict."""
    check = measured if finding.verdict == Verdict.NOT_DECIDED else spared
    return check(finding, circuit, question)
