"""Charges, Pauli groups and finite groups of unitaries, which leave the data alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.elements import MAX_ELEMENTS
from eqcompile.symmetry.generators import identity_map
from eqcompile.symmetry.maps import UnitaryMap
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.unitary import UnitaryFactor

N = 2

Ket = Callable[[ExactState], Any]

ONE_QUBIT = {
    "h": "sqrt(2)/2*X0 + sqrt(2)/2*Z0",
    "s": "(1/2 + 1/2*i)*I + (1/2 - 1/2*i)*Z0",
    "t": "(1/2 + 1/2*exp(i*pi/4))*I + (1/2 - 1/2*exp(i*pi/4))*Z0",
    "x": "X0",
    "sixth": "cos(pi/6)*I - i*sin(pi/6)*Z0",
}
CX = "1/2*(1 + Z0 + X1 - Z0 X1)"


def group(num_qubits: int, *texts: str) -> UnitaryFactor:
    built = tuple(
        (f"g{k}", UnitaryMap(num_qubits, (PauliSum.parse(text, num_qubits),))) for k, text in enumerate(texts)
    )
    return UnitaryFactor(num_qubits, built)


def charge(text: str, num_qubits: int = 3) -> ChargeFactor:
    return ChargeFactor(num_qubits, PauliSum.parse(text, num_qubits), num_sites=1)


def test_charges() -> None:
    local = charge("Z0 + 1/2*X2")
    assert (local.name, local.is_local) == ("U(1) charge Z0 + 1/2*X2", True)
    assert local.order_text == "Lie group of dimension 1"
    assert local.restricted((2, 1)) == ChargeFactor(2, PauliSum.parse("1/2*X0", 2))
    assert local.restricted((1,)) is None
    assert not charge("Z0 Z1").is_local
    with pytest.raises(MethodError, match=r"^U\(1\) charge Z0 Z1 does not act qubit by qubit$"):
        charge("Z0 Z1").restricted((0,))
    long = ChargeFactor(30, PauliSum.parse(" + ".join(f"Z{q}" for q in range(30)), 30))
    assert long.name.endswith("...")
    assert len(long.name) <= len("U(1) charge ") + 60


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("i*Z0", "a charge has real rational coefficients; multiply it by a common factor"),
        ("sqrt(2)*Z0 + Z1", "a charge has real rational coefficients; multiply it by a common factor"),
        ("Z0 + X0", "the strings of a charge commute with one another; these do not"),
        ("H(0,1) + Z0", "the strings of a charge commute with one another; these do not"),
    ],
)
def test_what_is_no_charge(text: str, message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        charge(text)
    assert str(caught.value) == message


keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))


@given(st.lists(keys, min_size=1, max_size=5))
def test_pauli_groups_are_the_products_of_their_strings(generators: list[tuple[int, int]]) -> None:
    """Compared with plain closure under the sum of masks."""
    factor = PauliFactor(N, tuple(generators))
    closure = {(0, 0)}
    for x, z in generators:
        closure |= {(a ^ x, b ^ z) for a, b in closure}
    assert factor.order_text == f"order {len(closure)} up to phases"
    for x in range(2**N):
        for z in range(2**N):
            assert factor.holds((x, z)) == ((x, z) in closure)


def test_pauli_groups() -> None:
    factor = PauliFactor(3, (pauli_key({0: "X", 1: "X"}), pauli_key({2: "Y"})), num_sites=1)
    assert factor.name == "Pauli group of X0 X1, Y2"
    assert [g.name for g in factor.finite_generators] == ["X0 X1", "Y2"]
    assert all(g.on_data == identity_map(1) for g in factor.finite_generators)
    assert factor.restricted((1, 0)) == PauliFactor(2, ((3, 0), (0, 0)))
    assert factor.restricted((2,)) == PauliFactor(1, ((0, 0), (1, 1)))
    assert PauliFactor(3, ((1, 0),)).restricted((1, 2)) is None
    assert factor.is_local


GROUPS = {
    "one flip": (["x"], 2),
    "Paulis": (["x", "s"], 8),
    "Cliffords": (["h", "s"], 24),
    "eighths": (["t"], 8),
    "sixths of a turn": (["sixth"], 6),
    "dihedral of eighths": (["t", "x"], 16),
}


@pytest.mark.parametrize(("names", "order"), GROUPS.values(), ids=GROUPS)
def test_orders_up_to_phases(ket: Ket, names: list[str], order: int) -> None:
    """Elements are told apart, and found again among all products, as matrices up to phases."""
    factor = group(1, *(ONE_QUBIT[name] for name in names))
    assert (len(factor.elements), factor.order_text) == (order, f"order {order} up to phases")
    matrices = [matrix_of(element, 1, ket) for element in factor.elements]
    overlaps = np.abs(np.einsum("aij,bij->ab", np.conj(matrices), matrices)) / 2
    assert np.allclose(np.sort(overlaps, axis=1)[:, -1], 1)
    assert (overlaps > 1 - 1e-9).sum() == order
    for generator in factor.generators:
        for matrix in matrices:
            product = matrix_of(generator[1], 1, ket) @ matrix
            assert max(abs(np.vdot(product, other)) / 2 for other in matrices) > 1 - 1e-9


def matrix_of(element: Any, num_qubits: int, ket: Ket) -> Any:
    images = [ket(element.apply(ExactState(num_qubits, {bits: 1}))) for bits in range(2**num_qubits)]
    return np.array(images).T


def test_the_two_qubit_clifford_group_is_beyond_the_limit() -> None:
    """It has 11520 elements up to phases, while CX with local flips is a group of 32."""
    locals_ = [ONE_QUBIT[name].replace("0", str(q)) for name in "hs" for q in range(2)]
    assert len(group(2, CX, "X0", "Z1").elements) == 32
    with pytest.raises(LimitError) as caught:
        group(2, CX, *locals_).elements  # noqa: B018 - the error is the result
    assert str(caught.value) == (
        f"group of g0, g1, g2, g3, g4 has more than {MAX_ELEMENTS} elements, which is the limit"
    )


def test_long_cyclic_groups_are_listed() -> None:
    """Turns by pi/k about z on four qubits: their orders up to phases have the product 1260."""
    turns = [f"cos(pi/{k})*I - i*sin(pi/{k})*Z{q}" for q, k in enumerate((4, 5, 7, 9))]
    together = UnitaryMap(4, tuple(PauliSum.parse(text, 4) for text in turns))
    factor = UnitaryFactor(4, (("g", together),))
    assert len(factor.elements) == 4 * 5 * 7 * 9
    assert factor.elements[1259].conjugate(together.conjugate(PauliSum.parse("X3", 4))) == PauliSum.parse(
        "X3", 4
    )
    assert factor.elements[1258].conjugate(together.conjugate(PauliSum.parse("X3", 4))) != PauliSum.parse(
        "X3", 4
    )


def test_unitaries_act_qubit_by_qubit_or_do_not() -> None:
    both = UnitaryFactor(
        3,
        (
            ("u", UnitaryMap(3, (PauliSum.parse("X0", 3), PauliSum.parse("sqrt(2)/2*X2 + sqrt(2)/2*Z2", 3)))),
            ("v", UnitaryMap(3, (PauliSum.parse("Z1", 3),))),
        ),
    )
    assert (both.is_local, both.name) == (True, "group of u, v")
    restricted = both.restricted((2, 1))
    assert restricted is not None
    assert [[str(op) for op in unitary.factors] for _, unitary in restricted.generators] == [
        ["1/2*sqrt(2)*X0 + 1/2*sqrt(2)*Z0"],
        ["Z1"],
    ]
    assert UnitaryFactor(3, both.generators[1:]).restricted((0, 2)) is None
    entangling = group(2, CX)
    assert not entangling.is_local
    with pytest.raises(MethodError, match=r"^group of g0 does not act qubit by qubit$"):
        entangling.restricted((0,))


def test_negative_control_a_phase_is_no_new_element() -> None:
    assert len(group(1, "i*X0", "X0", "-X0").elements) == 2
    assert len(group(1, "X0", "Y0").elements) == 4
