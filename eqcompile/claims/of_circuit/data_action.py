r"""What a group element makes of a circuit through its data: the operations at :math:`V x` instead of x.

Coordinates inside angles are replaced by their images, vectors of encodings by theirs. What the circuit does not take
moves as well: a coordinate without a parameter is a number of its own, not zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Operation, VectorRotation
from eqcompile.claims.question import DataNames
from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import Real, is_rational, rational, to_fraction
from eqcompile.groups.rotation import Matrix
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator, identity_map
from eqcompile.symmetry.maps import DataIndex, SiteMap
from eqcompile.symmetry.symmetry import Symmetry


class DataAction:
    """How a group moves the parameters of one circuit.

    Args:
        symmetry: the group.
        data: parameters that are coordinates.
        known: all parameters of the circuit.
        multiplied: parameters that stand in products of parameters.
        has_vectors: whether the circuit has rotations about vectors of sites.

    Raises:
        DimensionError: two parameters are the same coordinate, or one is an angle of a vector encoding.
    """

    def __init__(
        self,
        symmetry: Symmetry,
        data: DataNames,
        known: frozenset[str],
        multiplied: frozenset[str] = frozenset(),
        has_vectors: bool = False,
    ) -> None:
        self._symmetry = symmetry
        self._known, self._multiplied = known, multiplied
        self._data = frozenset(data) & known
        self._names = all_coordinates(data, symmetry, known)
        angles = {angle for site in symmetry.site_names for angle in angle_names(site)}
        # A rotation about a vector moves with its site even where no parameter has the site's name.
        self._is_trivial = not self._data and not angles & known and not has_vectors

    def moved(self, generator: GroupGenerator, operations: Sequence[Operation]) -> Sequence[Operation] | None:
        """The operations at V x, or ``None`` where V has irrational entries."""
        if self._is_trivial or isinstance(generator, LieGenerator):
            return operations
        on_data = site_map_of(generator, self._symmetry)
        images = self._coordinates_after(on_data)
        if images is None:
            return None
        inverse = {target: source for source, target in enumerate(on_data.images)}
        images |= self._angles_after(inverse, on_data.matrices)
        redirected = tuple(_redirected(operation, on_data, inverse) for operation in operations)
        return Circuit(0, redirected).substituted(images).operations

    def carried_back(self, element: FiniteGenerator, operations: Iterable[Operation]) -> list[Operation]:
        r"""The operations at :math:`V^{-1} x` for an element that only exchanges sites."""
        if self._is_trivial:
            return list(operations)
        targets = dict(enumerate(site_map_of(element, self._symmetry).images))
        names = self._angles_after(targets)
        for (site, axis), name in self._names.items() if self._data else ():
            names[name] = ExactAngle.parameter(self._names[targets[site], axis])
        sent = tuple(
            replace(o, site=targets[o.site]) if isinstance(o, VectorRotation) else o for o in operations
        )
        return list(Circuit(0, sent).substituted(names).operations)

    def velocity(self, generator: LieGenerator) -> dict[str, dict[str, Real]]:
        """The rate of change of every data parameter, as a combination of data parameters: x' = L x."""
        rates: dict[str, dict[str, Real]] = {}
        for index, source in self._names.items():
            for target, value in generator.data_image_of(index).items():
                if (name := self._names[target]) in self._data:
                    rates.setdefault(name, {})[source] = value
        return rates

    def is_still(self, generator: LieGenerator) -> bool:
        """Whether nothing that the circuit takes moves along a one-parameter group."""
        sites = range(len(self._symmetry.site_names))
        return self._is_trivial or not any(self.turns(generator, site) for site in sites)

    def turns(self, generator: LieGenerator, site: int) -> bool:
        """Whether the vector of a site moves along a one-parameter group."""
        return any(generator.data_image_of((site, axis)) for axis in range(3))

    def follows(self, generator: GroupGenerator, site: int) -> bool:
        """Whether it is known how the generator changes azimuth and elevation of a site."""
        if isinstance(generator, LieGenerator):
            return True
        on_data = site_map_of(generator, self._symmetry)
        return self._change(site, on_data.matrices[on_data.images.index(site)]) is not None

    def _coordinates_after(self, on_data: SiteMap) -> dict[str, ExactAngle] | None:
        """The coordinates of V x that the circuit takes, by those of x; ``None`` where a factor is irrational."""
        images = {name: ExactAngle() for name in self._data}
        for index, source in self._names.items() if self._data else ():
            for target, value in on_data.image_of(index).items():
                if (name := self._names[target]) in self._data:
                    if not is_rational(value):
                        return None
                    images[name] += ExactAngle.of({(source,): to_fraction(value)})
        return images

    def _angles_after(
        self, sources: Mapping[int, int], matrices: Sequence[Matrix] = ()
    ) -> dict[str, ExactAngle]:
        """Angles and lengths move along with their vectors: those of a site become those of its source.

        What a matrix of the source makes of azimuth and elevation comes on top, where that is linear.
        """
        names = [angle_names(name) for name in self._symmetry.site_names]
        images: dict[str, ExactAngle] = {}
        for target, source in sources.items():
            azimuth, elevation, turn = (ExactAngle.parameter(name) for name in names[source])
            change = self._change(target, matrices[source]) if matrices else NO_CHANGE
            if change is not None:
                sign, shift, flip = change
                azimuth, elevation = azimuth * sign + ExactAngle.of_pi(shift), elevation * flip
            images |= dict(zip(names[target], (azimuth, elevation, turn), strict=True))
        return {
            name: image
            for name, image in images.items()
            if name in self._known and image != ExactAngle.parameter(name)
        }

    def _change(self, site: int, matrix: Matrix) -> tuple[int, Fraction, int] | None:
        """What a matrix makes of a site's angles; ``None`` if it shifts one in a product: not linear."""
        change = change_of_angles(matrix)
        azimuth = angle_names(self._symmetry.site_names[site])[0]
        return None if change and change[1] and azimuth in self._multiplied else change


NO_CHANGE = (1, Fraction(0), 1)


def change_of_angles(matrix: Matrix) -> tuple[int, Fraction, int] | None:
    """What a matrix makes of azimuth a and elevation e: ``sign * a + shift * pi`` and ``flip * e``.

    ``None`` for matrices that do more than exchange and flip axes, or that move the z axis elsewhere.

    >>> change_of_angles(((-1, 0, 0), (0, -1, 0), (0, 0, -1)))
    (1, Fraction(1, 1), -1)
    """
    for quarters, (c, s) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1))):
        for sign in (1, -1):
            for flip in (1, -1):
                turned = ((c, -sign * s, 0), (s, sign * c, 0), (0, 0, flip))
                if matrix == tuple(tuple(map(rational, row)) for row in turned):
                    return sign, Fraction(quarters, 2), flip
    return None


def site_map_of(element: FiniteGenerator, symmetry: Symmetry) -> SiteMap:
    """What an element does to the data; nothing if it comes from a factor that knows no sites."""
    return element.on_data if element.on_data.images else identity_map(len(symmetry.site_names))


def coordinates_by_index(data: DataNames, symmetry: Symmetry) -> dict[DataIndex, str]:
    """Which parameter is which coordinate.

    Raises:
        DimensionError: two parameters are the same coordinate, or one is an angle of a vector encoding.
    """
    names: dict[DataIndex, str] = {}
    angles = {angle for site in symmetry.site_names for angle in angle_names(site)}
    for name, (site, axis) in data.items():
        place = f"{symmetry.site_names[site]}.{'xyz'[axis]}"
        if (site, axis) in names:
            raise DimensionError(
                f"{names[site, axis]} and {name} are both declared to be {place}; make them one parameter"
            )
        if name in angles:
            raise DimensionError(
                f"{name} is an angle of a vector encoding by its name, and no coordinate {place}; rename it"
            )
        names[site, axis] = name
    return names


def all_coordinates(data: DataNames, symmetry: Symmetry, taken: Iterable[str]) -> dict[DataIndex, str]:
    """Names of all coordinates, with new ones where no parameter stands for one: what moves into them is not zero."""
    names, used = coordinates_by_index(data, symmetry), {*taken, *data}
    for index in product(range(len(symmetry.site_names)), range(3)):
        if index not in names:
            name = f"{symmetry.site_names[index[0]]}.{'xyz'[index[1]]}"
            while name in used:
                name += "'"
            names[index] = name
    return names


def _redirected(operation: Operation, on_data: SiteMap, sources: Mapping[int, int]) -> Operation:
    """The operation at V x: its site t sees the vector of the site s that goes to t, times V's matrix."""
    if not isinstance(operation, VectorRotation):
        return operation
    source = sources[operation.site]
    return replace(operation, site=source, matrix=_product(operation.matrix, on_data.matrices[source]))


def _product(a: Matrix, b: Matrix) -> Matrix:
    def entry(i: int, j: int) -> Real:
        return sum((a[i][k] * b[k][j] for k in range(3)), start=rational(0))

    return tuple(tuple(entry(i, j) for j in range(3)) for i in range(3))
