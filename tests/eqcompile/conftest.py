"""Independent numerics for all rooms: Kronecker products, matrix exponentials, and nothing of the back ends."""

from collections.abc import Callable
from functools import cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

import eqcompile as eq
from eqcompile.exact.scalars import to_complex

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
