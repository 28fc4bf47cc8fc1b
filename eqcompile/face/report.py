"""Tables for the terminal: what was derived, what was proven, what a spec says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from eqcompile.claims.certificate import Certificate, Finding
from eqcompile.claims.of_model.sectors import SectorWeights
from eqcompile.declaration.loader import AnySpec
from eqcompile.derivation.compare import Comparison, Outcome
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.generators.orbits import OrbitElements
from eqcompile.errors import one_line
from eqcompile.exact.operators.notation import shorthand

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from eqcompile.devices.stages import Stage

MAX_ROWS = 100
"""Rows of a table that a terminal shows. Beyond it, shortened: the rest is counted; `--json` prints all."""

MAX_TERMS = 60
"""Terms of an operator that a terminal shows. Beyond it, shortened: only the first summand and the number of summands;
`--json` prints all."""

PLAIN_WIDTH = 140
"""Columns for output to a file or a pipe, which has no width of its own."""


def console() -> Console:
    """A console that does not squeeze tables when the output is not a terminal."""
    target = Console()
    return target if target.is_terminal else Console(width=PLAIN_WIDTH)


def certificate_table(certificate: Certificate) -> RenderableType:
    """One row per claim. Below, what was assumed when the target was read, and the verdict."""
    # Whoever wrote the file chose the names in it. None may break a line or send commands to the terminal.
    title = escape(one_line(f"{certificate.target}: {certificate.group}"))
    table = Table(title=title, title_justify="left")
    phases = any(finding.generator is not None and finding.character for finding in certificate.findings)
    for heading in ("claim", "about", "verdict", *(["phase"] if phases else []), "detail"):
        table.add_column(heading, overflow="fold")
    for finding in certificate.findings:
        cells: list[RenderableType] = [finding.claim, Text(one_line(finding.subject)), _verdict_text(finding)]
        cells += [Text(phase_of(finding, certificate))] if phases else []
        table.add_row(*cells, Text(one_line(finding.detail)))
    assumed = [Text(one_line(f"assumed: {text}")) for text in certificate.assumptions]
    return Group(table, *assumed, Text(verdict_line(certificate)))


def phase_of(finding: Finding, certificate: Certificate) -> str:
    """The phase by which a generator multiplies a circuit or a prepared state; empty where no claim names it."""
    if finding.generator is None or not finding.character:
        return ""
    (name,) = finding.character
    if name is None:
        return "another"
    if "operator" not in certificate.group_data["generators"][finding.generator]:
        return name
    return "1" if name == "0" else f"e^(-i phi {name})"


def transpiled_line(circuit: "QuantumCircuit", backend: str) -> str:
    """The size of a circuit on a back end."""
    counts = ", ".join(f"{count} {name}" for name, count in circuit.count_ops().items())
    return f"{circuit.name} on {backend}: {counts}; depth {circuit.depth()}"


def stages_table(stages: "Sequence[Stage]", title: str) -> Table:
    """One row per pass: its circuit's size, and the verdict of its certificate."""
    table = Table(title=title, title_justify="left")
    for heading in ("after", "gates", "CX", "two-qubit depth", "certified again"):
        table.add_column(heading, justify="left" if heading in ("after", "certified again") else "right")
    for stage in stages:
        sizes = (stage.num_gates, stage.two_qubit_gates, stage.two_qubit_depth)
        table.add_row(stage.name, *map(str, sizes), stage.certificate.verdict)
    return table


def reproductions(certificate: Certificate) -> list[str]:
    """Lines of Python that show every counterexample; not wrapped, so that they can be copied."""
    return [
        one_line(f"reproduce: {f.counterexample.python}") for f in certificate.refused if f.counterexample
    ]


def verdict_line(certificate: Certificate) -> str:
    """The certificate in one sentence."""
    if certificate.verdict == "not decided":
        return f"NOT DECIDED: {len(certificate.undecided)} of {len(certificate.findings)} claims are open"
    if not certificate:
        return f"REFUSED: {len(certificate.refused)} of {len(certificate.findings)} claims fail"
    if not certificate.generators:
        return f"PROVEN, trivially: {certificate.group} has no generators, so that nothing is demanded"
    if SectorWeights.form in certificate.demanded:
        return f"PROVEN: the weights in the sectors of {certificate.group}, be the state invariant or not"
    if certificate.symmetry_left != certificate.group:
        return f"PROVEN for what the declared breaking leaves: {certificate.symmetry_left}"
    return f"PROVEN for {certificate.group}"


def refusal_line(finding: Finding) -> str:
    """Why a claim is refused, with its counterexample, in one line."""
    if finding.verdict == "not decided":
        return one_line(f"{finding.subject}: {finding.claim} not decided: {finding.detail}")
    article = "an" if finding.claim[0] in "aeiou" else "a"
    reason = f"{finding.subject} is not {article} {finding.claim}: {finding.detail}"
    return one_line(f"{reason}; {finding.counterexample}" if finding.counterexample else reason)


def refusals(certificate: Certificate, spec: AnySpec) -> list[str]:
    """One line for every refused part, with its place in the spec; if no part is at fault, one for the whole."""
    failed = certificate.refused or certificate.undecided
    parts = [finding for finding in failed if finding.place] or failed
    return [f"{_place_text(finding, spec)}: {refusal_line(finding)}" for finding in parts]


def _place_text(finding: Finding, spec: AnySpec) -> str:
    if not finding.place:
        return spec.source.path
    line, column = spec.source.locate(finding.place)
    return f"{spec.source.path}:{line}:{column}"


def _verdict_text(finding: Finding) -> Text:
    styles = {"proven": "green", "refused": "bold red", "not decided": "yellow"}
    return Text(finding.verdict, style=styles[finding.verdict])


def comparison_table(comparison: Comparison, group: str) -> RenderableType:
    """The generators, and for each method what it gave by weight, what it cost, and whether it agrees."""
    basis = comparison.basis
    title = f"{group}: {basis.dim} generators on up to {basis.locality} of {basis.num_qubits} qubits"
    table = Table(title=escape(f"{title} (identity aside)"), title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("weight", justify="right")
    table.add_column("generator", overflow="fold")
    table.add_column("as Pauli strings", overflow="fold")
    for number in range(min(basis.dim, MAX_ROWS)):
        short, full, weight = element_texts(basis, number)
        table.add_row(str(number), str(weight), short, full if full != short else "")
    if basis.dim > MAX_ROWS:
        table.add_row("...", "", f"and {basis.dim - MAX_ROWS} more; --json prints all", "")
    return Group(table, _methods_table(comparison), Text(_agreement_line(comparison)))


def _methods_table(comparison: Comparison) -> Table:
    table = Table(title="dimension by weight, weight 0 being the identity", title_justify="left")
    table.add_column("method")
    table.add_column("by weight", overflow="fold")
    table.add_column("all", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("")
    for outcome in comparison.outcomes:
        if outcome.dimension is None:
            word = "not applicable" if outcome.finished else "not finished"
            table.add_row(outcome.method, Text(f"{word}: {outcome.reason}"))
            continue
        counts = ", ".join(f"{weight}: {count}" for weight, count in (outcome.by_weight or {}).items())
        seconds = f"{outcome.nanoseconds / 10**9:.3f}"
        row = (outcome.method, counts or "all together", str(outcome.dimension), seconds)
        table.add_row(*row, _agreement_text(comparison, outcome))
    return table


def _agreement_text(comparison: Comparison, outcome: Outcome) -> Text:
    if outcome.method in comparison.differing:
        return Text("DIFFERS", style="bold red")
    if outcome.basis is comparison.basis:
        return Text("shown above")
    return Text("same span" if outcome.basis is not None else "same count", style="green")


def _agreement_line(comparison: Comparison) -> str:
    if comparison.differing:
        return f"THE METHODS DIFFER, please report this: {', '.join(comparison.differing)}"
    spans = [outcome for outcome in comparison.outcomes if outcome.basis is not None]
    lines = ["the spans agree exactly"] if len(spans) > 1 else []
    counted = [outcome for outcome in comparison.outcomes if outcome.dimension and outcome.basis is None]
    return ", ".join(lines + ["the count by characters agrees"] * len(counted))


def element_texts(basis: GeneratorBasis, number: int) -> tuple[str, str, int]:
    """Shorthand, Pauli strings and weight of an element; long orbit sums by their first summand."""
    if isinstance(basis.elements, OrbitElements):
        first, supports = basis.elements.summary(number)
        if supports * len(first) > MAX_TERMS:
            rest = f" + ... ({supports} supports)"
            return shorthand(first) + rest, str(first) + rest, first.locality
    element = basis.elements[number]
    return shorthand(element), str(element), element.locality
