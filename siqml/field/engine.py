"""Energies and forces of a model at any parameters, by the kernel or by JAX; made once for each model and frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from siqml.field.backend import Backend, chosen_backend
from siqml.field.jax_cache import keep_what_jax_compiles
from siqml.field.kernel_model import KernelModel
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq

EnergyFunction = Callable[[Any, Any], Any]
"""``(params (P,), positions (n, n_atoms, 3) in angstrom) -> energies (n,) in eV``, differentiable in both."""

CHUNK: Final = 128
"""Structures in a call of what JAX compiles. Every call but that of a single structure is filled up to this size, so
that one compilation serves all sets; it also bounds the memory of reverse differentiation, 2^num_qubits amplitudes for
each layer. The kernel takes sets of any size as they are."""

KEPT: Final = 16
"""Models that a process keeps as JAX compiled them."""


class Engine(Protocol):
    """What evaluates a model.

    Attributes:
        backend: ``"kernel"`` or ``"jax"``.
    """

    backend: Backend

    def predict(self, params: Array, scaling: Scaling, positions: Array) -> tuple[Array, Array]:
        """Energies and forces.

        Args:
            params: ``(P,)``.
            scaling: expectation values to energies.
            positions: ``(n, n_atoms, 3)`` in angstrom.

        Returns:
            energies ``(n,)`` in eV and forces ``(n, n_atoms, 3)`` in eV/angstrom.
        """


def engine_for(model: "eq.ProgramSum", frame: AnyFrame, wanted: Backend | None = None) -> Engine:
    """The engine of a model; equal models and frames share what is compiled.

    Args:
        model: the model.
        frame: atoms to sites.
        wanted: the back end, see `siqml.field.backend`.

    Raises:
        ModelError, BackendError, LimitError: see `siqml.field.backend.chosen_backend`.
    """
    if chosen_backend(model, wanted) == "kernel":
        return KernelEngine(model, frame)
    return _jax_engine(_Same.of(model, frame))


@dataclass(frozen=True)
class _Same:
    """A model and a frame, equal to another if all that decides energies is: not where a spec stands, nor its proof."""

    decides: tuple[Any, ...]
    model: "eq.ProgramSum" = field(compare=False)
    frame: AnyFrame

    @classmethod
    def of(cls, model: "eq.ProgramSum", frame: AnyFrame) -> "_Same":
        programs = [(p.ansatz, p.state, p.observable) for p in model.programs]
        terms = [(term.coefficient, term.sites, term.weights) for term in model.terms]
        return cls((*programs, *terms, *model.program_numbers), model, frame)


@lru_cache(maxsize=KEPT)
def _jax_engine(what: _Same) -> "JaxEngine":
    return JaxEngine(what.model, what.frame)


class KernelEngine:
    """Energies and forces by loops in machine code."""

    backend: Backend = "kernel"

    def __init__(self, model: "eq.ProgramSum", frame: AnyFrame) -> None:
        self._model = KernelModel(model, frame)

    def predict(self, params: Array, scaling: Scaling, positions: Array) -> tuple[Array, Array]:
        """See `Engine.predict`."""
        sweep = self._model.sweep(params, positions)
        return scaling.to_energy(sweep.values), -sweep.by_positions() / scaling.factor


class JaxEngine:
    """Energies and forces by JAX, compiled once for all numbers."""

    backend: Backend = "jax"

    def __init__(self, model: "eq.ProgramSum", frame: AnyFrame) -> None:
        value = energy_function(model, frame, IDENTITY)  # first: it switches 64-bit mode on
        import jax

        keep_what_jax_compiles()

        def both(params: Any, numbers: Any, positions: Any) -> tuple[Any, Any]:
            scaling = Scaling(*numbers)
            return energies_and_forces(lambda p, x: scaling.to_energy(value(p, x)), params, positions)

        self._compiled = jax.jit(both)

    def predict(self, params: Array, scaling: Scaling, positions: Array) -> tuple[Array, Array]:
        """See `Engine.predict`."""
        numbers = tuple(scaling.to_dict().values())
        return in_chunks(lambda part: self._compiled(params, numbers, part), positions)


def in_chunks(function: Callable[[Any], tuple[Any, Any]], positions: Array) -> tuple[Array, Array]:
    """Call ``function`` with parts of one size, so that it is compiled once for any number of structures.

    Args:
        function: ``positions (k, n_atoms, 3) -> (energies (k,), forces (k, n_atoms, 3))``.
        positions: ``(n, n_atoms, 3)`` in angstrom.

    Returns:
        energies ``(n,)`` and forces ``(n, n_atoms, 3)``.
    """
    energies, forces = np.empty(len(positions)), np.empty(positions.shape)
    for start in range(0, len(positions), CHUNK):
        part = positions[start : start + CHUNK]
        count = len(part)
        if len(positions) > 1:
            part = np.concatenate([part, np.repeat(part[-1:], CHUNK - count, axis=0)])
        found_energies, found_forces = function(part)
        energies[start : start + count] = found_energies[:count]
        forces[start : start + count] = found_forces[:count]
    return energies, forces


def energy_function(model: "eq.AnyProgram", frame: AnyFrame, scaling: Scaling) -> EnergyFunction:
    """The energy as a pure function of parameters and positions, in JAX.

    Args:
        model: the quantum model.
        frame: atoms to sites.
        scaling: expectation values to energies.

    Returns:
        A function ``(params, positions) -> energies``, see `EnergyFunction`.
    """
    value = model.to_jax()  # switches 64-bit mode on, so it comes first

    def energy(params: Any, positions: Any) -> Any:
        return scaling.to_energy(value(params, frame.to_sites(positions)))

    return energy


def energies_and_forces(energy: EnergyFunction, params: Any, positions: Any) -> tuple[Any, Any]:
    """Energies of many structures and their forces, by one backward pass of JAX.

    Args:
        energy: see `EnergyFunction`.
        params: ``(P,)``.
        positions: ``(n, n_atoms, 3)`` in angstrom.

    Returns:
        energies ``(n,)`` in eV and forces ``(n, n_atoms, 3)`` in eV/angstrom. One structure's energy does not
        depend on another's positions, so the gradient of the sum is every structure's own gradient.
    """
    import jax
    import jax.numpy as jnp

    energies, pullback = jax.vjp(lambda moved: energy(params, moved), positions)
    (gradient,) = pullback(jnp.ones_like(energies))
    return energies, -gradient
