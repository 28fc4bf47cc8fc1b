"""How circuits take positions: through expressions for a vector's angles and length, or as a whole through ``RVGate``.

To read such a circuit is to compare it with what the emitter writes now, operation by operation. An expression in which
one number differs is a different expression, and has no exact form.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression

from eqcompile.circuits.angle import ExactAngle, Monomial
from eqcompile.circuits.ansatz import angle_names, coordinate_names
from eqcompile.circuits.operations import PauliRotation, VectorRotation
from eqcompile.emit.qiskit.circuit import LARGE, QiskitEmitter
from eqcompile.readers.gates import rotation

Coordinates: TypeAlias = Mapping[str, tuple[str, str, str]]
"""For every site, the parameters that are the components of its vector."""

Symbol: TypeAlias = tuple[str, ParameterExpression, dict[str, str]]
"""What an expression is read as, the expression, and the names of its parameters in the circuit."""


def vector_symbols(coordinates: Coordinates) -> Iterator[Symbol]:
    """Azimuth, elevation and length of every site, each as an expression in its coordinates.

    The length takes the place of the turn, to which it is equal except for a factor.

    >>> [name for name, _, _ in vector_symbols({"H1": ("x", "y", "z")})]
    ['H1_azimuth', 'H1_elevation', 'H1_turn']
    """
    for site, called in coordinates.items():
        (own,) = coordinate_names((site,))
        emitter = QiskitEmitter(QuantumCircuit(1), (site,))
        x, y, z = (emitter.parameter(name) for name in own)
        emitter.gate(
            VectorRotation.scaled(0, 0, "scale")
        )  # turns the vector onto an axis, rotates, and turns it back
        written = [item.operation.params[0] for item in emitter.circuit.data]
        expressions = written[-1], written[1], (x * x + y * y + z * z) ** 0.5
        for name, expression in zip(angle_names(site), expressions, strict=True):
            yield name, expression, dict(zip(own, called, strict=True))


def vector_rotation(
    components: Sequence[ExactAngle], coordinates: Coordinates
) -> tuple[PauliRotation, ...] | None:
    r"""Qiskit's ``RVGate``, :math:`e^{-i\, v \cdot \sigma / 2}`, for a vector along an axis or the vector of a site.

    Args:
        components: components of v.
        coordinates: parameters that are components of vectors.

    Returns:
        Rotations by azimuth and elevation of the site around a rotation by a multiple of its length; ``None`` for any
        other vector.

    >>> x, y, z = (ExactAngle.parameter(name) * 2 for name in "xyz")
    >>> [o.angle for o in vector_rotation((x, y, z), {"H1": ("x", "y", "z")})]
    [-H1_azimuth, H1_elevation, 2*H1_turn, -H1_elevation, H1_azimuth]
    """
    along = [axis for axis, component in enumerate(components) if component != ExactAngle()]
    if len(along) <= 1:
        return tuple(rotation("XYZ"[axis], components[axis]) for axis in along)
    for site, called in coordinates.items():
        factors = {_factor(component, name) for component, name in zip(components, called, strict=True)}
        factor = factors.pop()
        if factors or factor is None:
            continue
        azimuth, elevation, length = angle_names(site)
        turn = ExactAngle.of({tuple(sorted((*monomial, length))): value for monomial, value in factor})
        inwards = ("Z", -ExactAngle.parameter(azimuth)), ("Y", ExactAngle.parameter(elevation))
        outwards = [(axis, -angle) for axis, angle in reversed(inwards)]
        return tuple(rotation(axis, angle) for axis, angle in (*inwards, ("X", turn), *outwards))
    return None


def _factor(angle: ExactAngle, name: str) -> tuple[tuple[Monomial, Fraction], ...] | None:
    """The factor of a parameter, if the angle is such a product."""
    if angle.pi_multiple or not all(monomial.count(name) == 1 for monomial, _ in angle.terms):
        return None
    return tuple(
        (tuple(other for other in monomial if other != name), value) for monomial, value in angle.terms
    )


def without(coordinates: Coordinates, sites: Collection[str]) -> Coordinates:
    """All sites except these."""
    return {site: called for site, called in coordinates.items() if site not in sites}


def wholly_read(coordinates: Coordinates, left: Collection[str]) -> Coordinates:
    """The sites whose coordinates occur nowhere outside these expressions.

    In a circuit that takes a vector both by its angles and by its coordinates, these would be two independent inputs.
    """
    return {site: called for site, called in coordinates.items() if not {*called} & {*left}}


def found_in(coordinates: Coordinates, used: Collection[str]) -> Coordinates:
    """The sites whose angles occur in a circuit."""
    return {site: called for site, called in coordinates.items() if {*angle_names(site)} & {*used}}


def assumption(coordinates: Coordinates) -> tuple[str, ...]:
    """What is taken for exact where vectors were read; empty if none was."""
    if not coordinates:
        return ()
    sites = ", ".join(coordinates)
    return (
        f"the expressions that eqcompile writes for the positions of {sites} are the angles and lengths of these "
        f"vectors (they keep {1 / LARGE:.0e} angstrom away from the z axis)",
    )
