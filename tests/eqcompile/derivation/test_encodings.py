"""All linear encodings that a symmetry allows, compared with an independent count, the paper's two, and numerics.

Source of the counts: a dense singular-value computation that shares no code with this project.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.spatial.transform import Rotation as SpatialRotation

import eqcompile as eq
from eqcompile.circuits.build import encoding_of
from eqcompile.declaration.lift import symmetry_of
from eqcompile.derivation.uploads.encodings import EncodingBasis, LinearEncoding, derive_encodings
from eqcompile.errors import ArgumentError, DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT
from eqcompile.groups.rotation import INVERSION_MATRIX
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.maps import DataIndex, PauliUnitary, SiteMap
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

Specs = Callable[..., eq.Spec]
LIH_TIED = (
    "{name: lih, qubits: 4, data: {sites: [d], encode: {d: [0, 1, 2, 3]}}, symmetry: [{rotation: SU(2)}]}"
)
"""LiH with x_H = -x_Li: the data are the one vector d, and every qubit carries it or its opposite."""


@dataclass(frozen=True)
class BareInversion(Factor):
    """x -> -x on the data, and nothing on the qubits: what anyone who forgets the parity qubit gets."""

    num_sites: int

    @property
    def name(self) -> str:
        return "bare inversion"

    def restricted(self, support: object) -> None:
        return None

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        on_data = SiteMap(tuple(range(self.num_sites)), (INVERSION_MATRIX,) * self.num_sites)
        return (FiniteGenerator("inversion", PauliUnitary(self.num_qubits, (0, 0)), on_data),)


def without_parity(symmetry: Symmetry) -> Symmetry:
    """The same group, with the inversion acting on the data alone."""
    kept = tuple(f for f in symmetry.factors if f.name != "inversion")
    bare = BareInversion(symmetry.num_qubits, len(symmetry.site_names))
    return Symmetry(symmetry.num_qubits, symmetry.site_names, (*kept, bare))


def paper_encoding(spec: eq.Spec, scale: str) -> dict[DataIndex, eq.PauliSum]:
    """Eq. 8, or with a parity qubit Eq. 9: the gates of one encoding that share a factor alpha, with alpha = 1."""
    out: dict[DataIndex, eq.PauliSum] = {}
    for gate in encoding_of(spec):
        if gate.scale == scale:
            for axis in range(3):
                op = gate.generator(spec.qubits, axis)
                known = out.get((gate.site, axis))
                out[gate.site, axis] = op if known is None else known + op
    return out


@pytest.fixture(scope="module")
def bases(spec: Specs) -> Mapping[str, EncodingBasis]:
    """Encodings on up to two qubits of the paper's models."""
    names = ("lih", "water", "water_dimer")
    return {name: derive_encodings(symmetry_of(spec(name)), locality=2) for name in names}


def test_lih_with_tied_positions() -> None:
    basis = derive_encodings(symmetry_of(eq.loads(LIH_TIED)), locality=2)
    assert basis.dim == 10
    assert basis.by_weight == {1: 4, 2: 6}


def test_free_positions_double_the_count(bases: Mapping[str, EncodingBasis]) -> None:
    assert bases["lih"].by_weight == {1: 8, 2: 12}


@pytest.mark.parametrize(("num_sites", "n"), [(1, 2), (2, 3), (3, 6), (2, 7)])
def test_rotations_alone_follow_a_closed_form(num_sites: int, n: int) -> None:
    """For every site, one vector for each qubit and one cross product for each pair of qubits."""
    names = tuple(f"S{site}" for site in range(num_sites))
    rotation = RotationFactor(n, tuple(range(n)), tuple(range(num_sites)), num_sites)
    basis = derive_encodings(Symmetry(n, names, (rotation,)), locality=2)
    assert basis.by_weight == {1: num_sites * n, 2: num_sites * n * (n - 1) // 2}


def test_water(bases: Mapping[str, EncodingBasis]) -> None:
    assert bases["water"].dim == 10
    assert bases["water"].by_weight == {1: 4, 2: 6}
    assert bases["water"].obstacle == ""


def test_dimer_with_parity_qubit(bases: Mapping[str, EncodingBasis]) -> None:
    assert bases["water_dimer"].dim == 18
    assert bases["water_dimer"].by_weight == {1: 0, 2: 18}


def test_dimer_without_parity_qubit_has_none_and_says_why(spec: Specs) -> None:
    basis = derive_encodings(without_parity(symmetry_of(spec("water_dimer"))), locality=2)
    assert (basis.dim, basis.by_weight, basis.elements) == (0, {1: 0, 2: 0}, ())
    assert basis.obstacle == (
        "no encoding on up to 2 qubits survives inversion: it changes the data and does nothing to the qubits; x is a "
        "polar vector and sigma an axial one, so let it act as Z on a parity qubit, such as inversion: {parity: N}"
    )


def test_the_parity_qubit_alone_needs_two_qubits_a_term(spec: Specs) -> None:
    basis = derive_encodings(symmetry_of(spec("water_dimer")), locality=1)
    assert basis.dim == 0
    assert basis.obstacle.endswith(
        "it demands what the other generators forbid; allow a larger locality or upload more copies"
    )


def test_no_rotating_qubit_for_a_rotating_site() -> None:
    symmetry = Symmetry(2, ("d",), (RotationFactor(2, (), (0,), 1),))
    basis = derive_encodings(symmetry, locality=2)
    assert basis.dim == 0
    assert basis.obstacle.endswith("upload each site to a qubit that rotates with it")


@pytest.mark.parametrize(
    ("name", "scale"),
    [("lih", "alpha"), ("water", "alpha"), ("water_dimer", "alpha_O"), ("water_dimer", "alpha_H")],
)
def test_the_paper_is_contained(
    spec: Specs, bases: Mapping[str, EncodingBasis], name: str, scale: str
) -> None:
    """Eqs. 8 and 9, with a free scale for each kind of atom; not with one atom left out or one sign changed."""
    encoding = paper_encoding(spec(name), scale)
    first = next(iter(encoding))
    assert bases[name].contains(encoding)
    assert not bases[name].contains({index: op for index, op in encoding.items() if index != first})
    assert not bases[name].contains(encoding | {first: -encoding[first]})
    assert not bases[name].contains(encoding | {first: encoding[first] * 2})
    assert not bases[name].contains(encoding | {first: encoding[first].scaled(IMAGINARY_UNIT)})


def test_contains_refuses_another_register(bases: Mapping[str, EncodingBasis]) -> None:
    with pytest.raises(DimensionError, match="the operator has 2 qubits, the basis 4"):
        bases["water"].contains({(0, 0): eq.PauliSum.parse("X0", 2)})


def test_elements_are_traceless_hermitian_and_independent(bases: Mapping[str, EncodingBasis]) -> None:
    for basis in bases.values():
        for number, element in enumerate(basis.elements):
            assert all(op.is_hermitian and not op.coefficient((0, 0)) for op in element.operators)
            others = basis.elements[:number] + basis.elements[number + 1 :]
            rest = EncodingBasis(basis.num_qubits, 2, others)
            operators = {(s, a): element[s, a] for s in range(len(element.site_names)) for a in range(3)}
            assert basis.contains(operators)
            assert not rest.contains(operators)


def test_text_names_coordinates(bases: Mapping[str, EncodingBasis]) -> None:
    expected = "H1_x*(X0) + H1_y*(Y0) + H1_z*(Z0) + H2_x*(X1) + H2_y*(Y1) + H2_z*(Z1)"
    assert str(bases["water"].elements[0]) == expected


def test_every_element_of_water_gives_an_equivariant_gate(
    bases: Mapping[str, EncodingBasis],
    dense: Callable[[eq.PauliSum], Any],
    swap_matrix: Callable[[tuple[int, ...]], Any],
) -> None:
    r"""exp(-i W(V x)) = R exp(-i W(x)) R^dagger in floating point, for a rotation and for the exchange."""
    rng = np.random.default_rng(7)
    x, turn = rng.normal(size=(2, 3)), rng.normal(size=3)
    total = [eq.PauliSum.parse(f"{p}0 + {p}1 + {p}2 + {p}3", 4) for p in "XYZ"]
    spin = expm(-0.5j * sum(t * dense(op) for t, op in zip(turn, total, strict=True)))
    moves = [
        (x @ SpatialRotation.from_rotvec(turn).as_matrix().T, spin),
        (x[::-1], swap_matrix((1, 0, 3, 2))),
    ]

    def gate(element: LinearEncoding, x: Any) -> Any:
        return expm(-1j * sum(x[s, a] * dense(element[s, a]) for s in range(2) for a in range(3)))

    for moved, unitary in moves:
        for element in bases["water"].elements:
            wanted = unitary @ gate(element, x) @ unitary.conj().T
            np.testing.assert_allclose(gate(element, moved), wanted, atol=1e-12)
    lopsided = LinearEncoding(
        ("H1", "H2"), tuple(eq.PauliSum.parse(p, 4) for p in ("X0", "Y0", "Z0", "X0", "Y0", "Z0"))
    )
    moved, unitary = moves[1]
    assert abs(gate(lopsided, moved) - unitary @ gate(lopsided, x) @ unitary.T).max() > 0.1


def test_a_smaller_group_allows_more(spec: Specs, bases: Mapping[str, EncodingBasis]) -> None:
    rotations = Symmetry(4, ("H1", "H2"), symmetry_of(spec("water")).factors[:1])
    larger = derive_encodings(rotations, locality=2)
    assert larger.dim == 20
    for element in bases["water"].elements:
        assert larger.contains({(s, a): element[s, a] for s in range(2) for a in range(3)})


def test_no_data() -> None:
    with pytest.raises(MethodError, match="this symmetry acts on no sites; declare data"):
        derive_encodings(Symmetry(2))


def test_locality_out_of_range(spec: Specs) -> None:
    with pytest.raises(DimensionError, match="locality 5 is not between 1 and the 4 qubits"):
        derive_encodings(symmetry_of(spec("water")), 5)
    with pytest.raises(ArgumentError, match="locality: a whole number of at least 1 is needed; found 0"):
        derive_encodings(symmetry_of(spec("water")), 0)


def test_too_many_unknowns() -> None:
    symmetry = Symmetry(200, ("d",), (RotationFactor(200, (0,), (0,), 1),))
    with pytest.raises(LimitError, match="539100 unknown coefficients of an encoding; the limit is 500000"):
        derive_encodings(symmetry, locality=2)
