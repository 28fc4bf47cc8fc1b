"""The claim that an observable is invariant; its exact spectrum is the range of the model."""

from dataclasses import dataclass

from eqcompile.claims.claim import MODEL, MODEL_WITHOUT_DATA, PARTS
from eqcompile.claims.of_model.operator import InvariantOperator
from eqcompile.errors import LimitError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues


@dataclass(frozen=True)
class InvariantObservableClaim(InvariantOperator):
    """The observable is Hermitian and invariant."""

    name = "invariant observable"
    form = "observable"
    targets = (MODEL, MODEL_WITHOUT_DATA, PARTS)
    sentence = "observable: {shown}"
    place = ("observable",)

    def _detail(self) -> str:
        return f"spectrum {spectrum_text(self.op)}"


def spectrum_text(op: PauliSum) -> str:
    """The distinct eigenvalues, or why they are not known exactly."""
    try:
        return ", ".join(str(value) for value in eigenvalues(op))
    except LimitError as error:
        return f"unknown: {error}"
