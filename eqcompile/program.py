"""A compiled model: circuit, state, observable and certificate, ready for a back end."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from eqcompile.certify.certificate import Certificate
from eqcompile.circuit.ansatz import ReuploadingAnsatz
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.spectrum import Eigenvalue, eigenvalues
from eqcompile.exact.state import ExactState
from eqcompile.reps.symmetry import Symmetry
from eqcompile.spec.model import Spec

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp


@dataclass(frozen=True)
class Program:
    """What :func:`eqcompile.compile` returns.

    Attributes:
        spec: what was declared.
        symmetry: the declared group, lifted to the qubits.
        ansatz: the circuit as certified gates.
        state: the initial state.
        observable: what is measured.
        certificate: the proofs; truthy when every claim is proven.
    """

    spec: Spec
    symmetry: Symmetry
    ansatz: ReuploadingAnsatz
    state: ExactState
    observable: PauliSum
    certificate: Certificate

    @property
    def num_qubits(self) -> int:
        """Size of the register."""
        return self.ansatz.num_qubits

    @property
    def num_parameters(self) -> int:
        """Number of trainable parameters."""
        return len(self.parameter_names)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Trainable parameters in the order of the flat vector, the same for every back end."""
        return self.ansatz.parameter_names

    @cached_property
    def observable_range(self) -> tuple[Eigenvalue, Eigenvalue]:
        """Lowest and highest exact eigenvalue of the observable: the range of the model."""
        values = eigenvalues(self.observable)
        return values[0], values[-1]

    def to_jax(self) -> Callable[[Any, Any], Any]:
        """The model as ``f(params, x)``; see :func:`eqcompile.backends.jax.jax_model`."""
        from eqcompile.backends.jax import jax_model

        return jax_model(self.ansatz, self.state, self.observable)

    def to_qiskit(
        self, data: Literal["positions", "angles"] = "positions", barriers: bool = False
    ) -> "QuantumCircuit":
        """The model as a Qiskit circuit; see :func:`eqcompile.backends.qiskit.qiskit_circuit`."""
        from eqcompile.backends.qiskit import qiskit_circuit

        return qiskit_circuit(self.ansatz, self.spec.state, self.observable, self.spec.name, data, barriers)

    def circuit_values(
        self, params: Any, x: Any = None, data: Literal["positions", "angles"] = "positions"
    ) -> dict[str, float]:
        """Value of every parameter of :meth:`to_qiskit`'s circuit, by name, ready for ``assign_parameters``."""
        from eqcompile.backends.binding import circuit_values

        return circuit_values(self.ansatz, params, x, data)

    def to_qiskit_observable(self) -> "SparsePauliOp":
        """The observable for Qiskit's estimators."""
        from eqcompile.backends.qiskit import sparse_pauli_op

        return sparse_pauli_op(self.observable)
