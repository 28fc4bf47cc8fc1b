"""Split orbit sums into their commuting summands, which qubits at different places can take one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import ClassVar

from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Operation
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, anticommute
from eqcompile.passes.lowering.pairs import is_exchange


@dataclass(frozen=True)
class SplitOrbits:
    r"""Replace :math:`e^{-i\theta\sum_k G_k}` by :math:`\prod_k e^{-i\theta G_k}` where the summands commute.

    Exact. One summand alone may break a permutation that the sum keeps; the product does not.
    """

    name: ClassVar[str] = "split-orbits"

    def run(self, circuit: Circuit) -> Circuit:
        """Split every sum as far as its summands commute; an exchange on a pair stays whole."""
        operations = tuple(part for operation in circuit for part in _split(operation))
        return replace(circuit, operations=operations)


def _split(operation: Operation) -> Iterator[Operation]:
    if not isinstance(operation, Evolve):
        yield operation
        return
    generator = operation.generator
    if identity := generator.coefficient(IDENTITY):
        yield replace(operation, generator=PauliSum(generator.num_qubits, {IDENTITY: identity}))
    for part in components(generator):
        if is_exchange(part) or any(anticommute(a, b) for a, b in combinations(part.terms, 2)):
            yield replace(operation, generator=part)
        else:
            for key, value in sorted(part.terms.items()):
                yield replace(operation, generator=PauliSum(generator.num_qubits, {key: value}))
