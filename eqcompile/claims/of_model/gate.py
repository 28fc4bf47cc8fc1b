r"""The claim that gates :math:`e^{-i\theta G}` are equivariant: of an entry of a layer, or of an operator alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eqcompile.claims.claim import MODEL, MODEL_WITHOUT_DATA, PARTS
from eqcompile.claims.of_model.operator import InvariantOperator


@dataclass(frozen=True)
class EquivariantOperator(InvariantOperator):
    r"""``exp(-i theta G)`` is equivariant for every theta.

    >>> from eqcompile.exact.operators.pauli import PauliSum
    >>> from eqcompile.symmetry.make import SU2
    >>> EquivariantOperator(SU2(2), PauliSum.parse("H(0,1)", 2)).decide().verdict.value
    'proven'
    """

    name = "equivariant gate"
    form = "operator"
    targets = (PARTS,)
    sentence = "operator: {shown}"


@dataclass(frozen=True)
class EquivariantGate(InvariantOperator):
    """The same claim for an entry of a model's layer.

    Attributes:
        number: number of the entry.
    """

    name = "equivariant gate"
    form = "layer[{place}]"
    targets = (MODEL, MODEL_WITHOUT_DATA)
    sentence = "layer[{place}]: {shown}"

    number: int

    @classmethod
    def _keys(cls, target: Mapping[str, Any], num_generators: int) -> list[str]:
        return [cls.form.format(place=place) for place in range(target["layers"])]

    @property
    def key(self) -> str:
        """The key with the number of the entry."""
        return self.form.format(place=self.number)

    @property
    def place(self) -> tuple[str | int, ...]:
        """The entry of the layer."""
        return ("ansatz", "layer", self.number)

    @property
    def subject(self) -> str:
        """The entry and its operator."""
        return self.sentence.format(place=self.number, **self.evidence())
