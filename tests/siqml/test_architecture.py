"""siqml stands on the public face of eqcompile, and its own imports have no cycle."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from pathlib import Path

import pytest

import eqcompile

ROOT = Path(str(resources.files("siqml")))
FILES = sorted(ROOT.rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def private_uses(source: str) -> list[str]:
    """What a module takes from eqcompile beyond its public names."""
    tree = ast.parse(source)
    inner = [n for n in imported(tree) if n.startswith("eqcompile.") and n != "eqcompile.renamed"]
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    names = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "eq"}
    return inner + sorted(names - set(eqcompile.__all__))


def import_graph(sources: dict[str, str]) -> dict[str, set[str]]:
    return {name: set(imported(ast.parse(text))) & set(sources) for name, text in sources.items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_public_names_of_eqcompile(path: Path) -> None:
    assert private_uses(path.read_text()) == []


def test_a_private_use_is_noticed() -> None:
    assert private_uses("from eqcompile.declaration.loader import load") == ["eqcompile.declaration.loader"]
    assert private_uses("import eqcompile as eq\neq.hidden()") == ["hidden"]


def test_imports_have_no_cycle() -> None:
    sources = {
        ".".join(("siqml", *path.relative_to(ROOT).with_suffix("").parts)): path.read_text() for path in FILES
    }
    TopologicalSorter(import_graph(sources)).prepare()
    with pytest.raises(CycleError):
        TopologicalSorter(import_graph({"a": "import b", "b": "from a import x"})).prepare()
