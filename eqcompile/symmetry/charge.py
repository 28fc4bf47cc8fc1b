"""Factors that leave the data alone: charges, Pauli strings, and any unitaries of finite order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from eqcompile.budgets import check
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, is_rational
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import IDENTITY, PauliKey, PauliSum, anticommute, letter, pauli_key
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import ChargeGenerator, FiniteGenerator, LieGenerator, identity_map
from eqcompile.symmetry.maps import MapSequence, PauliUnitary, QubitMap, UnitaryMap

MAX_NAME = 60
"""Characters of the name of a charge, a string or a unitary element. Beyond it, shortened: the name is cut; the
operator is not."""

MAX_ELEMENTS = 2000
"""Elements of a group of unitaries, up to phases, that are listed to average over. Beyond it, refused: methods that
average do not apply; use the null space."""

MAX_TERMS = 50_000
"""Pauli strings of the images of X and Z under all elements together, some seconds; a Clifford element has one for
each, others up to 4^n. Beyond it, refused: methods that average do not apply; use the null space."""


@dataclass(frozen=True)
class ChargeFactor(Factor):
    r"""An internal U(1): :math:`e^{-i\phi Q}` for a sum Q of commuting Pauli strings.

    Raises:
        DimensionError: Q is not Hermitian, its strings do not commute, or a coefficient is irrational.
    """

    charge: PauliSum
    num_sites: int = 0

    def __post_init__(self) -> None:
        if not self.charge.is_hermitian or not all(is_rational(v) for v in self.charge.terms.values()):
            raise DimensionError("a charge has real rational coefficients; multiply it by a common factor")
        if any(anticommute(a, b) for a, b in combinations(self.charge.terms, 2)):
            raise DimensionError("the strings of a charge commute with one another; these do not")

    @property
    def name(self) -> str:
        """The group and its generator."""
        text = shorthand(self.charge)
        return f"U(1) charge {shortened(text)}"

    @property
    def is_local(self) -> bool:
        """Whether no string acts on two qubits."""
        return self.charge.locality <= 1

    @cached_property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """The charge."""
        return (ChargeGenerator("Q", self.charge, self.num_sites),)

    def restricted(self, support: Sequence[int]) -> "ChargeFactor | None":
        """The strings inside the support."""
        if not self.is_local:
            raise MethodError(f"{self.name} does not act qubit by qubit")
        letters = self._letters
        terms = {pauli_key({i: letters[q][0]}): letters[q][1] for i, q in enumerate(support) if q in letters}
        return ChargeFactor(len(support), PauliSum(len(support), terms)) if terms else None

    @cached_property
    def _letters(self) -> dict[int, tuple[str, object]]:
        return {
            (key[0] | key[1]).bit_length() - 1: (letter(key, (key[0] | key[1]).bit_length() - 1), value)
            for key, value in self.charge.terms.items()
            if key != IDENTITY
        }


@dataclass(frozen=True)
class PauliFactor(Factor):
    """The group that Pauli strings generate; conjugation by one flips the signs of those that anticommute with it."""

    keys: tuple[PauliKey, ...]
    num_sites: int = 0

    @property
    def name(self) -> str:
        """The strings."""
        text = ", ".join(str(op) for op in self._strings)
        return f"Pauli group of {shortened(text)}"

    @property
    def order_text(self) -> str:
        """Number of strings, up to phases."""
        return f"order {2**self._rank} up to phases"

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The strings."""
        return tuple(
            FiniteGenerator(str(op), PauliUnitary(self.num_qubits, key), identity_map(self.num_sites))
            for op, key in zip(self._strings, self.keys, strict=True)
        )

    def restricted(self, support: Sequence[int]) -> "PauliFactor | None":
        """What each string is on the support; strings that become the identity stay, so that places compare."""
        keys = tuple(pauli_key({i: letter(key, q) for i, q in enumerate(support)}) for key in self.keys)
        return PauliFactor(len(support), keys) if any(key != IDENTITY for key in keys) else None

    @property
    def _strings(self) -> list[PauliSum]:
        return [PauliSum(self.num_qubits, {key: ONE}) for key in self.keys]

    def holds(self, key: PauliKey) -> bool:
        """Whether a string is a product of the generators, up to a phase."""
        return not self._remainder(key, self._basis)

    @property
    def _rank(self) -> int:
        return len(self._basis)

    @cached_property
    def _basis(self) -> list[int]:
        """Independent strings as words of 2n bits, by elimination over two elements."""
        basis: list[int] = []
        for key in self.keys:
            if word := self._remainder(key, basis):
                basis.append(word)
        return basis

    def _remainder(self, key: PauliKey, basis: Sequence[int]) -> int:
        word = key[0] << self.num_qubits | key[1]
        for row in basis:
            word = min(word, word ^ row)
        return word


@dataclass(frozen=True)
class UnitaryFactor(Factor):
    """A finite group of unitaries, up to phases, by generators with names.

    Each generator is a product of small unitaries: Clifford gates, or a matrix on a few qubits.
    """

    generators: tuple[tuple[str, UnitaryMap], ...]
    num_sites: int = 0

    @property
    def name(self) -> str:
        """Names of the generators."""
        return f"group of {', '.join(name for name, _ in self.generators)}"

    @property
    def order_text(self) -> str:
        """Number of elements, up to phases."""
        try:
            return f"order {len(self.elements)} up to phases"
        except LimitError:
            return "of an order beyond the limits, up to phases"

    @property
    def is_local(self) -> bool:
        """Whether every small unitary acts on one qubit."""
        return all(len(op.support) <= 1 for _, unitary in self.generators for op in unitary.factors)

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The generators."""
        return tuple(
            FiniteGenerator(name, unitary, identity_map(self.num_sites)) for name, unitary in self.generators
        )

    @cached_property
    def elements(self) -> tuple[QubitMap, ...]:
        """Every element up to a phase, the identity first.

        Raises:
            LimitError: more than ``MAX_ELEMENTS``, or too many to list them.
        """
        words: list[tuple[UnitaryMap, ...]] = []
        for parent, generator in self.tree:
            words.append(() if generator is None else (*words[parent], generator))
        return tuple(MapSequence(word) for word in words)

    @property
    def tree(self) -> tuple[tuple[int, UnitaryMap | None], ...]:
        """How each element comes from an earlier one: number of that one, and the generator that acts after it.

        Raises:
            LimitError: as :attr:`elements`.
        """
        if isinstance(self._listed, str):
            raise LimitError(self._listed)
        return self._listed

    @cached_property
    def _listed(self) -> tuple[tuple[int, UnitaryMap | None], ...] | str:
        """The tree, or why there is none; kept either way, because it takes a while to find out."""
        probes = self._probes
        found: dict[tuple[PauliSum, ...], tuple[int, UnitaryMap | None]] = {probes: (0, None)}
        frontier, terms = [probes], 0
        for number, images in enumerate(frontier):  # grows while it is walked
            check()
            for _, generator in self.generators:
                target = tuple(generator.conjugate(op) for op in images)
                if target not in found:
                    found[target] = (number, generator)
                    frontier.append(target)
                    terms += sum(len(op) for op in target)
                    if len(found) > MAX_ELEMENTS:
                        return f"{self.name} has more than {MAX_ELEMENTS} elements, which is the limit"
                    if terms > MAX_TERMS:
                        return (
                            f"{self.name} has {len(found)} elements or more, which turn X and Z into more than "
                            f"{MAX_TERMS} Pauli strings, which is the limit"
                        )
        return tuple(found.values())

    def restricted(self, support: Sequence[int]) -> "UnitaryFactor | None":
        """The unitaries on the qubits of the support."""
        if not self.is_local:
            raise MethodError(f"{self.name} does not act qubit by qubit")
        positions = {q: i for i, q in enumerate(support)}
        generators = tuple(
            (name, UnitaryMap(len(support), tuple(_moved(op, positions) for op in unitary.factors
                                                  if set(op.support) <= set(positions))))
            for name, unitary in self.generators
        )  # fmt: skip
        if not any(op.support for _, unitary in generators for op in unitary.factors):
            return None
        return UnitaryFactor(len(support), generators)

    @property
    def _probes(self) -> tuple[PauliSum, ...]:
        """X and Z of every qubit that is touched: they generate all operators there."""
        qubits = sorted({q for _, unitary in self.generators for op in unitary.factors for q in op.support})
        return tuple(PauliSum.string(self.num_qubits, {q: name}) for q in qubits for name in "XZ")


def shortened(text: str) -> str:
    """A name of at most ``MAX_NAME`` characters."""
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 3] + "..."


def _moved(op: PauliSum, positions: dict[int, int]) -> PauliSum:
    n = len(positions)
    return PauliSum(n, {
        pauli_key({positions[q]: letter(key, q) for q in op.support}): value for key, value in op.terms.items()
    })  # fmt: skip
