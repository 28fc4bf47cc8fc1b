"""A model from Python values: a spec that declares it is written, read and compiled."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from eqcompile.arguments import whole_number
from eqcompile.compile_spec import compile
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.loader import loads
from eqcompile.declaration.parts.derive import WORD
from eqcompile.declaration.spec import (
    InitialState,
    Path,
    ProductKet,
    Singlets,
    Spec,
    Superposition,
)
from eqcompile.declaration.unlift import entries_of
from eqcompile.declaration.write import BLOCKS, state_text, yaml_text
from eqcompile.declaration.yaml.source import parse_yaml
from eqcompile.declaration.yaml.text import Tree, operator_text
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.invariant_states.product_states import ProductState
from eqcompile.derivation.invariant_states.singlets import SingletProduct
from eqcompile.derivation.observables import InvariantObservable
from eqcompile.errors import (
    MAX_SHOWN,
    ArgumentError,
    EqcompileError,
    ExpressionError,
    MethodError,
    SpecError,
    one_line,
)
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.program import Program
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.targets import declared_spec, exact_observable, exact_target

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

SOURCE = "<model>"
"""What messages call the text of a spec that was written for a model."""

Operator: TypeAlias = "PauliSum | str | InvariantObservable | SparsePauliOp"
Gate: TypeAlias = "Operator | Sequence[Operator]"
State: TypeAlias = "str | ExactState | SingletProduct | ProductState | InitialState | Sequence[Sequence[int]]"

_ARGUMENTS: dict[Path, str] = {
    ("name",): "name",
    ("data", "scales"): "scales",
    ("data",): "encode",
    ("state",): "state",
    ("observable",): "observable",
    ("ansatz", "depth"): "depth",
    ("ansatz", "blocks"): "blocks",
    ("ansatz", "layer"): "layer",
    ("ansatz", "symmetry_breaking"): "breaking",
}
"""The argument that each part of the spec comes from; the rest comes from the symmetry."""


def model(
    symmetry: Symmetry,
    *,
    layer: "Gate | GeneratorBasis | Iterable[Gate]",
    observable: "Operator",
    encode: Mapping[str, Sequence[int] | int] | Sequence[str] | None = None,
    scales: Mapping[str, Sequence[str]] | None = None,
    state: "State | None" = None,
    depth: int = 1,
    blocks: int = 1,
    breaking: "Operator | None" = None,
    breaking_start: int | float | str | Fraction | Decimal = 0,
    name: str = "model",
) -> Program:
    """Compile a model from a group that was built in Python; it is certified as if it came from a file.

    The circuit is that of paper Eq. 2. The equivalent spec is ``program.spec``.

    Args:
        symmetry: a group such as ``eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])``; ``encode`` says how it acts on
            sites.
        layer: the gate generators: operators (``"H(0,1)"``, a PauliSum, a SparsePauliOp, a matrix of SymPy), a basis
            from :func:`eqcompile.derive`, some of its elements, or ``"derive"``. Generators in one tuple share one
            weight.
        observable: what is measured, or ``"derive"``.
        encode: the qubits that each site, a vector in R^3, is uploaded to: ``{"H1": [0, 2], "H2": [1, 3]}``; names
            alone, ``["H1", "H2"]``, leave the qubits to the compiler. By default the model takes no data.
        scales: trainable factors alpha and the sites each one scales; by default one scale for all.
        state: how the qubits start: ``"plus"``, ``"|01> - |10>"``, an ExactState, pairs of singlets ``[(0, 1)]``, or
            ``"derive"``; by default in zero.
        depth, blocks: D layers between D + 1 encodings; each layer repeats its gates B times, with separate weights.
        breaking: generator of a trainable gate after each layer, outside the symmetry; ``"Z"`` is R_Z on every qubit.
        breaking_start: the angles of ``breaking`` before training.
        name: name of the model, its circuits and its files.

    Returns:
        The program. Its certificate may be a refusal: check ``bool(program.certificate)``.

    Raises:
        SpecError: an argument is impossible, or was left to the compiler and the symmetry allows none.
        MethodError: a spec cannot express a factor of the symmetry.

    >>> pair = symmetry_of(loads("{name: x, qubits: 2, symmetry: [{rotation: SU(2)}]}"))
    >>> model(pair, layer=["H(0,1)"], observable="H(0,1)", depth=2).parameter_names
    ('w_0_0_0', 'w_1_0_0')
    """
    if not isinstance(symmetry, Symmetry):
        raise _refused("symmetry", f"a group such as eq.SU2(4) is needed; found {_kind(symmetry)}")
    if not isinstance(name, str):
        raise _refused("name", f"text is needed; found {_kind(name)}")
    if breaking is None and breaking_start != 0:
        raise _refused(
            "breaking_start",
            "these are the initial angles of breaking, and there is no breaking; leave it out",
        )
    qubits = symmetry.num_qubits
    placed, data = _data(encode, scales)
    tree = {"name": name, "qubits": qubits, **data, "symmetry": _entries(symmetry, placed, bool(encode))}
    if state is not None:
        tree["state"] = _state(state, qubits)
    tree["observable"] = _operator(observable, qubits, "observable")
    ansatz: dict[str, Tree] = {"depth": _whole(depth, "depth"), "blocks": _whole(blocks, "blocks")}
    ansatz["layer"] = _layer(layer, qubits)
    if breaking is not None:
        generator = _operator(breaking, qubits, "breaking")
        ansatz["symmetry_breaking"] = {"generator": generator, "start": str(breaking_start)}
    return _compiled(yaml_text({**tree, "ansatz": ansatz}), symmetry)


def _entries(symmetry: Symmetry, placed: Mapping[str, Sequence[int]], has_sites: bool) -> list[Tree]:
    """The entries of the spec; where the compiler places the sites, each entry names its qubits."""
    carriers = [qubit for qubits in placed.values() for qubit in qubits]
    entries = entries_of(symmetry, placed)
    parity = {entry.parity_qubit for entry in entries}
    turning = set(carriers if has_sites else range(symmetry.num_qubits)) - parity
    kind: Literal["sites", "qubits"] = "sites" if has_sites else "qubits"
    return [entry.tree(tuple(turning), kind) for entry in entries]


def _compiled(text: str, symmetry: Symmetry) -> Program:
    try:
        spec = declared_spec(loads(text, SOURCE))
        _require_same_sites(spec, symmetry)
        return compile(spec)
    except SpecError as error:
        raise _with_argument(error, text) from None


def _require_same_sites(spec: Spec, symmetry: Symmetry) -> None:
    """A symmetry that came with sites must act on them as the symmetry of the model does."""
    if symmetry.site_names and symmetry_of(spec).generators != symmetry.generators:
        sites = ", ".join(symmetry.site_names)
        raise _refused("encode", f"the symmetry acts differently on the sites {sites}; give the same qubits")


def _data(
    encode: Mapping[str, Sequence[int] | int] | Sequence[str] | None,
    scales: Mapping[str, Sequence[str]] | None,
) -> tuple[dict[str, list[int]], dict[str, Tree]]:
    """The qubits of each site so far as they are given, and the section of the spec."""
    if encode is None:
        if scales is not None:
            raise _refused("scales", "a scale multiplies the vectors of sites; give encode as well")
        return {}, {}
    if isinstance(encode, str) or not isinstance(encode, Mapping | Sequence):
        raise _refused(
            "encode", f'the qubits of each site are needed, such as {{"H1": [0, 2]}}; found {_kind(encode)}'
        )
    if strange := [site for site in encode if not isinstance(site, str)]:
        raise _refused("encode", f"sites have names; found {_kind(strange[0])}")
    placed: dict[str, list[int]] = {}
    if isinstance(encode, Mapping):
        placed = {str(site): _qubits(qubits, f"encode[{site!r}]") for site, qubits in encode.items()}
    data: dict[str, Tree] = {"sites": [str(site) for site in encode], "encode": placed or WORD}
    if scales is not None:
        data["scales"] = {str(scale): _names(sites) for scale, sites in scales.items()}
    return placed, {"data": data}


def _names(sites: Sequence[str] | str) -> list[str]:
    return [sites] if isinstance(sites, str) else [str(site) for site in sites]


def _qubits(value: Sequence[int] | int, where: str) -> list[int]:
    listed = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return [_whole(qubit, where) for qubit in listed]


def _whole(value: Any, where: str) -> int:
    try:
        return whole_number(where, value)
    except ArgumentError:
        raise _refused(where, f"a whole number is needed; found {_kind(value)}") from None


def _layer(layer: Any, num_qubits: int) -> Tree:
    if isinstance(layer, str) and layer.strip() == WORD:
        return {WORD: {"locality": min(2, num_qubits)}}
    single = isinstance(layer, str | PauliSum) or not isinstance(layer, Iterable) or _is_matrix(layer)
    gates = [layer] if single else list(layer)
    return [_tied(gate, num_qubits, f"layer[{k}]") for k, gate in enumerate(gates)]


def _tied(gate: Any, num_qubits: int, where: str) -> str:
    """One generator, or the sum of those that share a weight."""
    if not isinstance(gate, tuple | list):
        return _operator(gate, num_qubits, where)
    try:
        parts = [PauliSum.parse(_operator(part, num_qubits, where), num_qubits) for part in gate]
    except ExpressionError as error:
        raise _refused(where, str(error)) from None
    return operator_text(sum(parts, PauliSum.zero(num_qubits)))


def _operator(value: Any, num_qubits: int, where: str) -> str:
    if isinstance(value, str):
        return value
    try:
        op = value.operator if isinstance(value, InvariantObservable) else exact_observable(value)
    except MethodError:
        op = None
    except EqcompileError as error:
        raise _refused(where, str(error)) from None
    if op is None:
        wanted = "an operator is needed: text such as H(0,1), a PauliSum or a SparsePauliOp"
        raise _refused(where, f"{wanted}; found {_kind(value)}")
    if op.num_qubits != num_qubits:
        raise _refused(where, f"{_shown(op)} acts on {op.num_qubits} qubits, the symmetry on {num_qubits}")
    return operator_text(op)


def _state(state: Any, num_qubits: int) -> str:
    if isinstance(state, str):
        return state
    if isinstance(state, SingletProduct):
        return state_text(Singlets(state.pairs))
    if isinstance(state, ProductState):
        state = ProductKet(state.letters)
    if (type(state).__name__ == "Statevector" or _is_matrix(state)) and isinstance(
        exact := exact_target(state), ExactState
    ):
        state = exact
    vector = state.vector if isinstance(state, Superposition) else state
    if isinstance(vector, ExactState):
        if vector.num_qubits != num_qubits:
            found = f"{_shown(vector)} has {vector.num_qubits} qubits, the symmetry {num_qubits}"
            raise _refused("state", found)
        return str(vector)
    if isinstance(state, Singlets | ProductKet):
        return state_text(state)
    if isinstance(state, Sequence):
        return f"singlets {[_qubits(pair, 'state') for pair in state]}"
    wanted = "text such as plus or |01> - |10>, an ExactState, or the pairs of singlets is needed"
    raise _refused("state", f"{wanted}; found {_kind(state)}")


def _is_matrix(value: object) -> bool:
    """Whether this is a matrix of SymPy, which is not loaded to find out."""
    return type(value).__module__.split(".")[0] == "sympy" and hasattr(value, "todok")


def _refused(argument: str, message: str) -> SpecError:
    return SpecError(message, f"model({argument})")


def _kind(value: object) -> str:
    return f"{type(value).__name__} {_shown(repr(value))}"


def _shown(value: object) -> str:
    text = one_line(str(value))
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _with_argument(error: SpecError, text: str) -> SpecError:
    """The error at a place in the spec's text, as an error of the argument that wrote that line."""
    if error.path != SOURCE:
        return error
    try:
        positions = parse_yaml(text, SOURCE).positions()
    except SpecError:
        positions = {}
    line = {path: column for path, (row, column) in positions.items() if row == error.line and path}
    if not line:
        return SpecError(error.message, "model")
    before = [path for path, column in line.items() if column <= (error.column or 0)]
    place = min(before or line, key=lambda path: (path in BLOCKS, len(path)))
    argument = next((a for path, a in _ARGUMENTS.items() if place[: len(path)] == path), "symmetry")
    if argument == "layer" and len(place) == 3 and isinstance(place[2], int):
        argument = f"layer[{place[2]}]"
    return _refused(argument, error.message)
