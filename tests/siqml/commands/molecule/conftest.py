"""A tiny model in a file, and an ensemble of two in a folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from siqml.field.force_field import ForceField
from siqml.field.model_file import here, save_model


@pytest.fixture
def model(bound_field: ForceField, tiny_config: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, bound_field, here(0, tiny_config.read_text()))
    return path


@pytest.fixture
def models(bound_field: ForceField, tiny_config: Path, tmp_path: Path) -> Path:
    for number in range(2):
        member = replace(bound_field, params=bound_field.params + 0.01 * number)
        (tmp_path / "runs" / f"seed-{number}").mkdir(parents=True)
        path = tmp_path / "runs" / f"seed-{number}" / "model.safetensors"
        save_model(path, member, here(0, tiny_config.read_text()))
    return tmp_path / "runs"
