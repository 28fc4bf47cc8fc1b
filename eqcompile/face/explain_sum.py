"""What the spec of a sum declares, and what is proven of it: one table for ``explain``."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from eqcompile.claims.certificate import Certificate
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.exact.linear.combination import combination_text, total
from eqcompile.face.report import verdict_line
from eqcompile.terms import ProgramSum

MAX_TERMS = 30
"""Terms of a sum that `explain` lists. Beyond it, shortened: the rest is counted; the certificate holds all."""


def sum_explanation(model: ProgramSum) -> RenderableType:
    """A table of the group, the terms, and what is proven.

    Args:
        model: a sum that was compiled from its spec.
    """
    spec, certificate = model.spec, model.certificate
    assert spec is not None
    assert certificate is not None
    table = Table(title=spec.name, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in _rows(model, spec, certificate):
        table.add_row(key, Text(value))
    return table


def _rows(model: ProgramSum, spec: SumSpec, certificate: Certificate) -> Iterator[tuple[str, str]]:
    yield "group", str(spec.symmetry)
    yield "group generators", "; ".join(generator.name for generator in spec.symmetry.generators) or "none"
    yield "sites", ", ".join(spec.sites)
    for program in model.programs:
        left = program.certificate.symmetry_left
        yield (
            "circuit",
            (
                f"{program.spec.name}: {program.num_qubits} qubits, {program.num_parameters} parameters, "
                f"{program.certificate.verdict} for {left}"
            ),
        )
    for term in model.terms[:MAX_TERMS]:
        on = ", ".join(combination_text(row, spec.sites) for row in term.rows)
        yield "term", f"{term.coefficient:g} * {term.program.spec.name} on [{on}], weights {term.weights}"
    if len(model.terms) > MAX_TERMS:
        yield "term", f"and {len(model.terms) - MAX_TERMS} more"
    shifted = [term for term in model.terms if any(total(row) for row in term.rows)]
    if spec.symmetry.holds("translation"):
        declared = "declared"
    elif shifted:
        declared = f"not claimed: the combinations of {len(shifted)} terms do not add up to zero"
    else:
        declared = "not claimed, though every combination adds up to zero: write - translation"
    yield "translations", declared
    sets = ", ".join(f"{name}: {program.num_parameters}" for name, program in model.parameter_sets.items())
    yield "parameters", f"{model.num_parameters}: {sets}"
    low, high = model.value_range
    yield "values", f"from {low:g} to {high:g}"
    yield "verdict", verdict_line(certificate)
