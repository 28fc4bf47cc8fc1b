"""Invariant observables, derived: the allowed generators, each with its exact spectrum, simplest first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from eqcompile.arguments import accepts, at_least
from eqcompile.derivation.compare import derive_basis
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.generators.orbits import OrbitElements
from eqcompile.errors import MethodError
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import Eigenvalue, eigenvalues
from eqcompile.symmetry.symmetry import SYMMETRY, Symmetry


@dataclass(frozen=True)
class InvariantObservable:
    """A Hermitian operator that commutes with the symmetry; its spectrum is computed on demand.

    Attributes:
        operator: traceless, so never the same number for every state.
    """

    operator: PauliSum

    @cached_property
    def spectrum(self) -> tuple[Eigenvalue, ...]:
        """Distinct eigenvalues, exact and ascending.

        Raises:
            LimitError: too many distinct eigenvalues.
        """
        return eigenvalues(self.operator)

    @property
    def range(self) -> tuple[Eigenvalue, Eigenvalue]:
        """Lowest and highest eigenvalue: the range of a model that measures it."""
        return self.spectrum[0], self.spectrum[-1]

    def __str__(self) -> str:
        return f"{shorthand(self.operator)}, eigenvalues {', '.join(map(str, self.spectrum))}"


@accepts(symmetry=SYMMETRY, locality=at_least(1))
def invariant_observables(symmetry: Symmetry, locality: int = 2) -> Iterator[InvariantObservable]:
    """A basis of the invariant observables on up to ``locality`` qubits, one by one.

    Returns:
        The observables of lowest weight first, and of these those of fewest terms first; nothing if none is allowed.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        LimitError: too many sets of qubits.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> su2 = Symmetry(2, factors=(RotationFactor(2, (0, 1)),))
    >>> print(*invariant_observables(su2), sep="; ")
    H(0,1), eigenvalues -3, 1
    """
    basis = derive_basis(symmetry, locality)
    sizes = _sizes(basis)
    return (InvariantObservable(basis.elements[k]) for k in sorted(range(basis.dim), key=sizes.__getitem__))


def choose_observable(
    symmetry: Symmetry, locality: int = 2, carriers: Collection[int] = ()
) -> InvariantObservable:
    """The invariant observable of lowest weight and fewest terms.

    Args:
        symmetry: the group.
        locality: most qubits that a term acts on.
        carriers: qubits that carry data; an observable that acts on none of them, such as Z on the parity qubit alone,
            is taken only if there is no other.

    Raises:
        MethodError: no observable on so few qubits is invariant.
    """
    found = list(invariant_observables(symmetry, locality))
    if not found:
        larger = "no locality allows more" if locality == symmetry.num_qubits else "allow a larger locality"
        raise MethodError(f"no observable of locality {locality} is invariant under {symmetry}; {larger}")
    return next((o for o in found if not carriers or set(o.operator.support) & set(carriers)), found[0])


def _sizes(basis: GeneratorBasis) -> list[tuple[int, int]]:
    """Weight and number of terms of every element, without writing orbit sums out."""
    if isinstance(basis.elements, OrbitElements):
        parts = basis.elements.parts
        return [(len(orbit.root), len(orbit.images) * len(op)) for orbit, local in parts for op in local]
    return [(element.locality, len(element)) for element in basis.elements]
