r"""The sectors of a group in which a state lies: weights of irreducible representations, decided again over a field.

Nothing in the certificate is taken on trust. The whole group must leave its labels unchanged. Its characters must be
those of the group that the elements generate, which is listed anew. For this,
:math:`\omega(C) = |C|\, \chi(C) / \chi(1)` must be multiplicative on class sums, there must be as many characters as
classes, and each must have the norm of an irreducible character. Then the projectors are those of the group, and the
weights are computed from them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.algebra.group import Generator, Group, changes, image_of, moved_state
from eqcompile.recheck.algebra.pauli import Amplitudes, Operator, Terms, applied, combined, commutator
from eqcompile.recheck.algebra.text import number, state
from eqcompile.recheck.claims.claim import PARTS, Case, Claim, Evidence, Plain
from eqcompile.recheck.claims.state import shown_state_differs
from eqcompile.recheck.shapes import NUMBER, TEXT, Listing, Row, Word

MAX_QUBITS = 12
"""Qubits of a state whose sectors are computed. Beyond it, refused: the claim is not rechecked."""

MAX_ORDER = 500
"""Elements of the group that the single elements generate. Beyond it, refused: the claim is not rechecked."""

HALF = re.compile(r"[0-9]{1,6}(?:/2)?")

SECTORS = "decomposition into sectors"


def claim_of(target: Plain) -> str:
    """What is claimed, where the last line must say it: weights are also proven for states that are not invariant."""
    return SECTORS if "sectors" in target.get("parts", ()) else str(target.get("claim", ""))


class SectorWeights(Claim):
    """The weight of a state in every sector; those that are not named have weight zero."""

    name, form, targets = "sector weights", "sectors", (PARTS,)
    evidence: ClassVar[Evidence] = {
        "state": TEXT,
        "shown": TEXT,
        "labels": Listing(Row((Word(("charge", "spin")), Listing(NUMBER)))),
        "classes": Listing(Listing(NUMBER)),
        "characters": Listing(Listing(TEXT)),
        "sectors": Listing(Row((Listing(TEXT), NUMBER, TEXT))),
    }
    told_by = "sectors"
    sentence = "sectors of state {shown}"

    def shown_otherwise(self, evidence: Plain, group: Group) -> bool:
        """Whether the state is shown as another one. A long state is shown in part, which is not compared."""
        return shown_state_differs(evidence, group)

    def fails(self, case: Case) -> str:
        """Decided from labels, characters and weights; the weights must add up to one."""
        evidence, group = case.evidence, case.group
        if group.num_qubits > MAX_QUBITS:
            raise EqcompileError(f"{group.num_qubits} qubits; sectors are computed for at most {MAX_QUBITS}")
        psi = state(evidence["state"], group.num_qubits, group.field)
        bra = state(evidence["state"], group.num_qubits, group.field.conjugated)
        if not psi:
            return "it is the zero vector"
        if reason := _labels_fail(evidence["labels"], group):
            return reason
        listing = _Listing(group)
        table = _characters(evidence, listing, case)
        if isinstance(table, str):
            return table
        sectors = [(tuple(values), chi, text) for values, chi, text in evidence["sectors"]]
        places = {(values, chi) for values, chi, _ in sectors}
        if len(places) < len(sectors) or any(
            chi >= len(table) or len(values) != len(evidence["labels"]) for values, chi, _ in sectors
        ):
            return "a sector is named twice, or does not exist"
        # J^2 does not distinguish j from -j - 1.
        spins = [k for k, (kind, _) in enumerate(evidence["labels"]) if kind == "spin"]
        if not all(HALF.fullmatch(values[k]) for values, _ in places for k in spins):
            return "a spin that is no half of a whole number"
        p = group.field.p
        total = sum(number(text, group.field) for _, _, text in sectors)
        if (total - 1) % p:
            return "the weights do not add up to one"
        labels = [_Label(kind, numbers, group) for kind, numbers in evidence["labels"]]
        for k, label in enumerate(labels):
            if not label.holds(psi, [values[k] for values, _, _ in sectors]):
                return "a part of the state lies in no sector that is named"
        inverse = pow(_overlap(bra, psi, p), -1, p)
        parts = {
            values: _projected(psi, [(labels[k], text) for k, text in enumerate(values)], sectors)
            for values in dict.fromkeys(values for values, _, _ in sectors)
        }
        images = {values: [_overlap(bra, image, p) for image in listing.images(part)]
                  for values, part in parts.items()}  # fmt: skip
        for values, chi, text in sectors:
            found = listing.weight(table[chi], images[values]) * inverse % p
            if found != number(text, group.field):
                return f"the weight of sector {quoted(', '.join([*values, f'chi_{chi + 1}']))} is not {quoted(text)}"
        return ""


def _overlap(bra: Amplitudes, ket: Amplitudes, p: int) -> int:
    """The inner product, with the conjugate amplitudes of the first state."""
    return sum(value * ket.get(bits, 0) for bits, value in bra.items()) % p


def _labels_fail(labels: Sequence[Sequence[Any]], group: Group) -> str:
    """Why the labels are not those of the continuous part; empty if they are.

    Every one-parameter group belongs to exactly one label. A charge commutes with everything. Three spins obey
    [T_x, T_y] = i T_z and commute with everything else.
    """
    named = [k for _, numbers in labels for k in numbers]
    if sorted(named) != [k for k, g in enumerate(group.generators) if g.lie is not None]:
        return "the labels are not about every one-parameter group once"
    for kind, numbers in labels:
        if len(numbers) != (1 if kind == "charge" else 3):
            return f"a {kind} of {len(numbers)} generators"
        terms = [_lie(group, k).terms for k in numbers]
        if kind == "spin":
            # Cyclically [T_x, T_y] = i T_z: only then is J^2 a label, with eigenvalues j (j + 1).
            for k in range(3):
                expected = combined([(group.field.i, terms[(k + 2) % 3])], group.field.p)
                if commutator(terms[k], terms[(k + 1) % 3], group.field.p) != expected:
                    return "three generators that are no spins"
        # By Schur's lemma, a label has one value on each irreducible representation if it commutes with everything
        # else.
        others = [g for k, g in enumerate(group.generators) if k not in numbers]
        if any(changes(g, one, group.field) for g in others for one in terms):
            return "a label that the group does not leave alone"
    return ""


def _lie(group: Group, place: int) -> Operator:
    lie = group.generators[place].lie
    if lie is None:
        raise EqcompileError("a label of a single element")
    return lie


class _Label:
    """A charge Q, or J^2 of spins, with eigenvalues given as texts."""

    def __init__(self, kind: str, numbers: Sequence[int], group: Group) -> None:
        self._kind, self._field = kind, group.field
        self._terms = [_lie(group, k).terms for k in numbers]

    def value(self, text: str) -> int:
        """The eigenvalue: the charge itself, or j (j + 1)."""
        found = number(text, self._field)
        return (found if self._kind == "charge" else found * (found + 1)) % self._field.p

    def applied(self, psi: Amplitudes) -> Amplitudes:
        """Q or J^2 applied to a state."""
        p = self._field.p
        if self._kind == "charge":
            return applied(self._terms[0], psi, p)
        return _sum([(1, applied(one, applied(one, psi, p), p)) for one in self._terms], p)

    def without(self, psi: Amplitudes, text: str) -> Amplitudes:
        """The operator minus an eigenvalue, applied to a state."""
        return _sum([(1, self.applied(psi)), (-self.value(text), psi)], self._field.p)

    def holds(self, psi: Amplitudes, texts: Sequence[str]) -> bool:
        """Whether a state lies in the eigenspaces of these values, which are different numbers."""
        names = dict.fromkeys(texts)
        if len({self.value(text) for text in names}) < len(names):
            return False
        for text in names:
            psi = self.without(psi, text)
        return not psi

    def part(self, psi: Amplitudes, text: str, texts: Sequence[str]) -> Amplitudes:
        """The part of a state in the eigenspace of one value, if the state lies in the eigenspaces of all values."""
        p, scale = self._field.p, 1
        for other in dict.fromkeys(texts):
            if other != text:
                psi = self.without(psi, other)
                scale = scale * (self.value(text) - self.value(other)) % p
        return _sum([(pow(scale, -1, p), psi)], p)


def _projected(
    psi: Amplitudes, values: Sequence[tuple[_Label, str]], sectors: Sequence[tuple[tuple[str, ...], int, str]]
) -> Amplitudes:
    """The part of a state that has all these labels."""
    for k, (label, text) in enumerate(values):
        psi = label.part(psi, text, [other[k] for other, _, _ in sectors])
    return psi


def _sum(parts: Sequence[tuple[int, Amplitudes]], p: int) -> Amplitudes:
    out: Amplitudes = {}
    for factor, psi in parts:
        for bits, value in psi.items():
            out[bits] = out.get(bits, 0) + factor * value
    return {bits: value % p for bits, value in out.items() if value % p}


class _Listing:
    """The group of unitaries that the single elements generate, listed by what each does to X and Z of every qubit and
    to |0...0>, which determines it.

    Attributes:
        after: for every generator, by its number, the element that it makes of each element by acting after it.
        products: number of the product of two elements, the second acting first.
    """

    def __init__(self, group: Group) -> None:
        self._group = group
        self._finite = {k: g for k, g in enumerate(group.generators) if g.lie is None}
        paulis: list[Terms] = [{(1 << q, 0): 1} for q in range(group.num_qubits)]
        paulis += [{(0, 1 << q): 1} for q in range(group.num_qubits)]
        elements: list[tuple[list[Terms], Amplitudes]] = [(paulis, {0: 1})]
        known = {_key(elements[0]): 0}
        self.after: dict[int, list[int]] = {k: [] for k in self._finite}
        self._origin: list[tuple[int, int]] = [(-1, 0)]
        for place, (ops, zeros) in enumerate(elements):  # grows while it is walked
            for k, generator in self._finite.items():
                image = self._moved(generator, ops, zeros)
                target = known.setdefault(_key(image), len(elements))
                if target == len(elements):
                    if target == MAX_ORDER:
                        raise EqcompileError(f"a group of more than {MAX_ORDER} elements")
                    elements.append(image)
                    self._origin.append((k, place))
                self.after[k].append(target)
        self.products = [list(range(len(elements)))]
        for k, place in self._origin[1:]:
            self.products.append([self.after[k][x] for x in self.products[place]])
        self.inverses = [row.index(0) for row in self.products]

    def _moved(
        self, generator: Generator, ops: Sequence[Terms], zeros: Amplitudes
    ) -> tuple[list[Terms], Amplitudes]:
        p = self._group.field.p
        return [image_of(generator, op, p) for op in ops], moved_state(generator, zeros, p)

    def word(self, numbers: Sequence[int]) -> int:
        """The product of these generators, the first one acting first."""
        place = 0
        for k in numbers:
            if k not in self.after:
                raise EqcompileError("a class is named by something else than single elements")
            place = self.after[k][place]
        return place

    def class_of(self, place: int) -> frozenset[int]:
        """All conjugates of an element."""
        return frozenset(
            self.products[self.products[g][place]][inverse] for g, inverse in enumerate(self.inverses)
        )

    def images(self, psi: Amplitudes) -> Iterator[Amplitudes]:
        """R(g) applied to a state, for every element."""
        found = [psi]
        yield psi
        for k, place in self._origin[1:]:
            found.append(moved_state(self._finite[k], found[place], self._group.field.p))
            yield found[-1]

    def weight(self, chi: Sequence[int], overlaps: Sequence[int]) -> int:
        r""":math:`\chi(1) / |G| \sum_g \chi(g^{-1}) \langle\psi|R(g)|\psi\rangle`; characters listed by element."""
        p = self._group.field.p
        total = sum(chi[inverse] * value for inverse, value in zip(self.inverses, overlaps, strict=True))
        return chi[0] * total * pow(len(self.inverses), -1, p) % p


def _key(element: tuple[list[Terms], Amplitudes]) -> tuple[frozenset[Any], ...]:
    ops, zeros = element
    return (*(frozenset(op.items()) for op in ops), frozenset(zeros.items()))


def _characters(evidence: Plain, listing: _Listing, case: Case) -> list[list[int]] | str:
    """The irreducible characters by element, or why those of the certificate are not these."""
    field, order = case.group.field, len(listing.inverses)
    classes = [listing.class_of(listing.word(word)) for word in evidence["classes"]]
    if sum(map(len, classes)) != order or len({*classes}) < len(classes) or 0 not in classes[0]:
        return "the classes are not those of the group, each named once, that of the identity first"
    rows = evidence["characters"]
    if len(rows) != len(classes) or any(len(row) != len(classes) for row in rows):
        return "there are not as many irreducible characters as classes"
    place = {element: k for k, members in enumerate(classes) for element in members}
    values = [[number(text, field) for text in row] for row in rows]
    if len({*map(tuple, values)}) < len(values):
        return "an irreducible character stands there twice"
    # The product of a random combination of class sums with every class sum, by multiplying elements.
    z = [field.random(case.source) for _ in classes]
    products = [
        [sum(z[place[listing.products[listing.inverses[x]][min(target)]]] for x in members) % field.p
         for target in classes]
        for members in classes
    ]  # fmt: skip
    sizes = [len(members) for members in classes]
    for texts, row in zip(rows, values, strict=True):
        # A dimension is a whole number that divides the order, and must be written as one.
        if not texts[0].isdecimal() or not 0 < int(texts[0]) <= order:
            return "the dimension of an irreducible character is no whole number"
        norm = sum(
            size * value * row[place[listing.inverses[min(members)]]]
            for size, value, members in zip(sizes, row, classes, strict=True)
        )
        if (norm - order) % field.p:
            return "a character that does not have the norm of an irreducible one"
        inverse = pow(row[0], -1, field.p)
        omega = [size * value * inverse % field.p for size, value in zip(sizes, row, strict=True)]
        whole = sum(a * b for a, b in zip(z, omega, strict=True))
        for k, row_of_products in enumerate(products):
            if (omega[k] * whole - sum(a * b for a, b in zip(row_of_products, omega, strict=True))) % field.p:
                return "a character that is not one of the group"
    return [[row[place[element]] for element in range(order)] for row in values]
