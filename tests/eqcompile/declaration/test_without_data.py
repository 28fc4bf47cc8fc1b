"""Messages of specs that declare no sites."""

import pytest

from eqcompile.declaration import loads
from eqcompile.errors import SpecError


@pytest.mark.parametrize(
    ("symmetry", "message"),
    [
        (
            "inversion: {parity: 3}",
            "1:34: inversion acts on sites, and this spec declares none; add data, or remove inversion",
        ),
        (
            'permutation: ["(A B)"]',
            '1:50: "A" is not a qubit; this permutation is on qubits',
        ),
        (
            "permutation: {group: S_2, on: [A, B]}",
            "1:65: this spec declares no sites; add data, or permute qubits by number",
        ),
        (
            'permutation: {cycles: ["(0 1)"], on: sites}',
            "1:71: this spec declares no sites; write on: qubits, or add data",
        ),
    ],
)
def test_sites_need_data(symmetry: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads("{name: x, qubits: 4, symmetry: [{" + symmetry + "}]}", "x.yaml")
    assert str(caught.value) == f"x.yaml:{message}"


@pytest.mark.parametrize(
    "symmetry", ["rotation: SU(2)", 'permutation: ["(0 1)"]', "permutation: {group: S_4, on: [0, 1, 2, 3]}"]
)
def test_what_works_without_data(symmetry: str) -> None:
    assert len(loads("{name: x, qubits: 4, symmetry: [{" + symmetry + "}]}").symmetry) == 1
