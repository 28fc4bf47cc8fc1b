"""The entry ``charge``: the internal U(1) of a charge."""

from collections.abc import Iterator
from dataclasses import dataclass

from eqcompile.declaration.members.encoded import Encode
from eqcompile.declaration.spec import Kind, Path, Spec, Symmetry
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.text import Tree, operator_text
from eqcompile.declaration.yaml.wording import shown
from eqcompile.errors import DimensionError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.factor import Factor


@dataclass(frozen=True)
class Charge(Symmetry):
    """The internal U(1) of a charge; the data are left unchanged."""

    operator: PauliSum

    def lift(self, spec: Spec, place: Path) -> Iterator[Factor]:
        """The one-parameter group."""
        yield ChargeFactor(spec.qubits, self.operator, spec.num_sites)

    def tree(self, turning: tuple[int, ...], kind: Kind) -> dict[str, Tree]:
        """The operator as text."""
        return {"charge": operator_text(self.operator)}


def build_charge(text: str, path: Path, scope: Scope) -> Charge:
    """The U(1) that a charge generates.

    Raises:
        SpecError: the operator is constant or not Hermitian, has an irrational coefficient, or its strings do not
            commute.
    """
    op = scope.operator(text, path)
    if not op.without_identity():
        raise scope.error(f"{shown(text)} is a multiple of the identity, which acts on nothing", path)
    try:
        ChargeFactor(scope.num_qubits, op)
    except DimensionError as error:
        raise scope.error(str(error), path) from None
    return Charge(op)


def charge_entry(factor: ChargeFactor, encode: Encode) -> Iterator[Symmetry]:
    """The entry that a charge came from."""
    yield Charge(factor.charge)
