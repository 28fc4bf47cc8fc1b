"""From a spec's values back to YAML text that reads as an equal spec."""

from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from eqcompile.arguments import accepts, one_of
from eqcompile.declaration.parts.ansatz import AXES, half_total
from eqcompile.declaration.parts.data import DEFAULT_SCALE
from eqcompile.declaration.parts.derive import WORD
from eqcompile.declaration.parts.state import WORDS
from eqcompile.declaration.spec import (
    AnsatzSpec,
    Breaking,
    DataSpec,
    InitialState,
    Kind,
    Path,
    ProductKet,
    Singlets,
    Spec,
)
from eqcompile.declaration.yaml.text import Tree, number_tree, operator_text


@accepts(spec=one_of("a spec, such as eq.load returns, is needed", Spec))
def to_yaml(spec: Spec) -> str:
    """The spec as YAML text, without the comments of its file; parts left to the compiler are still left to it.

    Args:
        spec: any spec; the spec of a program (``program.spec``) has everything written out.

    Returns:
        Text with ``loads(to_yaml(spec)) == spec``.

    Raises:
        MethodError: a point group was put together from elements and has no Schoenflies symbol.

    >>> from eqcompile.declaration.loader import loads
    >>> spec = loads("{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}], state: plus, observable: 'H(0,1)'}")
    >>> print(to_yaml(spec), end="")
    name: pair
    qubits: 2
    symmetry:
    - rotation: SU(2)
    state: plus
    observable: H(0,1)
    """
    left = {part.place: {WORD: {"locality": part.locality}} for part in spec.derived}
    tree: dict[str, Tree] = {"name": spec.name, "qubits": spec.qubits}
    if spec.data is not None:
        tree["data"] = _data(spec.data, spec, left)
    turning = set(spec.data.qubits if spec.data else range(spec.qubits)) - {spec.parity}
    kind: Kind = "sites" if spec.data else "qubits"
    tree["symmetry"] = [entry.tree(tuple(turning), kind) for entry in spec.symmetry]
    if ("state",) in left:
        tree["state"] = WORD
    elif spec.state is not None:
        tree["state"] = state_text(spec.state)
    if ("observable",) in left:
        tree["observable"] = left["observable",]
    elif spec.observable is not None:
        tree["observable"] = operator_text(spec.observable)
    if spec.ansatz is not None:
        tree["ansatz"] = _ansatz(spec.ansatz, left.get(("ansatz", "layer")))
    return yaml_text(tree)


def yaml_text(tree: dict[str, Tree]) -> str:
    """The tree as text: one line for each part; lists of gates and symmetries have one line for each entry."""
    stream = StringIO()
    writer = YAML()
    writer.width = 1 << 30
    writer.dump(_styled(tree, ()), stream)
    return stream.getvalue()


def state_text(state: InitialState) -> str:
    """The initial state as the spec writes it.

    >>> state_text(Singlets(((0, 1), (2, 3)))), state_text(ProductKet("000")), state_text(ProductKet("0+"))
    ('singlets [[0, 1], [2, 3]]', 'zeros', '|0+>')
    """
    if isinstance(state, Singlets):
        return f"singlets {[list(pair) for pair in state.pairs]}"
    if isinstance(state, ProductKet):
        words = [w for w, letter in WORDS.items() if set(state.letters) == {letter}]
        return words[0] if words else f"|{state.letters}>"
    return str(state.vector)


def _data(data: DataSpec, spec: Spec, left: dict[Path, Tree]) -> Tree:
    tree: dict[str, Tree] = {"sites": list(data.sites)}
    if ("data", "encode") in left:
        tree["encode"] = {WORD: {"copies": len(data.encode[0])}}
    else:
        tree["encode"] = {site: list(qubits) for site, qubits in zip(data.sites, data.encode, strict=True)}
    declared = ("data", "scales") in spec.source.positions
    if declared or data.scales != ((DEFAULT_SCALE, data.sites),):
        tree["scales"] = {name: list(sites) for name, sites in data.scales}
    return tree


def _ansatz(ansatz: AnsatzSpec, derived_layer: Tree | None) -> Tree:
    tree: dict[str, Tree] = {"depth": ansatz.depth, "blocks": ansatz.blocks}
    tree["layer"] = derived_layer or [operator_text(op) for op in ansatz.layer]
    if ansatz.breaking is not None:
        tree["symmetry_breaking"] = _breaking(ansatz.breaking)
    return tree


def _breaking(breaking: Breaking) -> Tree:
    totals = [axis for axis in AXES if half_total(axis, breaking.generator.num_qubits) == breaking.generator]
    generator = totals[0] if totals else operator_text(breaking.generator)
    return {"generator": generator, "start": number_tree(breaking.start)}


BLOCKS: tuple[Path, ...] = ((), ("data",), ("symmetry",), ("ansatz",), ("ansatz", "layer"))
"""Parts that are written on several lines."""


def _styled(tree: Tree, path: Path) -> Tree:
    """The tree, marked with the layout of each part."""
    if not isinstance(tree, dict | list):
        return tree
    block = path in BLOCKS and not (path == ("ansatz", "layer") and isinstance(tree, dict))
    block = block or (len(path) == 2 and path[0] == "symmetry")
    if isinstance(tree, dict):
        styled: Tree = CommentedMap((key, _styled(value, (*path, key))) for key, value in tree.items())
    else:
        styled = CommentedSeq(_styled(value, (*path, index)) for index, value in enumerate(tree))
    if not block:
        styled.fa.set_flow_style()
    return styled
