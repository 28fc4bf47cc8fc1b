"""The Gaussian process: its covariances by finite differences, its forces, its symmetry, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from siqml.baseline import gaussian_process
from siqml.baseline.covariance import KERNELS, Points, covariance, expectation
from siqml.baseline.gaussian_process import GaussianProcess
from siqml.errors import DataError
from siqml.molecule.inverse_distances import MAX_EXCHANGES, exchanges, inverse_distances, slopes
from siqml.molecule.line import Line
from siqml.molecule.structures import Array, Structures

EXCHANGE = (0, 2, 1)


def surface(positions: Array) -> tuple[Array, Array]:
    """A smooth function of inverse distances that keeps its value when the hydrogens are exchanged; and its slope."""
    x = inverse_distances(positions)
    energies = np.sin(x[:, 0]) + np.sin(x[:, 1]) + 0.3 * x[:, 0] * x[:, 1] * x[:, 2]
    by_x = np.stack(
        [
            np.cos(x[:, 0]) + 0.3 * x[:, 1] * x[:, 2],
            np.cos(x[:, 1]) + 0.3 * x[:, 0] * x[:, 2],
            0.3 * x[:, 0] * x[:, 1],
        ],
        axis=1,
    )
    return energies, -np.einsum("np,npc->nc", by_x, slopes(positions)).reshape(positions.shape)


def molecules(count: int, seed: int, scatter: float = 0.08) -> Structures:
    rest = np.array([[0, 0, 0.0], [0, 0.76, 0.6], [0, -0.76, 0.6]])
    positions = rest + scatter * np.random.default_rng(seed).normal(size=(count, 3, 3))
    return Structures(("O", "H", "H"), positions, *surface(positions), "made")


def test_slopes_of_coordinates_by_finite_differences() -> None:
    positions, step = molecules(2, 0).positions, 1e-6
    for c in range(9):
        moved = np.zeros(9)
        moved[c] = step
        ahead, behind = (inverse_distances(positions + sign * moved.reshape(3, 3)) for sign in (1, -1))
        np.testing.assert_allclose(slopes(positions)[:, :, c], (ahead - behind) / (2 * step), atol=1e-8)


@pytest.mark.parametrize("name", KERNELS)
def test_covariances_of_slopes_are_slopes_of_covariances(name: str) -> None:
    """Of the energies of two structures that are moved by small steps, in every pair of directions."""
    random, step, rows = np.random.default_rng(1), 1e-4, exchanges(3, [EXCHANGE])
    z, by = random.normal(size=(3, 3)), random.normal(size=(3, 3, 2))
    found = covariance(KERNELS[name], Points(z, by), rows)
    np.testing.assert_allclose(found, found.T, atol=1e-14)

    def energies(i: int, j: int, left: Array, right: Array) -> float:
        both = np.stack([z[i] + by[i] @ left, z[j] + by[j] @ right])
        return float(covariance(KERNELS[name], Points(both, np.zeros((2, 3, 0))), rows)[0, 1])

    zero = np.zeros(2)
    for i, j in ((0, 1), (2, 0)):
        for a in range(2):
            left = step * np.eye(2)[a]
            slope = (energies(j, i, zero, left) - energies(j, i, zero, -left)) / (2 * step)
            assert found[j, 3 + 2 * i + a] == pytest.approx(slope, abs=1e-7)
            for b in range(2):
                right = step * np.eye(2)[b]
                mixed = sum(s * t * energies(i, j, s * left, t * right) for s in (1, -1) for t in (1, -1))
                assert found[3 + 2 * i + a, 3 + 2 * j + b] == pytest.approx(mixed / (4 * step**2), abs=1e-6)


def test_expectation_is_the_covariance_with_the_weights() -> None:
    random, rows = np.random.default_rng(2), exchanges(3, [EXCHANGE])
    points = Points(random.normal(size=(4, 3)), random.normal(size=(4, 3, 2)))
    weights = random.normal(size=points.size)
    values, gradients = expectation(KERNELS["Matern 5/2"], points.z, points, weights, rows)
    known = covariance(KERNELS["Matern 5/2"], points, rows) @ weights
    np.testing.assert_allclose(values, known[:4], atol=1e-12)
    np.testing.assert_allclose(
        np.einsum("np,npd->nd", gradients, points.slopes).ravel(), known[4:], atol=1e-12
    )


@pytest.mark.parametrize("with_forces", [False, True])
def test_it_learns_a_surface_from_few_structures(with_forces: bool) -> None:
    train, test = molecules(40, 3), molecules(100, 4)
    fitted = GaussianProcess.fit(train, [EXCHANGE], with_forces)
    energies, forces = fitted.predict(test.positions)
    assert (fitted.num_structures, fitted.num_given, fitted.with_forces) == (40, 40, with_forces)
    assert np.mean((energies - test.energies) ** 2) < 1e-6 * np.var(test.energies)
    assert np.mean((forces - test.forces) ** 2) < 1e-4 * np.mean(test.forces**2)


def test_forces_help_and_wrong_forces_harm() -> None:
    """A negative control: labels of the wrong sign are seen as such."""
    train, test = molecules(15, 5), molecules(100, 6)
    assert train.forces is not None
    error = {}
    for name, data in (
        ("none", replace(train, forces=None)),
        ("right", train),
        ("wrong", replace(train, forces=-train.forces)),
    ):
        energies, _ = GaussianProcess.fit(data, [EXCHANGE]).predict(test.positions)
        error[name] = np.mean((energies - test.energies) ** 2)
    assert error["right"] < 0.1 * error["none"]
    assert error["wrong"] > 10 * error["none"]


def test_forces_are_slopes_of_energies_and_exchanges_change_nothing() -> None:
    fitted, positions = GaussianProcess.fit(molecules(20, 7), [EXCHANGE]), molecules(3, 8).positions
    energies, forces = fitted.predict(positions)
    step = 1e-4
    for c in range(9):
        moved = np.zeros(9)
        moved[c] = step
        ahead, behind = (fitted.predict(positions + sign * moved.reshape(3, 3))[0] for sign in (1, -1))
        np.testing.assert_allclose(forces.reshape(3, 9)[:, c], (behind - ahead) / (2 * step), atol=2e-5)
    exchanged = fitted.predict(positions[:, EXCHANGE])
    np.testing.assert_allclose(exchanged[0], energies, atol=1e-10)
    np.testing.assert_allclose(exchanged[1], forces[:, EXCHANGE], atol=1e-9)
    without = GaussianProcess.fit(molecules(20, 7)).predict(positions[:, EXCHANGE])[0]
    assert np.abs(without - GaussianProcess.fit(molecules(20, 7)).predict(positions)[0]).max() > 1e-9


def test_the_same_bits_again_and_no_structure_to_predict() -> None:
    train = molecules(20, 9)
    first, again = (GaussianProcess.fit(train, [EXCHANGE]) for _ in range(2))
    assert first.weights.tobytes() == again.weights.tobytes()
    energies, forces = first.predict(np.zeros((0, 3, 3)))
    assert energies.shape == (0,)
    assert forces.shape == (0, 3, 3)


def test_a_large_set_is_thinned_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_process, "MAX_VALUES", 40)
    fitted = GaussianProcess.fit(molecules(30, 10), [EXCHANGE])
    assert (fitted.num_structures, fitted.num_given) == (10, 30)


def test_labels_that_contradict_one_another_are_noise() -> None:
    train = molecules(30, 11)
    noisy = replace(train, energies=train.energies + np.random.default_rng(0).normal(0, 0.02, 30))
    twice = Structures(
        train.species,
        np.repeat(noisy.positions, 2, 0),
        np.repeat(train.energies, 2) + np.tile([0, 0.05], 30),
        None,
        "twice",
    )
    assert GaussianProcess.fit(noisy, [EXCHANGE], with_forces=False).noise > 1e-4
    fitted = GaussianProcess.fit(twice, [EXCHANGE])
    np.testing.assert_allclose(fitted.predict(train.positions)[0], train.energies + 0.025, atol=0.02)


def test_forces_along_a_line() -> None:
    start, end = molecules(2, 12, 0.15).positions
    positions = start + np.linspace(0, 1, 12)[:, None, None] * (end - start)
    cut = Structures(("O", "H", "H"), positions, *surface(positions), "cut")
    line = Line.through(cut)
    assert line is not None
    fitted = GaussianProcess.fit(cut.chosen(range(0, 12, 3)), along=line.direction)
    assert fitted.points.slopes.shape == (4, 3, 1)
    found = line.component(fitted.predict(positions)[1])
    np.testing.assert_allclose(found, line.component(cut.forces), atol=1e-2)


def test_groups_of_exchanges() -> None:
    ring = [(1, 2, 3, 0), (1, 0, 2, 3)]
    assert len(exchanges(4, ring)) == 24 <= MAX_EXCHANGES
    assert len(exchanges(5, [(1, 2, 3, 4, 0), (1, 0, 2, 3, 4)])) == 1
    positions = np.random.default_rng(0).normal(size=(1, 4, 3))
    mine = {tuple(np.round(inverse_distances(positions)[0][row], 12)) for row in exchanges(4, ring)}
    moved = tuple(np.round(inverse_distances(positions[:, (2, 0, 3, 1)])[0], 12))
    assert moved in mine


@pytest.mark.parametrize("data", [
    molecules(1, 0),
    Structures(("H",), np.zeros((3, 1, 3)), np.arange(3.0), None, "made"),
    replace(molecules(4, 0), energies=np.ones(4)),
])  # fmt: skip
def test_what_cannot_be_learnt_from_is_refused_in_one_line(data: Structures) -> None:
    with pytest.raises(DataError, match=r"^made: a Gaussian process needs two structures of two atoms"):
        GaussianProcess.fit(data)
