from pathlib import Path

import pytest

from siqml.errors import ConfigError
from siqml.field.catalogue import find, shipped_names
from siqml.training.config import Config, load_config, refuse_idle, to_yaml
from tests.siqml.conftest import TINY_CONFIG


def message(path: Path, *overrides: str) -> str:
    with pytest.raises(ConfigError) as error:
        load_config(path, overrides)
    return str(error.value).replace(f"{path}", "c.yaml")


@pytest.mark.parametrize("name", shipped_names("configs"))
def test_shipped_configs_are_valid_and_survive_yaml(name: str, tmp_path: Path) -> None:
    config = load_config(find(name, "configs"))
    (tmp_path / "again.yaml").write_text(to_yaml(config))
    assert load_config(tmp_path / "again.yaml") == config


def test_the_defaults_are_those_of_the_shipped_config() -> None:
    shipped = load_config(find("lih", "configs"))
    assert shipped == Config(model=shipped.model, frame=shipped.frame, data=shipped.data)


def test_overrides_are_stronger_and_the_last_wins(tiny_config: Path) -> None:
    config = load_config(tiny_config, ["adam.steps=7", "seed=4", "adam.steps=9", "start.scales={alpha: 0.2}"])
    assert (config.adam.steps, config.seed, config.start.scales) == (9, 4, {"alpha": 0.2})
    assert config.adam.learning_rate == 0.03


def test_an_override_can_make_a_section(tiny_config: Path) -> None:
    assert load_config(tiny_config, ["loss.forces=0.5"]).loss.forces == 0.5


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "adam: {steps: 120,",
            "adam: {stepz: 120,",
            'c.yaml:10:8: unknown key "stepz"; did you mean "steps"? '
            "known: steps, learning_rate, scale_learning_rate, schedule, batch",
        ),
        (
            "seed: 1",
            "sed: 1",
            'c.yaml:13:1: unknown key "sed"; did you mean "seed"? '
            "known: model, frame, data, labels, start, loss, adam, lbfgs, gauss_newton, stop, checkpoint, backend, "
            "devices, seed",
        ),
        ("steps: 120", "steps: ten", 'c.yaml:10:8: adam.steps: found "ten"; needed: a valid integer'),
        ("steps: 120", "steps: -1", "c.yaml:10:8: adam.steps: found -1; needed: greater than or equal to 0"),
        ("steps: 120", "steps: 1.5", "c.yaml:10:8: adam.steps: found 1.5; needed: a valid integer"),
        ("steps: 120", "steps: true", "c.yaml:10:8: adam.steps: found True; needed: a valid integer"),
        ("steps: 120", "steps: ~", "c.yaml:10:8: adam.steps: found nothing; needed: a valid integer"),
        (
            "learning_rate: 0.03",
            "learning_rate: .nan",
            'c.yaml:10:20: adam.learning_rate: found ".nan"; needed: a valid number',
        ),
        (
            "atoms: [Li, H]",
            "atoms: []",
            "c.yaml:3:3: frame.atoms: found []; needed: list should have at least 1 item after validation, not 0",
        ),
        ("model: tiny.yaml\n", "", 'c.yaml:1:1: "model" is missing'),
        (
            "scales: 0.3",
            "scales: {alpha: x}",
            'c.yaml:9:23: start.scales.alpha: found "x"; needed: a valid number',
        ),
        ("scales: 0.3", "scales: [1]", "c.yaml:9:23: start.scales: found [1]; needed: a valid number"),
        (
            "  origin: [0, 1]\n",
            "",
            "c.yaml:2:1: frame: give `sites` and `origin`, or `coordinates` alone",
        ),
        (
            "  origin: [0, 1]\n",
            "  origin: [0, 1]\n  coordinates: {R: [0, 1]}\n",
            "c.yaml:2:1: frame: give `sites` and `origin`, or `coordinates` alone",
        ),
        (
            "seed: 1",
            "stop: {patienc: 5}",
            'c.yaml:13:8: unknown key "patienc"; did you mean "patience"? known: validation, patience',
        ),
        (
            "  test: lih_test.extxyz",
            "  test: lih_test.extxyz\n  units: {energy: kcal}",
            "c.yaml:9:11: data.units.energy: found \"kcal\"; needed: 'eV', 'meV', 'hartree', 'rydberg', "
            "'kcal/mol' or 'kJ/mol'",
        ),
        (
            "seed: 1",
            "labels: {noise: 0}",
            "c.yaml:13:10: labels.noise: found 0; needed: greater than 0",
        ),
        (
            "seed: 1",
            "loss: {along: lin}",
            "c.yaml:13:8: loss.along: found \"lin\"; needed: 'line'",
        ),
        (
            "seed: 1",
            "loss: {energy: 0, forces: 0}",
            "c.yaml:13:1: loss: energy and forces are both 0: nothing to learn; give one of them a weight",
        ),
    ],
)
def test_every_mistake_has_a_place_and_a_cure(
    tiny_config: Path, before: str, after: str, expected: str
) -> None:
    text = tiny_config.read_text()
    assert before in text
    tiny_config.write_text(text.replace(before, after))
    assert message(tiny_config) == expected


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("adam.steps", "--set adam.steps: write it as KEY=VALUE, for instance --set adam.steps=100"),
        ("=3", "--set =3: write it as KEY=VALUE, for instance --set adam.steps=100"),
        (
            "adam.stepz=3",
            '--set adam.stepz=3: unknown key "stepz"; did you mean "steps"? '
            "known: steps, learning_rate, scale_learning_rate, schedule, batch",
        ),
        ("adam.steps=x", '--set adam.steps=x: adam.steps: found "x"; needed: a valid integer'),
        ("seed.steps=1", "--set seed.steps=1: seed is a value, not a mapping"),
        ("adam=3", "--set adam=3: adam: found 3; needed: a valid dictionary or instance of AdamConfig"),
    ],
)
def test_mistakes_in_overrides_name_the_option(tiny_config: Path, override: str, expected: str) -> None:
    assert message(tiny_config, override) == expected


def test_missing_large_and_binary_files(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    assert message(path) == "c.yaml: no such file"
    path.write_bytes(b"a" * 200_000)
    assert message(path) == "c.yaml: larger than 100000 bytes; a config is a page of YAML"
    path.write_bytes(b"\xff\xfe")
    assert message(path) == "c.yaml: not UTF-8 text"


@pytest.mark.parametrize("key", ["data.train", "start.model", "model"])
def test_a_path_of_the_command_line_starts_from_the_working_folder(
    tiny_config: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """First the working folder, then the folder of the config, as for a path in the file."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    part, _, name = key.rpartition(".")

    def found() -> str:
        config = load_config(tiny_config, [f"{key}=mine/one.yaml"])
        return str(getattr(getattr(config, part) if part else config, name))

    assert found() == str(here / "mine/one.yaml")  # to be named in the message that it does not exist
    for folder, expected in ((tiny_config.parent, "mine/one.yaml"), (here, str(here / "mine/one.yaml"))):
        (folder / "mine").mkdir()
        (folder / "mine/one.yaml").touch()
        assert found() == expected


def test_a_bare_name_on_the_command_line_can_be_a_shipped_one(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "water").mkdir()
    config = load_config(tiny_config, ["model=water", "data.test=water_test.extxyz"])
    assert (config.model, config.data.test) == ("water", "water_test.extxyz")
    missing = load_config(tiny_config, ["data.test=mine.extxyz", "model=mine.yaml"])
    assert (missing.model, missing.data.test) == (str(tmp_path / "mine.yaml"), str(tmp_path / "mine.extxyz"))
    (tmp_path / "water_test.extxyz").touch()
    config = load_config(tiny_config, ["data.test=water_test.extxyz"])
    assert config.data.test == str(tmp_path / "water_test.extxyz")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "labels: {map: least_squares, window: [0.1, 0.2]}",
            "c.yaml:14:30: labels.window: with map: least_squares there is none; leave it out",
        ),
        (
            "start: {scales: 0.5, model: run}",
            "c.yaml:14:9: start.scales: all parameters start at the values of start.model; leave one of the two out",
        ),
        (
            "loss: {energy: 1, along: line}",
            "c.yaml:14:19: loss.along: it is about forces, but their weight is 0; give them one",
        ),
    ],
)
def test_settings_that_others_make_idle(tmp_path: Path, section: str, expected: str) -> None:
    key = section.partition(":")[0]
    lines = [line for line in TINY_CONFIG.splitlines() if not line.startswith(key)]
    lines += ["# filled up"] * (13 - len(lines))
    path = tmp_path / "c.yaml"
    path.write_text("\n".join([*lines, section]) + "\n")
    load_config(path)
    with pytest.raises(ConfigError) as error:
        refuse_idle(path)
    assert str(error.value).replace(f"{path}", "c.yaml") == expected


def test_defaults_spelled_out_are_no_wish(tmp_path: Path) -> None:
    """A run folder's config names every default."""
    path = tmp_path / "c.yaml"
    path.write_text(to_yaml(load_config(find("dimer_cool", "configs"))))
    refuse_idle(path)
    for name in shipped_names("configs"):
        refuse_idle(find(name, "configs"))
