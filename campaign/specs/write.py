"""Random specs: one to four entries of every kind, in any order, and the same group declared in two ways."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from campaign.specs import moves

Entry: TypeAlias = dict[str, Any]

SIZES = {1: 2, 2: 22, 3: 44, 4: 26, 5: 4, 6: 2}
"""Sizes of the register, and how often they are chosen."""

AXES: tuple[Any, ...] = ("x", "y", "z", [1, 1, 0], [1, 1, 1], [0, 3, 4], [1, 2, 2], [0, 0, -1], [-1, 0, 0], [1, -1, 0],
                         [0, "sqrt(3)/2", "1/2"])  # fmt: skip
PROPER = ("C_2", "C_3", "C_4", "C_5", "C_6", "C_8", "D_2", "D_3", "D_4", "D_5", "D_6", "T", "O", "I")
IMPROPER = ("C_s", "C_i", "C2v", "C_3v", "C_4v", "C2h", "C_3h", "C_4h", "D2h", "D_3h", "D_4h", "D2d", "D_3d", "S_4",
            "S6", "Td", "T_h", "Oh", "I_h")  # fmt: skip
_TRIANGLE = [[1, 0, 2], ["-1/2", "sqrt(3)/2", 2], ["-1/2", "-sqrt(3)/2", 2]]
_FLAT = [[x, y, 0] for x, y, _ in _TRIANGLE]
CORNERS: dict[str, list[list[Any]]] = {
    "C_i": [[1, 2, 3], [-1, -2, -3]],
    "C_s": [[1, 2, 3], [1, 2, -3]],
    "C_2": [[1, 2, 3], [-1, -2, 3]],
    "C2v": [[0, 3, 1], [0, -3, 1], [0, 0, 1]],
    "C_3": _TRIANGLE,
    "C_3v": _TRIANGLE,
    "D_3": _FLAT,
    "D_3h": _FLAT,
    "C_4v": [[1, 0, 1], [0, 1, 1], [-1, 0, 1], [0, -1, 1]],
    "T": [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
    "Td": [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
}
"""Points that a group about z maps onto one another; a fixed point may be among them."""

RARE = ("I", "I_h", "C_5", "D_5", "C_8", "D_3d")
"""Groups whose exact numbers lie in larger fields; one in three of them is kept."""


@dataclass(frozen=True)
class Case:
    """One group, declared once or twice.

    Attributes:
        texts: specs in YAML, which all declare the same group.
        files: names and contents of the files that they read.
        kinds: kinds of the entries of the first text.
        spoilt: why every text must be refused; empty for a right spec.
    """

    texts: tuple[str, ...]
    files: dict[str, str]
    kinds: tuple[str, ...]
    spoilt: str = ""


@dataclass
class _Writer:
    """What the entries of one spec have in common."""

    dice: Random
    n: int
    sites: list[str]
    encode: Any
    carriers: dict[str, list[int]]
    parity: int | None
    files: dict[str, str]
    scales: dict[str, list[str]] | None = None

    @property
    def rest(self) -> list[int]:
        """All qubits except the parity qubit."""
        return [q for q in range(self.n) if q != self.parity]

    def some(self, values: Sequence[Any], least: int = 1) -> list[Any]:
        return self.dice.sample(list(values), self.dice.randint(min(least, len(values)), len(values)))

    def turning(self, entry: Entry) -> Entry:
        """The entry, sometimes with the qubits that turn: all copies of some sites, and qubits that carry none."""
        if self.dice.random() < 0.75:
            return entry
        free = [q for q in self.rest if q not in {c for qubits in self.carriers.values() for c in qubits}]
        qubits = [q for site in self.some(self.sites) for q in self.carriers[site]] if self.sites else []
        qubits += self.some(free, 0 if qubits else 1) if free else []
        return entry | {"qubits": self.dice.sample(qubits, len(qubits))} if qubits else entry

    def placed(self, entry: Entry, about: str = "axis") -> Entry:
        if self.dice.random() < 0.5:
            entry = entry | {about: self.dice.choice(AXES)}
        return self.turning(entry)

    def with_parity(self, entry: Entry) -> Entry:
        return (
            entry | {"parity": self.parity} if self.parity is not None and self.dice.random() < 0.8 else entry
        )

    def symbol(self, symbols: Sequence[str]) -> str:
        name = self.dice.choice(symbols)
        return self.dice.choice(symbols) if name in RARE and self.dice.random() < 0.67 else name

    def rotation(self) -> Entry:
        kind = self.dice.choice(["SU(2)", "U(1)", "point", "point", "O(3)"])
        if kind == "O(3)" and self.parity is not None:
            return {"rotation": self.turning({"group": "O(3)", "parity": self.parity})}
        if kind == "U(1)":
            return {"rotation": _short(self.placed({"group": "U(1)"}))}
        if kind == "point":
            return {"rotation": _short(self.placed({"group": self.symbol(PROPER)}))}
        return {"rotation": _short(self.turning({"group": "SU(2)"}))}

    def point_group(self) -> Entry:
        if self.dice.random() < 0.35 and (molecule := self.molecule()) is not None:
            return {"point_group": molecule}
        symbol = self.symbol(PROPER if self.dice.random() < 0.2 else IMPROPER)
        entry = self.placed({"group": symbol})
        return {"point_group": _short(entry if symbol in PROPER else self.with_parity(entry))}

    def molecule(self) -> Entry | None:
        """A point group with members at corners that it maps onto one another, in any order."""
        members = self.everyone(1)
        if members is None:
            return None
        turned = list(self.sites) if self.sites else self.rest
        members = [member for member in members if member in turned]
        fitting = [name for name, corners in CORNERS.items() if len(corners) <= len(members)]
        if not fitting:
            return None
        name = self.dice.choice(fitting)
        corners = self.dice.sample(CORNERS[name], len(CORNERS[name]))
        entry: Entry = {"group": name, "moves": members[: len(corners)], "positions": corners}
        return entry if name in PROPER else self.with_parity(entry)

    def motion(self) -> Entry | None:
        members = self.everyone()
        if members is None or (not self.sites and self.parity in members):
            return None
        entry: Entry = {"cycles": f"({' '.join(map(str, members))})"}
        if self.dice.random() < 0.8:
            entry |= {
                "turns": self.dice.choice(["1/2", "1/3", "2/3", "-1/4", 0.5, 1]),
                "axis": self.dice.choice(AXES),
            }
        if self.dice.random() < 0.5:
            entry = self.with_parity(entry | {"improper": True})
        return {"motion": entry}

    def mirror(self) -> Entry:
        return {"mirror": self.with_parity(self.turning({"normal": self.dice.choice(AXES)}))}

    def inversion(self) -> Entry | None:
        return {"inversion": {"parity": self.parity}} if self.sites and self.parity is not None else None

    def everyone(self, at_least: int = 2) -> list[Any] | None:
        """Members to permute: sites, or without data, qubits."""
        members: list[Any] = list(self.sites) if self.sites else list(range(self.n))
        if len(members) < at_least:
            return None
        return self.dice.sample(members, self.dice.randint(at_least, len(members)))

    def permutation(self) -> Entry | None:
        """One of the ways in which a spec declares permutations; a form that needs more members becomes cycles."""
        members = self.everyone()
        if members is None:
            return None
        form = self.dice.choice(["cycles", "named", "all", "wreath", "product", "qubits"])
        if form == "all":
            count = len(self.sites) if self.sites else len(self.rest)
            names = [
                f"{c}_{self.dice.choice(['n', count])}" for c, least in moves_of(count) if least <= count
            ]
            if count == 4:
                names.append("S_2 wr S_2")
            if count in (4, 5):
                names.append(f"S_2 x S_{count - 2}")
            word = self.dice.choice(["all", "sites" if self.sites else "qubits"])
            return {"permutation": {"group": self.dice.choice(names), "on": word}} if names else None
        if form == "wreath" and len(members) >= 4:
            blocks = [members[:2], members[2:4]]
            carry = (
                {"carry": [[members[4]], [members[5]]]}
                if len(members) == 6 and self.dice.random() < 0.5
                else {}
            )
            name = self.dice.choice(["S_2 wr S_2", "S_2 wr C_2", "C_2 wr S_n", "S_n wr S_2"])
            return {"permutation": {"group": name, "on": blocks} | carry}
        if form == "product" and len(members) >= 4:
            cut = self.dice.randint(2, len(members) - 2)
            return {"permutation": {"group": "S_n x C_n", "on": [members[:cut], members[cut:]]}}
        if form == "named":
            letters = [c for c, least in moves_of(len(members)) if least <= len(members)]
            number = self.dice.choice(["n", len(members)])
            return {"permutation": {"group": f"{self.dice.choice(letters)}_{number}", "on": members}}
        if form == "qubits" and self.sites:
            return self.on_qubits(members)
        cut = self.dice.choice([0, 2]) if len(members) >= 4 else 0
        parts = [part for part in (members[:cut], members[cut:]) if part]
        text = "".join(f"({' '.join(map(str, part))})" for part in parts)
        return {"permutation": self.dice.choice([text, [text], {"cycles": [text], "name": "some name"}])}

    def on_qubits(self, sites: Sequence[str]) -> Entry:
        """The cycle of sites, declared on their qubits."""
        rows = zip(*(self.carriers[site] for site in sites), strict=True)
        text = "".join(f"({' '.join(map(str, row))})" for row in rows)
        return {"permutation": {"cycles": [text], "on": "qubits"}}

    def graph(self) -> Entry | None:
        nodes = self.everyone()
        if nodes is None:
            return None
        pairs = [[a, b] for k, b in enumerate(nodes) for a in nodes[:k]]
        edges = self.some(pairs)
        if self.dice.random() < 0.25:
            edges = [[*edge, self.dice.choice(["single", "double"])] for edge in edges]
        entry: Entry = {"edges": edges}
        inside = sorted({str(node) for edge in edges for node in edge[:2]})
        if self.dice.random() < 0.3:
            entry["colors"] = {node: self.dice.choice(["red", "blue"]) for node in self.some(inside)}
        plain = not any(len(edge) > 2 for edge in edges)
        if plain and self.dice.random() < 0.25:
            return {"graph": self.graph_file(edges, nodes, entry)}
        return {"graph": entry}

    def graph_file(self, edges: Sequence[Any], nodes: Sequence[Any], entry: Entry) -> Entry:
        """The same graph from a GraphML file, or some molecule on all members."""
        members = list(self.sites) if self.sites else self.rest
        name = f"g{len(self.files)}"
        if self.dice.random() < 0.5 and len(members) <= 6:
            atoms = [
                (self.dice.choice("HC"), k % 2 + self.dice.choice([0.0, 0.1]), k // 2 * 1.1)
                for k in range(len(members))
            ]
            rows = [f"{symbol} {x:.3f} {y:.3f} 0.0" for symbol, x, y in atoms]
            self.files[f"{name}.xyz"] = "\n".join([str(len(rows)), "some atoms", *rows]) + "\n"
            return {"file": f"{name}.xyz"}
        self.files[f"{name}.graphml"] = (
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">'
            + "".join(f'<node id="{node}"/>' for node in nodes)
            + "".join(f'<edge source="{a}" target="{b}"/>' for a, b in edges)
            + "</graph></graphml>\n"
        )
        return {"file": f"{name}.graphml"} | {key: entry[key] for key in ("colors",) if key in entry}

    def lattice(self) -> Entry | None:
        count = len(self.sites) if self.sites else len(self.rest)
        shapes: list[list[int]] = [[count]] if count >= 2 else []
        shapes += [[a, count // a] for a in range(1, count + 1) if count % a == 0 and count > 1]
        if not shapes:
            return None
        shape = self.dice.choice(shapes)
        names = ["dihedral"] if len(shape) == 1 else ["p2", "pmm"]
        if len(shape) == 2 and shape[0] == shape[1]:
            names += ["p4", "p4m"] * 3
        entry: Entry = {"shape": shape, "group": self.dice.choice(names)}
        form = self.dice.random()
        if form < 0.3:
            del entry["group"]
        elif form < 0.5:
            entry["periodic"] = False
        if self.dice.random() < 0.3:
            entry["on"] = self.dice.sample(list(self.sites) if self.sites else self.rest, count)
        return {"lattice": entry}

    def string(self) -> str:
        return " ".join(f"{self.dice.choice('XYZ')}{q}" for q in sorted(self.some(range(self.n))))

    def pauli(self) -> Entry:
        strings = list(dict.fromkeys(self.string() for _ in range(self.dice.choice([1, 1, 2, 3]))))
        return {"pauli": strings if len(strings) > 1 or self.dice.random() < 0.3 else strings[0]}

    def charge(self) -> Entry:
        if self.n >= 2 and self.dice.random() < 0.3:
            a, b = self.dice.sample(range(self.n), 2)
            return {
                "charge": self.dice.choice(
                    [f"X{a} X{b} + Z{a} Z{b}", f"H({a},{b})", f"Y{a} Y{b} - 2*Z{a} Z{b}"]
                )
            }
        letter = self.dice.choice("XYZ")
        factors = ["", "", "2*", "3*", "1/2*", "0.5*"]
        terms = [f"{self.dice.choice(factors)}{letter}{q}" for q in self.some(range(self.n))]
        return {
            "charge": "".join(
                t if k == 0 else self.dice.choice([" + ", " - "]) + t for k, t in enumerate(terms)
            )
        }

    def clifford(self) -> Entry:
        gates = []
        for _ in range(self.dice.randint(1, 3)):
            if self.n >= 2 and self.dice.random() < 0.5:
                a, b = self.dice.sample(range(self.n), 2)
                gates.append(f"{self.dice.choice(['CX', 'CZ', 'SWAP', 'ISWAP'])} {a} {b}")
            else:
                qubits = self.some(range(self.n))
                gates.append(
                    f"{self.dice.choice(['H', 'S', 'SDG', 'SX', 'X', 'Y', 'Z'])} {' '.join(map(str, qubits))}"
                )
        return {"clifford": "; ".join(gates)}

    def matrix(self) -> Entry:
        name = self.dice.choice([name for name, size in MATRICES_SIZE.items() if size <= self.n])
        qubits = self.dice.sample(range(self.n), MATRICES_SIZE[name])
        entry: Entry = {"qubits": qubits, "rows": MATRICES[name]}
        return {"matrix": entry | {"name": name} if self.dice.random() < 0.5 else entry}

    def unitary(self) -> Entry:
        factors = []
        for q in self.some(range(self.n)):
            forms = [f"X{q}", f"Z{q}", f"sqrt(2)/2*X{q} + sqrt(2)/2*Z{q}", f"1/2*(1 + i) + 1/2*(1 - i)*Z{q}"]
            if self.n >= 2:
                other = self.dice.choice([p for p in range(self.n) if p != q])
                forms += [f"1/2 + 1/2*H({q},{other})", f"X{q} Y{other}"]
            factors.append(self.dice.choice(forms))
        return {"unitary": {"name": "a product", "factors": factors}}


_H = "sqrt(2)/2"
MATRICES: dict[str, list[list[Any]]] = {
    "flip": [[0, 1], [1, 0]],
    "hadamard": [[_H, _H], [_H, "-sqrt(2)/2"]],
    "third": [[1, 0], [0, "exp(2*pi*i/3)"]],
    "eighth": [["exp(i*pi/8)", 0], [0, "exp(-i*pi/8)"]],
    "turn": [["cos(pi/5)", "-i*sin(pi/5)"], ["-i*sin(pi/5)", "cos(pi/5)"]],
    "cycle": [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0]],
    "controlled": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, "-i"], [0, 0, "i", 0]],
    "toffoli": [[int(a == b) if a < 6 else int(a + b == 13) for b in range(8)] for a in range(8)],
}
MATRICES_SIZE = {name: len(rows).bit_length() - 1 for name, rows in MATRICES.items()}

KINDS: dict[str, Callable[[_Writer], Entry | None]] = {
    "rotation": _Writer.rotation,
    "point_group": _Writer.point_group,
    "mirror": _Writer.mirror,
    "inversion": _Writer.inversion,
    "motion": _Writer.motion,
    "permutation": _Writer.permutation,
    "graph": _Writer.graph,
    "lattice": _Writer.lattice,
    "pauli": _Writer.pauli,
    "charge": _Writer.charge,
    "clifford": _Writer.clifford,
    "matrix": _Writer.matrix,
    "unitary": _Writer.unitary,
}
"""Writers for every kind of entry in the schema."""

SPACE = ("rotation", "point_group", "mirror", "inversion", "permutation", "rotation", "mirror")


def moves_of(count: int) -> list[tuple[str, int]]:
    """Letters of named groups and their smallest n."""
    return [("S", 2), ("A", 3), ("C", 2), ("D", 3)] if count > 1 else []


def _short(entry: Entry) -> Any:
    """A group without further keys is written as a word alone."""
    return entry["group"] if len(entry) == 1 else entry


def _long(value: Any, key: str = "group") -> Entry:
    return {key: value} if isinstance(value, str) else dict(value)


def case(number: int, seed: int) -> Case:
    """The case with this number; the same for the same seed, whatever ran before."""
    dice = Random(f"{seed}/spec/{number}")
    n = dice.choices(list(SIZES), list(SIZES.values()))[0]
    parity = dice.randrange(n) if n > 1 and dice.random() < 0.6 else None
    writer = (
        _with_data(dice, n, parity) if dice.random() < 0.45 else _Writer(dice, n, [], None, {}, parity, {})
    )
    entries: list[Entry] = []
    wanted = dice.choices([1, 2, 3, 4], [3, 4, 3, 2])[0]
    while len(entries) < wanted:
        kind = dice.choice(SPACE if dice.random() < 0.35 else list(KINDS))
        entry = KINDS[kind](writer)
        if entry is None or entry in entries:
            continue
        if parity is None or entries or _declared_parity([entry]) is not None:
            entries.append(entry)  # the first one names the parity qubit, if there is one
    dice.shuffle(entries)
    spoilt = ""
    if dice.random() < 0.06:
        spoilt = _spoil(entries, writer)
    texts = [_text(number, writer, entries)]
    if not spoilt and dice.random() < 0.7:
        texts.append(_text(number, writer, otherwise(entries, writer)))
    kinds = tuple(next(iter(entry)) for entry in entries)
    return Case(tuple(texts), writer.files, kinds, spoilt)


def _with_data(dice: Random, n: int, parity: int | None) -> _Writer:
    free = [q for q in range(n) if q != parity]
    count = dice.randint(1, len(free))
    copies = dice.randint(1, len(free) // count)
    sites = ["A", "B", "C", "D", "E", "F"][:count]
    if dice.random() < 0.2:
        carriers = {site: [free[copy * count + k] for copy in range(copies)] for k, site in enumerate(sites)}
        derive: Any = "derive" if copies == len(free) // count else {"derive": {"copies": copies}}
        return _Writer(dice, n, sites, derive, carriers, parity, {})
    places = dice.sample(free, count * copies)
    carriers = {site: places[k * copies : (k + 1) * copies] for k, site in enumerate(sites)}
    cut = dice.randint(1, count - 1) if count > 1 and dice.random() < 0.2 else 0
    scales = {"a": sites[:cut], "b": sites[cut:]} if cut else None
    return _Writer(dice, n, sites, carriers, carriers, parity, {}, scales)


def _spoil(entries: list[Entry], writer: _Writer) -> str:
    """Turn the entries into a wrong spec, in one of the ways that docs/spec.md names, and return what is wrong."""
    named = _declared_parity(entries)
    if named is None:
        if writer.sites or writer.n < 2:
            return ""
        entries[:] = [{"permutation": {"group": f"S_{writer.n + 2}", "on": "all"}}]
        return "another number of members"
    how = writer.dice.choice(["turns", "two", "carries"])
    if how == "turns":
        entries.insert(
            writer.dice.randint(0, len(entries)), {"rotation": {"group": "SU(2)", "qubits": [named]}}
        )
        return "the parity qubit turns"
    other = next(q for q in range(writer.n) if q != named)
    if (
        how == "carries"
        and writer.sites
        and isinstance(writer.encode, dict)
        and "derive" not in writer.encode
    ):
        other = writer.carriers[writer.sites[0]][0]
        entries[:] = [{"mirror": {"normal": "x", "parity": other}}]
        return "the parity qubit carries a site"
    entries.append({"mirror": {"normal": "y", "qubits": [named], "parity": other}})
    return "two parity qubits"


def _declared_parity(entries: Sequence[Entry]) -> int | None:
    values = [value for entry in entries for value in entry.values() if isinstance(value, dict)]
    return next((value["parity"] for value in values if value.get("parity") is not None), None)


def _text(number: int, writer: _Writer, entries: Sequence[Entry]) -> str:
    """The spec in YAML, with each entry in flow style."""
    lines = [f"name: spec_{number}", f"qubits: {writer.n}"]
    if writer.sites:
        scales = f", scales: {json.dumps(writer.scales)}" if writer.scales else ""
        lines.append(
            f"data: {{sites: {json.dumps(writer.sites)}, encode: {json.dumps(writer.encode)}{scales}}}"
        )
    lines.append("symmetry:")
    lines += [f"  - {kind}: {json.dumps(value)}" for entry in entries for kind, value in entry.items()]
    return "\n".join(lines) + "\n"


def otherwise(entries: Sequence[Entry], writer: _Writer) -> list[Entry]:
    """The same group, declared by other entries in another order."""
    out: list[Entry] = []
    for entry in entries:
        ((kind, value),) = entry.items()
        said = _OTHERWISE[kind](value, writer, _declared_parity(entries)) if kind in _OTHERWISE else None
        out += [entry] if said is None or writer.dice.random() < 0.15 else said
    if _declared_parity(out) != _declared_parity(entries):
        out = list(entries)
    out = [entry for k, entry in enumerate(out) if entry not in out[:k]]
    return writer.dice.sample(out, len(out))


def _space(value: Any, writer: _Writer, parity: int | None) -> list[Entry] | None:
    """Rotations and point groups, declared by smaller ones."""
    entry = _long(value)
    if "moves" in entry:
        return _molecule(entry, writer)
    group, axis = entry["group"].replace("_", ""), entry.get("axis", "z")
    where = {key: entry[key] for key in ("qubits",) if key in entry}
    reflected = where | {key: entry[key] for key in ("parity",) if key in entry}
    dice = writer.dice
    if "qubits" not in where and dice.random() < 0.5:
        default = [q for site in writer.sites for q in writer.carriers[site]] or [
            q for q in range(writer.n) if q != parity
        ]
        if default:
            where["qubits"] = reflected["qubits"] = default
    # O(3) is SU(2) with any one reflection. Where vectors turn, only the inversion reflects all of them alike.
    if group == "O(3)":
        turn: Entry = {"rotation": {"group": "SU(2)"} | where}
        if writer.sites and set(where.get("qubits", ())) >= {
            q for qs in writer.carriers.values() for q in qs
        }:
            return [turn, {"inversion": {"parity": entry["parity"]}}]
        return [turn, {"mirror": {"normal": "x"} | reflected}, {"point_group": {"group": "C_i"} | reflected}][
            : dice.choice([2, 3])
        ]
    # Two axes generate all rotations.
    if group == "SU(2)":
        return [{"rotation": {"group": "U(1)", "axis": a} | where} for a in dice.sample("xyz", 2)]
    if group == "U(1)":
        longer = [2 if c == 1 else c for c in [1, 0, 0]]
        named = {"x": longer, "y": [0, 3, 0], "z": [0, 0, "1/2"]}
        return [
            {
                "rotation": {
                    "group": "U(1)",
                    "axis": named[axis] if isinstance(axis, str) else [f"-2*({c})" for c in axis],
                }
                | where
            }
        ]
    parts = _parts(group, axis)
    if parts is None:
        return (
            [{"point_group": entry}]
            if writer.dice.random() < 0.5
            else [{"point_group": {"group": group} | {k: v for k, v in entry.items() if k != "group"}}]
        )
    out: list[Entry] = []
    for kind, part in parts:
        improper = kind == "mirror" or part["group"] in ("C_i", "Ci") or part["group"].startswith("S")
        out.append({kind: part | (reflected if improper else where)})
    return out


def _molecule(entry: Entry, writer: _Writer) -> list[Entry]:
    """The members in another order, twice as far away."""
    order = writer.dice.sample(range(len(entry["moves"])), len(entry["moves"]))
    positions = [[f"2*({c})" for c in entry["positions"][k]] for k in order]
    return [{"point_group": entry | {"moves": [entry["moves"][k] for k in order], "positions": positions}}]


def _motion(value: Entry, writer: _Writer, parity: int | None) -> list[Entry]:
    """A full turn less, or the opposite turn about the opposite axis."""
    turns, axis = value.get("turns", 0), value.get("axis", "z")
    if isinstance(axis, str) or writer.dice.random() < 0.5:
        return [{"motion": value | {"turns": f"{turns} - 1"}}]
    return [{"motion": value | {"turns": f"-1*({turns})", "axis": [f"-2*({c})" for c in axis]}}]


def _parts(group: str, axis: Any) -> list[tuple[str, Entry]] | None:
    """Generators of a group; for a group with a twofold axis along x, only about z."""
    about: Entry = {} if axis == "z" else {"axis": axis}
    inversion = ("point_group", {"group": "C_i"})
    if group in ("Th", "Oh", "Ih"):
        return [("rotation", {"group": group[0]} | about), inversion]
    if group == "Cs":
        return [("mirror", {"normal": axis})]
    if group == "C6":
        return [("rotation", {"group": "C_2"} | about), ("rotation", {"group": "C_3"} | about)]
    if group[0] == "C" and group[-1] == "h":
        return [("rotation", {"group": f"C_{group[1:-1]}"} | about), ("mirror", {"normal": axis})]
    if group == "O" and axis == "z":
        return [("rotation", {"group": "T"}), ("rotation", {"group": "C_4", "axis": "y"})]
    if group == "T" and axis == "z":
        return [("rotation", {"group": "D_2"}), ("rotation", {"group": "C_3", "axis": [1, 1, 1]})]
    if group == "Td" and axis == "z":
        return [("point_group", {"group": "S_4"}), ("rotation", {"group": "C_3", "axis": [1, 1, 1]})]
    if axis != "z" or not group[1:].rstrip("hvd").isdigit():
        return None
    n = group[1:].rstrip("hvd")
    turn, flip = ("rotation", {"group": f"C_{n}"}), ("rotation", {"group": "C_2", "axis": "x"})
    return {
        "D": [turn, flip],
        "Dh": [("rotation", {"group": f"D_{n}"}), ("mirror", {"normal": "z"})],
        "Dd": [("point_group", {"group": f"S_{2 * int(n)}"}), flip],
        "Cv": [turn, ("mirror", {"normal": "y"})],
    }.get(group[0] + (group[-1] if not group[-1].isdigit() else ""))


def _mirror(value: Entry, writer: _Writer, parity: int | None) -> list[Entry]:
    rest = {key: v for key, v in value.items() if key != "normal"}
    return [{"point_group": {"group": "C_s", "axis": value["normal"]} | rest}]


def _inversion(value: Entry, writer: _Writer, parity: int | None) -> list[Entry]:
    return [{"point_group": {"group": "C_i"} | value}]


def _permutation(value: Any, writer: _Writer, parity: int | None) -> list[Entry] | None:
    """A named group, declared by its cycles: one entry for all of them, or one for each."""
    if not isinstance(value, dict) or "cycles" in value:
        text = value if isinstance(value, str) else (value["cycles"] if isinstance(value, dict) else value)[0]
        if isinstance(value, dict) and value.get("on") == "qubits":
            return None
        return [{"permutation": {"cycles": text, "name": "called otherwise"}}]
    on = value["on"]
    members = [q for q in range(writer.n) if q != parity]
    if isinstance(on, str):
        group = moves.group_on_all(value["group"], list(writer.sites) if writer.sites else members)
    else:
        group = moves.group(value["group"], on, value.get("carry", ()))
    return _as_cycles(group, writer)


def _as_cycles(group: Sequence[moves.Move], writer: _Writer) -> list[Entry]:
    texts = [text for text in dict.fromkeys(_cycles(move) for move in group) if text]
    if len(texts) > 1 and writer.dice.random() < 0.5:
        return [{"permutation": [text]} for text in texts]
    return [{"permutation": texts}] if texts else []


def _cycles(move: moves.Move) -> str:
    seen: set[Any] = set()
    out = ""
    for start in move:
        cycle = []
        while start not in seen and start in move:
            seen.add(start)
            cycle.append(start)
            start = move[start]
        out += f"({' '.join(map(str, cycle))})" if len(cycle) > 1 else ""
    return out


def _lattice(value: Entry, writer: _Writer, parity: int | None) -> list[Entry] | None:
    members = value.get("on") or list(writer.sites) or [q for q in range(writer.n) if q != parity]
    group = moves.lattice(
        value["shape"], value.get("group", "translations"), value.get("periodic", True), members
    )
    return _as_cycles(group, writer) or None


def _graph(value: Entry, writer: _Writer, parity: int | None) -> list[Entry] | None:
    if "file" in value or "colors" in value:
        return None
    edges = [(edge[0], edge[1], *(edge[2:] or [None])) for edge in value["edges"]]
    nodes = list(dict.fromkeys(node for a, b, _ in edges for node in (a, b)))
    return _as_cycles(moves.automorphisms(edges, nodes, {}), writer) or None


def _pauli(value: Any, writer: _Writer, parity: int | None) -> list[Entry]:
    strings = [value] if isinstance(value, str) else value
    form = writer.dice.choice(["alone", "clifford", "unitary"])
    if form == "alone" and len(strings) > 1:
        return [{"pauli": text} for text in strings]
    if form == "clifford":
        return [{"clifford": "; ".join(f"{word[0]} {word[1:]}" for word in text.split())} for text in strings]
    return [{"unitary": {"name": f"string {k}", "factors": [text]}} for k, text in enumerate(strings)]


def _charge(value: str, writer: _Writer, parity: int | None) -> list[Entry]:
    return [{"charge": writer.dice.choice([f"-1*({value})", f"2*({value})", f"1 + 3*({value})"])}]


def _clifford(value: str, writer: _Writer, parity: int | None) -> list[Entry] | None:
    """The inverse, or a permutation, or one-qubit gates as matrices."""
    gates = [gate.split() for gate in value.split(";")]
    inverses = {"S": "SDG", "SDG": "S"} | {name: name for name in ("H", "X", "Y", "Z", "CX", "CZ", "SWAP")}
    if len(gates) == 1 and gates[0][0] == "SWAP" and not writer.sites:
        return [{"permutation": f"({gates[0][1]} {gates[0][2]})"}]
    if len(gates) == 1 and len(gates[0]) == 2 and gates[0][0] in ("H", "X"):
        rows = MATRICES["hadamard" if gates[0][0] == "H" else "flip"]
        return [{"matrix": {"qubits": [int(gates[0][1])], "rows": rows}}]
    if any(gate[0] not in inverses for gate in gates):
        return None
    return [{"clifford": "; ".join(" ".join([inverses[name], *on]) for name, *on in reversed(gates))}]


def _matrix(value: Entry, writer: _Writer, parity: int | None) -> list[Entry] | None:
    rows, qubits = value["rows"], value["qubits"]
    if rows == MATRICES["flip"]:
        return [{"pauli": f"X{qubits[0]}"}]
    if rows == MATRICES["hadamard"]:
        return [{"unitary": {"name": "h", "factors": [f"sqrt(2)/2*(X{qubits[0]} + Z{qubits[0]})"]}}]
    if len(qubits) == 2:
        order = [0, 2, 1, 3]
        return [{"matrix": {"qubits": qubits[::-1], "rows": [[rows[a][b] for b in order] for a in order]}}]
    return None


def _unitary(value: Entry, writer: _Writer, parity: int | None) -> list[Entry]:
    return [{"unitary": {"name": "with phases", "factors": [f"i*({text})" for text in value["factors"]]}}]


_OTHERWISE: dict[str, Callable[[Any, _Writer, int | None], list[Entry] | None]] = {
    "rotation": _space,
    "point_group": _space,
    "mirror": _mirror,
    "motion": _motion,
    "inversion": _inversion,
    "permutation": _permutation,
    "graph": _graph,
    "lattice": _lattice,
    "pauli": _pauli,
    "charge": _charge,
    "clifford": _clifford,
    "matrix": _matrix,
    "unitary": _unitary,
}
