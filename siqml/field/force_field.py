"""A force field: the compiled model, the frame, the scaling and the trained parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from siqml.errors import ModelError
from siqml.field.backend import Backend
from siqml.field.domain import Domain
from siqml.field.engine import Engine, engine_for
from siqml.field.scaling import Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True, eq=False, init=False)
class ForceField:
    """Energies and forces of molecules of one composition.

    Args:
        model: a certified quantum model: a program, or a sum of several.
        frame: which atom sits where, and what the origin is.
        scaling: expectation values to energies.
        params: ``(P,)``, in the order of ``model.parameter_names``.
        domain: where the model knows its way; ``None`` if nothing is known about its training set.

    Attributes:
        model: the sum of one term or more.
        frame, scaling, domain: as given.
        params: as given; a read-only copy.

    Raises:
        ModelError: another number of parameters or of sites than the model has.
    """

    model: "eq.ProgramSum"
    frame: AnyFrame
    scaling: Scaling
    params: Array
    domain: Domain | None = None

    def __init__(
        self,
        model: "eq.AnyProgram",
        frame: AnyFrame,
        scaling: Scaling,
        params: Array,
        domain: Domain | None = None,
    ) -> None:
        import eqcompile as eq

        params = np.array(params, dtype=np.float64)
        params.setflags(write=False)
        fields: dict[str, Any] = {"model": eq.ProgramSum.of(model), "frame": frame, "scaling": scaling}
        fields |= {"params": params, "domain": domain}
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        if params.shape != (self.model.num_parameters,):
            raise ModelError(f"{params.size} parameters given; the model has {self.model.num_parameters}")
        if frame.num_sites != self.model.num_sites:
            raise ModelError(f"the frame has {frame.num_sites} sites; the model has {self.model.num_sites}")

    @property
    def program(self) -> "eq.Program":
        """The program, where the model is a single one.

        Raises:
            ModelError: the model is a sum.
        """
        if self.model.alone is None:
            raise ModelError(
                f"this model is a sum of {len(self.model.terms)} terms ({self.model.name}), not one program; "
                "its programs are those of model.terms"
            )
        return self.model.alone

    @property
    def species(self) -> tuple[str, ...]:
        """Chemical symbols of the atoms, in the order of the model."""
        return self.frame.species

    def __deepcopy__(self, memo: dict[int, Any]) -> "ForceField":
        """Itself: it never changes."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """By the texts of the specs and numbers alone, as a model file: who reads it compiles and certifies again."""
        from siqml.field.written import written

        numbers = self.frame.to_dict(), self.scaling.to_dict(), self.params.tolist(), self.domain
        return rebuilt, (written(self.model), self.model.terms[0].program.spec.source.path, *numbers)

    def predict(self, positions: Array) -> tuple[Array, Array]:
        """Energies and exact forces, F = -dE/dr.

        Args:
            positions: ``(n, n_atoms, 3)`` in angstrom, atoms in the order of ``frame.species``; not changed.

        Returns:
            energies ``(n,)`` in eV and forces ``(n, n_atoms, 3)`` in eV/angstrom; empty arrays for n = 0.

        Raises:
            ModelError: the shape is another one, or a position is not a finite number.
        """
        positions = self.checked(positions)
        return self._engine.predict(self.params, self.scaling, positions)

    def checked(self, positions: Array) -> Array:
        """The positions as an array ``(n, n_atoms, 3)``.

        Raises:
            ModelError: the shape is another one, or a position is not a finite number.
        """
        positions = np.asarray(positions, dtype=np.float64)
        n_atoms = len(self.frame.species)
        if positions.ndim != 3 or positions.shape[1:] != (n_atoms, 3):
            raise ModelError(f"positions have shape {positions.shape}; this model needs (n, {n_atoms}, 3)")
        if not np.isfinite(positions).all():
            raise ModelError("a position is not a finite number")
        return positions

    def energies(self, positions: Array) -> Array:
        """Energies ``(n,)`` in eV of positions ``(n, n_atoms, 3)`` in angstrom."""
        return self.predict(positions)[0]

    @property
    def backend(self) -> Backend:
        """What evaluates it: ``"kernel"`` or ``"jax"``, see `siqml.field.backend`."""
        return self._engine.backend

    @cached_property
    def _engine(self) -> Engine:
        return engine_for(self.model, self.frame)


def rebuilt(
    content: Mapping[str, Any],
    path: str,
    frame: Mapping[str, Any],
    scaling: Mapping[str, Any],
    params: Sequence[float],
    domain: Domain | None = None,
) -> ForceField:
    """The force field of texts of specs and numbers.

    Args:
        content: what `siqml.field.written.written` gave of the model.
        path: name of the model in messages.
        frame: what ``frame.to_dict()`` gave.
        scaling: what ``scaling.to_dict()`` gave.
        params: ``(P,)``, in the order of ``model.parameter_names``.
        domain: as for `ForceField`.

    Raises:
        ModelError: a spec no longer compiles to a certified program, or all have another number of parameters.
        EqcompileError: a spec cannot be read.
    """
    from siqml.field.written import read_written
    from siqml.molecule.internal_coordinates import frame_from_dict

    model = read_written(content, path, path)
    return ForceField(model, frame_from_dict(dict(frame)), Scaling(**scaling), np.array(params), domain)
