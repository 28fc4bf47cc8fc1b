"""What a spec says, as values: the data, the register, the symmetry and the ansatz.

Nothing here reads files. Sites and qubits count from 0. Two specs are equal when they say the same, wherever they were
written.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from eqcompile.errors import SpecError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.factor import Factor

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the YAML tree, such as ``("ansatz", "layer", 0)``."""

Kind: TypeAlias = Literal["sites", "qubits"]
"""What cycles permute."""

Cycle: TypeAlias = tuple[str | int, ...]
"""``(a, b, c)`` sends a to b, b to c and c to a; the members are site names or qubits."""


@dataclass(frozen=True)
class DataSpec:
    """The sites, each a vector in R^3 (angstrom), and the qubits that carry them.

    Args:
        sites: names, in the order of the model's input array ``(batch, num_sites, 3)``.
        encode: for every site, the qubits it is uploaded to, in the order of ``sites``.
        scales: pairs (name, sites) of the trainable factors alpha of paper Eq. 8; every site belongs to exactly one.
    """

    sites: tuple[str, ...]
    encode: tuple[tuple[int, ...], ...]
    scales: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def qubits(self) -> tuple[int, ...]:
        """Every qubit that carries a site, ascending."""
        return tuple(sorted(qubit for qubits in self.encode for qubit in qubits))


class Symmetry(ABC):
    """One entry of ``symmetry`` as a value: what it means, and how it is written.

    Every kind of entry is one file of :mod:`eqcompile.declaration.entries`. It holds the shape of its section, its
    value, and the way from a factor back to it.
    """

    @property
    def parity_qubit(self) -> int | None:
        """The qubit that changes sign under its reflections, if it names one."""
        return None

    @abstractmethod
    def lift(self, spec: "Spec", place: Path) -> Iterator[Factor]:
        """The factors it declares, lifted from the sites to the qubits that carry them.

        Raises:
            SpecError: the entry does not fit the sites and qubits of the spec.
        """

    @abstractmethod
    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Any]:
        """The entry as the file has it.

        Args:
            turning: the qubits that turn if an entry names none; the parity qubit of the spec is not among them.
            kind: what cycles permute if an entry does not say so.

        Raises:
            MethodError: a spec cannot express the group.
        """


@dataclass(frozen=True)
class Singlets:
    """(|01> - |10>)/sqrt(2) on every pair (paper Eq. 4), |0> on all other qubits."""

    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ProductKet:
    """Every qubit in its own state: a letter ``0 1 + - r l`` for each, qubit 0 first."""

    letters: str


@dataclass(frozen=True)
class Superposition:
    """A state that is not a product of such letters; its norm has no meaning."""

    vector: ExactState


InitialState: TypeAlias = Singlets | ProductKet | Superposition


@dataclass(frozen=True)
class Breaking:
    """A trainable gate exp(-i eps G) after each layer that breaks part of the symmetry (paper Eq. 15).

    Args:
        generator: G; half the sum of all Z for the paper's R_Z(eps) on every qubit.
        start: value of eps before training.
    """

    generator: PauliSum
    start: Fraction


@dataclass(frozen=True)
class AnsatzSpec:
    """``depth`` trainable layers between ``depth + 1`` encodings (paper Eq. 2).

    Args:
        depth: D, the number of trainable layers.
        blocks: B, how often each layer repeats its gates, each time with separate weights.
        layer: the gate generators G of one block; each gate is exp(-i w G).
        breaking: the optional symmetry-breaking gate after each layer.
    """

    depth: int
    blocks: int
    layer: tuple[PauliSum, ...]
    breaking: Breaking | None


@dataclass(frozen=True)
class Derive:
    """A part that the spec leaves to the compiler.

    Args:
        place: ``("data", "encode")``, ``("state",)``, ``("observable",)`` or ``("ansatz", "layer")``.
        locality: most qubits that a term of a derived operator acts on.
    """

    place: Path
    locality: int


@dataclass(frozen=True)
class Source:
    """The text a spec came from, and where each of its parts stands.

    Args:
        path: the file, as the user named it.
        text: its whole content.
        positions: 1-based (line, column) of every value.
        files: files that the text names, such as the file of a graph, each with the hash of its content.
    """

    path: str
    text: str
    positions: Mapping[Path, tuple[int, int]]
    files: tuple[tuple[str, str], ...] = ()

    def locate(self, path: Path) -> tuple[int, int]:
        """Line and column of ``path``, or of the nearest part around it that the text spells out."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8, as a hexadecimal number.

        If the text names files, a line ``hash  name`` for each is hashed too: the result changes with their content.
        """
        lines = "".join(f"\n{digest}  {name}" for name, digest in self.files)
        return hashlib.sha256((self.text + lines).encode()).hexdigest()


@dataclass(frozen=True)
class Spec:
    """A whole spec; equality ignores ``source``.

    Args:
        name: what the model is called.
        qubits: size of the register.
        data: the sites, or ``None`` when the symmetry is declared on qubits alone.
        symmetry: the group is generated by all entries together.
        state: initial state, if declared.
        observable: Hermitian operator that is measured, if declared.
        ansatz: trainable part, if declared.
        source: the text it was read from.
        derived: the parts left to the compiler. Until :func:`eqcompile.derivation.resolve.resolve` has filled them
            in, ``state`` and ``observable`` are ``None`` there and ``ansatz.layer`` is empty.
    """

    name: str
    qubits: int
    data: DataSpec | None
    symmetry: tuple[Symmetry, ...]
    state: InitialState | None
    observable: PauliSum | None
    ansatz: AnsatzSpec | None
    source: Source = field(compare=False, repr=False)
    derived: tuple[Derive, ...] = ()

    def __deepcopy__(self, memo: object) -> "Spec":
        """The spec itself: it never changes."""
        return self

    @property
    def num_sites(self) -> int:
        """Number of sites; none without data."""
        return len(self.data.sites) if self.data else 0

    def error(self, message: str, path: Path) -> SpecError:
        """An error about one part of the spec, with its place in the file."""
        line, column = self.source.locate(path)
        return SpecError(message, self.source.path, line, column)

    @property
    def parity(self) -> int | None:
        """The qubit that changes sign under reflections, if there is one."""
        return next((p for p in (entry.parity_qubit for entry in self.symmetry) if p is not None), None)
