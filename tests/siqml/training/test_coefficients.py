"""A sum whose circuits have one best factor for each name of weights."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.errors import TrainError
from siqml.field.catalogue import find
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model, load_parameters, save_model
from siqml.field.scaling import IDENTITY, MixedScaling
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures
from siqml.training.config import load_config
from siqml.training.losses.objective import Labels
from siqml.training.train import Training, prepare, run
from tests.siqml.conftest import DIMER

SETTINGS = (
    "backend=kernel",
    "loss.energy=0.7",
    "loss.forces=0.3",
    "labels.map=coefficients",
    "adam.steps=0",
    "lbfgs.steps=0",
    "gauss_newton.steps=6",
)


@pytest.fixture
def training(tiny_config: Path, three_terms: ForceField, dimers: Structures) -> Training:
    return prepare(load_config(tiny_config, SETTINGS), three_terms.model, DIMER, dimers)


def loss_at(
    training: Training, params: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", map_: MixedScaling
) -> float:
    return training.objective.loss_over(params, map_, training.data)


def test_no_other_factors_are_better(training: Training) -> None:
    params = training.force_field.params
    best = training.objective.scaling_at(params, training.labels)
    assert isinstance(best, MixedScaling)
    assert set(best.factors) == {"molecule", "pair"}
    least = loss_at(training, params, best)
    assert least == pytest.approx(training.objective.value(params, training.labels), rel=1e-12)
    for name in best.factors:
        for change in (-1e-3, 1e-3):
            factors = {**best.factors, name: best.factors[name] * (1 + change)}
            assert loss_at(training, params, replace(best, factors=factors)) > least
    one = training.objective.scaling_at(params, Labels(training.labels.energies, None))
    assert training.objective.loss_over(params, one, training.data) > least


def test_the_gradient_is_that_of_the_least_loss(training: Training) -> None:
    """By differences of the loss at the best factors, and the same from the normal equations."""
    params = np.array(training.force_field.params)
    objective, labels = training.objective, training.labels
    _, gradient = objective.value_and_gradient(params, labels)
    equations = objective.linearised(params, labels)
    assert np.allclose(equations.gradient, gradient, rtol=1e-9, atol=1e-12 * np.abs(gradient).max())
    for k in range(0, len(params), 5):
        step = np.zeros(len(params))
        step[k] = 1e-5
        slope = (objective.value(params + step, labels) - objective.value(params - step, labels)) / 2e-5
        assert slope == pytest.approx(gradient[k], rel=1e-4, abs=1e-6 * np.abs(gradient).max())


def test_a_trained_model_is_the_weighted_sum_and_is_kept_in_a_file(
    training: Training, tmp_path: Path
) -> None:
    first = training.objective.value(training.force_field.params, training.labels)
    field = run(training, None, 50, io.StringIO(), lambda row: None)
    best = training.objective.scaling_at(field.params, training.labels)
    assert isinstance(best, MixedScaling)
    assert loss_at(training, field.params, best) < first
    energies = training.objective.energies(field.params, best, training.data)
    assert np.allclose(field.energies(training.data.positions), energies, rtol=0, atol=1e-9)
    path = tmp_path / "model.safetensors"
    save_model(path, field, here(0, ""))
    again = load_model(path)
    assert np.array_equal(again.energies(training.data.positions), field.energies(training.data.positions))


def test_jax_refuses_in_one_line(tiny_config: Path, three_terms: ForceField, dimers: Structures) -> None:
    config = load_config(tiny_config, (*SETTINGS[1:], "backend=jax"))
    with pytest.raises(TrainError, match="coefficients are fitted by the kernel alone"):
        prepare(config, three_terms.model, DIMER, dimers)


def test_one_name_of_weights_is_plain_least_squares(
    tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    found = [
        prepare(
            load_config(tiny_config, (f"labels.map={name}", "backend=kernel")),
            tiny_field.model,
            tiny_field.frame,
            lih_train,
        )
        for name in ("coefficients", "least_squares")
    ]
    maps = [one.objective.scaling_at(one.force_field.params, one.labels) for one in found]
    assert maps[0] == maps[1]


PAIR = """
name: pair
qubits: 2
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{rotation: SU(2)}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, blocks: 1, layer: [H(0,1)]}
"""

SUM = """
name: both
data: {sites: [C, A, B]}
symmetry: [{rotation: SU(2)}, translation, {permutation: ["(A B)"]}]
terms:
  - weights: bond
    model: pair.yaml
    on: [[A - C, C - A], [B - C, C - B]]
  - weights: ends
    model: pair.yaml
    on: [[A - B, B - A], [B - A, A - B]]
"""


def test_factors_keep_the_certificate_of_the_whole_and_come_back_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "pair.yaml").write_text(PAIR)
    (tmp_path / "both.yaml").write_text(SUM)
    declared = eq.compile(eq.load(tmp_path / "both.yaml"))
    assert isinstance(declared, eq.ProgramSum)
    weighted = declared.weighted({"bond": -0.3})
    assert weighted.is_proven
    assert weighted.sha256 != declared.sha256
    assert [term.coefficient for term in weighted.terms] == [-0.3, -0.3, 1.0, 1.0]
    x = np.random.default_rng(0).normal(size=(2, 3, 3))
    params = np.random.default_rng(1).normal(size=weighted.num_parameters)
    exchanged = weighted.to_jax()(params, x[:, [0, 2, 1]])
    assert np.allclose(weighted.to_jax()(params, x), exchanged, rtol=0, atol=1e-12)
    assert np.abs(np.asarray(exchanged) - np.asarray(declared.to_jax()(params, x))).max() > 1e-3
    with pytest.raises(eq.EqcompileError, match="weighted already"):
        weighted.weighted({"bond": 2.0})
    with pytest.raises(eq.EqcompileError, match='no weights "bnd"'):
        declared.weighted({"bnd": 2.0})
    with pytest.raises(eq.EqcompileError, match="a finite number other than 0"):
        declared.weighted({"bond": float("nan")})
    path = tmp_path / "model.safetensors"
    frame = Frame(("O", "H", "H"), (0, 1, 2), ())
    save_model(path, ForceField(weighted, frame, IDENTITY, params), here(0, ""))
    again = load_model(path)
    assert again.model.sha256 == weighted.sha256
    assert again.model.is_proven
    assert np.array_equal(load_parameters(path, declared.sha256), params)
    assert np.array_equal(load_parameters(path, weighted.sha256), params)


def test_terms_of_another_sum_are_not_taken_for_weighted_ones(tmp_path: Path) -> None:
    """Other coefficients for terms that are exchanged would make the certificate a false one."""
    (tmp_path / "pair.yaml").write_text(PAIR)
    (tmp_path / "both.yaml").write_text(SUM)
    declared = eq.compile(eq.load(tmp_path / "both.yaml"))
    assert isinstance(declared, eq.ProgramSum)
    first, *others = declared.terms
    wrong = (replace(first, coefficient=0.5), *others)
    for factors in ((), (("bond", 0.5),)):
        with pytest.raises(eq.EqcompileError, match="not those that both declares"):
            eq.ProgramSum(wrong, 3, declared.spec, factors)


def test_the_shipped_triangles_are_proven_as_a_whole() -> None:
    spec = eq.load(find("water_dimer_triangles", "models"))
    found = eq.compile(spec)
    assert isinstance(found, eq.ProgramSum)
    assert found.is_proven
    assert len(found.terms) == 22
    assert found.num_parameters == 331
