"""Graphs of a spec: GraphML edited as text or as a tree of elements, and molecules that ASE reads."""

import re
from functools import cache
from pathlib import Path
from random import Random

import eqcompile as eq
from campaign.fuzz.case import Case, Command, Reader, chosen_way
from campaign.fuzz.inputs.mutate import edited_bytes, edited_text
from campaign.fuzz.inputs.seeds import sibling

SPEC = "spec.yaml"

WAYS = {"load": 80, "derive": 20}

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    '<key id="k0" for="node" attr.name="element" attr.type="string"/>\n'
    '<key id="k1" for="edge" attr.name="weight" attr.type="double"><default>1.0</default></key>\n'
)

RING = (
    _HEAD + '<graph edgedefault="undirected">\n'
    + "".join(f'<node id="{k}"><data key="k0">{"CO"[k % 2]}</data></node>\n' for k in range(4))
    + "".join(
        f'<edge source="{k}" target="{(k + 1) % 4}"><data key="k1">{1 + k % 2}.5</data></edge>\n' for k in range(4)
    )
    + "</graph>\n</graphml>\n"
)  # fmt: skip

DIRECTED = RING.replace('"undirected"', '"directed"')

PLAIN = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph id="G" edgedefault="undirected">\n'
    '<node id="0"/>\n<node id="1"/>\n<node id="2"/>\n<node id="3"/>\n'
    '<edge source="0" target="1"/>\n<edge source="2" target="3"/>\n</graph></graphml>\n'
)

TEXTS = (RING, DIRECTED, PLAIN)

ELEMENTS = (
    '<node id="0"/>', '<node/>', '<node id=""/>', '<node id="9"/>', '<edge source="0" target="0"/>',
    '<edge source="0" target="1"/>',
    '<edge source="0" target="x"/>', "<edge/>", '<hyperedge><endpoint node="0"/><endpoint node="1"/></hyperedge>',
    '<port name="p"/>',
    '<graph edgedefault="undirected"><node id="5"/></graph>', '<data key="none">1</data>', "<data>1</data>",
    '<data key="k0"/>',
    '<key id="k2" for="node" attr.name="n" attr.type="int"/>',
    '<key id="k0" for="node" attr.name="element" attr.type="boolean"/>',
    '<key id="k1" for="edge" attr.name="weight" attr.type="nothing"/>', '<key id="k3"/>', "<default>x</default>",
    "<!-- <node id='7'/> -->",
    "<![CDATA[<node id='8'/>]]>", "&a;", "&#0;", "&#x110000;", "&lt;", '<?xml version="1.1"?>', '<?php echo 1 ?>',
    '<!DOCTYPE g [<!ENTITY a "0">]>', '<!doctype g [<!ENTITY a "0">]>', '<x:node xmlns:x="y"/>',
    "<desc>" + "<d>" * 2000, "</graph>",
    '<edge source="1" target="0" directed="true"/>',
    '<edge id="e" source="2" target="3"/><edge id="e" source="2" target="3"/>',
    "".join(f'<node id="n{k}"/>' for k in range(1500)), '<node id="0" id="1"/>',
    '<yed xmlns:y="http://www.yworks.com/xml/graphml"/>',
    "".join(f'<edge source="{k % 4}" target="{(k + 2) % 4}"/>' for k in range(300)),
)  # fmt: skip
"""Elements that are out of place, malformed, or too many."""

ENDINGS = (
    ".xyz",
    ".extxyz",
    ".cif",
    ".pdb",
    ".json",
    ".gml",
    ".vasp",
    ".gen",
    ".traj",
    ".db",
    ".cube",
    ".in",
    ".mol",
    ".sdf",
    "",
    ".dat",
    ".nc",
    ".xml",
)

_ELEMENT = re.compile(r"<[^<>]*>\n?")

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + ']><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<graph edgedefault="undirected"><node id="&j;"/></graph></graphml>'
)


def edited_elements(text: str, source: Random) -> tuple[str, tuple[str, ...]]:
    """Lose, double or move elements, or put in some that do not belong."""
    pieces = re.split(r"(<[^<>]*>\n?)", text)
    how = []
    for _ in range(source.choice((1, 1, 2, 3))):
        at = source.randrange(len(pieces))
        name = source.choice(("lost", "doubled", "moved", "put in", "put in"))
        if name == "lost":
            pieces[at] = ""
        elif name == "doubled":
            pieces.insert(at, pieces[at])
        elif name == "moved":
            pieces.insert(source.randrange(len(pieces)), pieces.pop(at))
        else:
            pieces.insert(at, source.choice(ELEMENTS))
        how.append(f"element {name}")
    return "".join(pieces), tuple(how)


@cache
def molecule() -> str:
    """The molecule that comes with the project."""
    return sibling("examples/benzene.xyz").read_text()


def make(source: Random) -> Case:
    """Make a graph, and a spec that names it."""
    way = chosen_way(source, WAYS)
    choice = source.random()
    if choice < 0.2:
        return _molecule(source, way)
    if choice < 0.55:
        text, how = edited_elements(source.choice(TEXTS), source)
        content = text.encode("utf-8", "surrogatepass")
        if source.random() < 0.1:
            content, how = text.replace("UTF-8", "UTF-16").encode("utf-16"), (*how, "UTF-16")
    elif choice < 0.85:
        content, how = edited_text(source.choice(TEXTS), source, TEXTS)
    elif choice < 0.98:
        content, how = edited_bytes(source.choice(TEXTS).encode(), source, [text.encode() for text in TEXTS])
    else:
        content, how = LAUGHS.encode(source.choice(("utf-8", "utf-16"))), ("entities",)
    colours = source.choice(
        ("", "", ", color: element", ", color: element, edge_color: weight", ", edge_color: none")
    )
    on = source.choice(("on: qubits", "on: [0, 1, 2, 3]"))
    spec = f"name: ring\nqubits: 4\nsymmetry:\n  - graph: {{file: g.graphml, {on}{colours}}}\n"
    return Case({"g.graphml": content, SPEC: spec.encode()}, "g.graphml", way, how)


def _molecule(source: Random, way: str) -> Case:
    content, how = (
        edited_text(molecule(), source, (molecule(),))
        if source.random() < 0.9
        else edited_bytes(molecule().encode(), source, TEXTS_AS_BYTES)
    )
    name = "m" + source.choice(ENDINGS[:2] * 12 + ENDINGS)
    spec = f"name: molecule\nqubits: 12\nsymmetry:\n  - graph: {{file: {name}}}\n"
    return Case({name: content, SPEC: spec.encode()}, name, way, (*how, f"as {name}"))


TEXTS_AS_BYTES = tuple(text.encode() for text in TEXTS)


def read(folder: Path, case: Case) -> str:
    """Load the spec, and with it the graph."""
    spec = eq.load(folder / SPEC)
    if case.way == "derive":
        return f"{eq.derive(spec, 1).dim} generators"
    return f"{len(spec.symmetry)} factors"


def command(case: Case, source: Random) -> Command:
    """The command that does the same."""
    return Command("eqcompile", source.choice((("derive", SPEC, "--locality", "1"), ("verify", SPEC))))


READER = Reader("graphml", make, read, command, 16, frozenset({"derive"}))
