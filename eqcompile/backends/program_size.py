"""How much a program asks for, counted by its structure before anybody builds it."""

from eqcompile.errors import BackendError, quoted

MAX_QUBITS = 10_000
"""Qubits of all registers of a program, or classical bits, together. Beyond it: refused."""

MAX_OPERATIONS = 500_000
"""Operations of a program, its own gates unrolled and registers counted qubit by qubit. Beyond it: refused."""


class ProgramSize:
    """Sizes of the registers and gates of a program.

    A gate counts as the operations of its definition, unrolled; numbers are added up and never listed, so that a gate
    that doubles with every level is refused at once.

    Attributes:
        registers: number of bits, by name.
        gates: number of operations of each gate that the program defines.

    >>> size = ProgramSize()
    >>> size.register("q", 3, quantum=True)
    >>> size.gate("twice", 2)
    >>> size.add(size.registers["q"] * size.gates["twice"])
    >>> size.operations
    6
    """

    def __init__(self) -> None:
        self.registers: dict[str, int] = {}
        self.gates: dict[str, int] = {}
        self.operations = 0
        self._bits = {True: 0, False: 0}

    def register(self, name: str, bits: int, *, quantum: bool) -> None:
        """Declare a register.

        Raises:
            BackendError: there are too many bits now.
        """
        kind = "qubits" if quantum else "classical bits"
        self.registers[name] = bits
        self._bits[quantum] += bits
        if bits > MAX_QUBITS:
            raise BackendError(f"a register of {bits} bits; the limit is {MAX_QUBITS}")
        if self._bits[quantum] > MAX_QUBITS:
            raise BackendError(
                f"registers of more than {MAX_QUBITS} {kind} together; the limit is {MAX_QUBITS}"
            )

    def gate(self, name: str, operations: int) -> None:
        """Define a gate of so many operations; an empty one counts as one, for it is opened all the same."""
        self.gates[name] = max(1, operations)

    def add(self, operations: int, what: str = "") -> None:
        """Count operations of the program itself.

        Raises:
            BackendError: there are too many now.
        """
        self.operations += operations
        if self.operations > MAX_OPERATIONS:
            beside = f", at {quoted(what)}" if what else ""
            raise BackendError(f"the program unrolls into more than {MAX_OPERATIONS} operations{beside}")
