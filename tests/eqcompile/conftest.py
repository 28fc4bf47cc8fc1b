"""Independent numerics for all rooms: Kronecker products and matrix exponentials, and nothing from the back ends."""

from collections.abc import Callable
from functools import cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, PauliRotation
from eqcompile.declaration.entries.inversion import Inversion
from eqcompile.exact.arithmetic.scalars import to_complex

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("repeatable")

LETTERS = {
    (0, 0): np.eye(2),
    (1, 0): np.array([[0, 1], [1, 0]]),
    (1, 1): np.array([[0, -1j], [1j, 0]]),
    (0, 1): np.diag([1, -1]),
}


@pytest.fixture(scope="session")
def dense() -> Callable[[eq.PauliSum], Any]:
    """Matrix of an operator by Kronecker products; qubit 0 is the least significant bit of an index."""

    def matrix(op: eq.PauliSum) -> Any:
        total = np.zeros((2**op.num_qubits,) * 2, complex)
        for (x, z), value in op.terms.items():
            factors = [LETTERS[x >> q & 1, z >> q & 1] for q in reversed(range(op.num_qubits))]
            number = to_complex(value)
            total += number * reduce(np.kron, factors, np.eye(1))
        return total

    return matrix


@pytest.fixture(scope="session")
def ket() -> Callable[[eq.ExactState], Any]:
    """Amplitudes of a state; qubit 0 is the least significant bit of an index."""

    def vector(state: eq.ExactState) -> Any:
        out = np.zeros(2**state.num_qubits, complex)
        for bits, value in state.amplitudes.items():
            out[bits] = to_complex(value)
        return out

    return vector


@pytest.fixture(scope="session")
def swap_matrix() -> Callable[[tuple[int, ...]], Any]:
    """The unitary that moves the content of qubit q to qubit ``images[q]``."""

    def matrix(images: tuple[int, ...]) -> Any:
        size = 2 ** len(images)
        out = np.zeros((size, size))
        for index in range(size):
            out[sum((index >> q & 1) << target for q, target in enumerate(images)), index] = 1
        return out

    return matrix


@pytest.fixture(scope="session")
def models() -> Path:
    """Folder of the paper's specs."""
    return Path(__file__).parents[2] / "siqml" / "models"


@pytest.fixture(scope="session")
def program(models: Path) -> Callable[[str], eq.Program]:
    """``program("water")``: a model of the paper, compiled once."""
    return cache(lambda name: eq.compile(eq.load(models / f"{name}.yaml")))


@pytest.fixture(scope="session")
def spec(models: Path) -> Callable[..., eq.Spec]:
    """``spec("water", (old, new), ...)``: a model of the paper with parts of its text replaced."""

    def changed(name: str, *changes: tuple[str, str]) -> eq.Spec:
        text = (models / f"{name}.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{old!r} is not in {name}.yaml"
            text = text.replace(old, new)
        return eq.loads(text, f"{name}.yaml")

    return changed


ASYMMETRIC = """\
name: asymmetric
qubits: 5
data:
  sites: [A, B, C]
  encode: {A: [0, 3], B: [1], C: [4]}
  scales: {alpha: [A, C], beta: [B]}
symmetry: [{rotation: SU(2)}]
state: singlets [[0, 4], [3, 1]]
observable: H(0,1) Z2 + 1/2*H(3,4)
ansatz:
  depth: 3
  blocks: 2
  layer: [H(0,1) + 2*H(0,3), H(1,4)/2 + Z2, X2 - 3*I, H(3,4) X2]
  symmetry_breaking: {generator: X0 Y1 + Z4, start: 0.1}
"""
"""Sites on one and on two qubits, a bystander in the middle, non-commuting and irrational generators."""

ASYMMETRIC_PARITY = """\
name: asymmetric_parity
qubits: 5
data:
  sites: [A, B, C]
  encode: {A: [3, 0], B: [4], C: [2]}
  scales: {alpha: [B], beta: [A, C]}
symmetry: [{rotation: SU(2)}, {inversion: {parity: 1}}]
state: singlets [[4, 0], [2, 3]]
observable: H(0,2) Z1
ansatz:
  depth: 2
  blocks: 1
  layer: [H(0,4) + H(0,2), H(2,3) Z1, Z1/2]
  symmetry_breaking: {generator: Z0 + Z1 + X3, start: 0.1}
"""
"""The parity qubit in the middle of the register."""


@pytest.fixture(scope="session")
def asymmetric() -> dict[str, eq.Program]:
    """Two certified models whose wiring has no symmetry, so that they catch a wrong bit order."""
    programs = {spec.name: eq.compile(spec) for spec in map(eq.loads, (ASYMMETRIC, ASYMMETRIC_PARITY))}
    assert all(program.certificate for program in programs.values())
    return programs


@pytest.fixture(scope="session")
def simulate(dense: Callable[[eq.PauliSum], Any]) -> Callable[..., float]:
    """``simulate(spec, params, x)``: expectation value for one structure, by the definition in the spec."""

    def exponential(spectral: Any, angle: float) -> Any:
        values, vectors = spectral
        return (vectors * np.exp(-1j * angle * values)) @ vectors.conj().T

    def encoding(spec: eq.Spec, scales: dict[str, float], x: Any) -> Any:
        assert spec.data is not None
        parity = [entry.parity for entry in spec.symmetry if isinstance(entry, Inversion)]
        total = np.eye(2**spec.qubits, dtype=complex)
        for site, qubits, vector in zip(spec.data.sites, spec.data.encode, x, strict=True):
            (scale,) = (name for name, members in spec.data.scales if site in members)
            for qubit in qubits:
                strings = [
                    eq.PauliSum.parse(f"{name}{qubit}" + "".join(f" X{p}" for p in parity), spec.qubits)
                    for name in "XYZ"
                ]
                matrix = sum(c * dense(s) for c, s in zip(vector, strings, strict=True))
                total = exponential(np.linalg.eigh(matrix), scales[scale]) @ total
        return total

    def start(spec: eq.Spec) -> Any:
        psi = np.zeros(2**spec.qubits)
        psi[0] = 1
        psi = psi.reshape((2,) * spec.qubits)
        for i, j in spec.state.pairs if spec.state else ():
            axes = spec.qubits - 1 - i, spec.qubits - 1 - j
            one, other = (np.roll(psi, 1, axis=axis) for axis in reversed(axes))
            psi = (one - other) / np.sqrt(2)
        return psi.ravel()

    def value(spec: eq.Spec, params: Any, x: Any) -> float:
        assert spec.ansatz is not None
        assert spec.observable is not None
        assert spec.data is not None
        ansatz = spec.ansatz
        depth, blocks, width = ansatz.depth, ansatz.blocks, len(ansatz.layer)
        cut = depth * blocks * width
        weights = np.reshape(params[:cut], (depth, blocks, width))
        eps = params[cut : cut + depth] if ansatz.breaking else ()
        scales = dict(zip((n for n, _ in spec.data.scales), params[cut + len(eps) :], strict=True))
        layer = [np.linalg.eigh(dense(op)) for op in ansatz.layer]
        breaking = np.linalg.eigh(dense(ansatz.breaking.generator)) if ansatz.breaking else None
        encode = encoding(spec, scales, x)
        psi = encode @ start(spec)
        for d in range(depth):
            angles = [(layer[k], weights[d, b, k]) for b in range(blocks) for k in range(width)]
            angles += [(breaking, eps[d])] if breaking is not None else []
            psi = reduce(lambda state, gate: exponential(*gate) @ state, angles, psi)
            psi = encode @ psi
        return float(np.vdot(psi, dense(spec.observable) @ psi).real)

    return value


@pytest.fixture(scope="session")
def draw() -> Callable[..., tuple[Any, Any]]:
    """``draw(program, seed)``: random parameters and positions."""

    def random(program: eq.Program, seed: int) -> tuple[Any, Any]:
        source = np.random.default_rng(seed)
        sites = len(program.ansatz.site_names)
        return source.uniform(-2, 2, program.num_parameters), source.normal(size=(sites, 3))

    return random


@pytest.fixture(scope="session")
def unitary(dense: Callable[[eq.PauliSum], Any]) -> Callable[[Circuit, dict[str, float]], Any]:
    """``unitary(circuit, values)``: the matrix of an exact circuit, operation by operation, by definition."""

    def angle_of(angle: ExactAngle, values: dict[str, float]) -> float:
        return float(angle.pi_multiple) * np.pi + sum(
            float(c) * float(np.prod([values[name] for name in monomial])) for monomial, c in angle.terms
        )

    def matrix(circuit: Circuit, values: dict[str, float]) -> Any:
        total = np.eye(2**circuit.num_qubits, dtype=complex)
        for operation in circuit:
            if isinstance(operation, FixedUnitary):
                total = dense(operation.operator) @ total
            else:
                assert isinstance(operation, PauliRotation), operation
                half = angle_of(operation.angle, values) / 2
                string = dense(eq.PauliSum(circuit.num_qubits, {operation.key: 1}))
                total = np.cos(half) * total - 1j * np.sin(half) * (string @ total)
        return total

    return matrix
