"""A compiled model: circuit, state, observable and certificate, ready for a back end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from eqcompile.arguments import one_of, order_and_steps
from eqcompile.budgets import stage
from eqcompile.circuits.ansatz import ParameterKind, ReuploadingAnsatz
from eqcompile.circuits.operations import VectorRotation
from eqcompile.claims.certificate import Certificate
from eqcompile.claims.of_model.breaking import kept_symmetry
from eqcompile.declaration.spec import Spec
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import Eigenvalue, eigenvalues
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.symmetry import Symmetry

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.providers import BackendV2
    from qiskit.quantum_info import SparseObservable, SparsePauliOp

    from eqcompile.devices.devices import Device
    from eqcompile.devices.noise_report import Violation
    from eqcompile.devices.stages import Stage
    from eqcompile.emit.binding import DataForm
    from eqcompile.emit.pennylane import PennyLaneCircuit
    from eqcompile.emit.qiskit.parameters import CircuitParameters
    from eqcompile.kernel.kernel import Kernel
    from eqcompile.numeric.formula_defect import LoweringReport


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

    def __deepcopy__(self, memo: object) -> "Program":
        """The program itself: it never changes."""
        return self

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

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """The kind of each of ``parameter_names``: ``"weight"``, ``"breaking"`` or ``"scale"``."""
        return self.ansatz.parameter_kinds

    @cached_property
    def observable_range(self) -> tuple[Eigenvalue, Eigenvalue]:
        """Lowest and highest exact eigenvalue of the observable: the range of the model."""
        values = eigenvalues(self.observable)
        return values[0], values[-1]

    def to_jax(self) -> Callable[[Any, Any], Any]:
        """The model as ``f(params, x)``; see :func:`eqcompile.emit.jax.model.jax_model`."""
        from eqcompile.emit.jax.model import jax_model

        return jax_model(self.ansatz, self.state, self.observable)

    def to_kernel(self, observables: "Sequence[PauliSum] | None" = None) -> "Kernel":
        """The model as loops in machine code, for the processor; see :class:`eqcompile.kernel.kernel.Kernel`.

        Equal programs share one kernel for their own observable.

        Args:
            observables: what is measured; the model's own observable by default.

        Raises:
            BackendError: Numba is not installed.
            LimitError: the model is too large for it; use :meth:`to_jax`.
            DimensionError: an observable on another number of qubits, or none at all.
        """
        from eqcompile.kernel.kernel import Kernel, Parts, require_numba, shared_kernel

        require_numba()
        if observables is None:
            return shared_kernel(Parts(self.ansatz, self.state, self.observable))
        return Kernel(self, observables)

    @property
    def kept_symmetry(self) -> Symmetry:
        """The group under which the model is invariant: the declared one, or what a declared breaking leaves."""
        return kept_symmetry(self.symmetry, self.ansatz.breaking)

    def to_qiskit(
        self,
        data: "DataForm | None" = None,
        barriers: bool = False,
        prepare: bool = True,
        prefix: str = "",
        backend: "str | BackendV2 | Device | None" = None,
        optimization_level: int | None = None,
        seed: int | None = 0,
        trotter: tuple[int, int] | None = None,
    ) -> "QuantumCircuit":
        """The model as a Qiskit circuit, on a back end if one is named; see :mod:`eqcompile.devices.transpile`.

        Args:
            data: form of the data parameters; see :func:`eqcompile.emit.qiskit.circuit.qiskit_circuit`; by default
                positions, and on a back end angles, with which the result can be certified exactly.
            barriers: whether to separate preparation, encodings and layers by barriers.
            prepare: whether the circuit begins with the initial state; on a back end it always does.
            prefix: prefix of all parameter names, so that two models fit into one circuit. Circuits of one program
                with one prefix have equal parameters.
            backend: the back end, as a name or a ``BackendV2``; see :func:`eqcompile.devices.devices.find_backend`.
            optimization_level: level of the transpiler, 0 to 3; by default the highest that keeps exact numbers exact.
            seed: seed for the transpiler's random choices; ``None`` for new ones every time.
            trotter: order and steps of the product formulas for gates without an exact circuit, see
                :meth:`lowering_reports`; by default there must be none.

        Returns:
            The circuit, with ``.observable``. On a back end it is transpiled, the observable follows the layout, and
            ``.certificate`` says that the circuit was certified again.

        Raises:
            BackendError: an unknown ``data`` or back end, too few qubits, or gates that the back end does not have.
            MethodError: a gate has no exact circuit, and ``trotter`` is not given or impossible.
        """
        from eqcompile.devices.on_device import circuit_on

        how = (data, barriers, prepare, prefix, backend, optimization_level, seed, trotter)
        return circuit_on(self, *how)

    def to_pennylane(
        self, prepare: bool = True, trotter: tuple[int, int] | None = None
    ) -> "PennyLaneCircuit":
        """The model as a quantum function of PennyLane, to be called inside a QNode.

        Args:
            prepare: whether the circuit begins with the initial state.
            trotter: as for :meth:`to_qiskit`.

        Returns:
            ``circuit(params, x)``, with ``.observable``. Parameters have the order of :meth:`to_jax`; ``x`` has the
            shape ``(num_sites, 3)`` or ``(batch, num_sites, 3)``, in angstrom. Both may be differentiated, with
            autograd or JAX; but by ``x`` only if no site is on the z axis, where an azimuth has no derivative.

        Raises:
            BackendError: PennyLane is not installed.
            MethodError: a gate has no exact circuit, and ``trotter`` is not given or impossible.
        """
        from eqcompile.emit.pennylane import to_pennylane

        return to_pennylane(self, prepare, trotter)

    @stage("measuring what product formulas break")
    def lowering_reports(self, trotter: tuple[int, int]) -> "tuple[LoweringReport, ...]":
        """What product formulas with this order and number of steps keep exactly, what they break, and by how much.

        Returns:
            A report for every distinct gate without an exact circuit; empty if all have one.

        Raises:
            MethodError: there is no such formula.
        """
        from eqcompile.numeric.formula_defect import lowering_reports

        return lowering_reports(self.ansatz.gates(), self.symmetry, *order_and_steps("trotter", trotter))

    def stages(self, backend: "str | BackendV2 | Device | None" = None) -> "tuple[Stage, ...]":
        """The circuit after every pass, certified again each time; see :mod:`eqcompile.devices.stages`.

        Args:
            backend: back end for whose couplings the circuit is routed; none by default.

        Raises:
            BackendError: the back end is unknown, or has too few connected qubits.
        """
        from eqcompile.devices.stages import stages_of

        return stages_of(self, backend)

    def recertify(
        self,
        circuit: "QuantumCircuit",
        data: "DataForm" = "angles",
        prefix: str = "",
        trotter: tuple[int, int] | None = None,
    ) -> Certificate:
        """Certify a circuit that any transpiler made from the circuit of this model.

        Args:
            circuit: the circuit, parametrised, with its layout as ``.layout`` if qubits were moved.
            data: form of the data that was transpiled.
            prefix: prefix of the parameter names.
            trotter: order and steps of the product formulas in it.

        Returns:
            A certificate with a finding for every generator of :attr:`kept_symmetry`.
        """
        from eqcompile.devices.recertify import recertified_program

        return recertified_program(self, circuit, data, prefix, trotter)

    def qiskit_parameters(self, data: "DataForm" = "positions", prefix: str = "") -> "CircuitParameters":
        """The parameters of :meth:`to_qiskit`'s circuit: ``.weights`` in the order of JAX, ``.data`` by site.

        Qiskit's own ``circuit.parameters`` is sorted by name, where ``w_10_0_0`` comes before ``w_2_0_0``.
        """
        from eqcompile.emit.qiskit.parameters import ParameterNames, circuit_parameters

        return circuit_parameters(self.ansatz, data, ParameterNames.of(self.spec, prefix))

    def circuit_values(
        self, params: Any, x: Any = None, data: "DataForm" = "positions", prefix: str = ""
    ) -> dict[str, float]:
        """Value of every parameter of :meth:`to_qiskit`'s circuit, by name, ready for ``assign_parameters``."""
        from eqcompile.emit.binding import circuit_values

        return circuit_values(self.ansatz, params, x, data, prefix)

    def encoding_gates(self) -> Iterator[tuple[VectorRotation, tuple[str, str, str]]]:
        """Every encoding gate of the circuit, with the names of its angles in the form ``"gates"``."""
        return self.ansatz.encoding_gates()

    def pub(
        self,
        x: Any,
        params: Any,
        backend: "str | BackendV2 | Device | None" = None,
        circuit: "QuantumCircuit | None" = None,
    ) -> "EstimatorPub":
        """Circuit, observable and values as one input of any Estimator V2: ``estimator.run([program.pub(x, params)])``.

        Args:
            x: positions ``(..., num_sites, 3)`` in angstrom; ``None`` if the model takes none.
            params: trainable parameters ``(..., num_parameters)``; leading axes are broadcast against those of ``x``.
            backend: back end where it will run; by default none in particular, for ``StatevectorEstimator``.
            circuit: circuit that :meth:`to_qiskit` returned for the back end, to transpile only once.

        Returns:
            A PUB whose results have the shape of the leading axes.

        Raises:
            DimensionError: the shapes are wrong, or numbers are not finite.
            BackendError: as for :meth:`to_qiskit`; or the circuit has other parameters.
        """
        from eqcompile.devices.on_device import pub

        return pub(self, x, params, backend, circuit)

    def values_for(self, circuit: "QuantumCircuit", x: Any, params: Any, data: "DataForm" = "angles") -> Any:
        """Values of all parameters of a circuit, in its order: ``(..., len(circuit.parameters))``; see :meth:`pub`."""
        from eqcompile.emit.binding import values_in_order

        return values_in_order(self.ansatz, circuit, params, x, data)

    def noise_report(
        self,
        x: Any,
        params: Any,
        backend: "str | BackendV2 | Device",
        shots: int | None = None,
        seed: int | None = 0,
        noise: bool = True,
        advance: Callable[[int], None] = lambda done: None,
    ) -> "tuple[Violation, ...]":
        """How far a device breaks each declared symmetry: f(V x) - f(x) for every generator of the group.

        Args:
            x: positions ``(n, num_sites, 3)`` in angstrom at which the model is compared with itself.
            params: trainable parameters ``(num_parameters,)``.
            backend: back end where the model runs.
            shots: shots for every group of Pauli strings; by default exact values, noise included.
            seed: seed for the group elements and the shots.
            noise: whether a simulated device has its noise.
            advance: called now and then with the number of values done, one for every point and image.

        Returns:
            An entry for every generator, including those that a declared breaking breaks.

        Raises:
            BackendError: as for :meth:`to_qiskit`, or something is not possible on the device.
            DimensionError: the shapes are wrong, or the model takes no data.
        """
        from eqcompile.devices.noise_report import noise_report

        return noise_report(self, x, params, backend, shots, seed, noise, advance)

    def to_qiskit_observable(self) -> "SparsePauliOp | SparseObservable":
        """The observable for Qiskit's estimators; sums of more than a thousand strings are a ``SparseObservable``."""
        from eqcompile.emit.qiskit.circuit import qiskit_observable

        return qiskit_observable(self.observable)


PROGRAM = one_of("a program, such as eq.compile returns, is needed", Program)
"""Check that an argument is a program."""
