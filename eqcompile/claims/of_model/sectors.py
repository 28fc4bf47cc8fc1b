r"""The claim about the sectors of a group in which a state lies: the exact weight of every irreducible representation.

Sectors are told apart by labels that every element of the group leaves alone: the value of a charge, the total spin j,
and the irreducible character chi of the finite part. With the projectors

.. math:: P_\chi = \frac{\chi(1)}{|G|} \sum_g \overline{\chi(g)}\, R(g)

and those onto the eigenspaces of charges and of :math:`J^2`, the weight is :math:`\langle\psi|P|\psi\rangle`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from eqcompile.budgets import check
from eqcompile.claims.certificate import Finding, Verdict
from eqcompile.claims.claim import PARTS, Claim
from eqcompile.claims.evidence import Plain, numbered
from eqcompile.claims.of_model.operator import leaves_invariant
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    Scalar,
    conjugate,
    format_scalar,
    scalar,
)
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.character_table import CharacterTable, character_table
from eqcompile.groups.finite import FiniteGroup, listed
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator

MAX_QUBITS = 12
"""Qubits of a state whose sectors are computed. Beyond it, weaker: the claim is not decided."""

Element: TypeAlias = tuple[tuple[PauliSum, ...], ExactState]
"""What fixes a unitary: the images of X and Z of every qubit, which leave a phase open, and that of |0...0>."""


@dataclass(frozen=True)
class Label:
    """What tells sectors of the continuous part apart.

    Attributes:
        kind: ``"charge"``, the eigenvalue of one generator, or ``"spin"``, j with :math:`J^2 = j (j + 1)`.
        numbers: numbers of the generators.
        operators: operators of the generators.
        name: what a reader calls it.
    """

    kind: str
    numbers: tuple[int, ...]
    operators: tuple[PauliSum, ...]
    name: str

    def applied(self, state: ExactState) -> ExactState:
        """The charge, or :math:`J^2 = T_x^2 + T_y^2 + T_z^2`, applied to a state."""
        if self.kind == "charge":
            return state.apply(self.operators[0])
        return combined([(ONE, state.apply(op).apply(op)) for op in self.operators])

    def levels(self) -> dict[str, Scalar]:
        """All eigenvalues that may occur, by the text of the label."""
        if self.kind == "spin":
            size = len({qubit for op in self.operators for qubit in op.support})
            spins = [Fraction(twice, 2) for twice in range(size + 1)]
            return {str(j): scalar(j * (j + 1)) for j in spins}
        values = eigenvalues(self.operators[0])
        if not all(isinstance(value, Fraction) for value in values):
            raise LimitError(f"{self.name} has irrational eigenvalues")
        return {str(value): scalar(value) for value in values}


@dataclass(frozen=True)
class Sectors:
    """The decomposition.

    Attributes:
        labels: labels of the continuous part.
        classes: for every conjugacy class of the finite part, the generators of one element in the order in which they
            act.
        table: irreducible characters of the finite part.
        weights: weight of every sector that the state meets, by the labels' texts and the number of the character.
    """

    labels: tuple[Label, ...]
    classes: tuple[tuple[int, ...], ...]
    table: CharacterTable
    weights: Mapping[tuple[tuple[str, ...], int], Scalar]


@dataclass(frozen=True)
class SectorWeights(Claim):
    """The exact weight of a state in every sector of the group; sectors that are not listed have weight zero.

    Attributes:
        state: the state, not normalised.

    >>> from eqcompile.symmetry.make import SU2
    >>> SectorWeights(SU2(2), ExactState.parse("|01>")).decide().detail
    'j = 0: 1/2; j = 1: 1/2'
    """

    name = "sector weights"
    form = "sectors"
    targets = (PARTS,)
    fields = ("state", "shown", "labels", "classes", "characters", "sectors")
    sentence = "sectors of state {shown}"

    state: ExactState

    def evidence(self) -> Plain:
        """The state, the labels, the character table by one element of every class, and the weights."""
        found = self._answer
        shown: Plain = {"state": str(self.state), "shown": self.state.abbreviated()}
        if isinstance(found, str):
            return {**shown, "labels": [], "classes": [], "characters": [], "sectors": []}
        return {
            **shown,
            "labels": [[label.kind, list(label.numbers)] for label in found.labels],
            "classes": [list(word) for word in found.classes],
            "characters": [list(map(format_scalar, row)) for row in found.table.rows],
            "sectors": [
                [list(values), number, format_scalar(weight)]
                for (values, number), weight in found.weights.items()
            ],
        }

    def decide(self) -> Finding:
        """The weights; not decided where the group has no such decomposition here, or is too large."""
        found = self._answer
        if isinstance(found, str):
            return self._found(Verdict.NOT_DECIDED, "none", found)
        several = len(found.table.rows) > 1
        parts = []
        for (values, number), weight in found.weights.items():
            names = [f"{label.name} = {value}" for label, value in zip(found.labels, values, strict=True)]
            dimension = found.table.dimensions[number]
            names += [f"chi_{number + 1} of dimension {dimension}"] if several or not names else []
            parts.append(f"{', '.join(names)}: {format_scalar(weight)}")
        method = "exact projectors onto charges, spins and irreducible characters"
        return self._found(Verdict.PROVEN, method, "; ".join(parts))

    @cached_property
    def _answer(self) -> Sectors | str:
        """The decomposition, or why there is none here."""
        if not self.state.amplitudes:
            raise DimensionError("the zero vector is no state; give at least one amplitude")
        if self.symmetry.num_qubits > MAX_QUBITS:
            return f"the sectors of {self.symmetry.num_qubits} qubits; the limit is {MAX_QUBITS}"
        labels = self._labels()
        if isinstance(labels, str):
            return labels
        try:
            return self._decomposed(labels)
        except LimitError as error:
            return str(error)

    def _labels(self) -> tuple[Label, ...] | str:
        """Charges and spins that tell the sectors of the continuous part apart, or why there are none.

        Only where they commute with all other generators is every irreducible representation of the group a pair: one
        of the continuous part and one of the finite part.
        """
        generators, labels = self.symmetry.generators, list[Label]()
        for factor, numbers in numbered(self.symmetry):
            own = [(k, g) for k in numbers if isinstance(g := generators[k], LieGenerator)]
            ops = tuple(g.operator for _, g in own)
            # Commuting generators have their own eigenvalues as labels; three that close to su(2) have only J^2.
            if all(a.commutes_with(b) for a in ops for b in ops):
                labels += [Label("charge", (k,), (g.operator,), g.name) for k, g in own]
            elif len(ops) == 3 and _are_spins(ops):
                labels.append(Label("spin", tuple(k for k, _ in own), ops, "j"))
            else:
                return f"{factor.name} is neither a group of charges nor one of spins"
        # By Schur's lemma a label is constant on irreducible representations only where it commutes with everything.
        for label in labels:
            for number, other in enumerate(generators):
                if number not in label.numbers and not all(
                    leaves_invariant(other, op) for op in label.operators
                ):
                    return (
                        f"{other.name} does not commute with {generators[label.numbers[0]].name}, so that the "
                        "irreducible representations are no pairs of one of the continuous and one of the finite part"
                    )
        return tuple(labels)

    def _decomposed(self, labels: Sequence[Label]) -> Sectors:
        group, words = self._finite_part()
        table = character_table(group)
        parts: dict[tuple[str, ...], ExactState] = {(): self.state}
        for label in labels:
            parts = {
                (*values, text): part
                for values, whole in parts.items()
                for text, part in _eigenparts(label, whole).items()
            }
        norm, weights = scalar(self.state.norm_squared), {}
        for values, part in parts.items():
            traces = self._traces(part, group, words)
            for number, row in enumerate(table.rows):
                terms = (conjugate(chi) * trace for chi, trace in zip(row, traces, strict=True))
                if weight := sum(terms, start=ZERO) * row[0] / (norm * group.order):
                    weights[values, number] = weight
        assert sum(weights.values(), start=ZERO) == ONE, "the weights of all sectors add up to one"
        first = len(self.symmetry.lie_generators)
        classes = (words[members[0]] for members in group.class_members)
        return Sectors(
            tuple(labels), tuple(tuple(first + which for which in word) for word in classes), table, weights
        )

    def _finite_part(self) -> tuple[FiniteGroup, dict[int, tuple[int, ...]]]:
        """The group of unitaries that the single elements generate; for each, a word in them, shorter ones first."""
        n, finite = self.symmetry.num_qubits, self.symmetry.finite_generators
        paulis = tuple(PauliSum.string(n, {q: letter}) for q in range(n) for letter in "XZ")
        identity: Element = (paulis, ExactState(n, {0: ONE}))
        group = listed(identity, finite, _multiplied, lambda element: element)
        own = [group.elements.index(_multiplied(generator, identity)) for generator in finite]
        words: dict[int, tuple[int, ...]] = {0: ()}
        queue = [0]
        for number in queue:  # grows while it is walked
            for which, generator in enumerate(own):
                target = group.products[generator][number]
                if target not in words:
                    words[target] = (*words[number], which)
                    queue.append(target)
        return group, words

    def _traces(
        self, part: ExactState, group: FiniteGroup, words: Mapping[int, tuple[int, ...]]
    ) -> list[Scalar]:
        r"""For every class, the sum of :math:`\langle\phi|R(g)|\phi\rangle` over its elements."""
        traces = [ZERO] * len(group.classes)
        images: dict[tuple[int, ...], ExactState] = {}
        for number, word in words.items():
            check()
            act = self.symmetry.finite_generators[word[-1]].on_qubits if word else None
            images[word] = part if act is None else act.apply(images[word[:-1]])
            place = group.class_of[number]
            traces[place] = traces[place] + overlap(part, images[word])
        return traces


def overlap(bra: ExactState, ket: ExactState) -> Scalar:
    """The inner product, antilinear in the first."""
    others = ket.amplitudes
    terms = (conjugate(value) * others[bits] for bits, value in bra.amplitudes.items() if bits in others)
    return sum(terms, start=ZERO)


def combined(parts: Iterable[tuple[Scalar, ExactState]]) -> ExactState:
    """A linear combination of states of one register."""
    out: dict[int, Scalar] = {}
    size = 0
    for factor, state in parts:
        size = state.num_qubits
        for bits, value in state.amplitudes.items():
            out[bits] = out.get(bits, ZERO) + factor * value
    return ExactState(size, out)


def _are_spins(ops: Sequence[PauliSum]) -> bool:
    """Whether three generators obey [T_x, T_y] = i T_z, and so on around."""
    return all(
        ops[k].commutator(ops[(k + 1) % 3]) == ops[(k + 2) % 3].scaled(IMAGINARY_UNIT) for k in range(3)
    )


def _multiplied(generator: FiniteGenerator, element: Element) -> Element:
    ops, state = element
    act = generator.on_qubits
    return tuple(map(act.conjugate, ops)), act.apply(state)


def _eigenparts(label: Label, state: ExactState) -> dict[str, ExactState]:
    r"""The parts of a state in the eigenspaces of a label, without zeros, by Lagrange's polynomials in its operator.

    The product of all :math:`A - a` annihilates the state, so these parts are all of it.
    """
    levels = label.levels()
    powers = [state]
    for _ in levels:
        powers.append(label.applied(powers[-1]))
    whole = _polynomial(list(levels.values()))
    assert not combined(zip(whole, powers, strict=True)).amplitudes, "these are all eigenvalues"
    out = {}
    for text, value in levels.items():
        others = [other for other in levels.values() if other != value]
        scale = ONE
        for other in others:
            scale = scale * (value - other)
        coefficients = [c / scale for c in _polynomial(others)]
        part = combined(zip(coefficients, powers, strict=False))
        if part.amplitudes:
            out[text] = part
    return out


def _polynomial(roots: Sequence[Scalar]) -> list[Scalar]:
    """Coefficients of the product of all x - root, the constant one first."""
    out = [ONE]
    for root in roots:
        shifted = [ZERO, *out]
        out = [s - root * c for s, c in zip(shifted, [*out, ZERO], strict=True)]
    return out
