r"""Descriptors: the values of many invariant observables of one certified circuit.

.. math:: d_k(r) = \langle \psi_0 | M(r)^\dagger\, O_k\, M(r) | \psi_0 \rangle, \qquad [O_k, R(g)] = 0

The certificate of the program proves that the state is invariant and that M is equivariant, so each value with an O_k
that commutes with the group is invariant: :math:`d_k(g r) = d_k(r)`. A breaking that the spec declares breaks it here
as well, by as much as the certificate of the program says.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from siqml.errors import ModelError
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq

MAX_DESCRIPTORS: Final = 512
"""Descriptors of a molecule. Beyond it, refused: take a smaller `--locality`."""

CHUNK: Final = 512
"""Structures in a call of the kernel: it keeps some 20 kB for each structure of the dimer while it differentiates."""


def invariant_operators(program: "eq.Program", locality: int) -> "tuple[eq.PauliSum, ...]":
    """A basis of the observables that commute with the declared group, on up to so many qubits.

    Args:
        program: a certified program.
        locality: most qubits that a term acts on; if there are fewer, all of them.

    Returns:
        At least one operator, those of fewest qubits and terms first.

    Raises:
        ModelError: there is none, or too many.
        EqcompileError: the derivation is too large.
    """
    import eqcompile as eq

    found = eq.invariant_observables(program.symmetry, min(locality, program.num_qubits))
    operators = []
    for observable in found:
        operators.append(observable.operator)
        if len(operators) > MAX_DESCRIPTORS:
            raise ModelError(
                f"{program.spec.name}: more than {MAX_DESCRIPTORS} invariant observables on up to {locality} qubits; "
                "take a smaller --locality"
            )
    if not operators:
        raise ModelError(
            f"{program.spec.name}: no observable on up to {locality} qubits is invariant; take a larger --locality"
        )
    return tuple(operators)


@dataclass(frozen=True, eq=False)
class Descriptors:
    """Values of observables of one circuit at fixed parameters.

    Attributes:
        circuit: the program, its frame and its parameters; its scaling to energies plays no part.
        operators: O_k, the observables; one at least.

    Raises:
        ModelError: the model is a sum of several terms, or an observable does not commute with its group.
        DimensionError: an observable on another number of qubits.
    """

    circuit: ForceField
    operators: "tuple[eq.PauliSum, ...]"

    def __post_init__(self) -> None:
        import eqcompile as eq

        if self.circuit.model.alone is None:
            raise ModelError(
                f"descriptors are those of a single circuit; this model is a sum of {len(self.circuit.model.terms)} "
                f"terms ({self.circuit.model.name})"
            )
        if not self.operators:
            raise ModelError("descriptors need one observable at least")
        program = self.circuit.program
        for k, operator in enumerate(self.operators):
            certificate = eq.verify(operator, program.symmetry)
            if not certificate:
                said = "; ".join(finding.detail for finding in certificate.refused) or certificate.verdict
                raise ModelError(f"descriptor {k}, {eq.shorthand(operator)}, is not invariant: {said}")

    @property
    def program(self) -> "eq.Program":
        """The program."""
        return self.circuit.program

    def certified(self, k: int) -> "eq.Program":
        """The circuit with observable k as its own: a program of a spec that says so, with its certificate.

        Raises:
            ModelError: the certificate is refused.
        """
        from dataclasses import replace

        import eqcompile as eq
        from siqml.field.catalogue import compile_certified
        from siqml.field.declared import circuit_spec

        spec = self.program.spec
        text = eq.to_yaml(replace(spec, name=f"{spec.name}_{k}", observable=self.operators[k]))
        return compile_certified(circuit_spec(text, f"{spec.source.path} (descriptor {k})"))

    def at(self, positions: Array) -> tuple[Array, Array]:
        """Values and derivatives by the positions of the atoms.

        Args:
            positions: ``(n, n_atoms, 3)`` in angstrom, atoms in the order of the frame.

        Returns:
            values ``(n, K)`` and derivatives ``(n, K, n_atoms, 3)`` in 1/angstrom, for K observables; empty for n = 0.

        Raises:
            ModelError: the shape is another one, or a position is not a finite number.
            BackendError, LimitError: there is no kernel for this circuit.
        """
        positions = self.circuit.checked(positions)
        count = len(self.operators)
        values, slopes = (
            np.empty((len(positions), count)),
            np.empty((len(positions), count, *positions.shape[1:])),
        )
        for start in range(0, len(positions), CHUNK):
            part = slice(start, start + CHUNK)
            there, frame = positions[part], self.circuit.frame
            sweep = self._kernel.sweep(self.circuit.params, frame.sites_of(there), by_parameter=False)
            values[part] = sweep.values
            for k in range(count):
                slopes[part, k] = frame.pulled_back(there, sweep.by_position[:, k])
        return values, slopes

    @cached_property
    def _kernel(self) -> "eq.Kernel":
        return self.program.to_kernel(self.operators)
