"""Imports of former names of modules: each fails and says the present name, and that name exists."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from eqcompile.files import write_atomically
from eqcompile.names import former_attributes, former_names

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "former_names.md"
NAMES = {**former_names("eqcompile"), **former_names("siqml")}
ATTRIBUTES = {**former_attributes("eqcompile"), **former_attributes("siqml")}
FOLDERS = {name.rpartition(".")[0] for name in NAMES} - {"eqcompile", "siqml"}
GONE = {*NAMES, *(folder for folder in FOLDERS if not (ROOT / folder.replace(".", "/")).is_dir())}
"""Modules and folders that no longer exist."""


@pytest.mark.parametrize("former", NAMES)
def test_a_former_name_says_the_name_of_today(former: str) -> None:
    package, _, name = former.rpartition(".")
    says = rf"^{re.escape(former)} is {re.escape(NAMES[former])} now; docs/former_names\.md lists all$"
    with pytest.raises(ImportError, match=says):
        importlib.import_module(former)
    with pytest.raises(ImportError, match=says):
        exec_from(package, name)
    for today in re.split(", | and ", NAMES[former]):
        importlib.import_module(today)


def exec_from(package: str, name: str) -> None:
    """``from package import name``."""
    __import__(package, fromlist=[name])


@pytest.mark.parametrize("former", ATTRIBUTES)
def test_a_name_that_left_its_module_says_where_it_is(former: str) -> None:
    module, _, name = former.partition(":")
    today = ATTRIBUTES[former]
    says = rf"^{re.escape(shown(former))} is {re.escape(shown(today))} now; docs/former_names\.md lists all$"
    with pytest.raises(ImportError, match=says):
        getattr(importlib.import_module(module), name)
    if ":" in today:
        where, _, found = today.partition(":")
        assert hasattr(importlib.import_module(where), found)


def shown(name: str) -> str:
    """As it is imported."""
    return name.replace(":", ".")


def code(today: str) -> str:
    """A name as code, a sentence as it is."""
    return f"`{shown(today)}`" if ":" in today else today


def test_other_names_are_missing_as_ever() -> None:
    for name in ("eqcompile.nothing", "siqml.nothing", "eqcompile.exact.nothing"):
        with pytest.raises(ModuleNotFoundError, match=f"No module named '{name}'"):
            importlib.import_module(name)
    former = importlib.import_module("eqcompile.backends")
    assert not hasattr(former, "nothing")


def test_one_line_for_a_user() -> None:
    code = "from siqml.model import ForceField"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ended.stderr.splitlines()[-1] == (
        "ImportError: siqml.model is siqml.field.force_field now; docs/former_names.md lists all"
    )


RUN_FORMER_CODE = ("benchmarks/contenders/before.py", "benchmarks/tables/commands.py")
"""Benchmarks that run a commit of before."""


def test_nothing_here_uses_a_former_name() -> None:
    pattern = re.compile(r"(?<![\w./])(?:eqcompile|siqml)(?:\.\w+)+")
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.toml", "*.yaml"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if (
            path in (PAGE, Path(__file__))
            or "results" in path.parts
            or not path.exists()
            or name in ("eqcompile/names.py", *RUN_FORMER_CODE)
        ):
            continue
        for found in pattern.findall(path.read_text(encoding="utf-8")):
            parts = found.split(".")
            heads = {".".join(parts[:k]) for k in range(2, len(parts) + 1)}
            assert not heads & GONE, f"{name}: {found}"


def page() -> str:
    """The table for readers, made from the tables that the packages carry."""
    lines = [
        "# Former names of modules",
        "",
        "What `import eqcompile as eq` offers keeps its name. Imports that went deeper say where the module is now:",
        "",
        "```",
        "ImportError: siqml.model is siqml.field.force_field now; docs/former_names.md lists all",
        "```",
        "",
        "The page is made by `python -m tests.test_former_names`.",
        "",
        "| was | is |",
        "|---|---|",
        *(f"| `{former}` | `{today}` |" for former, today in NAMES.items()),
        "",
        "Names that modules held which are still there:",
        "",
        "| was | is |",
        "|---|---|",
        *(f"| `{shown(former)}` | {code(today)} |" for former, today in ATTRIBUTES.items()),
    ]
    return "\n".join(lines) + "\n"


def test_the_page_is_that_of_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    write_atomically(PAGE, page())
