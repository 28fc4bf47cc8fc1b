"""Dimensions and verdicts from dense group elements: what commutes, what is invariant, what intertwines."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from campaign.specs.dense import Declared, Element
from campaign.specs.text import LETTERS, ONE, Array, letter_on

ZERO = 1e-9
"""Squared defects of unit vectors below this are rounding: 64 x 64 matrices leave at most 1e-13."""

CLEAR = 1e-6
"""Squared defects above this are real; in between, the oracle cannot tell."""


class Unclear(Exception):
    """A number is too large for rounding and too small for a defect."""


def _is_zero(value: float) -> bool:
    if ZERO <= abs(value) <= CLEAR:
        raise Unclear(f"{value:.1e} is neither zero nor clear of it")
    return abs(value) < ZERO


@lru_cache(maxsize=16)
def strings(num_qubits: int, locality: int) -> tuple[tuple[int, ...], Array]:
    """All Pauli strings of weight 1 to ``locality``: their weights, and the strings themselves, with norm one."""
    weights, found = [], []
    for weight in range(1, locality + 1):
        for support in combinations(range(num_qubits), weight):
            for letters in product("XYZ", repeat=weight):
                matrix = np.ones((1, 1), dtype=complex)
                on = dict(zip(support, letters, strict=True))
                for q in reversed(range(num_qubits)):
                    matrix = np.kron(matrix, LETTERS[on[q]] if q in on else ONE)
                weights.append(weight)
                found.append(matrix / np.sqrt(1 << num_qubits))
    return tuple(weights), np.array(found)


def _overlaps(first: Array, second: Array) -> Array:
    """Hilbert-Schmidt products of two lists of Hermitian matrices."""
    flat = first.reshape(len(first), -1).conj() @ second.reshape(len(second), -1).T
    return np.asarray(flat.real)


def _images(element: Element, found: Array) -> Array:
    """R P R^dagger, or -i [T, P] for a continuous element."""
    r = element.on_qubits
    return -1j * (r @ found - found @ r) if element.continuous else r @ found @ r.conj().T


def dimensions(declared: Declared, locality: int) -> dict[int, int]:
    """Numbers of independent Hermitian operators that commute with the group, by weight: what k qubits add to k - 1."""
    weights, found = strings(declared.qubits, locality)
    gram = np.zeros((len(found), len(found)))
    for element in declared.elements:
        images = _images(element, found)
        if element.continuous:
            gram += _overlaps(images, images)
        else:
            overlap = _overlaps(found, images)
            gram += 2 * np.eye(len(found)) - overlap - overlap.T
    up_to = [_kernel(gram[: weights.index(w), : weights.index(w)]) for w in range(1, locality + 1)]
    up_to.append(_kernel(gram))
    return {0: 1} | {k + 1: up_to[k + 1] - up_to[k] for k in range(locality)}


def encodings(declared: Declared, locality: int) -> int:
    """Number of independent linear maps W from the data to operators with W(V x) = R W(x) R^dagger."""
    _, found = strings(declared.qubits, locality)
    coordinates, count = 3 * len(declared.sites), len(found)
    one = np.eye(coordinates * count)
    gram = np.zeros((coordinates * count, coordinates * count))
    for element in declared.elements:
        images = _images(element, found)
        cross = np.kron(element.on_data, _overlaps(found, images))
        gram -= cross + cross.T
        if element.continuous:
            gram += np.kron(element.on_data @ element.on_data.T, np.eye(count))
            gram += np.kron(np.eye(coordinates), _overlaps(images, images))
        else:
            gram += 2 * one
    return _kernel(gram)


def _kernel(gram: Array) -> int:
    return sum(_is_zero(float(value)) for value in np.linalg.eigvalsh(gram)) if len(gram) else 0


def commutes(declared: Declared, op: Array) -> bool:
    """Whether an operator commutes with every element."""
    size = np.linalg.norm(op)
    return all(
        _is_zero(float(np.linalg.norm(e.on_qubits @ op - op @ e.on_qubits) / size) ** 2)
        for e in declared.elements
    )


def keeps(declared: Declared, state: Array) -> bool:
    """Whether every element keeps a state up to a phase."""
    for element in declared.elements:
        image = element.on_qubits @ state
        rest = image - state * (state.conj() @ image) / (state.conj() @ state)
        if not _is_zero(float(np.linalg.norm(rest) / np.linalg.norm(state)) ** 2):
            return False
    return True


def uploads(declared: Declared, sites: Sequence[str]) -> bool:
    """Whether x.sigma on every copy of these sites, times X on the parity qubit, is equivariant."""
    n = declared.qubits
    flip = np.eye(1 << n) if declared.parity is None else letter_on("X", declared.parity, n)
    operators = np.zeros((3 * len(declared.sites), 1 << n, 1 << n), dtype=complex)
    for place, (site, qubits) in enumerate(zip(declared.sites, declared.encode, strict=True)):
        for axis, letter in enumerate("XYZ"):
            if site in sites:
                operators[3 * place + axis] = sum(letter_on(letter, q, n) @ flip for q in qubits)
    size = np.linalg.norm(operators)
    for element in declared.elements:
        demanded = np.einsum("ij,iab->jab", element.on_data, operators)
        if not _is_zero(float(np.linalg.norm(_images(element, operators) - demanded) / size) ** 2):
            return False
    return True


def same_action(first: Sequence[Element], second: Sequence[Element]) -> bool:
    """Whether two entries have the same elements, up to phases."""
    if len(first) != len(second):
        return False
    for a, b in zip(first, second, strict=True):
        if a.continuous != b.continuous or not np.allclose(a.on_data, b.on_data, atol=ZERO):
            return False
        overlap = (
            abs(np.vdot(a.on_qubits, b.on_qubits)) / np.linalg.norm(a.on_qubits) / np.linalg.norm(b.on_qubits)
        )
        if not np.isclose(overlap, 1, atol=ZERO):
            return False
    return True
