"""The group that the text of a spec declares, as dense matrices: the oracle's own reading of docs/spec.md.

Nothing here, or in the files it imports, comes from the compiler.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from ruamel.yaml import YAML

from campaign.specs import moves
from campaign.specs.moves import Move
from campaign.specs.space import (
    INVERSION,
    Motion,
    cross_matrix,
    framed,
    motions_of,
    read_axis,
    reflection,
    unit,
)
from campaign.specs.text import LETTERS, ONE, Array, letter_on, number, on_qubits, operator

COVALENT = {"H": 0.31, "C": 0.76, "N": 0.71, "O": 0.66}
"""Covalent radii in angstrom: B. Cordero et al., Dalton Trans. 2832 (2008)."""

BOND = 1.2

CLOSE = 1e-6
"""Two positions closer than this are the same: those of a trial are whole numbers and roots of them."""

_ROOT = np.sqrt(0.5)
_CONTROLLED_X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
GATES: dict[str, Any] = {
    "H": [[_ROOT, _ROOT], [_ROOT, -_ROOT]],
    "S": [[1, 0], [0, 1j]],
    "SDG": [[1, 0], [0, -1j]],
    "SX": [[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]],
    **LETTERS,
    "CX": _CONTROLLED_X,
    "CZ": np.diag([1, 1, 1, -1]),
    "SWAP": [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
    "ISWAP": [[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]],
}
"""Matrices of gates. The first qubit of a gate is the most significant bit of its matrix, and the control."""


class Refused(Exception):
    """The spec says something that docs/spec.md does not allow."""


@dataclass(frozen=True)
class Element:
    """One generator of the group.

    Attributes:
        entry: place of its entry in the list of the spec.
        continuous: whether it stands for exp(-i phi R), with the data moved by exp(phi V), for every phi.
        on_qubits: R, a unitary matrix; for a continuous element, a Hermitian matrix.
        on_data: V, a matrix on the coordinates of all sites, starting with those of the first site.
    """

    entry: int
    continuous: bool
    on_qubits: Array
    on_data: Array


@dataclass(frozen=True)
class Declared:
    """A spec as the oracle reads it.

    Attributes:
        qubits: size of the register.
        sites: names of the sites.
        encode: the qubits of each site.
        scales: names of the factors, and the sites of each.
        parity: the parity qubit, if an entry names one.
        elements: elements that generate the group.
    """

    qubits: int
    sites: tuple[str, ...]
    encode: tuple[tuple[int, ...], ...]
    scales: dict[str, tuple[str, ...]]
    parity: int | None
    elements: tuple[Element, ...]


def read(text: str, folder: Path = Path()) -> Declared:
    """Read a spec.

    Args:
        text: the spec, in YAML.
        folder: folder of the files that it names.

    Raises:
        Refused: the spec says something that docs/spec.md does not allow.
    """
    tree = YAML(typ="safe").load(text)
    n = tree["qubits"]
    named = [entry[kind].get("parity") for entry in tree["symmetry"] for kind in entry
             if isinstance(entry[kind], dict)]  # fmt: skip
    parities = sorted({parity for parity in named if parity is not None})
    if len(parities) > 1:
        raise Refused("two parity qubits")
    parity = parities[0] if parities else None
    data = tree.get("data") or {}
    sites = tuple(data.get("sites", ()))
    encode = _encode(data, sites, n, parity)
    if parity in {q for qubits in encode for q in qubits}:
        raise Refused("the parity qubit carries a site")
    scales = {name: tuple(members) for name, members in data.get("scales", {"alpha": sites}).items()}
    reader = _Reader(n, sites, encode, scales, parity, folder)
    elements = [
        Element(place, *parts)
        for place, entry in enumerate(tree["symmetry"])
        for parts in reader.entry(entry)
    ]
    return Declared(n, sites, encode, scales, parity, tuple(elements))


def _encode(
    data: dict[str, Any], sites: Sequence[str], n: int, parity: int | None
) -> tuple[tuple[int, ...], ...]:
    if not sites:
        return ()
    wanted = data["encode"]
    if isinstance(wanted, dict) and "derive" not in wanted:
        return tuple(tuple(wanted[site]) for site in sites)
    free = [q for q in range(n) if q != parity]
    copies = len(free) // len(sites) if isinstance(wanted, str) else wanted["derive"]["copies"]
    if not 1 <= copies <= len(free) // len(sites):
        raise Refused("the copies do not fit")
    return tuple(tuple(free[copy * len(sites) + s] for copy in range(copies)) for s in range(len(sites)))


Parts = tuple[bool, Array, Array]
"""Whether an element is continuous, and its matrices on the qubits and on the data."""


@dataclass(frozen=True)
class _Reader:
    n: int
    sites: tuple[str, ...]
    encode: tuple[tuple[int, ...], ...]
    scales: dict[str, tuple[str, ...]]
    parity: int | None
    folder: Path

    def entry(self, entry: dict[str, Any]) -> Iterator[Parts]:
        ((kind, value),) = entry.items()
        readers = {
            "rotation": self.rotation,
            "point_group": self.point_group,
            "motion": self.motion,
            "mirror": self.mirror,
            "inversion": self.inversion,
            "permutation": self.permutation,
            "graph": self.graph,
            "lattice": self.lattice,
            "pauli": self.pauli,
            "charge": self.charge,
            "clifford": self.clifford,
            "matrix": self.matrix,
            "unitary": self.unitary,
        }
        return readers[kind](value)

    def rotation(self, value: Any) -> Iterator[Parts]:
        value = {"group": value} if isinstance(value, str) else value
        name = value["group"]
        if name not in ("SU(2)", "U(1)", "O(3)"):
            yield from self.point_group(value)
            return
        turning = self.turning(value)
        if not turning and name != "O(3)":
            raise Refused("no qubit turns")
        axes = [read_axis(value.get("axis"))] if name == "U(1)" else [read_axis(axis) for axis in "xyz"]
        for axis in axes:
            direction = unit(axis)
            spin = sum(
                (c * LETTERS[letter] for c, letter in zip(direction, "XYZ", strict=True)), start=0 * ONE
            )
            total = sum((on_qubits(spin / 2, (q,), self.n) for q in turning), start=0 * self.one)
            yield True, total, self.on_sites(cross_matrix(direction), self.moved(turning), np.zeros((3, 3)))
        if name == "O(3)":
            if value.get("parity") is None:
                raise Refused("O(3) needs a parity qubit")
            yield from self.inversion(value)

    def point_group(self, value: Any) -> Iterator[Parts]:
        value = {"group": value} if isinstance(value, str) else value
        axis = read_axis(value.get("axis"))
        motions = motions_of(value["group"])
        if not any(motion.improper for motion in motions):
            if value.get("parity") is not None:
                raise Refused("a group of rotations has no parity qubit")
            if not self.turning(value):
                raise Refused("no qubit turns")
        # Nothing moves, and the sites only turn where they are.
        if "moves" not in value and "positions" not in value:
            yield from self.motions(framed(motions, axis), value)
            return
        names, places = value.get("moves") or [], value.get("positions") or []
        if len(names) != len(places) or not names or len(set(names)) != len(names):
            raise Refused("moves and positions do not fit")
        points = np.array([[number(c).real for c in place] for place in places])
        if min([np.linalg.norm(a - b) for i, a in enumerate(points) for b in points[:i]], default=1) < CLOSE:
            raise Refused("two at one position")
        # The nearest position tells what goes where; if one is not met, the whole group is refused.
        for motion in framed(motions, axis):
            move = {}
            for name, point in zip(names, points, strict=True):
                gaps = [np.linalg.norm(motion.matrix @ point - other) for other in points]
                if min(gaps) > CLOSE:
                    raise Refused("the group does not map the positions onto one another")
                move[name] = names[int(np.argmin(gaps))]
            yield from self.joint(motion, move, value)

    def motion(self, value: dict[str, Any]) -> Iterator[Parts]:
        """One motion of space combined with one permutation."""
        improper = value.get("improper", False)
        if value.get("parity") is not None and not improper:
            raise Refused("a rotation has no parity qubit")
        turns = number(value.get("turns", 0)).real
        move = moves.cycles(value["cycles"])
        yield from self.joint(Motion(read_axis(value.get("axis")), turns, improper), move, value)

    def joint(self, motion: Motion, move: Move, value: dict[str, Any]) -> Iterator[Parts]:
        """The motion acts on spins and vectors, then sites are exchanged with their qubits, or qubits alone."""
        ((_, turned, on_vectors),) = self.motions([motion], value)
        ((_, exchanged, on_sites),) = self.moves([move], not self.sites)
        inside = [self.encode[self.sites.index(str(a))] if self.sites else (int(str(a)),) for a in move]
        if not {q for qubits in inside for q in qubits} <= {*self.turning(value)}:
            raise Refused("who moves does not turn")
        yield False, exchanged @ turned, on_sites @ on_vectors

    def mirror(self, value: dict[str, Any]) -> Iterator[Parts]:
        yield from self.motions([reflection(read_axis(value["normal"]))], value)

    def inversion(self, value: dict[str, Any]) -> Iterator[Parts]:
        """x -> -x on every site."""
        on_data = self.on_sites(INVERSION.matrix, range(len(self.sites)), np.eye(3))
        yield False, letter_on("Z", value["parity"], self.n), on_data

    def motions(self, motions: Sequence[Motion], value: dict[str, Any]) -> Iterator[Parts]:
        turning = self.turning(value)
        for motion in motions:
            unitary = reduce(np.matmul, (on_qubits(motion.spin, (q,), self.n) for q in turning), self.one)
            if motion.improper and value.get("parity") is not None:
                unitary = unitary @ letter_on("Z", value["parity"], self.n)
            yield False, unitary, self.on_sites(motion.matrix, self.moved(turning), np.eye(3))

    def turning(self, value: dict[str, Any]) -> tuple[int, ...]:
        """The named qubits. By default, those that carry sites; without sites, all except the parity qubit."""
        if value.get("qubits") is not None:
            if self.parity in value["qubits"]:
                raise Refused("the parity qubit does not turn")
            return tuple(value["qubits"])
        if self.sites:
            return tuple(q for qubits in self.encode for q in qubits)
        return tuple(q for q in range(self.n) if q != self.parity)

    def moved(self, turning: Sequence[int]) -> list[int]:
        """The sites whose qubits turn: all copies of a site, or none."""
        out = []
        for site, qubits in enumerate(self.encode):
            inside = [q in turning for q in qubits]
            if any(inside) and not all(inside):
                raise Refused("some copies of a site turn, others do not")
            if all(inside):
                out.append(site)
        return out

    def permutation(self, value: Any) -> Iterator[Parts]:
        if not isinstance(value, dict):
            value = {"cycles": value}
        if "cycles" in value:
            texts = [value["cycles"]] if isinstance(value["cycles"], str) else value["cycles"]
            on_qubits_ = not self.sites or value.get("on") == "qubits"
            read = [moves.cycles(text) for text in texts]
            if on_qubits_:
                read = [{int(str(a)): int(str(b)) for a, b in move.items()} for move in read]
            yield from self.moves(read, on_qubits_)
            return
        name, on = value["group"], value["on"]
        if isinstance(on, str):
            members, of_qubits = self.everyone(on)
            yield from self.moves(self.fit(lambda: moves.group_on_all(name, members)), of_qubits)
        else:
            yield from self.moves(
                self.fit(lambda: moves.group(name, on, value.get("carry", ()))), _numbers(on)
            )

    def graph(self, value: dict[str, Any]) -> Iterator[Parts]:
        colors = {key: [color] for key, color in value.get("colors", {}).items()}
        if "file" in value:
            nodes, edges, found = self.file(value)
            for node, color in found.items():
                colors[node] = [*colors.get(node, ()), color]
        else:
            edges = [(edge[0], edge[1], *(edge[2:] or [None])) for edge in value["edges"]]
            nodes = list(dict.fromkeys(node for a, b, _ in edges for node in (a, b)))
        by_name = {node: str(colors.get(str(node), colors.get(node))) for node in nodes}
        yield from self.moves(self.fit(lambda: moves.automorphisms(edges, nodes, by_name)), _numbers(nodes))

    def file(self, value: dict[str, Any]) -> tuple[list[Any], list[tuple[Any, Any, Any]], dict[Any, str]]:
        """Nodes, edges, and the colours of nodes, from a file."""
        text = (self.folder / value["file"]).read_text()
        on = value.get("on", "all")
        members = on if isinstance(on, list) else self.everyone(on)[0]
        # A molecule has no names: its atoms are the members in their order, and distances tell its bonds.
        if value["file"].endswith(".xyz"):
            rows = [line.split() for line in text.splitlines()[2:] if line.strip()]
            if len(rows) != len(members):
                raise Refused("another number of atoms than members")
            places = [np.array([float(c) for c in row[1:4]]) for row in rows]
            radii = [COVALENT[row[0]] for row in rows]
            pairs = [
                (a, b, None)
                for i, a in enumerate(members)
                for j, b in enumerate(members[:i])
                if np.linalg.norm(places[i] - places[j]) <= BOND * (radii[i] + radii[j])
            ]
            return list(members), pairs, {m: row[0] for m, row in zip(members, rows, strict=True)}
        root = ElementTree.fromstring(text)
        names = [node.attrib["id"] for node in root.iter() if node.tag.endswith("}node")]
        if "on" in value:
            if len(names) != len(members):
                raise Refused("another number of nodes than members")
            called = dict(zip(names, members, strict=True))
        else:
            called = {name: int(name) if all(n.isdigit() for n in names) else name for name in names}
        edges = [
            (called[e.attrib["source"]], called[e.attrib["target"]], None)
            for e in root.iter()
            if e.tag.endswith("}edge")
        ]
        return list(called.values()), edges, {}

    def lattice(self, value: dict[str, Any]) -> Iterator[Parts]:
        on = value.get("on", "all")
        members, of_qubits = (on, _numbers(on)) if isinstance(on, list) else self.everyone(on)
        group = value.get("group", "translations")
        yield from self.moves(
            self.fit(lambda: moves.lattice(value["shape"], group, value.get("periodic", True), members)),
            of_qubits,
        )

    def everyone(self, word: str) -> tuple[list[Any], bool]:
        """Every site, or every qubit except the parity qubit."""
        if word == "sites" or (word == "all" and self.sites):
            return list(self.sites), False
        return [q for q in range(self.n) if q != self.parity], True

    def fit(self, make: Any) -> list[Move]:
        try:
            return list(make())
        except moves.Unfit as error:
            raise Refused(str(error)) from None

    def moves(self, group: Sequence[Move], of_qubits: bool) -> Iterator[Parts]:
        """Qubits move with the sites they carry, the first copy with the first copy; and sites with their qubits."""
        for move in group:
            if of_qubits:
                on_qubits_ = {int(str(a)): int(str(b)) for a, b in move.items()}
                carriers = {frozenset(qubits): site for site, qubits in enumerate(self.encode)}
                moved = [frozenset(on_qubits_.get(q, q) for q in qubits) for qubits in self.encode]
                if not all(qubits in carriers for qubits in moved):
                    raise Refused("the copies of a site go to different sites")
                on_sites = {site: carriers[qubits] for site, qubits in enumerate(moved)}
            else:
                index = {name: site for site, name in enumerate(self.sites)}
                on_sites = {index[str(a)]: index[str(b)] for a, b in move.items()}
                on_qubits_ = {}
                for a, b in on_sites.items():
                    if len(self.encode[a]) != len(self.encode[b]) or self.scale(a) != self.scale(b):
                        raise Refused("these sites cannot be exchanged")
                    on_qubits_.update(zip(self.encode[a], self.encode[b], strict=True))
            yield False, self.permuted(on_qubits_), self.exchanged(on_sites)

    def scale(self, site: int) -> str:
        return next(name for name, members in self.scales.items() if self.sites[site] in members)

    def permuted(self, move: dict[int, int]) -> Array:
        """The matrix that takes what qubit q carries to qubit move[q]."""
        out = np.zeros((1 << self.n, 1 << self.n), dtype=complex)
        for bits in range(1 << self.n):
            image = sum((bits >> q & 1) << move.get(q, q) for q in range(self.n))
            out[image, bits] = 1
        return out

    def exchanged(self, move: dict[int, int]) -> Array:
        out = np.zeros((3 * len(self.sites), 3 * len(self.sites)))
        for site in range(len(self.sites)):
            image = move.get(site, site)
            out[3 * image : 3 * image + 3, 3 * site : 3 * site + 3] = np.eye(3)
        return out

    def pauli(self, value: Any) -> Iterator[Parts]:
        for text in [value] if isinstance(value, str) else value:
            yield False, operator(text, self.n), self.at_rest

    def charge(self, value: str) -> Iterator[Parts]:
        yield True, operator(value, self.n), 0 * self.at_rest

    def clifford(self, value: str) -> Iterator[Parts]:
        """The first gate acts first; a one-qubit gate may list several qubits."""
        total = self.one
        for gate in value.split(";"):
            name, *qubits = re.split(r"[\s,]+", gate.strip())
            matrix = np.array(GATES[name.upper()], dtype=complex)
            places = [int(q) for q in qubits]
            for on in [(q,) for q in places] if len(matrix) == 2 else [tuple(places)]:
                total = on_qubits(matrix, on, self.n) @ total
        yield False, self.moving(total), self.at_rest

    def matrix(self, value: dict[str, Any]) -> Iterator[Parts]:
        rows = np.array([[number(entry) for entry in row] for row in value["rows"]])
        yield False, self.moving(on_qubits(rows, tuple(value["qubits"]), self.n)), self.at_rest

    def unitary(self, value: dict[str, Any]) -> Iterator[Parts]:
        total = self.one
        for text in value["factors"]:
            total = operator(text, self.n) @ total
        yield False, self.moving(total), self.at_rest

    def moving(self, unitary: Array) -> Array:
        """The unitary itself, unless it is the identity up to a phase."""
        if np.allclose(unitary, unitary[0, 0] * self.one):
            raise Refused("it is the identity up to a phase")
        return unitary

    @property
    def one(self) -> Array:
        return np.eye(1 << self.n, dtype=complex)

    @property
    def at_rest(self) -> Array:
        return np.eye(3 * len(self.sites))

    def on_sites(self, matrix: Array, moved: Sequence[int], otherwise: Array) -> Array:
        """One matrix on the moved sites, and another one on the rest."""
        out = np.zeros((3 * len(self.sites), 3 * len(self.sites)))
        for site in range(len(self.sites)):
            out[3 * site : 3 * site + 3, 3 * site : 3 * site + 3] = matrix if site in moved else otherwise
        return out


def _numbers(members: Any) -> bool:
    """Whether the members are qubits."""
    first = members[0]
    return _numbers(first) if isinstance(first, list) else isinstance(first, int)
