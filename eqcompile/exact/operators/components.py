"""Split an operator into parts on disjoint qubits; the parts commute, so their exponentials multiply."""

from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import support_of


def components(op: PauliSum) -> tuple[PauliSum, ...]:
    """Summands of the traceless part on disjoint sets of qubits that no term connects, in the order of the qubits.

    >>> components(PauliSum.parse("H(1,2) + H(0,3)", 4))
    (X0 X3 + Y0 Y3 + Z0 Z3, X1 X2 + Y1 Y2 + Z1 Z2)
    """
    union = UnionFind(op.support)
    supports = {key: support_of(key) for key in op.without_identity()}
    for support in supports.values():
        union.union(*support)
    parts: dict[int, PauliSum] = {}
    for key, support in supports.items():
        root = union[support[0]]
        term = PauliSum(op.num_qubits, {key: op.coefficient(key)})
        parts[root] = parts[root] + term if root in parts else term
    return tuple(sorted(parts.values(), key=lambda part: part.support))
