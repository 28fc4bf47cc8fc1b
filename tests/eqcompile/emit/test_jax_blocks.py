"""Layers as matrices on few qubits, and gates on many qubits without one."""

import numpy as np
import pytest
from scipy.sparse.linalg import expm_multiply

import eqcompile as eq
from eqcompile.emit.jax import blocks
from eqcompile.errors import LimitError
from eqcompile.numeric.dense import matrix_of


def ring(num_qubits: int, pairs: str = "ZZ", layer: list[str] | None = None) -> eq.Program:
    bonds = [(q, (q + 1) % num_qubits) for q in range(num_qubits)]
    bond = " + ".join(f"{pairs[0]}{i} {pairs[1]}{j}" for i, j in bonds)
    field = " + ".join(f"X{q}" for q in range(num_qubits))
    return eq.model(
        eq.permutation_group(num_qubits, eq.dihedral(num_qubits)),
        state="plus",
        observable=bond,
        layer=layer or [bond, field],
        depth=2,
        name="ring",
    )


@pytest.mark.parametrize("pairs", ["ZZ", "YY"])
def test_a_wide_gate_is_applied_as_its_matrix_would_be(pairs: str) -> None:
    """Nine qubits: the exponential of the whole matrix, by another package."""
    program = ring(9, pairs)
    assert [block.is_wide for block in blocks.layer_blocks(program.ansatz)][:1] == [True]
    params = np.array([0.3, -0.7, 1.1, 0.2])
    psi = np.full(2**9, 2.0**-4.5, complex)
    for depth in range(2):
        for generator, angle in zip(program.ansatz.layer, params[2 * depth : 2 * depth + 2], strict=True):
            psi = expm_multiply(-1j * angle * matrix_of(generator), psi)
    expected = (psi.conj() @ matrix_of(program.observable) @ psi).real
    (found,) = np.asarray(program.to_jax()(params))
    assert abs(found - expected) < 1e-12
    assert abs(found) > 1e-3


def test_small_gates_stay_matrices() -> None:
    assert not any(block.is_wide for block in blocks.layer_blocks(ring(8).ansatz))


def test_a_ring_of_fourteen_qubits_has_no_matrix_of_seventeen_gigabytes() -> None:
    (value,) = np.asarray(ring(14).to_jax()(np.zeros(4)))
    assert abs(value) < 1e-12


def test_a_large_gate_whose_strings_do_not_commute_is_refused_by_counting() -> None:
    exchange = " + ".join(f"H({q},{(q + 1) % 12})" for q in range(12))
    with pytest.raises(
        LimitError, match="acts on 12 qubits at once: its matrix takes 268435456 bytes; the limit is 11"
    ):
        ring(12, layer=[exchange]).to_jax()


def test_phases_are_counted_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    from eqcompile.emit.jax import evolution

    monkeypatch.setattr(evolution, "MAX_PHASE_BYTES", 24 * 9 * 2**9 - 1)
    with pytest.raises(
        LimitError, match="a gate of 9 strings on a register of 9 qubits: their phases take 110592 b"
    ):
        ring(9, "YY").to_jax()
