"""What a spec declares, what that allows, and what the declared model leaves out: one table for ``explain``."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from eqcompile.budgets import share, stage
from eqcompile.claims.of_model.observable import spectrum_text
from eqcompile.derivation.generators.basis import GeneratorBasis, independent_part
from eqcompile.derivation.invariant_states.states import InvariantStates, derive_states, prepared_state
from eqcompile.derivation.uploads.encodings import derive_encodings
from eqcompile.derivation.witness.by_weight import why_none
from eqcompile.derivation.witness.commutant_blocks import commutant_blocks
from eqcompile.errors import BudgetError, LimitError, MethodError
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.face.report import element_texts, verdict_line
from eqcompile.program import Program
from eqcompile.symmetry.projective import projective_phases
from eqcompile.symmetry.symmetry import Symmetry

MAX_ALLOWED = 30
"""Allowed generators that `explain` lists. Beyond it, shortened: the rest is counted; `derive --json` prints all."""

MAX_ENCODINGS = 6
"""Encodings that `explain` lists. Beyond it, shortened: the rest is counted; `eq.derive_encodings` returns all."""

MAX_STATES = 3
"""Invariant states that `explain` lists. Beyond it, shortened: the rest is counted; `eq.derive_states` returns
all."""

MAX_BLOCKS = 12
"""Blocks of the commutant that `explain` lists. Beyond it, shortened: the rest is counted; `eq.commutant_blocks`
returns all."""

MAX_SEARCHED_QUBITS = 8
"""Qubits of a register whose invariant states `explain` counts. Beyond it, weaker: `explain` looks for a single state,
and says so."""

Row = tuple[str, str]


@stage(
    "the explanation", "choose a smaller --locality, or allow more with --budget, such as --budget 10min,8GB"
)
def explanation(
    name: str, symmetry: Symmetry, basis: GeneratorBasis, program: Program | None
) -> RenderableType:
    """A table of the group, what it allows, and, if a whole model is declared, what that uses."""
    table = Table(title=name, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows = [
        *_group_rows(symmetry),
        ("allowed gates", _allowed_text(basis, symmetry)),
        *_derived_rows(symmetry, basis.locality),
    ]
    for key, value in rows + ([] if program is None else _model_rows(program, basis)):
        table.add_row(key, Text(value))
    return table


def _group_rows(symmetry: Symmetry) -> list[Row]:
    orders = [f"{factor.name}: {factor.order_text}" for factor in symmetry.factors]
    phases = "; ".join(map(str, projective_phases(symmetry)))
    return [
        ("group", str(symmetry)),
        ("factors", "; ".join(orders) or "none"),
        ("group generators", "; ".join(symmetry.generator_names) or "none"),
        ("qubits", str(symmetry.num_qubits)),
        (
            "representation",
            f"projective: {phases}" if phases else "linear, up to phases that can be chosen away",
        ),
    ]


def _derived_rows(symmetry: Symmetry, locality: int) -> Iterator[Row]:
    if symmetry.finite_generators and not symmetry.lie_generators:
        yield "blocks", _or_reason(lambda: _blocks_text(symmetry))
    yield "invariant states", _or_reason(lambda: _states_text(symmetry))
    if symmetry.site_names:
        yield "allowed encodings", _or_reason(lambda: _encodings_text(symmetry, locality))


def _or_reason(write: Callable[[], str]) -> str:
    """A text, or why there is none."""
    try:
        with share(1, 3):
            return write()
    except BudgetError as error:
        return f"not finished: takes more than {error.what}"
    except (MethodError, LimitError) as error:
        return str(error)


@stage("the blocks")
def _blocks_text(symmetry: Symmetry) -> str:
    blocks = commutant_blocks(symmetry)
    shown = "; ".join(f"{b.dimension} x {b.multiplicity}" for b in blocks[:MAX_BLOCKS])
    more = f"; and {len(blocks) - MAX_BLOCKS} more" if len(blocks) > MAX_BLOCKS else ""
    return f"irreducible dimension x how often: {shown}{more}"


@stage("the invariant states")
def _states_text(symmetry: Symmetry) -> str:
    if symmetry.num_qubits > MAX_SEARCHED_QUBITS:
        return f"such as {prepared_state(symmetry)}"
    states = derive_states(symmetry)
    first = prepared_state(symmetry)
    return f"{_counts(states)}; such as {first}"


def _counts(states: InvariantStates) -> str:
    counts = [str(space.dim) for space in states.spaces]
    characters = f"{len(counts)} character{'s' if len(counts) > 1 else ''}"
    shown = ", ".join(counts[:MAX_STATES]) + (", ..." if len(counts) > MAX_STATES else "")
    number = len(states.products)
    products = f", {number} product{'s' if number > 1 else ''} of singlets" if number else ""
    return f"{characters}, of dimension {shown}{products}"


@stage("the encodings")
def _encodings_text(symmetry: Symmetry, locality: int) -> str:
    basis = derive_encodings(symmetry, locality)
    if not basis.dim:
        return basis.obstacle
    shown = [str(element) for element in basis.elements[:MAX_ENCODINGS]]
    more = [f"and {basis.dim - MAX_ENCODINGS} more"] if basis.dim > MAX_ENCODINGS else []
    return f"{basis.dim} on up to {basis.locality} qubits: " + "; ".join(shown + more)


def _allowed_text(basis: GeneratorBasis, symmetry: Symmetry) -> str:
    if not basis.dim:
        return why_none(symmetry, basis.locality)
    shown = [element_texts(basis, number)[0] for number in range(min(basis.dim, MAX_ALLOWED))]
    more = [f"and {basis.dim - MAX_ALLOWED} more"] if basis.dim > MAX_ALLOWED else []
    return f"{basis.dim} on up to {basis.locality} qubits: " + "; ".join(shown + more)


def _model_rows(program: Program, basis: GeneratorBasis) -> list[Row]:
    ansatz = program.ansatz
    missing = missing_generators(ansatz.layer, basis)
    spectrum = spectrum_text(program.observable)
    depth, blocks, generators = ansatz.weight_shape
    counts = f"{depth} layers x {blocks} blocks x {generators} generators"
    if ansatz.num_breaking:
        counts += f" + {ansatz.num_breaking} breaking angles"
    return [
        ("left out", "; ".join(shorthand(g) for g in missing) or "nothing"),
        ("layer uses", "; ".join(shorthand(g) for g in ansatz.layer)),
        ("sites", "; ".join(_site_text(program)) or "none"),
        ("initial state", program.state.abbreviated()),
        ("observable", f"{shorthand(program.observable)}, eigenvalues {spectrum}"),
        ("parameters", f"{program.num_parameters} = {counts} + {len(ansatz.scale_names)} scales"),
        ("verdict", verdict_line(program.certificate)),
    ]


def _site_text(program: Program) -> list[str]:
    sites = program.ansatz.site_names
    carried: dict[int, list[int]] = {}
    for gate in program.ansatz.encoding:
        carried.setdefault(gate.site, []).append(gate.qubit)
    return [f"{sites[site]} on qubits {', '.join(map(str, qubits))}" for site, qubits in carried.items()]


def missing_generators(layer: Sequence[PauliSum], basis: GeneratorBasis) -> list[PauliSum]:
    """Allowed generators that the layer's own do not span, one for every missing dimension."""
    used = GeneratorBasis(basis.num_qubits, basis.locality, "declared", tuple(layer))
    return independent_part(basis.elements, used)
