"""Symmetries in SymPy: maps against conjugation, twirls, null spaces, the action on data, characters."""

from typing import Any

import pytest
import sympy

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator
from eqcompile.symmetry.maps import QubitMap

OPERATORS = ("X0", "Z0 Y1", "sqrt(3)/2*X0 X1 + Z1", "H(0,1) + i*Y0")

FINITE: dict[str, tuple[eq.Symmetry, int]] = {
    "nothing": (eq.Symmetry(2), 1),
    "exchange": (eq.permutations(2, "(0 1)"), 2),
    "ring": (eq.permutations(3, "(0 1 2)"), 3),
    "all of three": (eq.permutation_group(3, eq.symmetric(3)), 6),
    "Paulis": (eq.pauli_symmetry(2, "X0 X1", "Z0 Z1"), 4),
    "a flip and an exchange": (eq.permutations(2, "(0 1)") * eq.pauli_symmetry(2, "X0"), 8),
    "third turns": (eq.point_symmetry(2, "C_3", axis=[1, 1, 1]), 3),
    "fifth turns": (eq.point_symmetry(2, "C_5"), 5),
    "tetrahedron": (eq.point_symmetry(3, "Td", parity=2), 24),
    "Clifford": (
        eq.unitaries(1, h="sqrt(2)/2*X0 + sqrt(2)/2*Z0", s="(1/2 + 1/2*i)*I + (1/2 - 1/2*i)*Z0"),
        24,
    ),
    "eighths": (eq.unitaries(2, t="cos(pi/8)*I + i*sin(pi/8)*Z0 Z1"), 8),
}


def zero(matrix: Any) -> bool:
    """Whether a matrix vanishes, whatever form SymPy left its entries in."""
    return not eq.PauliSum.from_sympy(matrix)


def commutator(a: Any, b: Any) -> Any:
    return a * b - b * a


def operators(num_qubits: int) -> list[eq.PauliSum]:
    texts = OPERATORS if num_qubits > 1 else ("X0", "Z0 + i*Y0", "3*I - Y0")
    return [eq.PauliSum.parse(text, num_qubits) for text in texts]


@pytest.mark.parametrize("name", FINITE)
def test_elements_conjugate_as_their_matrices_and_form_a_group(name: str) -> None:
    symmetry, order = FINITE[name]
    matrices = symmetry.elements_to_sympy()
    assert len(matrices) == len(symmetry.elements) == order
    size = 1 << symmetry.num_qubits
    assert matrices[0] == sympy.eye(size)
    for element, matrix in zip(symmetry.elements[:8], matrices, strict=False):
        assert zero(matrix * matrix.H - sympy.eye(size))
        assert eq.PauliSum.from_sympy(matrix) == element.operator_on(symmetry.num_qubits)
        for op in operators(symmetry.num_qubits):
            assert eq.PauliSum.from_sympy(matrix * op.to_sympy() * matrix.H) == element.conjugate(op)


@pytest.mark.parametrize("name", [name for name, (_, order) in FINITE.items() if order < 10])
def test_a_twirl_in_sympy_is_a_projection_onto_the_commutant(name: str) -> None:
    symmetry, order = FINITE[name]
    matrices = symmetry.elements_to_sympy()
    size = 1 << symmetry.num_qubits

    def twirl(a: Any) -> Any:
        return eq.PauliSum.from_sympy(
            sum((r * a * r.H for r in matrices), sympy.zeros(size)) / order
        ).to_sympy()

    basis = eq.derive(symmetry, locality=symmetry.num_qubits)
    for op in operators(symmetry.num_qubits):
        once = twirl(op.to_sympy())
        assert all(zero(commutator(once, g)) for g in symmetry.generators_to_sympy())
        assert zero(twirl(once) - once)
        hermitian = eq.PauliSum.from_sympy(once + once.H)
        assert basis.contains(hermitian)
    for matrix in basis.to_sympy():
        assert zero(twirl(matrix) - matrix)


def test_negative_control_a_twirl_over_too_few_elements_is_seen() -> None:
    symmetry, _ = FINITE["ring"]
    matrices = symmetry.elements_to_sympy()[:2]
    average = sum((r * eq.PauliSum.parse("X0", 3).to_sympy() * r.H for r in matrices), sympy.zeros(8)) / 2
    assert not all(zero(commutator(average, g)) for g in symmetry.generators_to_sympy())
    assert not eq.derive(symmetry, locality=1).contains(eq.PauliSum.from_sympy(average))


CONTINUOUS = {
    "SU(2)": (eq.SU2(2), 2),
    "SU(2) and an exchange": (eq.SU2(3) * eq.permutations(3, "(0 1)"), 3),
    "a turn about z": (eq.U1(2), 2),
    "a charge": (eq.charge(2, "Z0 + 1/2*Z1"), 2),
    "the ring": (eq.permutations(3, "(0 1 2)"), 3),
    "a skew axis": (eq.U1(2, axis=["sqrt(2)", 1, 1]), 2),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_null_space_of_sympy_has_the_dimension_of_the_basis(name: str) -> None:
    symmetry, num_qubits = CONTINUOUS[name]
    generators, one = symmetry.generators_to_sympy(), sympy.eye(1 << num_qubits)
    assert len(generators) == len(symmetry.generator_names)
    kron = sympy.kronecker_product
    conditions = sympy.Matrix.vstack(*(kron(one, g) - kron(g.T, one) for g in generators))
    dimension = 4**num_qubits - conditions.to_DM(extension=True).rank()
    assert dimension == eq.derive(symmetry, locality=num_qubits).dim + 1
    for matrix in eq.derive(symmetry, locality=num_qubits).to_sympy():
        assert all(zero(commutator(matrix, g)) for g in generators)


def test_generators_of_rotations_obey_the_algebra() -> None:
    x, y, z = eq.SU2(2).generators_to_sympy()
    assert zero(commutator(x, y) - sympy.I * z)
    assert not zero(commutator(x, y) + sympy.I * z), "the control"


SITES = symmetry_of(
    eq.loads(
        "{name: two, qubits: 3, data: {sites: [A, B], encode: {A: [0], B: [1]}}, "
        "symmetry: [{rotation: {group: O(3), parity: 2}}, permutation: ['(A B)']]}"
    )
)


def test_the_action_on_data_is_orthogonal_and_follows_the_one_on_qubits() -> None:
    """R (x . sigma) R^dagger = (V x) . sigma, and its derivative [-i T, x . sigma] = (L x) . sigma."""
    encoded = [eq.PauliSum.string(3, {site: name}).to_sympy() for site in (0, 1) for name in "XYZ"]
    seen = set()
    for generator in SITES.generators:
        if isinstance(generator, LieGenerator):
            moved = generator.data_to_sympy()
            assert moved == -moved.T
            images = [-sympy.I * commutator(generator.operator.to_sympy(), s) for s in encoded]
        else:
            assert isinstance(generator, FiniteGenerator)
            moved = generator.on_data.to_sympy()
            assert zero_real(moved * moved.T - sympy.eye(6))
            unitary = generator.on_qubits.to_sympy(3)
            images = [unitary * s * unitary.H for s in encoded]
            if "inversion" in generator.name:
                assert moved == -sympy.eye(6)  # vectors change sign, spins do not
                continue
        for column in range(6):
            expected = sum((moved[row, column] * encoded[row] for row in range(6)), sympy.zeros(8))
            assert zero(images[column] - expected)
        seen.add(type(generator))
    assert seen == {FiniteGenerator, *(type(g) for g in SITES.lie_generators)}


def zero_real(matrix: Any) -> bool:
    return all(sympy.expand(entry) == 0 for entry in matrix)


@pytest.mark.parametrize("symbol", ["C_3", "D_6h", "Td", "I"])
def test_point_groups_and_their_characters(symbol: str) -> None:
    group = eq.point_group(symbol)
    for element in group.elements[:6]:
        matrix = element.to_sympy()
        assert zero_real(matrix * matrix.T - sympy.eye(3))
        assert sympy.expand(matrix.det()) == (-1 if element.improper else 1)
    table = eq.character_table(group)
    chi, sizes = table.to_sympy(), sympy.diag(*(part.size for part in table.classes))
    product = (chi * sizes * chi.H).expand()
    assert product == table.group.order * sympy.eye(len(table.rows))
    if symbol != "C_3":  # where every class has one element
        assert (chi * chi.H).expand() != product, "the control: without the sizes of the classes"


def test_what_cannot_be_listed_is_refused_in_one_line() -> None:
    with pytest.raises(eq.EqcompileError) as caught:
        (eq.permutations(2, "(0 1)") * eq.SU2(2)).elements_to_sympy()
    assert str(caught.value) == (
        "(0 1) x SU(2) has a continuous part (T_x), whose elements cannot be listed; its generators can"
    )
    with pytest.raises(eq.LimitError) as limit:
        eq.permutation_group(8, eq.symmetric(8), name="S_8").elements_to_sympy()
    assert str(limit.value) == "S_8 has more than 2000 elements, which is the limit"
    with pytest.raises(eq.LimitError) as large:
        eq.SU2(11).generators_to_sympy()
    assert str(large.value) == "a matrix of SymPy on 11 qubits; the limit is 10"
    element: QubitMap = eq.permutations(11, "(0 1)").elements[1]
    with pytest.raises(eq.LimitError):
        element.to_sympy(11)
