"""The fit finds what is there, says what is wrong, and repeats its bits."""

import io
from dataclasses import replace

import numpy as np
import pytest

from siqml.descriptors.fit import FitOrder, _begun, _loss, fit_descriptors
from siqml.descriptors.invariance import largest_change
from siqml.errors import ConfigError, LabelError, SiqmlError, TrainError
from siqml.evaluation.evaluate import evaluate
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.descriptors.descriptors import Descriptors
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Structures


@pytest.mark.parametrize(
    "order",
    [FitOrder(), FitOrder((5,), energy=0.3, forces=2, decay=0.1), FitOrder((), forces=0), FitOrder(energy=0)],
)
def test_the_gradient_is_the_difference_of_losses(
    described: Descriptors, waters: Structures, order: FitOrder
) -> None:
    values, slopes = described.at(waters.positions)
    begun = _begun(described, values, waters, order)
    loss = _loss(begun, values, slopes, waters, order)
    source = np.random.default_rng(0)
    weights, direction = begun.network.weights, source.normal(size=begun.network.weights.size)
    value, gradient = loss(weights)
    up, down = (loss(weights + sign * 1e-5 * direction)[0] for sign in (1, -1))
    assert gradient @ direction == pytest.approx((up - down) / 2e-5, rel=1e-6)
    field = evaluate(begun, waters)
    assert field.force is not None
    expected = order.energy * field.energy.mse + order.forces * field.force.mse
    assert field.force_variance is not None
    of_no_model = order.energy * field.energy_variance + order.forces * field.force_variance
    assert value == pytest.approx(expected + order.decay * of_no_model * weights @ weights, rel=1e-12)


def test_it_learns(described: Descriptors, fitted: DescriptorField, waters: Structures) -> None:
    begun = evaluate(fit_descriptors(described, waters, FitOrder(steps=0, seed=1)), waters)
    ended = evaluate(fitted, waters)
    assert begun.force is not None
    assert ended.force is not None
    assert ended.force.mse < 0.1 * begun.force.mse
    assert ended.energy.mse < 0.1 * begun.energy.mse


def test_a_network_on_the_observable_itself_is_a_linear_map(
    described: Descriptors, waters: Structures
) -> None:
    """Labels that are linear in one descriptor are found exactly: by hand, E = 3 d_2 - 7."""
    values, slopes = described.at(waters.positions)
    labels = replace(waters, energies=3 * values[:, 2] - 7, forces=-3 * slopes[:, 2])
    found = evaluate(fit_descriptors(described, labels, FitOrder((), steps=200, decay=0)), labels)
    assert found.force is not None
    assert max(found.energy.max, found.force.max) < 1e-6


def test_the_same_order_gives_the_same_bits(described: Descriptors, waters: Structures) -> None:
    one, same, other = (
        fit_descriptors(described, waters, FitOrder(steps=5, seed=seed)).network.weights.tobytes()
        for seed in (0, 0, 1)
    )
    assert one == same != other


def test_what_does_not_vary_is_left_as_it_is(described: Descriptors, waters: Structures) -> None:
    """Two structures that differ by a rotation alone: every descriptor is constant."""
    same = replace(waters.chosen([0, 0]), energies=np.array([0.0, 1.0]))
    field = fit_descriptors(described, same, FitOrder(steps=3))
    assert np.array_equal(field.spread, np.ones(9))
    assert np.isfinite(field.network.weights).all()


def test_the_control_is_seen(described: Descriptors, fitted: DescriptorField, waters: Structures) -> None:
    import eqcompile as eq

    few, circuit = waters.positions[:10], described.circuit
    for values, size in ((lambda r: described.at(r)[0], 1e-12), (fitted.energies, 1e-10)):
        change = largest_change(values, fitted, few)
        assert max(change.rotation, change.exchange) < size
    kernel = described.program.to_kernel([eq.PauliSum.parse("Z0", num_qubits=4)])
    control = largest_change(lambda r: kernel.values(circuit.params, circuit.frame.sites_of(r)), fitted, few)
    assert min(control.rotation, control.exchange) > 0.01


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"forces": None}, TrainError, "it has no forces to fit; take --forces 0, or a set with forces"),
        ({"energies": 0}, LabelError, "all 59 training energies are equal: nothing to learn"),
    ],
)
def test_labels_that_cannot_be_fitted(
    described: Descriptors,
    waters: Structures,
    change: dict[str, object],
    error: type[SiqmlError],
    message: str,
) -> None:
    changed = {name: value if value is None else np.zeros(len(waters)) for name, value in change.items()}
    with pytest.raises(error, match=message):
        fit_descriptors(described, replace(waters, **changed), FitOrder(steps=1))


def test_without_forces_energies_are_fitted(described: Descriptors, waters: Structures) -> None:
    field = fit_descriptors(
        described, replace(waters, forces=None), FitOrder(steps=200, forces=0), io.StringIO()
    )
    assert evaluate(field, waters).energy.mse < 1e-4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"energy": -1}, "energy is -1; a finite number of at least 0 is needed"),
        ({"decay": float("nan")}, "decay is nan; a finite number"),
        ({"energy": 0, "forces": 0}, "the weights of energies and forces are both 0: nothing to fit"),
        ({"steps": -1}, "steps is -1; at least 0 are needed"),
    ],
)
def test_orders_that_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        FitOrder(**settings)  # type: ignore[arg-type]  # one of several


def test_without_numba_one_line_says_what_to_do(
    circuit: ForceField, described: Descriptors, waters: Structures, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from eqcompile.errors import BackendError

    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(BackendError, match="the kernel needs Numba"):
        fit_descriptors(Descriptors(circuit, described.operators), waters, FitOrder(steps=1))
