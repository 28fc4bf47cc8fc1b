"""A compiled model: circuit, state, observable and certificate, ready for a back end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from eqcompile.arguments import one_of, order_and_steps
from eqcompile.budgets import stage
from eqcompile.circuits.ansatz import ParameterKind, ReuploadingAnsatz, angle_names, occurrence_name
from eqcompile.circuits.gates import EncodingGate, EvolutionGate
from eqcompile.claims.certificate import Certificate
from eqcompile.claims.of_model.breaking import kept_symmetry
from eqcompile.declaration.spec import Spec
from eqcompile.errors import BackendError
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
    from eqcompile.devices.recertify import Claim
    from eqcompile.devices.stages import Stage
    from eqcompile.emit.binding import DataForm
    from eqcompile.emit.qiskit.parameters import CircuitParameters, ParameterNames
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
        """Itself: it never changes."""
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
        """What each of ``parameter_names`` is: ``"weight"``, ``"breaking"`` or ``"scale"``."""
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

    @property
    def kept_symmetry(self) -> Symmetry:
        """The group under which the model is invariant: the declared one, or what a declared breaking leaves of it."""
        return kept_symmetry(self.symmetry, self.ansatz.breaking)

    @stage(
        "lowering and routing",
        "declare a smaller model, or allow more with --budget, such as --budget 10min,8GB",
    )
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
            data: form of the data parameters, see :func:`eqcompile.emit.qiskit.circuit.qiskit_circuit`; by default
                positions, and on a back end angles, with which the result can be certified exactly.
            barriers: separate preparation, encodings and layers.
            prepare: whether the circuit begins with the initial state; on a back end it does.
            prefix: in front of all parameter names, so that two models fit into one circuit. Circuits of one program
                with one prefix have equal parameters.
            backend: a name or a ``BackendV2``, see :func:`eqcompile.devices.devices.find_backend`.
            optimization_level: of the transpiler, 0 to 3; by default the highest that keeps exact numbers exact.
            seed: of the transpiler's random choices; ``None`` for new ones every time.
            trotter: order and steps of the product formulas for gates without exact circuit, see
                :meth:`lowering_reports`; by default there must be none.

        Returns:
            The circuit, with ``.observable``. On a back end it is transpiled, the observable follows the layout, and
            ``.certificate`` says that the circuit was certified again.

        Raises:
            BackendError: unknown ``data`` or back end, too few qubits, or gates that the back end does not have.
            MethodError: a gate has no exact circuit, and ``trotter`` is not given or impossible.
        """
        from eqcompile.emit.qiskit.circuit import qiskit_circuit
        from eqcompile.passes.formula.product_formula import ProductFormulas

        if backend is None and (optimization_level is not None or seed not in (0, None)):
            raise BackendError(
                "optimization_level and seed are of the transpiler: name a back end, or leave them out"
            )
        trotter = None if trotter is None else order_and_steps("trotter", trotter)
        form = data or ("positions" if backend is None else "angles")
        spec, names = self.spec, self._parameter_names(prefix)
        state = spec.state if prepare else None
        formulas = None if trotter is None else ProductFormulas(self.symmetry, *trotter)
        circuit = qiskit_circuit(
            self.ansatz, state, self.observable, spec.name, form, barriers, names, formulas
        )
        if backend is None:
            return circuit
        if not prepare:
            raise BackendError("a model on a back end begins with its initial state; leave prepare=False out")
        from eqcompile.devices.devices import find_backend
        from eqcompile.devices.routed import Model
        from eqcompile.devices.transpile import transpiled

        model = Model(self.ansatz, state, spec.name, form, names, formulas)
        claim = self._claim(form, prefix, trotter)
        return transpiled(circuit, model, find_backend(backend), claim, optimization_level, seed)

    @stage("measuring what product formulas break")
    def lowering_reports(self, trotter: tuple[int, int]) -> "tuple[LoweringReport, ...]":
        """What product formulas of an order and number of steps keep exactly, and what they break by how much.

        Returns:
            A report for every different gate without exact circuit; none if all have one.

        Raises:
            MethodError: no such formula.
        """
        from eqcompile.numeric.formula_defect import lowering_reports

        trotter = order_and_steps("trotter", trotter)
        gates = (gate for gate in self.ansatz.gates() if isinstance(gate, EvolutionGate))
        return lowering_reports(gates, self.symmetry, *trotter)

    @stage("the passes", "declare a smaller model, or allow more with --budget, such as --budget 10min,8GB")
    def stages(self, backend: "str | BackendV2 | Device | None" = None) -> "tuple[Stage, ...]":
        """The circuit after every pass, certified again each time; see :mod:`eqcompile.devices.stages`.

        Args:
            backend: whose couplings are routed to; none by default.

        Raises:
            BackendError: unknown back end, or too few connected qubits.
        """
        from eqcompile.devices.devices import find_backend
        from eqcompile.devices.routed import Model
        from eqcompile.devices.stages import stages

        device = None if backend is None else find_backend(backend)
        model = Model(self.ansatz, self.spec.state, self.spec.name, "angles", self._parameter_names(""))
        return tuple(stages(model, self.to_qiskit("angles"), self._claim("angles"), device))

    def recertify(
        self,
        circuit: "QuantumCircuit",
        data: "DataForm" = "angles",
        prefix: str = "",
        trotter: tuple[int, int] | None = None,
    ) -> Certificate:
        """Certify a circuit that was made from this model's by any transpiler.

        Args:
            circuit: parametrised, with its layout as ``.layout`` where qubits were moved.
            data: the form that was transpiled.
            prefix: of the parameter names.
            trotter: of the product formulas in it.

        Returns:
            A certificate with a finding for every generator of :attr:`kept_symmetry`.
        """
        from eqcompile.devices.recertify import recertified

        reference = self.to_qiskit(data, prefix=prefix, trotter=trotter)
        return recertified(circuit, reference, self._claim(data, prefix, trotter))

    def _claim(self, data: "DataForm", prefix: str = "", trotter: tuple[int, int] | None = None) -> "Claim":
        from eqcompile.devices.recertify import Claim

        sha256 = self.spec.source.sha256
        certified = bool(self.certificate) and trotter is None
        return Claim(self.spec.name, self.kept_symmetry, self.observable, sha256, data, prefix, certified)

    def qiskit_parameters(self, data: "DataForm" = "positions", prefix: str = "") -> "CircuitParameters":
        """The parameters of :meth:`to_qiskit`'s circuit: ``.weights`` in the order of JAX, ``.data`` by sites.

        Qiskit's own ``circuit.parameters`` is sorted by name, where ``w_10_0_0`` comes before ``w_2_0_0``.
        """
        from eqcompile.emit.qiskit.parameters import circuit_parameters

        return circuit_parameters(self.ansatz, data, self._parameter_names(prefix))

    def _parameter_names(self, prefix: str) -> "ParameterNames":
        from eqcompile.emit.qiskit.parameters import ParameterNames

        return ParameterNames(self.spec.source.sha256, prefix)

    def circuit_values(
        self, params: Any, x: Any = None, data: "DataForm" = "positions", prefix: str = ""
    ) -> dict[str, float]:
        """Value of every parameter of :meth:`to_qiskit`'s circuit, by name, ready for ``assign_parameters``."""
        from eqcompile.emit.binding import circuit_values

        values = circuit_values(self.ansatz, params, x, data)
        return {f"{prefix}{name}": value for name, value in values.items()}

    def encoding_gates(self) -> Iterator[tuple[EncodingGate, tuple[str, str, str]]]:
        """Every encoding gate of the circuit, with the names of its angles in the form ``"gates"``."""
        for encoding in range(self.ansatz.depth + 1):
            for gate in self.ansatz.encoding:
                site = self.ansatz.site_names[gate.site]
                yield gate, angle_names(occurrence_name(site, encoding, gate.qubit))

    def pub(
        self,
        x: Any,
        params: Any,
        backend: "str | BackendV2 | Device | None" = None,
        circuit: "QuantumCircuit | None" = None,
    ) -> "EstimatorPub":
        """Circuit, observable and values as one input of any Estimator V2: ``estimator.run([program.pub(x, params)])``.

        Args:
            x: positions ``(..., num_sites, 3)`` in angstrom; ``None`` where the model takes none.
            params: trainable parameters ``(..., num_parameters)``; leading axes are broadcast against those of ``x``.
            backend: where it will run; by default nowhere in particular, for ``StatevectorEstimator``.
            circuit: what :meth:`to_qiskit` returned for the back end, to transpile only once.

        Returns:
            A PUB whose results have the shape of the leading axes.

        Raises:
            DimensionError: wrong shapes, or numbers that are not finite.
            BackendError: as :meth:`to_qiskit`; or a circuit with other parameters.
        """
        from qiskit.primitives.containers.estimator_pub import EstimatorPub

        if circuit is not None and backend is not None:
            raise BackendError("a circuit was made for its back end already; give one of the two")
        if circuit is None:
            circuit = self.to_qiskit("angles", backend=backend)
        return EstimatorPub.coerce((circuit, circuit.observable, self.values_for(circuit, x, params)))

    def values_for(self, circuit: "QuantumCircuit", x: Any, params: Any, data: "DataForm" = "angles") -> Any:
        """Values of all parameters of a circuit, in its order: ``(..., len(circuit.parameters))``; see :meth:`pub`."""
        from eqcompile.emit.binding import value_table

        names = [parameter.name for parameter in circuit.parameters]
        return value_table(self.ansatz, names, params, x, data)

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
            backend: where it runs.
            shots: of every group of Pauli strings; exact values, noise included, by default.
            seed: of the group elements and the shots.
            noise: whether a simulated device has its noise.
            advance: called now and then with the number of values that are done, one for every point and image.

        Returns:
            An entry for every generator, those that a declared breaking breaks included.

        Raises:
            BackendError: as :meth:`to_qiskit`, and what is not possible on the device.
            DimensionError: wrong shapes, or a model without data.
        """
        from eqcompile.devices.devices import find_backend
        from eqcompile.devices.expectation import Expectation
        from eqcompile.devices.noise_report import measured_points, orbit_points, violations

        points = measured_points(x, self.ansatz.site_names)
        device = find_backend(backend)
        circuit = self.to_qiskit("angles", backend=device)
        images = orbit_points(self.symmetry, points, seed)
        everything = [points, *(image for _, image in images)]
        table = self.values_for(circuit, everything, params).reshape(-1, circuit.num_parameters)
        shape = len(everything), len(points)
        means, errors = Expectation(circuit, device, shots, seed, noise)(table, advance)
        model = self.to_jax()
        exact = [model(params, image) for image in everything]
        kept = self.kept_symmetry.generator_names
        generators = [generator for generator, _ in images]
        return violations(generators, kept, (means.reshape(shape), errors.reshape(shape)), exact)

    def to_qiskit_observable(self) -> "SparsePauliOp | SparseObservable":
        """The observable for Qiskit's estimators; sums of more than a thousand strings are a ``SparseObservable``."""
        from eqcompile.emit.qiskit.circuit import qiskit_observable

        return qiskit_observable(self.observable)


PROGRAM = one_of("a program, such as eq.compile returns, is needed", Program)
"""Check of an argument."""
