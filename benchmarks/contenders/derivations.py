"""What commutes with a group, by different programs. Each function says how many independent operators it finds."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import numpy as np

from benchmarks.contenders.groups import generators, residual, total

RANK = 1e-8
"""Singular values below this share of the largest count as zero in the dense method."""

Answer = dict[str, Any]


def project(group: str, n: int, locality: int | None = None) -> Callable[[], Answer]:
    """This project: exact, with the dimension confirmed by characters."""
    import eqcompile as eq

    symmetries: dict[str, Callable[[], eq.Symmetry]] = {
        "su2": lambda: eq.SU2(n),
        "u1": lambda: eq.U1(n),
        "su2_sn": lambda: eq.SU2(n) * eq.permutation_group(n, eq.symmetric(n)),
        "dimer": lambda: (
            eq.SU2(n, range(n - 1))
            * eq.permutation_group(n, eq.wreath(eq.symmetric(2), eq.symmetric((n - 1) // 3), carried=1))
            * eq.inversion(n, parity=n - 1)
        ),
    }
    eq.derive(eq.SU2(2), 2)  # loads what is loaded at first use

    def call() -> Answer:
        basis = eq.derive(symmetries[group](), n if locality is None else locality)
        return {"dimension": basis.dim + 1, "exact": "exact"}

    return call


def dense(group: str, n: int) -> Callable[[], Answer]:
    """The null space of all commutators, stacked as one matrix, by singular values."""

    def call() -> Answer:
        lie, finite = generators(group, n)
        one = np.eye(1 << n)
        rows = np.concatenate([np.kron(g, one) - np.kron(one, g.T) for g in (*lie, *finite)])
        _, values, right = np.linalg.svd(rows, full_matrices=False)
        basis = right[values <= RANK * values[0]].T
        return {"dimension": basis.shape[1], "exact": "residual", "residual": residual(basis, group, n)}

    return call


def dense_local(group: str, n: int) -> Callable[[], Answer]:
    """The same over Pauli strings on two qubits at the most, and the identity."""

    def call() -> Answer:
        lie, finite = generators(group, n)
        gates = (*lie, *finite)
        columns = [np.concatenate([(g @ p - p @ g).ravel() for g in gates]) for p in strings(n)]
        rows = np.stack(columns, axis=1)
        _, values, right = np.linalg.svd(rows, full_matrices=False)
        kept = right[values <= RANK * max(values[0], 1)]
        off = float(np.abs(rows @ kept.conj().T).max())
        return {"dimension": len(kept), "exact": "residual", "residual": off}

    return call


def strings(n: int) -> list[Any]:
    """The Pauli strings on two qubits at the most, as matrices of unit norm."""
    single = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.array([[1, 0], [0, -1]])]
    places = {(q, a): total(single[a].astype(complex), n, [q]) for q in range(n) for a in range(3)}
    pairs = [
        places[p, a] @ places[q, b]
        for p, q in combinations(range(n), 2)
        for a, b in product(range(3), range(3))
    ]
    return [string / 2 ** (n / 2) for string in (np.eye(1 << n), *places.values(), *pairs)]


def emlp(group: str, n: int) -> Callable[[], Answer]:
    """EMLP: singular values for small maps, gradient descent with momentum for larger ones, in single precision."""
    from emlp.groups import Group
    from emlp.reps import V, representation

    representation.tqdm = Silent  # its progress bar does not work with a current tqdm
    lie, finite = generators(group, n)

    class Given(Group):
        def __init__(self) -> None:
            self.d = 1 << n
            self.lie_algebra = np.array(lie, dtype=np.float32)
            self.discrete_generators = np.array(finite, dtype=np.float32).reshape(-1, 1 << n, 1 << n)
            super().__init__()

    def call() -> Answer:
        found = V(Given())
        basis = np.asarray((found >> found).equivariant_basis(), dtype=float)
        return {"dimension": basis.shape[1], "exact": "residual", "residual": residual(basis, group, n)}

    return call


class Silent:
    """A progress bar that shows nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        pass

    def update(self, amount: float) -> None:
        pass

    def close(self) -> None:
        pass


def qsymm(group: str, n: int) -> Callable[[], Answer]:
    """qsymm: Hamiltonians without a momentum."""
    from qsymm import (
        ContinuousGroupGenerator,
        PointGroupElement,
        continuum_hamiltonian,
    )

    def call() -> Answer:
        lie, finite = generators(group, n)
        hermitian = [1j * g if np.allclose(g, -g.T) else g for g in lie]
        symmetries = [ContinuousGroupGenerator(np.zeros((1, 1)), g) for g in hermitian]
        symmetries += [PointGroupElement(np.eye(1), False, False, g) for g in finite]
        family = continuum_hamiltonian(symmetries, 1, 0)
        matrices = [np.asarray(next(iter(model.values()))).reshape(-1) for model in family]
        basis = np.stack([matrix / np.linalg.norm(matrix) for matrix in matrices], axis=1)
        return {"dimension": len(family), "exact": "residual", "residual": residual(basis, group, n)}

    return call


def scaling(family: str, n: int) -> Callable[[], Answer]:
    """Generators on two sites, for families of groups on up to a thousand qubits."""
    import eqcompile as eq

    def ring() -> eq.Symmetry:
        return eq.permutation_group(n, eq.cyclic(n))

    symmetries: dict[str, Callable[[], eq.Symmetry]] = {
        "S_n": lambda: eq.permutation_group(n, eq.symmetric(n)),
        "C_n": ring,
        "D_n": lambda: eq.permutation_group(n, eq.dihedral(n)),
        "SU(2)": lambda: eq.SU2(n),
        "U(1)": lambda: eq.U1(n),
        "SU(2) x C_n": lambda: eq.SU2(n) * ring(),
        "C_4 rotations x C_n": lambda: eq.point_symmetry(n, "C_4") * ring(),
        "T_d about every site x C_n": lambda: eq.point_symmetry(n, "Td") * ring(),
        "Pauli X...X x C_n": lambda: ring() * eq.pauli_symmetry(n, " ".join(f"X{q}" for q in range(n))),
        "SU(2) x (S_2 wr S_m) x parity": lambda: (
            eq.SU2(n, range(n - 1))
            * eq.permutation_group(n, eq.wreath(eq.symmetric(2), eq.symmetric((n - 1) // 3), carried=1))
            * eq.inversion(n, parity=n - 1)
        ),
    }
    eq.derive(eq.SU2(2), 2)  # loads what is loaded at first use

    def call() -> Answer:
        basis = eq.derive(symmetries[family](), 2)
        terms = sum(len(orbit.images) * len(op) for orbit, local in basis.elements.parts for op in local)
        return {"dimension": basis.dim, "terms": terms}

    return call
