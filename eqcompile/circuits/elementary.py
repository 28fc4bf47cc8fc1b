r"""From whole gates to the elementary operations on which claims are decided.

Exact, global phases included: :math:`e^{-i\theta \sum_k c_k P_k} = \prod_k e^{-i\,2 c_k \theta\, P_k/2}` where the
strings commute, a swap is a fixed unitary, and a preparation is a product of turns and one CX.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import (
    LENGTH,
    Evolve,
    FixedUnitary,
    Operation,
    PauliRotation,
    Singlet,
    Swapped,
    VectorRotation,
)
from eqcompile.declaration.spec import ProductKet
from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.scalars import is_rational, real_part, to_fraction
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import anticommute, pauli_key

_TURNS = {
    "0": None,
    "1": ("X", 1),
    "+": ("Y", "1/2"),
    "-": ("Y", "-1/2"),
    "r": ("X", "-1/2"),
    "l": ("X", "1/2"),
}
"""The turn, in units of pi, that takes zero to each letter, up to a phase."""


def elementary(circuit: Circuit) -> Circuit:
    """The circuit in elementary operations; one that has no others is returned as it is.

    Args:
        circuit: circuit of whole gates, or of any operations.

    Returns:
        The same unitary on the same register; ``gate_names`` name the whole gates.

    Raises:
        MethodError: an evolution whose strings do not commute or have irrational coefficients, or an entangled start.

    >>> from eqcompile.exact.operators.pauli import PauliSum
    >>> pair = Evolve.by(PauliSum.heisenberg(2, 0, 1), "w")
    >>> print(elementary(Circuit(2, (pair,))))
    exp(-i/2 (2*w) (X0 X1))
    exp(-i/2 (2*w) (Y0 Y1))
    exp(-i/2 (2*w) (Z0 Z1))
    """
    if circuit.start is None and not any(isinstance(o, Evolve | Singlet | Swapped) for o in circuit):
        return circuit
    names, operations = list[str](), list[Operation]()
    if circuit.start is not None:
        if not isinstance(circuit.start, ProductKet):
            raise MethodError(
                "the start of the circuit is not a product of single qubits; emit it, and verify that"
            )
        operations += _prepared(circuit.start, circuit.initial)
        names.append(f"prepare {circuit.start.letters}")
    for operation in circuit:
        parts = _parts(operation, circuit.num_qubits)
        operations += (replace(part, origin=len(names)) for part in parts)
        names.append(str(operation))
    return replace(circuit, operations=tuple(operations), gate_names=tuple(names), start=None)


def with_lengths(circuit: Circuit, site_names: Sequence[str]) -> Circuit:
    """The circuit with the length of every vector as the parameter that a group moves along with its site.

    In a circuit that was read this is ``H1_turn``, a multiple of the length. Factors alpha stay what they are, free
    parameters, so two sites with different ones are not exchanged.

    Args:
        circuit: any circuit.
        site_names: names of the sites.

    Raises:
        MethodError: a site that the group does not name, or both a length and ``H1_turn`` of one site.
    """
    for operation in circuit:
        if isinstance(operation, VectorRotation) and operation.site >= len(site_names):
            raise MethodError(f"{operation}: the group has {len(site_names)} sites, counted from 0")
    used = {*circuit.parameters}
    lengths = {name: int(found[1]) for name in used if (found := LENGTH.fullmatch(name))}
    images: dict[str, ExactAngle] = {}
    for length, site in lengths.items():
        if site >= len(site_names):
            raise MethodError(
                f"{length} is the length of a site {site}; the group has {len(site_names)} sites"
            )
        own = angle_names(site_names[site])[2]
        if own in used:
            raise MethodError(
                f"{length} and {own} both stand for the length of {site_names[site]}'s vector; use one of them"
            )
        images[length] = ExactAngle.parameter(own)
    return circuit.substituted(images) if images else circuit


def _parts(operation: Operation, num_qubits: int) -> Iterator[Operation]:
    if isinstance(operation, Evolve):
        yield from _rotations(operation)
    elif isinstance(operation, Singlet):
        first, second = operation.qubits
        yield from (_turn("X", q, Fraction(1)) for q in (first, second))
        yield _turn("Y", first, Fraction(1, 2))
        x, z = (PauliSum.string(num_qubits, {q: name}) for q, name in ((second, "X"), (first, "Z")))
        one = PauliSum.identity(num_qubits)
        yield FixedUnitary((one + x + z - z * x) * Fraction(1, 2))  # CX
    elif isinstance(operation, Swapped):
        if operation.gate is not None:
            yield from _parts(operation.gate, num_qubits)
        exchange = PauliSum.identity(num_qubits) + PauliSum.heisenberg(num_qubits, *operation.qubits)
        yield FixedUnitary(exchange * Fraction(1, 2))
    else:
        yield operation


def _rotations(gate: Evolve) -> Iterator[PauliRotation]:
    terms = gate.generator.terms
    if any(anticommute(a, b) for a, b in combinations(terms, 2)):
        raise MethodError(
            f"the strings of {gate.generator} do not commute, so exp of their sum is not a product of rotations; "
            "emit the circuit, and verify that"
        )
    for key, value in terms.items():
        if not is_rational(coefficient := real_part(value)):
            raise MethodError(
                f"{gate.generator} has an irrational coefficient; emit the circuit, and verify that"
            )
        yield PauliRotation(key, gate.angle * (2 * to_fraction(coefficient)))


def _prepared(start: ProductKet, places: Sequence[int]) -> Iterator[PauliRotation]:
    for place, letter in zip(places, start.letters, strict=True):
        if (turn := _TURNS[letter]) is not None:
            yield _turn(turn[0], place, Fraction(turn[1]))


def _turn(axis: str, qubit: int, multiple: Fraction) -> PauliRotation:
    return PauliRotation(pauli_key({qubit: axis}), ExactAngle.of_pi(multiple))
