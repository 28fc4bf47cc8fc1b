"""How much a program asks for, counted by its structure before it is built."""

from eqcompile.errors import BackendError, quoted

MAX_PROGRAM_BITS = 10_000
"""Qubits of all registers of a program together, and likewise its classical bits. Beyond it, refused: leave out
registers that nothing acts on."""

MAX_OPERATIONS = 500_000
"""Operations of a program or circuit, with its own gates unrolled and registers counted qubit by qubit; reading this
many takes about fifteen seconds and less than a gigabyte. Beyond it, refused: verify a part of the circuit."""

MAX_DEFINITIONS = 20_000
"""Definitions, including nested ones, that are opened to read one gate; a gate made of gates may double with every
level. Beyond it, refused: open the outermost gate with `circuit.decompose()`, or define it more directly."""


class ProgramSize:
    """Sizes of the registers and gates of a program.

    A gate counts as the operations of its definition, unrolled. Numbers are added up and never listed, so a gate that
    doubles with every level is refused at once.

    Attributes:
        registers: number of bits of each register, by name.
        gates: number of operations of each gate that the program defines.
        definitions: number of definitions, including nested ones, that are opened to read each of these gates.

    >>> size = ProgramSize()
    >>> size.register("q", 3, quantum=True)
    >>> size.gate("twice", 2, 1)
    >>> size.add(size.registers["q"] * size.gates["twice"])
    >>> size.operations
    6
    """

    def __init__(self) -> None:
        self.registers: dict[str, int] = {}
        self.gates: dict[str, int] = {}
        self.definitions: dict[str, int] = {}
        self.operations = 0
        self._bits = {True: 0, False: 0}

    def register(self, name: str, bits: int, *, quantum: bool) -> None:
        """Declare a register.

        Raises:
            BackendError: there are now too many bits.
        """
        kind = "qubits" if quantum else "classical bits"
        self.registers[name] = bits
        self._bits[quantum] += bits
        if bits > MAX_PROGRAM_BITS:
            raise BackendError(f"a register of {bits} bits; the limit is {MAX_PROGRAM_BITS}")
        if self._bits[quantum] > MAX_PROGRAM_BITS:
            raise BackendError(
                f"registers of more than {MAX_PROGRAM_BITS} {kind} together; the limit is {MAX_PROGRAM_BITS}"
            )

    def gate(self, name: str, operations: int, definitions: int) -> None:
        """Define a gate of this many operations. An empty gate counts as one, because it is opened all the same."""
        self.gates[name] = max(1, operations)
        self.definitions[name] = definitions

    def call(self, name: str) -> int:
        """Number of operations of a gate that the program itself calls.

        Raises:
            BackendError: the gate is made of too many gates within gates.
        """
        if self.definitions.get(name, 0) > MAX_DEFINITIONS:
            raise BackendError(
                f"the gate {quoted(name)} is made of more than {MAX_DEFINITIONS} gates within gates"
            )
        return self.gates.get(name, 1)

    def add(self, operations: int) -> None:
        """Count operations of the program itself.

        Raises:
            BackendError: there are now too many.
        """
        self.operations += operations
        if self.operations > MAX_OPERATIONS:
            raise BackendError(f"the program unrolls into more than {MAX_OPERATIONS} operations")
