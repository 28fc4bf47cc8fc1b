"""The catalogue: groups of every kind on 2 to 6 qubits, each as a spec and, independently, as plain elements."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

import eqcompile as eq
from campaign import groups as g
from campaign.elements import PI, Element
from eqcompile.declaration.lift import symmetry_of


@dataclass(frozen=True)
class Entry:
    """One group.

    Attributes:
        name: name of the group, for tables.
        qubits: size of the register.
        symmetry: the entries of the spec.
        elements: elements that generate the group, for the oracle.
        encode: the qubits of each site; empty without data.
        locality: locality of the generators that are derived.
        axes: coordinates that circuits may take as angles; others would mix with irrational factors.
        vectors: whether circuits may hold vector encodings.
        parity: the parity qubit of vector encodings.
    """

    name: str
    qubits: int
    symmetry: tuple[str, ...]
    elements: tuple[Element, ...]
    encode: tuple[tuple[int, ...], ...] = ()
    locality: int = 2
    axes: str = "xyz"
    vectors: bool = False
    parity: int | None = None

    @property
    def sites(self) -> tuple[str, ...]:
        """Names of the sites: A, B, ..."""
        return tuple("ABCDEF"[: len(self.encode)])

    @property
    def spec_text(self) -> str:
        """The spec, in YAML."""
        lines = [f"name: campaign\nqubits: {self.qubits}"]
        if self.encode:
            places = ", ".join(f"{site}: {list(q)}" for site, q in zip(self.sites, self.encode, strict=True))
            lines.append(f"data:\n  sites: [{', '.join(self.sites)}]\n  encode: {{{places}}}")
        lines.append("symmetry:")
        lines += [f"  - {entry}" for entry in self.symmetry]
        return "\n".join(lines) + "\n"

    @cached_property
    def group(self) -> eq.Symmetry:
        """What the compiler makes of the spec."""
        return symmetry_of(eq.loads(self.spec_text))

    @cached_property
    def generators(self) -> tuple[eq.PauliSum, ...]:
        """Derived gate generators."""
        return tuple(eq.derive(self.group, self.locality))

    @cached_property
    def encodings(self) -> tuple[dict[str, eq.PauliSum], ...]:
        """Derived linear encodings in the allowed coordinates: operators by the names of the coordinates."""
        if not self.encode:
            return ()
        names = [f"{site}_{axis}" for site in self.sites for axis in "xyz"]
        found = [
            dict(zip(names, e.operators, strict=True)) for e in eq.derive_encodings(self.group, 2).elements
        ]
        kept = [{name: op for name, op in one.items() if op} for one in found]
        return tuple(one for one in kept if all(name[-1] in self.axes for name in one))


_PRISM = "graph: {edges: [[0, 1], [1, 2], [2, 0], [3, 4], [4, 5], [5, 3], [0, 3], [1, 4], [2, 5]]}"
_H_ON_ONE = "matrix: {qubits: [1], rows: [[sqrt(2)/2, sqrt(2)/2], [sqrt(2)/2, -sqrt(2)/2]], name: h}"


def _spins() -> tuple[Entry, ...]:
    return (
        Entry("SU(2) on 2", 2, ("rotation: SU(2)",), g.su2()),
        Entry("SU(2) on 3", 3, ("rotation: SU(2)",), g.su2()),
        Entry("SU(2) on 3 of 4", 4, ("rotation: {group: SU(2), qubits: [0, 1, 3]}",), g.su2((0, 1, 3))),
        Entry("SU(2) x (0 1)(2 3)", 4, ("rotation: SU(2)", "permutation: ['(0 1)(2 3)']"),
              (*g.su2(), g.permute(1, 0, 3, 2))),
        Entry("SU(2) x C_6", 6, ("rotation: SU(2)", "permutation: {group: C_6, on: all}"),
              (*g.su2(), g.permute(1, 2, 3, 4, 5, 0))),
        Entry("SU(2) x S_2 wr S_2", 4, ("rotation: SU(2)", "permutation: {group: S_2 wr S_2, on: [[0, 1], [2, 3]]}"),
              (*g.su2(), g.permute(1, 0, 2, 3), g.permute(2, 3, 0, 1))),
        Entry("U(1) about z", 3, ("rotation: U(1)",), (g.any_turn(g.EZ),), locality=3),
        Entry("U(1) about x", 2, ("rotation: {group: U(1), axis: x}",), (g.any_turn(g.EX),)),
        Entry("U(1) about (1, 1, 0)", 3, ("rotation: {group: U(1), axis: [1, 1, 0]}",), (g.any_turn((1, 1, 0)),)),
        Entry("U(1) about (1, 2, 2)", 2, ("rotation: {group: U(1), axis: [1, 2, 2]}",), (g.any_turn((1, 2, 2)),)),
        Entry("U(1) x D_5", 5, ("rotation: U(1)", "permutation: {group: D_5, on: all}"),
              (g.any_turn(g.EZ), g.permute(1, 2, 3, 4, 0), g.permute(0, 4, 3, 2, 1))),
    )  # fmt: skip


def _points() -> tuple[Entry, ...]:
    return (
        Entry("C_2", 2, ("rotation: C_2",), (g.turn(g.EZ, 2),)),
        Entry("C_3", 3, ("rotation: C_3",), (g.turn(g.EZ, 3),), locality=3),
        Entry("C_5 about x", 3, ("rotation: {group: C_5, axis: x}",), (g.turn(g.EX, 5),)),
        Entry("C_8 x (0 1)", 2, ("rotation: C_8", "permutation: ['(0 1)']"), (g.turn(g.EZ, 8), g.permute(1, 0))),
        Entry("D_3", 3, ("rotation: D_3",), (g.turn(g.EZ, 3), g.turn(g.EX, 2)), locality=3),
        Entry("D_4", 4, ("rotation: D_4",), (g.turn(g.EZ, 4), g.turn(g.EX, 2))),
        Entry("T", 3, ("rotation: T",), (g.turn(g.EZ, 2), g.turn(g.DIAGONAL, 3)), locality=3),
        Entry("O", 3, ("rotation: O",), (g.turn(g.EZ, 4), g.turn(g.DIAGONAL, 3)), locality=3),
        Entry("C_3v", 3, ("point_group: {group: C3v, parity: 2}",), (g.turn(g.EZ, 3, 2), g.mirror(g.EY, 2))),
        Entry("C_4v x (0 1)", 3, ("point_group: {group: C4v, parity: 2}", "permutation: ['(0 1)']"),
              (g.turn(g.EZ, 4, 2), g.mirror(g.EY, 2), g.permute(1, 0, 2))),
        Entry("D_3h", 4, ("point_group: {group: D3h, parity: 3}",),
              (g.turn(g.EZ, 3, 3), g.turn(g.EX, 2, 3), g.mirror(g.EZ, 3))),
        Entry("D_2d", 3, ("point_group: {group: D2d, parity: 2}",), (g.turn_reflection(4, 2), g.turn(g.EX, 2, 2))),
        Entry("T_d", 4, ("point_group: {group: Td, parity: 3}",), (g.turn_reflection(4, 3), g.turn(g.DIAGONAL, 3, 3))),
        Entry("O_h", 3, ("point_group: {group: Oh, parity: 2}",),
              (g.turn(g.EZ, 4, 2), g.turn(g.DIAGONAL, 3, 2), g.inversion(2))),
        Entry("mirror x", 2, ("mirror: {normal: x}",), (g.mirror(g.EX),)),
        Entry("mirror (1, 1, 1)", 2, ("mirror: {normal: [1, 1, 1]}",), (g.mirror(g.DIAGONAL),)),
    )  # fmt: skip


def _permutations() -> tuple[Entry, ...]:
    return (
        Entry("S_2", 2, ("permutation: ['(0 1)']",), (g.permute(1, 0),)),
        Entry("S_3", 3, ("permutation: {group: S_3, on: all}",), (g.permute(1, 0, 2), g.permute(1, 2, 0)), locality=3),
        Entry("S_5", 5, ("permutation: {group: S_5, on: all}",), (g.permute(1, 0, 2, 3, 4), g.permute(1, 2, 3, 4, 0))),
        Entry("A_4", 4, ("permutation: {group: A_4, on: all}",), (g.permute(1, 2, 0, 3), g.permute(0, 2, 3, 1))),
        Entry("C_4", 4, ("permutation: {group: C_4, on: all}",), (g.permute(1, 2, 3, 0),)),
        Entry("D_6", 6, ("permutation: {group: D_6, on: all}",),
              (g.permute(1, 2, 3, 4, 5, 0), g.permute(0, 5, 4, 3, 2, 1))),
        Entry("S_2 wr S_3", 6, ("permutation: {group: S_2 wr S_3, on: [[0, 1], [2, 3], [4, 5]]}",),
              (g.permute(1, 0, 2, 3, 4, 5), g.permute(2, 3, 0, 1, 4, 5), g.permute(2, 3, 4, 5, 0, 1))),
        Entry("S_3 x S_2", 5, ("permutation: {group: S_3 x S_2, on: [[0, 1, 2], [3, 4]]}",),
              (g.permute(1, 0, 2, 3, 4), g.permute(1, 2, 0, 3, 4), g.permute(0, 1, 2, 4, 3))),
        Entry("graph: path", 4, ("graph: {edges: [[0, 1], [1, 2], [2, 3]]}",), (g.permute(3, 2, 1, 0),)),
        Entry("graph: kite", 4, ("graph: {edges: [[0, 1], [1, 2], [2, 0], [2, 3]]}",), (g.permute(1, 0, 2, 3),)),
        Entry("graph: prism", 6, (_PRISM,),
              (g.permute(1, 2, 0, 4, 5, 3), g.permute(1, 0, 2, 4, 3, 5), g.permute(3, 4, 5, 0, 1, 2))),
        Entry("p4m on 2 x 2", 4, ("lattice: {shape: [2, 2], group: p4m}",),
              (g.permute(1, 0, 3, 2), g.permute(2, 3, 0, 1), g.permute(0, 2, 1, 3))),
        Entry("translations 2 x 3", 6, ("lattice: {shape: [2, 3]}",),
              (g.permute(1, 2, 0, 4, 5, 3), g.permute(3, 4, 5, 0, 1, 2))),
    )  # fmt: skip


def _internal() -> tuple[Entry, ...]:
    phase = np.exp(2j * PI / 3)
    return (
        Entry("Pauli X...X", 3, ("pauli: [X0 X1 X2]",), (g.paulis("XXX"),), locality=3),
        Entry("Pauli X...X, Z0 Z1", 4, ("pauli: [X0 X1 X2 X3, Z0 Z1]",), (g.paulis("XXXX"), g.paulis("ZZ"))),
        Entry("Pauli stabilisers", 4, ("pauli: [X0 X1 X2 X3, Z0 Z1 Z2 Z3]",), (g.paulis("XXXX"), g.paulis("ZZZZ"))),
        Entry("Pauli X...X x C_6", 6, ("pauli: [X0 X1 X2 X3 X4 X5]", "permutation: {group: C_6, on: all}"),
              (g.paulis("XXXXXX"), g.permute(1, 2, 3, 4, 5, 0))),
        Entry("charge Z0 + Z1 - 2 Z2", 3, ("charge: Z0 + Z1 - 2*Z2",), (g.charge(ZII=1, IZI=1, IIZ=-2),), locality=3),
        Entry("charge Z0 Z1 + Z1 Z2", 3, ("charge: Z0 Z1 + Z1 Z2",), (g.charge(ZZI=1, IZZ=1),), locality=3),
        Entry("charge X0 X1 + Z0 Z1", 2, ("charge: X0 X1 + Z0 Z1",), (g.charge(XX=1, ZZ=1),)),
        Entry("H on all", 3, ("clifford: H 0 1 2",), (g.everywhere("H", g.HADAMARD, 3),)),
        Entry("CX 0 1", 2, ("clifford: CX 0 1",), (g.gate("CX", g.CONTROLLED_X, 0, 1),)),
        Entry("H on all x S_3", 3, ("clifford: H 0 1 2", "permutation: {group: S_3, on: all}"),
              (g.everywhere("H", g.HADAMARD, 3), g.permute(1, 0, 2), g.permute(1, 2, 0))),
        Entry("matrix: third of a turn", 3, ("matrix: {qubits: [0], rows: [[1, 0], [0, exp(2*pi*i/3)]], name: third}",),
              (g.gate("third", ((1, 0), (0, phase)), 0),)),
        Entry("matrix: H on one", 2, (_H_ON_ONE,),
              (g.gate("H", g.HADAMARD, 1),)),
    )  # fmt: skip


def _with_data() -> tuple[Entry, ...]:
    two, pair = ((0,), (1,)), "permutation: ['(A B)']"
    swap = g.permute(1, 0, sites=(1, 0))
    return (
        Entry("data: S_2", 2, (pair,), (swap,), two),
        Entry("data: C_3 of sites", 3, ("permutation: ['(A B C)']",),
              (g.permute(1, 2, 0, sites=(1, 2, 0)),), ((0,), (1,), (2,))),
        Entry("data: copies, S_2", 4, (pair,), (g.permute(1, 0, 3, 2, sites=(1, 0)),), ((0, 2), (1, 3))),
        Entry("data: p4m on 2 x 2", 4, ("lattice: {shape: [2, 2], group: p4m}",),
              (g.permute(1, 0, 3, 2, sites=(1, 0, 3, 2)), g.permute(2, 3, 0, 1, sites=(2, 3, 0, 1)),
               g.permute(0, 2, 1, 3, sites=(0, 2, 1, 3))), ((0,), (1,), (2,), (3,))),
        Entry("data: U(1) about z x S_2", 2, ("rotation: U(1)", pair), (g.any_turn(g.EZ), swap), two, axes="z"),
        Entry("data: U(1) about x", 3, ("rotation: {group: U(1), axis: x}",), (g.any_turn(g.EX),),
              ((0, 1), (2,)), axes="x"),
        Entry("data: C_2", 2, ("rotation: C_2",), (g.turn(g.EZ, 2),), two),
        Entry("data: D_2", 2, ("rotation: D_2",), (g.turn(g.EZ, 2), g.turn(g.EX, 2)), two),
        Entry("data: C_4", 2, ("rotation: C_4",), (g.turn(g.EZ, 4),), two),
        Entry("data: C_3, z alone", 2, ("rotation: C_3",), (g.turn(g.EZ, 3),), two, axes="z"),
        Entry("data: D_2h", 3, ("point_group: {group: D2h, parity: 2}",),
              (g.turn(g.EZ, 2, 2), g.turn(g.EX, 2, 2), g.mirror(g.EZ, 2)), two, parity=2),
        Entry("data: inversion", 3, ("inversion: {parity: 2}",), (g.inversion(2),), two, parity=2),
        Entry("data: mirror", 3, ("mirror: {normal: y, parity: 2}",), (g.mirror(g.EY, 2),), two, parity=2),
        Entry("data: Pauli Z0 Z1", 2, ("pauli: [Z0 Z1]",), (g.paulis("ZZ"),), two),
        Entry("data: vectors, SU(2) x S_2", 2, ("rotation: SU(2)", pair), (*g.su2(), swap), two, axes="", vectors=True),
        Entry("data: vectors, copies", 4, ("rotation: SU(2)", pair), (*g.su2(), g.permute(1, 0, 3, 2, sites=(1, 0))),
              ((0, 2), (1, 3)), axes="", vectors=True),
        Entry("data: vectors, O(3)", 3, ("rotation: {group: O(3), parity: 2}",), (*g.su2(parity=2), g.inversion(2)),
              two, axes="", vectors=True, parity=2),
        Entry("data: vectors, T_d", 3, ("point_group: {group: Td, parity: 2}",),
              (g.turn_reflection(4, 2), g.turn(g.DIAGONAL, 3, 2)), two, axes="", vectors=True, parity=2),
        Entry("data: vectors, C_3v x S_2", 3, ("point_group: {group: C3v, parity: 2}", pair),
              (g.turn(g.EZ, 3, 2), g.mirror(g.EY, 2), g.permute(1, 0, 2, sites=(1, 0))), two,
              axes="", vectors=True, parity=2),
    )  # fmt: skip


CATALOGUE: tuple[Entry, ...] = (*_spins(), *_points(), *_permutations(), *_internal(), *_with_data())
