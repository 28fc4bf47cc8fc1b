"""How the cost of a 2-local derivation grows with the number of qubits: ``python benchmarks/derivation_scaling.py``."""

import time

from eqcompile.derivation.methods import derive_basis
from eqcompile.groups.permutation import PermutationGroup, images_from_cycles
from eqcompile.reps.factors import PermutationFactor, RotationFactor
from eqcompile.reps.symmetry import Symmetry

SIZES = (126, 252, 504, 999)


def rotations(n: int) -> Symmetry:
    return Symmetry(n, factors=(RotationFactor(n, tuple(range(n))),))


def permutations(n: int, *cycles: list[tuple[int, ...]]) -> Symmetry:
    group = PermutationGroup(n, tuple(images_from_cycles(c, n) for c in cycles))
    return Symmetry(n, factors=(PermutationFactor(n, group, "permutations"),))


def shifts(n: int) -> Symmetry:
    return permutations(n, [tuple(range(n))])


def symmetric(n: int) -> Symmetry:
    return permutations(n, [(0, 1)], [tuple(range(n))])


def waters(n: int) -> Symmetry:
    """Clusters of molecules O H H: swap the hydrogens of one, exchange and rotate the molecules."""
    molecules = n // 3
    swap = [(1, 2)]
    exchange = [(atom, 3 + atom) for atom in range(3)]
    cycle = [tuple(3 * m + atom for m in range(molecules)) for atom in range(3)]
    return rotations(n) * permutations(n, swap, exchange, cycle)


CASES = {
    "S_n": symmetric,
    "C_n": shifts,
    "SU(2)": rotations,
    "SU(2) x C_n": lambda n: rotations(n) * shifts(n),
    "SU(2) x (S_2 wr S_m), n = 3m": waters,
}


def main() -> None:
    print(f"{'group':<30}{'n':>6}{'generators':>12}{'terms':>10}{'s':>8}{'s per million terms':>22}")
    for name, family in CASES.items():
        for n in SIZES:
            symmetry = family(n)
            start = time.perf_counter()
            basis = derive_basis(symmetry, 2)
            seconds = time.perf_counter() - start
            terms = sum(len(orbit.images) * len(op) for orbit, local in basis.elements.parts for op in local)
            print(f"{name:<30}{n:>6}{basis.dim:>12}{terms:>10}{seconds:>8.2f}{1e6 * seconds / terms:>22.2f}")


if __name__ == "__main__":
    main()
