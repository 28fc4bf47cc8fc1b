r"""How many exchange gates between neighbours on a line does one layer of the water model take?

On four qubits, :math:`e^{-iJ\,\sigma\cdot\sigma}` acts on the multiplicities of total spin 0, 1 and 2, of dimensions
2, 3 and 1. A brickwork of exchange gates, 3 CX each, with free angles, must match a layer of Eq. 14 with random
weights, followed by any of the 24 permutations. Least squares from several starts decide whether it can. Run it with
``python benchmarks/line_slots.py``; two blocks take some minutes.
"""

import argparse
from itertools import combinations, permutations
from typing import Any

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import least_squares

ENDS, MIDDLE = ((0, 1), (2, 3)), ((1, 2),)
EXACT = 1e-18
STARTS = 8


def swap_matrices() -> dict[tuple[int, int], Any]:
    """Each swap as a matrix on the highest-weight vectors of every spin."""
    index = np.arange(16)
    bits = [index >> k & 1 for k in range(4)]
    raising = np.zeros((16, 16))
    for bit in bits:
        k = next(i for i in range(4) if bits[i] is bit)
        raising[index[bit == 1] ^ (1 << k), index[bit == 1]] += 1
    magnetisation = 2 - sum(bits)
    bases = [null_space(np.vstack([raising, np.diag((magnetisation != m).astype(float))])) for m in (0, 1, 2)]
    found = {}
    for i, j in combinations(range(4), 2):
        moved = index ^ ((bits[i] ^ bits[j]) << i) ^ ((bits[i] ^ bits[j]) << j)
        full = np.eye(16)[moved]
        blocks = [basis.T @ full @ basis for basis in bases]
        sizes = np.cumsum([0, *(len(block) for block in blocks)])
        matrix = np.zeros((sizes[-1], sizes[-1]))
        for start, block in zip(sizes, blocks, strict=False):
            matrix[start : start + len(block), start : start + len(block)] = block
        found[i, j] = matrix
    return found


SWAPS = swap_matrices()
ONE = np.eye(6)


def exchange(pair: tuple[int, int], angle: float) -> Any:
    return np.exp(1j * angle) * (np.cos(2 * angle) * ONE - 1j * np.sin(2 * angle) * SWAPS[pair])


def layer(weights: Any) -> Any:
    """The unitary of a layer of Eq. 14."""
    total = ONE
    for first, second, both in weights:
        for pair, angle in (((0, 1), first), ((2, 3), second), ((1, 2), both), ((0, 3), both)):
            total = exchange(pair, angle) @ total
    return total


def permutation(images: tuple[int, ...]) -> Any:
    total, current = ONE, list(range(4))
    for k, image in enumerate(images):
        other = current.index(image)
        if other != k:
            total = SWAPS[k, other] @ total
            current[k], current[other] = current[other], current[k]
    return total


def brickwork(slots: int, ends_first: bool) -> list[tuple[int, int]]:
    gates: list[tuple[int, int]] = []
    ends = ends_first
    while len(gates) < slots:
        gates += ENDS if ends else MIDDLE
        ends = not ends
    return gates[:slots]


def can_meet(gates: list[tuple[int, int]], target: Any, dice: np.random.Generator) -> bool:
    def residual(angles: Any) -> Any:
        total = ONE * np.exp(1j * angles[-1])
        for pair, angle in zip(gates, angles, strict=False):
            total = exchange(pair, angle) @ total
        difference = (total - target).ravel()
        return np.concatenate([difference.real, difference.imag])

    for _ in range(STARTS):
        start = dice.uniform(-np.pi / 2, np.pi / 2, len(gates) + 1)
        if least_squares(residual, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=150).cost < EXACT:
            return True
    return False


def fewest(blocks: int, most: int, dice: np.random.Generator) -> int | None:
    target = layer(dice.normal(size=(blocks, 3)))
    for slots in range(4 * blocks, most + 1):
        for ends_first in (True, False):
            gates = brickwork(slots, ends_first)
            if any(can_meet(gates, permutation(images) @ target, dice) for images in permutations(range(4))):
                return slots
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, nargs="+", default=[1, 2])
    for blocks in parser.parse_args().blocks:
        found = fewest(blocks, 6 * blocks, np.random.default_rng(0))
        cost = "more" if found is None else f"{found} exchange gates, {3 * found} CX"
        print(f"{blocks} block(s): all-to-all {4 * blocks} gates, {12 * blocks} CX; line {cost}", flush=True)


if __name__ == "__main__":
    main()
