"""The two gates of a re-uploading model: one encodes a vector, one evolves under a fixed generator."""

from dataclasses import dataclass
from typing import TypeAlias

from eqcompile.exact.operators.pauli import PauliSum


@dataclass(frozen=True)
class EncodingGate:
    r""":math:`e^{-i \alpha\, x_s \cdot \sigma^{(q)}}`, or with :math:`X^{(p)}` when there is a parity qubit.

    Attributes:
        site: index of the site whose vector is uploaded.
        qubit: the qubit that carries it.
        scale: name of the trainable factor alpha.
        parity: the parity qubit p, or ``None``.

    References:
        The paper, Eqs. 8 and 9.
    """

    site: int
    qubit: int
    scale: str
    parity: int | None = None

    def generator(self, num_qubits: int, axis: int) -> PauliSum:
        """The operator that multiplies the vector's component along ``axis``."""
        letters = {self.qubit: "XYZ"[axis]}
        if self.parity is not None:
            letters[self.parity] = "X"
        return PauliSum.string(num_qubits, letters)

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return (self.qubit,) if self.parity is None else (self.qubit, self.parity)


@dataclass(frozen=True)
class EvolutionGate:
    r""":math:`e^{-i \theta G}` with a Hermitian generator G and a named trainable angle."""

    generator: PauliSum
    parameter: str

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.generator.support


Gate: TypeAlias = EncodingGate | EvolutionGate
