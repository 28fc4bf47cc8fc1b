"""A program on a back end: its circuit there, and its values as one input of an Estimator."""

from typing import Any

from qiskit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.providers import BackendV2

from eqcompile.budgets import stage
from eqcompile.devices.devices import Device, find_backend
from eqcompile.emit.binding import DataForm, values_in_order
from eqcompile.emit.compiled import CURE, LOWERING, Compiled, formulas_for
from eqcompile.emit.qiskit.circuit import circuit_of
from eqcompile.emit.qiskit.parameters import ParameterNames
from eqcompile.errors import BackendError


@stage(LOWERING, CURE)
def circuit_on(
    program: Compiled,
    data: DataForm | None = None,
    barriers: bool = False,
    prepare: bool = True,
    prefix: str = "",
    backend: str | BackendV2 | Device | None = None,
    optimization_level: int | None = None,
    seed: int | None = 0,
    trotter: tuple[int, int] | None = None,
) -> QuantumCircuit:
    """The circuit of a program, transpiled if a back end is named.

    Args, Returns and Raises: as for :meth:`eqcompile.program.Program.to_qiskit`.
    """
    if backend is None:
        if optimization_level is not None or seed not in (0, None):
            raise BackendError(
                "optimization_level and seed belong to the transpiler: name a back end, or leave them out"
            )
        return circuit_of(program, data, barriers, prepare, prefix, trotter)
    # The passes, the readers and the claims below them take a second to import; a plain circuit needs none of them.
    from eqcompile.devices.recertify import Wanted
    from eqcompile.devices.routed import Model
    from eqcompile.devices.transpile import transpiled

    form = data or "angles"
    circuit = circuit_of(program, form, barriers, prepare, prefix, trotter)
    if not prepare:
        raise BackendError("a model on a back end begins with its initial state; leave out prepare=False")
    names = ParameterNames.of(program.spec, prefix)
    formulas = formulas_for(program, trotter)
    model = Model(program.ansatz, program.spec.state, program.spec.name, form, names, formulas)
    claim = Wanted.of(program, form, prefix, trotter)
    return transpiled(circuit, model, find_backend(backend), claim, optimization_level, seed)


def pub(
    program: Compiled,
    x: Any,
    params: Any,
    backend: str | BackendV2 | Device | None = None,
    circuit: QuantumCircuit | None = None,
) -> EstimatorPub:
    """Circuit, observable and values as one input of any Estimator V2.

    Args, Returns and Raises: as for :meth:`eqcompile.program.Program.pub`.
    """
    if circuit is not None and backend is not None:
        raise BackendError("a circuit is already made for its back end; give either circuit or backend")
    if circuit is None:
        circuit = circuit_on(program, "angles", backend=backend)
    values = values_in_order(program.ansatz, circuit, params, x, "angles")
    return EstimatorPub.coerce((circuit, circuit.observable, values))
