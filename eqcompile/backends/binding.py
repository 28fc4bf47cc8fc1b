"""Numbers for the named parameters of a circuit."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqcompile.circuit.ansatz import ReuploadingAnsatz, angle_names, coordinate_names
from eqcompile.errors import BackendError, DimensionError


def circuit_values(
    ansatz: ReuploadingAnsatz,
    params: ArrayLike,
    x: ArrayLike | None = None,
    data: Literal["positions", "angles"] = "positions",
) -> dict[str, float]:
    """Value of every named circuit parameter for one set of weights and one structure.

    Args:
        ansatz: the circuit.
        params: flat trainable parameters ``(num_parameters,)``, in the order of ``ansatz.parameter_names``.
        x: position vectors ``(num_sites, 3)`` in angstrom; none where the model takes none.
        data: which form of the circuit, see :func:`eqcompile.backends.qiskit.qiskit_circuit`.

    Returns:
        Parameter name to value.

    Raises:
        DimensionError: wrong shape, or numbers that are not finite.
        BackendError: unknown ``data``.
    """
    if data not in ("positions", "angles"):
        raise BackendError(f"unknown form of the data {data!r}; known: positions, angles")
    weights, positions = np.asarray(params, float), np.zeros((0, 3)) if x is None else np.asarray(x, float)
    names = ansatz.parameter_names
    if weights.shape != (len(names),) or positions.shape != (len(ansatz.site_names), 3):
        raise DimensionError(
            f"expected parameters of shape ({len(names)},) and positions of shape ({len(ansatz.site_names)}, 3); "
            f"found {weights.shape} and {positions.shape}"
        )
    if not (np.isfinite(weights).all() and np.isfinite(positions).all()):
        raise DimensionError("parameters and positions must be finite numbers")
    values = dict(zip(names, weights.tolist(), strict=True))
    if data == "positions":
        for site, vector in zip(coordinate_names(ansatz.site_names), positions, strict=True):
            values |= dict(zip(site, vector.tolist(), strict=True))
        return values
    return _with_angles(ansatz, values, positions)


def _with_angles(
    ansatz: ReuploadingAnsatz, values: dict[str, float], positions: NDArray[np.float64]
) -> dict[str, float]:
    scale_of = {gate.site: gate.scale for gate in ansatz.encoding}
    angles: dict[str, float] = {}
    for site, (x, y, z) in enumerate(positions):
        azimuth, elevation, turn = angle_names(ansatz.site_names[site])
        angles[azimuth] = float(np.arctan2(y, x))
        angles[elevation] = float(np.arctan2(z, np.hypot(x, y)))
        angles[turn] = 2 * values[scale_of[site]] * float(np.linalg.norm((x, y, z)))
    return {name: value for name, value in values.items() if name not in ansatz.scale_names} | angles
