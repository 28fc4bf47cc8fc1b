"""Every public function with the usual wrong arguments: one of our errors in one line, or a value; nothing else."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import sympy
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Pauli, SparsePauliOp, Statevector
from sympy.combinatorics import Permutation
from sympy.combinatorics.named_groups import SymmetricGroup

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of

SPEC = eq.loads(
    "{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}], state: 'singlets [[0, 1]]', observable: 'H(0,1)', "
    "ansatz: {depth: 1, layer: ['H(0,1)']}}"
)
SITES = eq.loads(
    "{name: two, qubits: 2, data: {sites: [A, B], encode: {A: [0], B: [1]}}, symmetry: [permutation: ['(A B)']]}"
)
PROGRAM, SU2, PAIR = eq.compile(SPEC), eq.SU2(2), eq.symmetric(2)
STATEVECTOR = eq.find_backend("statevector")

WRONG: list[Any] = [
    None, -1, 0, 2.5, float("nan"), True, "", "foo", "(0 1", b"x", 1j, 10**30, Fraction(1, 2), [], [[0, 1], [2]],
    [["a"]], [None], ("a",), {}, {1: 2}, set(), np.array([[0.5, 1.0]]), object(), SU2, SPEC, PAIR, QuantumCircuit(2),
    Path("missing.yaml"), len,
]  # fmt: skip

CALLS: dict[str, dict[str, Any]] = {
    "PermutationGroup": {"degree": 2, "generators": ((1, 0),)},
    "PointGroup": {"name": "C_2", "generators": eq.point_group("C_2").generators, "axis": None},
    "character_table": {"group": PAIR, "double": False},
    "commutant_blocks": {"symmetry": eq.permutations(2, [(0, 1)])},
    "point_group": {"symbol": "C_2", "axis": (0, 0, 1)},
    "SU2": {"num_qubits": 2, "qubits": [0]},
    "U1": {"num_qubits": 2, "axis": "z", "qubits": [0]},
    "charge": {"num_qubits": 2, "operator": "Z0"},
    "inversion": {"num_qubits": 2, "parity": 1},
    "mirror": {"num_qubits": 2, "normal": "x", "qubits": [0], "parity": 1},
    "pauli_symmetry": {"num_qubits": 2, "*strings": "X0 X1"},
    "permutations": {"num_qubits": 2, "*generators": [(0, 1)]},
    "permutation_group": {"num_qubits": 2, "group": PAIR, "on": [0, 1], "name": "pair"},
    "point_symmetry": {"num_qubits": 2, "symbol": "C_2", "axis": "z", "qubits": [0], "parity": 1},
    "unitaries": {"num_qubits": 2, "flip": "X0"},
    "symmetric": {"n": 3},
    "alternating": {"n": 3},
    "cyclic": {"n": 3},
    "dihedral": {"n": 3},
    "wreath": {"inner": PAIR, "outer": PAIR, "carried": 0},
    "direct_product": {"*factors": PAIR},
    "graph_automorphisms": {"edges": [(0, 1)], "num_nodes": 2, "colors": {0: "a"}, "directed": False},
    "lattice": {"shape": (2, 2), "group": "translations", "periodic": True},
    "projective_phases": {"symmetry": SU2},
    "Symmetry": {"num_qubits": 2, "site_names": (), "factors": SU2.factors},
    "Channel": {"num_in": 1, "num_out": 1, "choi": eq.PauliSum.parse("1/2*I", 2)},
    "Expectation": {"circuit": PROGRAM.to_qiskit("angles"), "device": STATEVECTOR, "shots": None, "seed": 0,
                    "noise": True},
    "find_backend": {"backend": "statevector"},
    "ExactState": {"num_qubits": 1, "amplitudes": {0: 1}},
    "PauliSum": {"num_qubits": 1, "terms": {(1, 0): 1}},
    "Term": {"program": PROGRAM, "coefficient": 0.5, "sites": (), "weights": "shared"},
    "ProgramSum": {"terms": (eq.Term(PROGRAM),), "num_sites": 0, "spec": None},
    "compile": {"spec": SPEC},
    "derive": {"spec": SU2, "locality": 2, "method": "nullspace"},
    "equivariance_defect": {"target": QuantumCircuit(2), "spec": SU2, "generator": "T_x", "data": {}, "seed": 0,
                            "what": "circuit", "observable": None},
    "derive_channels": {"source": SU2, "target": SU2},
    "derive_encodings": {"symmetry": symmetry_of(SITES), "locality": 1},
    "derive_states": {"symmetry": SU2},
    "invariant_observables": {"symmetry": SU2, "locality": 2},
    "resolve": {"spec": SPEC},
    "draw": {"program": PROGRAM, "form": "text"},
    "shorthand": {"op": eq.PauliSum.parse("X0", 1)},
    "qnn": {"program": PROGRAM, "data": "positions", "input_gradients": False},
    "qnn_gradients": {"program": PROGRAM, "network": None, "params": [0.1], "x": None},
    "qnn_inputs": {"program": PROGRAM, "params": [0.1], "x": None, "data": "positions"},
    "model": {"symmetry": SU2, "layer": ["H(0,1)"], "observable": "H(0,1)", "encode": None, "scales": None,
              "state": [(0, 1)], "depth": 1, "blocks": 1, "breaking": "Z", "breaking_start": 0, "name": "m"},
    "to_yaml": {"spec": SPEC},
    "load": {"path": "missing.yaml"},
    "loads": {"text": "{}", "path": "text"},
    "parse_yaml": {"text": "{}", "path": "text", "kind": "a spec", "example": "name: water"},
    "save": {"program": PROGRAM, "folder": None, "trotter": None, "emit": "qiskit"},
    "write_atomically": {"path": None, "content": b"x"},
    "remove_file": {"path": "missing"},
    "budget": {"seconds": 60, "gigabytes": 2},
    "parse_budget": {"text": "60s", "default": eq.parse_budget("none")},
    "allowing": {"allowed": eq.parse_budget("60s")},
    "stage": {"name": "the sum", "cure": "take fewer terms"},
    "supervised": {"work": lambda: 0, "allowed": eq.parse_budget("none")},
    "verify": {"target": QuantumCircuit(2), "spec": SU2, "data": {}, "what": "circuit", "observable": None,
               "sectors": False},
}  # fmt: skip
"""Right arguments, by name; a star marks one that takes any number of values."""

RETURNED = {"CharacterTable", "Certificate", "ChannelBasis", "Device", "Violation", "GeneratorBasis", "Program", "Spec",
            "AnyProgram", "AnySpec", "SumSpec", "Allowance", "YamlDocument", "EqcompileError", "SpecError",
            "BudgetError", "LimitError", "one_line", "shortened", "Kernel", "Sweep"}  # fmt: skip
"""What functions return or raise; users do not build these by hand."""


def test_every_public_name_is_in_the_table() -> None:
    assert set(CALLS) | RETURNED == set(eq.__all__)


def attempt(name: str, arguments: dict[str, Any]) -> None:
    """One call; a generator is asked for its first value."""
    spread = [value for key, value in arguments.items() if key.startswith("*")]
    named = {key: value for key, value in arguments.items() if not key.startswith("*")}
    function = getattr(eq, name)
    result = function(*named.values(), *spread) if spread else function(**named)
    if name == "invariant_observables":
        next(result, None)
    if name in ("budget", "allowing", "stage"):
        with result:
            pass


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("argument", range(11))
def test_wrong_arguments_are_one_line(
    name: str, argument: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a call is not refused, the value was as good as the right one for this argument."""
    monkeypatch.chdir(tmp_path)
    right = CALLS[name] | ({"folder": tmp_path / "out"} if name == "save" else {})
    right |= {"path": tmp_path / "file"} if name == "write_atomically" else {}
    if argument >= len(right):
        return
    changed = list(right)[argument]
    for wrong in WRONG:
        if name == "save" and changed != "program" and isinstance(wrong, str | Path):
            continue  # a good name of a folder, and pictures take long
        if name == "supervised" and wrong is len:
            continue  # any function may be work, and this one raises what it likes
        try:
            attempt(name, right | {changed: wrong})
        except eq.EqcompileError as error:
            text = str(error)
            assert text.strip(), (name, changed, wrong)
            assert "\n" not in text, (name, changed, wrong)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no qubits": (lambda: eq.SU2(0), "num_qubits: a whole number from 1 to 1000 is needed; found 0"),
    "fewer than none": (lambda: eq.SU2(-1), "num_qubits: a whole number from 1 to 1000 is needed; found -1"),
    "too many": (lambda: eq.SU2(10**9), "num_qubits: a whole number from 1 to 1000 is needed; found 1000000000"),
    "text": (lambda: eq.SU2("4"), 'num_qubits: a whole number from 1 to 1000 is needed; found str "4"'),  # type: ignore[arg-type]
    "a float": (lambda: eq.SU2(4.0), "num_qubits: a whole number from 1 to 1000 is needed; found float 4.0"),  # type: ignore[arg-type]
    "a truth value": (lambda: eq.SU2(True), "num_qubits: a whole number from 1 to 1000 is needed; found bool True"),
    "half a qubit": (lambda: eq.derive(SU2, 2.5), "locality: a whole number of at least 1 is needed; found float 2.5"),  # type: ignore[arg-type]
    "a cycle or images": (
        lambda: eq.permutations(4, [0, 1]),
        "a permutation is a product of cycles, such as [(0, 1), (2, 3)] or '(0 1)(2 3)'; found list [0, 1]",
    ),
    "cycles cut": (
        lambda: eq.permutations(4, "(0 1"),
        "a permutation is written in cycles, such as '(0 1)(2 3)'; found \"(0 1\"",
    ),
    "two charges": (
        lambda: eq.charge(4, ["Z0"]),  # type: ignore[arg-type]
        "an operator is needed: text such as X0 X1, a PauliSum, or a SparsePauliOp; found list ['Z0']",
    ),
    "a matrix": (
        lambda: eq.unitaries(1, flip=Operator([[0, 1], [1, 0]])),  # type: ignore[arg-type]
        "an operator is needed: text such as X0 X1, a PauliSum, or a SparsePauliOp; found Operator "
        "Operator([[0.+0.j, 1.+0.j],\\n          [1...",
    ),
    "a rounded matrix": (
        lambda: eq.unitaries(1, flip=sympy.Matrix([[0, 1.0], [1.0, 0]])),
        "entry (0, 1) of the matrix: 1.00000000000000 has been rounded; write it exactly, such as Rational(1, 2) or "
        "sqrt(2)/2",
    ),
    "a matrix for a model": (
        lambda: eq.model(SU2, layer=["H(0,1)"], observable=sympy.eye(8)),  # type: ignore[arg-type]
        "model(observable): I acts on 3 qubits, the symmetry on 2",
    ),
    "no product": (
        lambda: eq.unitaries(1, flip=[]),
        "flip is a product of no operators; name at least one, such as 'X0'",
    ),
    "no factor": (eq.direct_product, "a direct product needs at least one group"),
    "a symmetry, not a group": (
        lambda: eq.character_table(eq.permutations(2, [(0, 1)])),  # type: ignore[arg-type]
        "group: a group, such as eq.symmetric(4) or eq.point_group('C3v'), is needed; of a symmetry, give the group "
        "that it was made from; found Symmetry Symmetry(num_qubits=2, site_names=(), fa...",
    ),
    "a factor of three": (lambda: SU2 * 3, "a symmetry is combined with another one; found int 3"),  # type: ignore[operator]
    "nodes with names": (
        lambda: eq.graph_automorphisms(nx.Graph([("a", "b")])),
        "edges: the nodes of the graph are not the numbers 0 to 1; networkx.convert_node_labels_to_integers makes "
        "them so",
    ),
    "directions twice": (
        lambda: eq.graph_automorphisms(nx.path_graph(2), directed=True),
        "edges: a graph of NetworkX has its own nodes and directions; leave out num_nodes and directed",
    ),
    "a colour of no node": (
        lambda: eq.graph_automorphisms([(0, 1)], colors={5: "red"}),
        "colors name the node 5; the nodes are 0 to 1",
    ),
    "a start of nothing": (
        lambda: eq.model(SU2, layer=["H(0,1)"], observable="H(0,1)", breaking_start=1),
        "model(breaking_start): these are the initial angles of breaking, and there is no breaking; leave it out",
    ),
    "a seed of nothing": (
        lambda: PROGRAM.to_qiskit(seed=3),
        "optimization_level and seed belong to the transpiler: name a back end, or leave them out",
    ),
    "a level of nothing": (
        lambda: PROGRAM.to_qiskit(optimization_level=1),
        "optimization_level and seed belong to the transpiler: name a back end, or leave them out",
    ),
    "two back ends": (
        lambda: PROGRAM.pub(None, [0.1], "aer", PROGRAM.to_qiskit("angles")),
        "a circuit is already made for its back end; give either circuit or backend",
    ),
    "formulas": (
        lambda: PROGRAM.to_qiskit(trotter=2),  # type: ignore[arg-type]
        "trotter: order and steps are needed, such as (2, 4); found int 2",
    ),
    "no spec": (
        lambda: eq.compile(SU2),  # type: ignore[arg-type]
        "a spec is needed, which declares data, state, observable and ansatz; found a symmetry alone",
    ),
    "a string that is no pair": (
        lambda: eq.PauliSum(1, {"X0": 1}),  # type: ignore[dict-item]
        'terms: a Pauli string is a pair of bit masks, such as (1, 0) for X0; found str "X0"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_messages(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(eq.EqcompileError) as caught:
        call()
    assert str(caught.value) == message


def test_what_is_unambiguous_is_accepted(tmp_path: Path) -> None:
    cycles = eq.permutations(4, [(0, 1), (2, 3)])
    for same in ("(0 1)(2 3)", "(0, 1) (2,3)", Permutation([[0, 1], [2, 3]]), np.array([[0, 1], [2, 3]])):
        assert eq.permutations(4, same) == cycles  # type: ignore[arg-type]
    assert eq.permutation_group(3, SymmetricGroup(3)).factors[0].order_text == "order 6"  # type: ignore[arg-type]
    string = eq.pauli_symmetry(2, "X0 X1")
    for operator in (["X0 X1"], Pauli("XX"), SparsePauliOp("XX"), eq.PauliSum.parse("X0 X1", 2)):
        assert eq.pauli_symmetry(2, operator) == string  # type: ignore[arg-type]
    assert eq.charge(2, SparsePauliOp(["IZ", "ZI"])) == eq.charge(2, "Z0 + Z1")
    assert eq.SU2(np.int64(4), qubits=np.array([0, 1])) == eq.SU2(4, qubits=[0, 1])  # type: ignore[arg-type]
    assert eq.U1(2, axis=np.array([1, 1, 0])) == eq.U1(2, axis=(1, 1, 0))  # type: ignore[arg-type]
    swap = sympy.Matrix([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    exchange = eq.PauliSum.parse("1/2*I + 1/2*H(0,1)", 2)
    for matrix in (swap, sympy.ImmutableMatrix(swap), sympy.SparseMatrix(swap)):
        assert eq.unitaries(2, swap=matrix) == eq.unitaries(2, swap=exchange)  # type: ignore[arg-type]
    assert eq.charge(2, sympy.diag(2, 0, 0, -2)) == eq.charge(2, "Z0 + Z1")  # type: ignore[arg-type]
    assert eq.pauli_symmetry(1, sympy.Matrix([[0, 1], [1, 0]])) == eq.pauli_symmetry(1, "X0")  # type: ignore[arg-type]
    heisenberg = eq.PauliSum.parse("H(0,1)", 2).to_sympy()
    column = sympy.Matrix([0, 1, -1, 0])
    same = eq.model(SU2, layer=[heisenberg], observable=heisenberg, state=column)
    assert same.spec == eq.model(SU2, layer=heisenberg, observable="H(0,1)", state="-|01> + |10>").spec
    assert eq.verify(swap, SU2).verdict == eq.verify(column, SU2).verdict == "proven"
    assert eq.verify(sympy.diag(1, -1, 1, -1), SU2).verdict == "refused"
    ring = eq.graph_automorphisms([(0, 1), (1, 2), (2, 3), (3, 0)])
    graph = nx.cycle_graph(4)
    for edges in (graph, graph.edges, np.array([[0, 1], [1, 2], [2, 3], [3, 0]])):
        assert eq.graph_automorphisms(edges).order == ring.order == 8
    assert eq.graph_automorphisms(nx.DiGraph([(0, 1), (1, 2), (2, 0)])).order == 3
    singlet = eq.model(SU2, layer=["H(0,1)"], observable="H(0,1)", state=Statevector([0, 1, -1, 0]))
    assert str(singlet.state) == "-|01> + |10>"
    path = tmp_path / "pair.yaml"
    path.write_text(eq.to_yaml(SPEC))
    assert eq.derive(path).dim == eq.derive(str(path)).dim == 1
    assert eq.compile(path).certificate
    assert eq.verify(path).verdict == "proven"
    assert eq.verify(SparsePauliOp(["XX", "YY", "ZZ"]), path)
    assert not eq.verify(Pauli("XX"), str(path))
    basis = eq.derive(eq.SU2(3))
    assert [basis[k] for k in range(len(basis))] == list(basis)
    assert eq.__version__.count(".") == 2
