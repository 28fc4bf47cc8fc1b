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


def test_the_errors_are_those_of_the_pages():
    rows = rows_of("The paper's tables")
    configs = {"LiH": ("table1", "lih"), "water, no breaking": ("table2", "water")}
    configs["water, with breaking"] = ("table2", "water_breaking")
    configs["water dimer, cut, energy loss"] = ("table4", "dimer_cut")
    configs["water dimer, cut, energy + force loss"] = ("table4", "dimer_cut_forces")
    configs["water dimer, cool, frame of the paper, energy loss"] = ("table3", "dimer_cool")
    configs["water dimer, cool, bonds, energy loss"] = ("table3", "dimer_cool_bonds")
    configs["water dimer, cool, O-H gates, energy loss"] = ("table3", "dimer_cool_linked")
    configs["water dimer, 300 K, frame of the paper, energy + force loss"] = ("table3", "dimer_300K_forces")
    configs["water dimer, 300 K, bonds, energy + force loss"] = ("table3", "dimer_300K_bonds_forces")
    configs["water dimer, cool, bonds, energy + force loss"] = ("table3", "dimer_cool_bonds_forces")
    configs["water dimer, cool, O-H gates, energy + force loss"] = ("table3", "dimer_cool_linked_forces")
    configs["water dimer, 300 K, O-H gates, energy + force loss"] = ("table3", "dimer_300K_linked_forces")
    assert rows.keys() == configs.keys()
    for name, (table, config) in configs.items():
        content = result(table)
        (row,) = (row for row in content["rows"] if row["config"] == config)
        parameters, *shown, beside = rows[name]
        figures = [row[key]["median"] for key in ("test_energy_mse", "test_force_mse")]
        if beside != "no such data":
            same_size = [p for p in content["paper"] if p["parameters"] == row["seeds"][0]["parameters"]]
            (printed,) = (
                p for p in same_size if len(same_size) == 1 or ("force" in p["model"]) == ("force" in name)
            )
            shown += beside.split(", ")
            figures += [printed["energy_mse"], printed["force_mse"]]
        assert [f"{float(text):.1e}" for text in shown] == [f"{figure:.1e}" for figure in figures], name
        assert parameters == str(row["seeds"][0]["parameters"])
        assert len(row["seeds"]) == 5
