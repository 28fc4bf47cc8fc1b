"""Everything the README shows is run: its spec, its commands, its Python."""

import re
import shlex
from pathlib import Path

import pytest

from eqcompile.cli import main as eqcompile
from siqml.cli import main as siqml

README = Path(__file__).parents[1] / "README.md"
COMMANDS = {"eqcompile": eqcompile, "siqml": siqml}
REFUSED_BY_DESIGN = "--operator"
QUICK = ["--set", "adam.steps=2", "--set", "lbfgs.steps=2"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), flags=re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (spec,) = blocks("yaml")
    (tmp_path / "water.yaml").write_text(spec)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_begins_with_the_two_commands_and_a_picture():
    lines = README.read_text().splitlines()
    assert lines[3].startswith("make demo")
    assert lines[4].startswith("make test")
    assert next(line for line in lines[5:] if line.startswith("!"))


def test_every_picture_and_link_exists():
    for target in re.findall(r"\]\(([^)]+)\)", README.read_text()):
        assert target.startswith("https://") or (README.parent / target).exists(), target


def test_the_commands_of_eqcompile(folder, capsys):
    lines = [
        line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ eqc")
    ]
    assert len(lines) == 7
    for line in lines:
        name, *arguments = shlex.split(line, comments=True)
        expected = 1 if REFUSED_BY_DESIGN in arguments else 0
        assert COMMANDS[name](arguments) == expected, line
    assert "H(0,2) + H(1,3)" in capsys.readouterr().out


def test_the_python(folder):
    first, groups, second = blocks("python")
    exec(first, {})  # noqa: S102 - this is the test
    exec(groups, {})  # noqa: S102
    assert siqml(["train", "lih", "-o", "runs/lih", *QUICK]) == 0
    exec(second, {})  # noqa: S102
    assert siqml(["evaluate", "runs/lih"]) == 0
