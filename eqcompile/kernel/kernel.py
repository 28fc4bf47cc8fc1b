r"""The kernel of a compiled program: expectation values, their gradients, and the dual pass of force losses.

With :math:`v_k(\theta, x)` the expectation value of observable k, one sweep forwards and backwards gives the values,
the derivatives by all positions, and sums over structures of weighted derivatives by the parameters. A loss of forces
needs :math:`\partial_\theta\,(y \cdot \nabla_x) v` for one direction y for each structure: one dual pass gives it,
whatever the number of positions, because forwards differentiation along y and backwards differentiation commute.

References:
    Jones and Gacon, arXiv:2009.02823 (2020), on the reversible adjoint method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqcompile.emit.compiled import Compiled
from eqcompile.errors import BackendError, DimensionError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.kernel.quaternions import Quaternions
from eqcompile.kernel.tables import Tables, tables_of

Array = NDArray[np.float64]

LANES = 8
"""Structures of a tile, see `eqcompile.kernel.lanes`."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What one sweep finds.

    Attributes:
        values: expectation values, ``(n, observables)``.
        by_position: their derivatives by the coordinates of every site, ``(n, observables, num_sites, 3)``.
        by_parameter: sums over structures of their derivatives by the parameters, weighted,
            ``(observables, weights + observables, num_parameters)``; the last ones are weighted by the values.
        by_quaternion: derivatives of the values by the quaternions of the encodings, ``(n, observables, keys, 4)``,
            which a dual pass at the same place can use again.
    """

    values: Array
    by_position: Array
    by_parameter: Array
    by_quaternion: Array


class Kernel:
    """A compiled program as loops in machine code.

    Args:
        program: the certified program.
        observables: what is measured; the program's own by default.

    Raises:
        BackendError: Numba is not installed.
        LimitError: more than ``MAX_KERNEL_QUBITS`` qubits, or a gate that connects more than ``MAX_COMPONENT`` basis
            states.
    """

    def __init__(self, program: Compiled, observables: Sequence[PauliSum] | None = None) -> None:
        require_numba()
        measured = (program.observable,) if observables is None else tuple(observables)
        if not measured or any(op.num_qubits != program.ansatz.num_qubits for op in measured):
            raise DimensionError(
                f"observables on {program.ansatz.num_qubits} qubits are needed, at least one"
            )
        self._num_sites = len(program.ansatz.site_names)
        self._tables = tables_of(program.ansatz, program.state, measured)
        self._arrays = arrays_of(self._tables)

    @property
    def num_parameters(self) -> int:
        """Length of the parameter vector, in the order of ``program.parameter_names``."""
        return self._tables.num_parameters

    @property
    def num_observables(self) -> int:
        """How many are measured."""
        return len(self._tables.factors)

    def values(self, params: Any, x: Any = None) -> Array:
        """Expectation values.

        Args:
            params: ``(num_parameters,)``.
            x: positions ``(n, num_sites, 3)`` in angstrom; ``None`` for a model without sites, which is one structure.

        Returns:
            ``(n, observables)``; empty for n = 0.

        Raises:
            DimensionError: another shape, or a number that is not finite.
        """
        from eqcompile.kernel import sweeps

        params, x = self._checked(params, x)
        tiles = _tiled(self._quaternions(params, x).value)
        value = np.zeros((len(tiles), self.num_observables, LANES))
        sweeps.values(self._arrays, self._unitaries(params)[0], tiles, value)
        return _untiled(value, len(x))

    def sweep(self, params: Any, x: Any = None, weights: Any = None, by_parameter: bool = True) -> Sweep:
        """Values with derivatives by positions, and weighted sums of derivatives by parameters.

        Args:
            params: ``(num_parameters,)``.
            x: positions ``(n, num_sites, 3)`` in angstrom.
            weights: weights of the structures, ``(weights, n)``; by default one row of ones.
            by_parameter: whether derivatives by the parameters are wanted; half the work where the layers are deep.

        Raises:
            DimensionError: another shape, or a number that is not finite.
        """
        from eqcompile.kernel import sweeps

        params, x = self._checked(params, x)
        n, count = len(x), self.num_observables
        rows = np.ones((1, n)) if weights is None else _finite("weights", weights, (None, n))
        # The plain sum comes first: its weights mark which rows are structures and which are padding.
        everything = np.concatenate([np.ones((1, n)), rows])
        found = self._quaternions(params, x)
        tiles, tiled_weights = _tiled(found.value), _tiled(everything.T, fill=0.0)
        shape = len(tiles), count, len(everything) + count, self.num_parameters if by_parameter else 0
        value, sums = np.zeros((len(tiles), count, LANES)), np.zeros(shape)
        by_key = np.zeros((len(tiles), count, *tiles.shape[1:]))
        u, back = self._unitaries(params)
        sweeps.gradients(self._arrays, u, back, tiles, tiled_weights, value, by_key, sums)
        values = _untiled(value, n)
        correlations = 2 * _untiled(by_key, n)
        total = 2 * sums.sum(axis=0)[:, 1:]
        if by_parameter:
            slopes = (correlations * found.along(self._vectors(x))[:, None]).sum(
                -1
            )  # by alpha, (n, observables, keys)
            scale = np.concatenate([rows, values.T])
            total[..., self._tables.first_scale :] = self._by_scale(np.einsum("wn,nok->owk", scale, slopes))
        alpha = self._alphas(params)
        by_position = self._by_site(alpha[:, None] * found.pulled_back(np.moveaxis(correlations, 1, 0)))
        return Sweep(values, np.moveaxis(by_position, 0, 1), total, correlations)

    def dual(
        self,
        params: Any,
        x: Any,
        direction: Any,
        weights: Any,
        coefficients: Any = None,
        sweep: Sweep | None = None,
    ) -> Array:
        r"""The gradient by the parameters of :math:`\sum_n \sum_k [w_{nk} + c_k\,(y_n \cdot \nabla_x)]\, v_k(x_n)`.

        Args:
            params: ``(num_parameters,)``.
            x: positions ``(n, num_sites, 3)`` in angstrom.
            direction: y, ``(n, num_sites, 3)``.
            weights: w, ``(n, observables)``.
            coefficients: c, ``(observables,)``; ones by default.
            sweep: the sweep at the same parameters and positions, if there was one; it saves a third of the work.

        Returns:
            ``(num_parameters,)``.

        Raises:
            DimensionError: another shape, or a number that is not finite.
        """
        from eqcompile.kernel import sweeps

        params, x = self._checked(params, x)
        direction = _finite("direction", direction, x.shape)
        weights = _finite("weights", weights, (len(x), self.num_observables))
        given = np.ones(self.num_observables) if coefficients is None else coefficients
        c = _finite("coefficients", given, (self.num_observables,))
        found, alpha = self._quaternions(params, x), self._alphas(params)
        vectors, moving = self._vectors(x), self._vectors(direction)
        along = found.along(alpha[:, None] * moving)
        tiles = _tiled(found.value)
        by_key, sums = np.zeros_like(tiles), np.zeros((len(tiles), self.num_parameters))
        u, back = self._unitaries(params)
        whole = np.ascontiguousarray(np.einsum("k,k...->...", c, self._arrays[-1]))
        sweeps.dual(
            self._arrays,
            whole,
            u,
            back,
            tiles,
            _tiled(along, fill=0.0),
            _tiled(weights, fill=0.0),
            by_key,
            sums,
        )
        gradient = 2 * sums.sum(axis=0)
        # Scales enter through q and through its derivative along the direction, which are known apart: the first
        # correlation is that of the plain sweep.
        second = 2 * _untiled(by_key, len(x))
        known = self.sweep(params, x, by_parameter=False) if sweep is None else sweep
        first = np.einsum("k,nkqi->nqi", c, known.by_quaternion)
        per_key = second * found.along(vectors) + first * (
            found.along_both(vectors, alpha[:, None] * moving) + found.along(moving)
        )
        gradient[self._tables.first_scale :] = self._by_scale(per_key.sum(-1).sum(0))
        return np.asarray(gradient)

    def _checked(self, params: Any, x: Any) -> tuple[Array, Array]:
        params = _finite("parameters", params, (self.num_parameters,))
        if x is None and not self._num_sites:
            x = np.zeros((1, 0, 3))
        return params, _finite("positions", x, (None, self._num_sites, 3))

    @cached_property
    def _sites(self) -> NDArray[np.int64]:
        return np.array([site for site, _ in self._tables.keys], np.int64)

    @cached_property
    def _scales(self) -> NDArray[np.int64]:
        return np.array([scale for _, scale in self._tables.keys], np.int64)

    def _alphas(self, params: Array) -> Array:
        return params[self._tables.first_scale + self._scales]

    def _vectors(self, x: Array) -> Array:
        """The vector of every quaternion, ``(n, keys, 3)``."""
        return x[:, self._sites]

    def _quaternions(self, params: Array, x: Array) -> Quaternions:
        return Quaternions(self._alphas(params)[:, None] * self._vectors(x))

    def _by_scale(self, by_key: Array) -> Array:
        """Sums over the quaternions that share a scale: ``(..., keys)`` to ``(..., scales)``."""
        out = np.zeros((*by_key.shape[:-1], self.num_parameters - self._tables.first_scale))
        for k, scale in enumerate(self._scales):
            out[..., scale] += by_key[..., k]
        return out

    def _by_site(self, by_key: Array) -> Array:
        """Sums over the quaternions of a site: ``(..., keys, 3)`` to ``(..., num_sites, 3)``."""
        out = np.zeros((*by_key.shape[:-2], self._num_sites, 3))
        for k, site in enumerate(self._sites):
            out[..., site, :] += by_key[..., k, :]
        return out

    def _unitaries(self, params: Array) -> tuple[Array, Array]:
        """The gates of all layers and their inverses as pairs of real numbers, ``(depth, entries)``."""
        tables = self._tables
        matrices = [gate.unitaries(params[tables.places[:, k]]) for k, gate in enumerate(tables.gates)]
        inverses = [matrix.conj().swapaxes(-1, -2) for matrix in matrices]
        return _joined(matrices, tables.depth), _joined(inverses, tables.depth)


def require_numba() -> None:
    """Refuse where Numba is missing.

    Raises:
        BackendError: it is.
    """
    try:
        import numba  # noqa: F401
    except ImportError:
        raise BackendError(
            "the kernel needs Numba: pip install 'eqcompile[fast]', or let JAX do the work"
        ) from None


def arrays_of(tables: Tables) -> tuple[Any, ...]:
    """The tables as flat arrays in the order in which the loops open them."""
    gates, encodings = tables.gates, tables.encodings

    def integers(values: Any) -> NDArray[np.int64]:
        return np.ascontiguousarray(values, dtype=np.int64)

    def starts(sizes: Sequence[int]) -> NDArray[np.int64]:
        return integers(np.concatenate([[0], np.cumsum(sizes)]))

    # A model without gates or without data has nothing to concatenate, and the loops still need arrays of a type.
    half = len(tables.start) // 2
    return (
        _pairs(tables.start),
        integers([e.low for e in encodings]).reshape(len(encodings), half),
        integers([e.bit for e in encodings]),
        integers([e.num_plus for e in encodings]),
        integers([e.key for e in encodings]),
        integers([g.size for g in gates]),
        starts([g.index.size for g in gates]),
        integers(np.concatenate([g.index.ravel() for g in gates])) if gates else integers([]),
        starts([len(g.kind) for g in gates]),
        integers(np.concatenate([g.kind for g in gates])) if gates else integers([]),
        starts([2 * g.matrices.size for g in gates]),
        np.concatenate([_pairs(g.matrices).ravel() for g in gates]) if gates else np.zeros(0),
        integers(tables.places),
        integers(tables.sources),
        _pairs(tables.factors),
    )


def _pairs(values: Any) -> Array:
    """Complex numbers as pairs of real ones along a last axis."""
    return np.ascontiguousarray(np.stack([values.real, values.imag], axis=-1))


def _joined(matrices: Sequence[Any], depth: int) -> Array:
    if not matrices:
        return np.zeros((depth, 0))
    return np.ascontiguousarray(np.concatenate([_pairs(m).reshape(depth, -1) for m in matrices], axis=1))


def _tiled(array: Any, fill: float | None = None) -> Array:
    """``(n, ...)`` to ``(tiles, ..., 8)``; the last tile is filled up with a number, or with copies of the last row."""
    n = len(array)
    tiles = -(-n // LANES)
    if missing := tiles * LANES - n:
        shape = (missing, *array.shape[1:])
        rows = np.broadcast_to(array[-1:], shape) if fill is None else np.full(shape, fill)
        array = np.concatenate([array, rows])
    return np.ascontiguousarray(np.moveaxis(array.reshape(tiles, LANES, *array.shape[1:]), 1, -1))


def _untiled(array: Array, n: int) -> Array:
    rows = np.moveaxis(array, -1, 1)
    return rows.reshape(len(array) * LANES, *rows.shape[2:])[:n]


def _finite(name: str, values: Any, shape: tuple[int | None, ...]) -> Array:
    """An array of doubles of a shape, of which ``None`` may be any number.

    Raises:
        DimensionError: it is another shape, or holds a number that is not finite.
    """
    found = np.asarray(values)
    fits = found.ndim == len(shape) and all(b in (None, a) for a, b in zip(found.shape, shape, strict=True))
    if not fits or found.dtype.kind not in "fiub":
        wanted = ", ".join("n" if size is None else str(size) for size in shape)
        raise DimensionError(
            f"{name} have shape {found.shape} of {found.dtype}; numbers of shape ({wanted}) are needed"
        )
    found = found.astype(np.float64)
    if not np.isfinite(found).all():
        raise DimensionError(f"{name} hold a number that is not finite")
    return found
