r"""Vectors that a circuit takes through their angles: azimuth a, elevation e, and the turn by their length.

The direction is :math:`n = (\cos e \cos a, \cos e \sin a, \sin e)`. The image of the angles under a rotation is not a
polynomial, but at one point of a prime field it can be computed: by square roots for a single element, by the rates of
change for a one-parameter group.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from eqcompile.recheck.algebra.angles import Point
from eqcompile.recheck.algebra.field import Field, root_of
from eqcompile.recheck.algebra.group import ONE, Generator, Matrix, turned

Names = Sequence[str]
"""Azimuth, elevation and turn of one site."""


def moved_names(generator: Generator, names: Sequence[Names]) -> dict[str, dict[str, Fraction]]:
    """What replaces every angle at V x: the angle of another site, or a new one where the vector turns."""
    images: dict[str, dict[str, Fraction]] = {}
    for site, mine in enumerate(names):
        origin = generator.images.index(site)
        theirs = list(names[origin])
        if generator.matrices[origin] != ONE:
            theirs[:2] = [new_name(name) for name in mine[:2]]
        images |= {own: {other: Fraction(1)} for own, other in zip(mine, theirs, strict=True)}
    return images


def new_name(name: str) -> str:
    """A name that no parameter has."""
    return f"\0{name}"


def direction(point: Point, names: Names, field: Field) -> tuple[int, int, int]:
    """The unit vector at the point's exponentials."""
    p, half = field.p, pow(2, -1, field.p)
    units = [point.whole(name) for name in names[:2]]
    cosines = [(u + pow(u, -1, p)) * half % p for u in units]
    sines = [(u - pow(u, -1, p)) * half * field.i % p for u in units]
    return cosines[1] * cosines[0] % p, cosines[1] * sines[0] % p, sines[1]


def fix_images(point: Point, generator: Generator, names: Sequence[Names], field: Field) -> None:
    """Give the new angles at V x their exponentials; angles at x are drawn until the roots exist."""
    for site, mine in enumerate(names):
        origin = generator.images.index(site)
        matrix = generator.matrices[origin]
        if matrix == ONE:
            continue
        while (halves := _halves(point, matrix, names[origin], field)) is None:
            for name in names[origin][:2]:
                point.draw(name)
        for name, half in zip(mine, halves, strict=False):
            point.fix(new_name(name), half)


def _halves(point: Point, matrix: Matrix, names: Names, field: Field) -> tuple[int, int] | None:
    """Exponentials of minus i times half the new azimuth and half the new elevation, if they exist in the field.

    The azimuth a + pi with the elevation pi - e is the same direction, and other angles. An element that takes the
    z axis to itself or to its opposite, such as the inversion, keeps the cosine of the elevation, so its sign is
    known. For any other, what holds with one sign of the root holds with the other: no rational function of the
    angles is the root.
    """
    p, i = field.p, field.i
    before = direction(point, names, field)
    n = turned(matrix, before, p)
    kept = (n[2] - before[2]) % p == 0
    if kept or (n[2] + before[2]) % p == 0:
        unit = point.whole(names[1])
        cosine = (unit + pow(unit, -1, p)) * pow(2, -1, p) % p
        half = point.half(names[1])
        elevation: int | None = half if kept else pow(half, -1, p)
    else:
        found = root_of(field, (1 - n[2] * n[2]) % p)
        if not found:
            return None
        cosine, elevation = found, root_of(field, (found - i * n[2]) % p)
    if not cosine:
        return None
    azimuth = root_of(field, (n[0] - i * n[1]) * pow(cosine, -1, p) % p)
    return None if azimuth is None or elevation is None else (azimuth, elevation)


def rates(
    point: Point, generator: Generator, names: Sequence[Names], field: Field
) -> Mapping[str, Mapping[str, int]]:
    """How fast the angles change along a one-parameter group: n' = L n, solved for a' and e'."""
    p = field.p
    out: dict[str, dict[str, int]] = {}
    for site, (azimuth, elevation, _) in enumerate(names):
        n = direction(point, names[site], field)
        x, y, z = turned(generator.matrices[site], n, p)
        unit = point.whole(elevation)
        cosine = (unit + pow(unit, -1, p)) * pow(2, -1, p) % p
        inverse = pow(cosine, -1, p)
        out[azimuth] = {"": (n[0] * y - n[1] * x) * inverse * inverse % p}
        out[elevation] = {"": z * inverse % p}
    return out
