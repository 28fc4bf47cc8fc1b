"""How the cost of a 2-local derivation grows with the number of qubits: ``python benchmarks/derivation_scaling.py``."""

import time
from collections.abc import Callable

import eqcompile as eq

SIZES = (126, 252, 504, 999)


def waters(n: int) -> eq.Symmetry:
    """Clusters of H H O molecules on n - 1 qubits, and a parity qubit: SU(2) x (S_2 wr S_m) x inversion."""
    molecules = (n - 1) // 3
    group = eq.wreath(eq.symmetric(2), eq.symmetric(molecules), carried=1)
    turning = range(3 * molecules)
    return eq.SU2(n, turning) * eq.permutation_group(n, group) * eq.inversion(n, parity=n - 1)


def flips(n: int) -> eq.Symmetry:
    """A ring, with all spins flipped together."""
    return ring(n) * eq.pauli_symmetry(n, " ".join(f"X{q}" for q in range(n)))


def ring(n: int) -> eq.Symmetry:
    return eq.permutation_group(n, eq.cyclic(n))


CASES: dict[str, Callable[[int], eq.Symmetry]] = {
    "S_n": lambda n: eq.permutation_group(n, eq.symmetric(n)),
    "C_n": ring,
    "D_n": lambda n: eq.permutation_group(n, eq.dihedral(n)),
    "SU(2)": eq.SU2,
    "U(1)": eq.U1,
    "SU(2) x C_n": lambda n: eq.SU2(n) * ring(n),
    "C_4 rotations x C_n": lambda n: eq.point_symmetry(n, "C_4") * ring(n),
    "T_d about every site x C_n": lambda n: eq.point_symmetry(n, "Td") * ring(n),
    "Pauli X...X x C_n": flips,
    "SU(2) x (S_2 wr S_m) x parity": waters,
}


def main() -> None:
    print(f"{'group':<32}{'n':>6}{'generators':>12}{'terms':>10}{'s':>8}{'s per million terms':>22}")
    for name, family in CASES.items():
        for n in SIZES:
            symmetry = family(n)
            start = time.perf_counter()
            basis = eq.derive(symmetry, 2)
            seconds = time.perf_counter() - start
            terms = sum(len(orbit.images) * len(op) for orbit, local in basis.elements.parts for op in local)
            print(f"{name:<32}{n:>6}{basis.dim:>12}{terms:>10}{seconds:>8.2f}{1e6 * seconds / terms:>22.2f}")
    whole_commutants()


def whole_commutants() -> None:
    """Full commutants: all weights at once."""
    print(f"\n{'whole commutant':<32}{'n':>6}{'operators':>12}{'s':>18}")
    for name in ("S_n", "U(1)", "SU(2)"):
        for n in (5, 6, 7, 8):
            start = time.perf_counter()
            dim = eq.derive(CASES[name](n), n).dim + 1
            print(f"{name:<32}{n:>6}{dim:>12}{time.perf_counter() - start:>18.2f}")


if __name__ == "__main__":
    main()
