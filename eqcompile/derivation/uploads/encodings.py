r"""Encodings, derived: all linear W for which :math:`\Phi(x) = e^{-i W(x)}` is equivariant.

:math:`\Phi(V_g x) = R_g \Phi(x) R_g^\dagger` holds for all x exactly when W intertwines the two actions,

.. math:: W(L_a x) = -i [T_a, W(x)], \qquad W(V_s x) = R_s W(x) R_s^\dagger,

one linear equation for each generator of the group, for the coefficients of (site, axis, Pauli string).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from typing import TypeAlias

from eqcompile.arguments import accepts, at_least
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, Real, Scalar, rational, real_part, scalar
from eqcompile.exact.linear.kernels import Vector, echelon, kernel
from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, pauli_key, support_of
from eqcompile.groups.lie import AXES
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import SYMMETRY, Symmetry

MAX_UNKNOWNS = 500_000
"""Coefficients of (site, axis, string) of an encoding that is derived; each takes a few microseconds for every
generator of the group. Beyond it, refused: choose a smaller locality, or write the encoding yourself."""

Column: TypeAlias = tuple[DataIndex, PauliKey]
StringMap: TypeAlias = Callable[[PauliKey], Mapping[PauliKey, Real]]


@dataclass(frozen=True)
class LinearEncoding:
    r"""A linear map :math:`W(x) = \sum_{s,a} x_{s,a} W_{s,a}` from the data to Hermitian operators.

    Attributes:
        site_names: names of the sites, in the order of the data.
        operators: :math:`W_{s,a}`, the three axes of the first site first.
    """

    site_names: tuple[str, ...]
    operators: tuple[PauliSum, ...]

    def __getitem__(self, index: DataIndex) -> PauliSum:
        """The operator that multiplies coordinate ``axis`` of site ``site``; zero where nothing is encoded."""
        site, axis = index
        return self.operators[3 * site + axis]

    @property
    def weight(self) -> int:
        """Largest number of qubits a term acts on."""
        return max(op.locality for op in self.operators)

    def __str__(self) -> str:
        names = (f"{site}_{axis}" for site in self.site_names for axis in AXES)
        named = zip(names, self.operators, strict=True)
        return " + ".join(f"{name}*({shorthand(op)})" for name, op in named if op) or "0"


@dataclass(frozen=True)
class EncodingBasis:
    """All linear equivariant encodings on up to ``locality`` qubits.

    Attributes:
        num_qubits: size of the register.
        locality: no term acts on more qubits than this.
        elements: a reduced echelon basis, smallest weight first.
        obstacle: if there are none, why, and what to change; otherwise empty.
    """

    num_qubits: int
    locality: int
    elements: tuple[LinearEncoding, ...]
    obstacle: str = ""

    @property
    def dim(self) -> int:
        """Number of independent encodings: the free real factors, such as the alpha of each kind of atom."""
        return len(self.elements)

    @property
    def by_weight(self) -> dict[int, int]:
        """How many encodings act on exactly that many qubits at a time; elements never mix weights."""
        counts = Counter(element.weight for element in self.elements)
        return {weight: counts[weight] for weight in range(1, self.locality + 1)}

    def contains(self, encoding: Mapping[DataIndex, PauliSum]) -> bool:
        """Whether an encoding, given by the operators of its coordinates, is a combination of the basis.

        Raises:
            DimensionError: an operator has the wrong number of qubits.
        """
        rest: dict[Column, Real] = {}
        for index, op in encoding.items():
            if op.num_qubits != self.num_qubits:
                raise DimensionError(f"the operator has {op.num_qubits} qubits, the basis {self.num_qubits}")
            if not op.is_hermitian:
                return False
            rest |= {(index, key): real_part(value) for key, value in op.terms.items()}
        for element in self.elements:
            vector = dict(_entries(element))
            if factor := rest.get(min(vector, key=_order), 0):
                for column, value in vector.items():
                    rest[column] = rest.get(column, rational(0)) - factor * value
        return not any(rest.values())


@accepts(symmetry=SYMMETRY, locality=at_least(1))
def derive_encodings(symmetry: Symmetry, locality: int = 1) -> EncodingBasis:
    """All linear encodings of the symmetry's data, as traceless Hermitian operators on up to ``locality`` qubits.

    Args:
        symmetry: a symmetry with sites.
        locality: largest number of qubits a term may act on.

    Returns:
        The basis; if it is empty, its ``obstacle`` says why and what to change.

    Raises:
        MethodError: the symmetry has no sites.
        DimensionError: the locality is not between 1 and the number of qubits.
        LimitError: more than ``MAX_UNKNOWNS`` unknown coefficients.

    References:
        Le et al., arXiv 2311.11362, Eqs. 8 and 9 for the two that the paper uses.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> su2 = Symmetry(2, ("d",), (RotationFactor(2, (0, 1), (0,), 1),))
    >>> for encoding in derive_encodings(su2, locality=2).elements:
    ...     print(encoding)
    d_x*(X0) + d_y*(Y0) + d_z*(Z0)
    d_x*(X1) + d_y*(Y1) + d_z*(Z1)
    d_x*(Y0 Z1 - Z0 Y1) + d_y*(-X0 Z1 + Z0 X1) + d_z*(X0 Y1 - Y0 X1)
    """
    vectors: Sequence[Vector[Column]] = [{column: rational(1)} for column in _columns(symmetry, locality)]
    indices = [(site, axis) for site in range(len(symmetry.site_names)) for axis in range(3)]
    obstacle = ""
    for generator in symmetry.generators:
        vectors = kernel(vectors, _failure(generator, indices, symmetry.num_qubits))
        if not vectors:
            obstacle = _obstacle(generator, indices, symmetry.num_qubits, locality)
            break
    elements = tuple(_encoding(row, indices, symmetry) for row in echelon(vectors, _order))
    return EncodingBasis(symmetry.num_qubits, locality, elements, obstacle)


def site_orbits(symmetry: Symmetry) -> list[list[int]]:
    """Sites that the symmetry exchanges; each orbit has its own free scale, such as one for each kind of atom.

    >>> from eqcompile.symmetry.symmetry import Symmetry
    >>> site_orbits(Symmetry(2, ("a", "b")))
    [[0], [1]]
    """
    union = UnionFind(range(len(symmetry.site_names)))
    for generator in symmetry.finite_generators:
        for site, image in enumerate(generator.on_data.images):
            union.union(site, image)
    return sorted(sorted(orbit) for orbit in union.to_sets())


def _columns(symmetry: Symmetry, locality: int) -> Iterator[Column]:
    n, sites = symmetry.num_qubits, len(symmetry.site_names)
    if not sites:
        raise MethodError("an encoding maps data to qubits, and this symmetry acts on no sites; declare data")
    if not 1 <= locality <= n:
        raise DimensionError(f"locality {locality} is not between 1 and the {n} qubits of the register")
    count = 3 * sites * sum(comb(n, weight) * 3**weight for weight in range(1, locality + 1))
    if count > MAX_UNKNOWNS:
        raise LimitError(
            f"{count} unknown coefficients of an encoding; the limit is {MAX_UNKNOWNS}, "
            "so choose a smaller locality"
        )
    strings = [
        pauli_key(dict(zip(support, letters, strict=True)))
        for weight in range(1, locality + 1)
        for support in combinations(range(n), weight)
        for letters in product("XYZ", repeat=weight)
    ]
    return (((site, axis), key) for site in range(sites) for axis in range(3) for key in strings)


def _failure(
    generator: GroupGenerator, indices: Iterable[DataIndex], num_qubits: int
) -> Callable[[Vector[Column]], Vector[Column]]:
    """The linear map W -> W(V e) - R W(e) R^dagger for all coordinate vectors e; and likewise with L and -i[T, .]."""
    on_data: dict[DataIndex, list[tuple[DataIndex, Real]]] = {}
    for source in indices:
        for target, value in _data_image(generator, source).items():
            on_data.setdefault(target, []).append((source, value))
    on_strings = _string_map(generator, num_qubits)

    def failure(vector: Vector[Column]) -> Vector[Column]:
        out: dict[Column, Real] = {}
        for (index, key), coefficient in vector.items():
            for source, value in on_data.get(index, ()):
                out[source, key] = out.get((source, key), rational(0)) + value * coefficient
            for image, value in on_strings(key).items():
                out[index, image] = out.get((index, image), rational(0)) - value * coefficient
        return {column: value for column, value in out.items() if value}

    return failure


def _data_image(generator: GroupGenerator, index: DataIndex) -> Mapping[DataIndex, Real]:
    if isinstance(generator, LieGenerator):
        return generator.data_image_of(index)
    return generator.on_data.image_of(index)


def _string_map(generator: GroupGenerator, num_qubits: int) -> StringMap:
    """The image of a Pauli string under the generator; every string is computed once."""
    known: dict[PauliKey, Mapping[PauliKey, Real]] = {}

    def image(key: PauliKey) -> Mapping[PauliKey, Real]:
        if key not in known:
            op = PauliSum(num_qubits, {key: ONE})
            moved = (
                generator.operator.derivation(op)
                if isinstance(generator, LieGenerator)
                else generator.on_qubits.conjugate(op)
            )
            known[key] = {out: real_part(value) for out, value in moved.terms.items()}
        return known[key]

    return image


def _obstacle(generator: GroupGenerator, indices: Sequence[DataIndex], num_qubits: int, locality: int) -> str:
    found = f"no encoding on up to {locality} qubits survives {generator.name}"
    if isinstance(generator, LieGenerator):
        return f"{found}; upload each site to a qubit that rotates with it"
    probes = (PauliSum.string(num_qubits, {q: name}) for q in range(num_qubits) for name in "XZ")
    trivial = all(generator.on_qubits.conjugate(op) == op for op in probes)
    if trivial and any(generator.on_data.image_of(index) != {index: 1} for index in indices):
        return (
            f"{found}: it changes the data and does nothing to the qubits; x is a polar vector and sigma an "
            "axial one, so let it act as Z on a parity qubit, such as inversion: {parity: N}"
        )
    return (
        f"{found}: it demands what the other generators forbid; allow a larger locality or upload more copies"
    )


def _encoding(row: Vector[Column], indices: Sequence[DataIndex], symmetry: Symmetry) -> LinearEncoding:
    terms: dict[DataIndex, dict[PauliKey, Scalar]] = {index: {} for index in indices}
    for (index, key), value in row.items():
        terms[index][key] = scalar(value)
    operators = tuple(PauliSum(symmetry.num_qubits, terms[index]) for index in indices)
    return LinearEncoding(symmetry.site_names, operators)


def _entries(encoding: LinearEncoding) -> Iterator[tuple[Column, Real]]:
    for number, op in enumerate(encoding.operators):
        for key, value in op.terms.items():
            yield (divmod(number, 3), key), real_part(value)


def _order(column: Column) -> tuple[int, DataIndex, tuple[int, ...], int, int]:
    """By weight first, so that no element of an echelon basis mixes weights; then by site."""
    index, key = column
    return (key[0] | key[1]).bit_count(), index, support_of(key), key[1], key[0]
