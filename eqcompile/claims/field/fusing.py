"""Fuse neighbouring operations on few qubits."""

from collections.abc import Iterable

from eqcompile.budgets import check
from eqcompile.circuits.operations import Operation


def fused(operations: Iterable[Operation], size: int) -> list[tuple[tuple[int, ...], tuple[Operation, ...]]]:
    """Operations in groups on at most ``size`` qubits, greedily; their order on every qubit is kept.

    An operation joins the last groups on its qubits if nothing comes after them. One on more qubits stands alone.

    Args:
        operations: operations in the order in which they act; those on no qubit are left out.
        size: number of qubits.

    Returns:
        The qubits of each group, ascending, and its operations.
    """
    qubits: list[set[int]] = []
    members: list[list[Operation]] = []
    last: dict[int, int] = {}
    alive: set[int] = set()
    for operation in operations:
        check()
        support = set(operation.support)
        if not support:
            continue
        touched = sorted({last[q] for q in support if q in last})
        frontier = [b for b in touched if all(last[q] == b for q in qubits[b])]
        union = support.union(*(qubits[b] for b in frontier)) if frontier else support
        if touched and frontier == touched and len(union) <= size:
            # The latest one: nothing stands after the others on their qubits, so they may act there.
            target = frontier[-1]
            members[target] = [o for b in frontier for o in members[b]] + [operation]
            alive.difference_update(frontier[:-1])
            qubits[target] = union
        else:
            target = len(members)
            qubits.append(support)
            members.append([operation])
            alive.add(target)
        last.update(dict.fromkeys(qubits[target], target))
    return [(tuple(sorted(qubits[b])), tuple(members[b])) for b in sorted(alive)]
