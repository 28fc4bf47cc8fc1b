r"""The upload of a spec, :math:`W(x) = \sum_s \sum_{q \in s} x_s \cdot \sigma^{(q)}`, proven to be equivariant.

With a parity qubit each term also carries X there. The proof compares the two sides of
:math:`W(V x) = R\, W(x)\, R^\dagger` for every generator and every coordinate, so its cost is proportional to the
length of the encoding; :mod:`eqcompile.derivation.uploads.encodings` also finds all other encodings, which costs far
more.
"""

from collections.abc import Mapping

from eqcompile.declaration.spec import DataSpec
from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.scalars import Real, rational
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.lie import AXES
from eqcompile.groups.rotation import Matrix
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry


def upload(data: DataSpec, num_qubits: int, parity: int | None = None) -> dict[DataIndex, PauliSum]:
    """The operator of every coordinate: a sum over the copies of its site.

    Args:
        data: sites and the qubits that carry them.
        num_qubits: size of the register.
        parity: qubit that changes sign under reflections, if there is one.

    References:
        Le et al., arXiv 2311.11362, Eq. 8, and Eq. 9 with a parity qubit.

    >>> upload(DataSpec(("d",), ((0, 1),), ()), 3, parity=2)[0, 1]
    Y0 X2 + Y1 X2
    """
    on_parity = {} if parity is None else {parity: "X"}
    out: dict[DataIndex, PauliSum] = {}
    for site, qubits in enumerate(data.encode):
        for axis, name in enumerate("XYZ"):
            total = PauliSum.zero(num_qubits)
            for qubit in qubits:
                total = total + PauliSum.string(num_qubits, {qubit: name, **on_parity})
            out[site, axis] = total
    return out


def require_equivariant(encoding: Mapping[DataIndex, PauliSum], symmetry: Symmetry) -> None:
    """Prove that an encoding, given by the operators of all coordinates, intertwines data and qubits.

    Raises:
        MethodError: the encoding does not; the message names the site and the generator, and says what to change.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> turned = Symmetry(1, ("d",), (RotationFactor(1, (0,), (0,), 1),))
    >>> require_equivariant(upload(DataSpec(("d",), ((0,),), ()), 1), turned)
    """
    for factor in symmetry.factors:
        generators: tuple[GroupGenerator, ...] = (*factor.lie_generators, *factor.finite_generators)
        for generator in generators:
            for index, op in encoding.items():
                moved = PauliSum.zero(symmetry.num_qubits)
                for target, value in _data_image(generator, index).items():
                    moved = moved + encoding[target].scaled(value)
                if moved != _qubit_image(generator, op):
                    coordinate = f"the coordinate {AXES[index[1]]} of {symmetry.site_names[index[0]]}"
                    raise MethodError(_failure(factor, generator, index, f"{op} for {coordinate}"))


def _data_image(generator: GroupGenerator, index: DataIndex) -> Mapping[DataIndex, Real]:
    if isinstance(generator, LieGenerator):
        return generator.data_image_of(index)
    return generator.on_data.image_of(index)


def _qubit_image(generator: GroupGenerator, op: PauliSum) -> PauliSum:
    if isinstance(generator, LieGenerator):
        return generator.operator.derivation(op)
    return generator.on_qubits.conjugate(op)


def _failure(factor: Factor, generator: GroupGenerator, index: DataIndex, encoded: str) -> str:
    if isinstance(generator, LieGenerator):
        found = f"{encoded} is not equivariant under {generator.name} of {factor.name}"
        stays: Mapping[DataIndex, Real] = {}
    else:
        found = f"{encoded} is not equivariant under {generator.name}"
        stays = {index: rational(1)}
        if _determinant(generator.on_data.matrices[index[0]]) == -1:
            cure = "add a qubit N that carries no site and write parity: N"
            return f"{found}: x is a polar vector and sigma an axial one; {cure}"
    if _data_image(generator, index) == stays:
        cure = "let it act on qubits that carry no site, or move the site as well"
        return f"{found}, which leaves the coordinate and changes the operator; {cure}"
    return f"{found}; let it act on all qubits of a site or on none"


def _determinant(matrix: Matrix) -> Real:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
