"""Graphs and grids in a spec: from edges, GraphML and molecule files, on sites and on qubits."""

from pathlib import Path

import ase.build
import ase.io
import networkx as nx
import pytest

from eqcompile.declaration import Permutation, Spec, load, loads
from eqcompile.declaration.lift import symmetry_of
from eqcompile.errors import SpecError
from eqcompile.groups.graph import graph_automorphisms
from eqcompile.groups.lattice import lattice
from eqcompile.groups.permutation import PermutationGroup

SITES = "data: {sites: [A, B, C, D], encode: {A: [0, 4], B: [1, 5], C: [2, 6], D: [3, 7]}}\n"


def text(num_qubits: int, entry: str, data: str = "") -> str:
    return f"name: x\nqubits: {num_qubits}\n{data}symmetry:\n  - {entry}\n"


def group_of(spec: Spec) -> PermutationGroup:
    (factor,) = symmetry_of(spec).factors
    return factor.group


def from_folder(folder: Path, num_qubits: int, entry: str, data: str = "") -> Spec:
    path = folder / "spec.yaml"
    path.write_text(text(num_qubits, entry, data))
    return load(path)


def permutation_of(spec: Spec) -> Permutation:
    (entry,) = spec.symmetry
    assert isinstance(entry, Permutation)
    return entry


def test_edges_on_qubits_and_from_python() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
    spec = loads(text(5, f"graph: {{edges: {[list(e) for e in edges]}}}"))
    assert group_of(spec).order == 4
    assert set(group_of(spec).elements()) == {(*g, 4) for g in graph_automorphisms(edges).elements()}
    assert permutation_of(spec).label == "automorphisms of a graph on 4 qubits"


def test_edges_on_sites_move_their_qubits() -> None:
    spec = loads(text(8, "graph: {edges: [[A, B], [B, C]]}", SITES))
    assert group_of(spec).generators == ((2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11),)


@pytest.mark.parametrize(
    ("entry", "order"),
    [
        ("{edges: [[0, 1], [1, 2], [2, 0]]}", 6),
        ("{edges: [[0, 1], [1, 2], [2, 0]], colors: {0: red}}", 2),
        ("{edges: [[0, 1], [1, 2], [2, 0]], colors: {0: 1, 1: 2}}", 1),
        ("{edges: [[0, 1, 0.5], [1, 2], [2, 0]]}", 2),
        ("{edges: [[0, 1, heavy], [1, 2, heavy], [2, 0, heavy]]}", 6),
    ],
)
def test_colours(entry: str, order: int) -> None:
    assert group_of(loads(text(4, f"graph: {entry}"))).order == order


@pytest.mark.parametrize(
    ("molecule", "file", "order"),
    [
        ("C6H6", "benzene.xyz", 12), ("CH4", "methane.extxyz", 24), ("H2O", "water.xyz", 2), ("NH3",
         "ammonia.traj", 6),
        ("CH3CH2OH", "ethanol.xyz", 12), ("C2H6", "ethane.json", 72),
    ],
)  # fmt: skip
def test_molecules(tmp_path: Path, molecule: str, file: str, order: int) -> None:
    """As graphs of bonds: the three hydrogens of a methyl group are all exchanged, also as mirror images."""
    atoms = ase.build.molecule(molecule)
    ase.io.write(tmp_path / file, atoms)
    spec = from_folder(tmp_path, len(atoms), f"graph: {{file: {file}}}")
    assert group_of(spec).order == order
    assert permutation_of(spec).label == f"automorphisms of {file}"


def test_species_are_colours(tmp_path: Path) -> None:
    atoms = ase.build.molecule("CH4")
    atoms.symbols[1] = "F"
    ase.io.write(tmp_path / "fluoromethane.xyz", atoms)
    assert group_of(from_folder(tmp_path, 5, "graph: {file: fluoromethane.xyz}")).order == 6


def test_a_ring_that_closes_through_the_cell(tmp_path: Path) -> None:
    chain = ase.Atoms("C4", [[1.4 * i, 0, 0] for i in range(4)], cell=[5.6, 9, 9], pbc=True)
    ase.io.write(tmp_path / "ring.extxyz", chain)
    chain.pbc = False
    ase.io.write(tmp_path / "chain.extxyz", chain)
    assert group_of(from_folder(tmp_path, 4, "graph: {file: ring.extxyz}")).order == 8
    assert group_of(from_folder(tmp_path, 4, "graph: {file: chain.extxyz}")).order == 2


def test_a_molecule_on_listed_members(tmp_path: Path) -> None:
    ase.io.write(tmp_path / "water.xyz", ase.build.molecule("H2O"))
    spec = from_folder(tmp_path, 8, "graph: {file: water.xyz, on: [C, A, D]}", SITES)
    assert permutation_of(spec).cycles == ((("A", "D"),),)
    spec = from_folder(tmp_path, 8, "graph: {file: water.xyz, on: [2, 0, 6]}")
    assert permutation_of(spec).cycles == (((0, 6),),)


def test_graphml_by_name_and_by_order(tmp_path: Path) -> None:
    nx.write_graphml(nx.petersen_graph(), tmp_path / "petersen.graphml")
    assert group_of(from_folder(tmp_path, 12, "graph: {file: petersen.graphml}")).order == 120
    nx.write_graphml(nx.Graph([("B", "A"), ("A", "C")]), tmp_path / "path.graphml")
    by_name = from_folder(tmp_path, 8, "graph: {file: path.graphml}", SITES)
    assert permutation_of(by_name).cycles == ((("B", "C"),),)
    by_order = from_folder(tmp_path, 8, "graph: {file: path.graphml, on: [D, B, A]}", SITES)
    assert permutation_of(by_order).cycles == ((("D", "A"),),)


def test_graphml_attributes_as_colours(tmp_path: Path) -> None:
    graph = nx.cycle_graph(4)
    graph.nodes[0]["element"] = "N"
    for a, b in graph.edges:
        graph.edges[a, b]["weight"] = 2 if (a, b) in ((0, 1), (2, 3)) else 1
    nx.write_graphml(graph, tmp_path / "ring.graphml")
    orders = {
        options: group_of(from_folder(tmp_path, 4, f"graph: {{file: ring.graphml{options}}}")).order
        for options in (
            "",
            ", color: element",
            ", edge_color: weight",
            ", color: element, edge_color: weight",
        )
    }
    assert list(orders.values()) == [8, 2, 4, 1]


def test_a_directed_graph(tmp_path: Path) -> None:
    nx.write_graphml(nx.DiGraph([(0, 1), (1, 2), (2, 0)]), tmp_path / "turn.graphml")
    assert group_of(from_folder(tmp_path, 3, "graph: {file: turn.graphml}")).order == 3


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("no.graphml", None, "", 'no such file "no.graphml"; paths are relative to the spec'),
        (".", None, "", '"." is not a regular file'),
        ("a.graphml", "<graphml><x", "", 'file "a.graphml" is not readable GraphML: '),
        ("a.graphml", "<!DOCTYPE a><graphml/>", "", 'file "a.graphml" has a document type declaration; remove it'),
        ("a.xyz", "1\n\nH 0 0 0\n\nH 1 1 1\n", "", 'file "a.xyz", line 5: text after the last of 1 atoms'),
        ("a.xyz", "1\n\nH 0 0 0\n1\n\nH 1 1 1\n", "",
         'file "a.xyz" has 2 structures; write one into a file of its own'),
        ("a.db", "SQLite format 3", "", 'file "a.db" is neither GraphML nor a molecule that ASE reads: '),
        ("a.gen", "1 C\n", "",
         'file "a.gen" is neither GraphML nor a molecule that ASE reads: it is damaged, or not of the '
         "format that its name says"),
        ("a.xyz", "2\n\nH 0 0 0\n", "", 'file "a.xyz" is neither GraphML nor a molecule that ASE reads: '),
        ("a.xyz", "", "", 'file "a.xyz" is neither GraphML nor a molecule that ASE reads: '),
        ("a.foo", "what is this\n", "", 'file "a.foo" is neither GraphML nor a molecule that ASE reads: '),
        ("a.xyz", "0\n\n", "", 'file "a.xyz" '),
        ("a.xyz", " " * 1_000_001, "", 'file "a.xyz" has 1000001 bytes; the limit is 1000000'),
        ("a.xyz", "1\n\nH 0 0 0\n", "", '"a.xyz" has 1 nodes, and there are 3 qubits; use on to name those'),
        ("a.xyz", "1\n\nH 0 0 0\n", ", color: x", "color and edge_color name attributes of GraphML; a molecule"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used(
    tmp_path: Path, name: str, content: str | None, options: str, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(SpecError) as caught:
        from_folder(tmp_path, 3, f"graph: {{file: {name}{options}}}")
    assert f"spec.yaml:4:19: {message}" in str(caught.value)
    assert "\n" not in str(caught.value)


GRAPHML = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<graph edgedefault="undirected">
<node id="0"/><node id="1"/><node id="2"/>
<edge source="0" target="1"/>
</graph>
</graphml>
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<node id="2"/>', '<node id="1"/>', 'line 3: the node "1" appears twice'),
        ('<node id="2"/>', "<node/>", "line 3: <node> without id"),
        ('<node id="2"/>', '<nodee id="2"/>', 'line 3: unknown element "nodee" in <graph>; did you mean "node"? '
         "Known: data, desc, edge, hyperedge, node."),
        ('<node id="2"/>', '<node id="2"><graph edgedefault="undirected"/></node>',
         "line 3: a graph within a <node>; write one graph"),
        ('<node id="2"/>', '<node id="2"><port name="p"/></node>',
         "line 3: <port> is a place on a node, and edges are not "
         "distinguished by it; remove it"),
        ('<node id="2"/>', "<![CDATA[<node id='2'/>]]>", "line 3: \"<node id='2'/>\" between elements; remove it"),
        ('target="1"', "", "line 4: <edge> without target"),
        ("</graph>\n", '</graph>\n<graph edgedefault="undirected"/>\n',
         "line 6: a second graph; write each into a file of its own"),
        ("<edge ", '<hyperedge><endpoint node="0"/></hyperedge><edge ',
         "line 4: <hyperedge> joins more than two nodes; write edges"),
        ("</graphml>", "", " is not readable GraphML: no element found, line 7, column 1"),
        (GRAPHML, '<svg xmlns="http://www.w3.org/2000/svg"/>',
         'line 1: the root is "svg"; GraphML begins with <graphml>'),
    ],
)  # fmt: skip
def test_what_a_graph_cannot_say_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """networkx silently leaves out all of these."""
    (tmp_path / "a.graphml").write_text(GRAPHML)
    assert from_folder(tmp_path, 3, "graph: {file: a.graphml}")
    (tmp_path / "a.graphml").write_text(GRAPHML.replace(old, new))
    with pytest.raises(SpecError) as caught:
        from_folder(tmp_path, 3, "graph: {file: a.graphml}")
    assert str(caught.value).endswith(f'file "a.graphml"{"" if message.startswith(" ") else ", "}{message}')


def test_what_other_programs_keep_in_graphml_is_left_alone(tmp_path: Path) -> None:
    data = '<data key="d"><y:Shape xmlns:y="http://www.yworks.com/xml/graphml"><y:node/>text</y:Shape></data>'
    text = GRAPHML.replace(
        "<graph ", '<key id="d" for="node" yfiles.type="nodegraphics"/>\n<!-- a -->\n<graph '
    )
    (tmp_path / "a.graphml").write_text(text.replace('<node id="2"/>', f'<node id="2">{data}</node>'))
    assert group_of(from_folder(tmp_path, 3, "graph: {file: a.graphml}")).order == 2


BOMB = """<?xml version="1.0" encoding="ENCODING"?><!DOCTYPE g [<!ENTITY a "0">]>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">
<node id="&a;"/><node id="1"/><edge source="&a;" target="1"/></graph></graphml>"""


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "utf-8-sig"]
)
def test_no_encoding_hides_a_document_type(tmp_path: Path, encoding: str) -> None:
    """The parser would find a declaration that a search in the bytes misses."""
    named = "utf-8" if encoding == "utf-8-sig" else encoding.removesuffix("-le").removesuffix("-be")
    text = BOMB.replace("ENCODING", named)
    content = text.encode(encoding)
    if encoding == "utf-7":
        content = text.replace("<!", "+ADw-!").encode()
    if encoding == "cp037":  # the declaration is read before the encoding is known
        head, rest = text.split("?>", 1)
        content = f"{head}?>".encode() + rest.encode(encoding)
    (tmp_path / "a.graphml").write_bytes(content)
    with pytest.raises(SpecError) as caught:
        from_folder(tmp_path, 2, "graph: {file: a.graphml}")
    assert str(caught.value).splitlines() == [str(caught.value)]
    reasons = (
        "is not in UTF-8; save it in this encoding",
        "has a document type declaration; remove it",
        "not readable",
    )
    assert any(reason in str(caught.value) for reason in reasons)


def test_a_named_encoding_changes_nothing_about_text_in_utf_8(tmp_path: Path) -> None:
    text = BOMB.replace("ENCODING", "cp037").replace('<!DOCTYPE g [<!ENTITY a "0">]>', "").replace("&a;", "0")
    (tmp_path / "a.graphml").write_text(text, encoding="utf-8-sig")
    assert group_of(from_folder(tmp_path, 2, "graph: {file: a.graphml}")).order == 2


def test_graphml_that_does_not_fit(tmp_path: Path) -> None:
    nx.write_graphml(nx.path_graph(3), tmp_path / "path.graphml")
    nx.write_graphml(nx.Graph(), tmp_path / "empty.graphml")
    nx.write_graphml(nx.MultiGraph([(0, 1), (0, 1)]), tmp_path / "double.graphml")
    nx.write_graphml(nx.Graph([(0, 0)]), tmp_path / "loop.graphml")
    for entry, message in {
        "{file: path.graphml, color: x}": ':4:19: unknown attribute "x" of the nodes of "path.graphml". Known: .',
        "{file: path.graphml}": ":4:19: qubit 2 is outside the register; qubits are 0 to 1",
        "{file: empty.graphml}": ":4:19: the graph in this file has no nodes",
        "{file: double.graphml}": ':4:19: file "double.graphml" has parallel edges; merge them and give the '
        "edge a colour",
        "{file: loop.graphml}": ":4:12: the edge (0, 0) joins a node to itself; give the node a colour instead",
    }.items():
        with pytest.raises(SpecError) as caught:
            from_folder(tmp_path, 2, f"graph: {entry}")
        assert str(caught.value).endswith(message)


def test_a_graph_beyond_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = "graph: {edges: [[0, 1], [1, 2], [2, 3]]}"
    assert group_of(loads(text(4, entry))).order == 2
    monkeypatch.setattr("eqcompile.groups.graph.MAX_EDGES", 2)
    with pytest.raises(SpecError, match=r":4:12: a graph of 3 edges; the limit is 2$"):
        loads(text(4, entry))


@pytest.mark.parametrize(
    ("num_qubits", "entry", "expected"),
    [
        (4, "{shape: [2, 2], group: p4m}", lattice((2, 2), "p4m")),
        (6, "{shape: [6]}", lattice((6,))),
        (6, "{shape: [2, 3], group: pmm, periodic: false}", lattice((2, 3), "pmm", periodic=False)),
        (900, "{shape: [30, 30], group: p4m, on: all}", lattice((30, 30), "p4m")),
    ],
)
def test_grids_are_those_of_python(num_qubits: int, entry: str, expected: PermutationGroup) -> None:
    assert group_of(loads(text(num_qubits, f"lattice: {entry}"))) == expected


def test_a_grid_of_sites_in_any_order() -> None:
    spec = loads(text(8, "lattice: {shape: [2, 2], group: p4m, on: [B, A, D, C]}", SITES))
    assert group_of(spec).order == 8
    assert permutation_of(spec).label == "p4m on 2 x 2"
    assert permutation_of(spec).cycles[0] == (("B", "D"), ("A", "C"))
    spec = loads(text(5, "lattice: {shape: [4], on: [4, 2, 0, 1], group: dihedral, periodic: false}"))
    assert permutation_of(spec).cycles == (((4, 1), (2, 0)),)
    assert permutation_of(spec).label == "dihedral on open 4"
