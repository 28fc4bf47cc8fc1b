"""Everything the README shows is run: its spec, its commands, its Python."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from eqcompile.face.cli.main import main as eqcompile
from siqml.commands.main import main as siqml

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
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README.read_text()):
        assert target.startswith("https://") or (README.parent / target).exists(), target


def test_the_commands_of_eqcompile(folder, capsys):
    lines = [
        line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ eqc")
    ]
    assert len(lines) == 9
    for line in lines:
        name, *arguments = shlex.split(line, comments=True)
        expected = 1 if REFUSED_BY_DESIGN in arguments else 0
        assert COMMANDS[name](arguments) == expected, line
    assert "H(0,2) + H(1,3)" in capsys.readouterr().out


def test_the_python(folder):
    first, groups, models, second = blocks("python")
    for block in (first, groups, models):
        exec(block, {})  # noqa: S102 - this is the test
    assert siqml(["train", "lih", "-o", "runs/lih", *QUICK]) == 0
    exec(second, {})  # noqa: S102
    assert siqml(["evaluate", "runs/lih"]) == 0


def rows_of(heading: str) -> dict[str, list[str]]:
    """Cells of the first table below a heading, by the first cell of their row."""
    text = README.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return {
        cells[0]: cells[1:] for cells in ([c.strip(" *") for c in line.split("|")[1:-1]] for line in lines)
    }


def result(name: str) -> Any:
    return json.loads((README.parent / "docs" / "results" / f"{name}.json").read_text())


def test_the_counts_are_those_of_the_benchmark():
    measured = {(row["circuit"], row["couplings"]): row for row in result("cx")}
    rows = rows_of("On a device")
    places = {
        "dimer, D = 30, all-to-all": ("dimer, D = 30", "all-to-all"),
        "dimer, on a line": ("dimer, D = 30", "line"),
        "dimer, heavy-hex": ("dimer, D = 30", "heavy-hex"),
        "water, D = 11, on a line": ("water, D = 11, B = 2", "line"),
    }
    assert rows.keys() == places.keys()
    for name, place in places.items():
        assert rows[name] == [str(measured[place][key][0]) for key in ("ours", "qiskit", "pytket")], name


ERRORS = {
    "LiH": ("table1", "lih"),
    "water, no breaking": ("table2", "water"),
    "water, with breaking": ("table2", "water_breaking"),
    "water dimer, cut, energy loss": ("table4", "dimer_cut"),
    "water dimer, cut, energy + force loss": ("table4", "dimer_cut_forces"),
    "water dimer, cool, frame of the paper, energy loss": ("table3", "dimer_cool"),
    "water dimer, cool, bonds, energy loss": ("table3", "dimer_cool_bonds"),
    "water dimer, cool, O-H gates, energy loss": ("table3", "dimer_cool_linked"),
    "water dimer, cool, bonds, energy + force loss": ("table3", "dimer_cool_bonds_forces"),
    "water dimer, cool, O-H gates, energy + force loss": ("table3", "dimer_cool_linked_forces"),
    "water dimer, 300 K, frame of the paper, energy + force loss": ("table3", "dimer_300K_forces"),
    "water dimer, 300 K, bonds, energy + force loss": ("table3", "dimer_300K_bonds_forces"),
    "water dimer, 300 K, O-H gates, energy + force loss": ("table3", "dimer_300K_linked_forces"),
}
"""The table and the config behind each row of errors."""


def error_cells(name: str) -> list[str]:
    """Cells of a row of errors after its name, from the page of results."""
    table, config = ERRORS[name]
    content = result(table)
    row, recipe = (row_of(content, name) for name in (config, f"{config}_paper"))
    assert row is not None
    assert all(len(found["seeds"]) == 5 for found in (row, recipe) if found is not None)
    parameters = row["seeds"][0]["parameters"]
    cells = [str(parameters), *(short(row[key]["median"]) for key in ("test_energy_mse", "test_force_mse"))]
    keys = "test_energy_mse", "test_force_mse"
    cells += ["" if recipe is None else ", ".join(short(recipe[key]["median"]) for key in keys)]
    if "cut" not in name and ("force" in name or "300 K" in name):
        return [*cells, "no such data"]
    same_size = [p for p in content["paper"] if p["parameters"] == parameters]
    (printed,) = (p for p in same_size if len(same_size) == 1 or ("force" in p["model"]) == ("force" in name))
    digits = 2 if "cool" in name else 1
    return [*cells, ", ".join(short(printed[key], digits) for key in ("energy_mse", "force_mse"))]


def row_of(content: Any, config: str) -> Any:
    """The row of a config on a whole test set, if there is one."""
    return next((r for r in content["rows"] if (r["config"], r["part"]) == (config, None)), None)


def short(value: float, digits: int = 1) -> str:
    """A number such as ``2.1e-9``."""
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def test_the_errors_are_those_of_the_pages():
    rows = rows_of("The paper's tables")
    assert rows.keys() == ERRORS.keys()
    for name in ERRORS:
        assert rows[name] == error_cells(name), f"{name}; python -m tests.test_readme writes the rows"


if __name__ == "__main__":
    text = README.read_text()
    for name in ERRORS:
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {name} |"))
        text = text.replace(line, "| " + " | ".join([name, *error_cells(name)]) + " |")
    README.write_text(text)
