"""Numbers for the named parameters of a circuit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqcompile.arguments import found
from eqcompile.circuits.ansatz import ReuploadingAnsatz, angle_names, coordinate_names
from eqcompile.errors import BackendError, DimensionError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Array: TypeAlias = NDArray[np.float64]

DataForm: TypeAlias = Literal["positions", "vectors", "angles", "gates"]
"""Forms of the data parameters, see :func:`eqcompile.emit.qiskit.circuit.qiskit_circuit`."""

IN_POSITIONS: Final = ("positions", "vectors")
"""Forms with the coordinates themselves as parameters, and the scales beside them."""


def circuit_values(
    ansatz: ReuploadingAnsatz,
    params: ArrayLike,
    x: ArrayLike | None = None,
    data: DataForm = "positions",
    prefix: str = "",
) -> dict[str, float]:
    """Value of every named circuit parameter for one set of weights and one structure.

    Args:
        ansatz: the circuit.
        params: flat trainable parameters ``(num_parameters,)``, in the order of ``ansatz.parameter_names``.
        x: position vectors ``(num_sites, 3)`` in angstrom; ``None`` where the model takes none.
        data: which form of the circuit, see :func:`eqcompile.emit.qiskit.circuit.qiskit_circuit`.
        prefix: prefix of all names.

    Returns:
        Parameter name to value.

    Raises:
        DimensionError: wrong shape, or numbers that are not finite.
        BackendError: unknown ``data``.
    """
    weights, positions = _arrays(params, x)
    if weights.ndim != 1 or positions.ndim != 2:
        raise _wrong_shape(ansatz, weights, positions)
    return {
        f"{prefix}{name}": float(value) for name, value in _columns(ansatz, weights, positions, data).items()
    }


def value_table(
    ansatz: ReuploadingAnsatz,
    names: Sequence[str],
    params: ArrayLike,
    x: ArrayLike | None = None,
    data: DataForm = "angles",
) -> Array:
    """Values of circuit parameters in a given order, for any batch of weights and structures.

    Args:
        ansatz: the circuit.
        names: circuit parameters, in the order of the circuit.
        params: ``(..., num_parameters)``.
        x: ``(..., num_sites, 3)`` in angstrom; leading axes are broadcast against those of ``params``.
        data: which form of the circuit.

    Returns:
        ``(..., len(names))``.

    Raises:
        DimensionError: wrong shape, axes that do not fit, or numbers that are not finite.
        BackendError: unknown ``data``, or names that no parameter has.
    """
    weights, positions = _arrays(params, x)
    columns = _columns(ansatz, weights, positions, data)
    if unknown := [name for name in names if name not in columns]:
        raise BackendError(f"the circuit has a parameter {unknown[0]!r} that the model does not have")
    batch = np.broadcast_shapes(weights.shape[:-1], positions.shape[:-2])
    table = [np.broadcast_to(columns[name], batch) for name in names]
    return np.stack(table, axis=-1) if table else np.zeros((*batch, 0))


def values_in_order(
    ansatz: ReuploadingAnsatz,
    circuit: "QuantumCircuit",
    params: ArrayLike,
    x: ArrayLike | None = None,
    data: DataForm = "angles",
) -> Array:
    """The table of :func:`value_table` for all parameters of a circuit, in its order."""
    names = [parameter.name for parameter in circuit.parameters]
    return value_table(ansatz, names, params, x, data)


def _arrays(params: ArrayLike, x: ArrayLike | None) -> tuple[Array, Array]:
    return _floats("parameters", params), np.zeros((0, 3)) if x is None else _floats("positions", x)


def _floats(what: str, values: ArrayLike) -> Array:
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise DimensionError(f"{what} must be an array of numbers; found {found(values)}") from None


def _columns(ansatz: ReuploadingAnsatz, weights: Array, positions: Array, data: DataForm) -> dict[str, Array]:
    """Every circuit parameter by name, batch axes kept."""
    if data not in get_args(DataForm):
        raise BackendError(f"unknown form of the data {data!r}; known: {', '.join(get_args(DataForm))}")
    names, sites = ansatz.parameter_names, ansatz.site_names
    if weights.shape[-1:] != (len(names),) or positions.shape[-2:] != (len(sites), 3):
        raise _wrong_shape(ansatz, weights, positions)
    try:
        np.broadcast_shapes(weights.shape[:-1], positions.shape[:-2])
    except ValueError:
        raise DimensionError(
            f"the leading axes {weights.shape[:-1]} of the parameters and {positions.shape[:-2]} of the positions "
            "do not fit together"
        ) from None
    if not (np.isfinite(weights).all() and np.isfinite(positions).all()):
        raise DimensionError("parameters and positions must be finite numbers")
    values = {name: weights[..., k] for k, name in enumerate(names)}
    if data in IN_POSITIONS:
        for site, triple in enumerate(coordinate_names(sites)):
            values |= {name: positions[..., site, axis] for axis, name in enumerate(triple)}
        return values
    angles = _angles(ansatz, values, positions)
    kept = {name: value for name, value in values.items() if name not in ansatz.scale_names}
    if data == "angles":
        for site, values_of_site in angles.items():
            kept |= dict(zip(angle_names(sites[site]), values_of_site, strict=True))
        return kept
    for gate, own in ansatz.encoding_gates():
        kept |= dict(zip(own, angles[gate.site], strict=True))
    return kept


def _angles(
    ansatz: ReuploadingAnsatz, values: dict[str, Array], positions: Array
) -> dict[int, tuple[Array, Array, Array]]:
    """Azimuth, elevation and turn of every site that is encoded."""
    scale_of = {gate.site: gate.scale for gate in ansatz.encoding}
    found = {}
    for site, scale in scale_of.items():
        x, y, z = (positions[..., site, axis] for axis in range(3))
        across = np.hypot(x, y)
        turn = 2 * values[scale] * np.hypot(across, z)
        found[site] = np.arctan2(y, x), np.arctan2(z, across), turn
    return found


def _wrong_shape(ansatz: ReuploadingAnsatz, weights: Array, positions: Array) -> DimensionError:
    return DimensionError(
        f"expected parameters of shape ({len(ansatz.parameter_names)},) and positions of shape "
        f"({len(ansatz.site_names)}, 3); found {weights.shape} and {positions.shape}"
    )
