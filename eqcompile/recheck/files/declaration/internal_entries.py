"""The entries ``pauli``, ``charge``, ``clifford``, ``matrix`` and ``unitary``, which leave the data unchanged."""

import re
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.declaration.register import Register, only
from eqcompile.recheck.files.exact_text import number_text, operator_text
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]

MAX_MATRIX_QUBITS = 3
"""Qubits of a matrix in a spec, 8 rows. Beyond it, refused: the product does not read a larger one either; write a
circuit (`clifford`) or a product (`unitary`)."""

MAX_GATES = 10_000
"""Gates of one Clifford element in a spec. Beyond it, refused: the product does not read more either; write a product
of fewer."""

CLIFFORD_GATES = {
    "H": "1/2*sqrt(2)*(X{0} + Z{0})",
    "S": "1/2*(1 + Z{0}) + 1/2*i*(1 - Z{0})",
    "SDG": "1/2*(1 + Z{0}) - 1/2*i*(1 - Z{0})",
    "SX": "1/2*(1 + X{0}) + 1/2*i*(1 - X{0})",
    "X": "X{0}",
    "Y": "Y{0}",
    "Z": "Z{0}",
    "CX": "1/2*(1 + Z{0}) + 1/2*(1 - Z{0})*X{1}",
    "CZ": "1/2*(1 + Z{0}) + 1/2*(1 - Z{0})*Z{1}",
    "SWAP": "1/2*(1 + X{0} X{1} + Y{0} Y{1} + Z{0} Z{1})",
    "ISWAP": "1/2*(1 + Z{0} Z{1}) + 1/2*i*(X{0} X{1} + Y{0} Y{1})",
}
"""Every gate on its qubits, written with projectors: S is |0><0| + i |1><1|."""

_GATE = re.compile(r"\s*([A-Za-z]+)((?:[\s,]+[0-9]{1,6})+)\s*")


def pauli_entry(entry: Any, register: Register) -> list[Plain]:
    """One generator for every string."""
    texts = [entry] if isinstance(entry, str) else entry
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise UnreadError(f"the Pauli strings {quoted(str(entry))}")
    return [_single(operator_text(text), [operator_text(text)], register) for text in texts]


def charge_entry(entry: Any, register: Register) -> list[Plain]:
    """The one-parameter group of a charge."""
    if not isinstance(entry, str):
        raise UnreadError(f"the charge {quoted(str(entry))}")
    text = operator_text(entry)
    return [{"name": f"charge {text}", "operator": text, "matrices": [None] * len(register.sites)}]


def clifford_entry(entry: Any, register: Register) -> list[Plain]:
    """A product of gates, the first one first."""
    steps = []
    for piece in str(entry).split(";"):
        match = _GATE.fullmatch(piece)
        if match is None or match[1].upper() not in CLIFFORD_GATES:
            raise UnreadError(f"the gate {quoted(piece)}")
        form = CLIFFORD_GATES[match[1].upper()]
        qubits = [register.qubit(int(digits)) for digits in re.findall(r"[0-9]+", match[2])]
        if "{1}" not in form:
            steps += [form.format(q) for q in qubits]
        elif len(qubits) == 2 and qubits[0] != qubits[1]:
            steps.append(form.format(*qubits))
        else:
            raise UnreadError(f"the gate {quoted(piece)}")
        if len(steps) > MAX_GATES:
            raise UnreadError(f"more than {MAX_GATES} gates")
    return [_single(str(entry), steps, register)]


def matrix_entry(entry: Any, register: Register) -> list[Plain]:
    """A unitary matrix; the first named qubit is the most significant one."""
    keys = only(entry, ("qubits", "rows", "name"), "matrix")
    qubits, rows = register.qubits(keys.get("qubits")), keys.get("rows")
    size = 1 << len(qubits)
    square = isinstance(rows, list) and all(isinstance(row, list) and len(row) == size for row in rows)
    if len(qubits) > MAX_MATRIX_QUBITS or not square or len(rows or ()) != size:
        raise UnreadError(f"a matrix that is not of {size} rows of {size} entries")
    terms = []
    for a, row in enumerate(rows or ()):
        for b, value in enumerate(row):
            text = number_text(value)
            if text != "0":
                last = len(qubits) - 1
                bits = [(q, a >> last - k & 1, b >> last - k & 1) for k, q in enumerate(qubits)]
                terms.append("*".join([f"({text})", *(_unit(*bit) for bit in bits)]))
    return [_single(str(keys.get("name", "matrix")), [" + ".join(terms)], register)]


def unitary_entry(entry: Any, register: Register) -> list[Plain]:
    """A product of unitary operators, the first one first."""
    keys = only(entry, ("name", "factors"), "unitary")
    factors = keys.get("factors")
    if not isinstance(factors, list) or not factors or not all(isinstance(f, str | int) for f in factors):
        raise UnreadError(f"the factors {quoted(str(factors))}")
    return [_single(str(keys.get("name")), [operator_text(str(text)) for text in factors], register)]


def _single(name: str, unitaries: list[str], register: Register) -> Plain:
    sites = len(register.sites)
    steps = [{"unitary": text} for text in unitaries]
    return {"name": name, "steps": steps, "sites": list(range(sites)), "matrices": [None] * sites}


def _unit(qubit: int, row: int, column: int) -> str:
    """|row><column| on one qubit."""
    if row == column:
        return f"1/2*(1 {'-' if row else '+'} Z{qubit})"
    return f"1/2*(X{qubit} {'-' if row else '+'} i*Y{qubit})"
