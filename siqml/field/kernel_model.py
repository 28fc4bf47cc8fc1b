"""Values of a sum of programs and their derivatives by atoms and parameters, by the kernel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True, eq=False)
class KernelModel:
    """The kernels of the terms of a model.

    Attributes:
        model: the model.
        frame: atoms to sites.
    """

    model: "eq.ProgramSum"
    frame: AnyFrame

    @cached_property
    def _kernels(self) -> "list[eq.Kernel]":
        kernels = [program.to_kernel() for program in self.model.programs]
        return [kernels[number] for number in self.model.program_numbers]

    def weighted(self, factors: Mapping[str, float]) -> "KernelModel":
        """The same with other coefficients, which shares its kernels."""
        found = KernelModel(self.model.weighted(factors), self.frame)
        found.__dict__["_kernels"] = self._kernels
        return found

    def values(self, params: Array, positions: Array) -> Array:
        """Values ``(n,)`` of parameters ``(P,)`` and positions ``(n, n_atoms, 3)`` in angstrom."""
        sites = self.frame.sites_of(positions)
        total = np.zeros(len(positions))
        for k, (term, kernel) in enumerate(zip(self.model.terms, self._kernels, strict=True)):
            total += term.coefficient * kernel.values(*self._input(k, params, sites))[:, 0]
        return total

    def sweep(self, params: Array, positions: Array, by_parameter: bool = False) -> "ModelSweep":
        """Values and their derivatives by positions, and by parameters if they are wanted."""
        sites = self.frame.sites_of(positions)
        parts = [
            kernel.sweep(*self._input(k, params, sites), by_parameter=by_parameter)
            for k, kernel in enumerate(self._kernels)
        ]
        return ModelSweep(self, params, positions, sites, parts)

    def dual(self, at: "ModelSweep", weights: Array, directions: Array) -> Array:
        r"""The gradient by the parameters of :math:`\sum_n w_n v_n + d_n \cdot \nabla_r v_n`.

        Args:
            at: the sweep at these parameters and positions.
            weights: w, ``(n,)``.
            directions: d, ``(n, n_atoms, 3)``.

        Returns:
            ``(P,)``.
        """
        along = self.frame.along(at.positions, directions)
        found = np.zeros(self.model.num_parameters)
        for k, (term, kernel) in enumerate(zip(self.model.terms, self._kernels, strict=True)):
            own = self._input(k, at.params, at.sites)
            part = kernel.dual(*own, self.model.sites_of(term, along), weights[:, None], sweep=at.parts[k])
            found[self.model.slices[term.weights]] += term.coefficient * part
        return found

    def by_parameters(self, at: "ModelSweep") -> Array:
        """Derivatives ``(n, P)`` of the values by the parameters, of a sweep that has them."""
        found = np.zeros((len(at.sites), self.model.num_parameters))
        for term, part in zip(self.model.terms, at.parts, strict=True):
            found[:, self.model.slices[term.weights]] += term.coefficient * part.by_parameter[:, 0]
        return found

    def jacobian(self, at: "ModelSweep") -> tuple[Array, Array]:
        r"""Derivatives by the parameters of all values and of their derivatives by positions.

        Args:
            at: the sweep at these parameters and positions, with derivatives by parameters.

        Returns:
            ``(n, P)`` and ``(n, n_atoms, 3, P)``.
        """
        by_sites = np.zeros((*at.sites.shape, self.model.num_parameters))
        for k, (term, kernel) in enumerate(zip(self.model.terms, self._kernels, strict=True)):
            own, columns = self._input(k, at.params, at.sites), self.model.slices[term.weights]
            mixed = term.coefficient * np.moveaxis(kernel.mixed(*own, sweep=at.parts[k]), 3, 1)
            by_sites[..., columns] += np.moveaxis(self.model.from_sites_of(term, mixed), 1, 3)
        return self.by_parameters(at), self.frame.pulled_back(at.positions, by_sites)

    def _input(self, k: int, params: Array, sites: Array) -> tuple[Array, Array]:
        term = self.model.terms[k]
        return self.model.parameters_of(term, params), self.model.sites_of(term, sites)


@dataclass(frozen=True, eq=False)
class ModelSweep:
    """What one sweep finds of a model.

    Attributes:
        of: the model.
        params: where, ``(P,)``.
        positions: where, ``(n, n_atoms, 3)`` in angstrom.
        sites: the sites there.
        parts: a sweep for each term.
    """

    of: KernelModel
    params: Array
    positions: Array
    sites: Array
    parts: "Sequence[eq.Sweep]"

    def weighted(self, factors: Mapping[str, float]) -> "ModelSweep":
        """The same with other coefficients."""
        return replace(self, of=self.of.weighted(factors))

    def of_weights(self, weights: str) -> "tuple[Array, Array]":
        """The part of terms with this name of weights: values ``(n,)`` and derivatives ``(n, n_atoms, 3)``."""
        total, by_sites = np.zeros(len(self.positions)), np.zeros(self.sites.shape)
        for term, part in zip(self.of.model.terms, self.parts, strict=True):
            if term.weights == weights:
                total += term.coefficient * part.values[:, 0]
                by_sites += self.of.model.from_sites_of(term, term.coefficient * part.by_position[:, 0])
        return total, self.of.frame.pulled_back(self.positions, by_sites)

    @cached_property
    def values(self) -> Array:
        """Values, ``(n,)``."""
        total = np.zeros(len(self.positions))
        for term, part in zip(self.of.model.terms, self.parts, strict=True):
            total += term.coefficient * part.values[:, 0]
        return total

    def by_positions(self) -> Array:
        """Their derivatives by the positions of the atoms, ``(n, n_atoms, 3)``."""
        by_sites = np.zeros(self.sites.shape)
        for term, part in zip(self.of.model.terms, self.parts, strict=True):
            by_sites += self.of.model.from_sites_of(term, term.coefficient * part.by_position[:, 0])
        return self.of.frame.pulled_back(self.positions, by_sites)

    def sums(self, weights: Array) -> Array:
        """Sums over structures of their derivatives by the parameters, by rows of weights: ``(rows, P)``."""
        out = np.zeros((len(weights), self.of.model.num_parameters))
        for term, part in zip(self.of.model.terms, self.parts, strict=True):
            out[:, self.of.model.slices[term.weights]] += term.coefficient * part.sums(weights)[:, 0]
        return out
