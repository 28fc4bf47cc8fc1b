"""What JAX compiles is found again by the next process, in a folder that stays small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from siqml.errors import ModelError
from siqml.field import jax_cache
from siqml.field.catalogue import find
from siqml.field.jax_cache import cache_folder, prune

PREDICT = """
import sys
import numpy as np
import jax
import eqcompile as eq
from siqml.field.engine import engine_for
from siqml.field.scaling import IDENTITY
from siqml.molecule.frame import Frame
program = eq.compile(sys.argv[1])
model = eq.ProgramSum.of(program)
engine = engine_for(model, Frame(("Li", "H"), (0, 1), (0, 1)), "jax")
hits = []
jax.monitoring.register_event_listener(lambda name, **_: hits.append(name))
engine.predict(np.full(model.num_parameters, 0.1), IDENTITY, np.ones((1, 2, 3)) * [[[1.0], [2.0]]])
print(sum(name.endswith("cache_hits") for name in hits))
"""


def file(folder: Path, name: str, size: int, used: float) -> Path:
    path = folder / f"{name}-cache"
    path.write_bytes(b"x" * size)
    beside = folder / f"{name}-atime"
    beside.write_bytes(b"")
    os.utime(beside, (used, used))
    return path


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    old, new, middle = (file(tmp_path, name, 10, used) for name, used in (("a", 1), ("b", 3), ("c", 2)))
    prune(tmp_path, 25)
    assert not old.exists()
    assert new.exists()
    assert middle.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b-atime", "b-cache", "c-atime", "c-cache"]
    prune(tmp_path, 0)
    assert not list(tmp_path.iterdir())


def test_the_folder_is_where_the_system_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().parent == tmp_path / "siqml"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder().parent == tmp_path / "home" / ".cache" / "siqml"


@pytest.mark.parametrize(("text", "wanted"), [("off", False), ("OFF", False), ("on", True), ("", True)])
def test_the_switch(text: str, wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIQML_CACHE", text)
    assert jax_cache.cache_is_wanted() is wanted


def test_a_misspelt_switch_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIQML_CACHE", "of")
    with pytest.raises(ModelError, match=r"^SIQML_CACHE is 'of'; known: on, off$"):
        jax_cache.cache_is_wanted()


def test_a_second_process_compiles_nothing_and_off_means_off(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    environment |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "JAX_PLATFORMS": "cpu"}

    def run(**more: str) -> int:
        command = [sys.executable, "-c", PREDICT, str(find("lih", "models"))]
        found = subprocess.run(command, env=environment | more, capture_output=True, text=True, check=True)
        return int(found.stdout)

    assert run(SIQML_CACHE="off") == 0
    assert not (tmp_path / "cache").exists()
    assert run() == 0
    assert run() > 0
    (tmp_path / "file").write_text("")
    assert run(XDG_CACHE_HOME=str(tmp_path / "file")) == 0
