"""siqml uses only the public names of eqcompile."""

import ast
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

import eqcompile
import siqml

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
    inner = [n for n in imported(tree) if n.startswith("eqcompile.") and n != "eqcompile.names"]
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    names = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "eq"}
    return inner + sorted(names - set(eqcompile.__all__))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_public_names_of_eqcompile(path: Path) -> None:
    assert private_uses(path.read_text()) == []


def test_a_private_use_is_noticed() -> None:
    assert private_uses("from eqcompile.declaration.loader import load") == ["eqcompile.declaration.loader"]
    assert private_uses("import eqcompile as eq\neq.hidden()") == ["hidden"]


def test_public_names() -> None:
    assert all(getattr(siqml, name) is not None for name in siqml.__all__)
    assert dir(siqml) == sorted(siqml.__all__)
    rooms = {path.name.removesuffix(".py") for path in ROOT.iterdir()}
    assert not rooms & {*siqml.__all__}
    with pytest.raises(AttributeError, match="module 'siqml' has no attribute 'nothing'"):
        siqml.nothing  # noqa: B018 - the access is the test
