"""Expectation values by the kernel, as a function that JAX can differentiate once, in parameters or in positions.

JAX calls back to the host for values, for derivatives by positions, for derivatives by parameters, and for the dual
pass that losses with forces need; it compiles nothing of the circuit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siqml.field.scaling import Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True, eq=False)
class KernelValue:
    """The value of a model as a function of parameters and positions, see `siqml.field.force_field.EnergyFunction`.

    Attributes:
        host: the kernels.
        frame: atoms to sites.
        function: the value by parameters and sites, differentiable once.
    """

    host: "Host"
    frame: AnyFrame
    function: Callable[[Any, Any], Any]

    @classmethod
    def of(cls, model: "eq.ProgramSum", frame: AnyFrame) -> "KernelValue":
        """The value of a model.

        Raises:
            BackendError: Numba is not installed.
            LimitError: a program is too large for the kernel.
        """
        import jax

        jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
        host = Host(model)
        return cls(host, frame, _differentiable(host))

    def __call__(self, params: Any, positions: Any) -> Any:
        """Values ``(n,)`` of parameters ``(P,)`` and positions ``(n, n_atoms, 3)`` in angstrom."""
        return self.function(params, self.frame.to_sites(positions))

    def dual_gradient(self, params: Any, positions: Any, weights: Any, direction: Any) -> Any:
        r"""The gradient by the parameters of :math:`\sum_n w_n v_n + d_n \cdot \nabla_r v_n`.

        Args:
            params: ``(P,)``.
            positions: ``(n, n_atoms, 3)`` in angstrom.
            weights: w, ``(n,)``.
            direction: d, ``(n, n_atoms, 3)``.

        Returns:
            ``(P,)``; it cannot be differentiated again.
        """
        import jax

        sites, along = jax.jvp(self.frame.to_sites, (positions,), (direction,))
        return _called(self.host.dual, params.shape, params, sites, along, weights)

    def energy_sums(self, params: Any, positions: Any, labels: Any) -> tuple[Any, Any]:
        """Values ``(n,)``, and ``(3, P)``: sums of their derivatives by the parameters, plain, by labels and by values.

        Args:
            params: ``(P,)``.
            positions: ``(n, n_atoms, 3)`` in angstrom.
            labels: a number for each structure, ``(n,)``.
        """
        import jax

        sites = self.frame.to_sites(positions)
        shapes = [(len(sites),), (3, len(params))]
        found = [jax.ShapeDtypeStruct(shape, sites.dtype) for shape in shapes]  # type: ignore[no-untyped-call]
        values, sums = jax.pure_callback(self.host.energy_sums, found, params, sites, labels)
        return values, sums

    def mapped(self, scaling: Scaling) -> "KernelEnergy":
        """Energies in eV by a map, which may be of traced numbers."""
        return KernelEnergy(self, scaling)


@dataclass(frozen=True, eq=False)
class KernelEnergy:
    """Energies in eV: values of a kernel and their map."""

    value: KernelValue
    scaling: Scaling

    def __call__(self, params: Any, positions: Any) -> Any:
        """Energies ``(n,)`` in eV."""
        return self.scaling.to_energy(self.value(params, positions))

    def dual_gradient(self, params: Any, positions: Any, weights: Any, direction: Any) -> Any:
        """As `KernelValue.dual_gradient`, of energies in place of values."""
        factor = self.scaling.factor
        return self.value.dual_gradient(params, positions, weights / factor, direction / factor)


class Host:
    """The kernels of the terms of a model, and the last sweep of each, which the next call may ask for again.

    Args:
        model: the model.
    """

    def __init__(self, model: "eq.ProgramSum") -> None:
        self._model = model
        kernels = [program.to_kernel() for program in model.programs]
        self._kernels: list[eq.Kernel] = [kernels[number] for number in model.program_numbers]
        self._kept: tuple[Array, Array, list[eq.Sweep]] | None = None

    def values(self, params: Any, sites: Any) -> Array:
        """Values ``(n,)`` of the sum at parameters ``(P,)`` and sites ``(n, num_sites, 3)``."""
        params, sites = np.asarray(params), np.asarray(sites)
        if (known := self._known(params, sites)) is not None:
            return self._total([sweep.values[:, 0] for sweep in known])
        parts = zip(self._kernels, self._inputs(params, sites), strict=True)
        return self._total([kernel.values(*part)[:, 0] for kernel, part in parts])

    def by_sites(self, params: Any, sites: Any) -> Array:
        """Derivatives of the values by the sites, ``(n, num_sites, 3)``."""
        params, sites = np.asarray(params), np.asarray(sites)
        out = np.zeros(sites.shape)
        for term, sweep in zip(self._model.terms, self._sweeps(params, sites), strict=True):
            where = slice(None) if term.sites is None else list(term.sites)
            out[:, where] += term.coefficient * sweep.by_position[:, 0]
        return out

    def by_params(self, params: Any, sites: Any, weights: Any) -> Array:
        """The derivative of the weighted sum of values by the parameters, ``(P,)``."""
        params, sites, rows = np.asarray(params), np.asarray(sites), np.asarray(weights)[None]
        found = []
        for kernel, part in zip(self._kernels, self._inputs(params, sites), strict=True):
            found.append(kernel.sweep(*part, rows).by_parameter[0, 0])
        return self._gradient(found)

    def energy_sums(self, params: Any, sites: Any, labels: Any) -> tuple[Array, Array]:
        """Values, and sums of their derivatives by the parameters, plain, weighted by labels and by the values."""
        params, sites, labels = np.asarray(params), np.asarray(sites), np.asarray(labels)
        rows = np.stack([np.ones(len(sites)), labels])
        if len(self._kernels) == 1:
            sweep = self._kernels[0].sweep(*self._input(0, params, sites), rows)
            factor = self._model.terms[0].coefficient
            values = factor * sweep.values[:, 0]
            sums = factor * sweep.by_parameter[0] * np.array([1, 1, factor])[:, None]
            return values, sums
        values = self.values(params, sites)
        rows = np.concatenate([rows, values[None]])
        parts = zip(self._kernels, self._inputs(params, sites), strict=True)
        found = [kernel.sweep(*part, rows).by_parameter[0, :3] for kernel, part in parts]
        return values, np.stack([self._gradient([part[k] for part in found]) for k in range(3)])

    def dual(self, params: Any, sites: Any, along: Any, weights: Any) -> Array:
        """The derivative of sum w v + (along . grad) v by the parameters, ``(P,)``."""
        params, sites, along = np.asarray(params), np.asarray(sites), np.asarray(along)
        rows = np.asarray(weights)[:, None]
        found = []
        sweeps = self._sweeps(params, sites)
        for k, kernel in enumerate(self._kernels):
            term = self._model.terms[k]
            own, x = self._input(k, params, sites)
            found.append(kernel.dual(own, x, self._model.sites_of(term, along), rows, sweep=sweeps[k]))
        return self._gradient(found)

    def _known(self, params: Array, sites: Array) -> "list[eq.Sweep] | None":
        if self._kept is None:
            return None
        same = np.array_equal(self._kept[0], params) and np.array_equal(self._kept[1], sites)
        return self._kept[2] if same else None

    def _sweeps(self, params: Array, sites: Array) -> "list[eq.Sweep]":
        if (known := self._known(params, sites)) is None:
            parts = zip(self._kernels, self._inputs(params, sites), strict=True)
            known = [kernel.sweep(*part, by_parameter=False) for kernel, part in parts]
            self._kept = params.copy(), sites.copy(), known
        return known

    def _input(self, k: int, params: Array, sites: Array) -> tuple[Array, Array]:
        term = self._model.terms[k]
        return self._model.parameters_of(term, params), self._model.sites_of(term, sites)

    def _inputs(self, params: Array, sites: Array) -> list[tuple[Array, Array]]:
        return [self._input(k, params, sites) for k in range(len(self._kernels))]

    def _total(self, parts: Sequence[Array]) -> Array:
        total = np.zeros(len(parts[0]))
        for term, part in zip(self._model.terms, parts, strict=True):
            total += term.coefficient * part
        return total

    def _gradient(self, parts: Sequence[Array]) -> Array:
        out = np.zeros(self._model.num_parameters)
        for term, part in zip(self._model.terms, parts, strict=True):
            out[self._model.slices[term.weights]] += term.coefficient * part
        return out


def _called(function: Callable[..., Array], shape: tuple[int, ...], *arguments: Any) -> Any:
    """A call to the host from compiled code; without side effects, so one whose result is not needed is dropped."""
    import jax

    found = jax.ShapeDtypeStruct(shape, arguments[0].dtype)  # type: ignore[no-untyped-call]
    return jax.pure_callback(function, found, *arguments)


def _differentiable(host: Host) -> Callable[[Any, Any], Any]:
    import jax

    @jax.custom_vjp
    def value(params: Any, sites: Any) -> Any:
        return _called(host.values, (sites.shape[0],), params, sites)

    def forward(params: Any, sites: Any) -> tuple[Any, Any]:
        return value(params, sites), (params, sites)

    def backward(kept: Any, cotangent: Any) -> tuple[Any, Any]:
        params, sites = kept
        by_params = _called(host.by_params, params.shape, params, sites, cotangent)
        by_sites = _called(host.by_sites, sites.shape, params, sites)
        return by_params, cotangent[:, None, None] * by_sites

    value.defvjp(forward, backward)
    return value
