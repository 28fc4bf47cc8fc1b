r"""A force field that is a network on descriptors of a circuit.

.. math:: E(r) = \bar E + \frac{1}{s} f(z), \quad z_k = \frac{d_k(r) - m_k}{\sigma_k}, \qquad
    F(r) = -\frac{1}{s} \sum_k \frac{\partial f}{\partial z_k} \frac{1}{\sigma_k} \nabla_r d_k(r)

The energy depends on r through the d alone. It therefore has every invariance that all d have, whatever the network.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siqml.errors import ModelError
from siqml.field.backend import Backend
from siqml.field.descriptors.descriptors import Descriptors
from siqml.field.descriptors.network import Network
from siqml.field.domain import Domain
from siqml.field.force_field import ForceField, rebuilt
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True, eq=False)
class DescriptorField:
    """Energies and forces of molecules of one composition.

    Attributes:
        descriptors: what the circuit computes.
        mean: m, ``(K,)``.
        spread: sigma, ``(K,)``; 1 for a descriptor that is the same for all training structures.
        network: f.
        scaling: values of the network to energies in eV.

    Raises:
        ModelError: the numbers of descriptors differ.
    """

    descriptors: Descriptors
    mean: Array
    spread: Array
    network: Network
    scaling: Scaling

    def __post_init__(self) -> None:
        count = len(self.descriptors.operators)
        if self.mean.shape != (count,) or self.spread.shape != (count,) or self.network.sizes[0] != count:
            raise ModelError(f"a network of {self.network.sizes[0]} inputs on {count} descriptors")
        if not (self.spread > 0).all():
            raise ModelError("the spread of a descriptor is a positive number")

    def __deepcopy__(self, memo: dict[int, Any]) -> "DescriptorField":
        """Itself: it never changes."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """By texts and numbers alone, as a model file: who reads it compiles and certifies again."""
        from siqml.field.written import written

        circuit, network = self.descriptors.circuit, self.network
        path = circuit.program.spec.source.path
        numbers = circuit.frame.to_dict(), circuit.params.tolist(), self.scaling.to_dict(), circuit.domain
        tables = self.mean.tolist(), self.spread.tolist(), list(network.sizes), network.weights.tolist()
        return _again, (written(circuit.model), path, list(self.operator_texts), numbers, tables)

    @property
    def model(self) -> "eq.ProgramSum":
        """The circuit with its own observable."""
        return self.descriptors.circuit.model

    @property
    def frame(self) -> AnyFrame:
        """Atoms to sites."""
        return self.descriptors.circuit.frame

    @property
    def species(self) -> tuple[str, ...]:
        """Chemical symbols of the atoms, in the order of the model."""
        return self.frame.species

    @property
    def domain(self) -> Domain | None:
        """That of the circuit: `siqml describe` fits a network to the training set of its circuit."""
        return self.descriptors.circuit.domain

    @property
    def operator_texts(self) -> tuple[str, ...]:
        """The observables as text that reads as the same operators."""
        return tuple(map(str, self.descriptors.operators))

    @property
    def num_parameters(self) -> int:
        """Parameters of the circuit, and weights of the network."""
        return self.descriptors.circuit.params.size + self.network.weights.size

    @property
    def backend(self) -> Backend:
        """``"kernel"``: nothing else evaluates many observables at once."""
        return "kernel"

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that stand for everything that decides its energies."""
        circuit = self.descriptors.circuit
        facts = f"{self.model.sha256} {self.frame} {self.scaling} {self.operator_texts} {self.network.sizes}"
        arrays = (circuit.params, self.mean, self.spread, self.network.weights)
        return hashlib.sha256(facts.encode() + b"".join(array.tobytes() for array in arrays)).hexdigest()

    def inputs(self, values: Array) -> Array:
        """z ``(n, K)`` of values ``(n, K)``."""
        return np.asarray((values - self.mean) / self.spread)

    def predict(self, positions: Array) -> tuple[Array, Array]:
        """Energies and exact forces, F = -dE/dr; arguments, shapes and errors are those of `ForceField.predict`.

        Raises:
            BackendError, LimitError: there is no kernel for this circuit.
        """
        return self.of_descriptors(*self.descriptors.at(positions))

    def of_descriptors(self, values: Array, slopes: Array) -> tuple[Array, Array]:
        """Energies and forces of what `Descriptors.at` gave."""
        found, by_input = self.network.at(self.inputs(values))
        forces = -_weighted(by_input / self.spread, slopes) / self.scaling.factor
        return np.asarray(self.scaling.to_energy(found)), np.asarray(forces)

    def energies(self, positions: Array) -> Array:
        """Energies ``(n,)`` in eV of positions ``(n, n_atoms, 3)`` in angstrom."""
        return self.predict(positions)[0]


def _weighted(weights: Array, slopes: Array) -> Array:
    """Sums over descriptors, ``(n, n_atoms, 3)``."""
    flat = slopes.reshape(*slopes.shape[:2], -1)
    return np.asarray(np.matmul(weights[:, None, :], flat)[:, 0].reshape(len(slopes), *slopes.shape[2:]))


def made(
    circuit: ForceField,
    operators: Sequence[str],
    mean: Array,
    spread: Array,
    network: Network,
    scaling: Scaling,
) -> DescriptorField:
    """The force field of texts and numbers.

    Raises:
        ModelError: they do not fit together, or an observable is not invariant.
        EqcompileError: an observable cannot be read.
    """
    import eqcompile as eq

    count = circuit.program.num_qubits
    read = tuple(eq.PauliSum.parse(text, num_qubits=count) for text in operators)
    return DescriptorField(Descriptors(circuit, read), mean, spread, network, scaling)


def _again(
    content: Mapping[str, Any], path: str, operators: Sequence[str], numbers: Any, tables: Any
) -> DescriptorField:
    """What `DescriptorField.__reduce__` names."""
    frame, params, scaling, domain = numbers
    mean, spread, sizes, weights = tables
    circuit = rebuilt(content, path, frame, IDENTITY.to_dict(), params, domain)
    network = Network(tuple(sizes), np.array(weights))
    return made(circuit, operators, np.array(mean), np.array(spread), network, Scaling(**scaling))
