"""What the parts of a spec may refer to: the register, the declared sites, and the file they stand in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from eqcompile.declaration.spec import DataSpec, Path
from eqcompile.declaration.yaml.tree import YamlDocument
from eqcompile.declaration.yaml.wording import label, shown
from eqcompile.errors import ExpressionError, SpecError
from eqcompile.exact.operators.pauli import PauliSum


@dataclass(frozen=True)
class Scope:
    """Looks names up, and points errors into the file.

    Args:
        num_qubits: size of the register.
        document: the parsed file.
        data: the sites, or ``None`` while they are being built or when there are none.
        parity: the parity qubit that any entry of the symmetry names, wherever that entry stands; a spec that names
            several is refused.
    """

    num_qubits: int
    document: YamlDocument
    data: DataSpec | None = None
    parity: Collection[int] = ()

    @property
    def every_qubit(self) -> tuple[int, ...]:
        """What an entry means by all qubits when it names none: the register without the parity qubit."""
        return tuple(qubit for qubit in range(self.num_qubits) if qubit not in self.parity)

    def error(self, message: str, path: Path, offset: int = 0, at_key: bool = False) -> SpecError:
        """An error at a place in the file; see :meth:`YamlDocument.error`."""
        return self.document.error(message, path, offset, at_key)

    def check_label(self, text: str, path: Path) -> None:
        """Refuse a name that messages cannot use for a group, because they are one line."""
        if not text.strip() or not text.isprintable():
            raise self.error(f"{label(path)} must be text on one line; found {shown(text)}", path)

    def check_qubit(self, qubit: int, path: Path, offset: int = 0) -> None:
        """Refuse a qubit outside the register."""
        if not 0 <= qubit < self.num_qubits:
            cure = f"qubits are 0 to {self.num_qubits - 1}"
            raise self.error(f"qubit {qubit} is outside the register; {cure}", path, offset)

    def check_qubits(self, qubits: Iterable[int], path: Path) -> None:
        """Refuse a list of qubits that leaves the register or names one twice."""
        seen: set[int] = set()
        for index, qubit in enumerate(qubits):
            self.check_qubit(qubit, (*path, index))
            if qubit in seen:
                raise self.error(f"qubit {qubit} is listed twice; name it once", (*path, index))
            seen.add(qubit)

    def operator(self, text: str, path: Path) -> PauliSum:
        """An operator on the register. Text that is not an operator is refused at its place."""
        try:
            return PauliSum.parse(text, self.num_qubits)
        except ExpressionError as error:
            raise self.error(str(error), path, error.offset) from None
