"""Symmetries from operators, ours or Qiskit's; see :mod:`eqcompile.symmetry.make`."""

from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.arguments import found
from eqcompile.errors import ArgumentError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry import make
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.targets import exact_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiskit.quantum_info import Pauli, SparsePauliOp

Operator: TypeAlias = "PauliSum | Pauli | SparsePauliOp | str"


def charge(num_qubits: int, operator: Operator) -> Symmetry:
    r"""The internal U(1) of a charge Q: :math:`e^{-i\phi Q}`; the data are left unchanged.

    Args:
        num_qubits: size of the register.
        operator: Q, as text, a PauliSum, or one of Qiskit's operators.

    Raises:
        ArgumentError: not an operator.
        DimensionError: Q is not Hermitian, its strings do not commute, or a coefficient is irrational.

    >>> str(charge(2, "Z0 + Z1"))
    'U(1) charge Z0 + Z1'
    """
    return make.charge(num_qubits, _exact(operator))


def pauli_symmetry(num_qubits: int, *strings: "Operator | Sequence[Operator]") -> Symmetry:
    """The group that Pauli strings generate, such as ``"X0 X1 X2 X3"``; lists of strings are flattened.

    Args:
        num_qubits: size of the register.
        strings: the strings, as text, PauliSums, or Qiskit's operators.

    Raises:
        ArgumentError: not an operator.
        DimensionError: no string, or a sum of several.

    >>> pauli_symmetry(2, "X0 X1", "Z0 Z1").factors[0].order_text
    'order 4 up to phases'
    """
    listed = [s for given in strings for s in (given if isinstance(given, list | tuple) else [given])]
    return make.pauli_symmetry(num_qubits, *(_exact(string) for string in listed))


def unitaries(num_qubits: int, **generators: "Sequence[Operator] | Operator") -> Symmetry:
    """A finite group of unitaries with named generators, each one operator or a product of several, first one first.

    Args:
        num_qubits: size of the register.
        generators: the generators, as text, PauliSums, or Qiskit's operators.

    Raises:
        ArgumentError: not an operator.
        DimensionError: no generator, or one that is not unitary.

    >>> unitaries(2, hadamards=["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "sqrt(2)/2*X1 + sqrt(2)/2*Z1"]).generator_names
    ('hadamards',)
    """
    products = {
        name: [_exact(op) for op in (ops if isinstance(ops, list | tuple) else [ops])]
        for name, ops in generators.items()
    }
    return make.unitaries(num_qubits, **products)


def _exact(operator: Any) -> PauliSum | str:
    """Text and our own operators as they are, Qiskit's in exact form."""
    if isinstance(operator, PauliSum | str):
        return operator
    try:
        exact = exact_target(operator)
    except MethodError:
        exact = None
    if not isinstance(exact, PauliSum):
        raise ArgumentError(
            f"an operator is needed: text such as X0 X1, a PauliSum, or a SparsePauliOp; found {found(operator)}"
        )
    return exact
