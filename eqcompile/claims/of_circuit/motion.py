r"""How everything that a circuit takes changes along a one-parameter group of the data, at one point of a field.

Coordinates change as :math:`x' = L x`, directions of vectors as :math:`n' = L n`. Azimuth a and elevation e of a
direction, where a circuit has them by themselves, change as

.. math:: a' = \frac{n_x n_y' - n_y n_x'}{\cos^2 e}, \qquad e' = \frac{n_z'}{\cos e}.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import PauliRotation, VectorRotation
from eqcompile.claims.field.prime_field import Vector
from eqcompile.claims.field.simulator import FieldPoint
from eqcompile.claims.of_circuit.data_action import DataAction
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.symmetry.generators import LieGenerator

Angles = tuple[str, str, str]
"""Azimuth, elevation and turn of a site."""


@dataclass(frozen=True)
class Motion:
    """One generator at one point.

    Attributes:
        point: the point of the field.
        generator: generator of the one-parameter group.
        rates: how fast each parameter changes.
    """

    point: FieldPoint
    generator: LieGenerator
    rates: Mapping[str, int]

    def slope(self, angle: ExactAngle) -> int:
        """How fast an angle changes."""
        return self.point.slope(angle, self.rates)

    def velocity(self, operation: VectorRotation) -> Vector:
        """How fast the direction changes that the operation turns about."""
        return self.point.turned(operation.matrix, site_velocity(self.point, self.generator, operation.site))


def motion_of(
    action: DataAction, point: FieldPoint, generator: LieGenerator, loose: Mapping[int, Angles]
) -> Motion:
    """The motion of all parameters.

    Args:
        action: action of the group on the data.
        point: the point of the field at which everything moves.
        generator: generator of the group.
        loose: sites whose azimuth and elevation a circuit has by themselves.
    """
    p = point.field.p
    rates = {
        name: sum(point.field.real(value) * point.value(other) for other, value in row.items()) % p
        for name, row in action.velocity(generator).items()
    }
    for site, names in loose.items():
        n, rate = point.site_direction(site), site_velocity(point, generator, site)
        cosine = point.cosine(names[1])
        inverse = pow(cosine, -1, p)
        rates[names[0]] = (n[0] * rate[1] - n[1] * rate[0]) * inverse * inverse % p
        rates[names[1]] = rate[2] * inverse % p
    return Motion(point, generator, rates)


def site_velocity(point: FieldPoint, generator: LieGenerator, site: int) -> Vector:
    """L n, for the direction n of a site."""
    n, rate = point.site_direction(site), [0, 0, 0]
    for axis in range(3):
        for (_, row), value in generator.data_image_of((site, axis)).items():
            rate[row] += point.field.real(value) * n[axis]
    return rate[0] % point.field.p, rate[1] % point.field.p, rate[2] % point.field.p


def all_powers(names: Sequence[str]) -> PauliRotation:
    """A gate without effect that holds the powers of azimuth and elevation which directions and rates have."""
    azimuth, elevation = (ExactAngle.parameter(name) for name in names[:2])
    return PauliRotation(IDENTITY, azimuth * 8 + elevation * 8)
