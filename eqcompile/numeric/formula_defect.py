r"""What a product formula costs: how far it is from the group elements it breaks, and from the exact exponential.

The defect of an element R is :math:`\|R\,U(\theta)\,R^\dagger - U(\theta)\|` in operator norm. The error is
:math:`\|U(\theta) - e^{-i\theta G}\|`. Both fall as the number of steps to the power of minus the order. These are
measured numbers. What is kept is not measured but decided exactly by
:func:`eqcompile.passes.formula.product_formula.product_formula`.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.linalg import eigh, norm
from scipy.sparse.linalg import LinearOperator, expm_multiply

from eqcompile.circuits.operations import Evolve, Operation
from eqcompile.exact.arithmetic.scalars import to_complex
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.numeric.defect import MAX_MEASURED_QUBITS, NUM_STATES, Matrix, transformed
from eqcompile.numeric.dense import matrix_of, pauli_action
from eqcompile.passes.formula.pieces import Piece
from eqcompile.passes.formula.product_formula import ProductFormula, formula_for, product_formula
from eqcompile.symmetry.generators import GroupGenerator
from eqcompile.symmetry.symmetry import Symmetry

MAX_FORMULA_NORM_QUBITS = 8
"""Qubits of a product formula whose defect is an operator norm: 256 rows take less than a second. Beyond it, weaker:
the defect is measured on random states."""

STEPS = (1, 2, 4, 8)
ANGLES = (0.2, 0.7)
"""A small gate angle, where the leading term of the error shows, and a typical one."""

TURN = 1.0
"""Angle of the element that stands for a broken one-parameter group, in radians."""


@dataclass(frozen=True)
class FormulaDefect:
    """Defects measured at one number of steps, each the largest over the angles.

    Attributes:
        steps: steps of the formula.
        num_factors: number of exponentials in the product.
        defects: ``(generator, defect)`` for every broken generator.
        error: distance from the exact exponential.
    """

    steps: int
    num_factors: int
    defects: tuple[tuple[str, float], ...]
    error: float


@dataclass(frozen=True)
class LoweringReport:
    """What the lowering of one gate kept exactly, what it broke, and by how much; it accompanies the certificate.

    Attributes:
        subject: the gate.
        formula: name of the formula, such as ``product formula of order 2, 4 steps``.
        kept: group elements under which every factor is invariant, decided exactly.
        broken: generators under which only the exact gate is invariant.
        method: how the defects were measured, or why not.
        rows: one row for each number of steps.
    """

    subject: str
    formula: str
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    method: str
    rows: tuple[FormulaDefect, ...]

    def __str__(self) -> str:
        parts = [f"{self.subject}: {self.formula}; kept exactly: {', '.join(self.kept) or 'nothing'}"]
        for place, name in enumerate(self.broken if self.rows else ()):
            values = [f"{row.defects[place][1]:.1e} at {_steps(row.steps)}" for row in self.rows]
            parts.append(f"defect of {name}: {', '.join(values)}")
        if self.rows:
            values = [f"{row.error:.1e} at {_steps(row.steps)}" for row in self.rows]
            parts.append(f"error: {', '.join(values)}")
        elif self.broken:
            parts.append(f"defect of {', '.join(self.broken)} {self.method}")
        return "; ".join(parts)

    def to_json(self) -> str:
        """JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def lowering_report(
    formula: ProductFormula,
    symmetry: Symmetry,
    subject: str = "",
    steps: Sequence[int] = STEPS,
    angles: Sequence[float] = ANGLES,
    seed: int = 0,
) -> LoweringReport:
    """Measure a formula at several numbers of steps, including its own.

    Args:
        formula: the formula that a gate is lowered to.
        symmetry: the group that the formula was made for.
        subject: name of the gate; its generator by default.
        steps: numbers of steps to measure at.
        angles: gate angles; the largest defect over them is reported.
        seed: seed for the random states on registers of more than ``MAX_FORMULA_NORM_QUBITS`` qubits.

    Returns:
        The report; without measurements for an exact product, and on more than ``MAX_MEASURED_QUBITS`` qubits.
    """
    subject = subject or shorthand(formula.generator)
    empty = LoweringReport(subject, str(formula), formula.kept, formula.broken, "", ())
    if formula.is_exact:
        return empty
    n = formula.generator.num_qubits
    if n > MAX_MEASURED_QUBITS:
        return replace(empty, method=f"not measured on {n} qubits; the limit is {MAX_MEASURED_QUBITS}")
    start = _start(n, seed)
    dense = n <= MAX_FORMULA_NORM_QUBITS
    method = "operator norm" if dense else f"norm on {NUM_STATES} random states, a lower bound"
    exact = [exact_evolution(formula.generator, theta, start) for theta in angles]
    broken = [g for g in symmetry.generators if g.name in formula.broken]
    rows = []
    for count in sorted({*steps, formula.steps}):
        varied = product_formula(formula.generator, symmetry, formula.order, count, formula.exact)
        rows.append(_row(varied, broken, start, angles, exact))
    about = f"{method}, largest over the angles {', '.join(map(str, angles))}"
    return replace(empty, method=about, rows=tuple(rows))


def lowering_reports(
    gates: Iterable[Operation], symmetry: Symmetry, order: int = 2, steps: int = 1
) -> tuple[LoweringReport, ...]:
    """A report for every distinct generator among the evolution gates that has no exact circuit; empty if all have one.

    Args and Raises: as for :func:`eqcompile.passes.formula.product_formula.product_formula`.
    """
    generators = dict.fromkeys(gate.generator for gate in gates if isinstance(gate, Evolve))
    formulas = (formula_for(generator, symmetry, order, steps) for generator in generators)
    return tuple(lowering_report(formula, symmetry) for formula in formulas if formula is not None)


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _start(num_qubits: int, seed: int) -> Matrix:
    """All basis states of a small register, or random states of a larger one."""
    size = 1 << num_qubits
    if num_qubits <= MAX_FORMULA_NORM_QUBITS:
        return np.eye(size, dtype=complex)
    drawn = np.random.default_rng(seed).normal(size=(2, size, NUM_STATES))
    states = drawn[0] + 1j * drawn[1]
    return np.asarray(states / norm(states, axis=0))


def _row(
    formula: ProductFormula,
    broken: Sequence[GroupGenerator],
    start: Matrix,
    angles: Sequence[float],
    exact: Sequence[Matrix],
) -> FormulaDefect:
    images = [formula_evolution(formula, theta, start) for theta in angles]
    errors = [_norm(image - right) for image, right in zip(images, exact, strict=True)]
    defects = []
    for generator in broken:
        moved = transformed(generator, TURN, start)
        worst = max(
            _norm(transformed(generator, TURN, image) - formula_evolution(formula, theta, moved))
            for image, theta in zip(images, angles, strict=True)
        )
        defects.append((generator.name, worst))
    return FormulaDefect(formula.steps, len(formula.factors), tuple(defects), max(errors))


def _norm(difference: Matrix) -> float:
    """The operator norm if the columns are a basis, else the largest norm of a column."""
    rows, columns = difference.shape
    return float(norm(difference, 2) if rows == columns else norm(difference, axis=0).max())


def formula_evolution(formula: ProductFormula, theta: float, states: Matrix) -> Matrix:
    r"""The product of the exponentials applied to states, one in every column; shape ``(2**n, columns)``."""
    known: dict[PauliSum, Callable[[float, Matrix], Matrix]] = {}
    for operator, weight in formula.factors:
        if operator not in known:
            known[operator] = _evolution(operator)
        states = known[operator](theta * float(weight), states)
    return states


def exact_evolution(generator: PauliSum, theta: float, states: Matrix) -> Matrix:
    r""":math:`e^{-i\theta G}` applied to states: by diagonalisation, or by Taylor polynomials on few states."""
    if states.shape[1] == states.shape[0]:
        values, vectors = eigh(matrix_of(generator))
        return np.asarray(vectors @ (np.exp(-1j * theta * values)[:, None] * (vectors.conj().T @ states)))
    action = pauli_action(generator)

    def multiply(vector: Any) -> Any:
        flat = vector.reshape(states.shape[0], -1)
        return -1j * theta * sum(phase[:, None] * flat[source] for source, phase in action)

    def adjoint(vector: Any) -> Any:
        return -multiply(vector)

    operator = LinearOperator(
        (states.shape[0],) * 2,
        matvec=multiply,
        rmatvec=adjoint,
        matmat=multiply,
        rmatmat=adjoint,
        dtype=complex,
    )
    trace = -1j * theta * to_complex(generator.coefficient(IDENTITY)) * states.shape[0]
    return np.asarray(expm_multiply(operator, states, traceA=trace))


def _evolution(operator: PauliSum) -> Callable[[float, Matrix], Matrix]:
    """One factor: commuting strings one after another, other parts by diagonalisation on their few qubits."""
    offset = to_complex(operator.coefficient(IDENTITY)).real
    parts = [_strings(part) if Piece(part).is_commuting else _dense(part) for part in components(operator)]

    def apply(angle: float, states: Matrix) -> Matrix:
        for part in parts:
            states = part(angle, states)
        return np.asarray(np.exp(-1j * angle * offset) * states)

    return apply


def _strings(part: PauliSum) -> Callable[[float, Matrix], Matrix]:
    strings = []
    for key, value in part.terms.items():
        strength = to_complex(value).real
        ((source, phase),) = pauli_action(PauliSum(part.num_qubits, {key: value}))
        strings.append((source, phase / strength, strength))

    def apply(angle: float, states: Matrix) -> Matrix:
        for source, unit, strength in strings:
            turned = -1j * np.sin(angle * strength) * unit[:, None] * states[source]
            states = np.cos(angle * strength) * states + turned
        return states

    return apply


def _dense(part: PauliSum) -> Callable[[float, Matrix], Matrix]:
    qubits, n = part.support, part.num_qubits
    place = {q: i for i, q in enumerate(qubits)}
    local = PauliSum(len(qubits), part.relabel(place.get(q, 0) for q in range(n)).terms)
    values, vectors = eigh(matrix_of(local))
    axes, size = [n - 1 - q for q in reversed(qubits)], 1 << len(qubits)

    def apply(angle: float, states: Matrix) -> Matrix:
        unitary = (vectors * np.exp(-1j * angle * values)) @ vectors.conj().T
        tensor = np.moveaxis(states.reshape((2,) * n + (-1,)), axes, range(len(axes)))
        moved = (unitary @ tensor.reshape(size, -1)).reshape(tensor.shape)
        return np.asarray(np.moveaxis(moved, range(len(axes)), axes).reshape(states.shape))

    return apply
