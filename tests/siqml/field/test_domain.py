"""The domain of a training set: what it is blind to, where it ends, and what keeps it."""

import pickle  # noqa: TID251  # what users do with calculators
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from scipy.spatial.transform import Rotation

from siqml.commands.main import main
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.errors import ModelError
from siqml.evaluation.evaluate import evaluate
from siqml.field import domain as module
from siqml.field.calculator import OutsideWarning, SiqmlCalculator
from siqml.field.domain import CommonDomain, Domain
from siqml.field.ensemble import Ensemble
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model, save_model
from siqml.field.sealed import read_sealed, write_sealed
from siqml.molecule.structures import Array, Structures

EXCHANGE = (0, 2, 1)


def shipped(name: str) -> Structures:
    atoms = ["O", "H", "H"] if name.startswith("water") else ["O", "H", "H"] * 2
    return read_structures(shipped_file(f"{name}.extxyz"), atoms)


def known(data: Structures, *permutations: tuple[int, ...]) -> Domain:
    found = Domain.of(data, permutations)
    assert found is not None
    return found


def test_new_structures_of_the_same_kind_lie_inside_and_hot_ones_often_outside() -> None:
    water = known(shipped("water_train"), EXCHANGE)
    assert water.outside(shipped("water_train").positions).mean() < 0.005
    assert water.outside(shipped("water_test").positions).mean() < 0.01
    assert 0.15 < water.outside(shipped("water_wide_test").positions).mean() < 0.4
    cool = known(shipped("dimer_cool_train"), (0, 2, 1, 3, 4, 5), (3, 4, 5, 0, 1, 2))
    assert cool.outside(shipped("dimer_cool_test").positions).mean() < 0.01
    assert cool.outside(shipped("dimer_300K_test").positions).mean() > 0.9


def test_on_a_cut_what_leaves_it_is_outside() -> None:
    cut = known(shipped("dimer_cut_train"))
    test = shipped("dimer_cut_test").positions
    assert not cut.outside(test).any()
    assert not cut.outside(test + 1e-8 * np.random.default_rng(0).normal(size=test.shape)).any()
    beside = test.copy()
    beside[:, 0, 2] += 0.05
    assert cut.outside(beside).all()


def test_it_is_blind_to_symmetries_and_only_to_these() -> None:
    water, positions = known(shipped("water_train"), EXCHANGE), shipped("water_wide_test").positions[:40]
    distances = water.distance(positions)
    turn = Rotation.random(random_state=1).as_matrix()
    for moved in (positions @ turn.T + 3.0, positions * np.array([1, 1, -1]), positions[:, EXCHANGE]):
        np.testing.assert_allclose(water.distance(moved), distances, rtol=1e-9)
    assert np.abs(water.distance(positions[:, (1, 0, 2)]) - distances).min() > 0.1
    without = known(shipped("water_train"))
    assert np.abs(without.distance(positions[:, EXCHANGE]) - without.distance(positions)).max() > 1e-3


def bonds(*lengths: float) -> Structures:
    positions = np.zeros((len(lengths), 2, 3))
    positions[:, 1, 2] = lengths
    return Structures(("H", "H"), positions, np.arange(len(lengths)), None, "made")


def test_gaps_and_ends_of_a_bond() -> None:
    line = known(bonds(*np.linspace(1.0, 1.5, 30), *np.linspace(2.5, 3.0, 30)))
    at = bonds(1.0, 1.2345, 1.99, 2.75, 0.8, 3.6)
    assert line.outside(at.positions).tolist() == [False, False, True, False, True, True]
    assert line.distance(at.positions)[0] == 0
    assert line.outside(np.zeros((1, 2, 3))).all()
    assert line.outside(np.zeros((0, 2, 3))).shape == (0,)


def test_sets_without_a_spacing() -> None:
    assert Domain.of(bonds(1.0)) is None
    assert Domain.of(Structures(("H",), np.zeros((3, 1, 3)), np.zeros(3), None, "made")) is None
    twice = known(bonds(*np.repeat(np.linspace(1.0, 1.5, 10), 2)))
    assert twice.reach == pytest.approx(known(bonds(*np.linspace(1.0, 1.5, 10))).reach, rel=0.05)
    same = known(bonds(1.0, 1.0))
    assert same.outside(bonds(1.0, 1.2).positions).tolist() == [False, True]


def test_large_sets_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 50)
    water = known(shipped("water_train"), EXCHANGE)
    assert water.points.shape == (50, 3)
    assert water.outside(shipped("water_test").positions).mean() < 0.05


@pytest.fixture
def with_domain(tiny_field: ForceField, lih_train: Structures) -> ForceField:
    return replace(tiny_field, domain=Domain.of(lih_train))


def test_a_model_file_keeps_it_and_one_without_reads_as_before(
    tiny_field: ForceField, with_domain: ForceField, lih_test: Structures, tmp_path: Path
) -> None:
    save_model(tmp_path / "plain.safetensors", tiny_field, here(0, ""))
    assert load_model(tmp_path / "plain.safetensors").domain is None
    assert b"domain" not in (tmp_path / "plain.safetensors").read_bytes()
    path = tmp_path / "model.safetensors"
    save_model(path, with_domain, here(0, ""))
    read = load_model(path)
    assert read.domain is not None
    assert with_domain.domain is not None
    far = lih_test.positions * np.linspace(0.5, 1.5, 81)[:, None, None]
    distances = with_domain.domain.distance(far)
    assert read.domain.distance(far).tobytes() == distances.tobytes()
    save_model(tmp_path / "again.safetensors", read, here(0, ""))
    assert (tmp_path / "again.safetensors").read_bytes() == path.read_bytes()
    pickled = pickle.loads(pickle.dumps(read))  # noqa: S301
    assert pickled.domain.distance(far).tobytes() == distances.tobytes()
    found, plain = evaluate(read, lih_test), evaluate(tiny_field, lih_test)
    assert (found.outside, plain.outside) == (0, None)
    assert found.energy == plain.energy


@pytest.mark.parametrize("damage", [
    {"reach": -1.0}, {"reach": "far"}, {"permutations": [[0, 0]]}, {"permutations": 3}, {"reach": None},
    {"points": np.zeros((0, 1))}, {"points": np.full((3, 1), np.nan)}, {"points": None}, {"box": np.zeros((3, 1))},
    {"points": np.zeros((3, 1), np.float32)},
])  # fmt: skip
def test_a_forged_domain_is_refused_in_one_line(
    with_domain: ForceField, tmp_path: Path, damage: dict[str, object]
) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, with_domain, here(0, ""))
    facts, arrays = read_sealed(path, "siqml-model-1", ModelError, "cure")
    for name, value in damage.items():
        if name in ("points", "box"):
            arrays[f"domain_{name}"] = value
        else:
            facts["domain"][name] = value
    kept = {name: value for name, value in arrays.items() if value is not None}
    write_sealed(path, facts.pop("kind"), facts, kept)
    with pytest.raises(ModelError) as error:
        load_model(path)
    assert str(error.value) == f"{path}: its domain is not of a siqml model; train the model again"


def atoms_at(length: float, calculator: SiqmlCalculator) -> Atoms:
    return Atoms("LiH", [[0, 0, 0], [0, 0, length]], calculator=calculator)


def test_a_calculator_warns_once_and_stops_if_asked(with_domain: ForceField) -> None:
    calculator = SiqmlCalculator(with_domain)
    inside = atoms_at(1.6, calculator)
    inside.get_potential_energy()
    assert calculator.results["domain_distance"] <= 1
    with pytest.warns(
        OutsideWarning, match=r"^this structure lies outside the domain .* the model extrapolates$"
    ):
        energy = atoms_at(7.0, calculator).get_potential_energy()
    atoms_at(8.0, calculator).get_potential_energy()  # a second warning would be an error here
    assert calculator.results["domain_distance"] > 1
    assert atoms_at(7.0, SiqmlCalculator(with_domain, "ignore")).get_potential_energy() == energy
    with pytest.raises(ModelError, match=r'times its reach; take domain="warn" to go on$'):
        atoms_at(7.0, SiqmlCalculator(with_domain, "stop")).get_potential_energy()


def test_a_calculator_without_a_domain(tiny_field: ForceField) -> None:
    atoms_at(9.0, SiqmlCalculator(tiny_field)).get_potential_energy()
    with pytest.raises(ModelError, match=r"^domain: there is none to stop at"):
        SiqmlCalculator(tiny_field, "stop")
    with pytest.raises(ModelError, match=r'^domain: found "halt"; known: warn, stop, ignore$'):
        SiqmlCalculator(tiny_field, "halt")  # type: ignore[arg-type]


def test_an_ensemble_knows_what_all_of_its_members_know(
    tiny_field: ForceField, with_domain: ForceField, lih_train: Structures
) -> None:
    def joined(*members: ForceField) -> Ensemble:
        return Ensemble(members, tuple(map(str, range(len(members)))))

    far: Array = np.array([[[0, 0, 0.0], [0, 0, 3.5]]])
    short = replace(with_domain, domain=Domain.of(lih_train.chosen(range(25))))
    assert joined(with_domain, with_domain).domain is with_domain.domain
    both = joined(with_domain, short).domain
    assert isinstance(both, CommonDomain)
    assert with_domain.domain is not None
    assert not with_domain.domain.outside(far).any()
    assert both.outside(far).all()
    assert joined(with_domain, tiny_field).domain is None


def test_training_writes_it_and_evaluation_counts(
    tiny_config: Path, tmp_path: Path, lih_train: Structures, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    quick = "--set", "adam.steps=2", "--set", "lbfgs.steps=0", "--no-baseline"
    assert main(["train", str(tiny_config), "-o", str(run), *quick]) == 0
    assert "  outside the domain of the training set: 0.0 % of the structures\n" in capsys.readouterr().out
    atoms = Atoms("LiH", [[0, 0, 0], [0, 0, 9.0]], info={"energy": lih_train.energies[0]})
    atoms.write(tmp_path / "far.extxyz")
    assert main(["evaluate", str(run), str(tmp_path / "far.extxyz")]) == 0
    assert "  outside the domain of the training set: 100.0 % of the structures\n" in capsys.readouterr().out
    save_model(
        run / "model.safetensors",
        replace(load_model(run), domain=None),
        here(0, (run / "config.yaml").read_text()),
    )
    assert main(["evaluate", str(run), str(tmp_path / "far.extxyz")]) == 0
    assert (
        "  domain of the training set: unknown, the model file does not hold it\n" in capsys.readouterr().out
    )
