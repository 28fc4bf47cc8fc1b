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

    from eqcompile.backends.parameters import CircuitParameters, ParameterNames


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
        self,
        data: Literal["positions", "angles"] = "positions",
        barriers: bool = False,
        prepare: bool = True,
        prefix: str = "",
    ) -> "QuantumCircuit":
        """The model as a Qiskit circuit; see :func:`eqcompile.backends.qiskit.qiskit_circuit`.

        Args:
            data: form of the data parameters.
            barriers: separate preparation, encodings and layers.
            prepare: whether the circuit begins with the initial state.
            prefix: in front of all parameter names, so that two models fit into one circuit. Circuits of one program
                with one prefix have equal parameters.
        """
        from eqcompile.backends.qiskit import qiskit_circuit

        state = self.spec.state if prepare else None
        names, name = self._parameter_names(prefix), self.spec.name
        return qiskit_circuit(self.ansatz, state, self.observable, name, data, barriers, names)

    def qiskit_parameters(
        self, data: Literal["positions", "angles"] = "positions", prefix: str = ""
    ) -> "CircuitParameters":
        """The parameters of :meth:`to_qiskit`'s circuit: ``.weights`` in the order of JAX, ``.data`` by sites.

        Qiskit's own ``circuit.parameters`` is sorted by name, where ``w_10_0_0`` comes before ``w_2_0_0``.
        """
        from eqcompile.backends.parameters import circuit_parameters

        return circuit_parameters(self.ansatz, data, self._parameter_names(prefix))

    def _parameter_names(self, prefix: str) -> "ParameterNames":
        from eqcompile.backends.parameters import ParameterNames

        return ParameterNames(self.spec.source.sha256, prefix)

    def circuit_values(
        self,
        params: Any,
        x: Any = None,
        data: Literal["positions", "angles"] = "positions",
        prefix: str = "",
    ) -> dict[str, float]:
        """Value of every parameter of :meth:`to_qiskit`'s circuit, by name, ready for ``assign_parameters``."""
        from eqcompile.backends.binding import circuit_values

        values = circuit_values(self.ansatz, params, x, data)
        return {f"{prefix}{name}": value for name, value in values.items()}

    def to_qiskit_observable(self) -> "SparsePauliOp":
        """The observable for Qiskit's estimators."""
        from eqcompile.backends.qiskit import sparse_pauli_op

        return sparse_pauli_op(self.observable)
