"""The expressions by which the circuits that we write take positions: the angles of a vector, and its length.

Whoever reads such a circuit compares with what the emitter writes now, operation by operation. An expression in which
one number differs is another one, and has no exact form.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression

from eqcompile.backends.qiskit import LARGE, Emitter
from eqcompile.circuit.ansatz import angle_names, coordinate_names
from eqcompile.circuit.gates import EncodingGate

Coordinates: TypeAlias = Mapping[str, tuple[str, str, str]]
"""For every site the parameters that are the components of its vector."""

Symbol: TypeAlias = tuple[str, ParameterExpression, dict[str, str]]
"""What an expression is read as, the expression, and what its parameters are called in the circuit."""


def vector_symbols(coordinates: Coordinates) -> Iterator[Symbol]:
    """Azimuth, elevation and length of every site, each as an expression in its coordinates.

    The length takes the place of the turn, which it is but for a factor.

    >>> [name for name, _, _ in vector_symbols({"H1": ("x", "y", "z")})]
    ['H1_azimuth', 'H1_elevation', 'H1_turn']
    """
    for site, called in coordinates.items():
        (own,) = coordinate_names((site,))
        emitter = Emitter(QuantumCircuit(1), (site,))
        x, y, z = (emitter.parameter(name) for name in own)
        emitter.gate(EncodingGate(0, 0, "scale"))  # turns the vector onto an axis, rotates, and turns it back
        written = [item.operation.params[0] for item in emitter.circuit.data]
        expressions = written[-1], written[1], (x * x + y * y + z * z) ** 0.5
        for name, expression in zip(angle_names(site), expressions, strict=True):
            yield name, expression, dict(zip(own, called, strict=True))


def without(coordinates: Coordinates, sites: Collection[str]) -> Coordinates:
    """All sites but some."""
    return {site: called for site, called in coordinates.items() if site not in sites}


def wholly_read(coordinates: Coordinates, left: Collection[str]) -> Coordinates:
    """The sites of whose coordinates nothing is left outside of these expressions.

    A circuit that takes a vector by its angles and by its coordinates as well would be two independent inputs.
    """
    return {site: called for site, called in coordinates.items() if not {*called} & {*left}}


def found_in(coordinates: Coordinates, used: Collection[str]) -> Coordinates:
    """The sites whose angles a circuit has."""
    return {site: called for site, called in coordinates.items() if {*angle_names(site)} & {*used}}


def assumption(coordinates: Coordinates) -> tuple[str, ...]:
    """What is taken for exact where vectors were read; nothing if none was."""
    if not coordinates:
        return ()
    sites = ", ".join(coordinates)
    return (
        f"the expressions that eqcompile writes for the positions of {sites} are the angles and lengths of these "
        f"vectors (they keep {1 / LARGE:.0e} angstrom away from the z axis)",
    )
