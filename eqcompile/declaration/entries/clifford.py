"""Clifford gates from text such as ``H 0; S 1; CX 0 1``."""

import re

from eqcompile.declaration.yaml.wording import shown, unknown
from eqcompile.errors import ExpressionError
from eqcompile.exact.operators.pauli import PauliSum

GATES = {
    "H": "sqrt(2)/2*(X{0} + Z{0})",
    "S": "(1 + i)/2 + (1 - i)/2*Z{0}",
    "SDG": "(1 - i)/2 + (1 + i)/2*Z{0}",
    "SX": "(1 + i)/2 + (1 - i)/2*X{0}",
    "X": "X{0}",
    "Y": "Y{0}",
    "Z": "Z{0}",
    "CX": "1/2*(1 + Z{0} + X{1} - Z{0} X{1})",
    "CZ": "1/2*(1 + Z{0} + Z{1} - Z{0} Z{1})",
    "SWAP": "1/2*(1 + H({0},{1}))",
    "ISWAP": "1/2*(1 + Z{0} Z{1}) + i/2*(X{0} X{1} + Y{0} Y{1})",
}
"""Each gate as an operator on its qubits."""

MAX_GATES = 10_000
"""Gates of one Clifford element. Beyond it, refused: write a product of fewer gates."""

_GATE = re.compile(r"\s*([A-Za-z]+)((?:[\s,]+[0-9]{1,6})+)\s*")
_EXAMPLE = "gates read like H 0; CX 0 1"


def parse_clifford(text: str, num_qubits: int) -> tuple[PauliSum, ...]:
    """The gates as unitaries, the first one acting first. A gate on one qubit may list several: ``H 0 1 2``.

    Args:
        text: gates separated by semicolons.
        num_qubits: size of the register.

    Raises:
        ExpressionError: no gate, an unknown gate, a wrong number of qubits, or a qubit outside the register.

    >>> parse_clifford("X 0; CZ 0 1", 2)
    (X0, 1/2*I + 1/2*Z0 + 1/2*Z1 - 1/2*Z0 Z1)
    """
    ops: list[PauliSum] = []
    offset = 0
    for piece in text.split(";"):
        ops += _gate(piece, offset, num_qubits)
        offset += len(piece) + 1
        if len(ops) > MAX_GATES:
            raise ExpressionError(f"more than {MAX_GATES} gates, which is the limit", 0)
    return tuple(ops)


def _gate(piece: str, offset: int, num_qubits: int) -> list[PauliSum]:
    start = offset + len(piece) - len(piece.lstrip())
    match = _GATE.fullmatch(piece)
    if match is None:
        raise ExpressionError(f"{shown(piece.strip())} is not a gate; {_EXAMPLE}", start)
    name = match[1].upper()
    if name not in GATES:
        raise ExpressionError(unknown("gate", match[1], GATES), start)
    qubits = [int(digits) for digits in re.findall(r"[0-9]+", match[2])]
    for qubit in qubits:
        if qubit >= num_qubits:
            raise ExpressionError(
                f"qubit {qubit} is outside the register; qubits are 0 to {num_qubits - 1}", start
            )
    if "{1}" not in GATES[name]:
        return [PauliSum.parse(GATES[name].format(qubit), num_qubits) for qubit in qubits]
    if len(qubits) != 2 or qubits[0] == qubits[1]:
        raise ExpressionError(f"{name} acts on two different qubits; found {len(set(qubits))}", start)
    return [PauliSum.parse(GATES[name].format(*qubits), num_qubits)]
