"""Short text for operators: Heisenberg pairs are written ``H(i,j)``. The operator parser can read it back."""

from itertools import combinations

from eqcompile.arguments import accepts, one_of
from eqcompile.exact.arithmetic.scalars import ONE, format_scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import pauli_key


@accepts(op=one_of("an operator is needed, such as eq.PauliSum.parse('H(0,1)', 2)", PauliSum))
def shorthand(op: PauliSum) -> str:
    """Text of an operator with ``X_i X_j + Y_i Y_j + Z_i Z_j`` folded into ``H(i,j)``.

    >>> shorthand(PauliSum.parse("X0 X1 + Y0 Y1 + Z0 Z1 + 1/2*Z2", 3))
    'H(0,1) + 1/2*Z2'
    """
    parts, rest = [], op
    for i, j in combinations(op.support, 2):
        keys = [pauli_key({i: name, j: name}) for name in "XYZ"]
        coefficients = {rest.coefficient(key) for key in keys}
        if len(coefficients) == 1 and (value := coefficients.pop()):
            parts.append({ONE: "", -ONE: "-"}.get(value, f"{format_scalar(value)}*") + f"H({i},{j})")
            rest = rest - PauliSum.heisenberg(op.num_qubits, i, j).scaled(value)
    if rest or not parts:
        parts.append(str(rest))
    return " + ".join(parts).replace("+ -", "- ")
