"""Laws that hold for every group: random products of factors from the whole catalogue, random operators."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.derivation.compare import METHODS, derive_basis
from eqcompile.derivation.generators.twirl import require_normalising, twirl
from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.scalars import to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.make import (
    SU2,
    U1,
    charge,
    inversion,
    mirror,
    pauli_symmetry,
    permutations,
    point_symmetry,
    unitaries,
)
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.symmetry import Symmetry

ROUNDING = 1e-9
DIGITS = 6
"""Elements of these small groups differ by much more than a millionth in some entry."""

AXES = st.sampled_from(["x", "y", "z", (1, 1, 0), (1, 1, 1), (1, -2, 2)])
SYMBOLS = st.sampled_from(
    ["C_2", "C_3", "C_4", "C_5", "D_3", "C_3v", "D_3h", "S_4", "C_i", "T", "T_d", "O_h"]
)
CHARGES = ["Z0 + Z1", "X0 - 1/2*Y1", "Z0 Z1", "X0 X1 + 1/2*Z0 Z1", "2*Y1"]
PHASE = "(1/2 + 1/2*{u})*I + (1/2 - 1/2*{u})*Z{q}"
GATES: dict[str, list[str]] = {
    "h0": ["sqrt(2)/2*X0 + sqrt(2)/2*Z0"],
    "h": ["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "sqrt(2)/2*X1 + sqrt(2)/2*Z1"],
    "s": [PHASE.format(u="i", q=0), PHASE.format(u="i", q=1)],
    "t1": [PHASE.format(u="exp(i*pi/4)", q=1)],
    "cx": ["1/2*(1 + Z0 + X1 - Z0 X1)"],
    "cz": ["1/2*(1 + Z0 + Z1 - Z0 Z1)"],
    "x0": ["X0"],
}
CLOSED = [["h0"], ["h"], ["s"], ["t1"], ["cx"], ["cz"], ["h", "s"], ["cx", "x0"], ["h0", "x0"]]


KINDS = st.sampled_from(["charge", "pauli", "unitaries", "permutations", "inversion"])


@st.composite
def internal(draw: st.DrawFn, n: int, kind: str) -> Symmetry:
    if kind == "charge":
        return charge(n, draw(st.sampled_from(CHARGES)))
    if kind == "pauli":
        keys = st.tuples(*[st.integers(0, 2**n - 1)] * 2).filter(any)
        strings = draw(st.lists(keys, min_size=1, max_size=3))
        return pauli_symmetry(n, *(PauliSum(n, {key: 1}) for key in strings))
    if kind == "unitaries":
        return unitaries(n, **{name: GATES[name] for name in draw(st.sampled_from(CLOSED))})
    if kind == "permutations":
        cycles = [[(0, 1)], [tuple(range(n))], [(0, n - 1)]]
        return permutations(n, *draw(st.lists(st.sampled_from(cycles), min_size=1, max_size=2)))
    return inversion(n, n - 1)


@st.composite
def spatial(draw: st.DrawFn, n: int, at_rest: set[int]) -> Symmetry:
    """A group of space that turns no qubit ``at_rest``, where the inversion acts."""
    kind = draw(st.sampled_from(["SU2", "U1", "point", "mirror"]))
    turning = st.sets(st.sampled_from(sorted({*range(n)} - at_rest)), min_size=1)
    qubits = draw(turning if at_rest else st.none() | turning)
    if kind == "SU2":
        return SU2(n, qubits)
    if kind == "U1":
        return U1(n, draw(AXES), qubits)
    parity = draw(st.none() | st.sampled_from(sorted(at_rest or range(n))))
    if qubits is not None and parity in qubits:
        parity = None
    if kind == "point":
        return point_symmetry(n, draw(SYMBOLS), draw(AXES), qubits, parity)
    return mirror(n, draw(AXES), qubits, parity)


@st.composite
def symmetries(draw: st.DrawFn) -> Symmetry:
    """At most one factor of a kind: two point groups, or two of unitaries, would mostly generate an infinite group."""
    n = draw(st.integers(2, 3))
    kinds = draw(st.lists(KINDS, max_size=2, unique=True))
    factors = [draw(internal(n, kind)) for kind in kinds]
    if not factors or draw(st.booleans()):
        at_rest = {n - 1} if "inversion" in kinds else set()
        factors.insert(draw(st.integers(0, len(factors))), draw(spatial(n, at_rest)))
    symmetry = factors[0]
    for factor in factors[1:]:
        symmetry = symmetry * factor
    return symmetry


def operators(n: int) -> st.SearchStrategy[PauliSum]:
    keys = st.tuples(st.integers(0, 2**n - 1), st.integers(0, 2**n - 1))
    return st.dictionaries(keys, st.integers(-2, 2), max_size=3).map(lambda terms: PauliSum(n, terms))


def inner(a: PauliSum, b: PauliSum) -> Any:
    """Hilbert-Schmidt product, per dimension."""
    return (a.adjoint() * b).coefficient(IDENTITY)


def is_invariant(op: PauliSum, symmetry: Symmetry) -> bool:
    return all(g.operator.commutes_with(op) for g in symmetry.lie_generators) and all(
        g.on_qubits.conjugate(op) == op for g in symmetry.finite_generators
    )


def can_be_twirled(symmetry: Symmetry) -> bool:
    try:
        require_normalising(symmetry)
    except MethodError:
        return False
    return True


@given(symmetries(), st.data())
def test_the_twirl_is_the_orthogonal_projection_onto_the_commutant(
    symmetry: Symmetry, data: st.DataObject
) -> None:
    if not can_be_twirled(symmetry):
        return
    a, b = (data.draw(operators(symmetry.num_qubits)) for _ in range(2))
    image = twirl(a, symmetry)
    assert is_invariant(image, symmetry)
    assert twirl(image, symmetry) == image
    assert not inner(a - image, twirl(b, symmetry))
    assert not is_invariant(a, symmetry) or image == a


@given(symmetries())
@settings(max_examples=120)
def test_every_method_finds_the_same_span(symmetry: Symmetry) -> None:
    locality = symmetry.num_qubits
    reference = derive_basis(symmetry, locality, "nullspace")
    assert all(op.is_hermitian and is_invariant(op, symmetry) for op in reference)
    methods = METHODS if can_be_twirled(symmetry) else {"choi"}
    for method in methods:
        basis = derive_basis(symmetry, locality, method)
        assert basis.spans_same(reference), method
        assert basis.by_weight == reference.by_weight


@given(symmetries())
@settings(max_examples=120)
def test_only_factors_that_do_not_normalise_one_another_are_refused(symmetry: Symmetry) -> None:
    """Compared with closures of the groups as matrices on operators."""
    pairs = [
        (a, b) for i, a in enumerate(symmetry.factors) for b in symmetry.factors[i + 1 :]
    ]  # fmt: skip
    normalise = all(dense_normalises(a, b) or dense_normalises(b, a) for a, b in pairs)
    assert can_be_twirled(symmetry) == normalise


def dense_normalises(first: Factor, second: Factor) -> bool:
    n = first.num_qubits
    algebra = [vector(g.operator) for g in second.lie_generators]
    generators = [transfer(g.on_qubits.conjugate, n) for g in second.finite_generators]
    group = closure(generators)
    for move in (transfer(g.on_qubits.conjugate, n) for g in first.finite_generators):
        if not all(in_span(move @ t, algebra) for t in algebra):
            return False
        if not all(text(move @ b @ move.T) in group for b in generators):
            return False
    for turning in (transfer(g.operator.derivation, n) for g in first.lie_generators):
        if not all(in_span(turning @ t, algebra) for t in algebra):
            return False
        if not all(np.allclose(turning @ b, b @ turning, atol=ROUNDING) for b in generators):
            return False
    return True


def vector(op: PauliSum) -> Any:
    out = np.zeros(4**op.num_qubits)
    for (x, z), value in op.terms.items():
        out[x << op.num_qubits | z] = to_complex(value).real
    return out


def transfer(action: Callable[[PauliSum], PauliSum], num_qubits: int) -> Any:
    """Matrix of a linear map of operators in the basis of Pauli strings."""
    mask = 2**num_qubits - 1
    keys = ((word >> num_qubits, word & mask) for word in range(4**num_qubits))
    return np.array([vector(action(PauliSum(num_qubits, {key: 1}))) for key in keys]).T


def closure(generators: list[Any]) -> set[bytes]:
    elements = [np.eye(len(generators[0]))] if generators else []
    found = {text(element) for element in elements}
    for element in elements:  # the list grows during the loop
        for generator in generators:
            if text(image := generator @ element) not in found:
                found.add(text(image))
                elements.append(image)
    return found


def text(matrix: Any) -> bytes:
    return bytes((np.round(matrix, DIGITS) + 0.0).tobytes())


def in_span(target: Any, vectors: list[Any]) -> bool:
    basis = np.array(vectors).T
    solution = np.linalg.lstsq(basis, target, rcond=None)[0]
    return bool(np.allclose(basis @ solution, target, atol=ROUNDING))


def test_the_random_groups_are_of_both_kinds() -> None:
    """Otherwise one of the tests above would prove nothing; these are the smallest of either kind."""
    assert can_be_twirled(unitaries(2, h=GATES["h"], s=GATES["s"]) * permutations(2, [(0, 1)]))
    assert can_be_twirled(point_symmetry(2, "T", qubits=[0, 1]) * pauli_symmetry(2, "X0 X1", "Z0 Z1"))
    assert not can_be_twirled(unitaries(2, **{"cx": GATES["cx"]}) * permutations(2, [(0, 1)]))
    assert not can_be_twirled(U1(2, "x") * pauli_symmetry(2, "Z0"))


def test_factors_that_normalise_without_commuting() -> None:
    """A permutation carries one Hadamard to another; a mirror carries a rotation to its inverse."""
    each = {f"h{q}": f"sqrt(2)/2*X{q} + sqrt(2)/2*Z{q}" for q in range(3)}
    for symmetry in (
        unitaries(3, **each) * permutations(3, [(0, 1, 2)]),
        point_symmetry(3, "C_3", qubits=[0, 1]) * mirror(3, "x", qubits=[0, 1], parity=2),
        point_symmetry(2, "O") * unitaries(2, h=GATES["h"], s=GATES["s"]),
    ):
        assert derive_basis(symmetry, 2, "twirl").spans_same(derive_basis(symmetry, 2))
    del each["h2"]
    assert not can_be_twirled(unitaries(3, **each) * permutations(3, [(0, 1, 2)]))


def test_an_average_that_is_already_zero_stays_zero() -> None:
    for symmetry in (pauli_symmetry(2, "Z0") * U1(2), U1(2) * pauli_symmetry(2, "Z0"), U1(2) * SU2(2)):
        assert not twirl(PauliSum.parse("X0", 2), symmetry)
        assert not twirl(PauliSum.zero(2), symmetry)


def test_negative_control_half_an_average_is_no_projection() -> None:
    """Over the generators alone, without the rest of the group."""
    symmetry = point_symmetry(2, "C_3")
    op = PauliSum.parse("X0", 2)
    (generator,) = symmetry.finite_generators
    element: QubitMap = generator.on_qubits
    half = (op + element.conjugate(op)) / 2
    assert half != twirl(op, symmetry)
    assert not is_invariant(half, symmetry)
