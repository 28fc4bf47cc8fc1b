"""Passes rewrite a circuit, one idea each; a pipeline applies them in turn and lets a caller look at each result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

from eqcompile.circuits.circuit import Circuit


class Pass(Protocol):
    """A frozen object with a name that turns a circuit into an equal one, possibly on other qubits."""

    name: ClassVar[str]

    def run(self, circuit: Circuit) -> Circuit:
        """The circuit rewritten; the argument is not changed."""


Observer: TypeAlias = Callable[[str, Circuit], None]
"""A function that is told the name of each pass and what it made."""


@dataclass(frozen=True)
class Pipeline:
    """Passes in the order in which they run.

    >>> from eqcompile.exact.operators.pauli import PauliSum
    >>> from eqcompile.circuits.angle import ExactAngle
    >>> from eqcompile.circuits.operations import Evolve
    >>> from eqcompile.passes.rewrite.split import SplitOrbits
    >>> gate = Evolve(PauliSum.parse("Z0 + Z1", 2), ExactAngle.parameter("w"))
    >>> print(Pipeline((SplitOrbits(),)).run(Circuit(2, (gate,))))
    exp(-i (w) (Z0))
    exp(-i (w) (Z1))
    """

    passes: tuple[Pass, ...]

    def run(self, circuit: Circuit, observe: Observer | None = None) -> Circuit:
        """Apply every pass.

        Args:
            circuit: the circuit to rewrite.
            observe: called after every pass, for example to certify again.
        """
        for step in self.passes:
            circuit = step.run(circuit)
            if observe is not None:
                observe(step.name, circuit)
        return circuit
