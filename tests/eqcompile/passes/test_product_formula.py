"""Product formulas: they add up to the generator, keep what they say they keep, and break what they say they break."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import Operator
from scipy.linalg import expm, norm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Operation, Singlet
from eqcompile.emit.qiskit.circuit import QiskitEmitter, sparse_pauli_op
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.operators.components import components
from eqcompile.groups.permutation import images_from_cycles
from eqcompile.passes.formula.pieces import Piece
from eqcompile.passes.formula.product_formula import (
    ProductFormula,
    ProductFormulas,
    approximated,
    formula_for,
    product_formula,
)

ROUNDING = 1e-12
THETA = 0.37
W = ExactAngle.parameter("w")

Dense = Callable[[eq.PauliSum], Any]
Swap = Callable[[tuple[int, ...]], Any]


def ring(n: int) -> eq.PauliSum:
    return eq.PauliSum.parse(" + ".join(f"H({q},{(q + 1) % n})" for q in range(n)), n)


def translations(n: int) -> eq.Symmetry:
    return eq.permutations(n, [tuple(range(n))])


REFLECTION = [(1, 5), (2, 4)]
HADAMARDS = [f"sqrt(2)/2*X{q} + sqrt(2)/2*Z{q}" for q in range(5)]

CASES = {
    "even ring": ("ring", eq.SU2(6) * translations(6), ["T_x", "T_y", "T_z", "(0 1 2 3 4 5)^2"]),
    "odd ring": ("ring", eq.SU2(5) * translations(5), ["T_x", "T_y", "T_z"]),
    "dihedral ring": (
        "ring",
        eq.SU2(6) * translations(6) * eq.permutations(6, REFLECTION),
        ["T_x", "T_y", "T_z", "(0 1 2 3 4 5)^2", "(0 1 2 3 4 5) * (1 5)(2 4)"],
    ),
    "star": ("H(0,1) + H(0,2) + H(0,3)", eq.SU2(4) * eq.permutations(4, [(1, 2, 3)]), ["T_x", "T_y", "T_z"]),
    "Ising ring": (
        "Z0 Z1 + Z1 Z2 + Z2 Z3 + Z3 Z0 + 1/2*X0 + 1/2*X1 + 1/2*X2 + 1/2*X3 - 3*I",
        eq.pauli_symmetry(4, "X0 X1 X2 X3") * translations(4),
        ["X0 X1 X2 X3", "(0 1 2 3)"],
    ),
    "Hadamards": (
        "X0 X1 + Z0 Z1 + X1 X2 + Z1 Z2 + X2 X3 + Z2 Z3 + X3 X4 + Z3 Z4",
        eq.unitaries(5, hadamards=HADAMARDS) * eq.permutations(5, [(0, 4), (1, 3)]),
        ["hadamards"],
    ),
}  # fmt: skip


def case(name: str) -> tuple[eq.PauliSum, eq.Symmetry, list[str]]:
    text, symmetry, kept = CASES[name]
    n = symmetry.num_qubits
    return ring(n) if text == "ring" else eq.PauliSum.parse(text, n), symmetry, kept


def unitary(formula: ProductFormula, theta: float, dense: Dense) -> Any:
    out = np.eye(1 << formula.generator.num_qubits, dtype=complex)
    for operator, weight in formula.factors:
        out = expm(-1j * theta * float(weight) * dense(operator)) @ out
    return out


def element(symmetry: eq.Symmetry, name: str, dense: Dense, swap_matrix: Swap) -> Any:
    """The matrix of a named element: of a Lie generator, a permutation, or a word in them."""
    n = symmetry.num_qubits
    out = np.eye(1 << n, dtype=complex)
    for word in name.split(" * "):
        base, _, exponent = word.partition("^")
        if base in ("T_x", "T_y", "T_z"):
            single = expm(-0.9j * dense(next(g.operator for g in symmetry.lie_generators if g.name == base)))
        elif base.startswith("("):
            cycles = [tuple(map(int, c.split())) for c in base.strip("()").split(")(")]
            single = swap_matrix(images_from_cycles(cycles, n))
        else:
            map_ = next(g.on_qubits for g in symmetry.finite_generators if g.name == base)
            single = np.eye(1 << n)
            for factor in map_.unitaries(n) or ():
                single = dense(factor) @ single
        for _ in range(int(exponent or 1)):
            out = single @ out
    return out


def defect(image: Any, moved: Any) -> float:
    return float(norm(moved @ image @ moved.conj().T - image, 2))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("order", "steps"), [(1, 1), (1, 3), (2, 1), (2, 3), (4, 1), (6, 1)])
def test_the_factors_add_up_to_the_generator(name: str, order: int, steps: int) -> None:
    generator, symmetry, _ = case(name)
    formula = product_formula(generator, symmetry, order, steps)
    total = eq.PauliSum.zero(generator.num_qubits)
    for operator, weight in formula.factors:
        total = total + operator.scaled(weight)
    assert total == generator
    if order > 1:
        plain = [f for f in formula.factors if f[0].without_identity()]
        assert plain == plain[::-1]


@pytest.mark.parametrize("name", CASES)
def test_every_factor_is_a_product_of_exact_gates(name: str) -> None:
    generator, symmetry, _ = case(name)
    for operator, _ in product_formula(generator, symmetry).factors:
        assert all(Piece(part).is_lowerable for part in components(operator))
        assert all(len(part.support) <= 2 for part in components(operator) if not Piece(part).is_commuting)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("order", [1, 2])
def test_what_is_kept_is_kept_and_what_is_broken_is_broken(
    name: str, order: int, dense: Dense, swap_matrix: Swap
) -> None:
    generator, symmetry, kept = case(name)
    formula = product_formula(generator, symmetry, order)
    assert list(formula.kept) == kept
    assert set(formula.broken) == set(symmetry.generator_names) - set(kept)
    image, exact = unitary(formula, THETA, dense), expm(-1j * THETA * dense(generator))
    for one in formula.kept:
        assert defect(image, element(symmetry, one, dense, swap_matrix)) < ROUNDING
    for one in formula.broken:
        moved = element(symmetry, one, dense, swap_matrix)
        assert defect(image, moved) > 1e-3
        assert defect(exact, moved) < ROUNDING


def test_negative_control_a_flat_sum_breaks_su2_where_the_formula_does_not(dense: Dense) -> None:
    """Sorted strings, as Qiskit's ``sort`` leaves them: XX of all bonds, then the rest, one by one."""
    generator, n = ring(4), 4
    circuit = QuantumCircuit(n)
    circuit.append(PauliEvolutionGate(sparse_pauli_op(generator).sort(), time=0.7), range(n))
    flat = Operator(circuit.decompose().decompose()).data
    ours = unitary(product_formula(generator, eq.SU2(n), order=1), 0.7, dense)
    for lie in eq.SU2(n).lie_generators:
        turn = expm(-0.9j * dense(lie.operator))
        assert defect(ours, turn) < ROUNDING
        assert defect(flat, turn) > 0.3


def substeps(formula: ProductFormula) -> Iterator[Fraction]:
    """Sizes of the second-order products: weights of the part that each of them applies once."""
    inner = min(
        {op for op, _ in formula.factors}, key=lambda op: sum(1 for o, _ in formula.factors if o == op)
    )
    return (weight for operator, weight in formula.factors if operator == inner)


@pytest.mark.parametrize(("order", "count"), [(2, 1), (4, 9), (6, 297)])
def test_the_order_conditions_hold_exactly(order: int, count: int) -> None:
    """Symmetric products of second-order steps have order 2k when the odd powers below 2k + 1 of the sizes add to 0."""
    sizes = list(substeps(product_formula(ring(4), eq.SU2(4), order)))
    assert len(sizes) == count
    assert sum(sizes) == 1
    for power in range(3, order, 2):
        assert sum(size**power for size in sizes) == 0
    assert sum(size ** (order + 1) for size in sizes) != 0


def test_commuting_pieces_give_one_exact_factor() -> None:
    formula = product_formula(eq.PauliSum.parse("H(0,1) + 2*H(2,3)", 4), eq.SU2(4), order=2, steps=5)
    assert (len(formula.factors), formula.is_exact, str(formula)) == (1, True, "exact product")
    ising = product_formula(eq.PauliSum.parse("Z0 Z1 + Z1 Z2 + Z2 Z0", 3), translations(3))
    assert (ising.is_exact, ising.kept) == (True, ("(0 1 2)",))


def test_neighbouring_factors_that_commute_may_be_exchanged() -> None:
    """The two halves commute, but are lowered apart: mixed pieces that overlap have different colours."""
    generator = eq.PauliSum.parse("X0 X1 + Z0 X1 + X1 X2 + X1 Z2", 3)
    formula = product_formula(generator, eq.permutations(3, [(0, 2)]), order=1)
    assert (len(formula.factors), formula.is_exact, formula.kept) == (2, True, ("(0 2)",))


def test_a_generator_of_the_group_that_the_sum_breaks_is_neither_kept_nor_broken() -> None:
    formula = product_formula(eq.PauliSum.parse("H(0,1) + H(1,2) + Z0", 3), eq.SU2(3))
    assert (formula.kept, formula.broken) == (("T_z",), ())


def emitted(gates: Iterable[Operation], n: int) -> QuantumCircuit:
    emitter = QiskitEmitter(QuantumCircuit(n), ())
    for gate in gates:
        emitter.gate(gate)
    return emitter.circuit


def as_gates(formula: ProductFormula) -> list[Evolve]:
    return [Evolve(operator, W * weight) for operator, weight in formula.factors]


@pytest.mark.parametrize(("order", "steps"), [(1, 2), (2, 1), (4, 1)])
def test_the_circuit_is_proven_for_what_is_kept_and_refused_for_the_rest(order: int, steps: int) -> None:
    """Decided by the verifier, which knows nothing of formulas."""
    circuit = emitted(as_gates(product_formula(ring(4), eq.SU2(4) * translations(4), order, steps)), 4)
    assert eq.verify(circuit, eq.SU2(4) * eq.permutations(4, [(0, 2), (1, 3)]))
    assert eq.verify(circuit, translations(4)).verdict == "refused"


def test_the_circuit_is_the_product(dense: Dense) -> None:
    generator = eq.PauliSum.parse("X0 X1 + X1 X2 + 2*Z0 + 2*Z2 + X0 - Z1 + I", 3)
    formula = product_formula(generator, eq.permutations(3, [(0, 2)]), order=2, steps=2)
    circuit = emitted(as_gates(formula), 3)
    bound = circuit.assign_parameters(dict.fromkeys(circuit.parameters, THETA))
    assert np.allclose(Operator(bound).data, unitary(formula, THETA, dense), atol=ROUNDING)
    assert not np.allclose(Operator(bound).data, expm(-1j * THETA * dense(generator)), atol=1e-4)


def test_only_what_has_no_exact_circuit_is_approximated() -> None:
    chains = " + ".join(f"H({q},{q + 1}) + H({q + 7},{q + 8})" for q in range(6))
    generator = eq.PauliSum.parse(f"{chains} + H(14,15) + H(15,16) - 3*I", 17)
    exchange = eq.permutations(17, [(q, q + 7) for q in range(7)])
    formula = formula_for(generator, eq.SU2(17) * exchange, order=2, steps=3)
    assert formula is not None
    assert formula.exact == eq.PauliSum.parse("-3*I + H(14,15) + H(15,16)", 17)
    assert formula.factors[0] == (formula.exact, 1)
    assert formula.kept == ("T_x", "T_y", "T_z", *exchange.generator_names)
    gates = approximated(Evolve(generator, W), eq.SU2(17) * exchange, order=2, steps=3)
    assert gates == tuple(as_gates(formula))
    emitted(gates, 17)


def test_the_pass_touches_only_what_needs_it() -> None:
    before = Circuit(
        7, (Singlet(0, 1), Evolve(eq.PauliSum.parse("H(0,1) + H(1,2)", 7), W), Evolve(ring(7), W * 2))
    )
    after = ProductFormulas(eq.SU2(7), order=2, steps=2).run(before)
    assert after.operations[:2] == before.operations[:2]
    formula = formula_for(ring(7), eq.SU2(7), order=2, steps=2)
    assert formula is not None
    assert list(after.operations[2:]) == [Evolve(op, W * 2 * weight) for op, weight in formula.factors]


def test_summands_that_are_invariant_only_together_are_judged_together() -> None:
    """``X0 - Z1`` is invariant under the charge; its two summands are not, and they commute."""
    charge = eq.charge(2, "Z0 X1 + Y0 Y1")
    (lie,) = charge.lie_generators
    single = eq.PauliSum.parse("X0", 2)
    assert not lie.operator.commutes_with(single)
    formula = product_formula(eq.PauliSum.parse("X0 - Z1", 2), charge, exact=single)
    assert (formula.factors[0], formula.is_exact, formula.kept) == ((single, 1), True, ("Q",))


@pytest.mark.parametrize(("text", "n"), [("ring", 6), ("Ising", 10), ("two", 8)])
def test_a_gate_with_an_exact_circuit_stays_one_gate(text: str, n: int) -> None:
    ising = eq.PauliSum.parse(" + ".join(f"Z{q} Z{q + 1}" for q in range(9)), 10)
    two = eq.PauliSum.parse("H(0,1) + H(1,2) + H(4,5) + X5 + 2*I", 8)
    gate = Evolve({"ring": ring(6), "Ising": ising, "two": two}[text], W)
    assert approximated(gate, eq.SU2(n)) == (gate,)
    assert formula_for(gate.generator, eq.SU2(n)) is None


@pytest.mark.parametrize("text", ["0", "2*I"])
def test_nothing_to_approximate(text: str) -> None:
    formula = product_formula(eq.PauliSum.parse(text, 4), eq.SU2(4) * translations(4), order=4, steps=9)
    assert (formula.is_exact, formula.broken) == (True, ())
    assert [str(operator) for operator, _ in formula.factors] == ([] if text == "0" else [text])


def test_a_permutation_of_astronomical_order() -> None:
    lengths = (2, 3, 5, 7, 11, 13, 17, 19)
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    cycles = [tuple(range(s, s + length)) for s, length in zip(starts, lengths, strict=True)]
    n = sum(lengths)
    bonds = " + ".join(f"H({c[k]},{c[(k + 1) % len(c)]})" for c in cycles[1:] for k in range(len(c)))
    formula = product_formula(eq.PauliSum.parse(bonds, n), eq.SU2(n) * eq.permutations(n, cycles))
    assert formula.kept[:3] == ("T_x", "T_y", "T_z")
    assert len(formula.broken) == 1


def test_two_hundred_qubits() -> None:
    formula = product_formula(ring(200), eq.SU2(200) * translations(200))
    assert len(formula.factors) == 3
    assert [len(components(operator)) for operator, _ in formula.factors] == [100, 100, 100]
    assert [name[-4:] for name in formula.kept] == ["T_x", "T_y", "T_z", "9)^2"]


ERRORS = {
    "register": (
        lambda: product_formula(ring(4), eq.SU2(3)),
        DimensionError,
        "the generator acts on 4 qubits, the group on 3",
    ),
    "Hermitian": (
        lambda: product_formula(eq.PauliSum.parse("i*X0", 1), eq.U1(1)),
        DimensionError,
        "i*X0 is not Hermitian; only Hermitian operators generate gates",
    ),
    "order": (
        lambda: product_formula(ring(4), eq.SU2(4), order=3),
        MethodError,
        "no product formula of order 3; known: 1, 2, 4, 6 and so on",
    ),
    "zero order": (
        lambda: product_formula(ring(4), eq.SU2(4), order=0),
        MethodError,
        "no product formula of order 0; known: 1, 2, 4, 6 and so on",
    ),
    "steps": (
        lambda: product_formula(ring(4), eq.SU2(4), steps=0),
        MethodError,
        "a product formula with 0 steps; it takes a whole number of them, at least one",
    ),
    "half a step": (
        lambda: product_formula(ring(4), eq.SU2(4), steps=0.5),  # type: ignore[arg-type]
        MethodError,
        "a product formula with 0.5 steps; it takes a whole number of them, at least one",
    ),
    "high order": (
        lambda: product_formula(ring(4), eq.SU2(4), order=10**6),
        LimitError,
        "a product formula of order 1000000 with 1 steps; the limit is 100000 factors",
    ),
    "length": (
        lambda: product_formula(ring(4), eq.SU2(4), order=8),
        LimitError,
        "a product formula of order 8 with 1 steps; the limit is 100000 factors",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    call, kind, text = ERRORS[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
