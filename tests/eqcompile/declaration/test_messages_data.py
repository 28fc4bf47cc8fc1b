"""Every message about sites and their qubits and scales, word for word."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "[H1, H2]",
            "[H1, H1]",
            'water.yaml:4:15: site "H1" is declared twice; every site has a name of its own',
        ),
        (
            "[H1, H2]",
            "[H1, H2, H3]",
            'water.yaml:5:3: site "H3" is not encoded; add the qubits that carry it, such as H3: [0]',
        ),
        (
            "[H1, H2]",
            "[H1]",
            'water.yaml:5:24: unknown site "H2"; did you mean "H1"? Known: H1.',
        ),
        (
            "H2: [1, 3]",
            "H3: [1, 3]",
            'water.yaml:5:24: unknown site "H3"; did you mean "H2"? Known: H1, H2.',
        ),
    ],
)
def test_sites(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Sites are declared once and encoded."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "H2: [1, 3]",
            "H2: [1, 5]",
            "water.yaml:5:32: qubit 5 is outside the register; qubits are 0 to 4",
        ),
        (
            "H2: [1, 3]",
            "H2: [1, -3]",
            "water.yaml:5:32: qubit -3 is outside the register; qubits are 0 to 4",
        ),
        (
            "H2: [1, 3]",
            "H2: [1, 2]",
            'water.yaml:5:32: qubit 2 carries both "H1" and "H2"; give each site qubits of its own',
        ),
        (
            "H2: [1, 3]",
            "H2: [1, 1]",
            "water.yaml:5:32: qubit 1 is listed twice; name it once",
        ),
        (
            "H2: [1, 3]",
            "H2: []",
            'water.yaml:5:28: site "H2" is encoded on no qubit; name at least one',
        ),
        (
            "qubits: 5",
            "qubits: 3",
            "water.yaml:5:32: qubit 3 is outside the register; qubits are 0 to 2",
        ),
    ],
)
def test_qubits(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Every site has its own qubits, inside the register."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{alpha: [H1, H2]}",
            "{alpha: [H1]}",
            'water.yaml:6:3: site "H2" has no scale; add it to one, or remove scales to share one alpha',
        ),
        (
            "{alpha: [H1, H2]}",
            "{alpha: [H1, H2], beta: [H2]}",
            'water.yaml:6:36: site "H2" already has the scale "alpha"; every site has exactly one',
        ),
        (
            "{alpha: [H1, H2]}",
            "{alpha: [H1, H3]}",
            'water.yaml:6:24: unknown site "H3"; did you mean "H2"? Known: H1, H2.',
        ),
        (
            "{alpha: [H1, H2]}",
            "{alpha: [H1, H2], beta: []}",
            'water.yaml:6:35: scale "beta" belongs to no site; name one or remove it',
        ),
    ],
)
def test_scales(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Every site has exactly one scale."""
    assert refused(old, new) == message
