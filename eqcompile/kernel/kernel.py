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
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.emit.compiled import Compiled
from eqcompile.errors import BackendError, DimensionError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.kernel.arrays import arrays_of, by_layers
from eqcompile.kernel.tables import tables_of
from eqcompile.kernel.threads import in_parts

Array = NDArray[np.float64]

LANES: Final = 8
"""Structures of a tile, see `eqcompile.kernel.lanes`."""

KEPT_PARAMETERS: Final = 16
"""Parameters whose gates a kernel keeps, so that the members of an ensemble do not make theirs anew in every step."""

KEPT_KERNELS: Final = 32
"""Kernels that a process keeps: seeds, sizes and members of one model share theirs."""


@dataclass(frozen=True)
class Parts:
    """The parts of a program that decide its values.

    Attributes:
        ansatz: the circuit.
        state: its initial state.
        observable: what is measured.
    """

    ansatz: ReuploadingAnsatz
    state: ExactState
    observable: PauliSum


@dataclass(frozen=True, eq=False)
class Sweep:
    """What one sweep finds.

    Attributes:
        values: expectation values, ``(n, observables)``.
        by_position: their derivatives by the coordinates of every site, ``(n, observables, num_sites, 3)``.
        by_parameter: their derivatives by the parameters, ``(n, observables, num_parameters)``, or
            ``(n, observables, 0)`` where they were not wanted.
        by_quaternion: derivatives of the values by the quaternions of the encodings, ``(n, observables, keys, 4)``.
        by_pair: those by the matrices of pairs of qubits, ``(n, observables, pairs, 16)``; a dual pass at the same
            place uses both again.
    """

    values: Array
    by_position: Array
    by_parameter: Array
    by_quaternion: Array
    by_pair: Array

    def sums(self, weights: Any) -> Array:
        r"""Sums over structures :math:`\sum_n w_n\, \partial_p v_k(x_n)`, ``(observables, num_parameters)``.

        Args:
            weights: w, ``(n,)``; or several rows of weights ``(rows, n)``, which give
                ``(rows, observables, num_parameters)``.
        """
        return np.asarray(np.einsum("...n,nkp->...kp", weights, self.by_parameter))


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

    def __init__(self, program: Compiled | Parts, observables: Sequence[PauliSum] | None = None) -> None:
        require_numba()
        measured = (program.observable,) if observables is None else tuple(observables)
        if not measured or any(op.num_qubits != program.ansatz.num_qubits for op in measured):
            raise DimensionError(
                f"observables on {program.ansatz.num_qubits} qubits are needed, at least one"
            )
        self._num_sites = len(program.ansatz.site_names)
        self._tables = tables_of(program.ansatz, program.state, measured)
        self._arrays = arrays_of(self._tables)
        self._unitaries_of = lru_cache(maxsize=KEPT_PARAMETERS)(self._made_unitaries)

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
        from eqcompile.kernel.sweeps import VALUES

        return self._swept(params, x, VALUES)[0]

    def sweep(self, params: Any, x: Any = None, by_parameter: bool = True) -> Sweep:
        """Values with derivatives by positions and by parameters.

        Args:
            params: ``(num_parameters,)``.
            x: positions ``(n, num_sites, 3)`` in angstrom.
            by_parameter: whether derivatives by the parameters are wanted.

        Raises:
            DimensionError: another shape, or a number that is not finite.
        """
        from eqcompile.kernel.sweeps import BY_PARAMETER, BY_POSITION

        return Sweep(*self._swept(params, x, BY_PARAMETER if by_parameter else BY_POSITION))

    def _swept(self, params: Any, x: Any, wanted: int) -> tuple[Array, Array, Array, Array, Array]:
        from eqcompile.kernel import sweeps

        params, x = self._checked(params, x)
        n, count, sites = len(x), self.num_observables, self._tables.sites
        value = np.empty((n, count))
        found = n if wanted else 0
        by_key, by_alpha = np.empty((found, count, len(sites), 4)), np.empty((found, count, len(sites)))
        by_pair = np.zeros((found, count, self._arrays.pairs, 16))
        by_position = np.zeros((found, count, self._num_sites, 3))
        by_parameter = np.zeros((n, count, self.num_parameters if wanted == sweeps.BY_PARAMETER else 0))
        fixed = self._arrays, self._alphas(params), *self._unitaries(params), x, wanted
        angles = by_parameter.shape[2]
        in_parts(
            sweeps.sweep,
            n,
            lambda: sweeps.room(self._arrays, 1 + count, angles),
            *fixed,
            value,
            by_key,
            by_pair,
            by_alpha,
            by_position,
            by_parameter,
        )
        if wanted == sweeps.BY_PARAMETER:
            self._add_scales(by_parameter, by_alpha)
        return value, by_position, by_parameter, by_key, by_pair

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
        found = self._along(params, x, direction, weights, coefficients, sweep)
        return np.asarray(found.sum(axis=0))

    def mixed(self, params: Any, x: Any, coefficients: Any = None, sweep: Sweep | None = None) -> Array:
        r"""The second derivatives :math:`\partial_\theta \nabla_x \sum_k c_k v_k(x_n)` of every structure.

        They are the Jacobian of all forces, which a Gauss-Newton step needs: one dual pass for each coordinate of a
        site, so three times the number of sites in all.

        Args:
            params: ``(num_parameters,)``.
            x: positions ``(n, num_sites, 3)`` in angstrom.
            coefficients: c, ``(observables,)``; ones by default.
            sweep: the sweep at the same parameters and positions, if there was one.

        Returns:
            ``(n, num_sites, 3, num_parameters)``.

        Raises:
            DimensionError: another shape, or a number that is not finite.
        """
        params, x = self._checked(params, x)
        known = self.sweep(params, x, by_parameter=False) if sweep is None else sweep
        found = np.empty((*x.shape, self.num_parameters))
        nothing = np.zeros((len(x), self.num_observables))
        for site, axis in np.ndindex(x.shape[1:]):
            direction = np.zeros(x.shape)
            direction[:, site, axis] = 1
            found[:, site, axis] = self._along(params, x, direction, nothing, coefficients, known)
        return found

    def _along(
        self, params: Any, x: Any, direction: Any, weights: Any, coefficients: Any, sweep: Sweep | None
    ) -> Array:
        """What `dual` adds up, for each structure: ``(n, num_parameters)``."""
        from eqcompile.kernel import sweeps

        params, x = self._checked(params, x)
        n = len(x)
        direction = _finite("direction", direction, x.shape)
        weights = _finite("weights", weights, (n, self.num_observables))
        given = np.ones(self.num_observables) if coefficients is None else coefficients
        c = _finite("coefficients", given, (self.num_observables,))
        known = self.sweep(params, x, by_parameter=False) if sweep is None else sweep
        first, second = (
            np.ascontiguousarray(np.einsum("k,nkqi->nqi", c, part))
            for part in (known.by_quaternion, known.by_pair)
        )
        whole = np.ascontiguousarray(np.einsum("k,k...->...", c, self._arrays.factors))
        by_parameter, by_alpha = np.zeros((n, 1, self.num_parameters)), np.empty((n, len(self._tables.sites)))
        fixed = self._arrays, self._alphas(params), *self._unitaries(params), x, direction, whole, weights
        in_parts(
            sweeps.dual,
            n,
            lambda: sweeps.room(self._arrays, 4, self.num_parameters),
            *fixed,
            first,
            second,
            by_parameter[:, 0],
            by_alpha,
        )
        self._add_scales(by_parameter, by_alpha[:, None])
        return by_parameter[:, 0]

    def _checked(self, params: Any, x: Any) -> tuple[Array, Array]:
        params = _finite("parameters", params, (self.num_parameters,))
        if x is None and not self._num_sites:
            x = np.zeros((1, 0, 3))
        return params, _finite("positions", x, (None, self._num_sites, 3))

    def _alphas(self, params: Array) -> Array:
        """The scale of every quaternion."""
        return params[self._tables.first_scale + self._tables.scales]

    def _add_scales(self, by_parameter: Array, by_alpha: Array) -> None:
        """Add sums over the quaternions that share a scale: ``(..., keys)`` to ``(..., num_parameters)``."""
        for k, scale in enumerate(self._tables.scales):
            by_parameter[..., self._tables.first_scale + scale] += by_alpha[..., k]

    def _unitaries(self, params: Array) -> tuple[Array, Array]:
        """The gates of all layers and their inverses as pairs of real numbers, ``(depth, entries)``.

        Those of the last parameters are kept: positions change more often, and a dual pass follows a sweep.
        """
        return self._unitaries_of(params.tobytes())

    def _made_unitaries(self, params: bytes) -> tuple[Array, Array]:
        tables, numbers = self._tables, np.frombuffer(params)
        angles = [numbers[tables.places[:, k]] for k in range(len(tables.gates))]
        with np.errstate(all="ignore"):  # an angle that overflows is not a number, and neither is the value
            made = [
                gate.factors(angle) if gate.rank else gate.unitaries(angle)
                for gate, angle in zip(tables.gates, angles, strict=True)
            ]
        inverses = [
            values.conj() if gate.rank else values.conj().swapaxes(-1, -2)
            for gate, values in zip(tables.gates, made, strict=True)
        ]
        return by_layers(made, tables.depth), by_layers(inverses, tables.depth)


@lru_cache(maxsize=KEPT_KERNELS)
def shared_kernel(parts: Parts) -> Kernel:
    """The kernel of a program and its own observable; equal programs share one.

    Raises:
        BackendError, LimitError: see `Kernel`.
    """
    return Kernel(parts)


def require_numba() -> None:
    """Refuse where Numba is missing.

    Raises:
        BackendError: it is.
    """
    try:
        import numba  # noqa: F401
    except ImportError as missing:
        raise BackendError(
            "the kernel needs Numba: pip install 'eqcompile[fast]', or let JAX do the work "
            f"({str(missing).splitlines()[0] if str(missing) else 'it cannot be loaded'})"
        ) from None


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
    found = np.ascontiguousarray(found, dtype=np.float64)
    if not np.isfinite(found).all():
        raise DimensionError(f"{name} hold a number that is not finite")
    return found
