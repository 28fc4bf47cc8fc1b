"""The entry ``inversion``: x -> -x on every site, Z on a parity qubit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from eqcompile.declaration.entries.pauli import Pauli
from eqcompile.declaration.entries.space import NEEDS_PARITY, read_parity
from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.forms import Qubit, Section
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.inversion import InversionFactor


def _forgiving_inversion(value: Any) -> Any:
    """``inversion: yes`` means "there is an inversion"; the missing parity qubit is explained later."""
    affirmed = value.lower() in ("yes", "on") if isinstance(value, str) else value is None or value is True
    return {} if affirmed else value


class InversionSchema(Section):
    """The inversion x -> -x, represented by Z on a qubit that carries no site."""

    parity: Annotated[Qubit | None, Field(examples=[4])] = None


InversionForm = Annotated[InversionSchema, BeforeValidator(_forgiving_inversion)]


@dataclass(frozen=True)
class Inversion(Symmetry):
    """x -> -x on every site, represented by Z on the parity qubit (paper Eq. 9)."""

    parity: int | None

    @property
    def parity_qubit(self) -> int | None:
        """The parity qubit of the inversion."""
        return self.parity

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The inversion on every site."""
        if self.parity is None:
            raise spec.error("inversion needs a parity qubit; write inversion: {parity: N}", place)
        yield InversionFactor(spec.qubits, self.parity, spec.num_sites)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The entry with its parity qubit."""
        return {"inversion": {"parity": self.parity}}


def build_inversion(inversion: InversionSchema | None, path: Path, scope: Scope) -> Inversion:
    """x -> -x on every site.

    Raises:
        SpecError: no sites, no parity qubit, or a parity qubit that carries a site.
    """
    if scope.data is None:
        message = "inversion acts on sites, and this spec declares none; add data, or remove inversion"
        raise scope.error(message, path, at_key=True)
    if inversion is None or inversion.parity is None:
        message = NEEDS_PARITY.format(what="inversion", cure="inversion: {parity: N}")
        raise scope.error(message, path, at_key=True)
    return Inversion(read_parity(inversion.parity, path, scope))


def inversion_entry(factor: InversionFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that an inversion came from; without sites it is Z on its parity qubit."""
    parity = PauliSum.string(factor.num_qubits, {factor.parity: "Z"})
    yield Inversion(factor.parity) if encode else Pauli((parity,))
