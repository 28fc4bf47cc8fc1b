from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from siqml.errors import ModelError
from siqml.field.force_field import ForceField
from siqml.field.model_file import KIND, here, load_model, load_origin, save_model
from siqml.field.sealed import read_sealed, write_sealed


@pytest.fixture
def saved(tmp_path: Path, tiny_field: ForceField) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, tiny_field, here(3, "seed: 3\n"))
    return path


def test_round_trip_to_the_bit(saved: Path, tiny_field: ForceField, tmp_path: Path) -> None:
    loaded = load_model(saved)
    assert loaded.params.tobytes() == tiny_field.params.tobytes()
    assert loaded.frame == tiny_field.frame
    assert loaded.scaling == tiny_field.scaling
    assert loaded.program.spec == tiny_field.program.spec
    positions = np.random.default_rng(0).normal(size=(2, 2, 3))
    for before, after in zip(tiny_field.predict(positions), loaded.predict(positions), strict=True):
        np.testing.assert_array_equal(before, after)


def test_equal_models_are_equal_files(saved: Path, tiny_field: ForceField, tmp_path: Path) -> None:
    save_model(tmp_path / "again.safetensors", replace(tiny_field), here(3, "seed: 3\n"))
    assert (tmp_path / "again.safetensors").read_bytes() == saved.read_bytes()


def test_a_damaged_model_of_a_run_can_be_made_again(saved: Path) -> None:
    (saved.parent / "checkpoint.safetensors").touch()
    cure = f"its run makes it again: siqml train --resume {saved.parent}"
    saved.write_bytes(saved.read_bytes()[:-1])
    with pytest.raises(ModelError) as damaged:
        load_model(saved.parent)
    saved.unlink()
    with pytest.raises(ModelError) as missing:
        load_model(saved.parent)
    assert str(damaged.value).endswith(f"; {cure}")
    assert str(missing.value) == f"{saved}: no such model; {cure}"


def test_a_checkpoint_is_no_model(saved: Path) -> None:
    write_sealed(saved, "siqml-checkpoint-1", {}, {})
    with pytest.raises(ModelError, match='it is "siqml-checkpoint-1", needed is "siqml-model-1"'):
        load_model(saved)


def test_a_run_folder_stands_for_its_model(saved: Path) -> None:
    assert load_model(saved.parent).params.tobytes() == load_model(saved).params.tobytes()


def test_the_origin_is_kept(saved: Path) -> None:
    origin = load_origin(saved)
    assert (origin.seed, origin.config) == (3, "seed: 3\n")
    assert set(origin.versions) == {"eqcompile", "jax", "numba", "numpy", "scipy"}


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such model; `siqml train` makes one"):
        load_model(tmp_path / "none.safetensors")


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_truncated(saved: Path, keep: int) -> None:
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(ModelError, match="damaged or not a safetensors file") as error:
        load_model(saved)
    assert "\n" not in str(error.value)


def test_foreign(saved: Path) -> None:
    saved.write_bytes(save({"weight": np.zeros(3)}))
    with pytest.raises(
        ModelError, match="a safetensors file, but not one of siqml; `siqml train` makes models"
    ):
        load_model(saved)


def test_one_flipped_bit_of_a_parameter(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-3] ^= 1
    saved.write_bytes(content)
    with pytest.raises(ModelError, match="damaged, its content does not match its sha256"):
        load_model(saved)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_any_damage_is_found(
    tiny_field: ForceField, tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "m"
    save_model(path, tiny_field, here(3, ""))
    content = path.read_bytes()
    at %= len(content) - len(noise)
    damaged = content[:at] + noise + content[at + len(noise) :]
    path.write_bytes(damaged)
    if damaged == content:
        return
    try:
        load_origin(path)
    except ModelError as error:
        if "\n" in str(error):
            pytest.fail("the message has several lines")
    else:
        pytest.fail("the damage was not found")


CHANGES: dict[str, tuple[Callable[[dict[str, Any], dict[str, Any]], object], str]] = {
    "no kind": (lambda facts, arrays: facts.update(kind=None), 'it is "None", needed is'),
    "no seed": (lambda facts, arrays: facts.pop("seed"), '"seed" is missing in it, or of another type'),
    "spec": (lambda facts, arrays: facts.update(spec=3), '"spec" is missing in it, or of another type'),
    "names": (lambda facts, arrays: facts.update(parameter_names="a"), '"parameter_names" is missing in it'),
    "frame": (
        lambda facts, arrays: facts["frame"].pop("sites"),
        "its frame or its scaling is not of a siqml model",
    ),
    "scaling": (
        lambda facts, arrays: facts["scaling"].update(factor="x"),
        "its frame or its scaling is not of",
    ),
    "no parameters": (
        lambda facts, arrays: arrays.pop("params"),
        'the array "params" is missing in it, or holds no',
    ),
    "other numbers": (
        lambda facts, arrays: arrays.update(params=np.array([1, 2])),
        'the array "params" is missing',
    ),
    "NaN": (
        lambda facts, arrays: arrays.update(params=np.full(4, np.nan)),
        'the array "params" is missing in it, or',
    ),
    "too few": (lambda facts, arrays: arrays.update(params=np.zeros(1)), "1 parameters; its spec has"),
}


@pytest.mark.parametrize(("change", "message"), CHANGES.values(), ids=CHANGES)
def test_what_a_sealed_file_lacks_is_named(
    saved: Path, change: Callable[[dict[str, Any], dict[str, Any]], object], message: str
) -> None:
    """A digest that fits says nothing about what it was computed from."""
    facts, arrays = read_sealed(saved, KIND, ModelError, "")
    change(facts, arrays)
    write_sealed(saved, facts.pop("kind"), facts, arrays)
    with pytest.raises(ModelError) as caught:
        load_model(saved)
    assert str(caught.value).startswith(f"{saved}: {message}")


def test_a_seal_of_something_else_is_refused(saved: Path) -> None:
    for seal in (
        "3",
        "[]",
        "{}",
        '{"content": 1, "sha256": 2}',
        "[" * 10_000,
        '{"content": "\\ud800", "sha256": ""}',
    ):
        saved.write_bytes(save({"params": np.zeros(1)}, {"siqml": seal}))
        with pytest.raises(
            ModelError, match=r"damaged, its (metadata cannot be read|content does not match)"
        ):
            load_model(saved)


def test_an_edited_spec_does_not_pass(saved: Path) -> None:
    facts, arrays = read_sealed(saved, KIND, ModelError, "")
    facts["spec"] = facts["spec"].replace("depth: 3", "depth: 4")
    write_sealed(saved, facts.pop("kind"), facts, arrays)
    with pytest.raises(ModelError, match="the spec inside does not match its sha256"):
        load_model(saved)
