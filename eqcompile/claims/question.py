"""What is asked of a circuit: which claim, under which group, with which parameters as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

DataNames: TypeAlias = Mapping[str, DataIndex]
"""Which parameters are coordinates of which site."""

What: TypeAlias = Literal["circuit", "state", "model"]
"""That a circuit is equivariant, that the state it prepares is invariant, or that its expectation value is."""

WHATS: tuple[What, ...] = get_args(What)


@dataclass(frozen=True)
class Question:
    """A group, and what should be invariant under it.

    Attributes:
        symmetry: the group on the circuit's qubits; qubits beyond it are ancillas, which start in |0>.
        data: parameters that are coordinates of the data.
        what: which of the three claims.
        observable: the observable of a model.

    Raises:
        DimensionError: an observable on another register.
    """

    symmetry: Symmetry
    data: DataNames = field(default_factory=dict, hash=False)
    what: What = "circuit"
    observable: PauliSum | None = None

    def __post_init__(self) -> None:
        if self.observable is not None and self.observable.num_qubits != self.symmetry.num_qubits:
            raise DimensionError(
                f"the observable acts on {self.observable.num_qubits} qubits, the group on {self.symmetry.num_qubits}"
            )

    @property
    def measured(self) -> PauliSum:
        """The observable of a model.

        Raises:
            MethodError: there is none.
        """
        if self.observable is None:
            raise MethodError("a model needs an observable; declare one in the spec, or give one")
        return self.observable

    def reference(self, place: int) -> str:
        """What names a generator in a line of Python: its name, or its place where another has the same name."""
        name = self.symmetry.generator_names[place]
        return f'"{name}"' if self.symmetry.generator_names.count(name) == 1 else str(place)
