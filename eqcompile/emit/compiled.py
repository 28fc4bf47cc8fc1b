"""What back ends and devices read of a program, which stands above them."""

from typing import Protocol

from eqcompile.arguments import order_and_steps
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.claims.certificate import Certificate
from eqcompile.declaration.spec import Spec
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.passes.formula.product_formula import ProductFormulas
from eqcompile.symmetry.symmetry import Symmetry

LOWERING = "lowering and routing"
CURE = "declare a smaller model, or allow more with --budget, such as --budget 10min,8GB"
"""What may take long on the way to a circuit, and what helps, in the words of a message."""


class Compiled(Protocol):
    """The fields of :class:`eqcompile.program.Program`, described there."""

    @property
    def spec(self) -> Spec: ...

    @property
    def symmetry(self) -> Symmetry: ...

    @property
    def ansatz(self) -> ReuploadingAnsatz: ...

    @property
    def state(self) -> ExactState: ...

    @property
    def observable(self) -> PauliSum: ...

    @property
    def certificate(self) -> Certificate: ...

    @property
    def kept_symmetry(self) -> Symmetry: ...


def formulas_for(program: Compiled, trotter: tuple[int, int] | None) -> ProductFormulas | None:
    """Product formulas of an order and a number of steps, for gates without an exact circuit.

    Raises:
        ArgumentError: ``trotter`` is not a pair of whole numbers.
    """
    return (
        None if trotter is None else ProductFormulas(program.symmetry, *order_and_steps("trotter", trotter))
    )
